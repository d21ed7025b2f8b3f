//! Audit rows: what was asked, by whom, and how it was answered. Appended, bounded, oldest out first.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use smol_str::SmolStr;

use crate::error::RowError;
use crate::limits::{
    MAX_AUDIT_BODY_BYTES, MAX_AUDIT_PAGE, MAX_UNSAVED_AUDIT_BYTES, MAX_UNSAVED_AUDIT_ROWS,
    RECENT_AUDIT_BYTES, RECENT_AUDIT_ROWS,
};
use crate::row::{check_account, check_key};

/// One audit row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// The caller's id for it, such as the request id. Several rows may share one.
    pub id: String,
    /// The account it belongs to.
    pub account: SmolStr,
    /// When, in milliseconds since 1970.
    pub time_ms: i64,
    /// Who asked, such as an ARN.
    pub caller: String,
    /// What was asked, such as `iam:CreateRole`.
    pub action: SmolStr,
    /// How it was answered, such as `allow`.
    pub verdict: Cow<'static, str>,
    /// Everything else, as JSON text that the store does not look into.
    pub body: String,
}

/// Which audit rows to answer: all that fit every field that is given, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only with this id.
    pub id: Option<String>,
    /// Only of this account.
    pub account: Option<String>,
    /// Only of this caller.
    pub caller: Option<String>,
    /// Only of this action.
    pub action: Option<String>,
    /// Only with this verdict.
    pub verdict: Option<String>,
    /// Only at or after, in milliseconds since 1970.
    pub from_ms: Option<i64>,
    /// Only before, in milliseconds since 1970.
    pub until_ms: Option<i64>,
    /// How many rows to pass over first.
    pub skip: usize,
    /// How many rows to answer, at most [`MAX_AUDIT_PAGE`]; 0 means that many.
    pub limit: usize,
}

/// Where there is no database, the newest audit rows; where there is one, those that no commit has taken yet.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    recent: VecDeque<Arc<AuditRow>>,
    recent_bytes: usize,
    unsaved: Vec<AuditRow>,
    unsaved_bytes: usize,
}

impl AuditRow {
    /// What the row takes in memory, about.
    fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.id.len()
            + self.account.len()
            + self.caller.len()
            + self.action.len()
            + self.verdict.len()
            + self.body.len()
    }

    /// The row can be stored by every engine.
    pub(crate) fn check(&self) -> Result<(), RowError> {
        if self.body.len() > MAX_AUDIT_BODY_BYTES {
            return Err(RowError::AuditTooLarge { bytes: self.body.len() });
        }
        check_account(&self.account)?;
        let columns = [
            ("audit id", self.id.as_str()),
            ("caller", &self.caller),
            ("action", &self.action),
            ("verdict", &self.verdict),
        ];
        columns.into_iter().try_for_each(|(what, text)| check_key(what, text))?;
        match self.body.contains('\0') {
            true => Err(RowError::BadKey { what: "audit body", text: String::new() }),
            false => Ok(()),
        }
    }
}

impl AuditFilter {
    /// The filter that every row fits.
    #[must_use]
    pub const fn all() -> Self {
        Self {
            id: None,
            account: None,
            caller: None,
            action: None,
            verdict: None,
            from_ms: None,
            until_ms: None,
            skip: 0,
            limit: 0,
        }
    }

    /// The rows to answer, with the bound applied.
    #[must_use]
    pub fn page(&self) -> usize {
        if self.limit == 0 { MAX_AUDIT_PAGE } else { self.limit.min(MAX_AUDIT_PAGE) }
    }

    /// The row fits every field that is given.
    #[must_use]
    pub fn fits(&self, row: &AuditRow) -> bool {
        let same =
            |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|text| text == is);
        same(&self.id, &row.id)
            && same(&self.account, &row.account)
            && same(&self.caller, &row.caller)
            && same(&self.action, &row.action)
            && same(&self.verdict, &row.verdict)
            && self.from_ms.is_none_or(|from| row.time_ms >= from)
            && self.until_ms.is_none_or(|until| row.time_ms < until)
    }
}

impl Trail {
    /// Puts a row among the newest.
    pub(crate) fn show(&mut self, row: AuditRow) {
        self.recent_bytes += row.bytes();
        self.recent.push_back(Arc::new(row));
        while self.recent.len() > RECENT_AUDIT_ROWS || self.recent_bytes > RECENT_AUDIT_BYTES {
            let Some(oldest) = self.recent.pop_front() else { break };
            self.recent_bytes -= oldest.bytes();
        }
    }

    /// Keeps a row for the next commit. `false` if too many wait already.
    pub(crate) fn keep(&mut self, row: AuditRow) -> bool {
        let bytes = row.bytes();
        if self.unsaved.len() >= MAX_UNSAVED_AUDIT_ROWS
            || self.unsaved_bytes + bytes > MAX_UNSAVED_AUDIT_BYTES
        {
            return false;
        }
        self.unsaved_bytes += bytes;
        self.unsaved.push(row);
        true
    }

    /// The rows that wait for the database.
    pub(crate) fn unsaved(&self) -> usize {
        self.unsaved.len()
    }

    /// Hands the waiting rows over, oldest first.
    pub(crate) fn take_unsaved(&mut self) -> Vec<AuditRow> {
        self.unsaved_bytes = 0;
        std::mem::take(&mut self.unsaved)
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The newest rows that fit, newest first.
    pub(crate) fn find(&self, filter: &AuditFilter) -> Vec<Arc<AuditRow>> {
        let fitting = self.recent.iter().rev().filter(|row| filter.fits(row));
        fitting.skip(filter.skip).take(filter.page()).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: usize, body_bytes: usize) -> AuditRow {
        AuditRow {
            id: format!("{id:026}"),
            account: "000000000000".into(),
            time_ms: i64::try_from(id).unwrap(),
            caller: "caller".to_owned(),
            action: "iam:GetRole".into(),
            verdict: "allow".into(),
            body: "x".repeat(body_bytes),
        }
    }

    #[test]
    fn the_newest_rows_are_bounded_by_count_and_bytes() {
        let mut trail = Trail::default();
        for id in 0..RECENT_AUDIT_ROWS + 1 {
            trail.show(row(id, 0));
        }
        assert_eq!(trail.recent.len(), RECENT_AUDIT_ROWS);
        assert_eq!(trail.recent.front().unwrap().time_ms, 1);
        for id in 0..64 {
            trail.show(row(id, MAX_AUDIT_BODY_BYTES));
        }
        assert!(trail.recent_bytes <= RECENT_AUDIT_BYTES);
        assert_eq!(trail.recent_bytes, trail.recent.iter().map(|row| row.bytes()).sum::<usize>());
    }

    #[test]
    fn waiting_rows_are_bounded_by_count_and_bytes() {
        let mut trail = Trail::default();
        for id in 0..MAX_UNSAVED_AUDIT_ROWS {
            assert!(trail.keep(row(id, 0)));
        }
        assert!(!trail.keep(row(0, 0)));
        assert_eq!(trail.take_unsaved().len(), MAX_UNSAVED_AUDIT_ROWS);
        let one = row(0, MAX_AUDIT_BODY_BYTES);
        let fit = MAX_UNSAVED_AUDIT_BYTES / one.bytes();
        for _ in 0..fit {
            assert!(trail.keep(one.clone()));
        }
        assert!(!trail.keep(one));
        assert_eq!(trail.unsaved(), fit);
    }

    #[test]
    fn a_row_is_checked_at_its_limits() {
        let checked = |change: fn(&mut AuditRow)| {
            let mut row = row(1, 0);
            change(&mut row);
            row.check()
        };
        assert_eq!(checked(|row| row.body = "x".repeat(MAX_AUDIT_BODY_BYTES)), Ok(()));
        let bytes = MAX_AUDIT_BODY_BYTES + 1;
        assert_eq!(
            checked(|row| row.body = "x".repeat(MAX_AUDIT_BODY_BYTES + 1)),
            Err(RowError::AuditTooLarge { bytes })
        );
        for change in [
            (|row| row.id.clear()) as fn(&mut AuditRow),
            |row| row.account = "".into(),
            |row| row.caller = "\0".to_owned(),
            |row| row.body = "\0".to_owned(),
        ] {
            assert!(matches!(checked(change), Err(RowError::BadKey { .. })));
        }
    }
}
