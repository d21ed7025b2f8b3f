//! One table in memory: its rows in order, their indexes, and how many each account has.

use std::any::Any;
use std::sync::Arc;

use smol_str::SmolStr;

use crate::error::StoreError;
use crate::row::{Row, RowKey};
use crate::tree::{Iter, Tree};

/// The rows of one type.
pub(crate) struct Table<R> {
    rows: Tree<RowKey, Arc<R>>,
    /// One per name in `Row::INDEXES`, in that order.
    indexes: Vec<Tree<SmolStr, RowKey>>,
    counts: Tree<Arc<str>, usize>,
}

/// A row as any type: what undoing a change needs to hold.
pub(crate) type AnyRow = Arc<dyn Any + Send + Sync>;

/// One index of a row had the value `old` and has `new`; they differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UniqueChange {
    /// The position in `Row::INDEXES`.
    pub(crate) index: usize,
    pub(crate) old: Option<SmolStr>,
    pub(crate) new: Option<SmolStr>,
}

/// Looks at one row and its body.
pub(crate) type VisitRow<'a> = dyn FnMut(&RowKey, String) -> Result<(), StoreError> + 'a;

/// A table whatever its row type is.
pub(crate) trait AnyTable: Any + Send + Sync {
    /// A copy that shares everything with this one until it is changed.
    fn fork(&self) -> Arc<dyn AnyTable>;
    /// Puts the row of `key` back to `row`, which came from this table.
    fn restore(&mut self, key: &RowKey, row: Option<AnyRow>);
    /// Puts a row of the database in, whatever version its body has.
    fn load(&mut self, key: &RowKey, version: u32, body: &str) -> Result<(), StoreError>;
    /// Takes a row out, if it is there.
    fn forget(&mut self, key: &RowKey);
    /// Takes all rows of an account out.
    fn forget_account(&mut self, account: &str);
    /// Whether the row is here.
    fn has(&self, key: &RowKey) -> bool;
    /// Shows each row in order with its body.
    fn visit_rows(&self, visit: &mut VisitRow<'_>) -> Result<(), StoreError>;
    /// Shows each index value: the index's name, the value, its row.
    fn visit_unique(&self, visit: &mut dyn FnMut(&'static str, &str, &RowKey));
    /// No two rows have the same value in an index.
    fn check_unique(&self) -> Result<(), StoreError>;
    /// The number of rows.
    fn len(&self) -> usize;
}

impl<R: Row> Table<R> {
    /// A table without rows.
    pub(crate) fn empty() -> Self {
        Self {
            rows: Tree::new(),
            indexes: R::INDEXES.iter().map(|_| Tree::new()).collect(),
            counts: Tree::new(),
        }
    }

    /// The row of a key.
    pub(crate) fn get(&self, account: &str, key: &str) -> Option<&Arc<R>> {
        self.rows.get(&RowKey::joined(account, key))
    }

    /// The row of a key that another row or an index has.
    pub(crate) fn at(&self, key: &RowKey) -> Option<&Arc<R>> {
        self.rows.get(key)
    }

    /// The row that holds `value` in the index called `index`.
    pub(crate) fn holder(&self, index: &str, value: &str) -> Option<&RowKey> {
        let at = R::INDEXES.iter().position(|name| *name == index)?;
        self.indexes.get(at)?.entry(|other| other.as_str().cmp(value)).map(|(_, key)| key)
    }

    /// The rows in order, without the leading ones whose key is `before`.
    pub(crate) fn iter_from(&self, before: impl Fn(&RowKey) -> bool) -> Iter<'_, RowKey, Arc<R>> {
        self.rows.iter_from(before)
    }

    /// The number of rows of an account.
    pub(crate) fn count(&self, account: &str) -> usize {
        self.counts.entry(|other| (**other).cmp(account)).map_or(0, |(_, count)| *count)
    }

    /// Sets or takes out the row of `key`. Gives back the row that was there and what changed in indexes.
    ///
    /// The caller has made sure that no other row holds the new row's index values. While rows of several
    /// accounts are being reloaded another may, for a moment: then the row that is set last holds it.
    pub(crate) fn replace(
        &mut self,
        key: &RowKey,
        row: Option<Arc<R>>,
    ) -> (Option<Arc<R>>, Vec<UniqueChange>) {
        let old = self.rows.entry(|other| other.cmp(key)).map(|(_, row)| Arc::clone(row));
        let unique = unique_changes(old.as_deref(), row.as_deref());
        for change in &unique {
            let Some(index) = self.indexes.get_mut(change.index) else { continue };
            if let Some(value) = &change.old
                && index.get(value) == Some(key)
            {
                index.remove(value);
            }
            if let Some(value) = &change.new {
                index.insert(value.clone(), key.clone());
            }
        }
        match (&old, &row) {
            (None, Some(_)) => self.recount(key.account(), |count| count + 1),
            (Some(_), None) => self.recount(key.account(), |count| count.saturating_sub(1)),
            _ => {}
        }
        match row {
            Some(row) => self.rows.insert(key.clone(), row),
            None => self.rows.remove(key),
        };
        (old, unique)
    }

    fn recount(&mut self, account: &str, change: impl Fn(usize) -> usize) {
        let entry = self.counts.entry(|other| (**other).cmp(account));
        let (name, count) =
            entry.map_or_else(|| (account.into(), 0), |(name, count)| (Arc::clone(name), *count));
        match change(count) {
            0 => self.counts.remove(&name),
            count => self.counts.insert(name, count),
        };
    }
}

/// How the index values of a row differ between two states of it.
fn unique_changes<R: Row>(old: Option<&R>, new: Option<&R>) -> Vec<UniqueChange> {
    let mut changes = Vec::new();
    for (index, name) in R::INDEXES.iter().enumerate() {
        let (old, new) = (old.and_then(|row| row.index(name)), new.and_then(|row| row.index(name)));
        if old != new {
            let (old, new) = (old.map(SmolStr::new), new.map(SmolStr::new));
            changes.push(UniqueChange { index, old, new });
        }
    }
    changes
}

/// Reads a body of any version that the row type knows.
fn decode<R: Row>(key: &RowKey, version: u32, body: &str) -> Result<R, StoreError> {
    let unreadable = |why| unreadable::<R>(key, why);
    let row: R = if version == R::VERSION {
        serde_json::from_str(body).map_err(|error| unreadable(error.to_string()))?
    } else if version > R::VERSION {
        return Err(unreadable(format!(
            "its body has version {version} and this program knows {}: use the newer program that wrote it",
            R::VERSION
        )));
    } else {
        let old = serde_json::from_str(body).map_err(|error| unreadable(error.to_string()))?;
        let new = R::upgrade(version, old).map_err(unreadable)?;
        serde_json::from_value(new).map_err(|error| unreadable(error.to_string()))?
    };
    if row.account() != key.account() || row.key() != key.key() {
        return Err(unreadable(format!(
            "its body says account `{}` and key `{}`",
            row.account(),
            row.key()
        )));
    }
    Ok(row)
}

fn unreadable<R: Row>(key: &RowKey, why: String) -> StoreError {
    StoreError::Unreadable {
        table: R::TABLE.to_owned(),
        account: key.account().to_owned(),
        key: key.key().to_owned(),
        why,
    }
}

impl<R: Row> AnyTable for Table<R> {
    fn fork(&self) -> Arc<dyn AnyTable> {
        Arc::new(Self {
            rows: self.rows.clone(),
            indexes: self.indexes.clone(),
            counts: self.counts.clone(),
        })
    }

    fn restore(&mut self, key: &RowKey, row: Option<AnyRow>) {
        // INVARIANT: the row came from this table, so the downcast never fails.
        self.replace(key, row.and_then(|row| row.downcast::<R>().ok()));
    }

    fn load(&mut self, key: &RowKey, version: u32, body: &str) -> Result<(), StoreError> {
        let row = decode::<R>(key, version, body)?;
        self.replace(key, Some(Arc::new(row)));
        Ok(())
    }

    fn forget(&mut self, key: &RowKey) {
        self.replace(key, None);
    }

    fn forget_account(&mut self, account: &str) {
        let of_account = self.iter_from(|key| key.compare_account(account).is_lt());
        let keys: Vec<RowKey> = of_account
            .map(|(key, _)| key)
            .take_while(|key| key.compare_account(account).is_eq())
            .cloned()
            .collect();
        for key in &keys {
            self.replace(key, None);
        }
    }

    fn has(&self, key: &RowKey) -> bool {
        self.rows.get(key).is_some()
    }

    fn visit_rows(&self, visit: &mut VisitRow<'_>) -> Result<(), StoreError> {
        self.rows.iter().try_for_each(|(key, row)| {
            let body = serde_json::to_string(&**row)
                .map_err(|error| unreadable::<R>(key, error.to_string()))?;
            visit(key, body)
        })
    }

    fn visit_unique(&self, visit: &mut dyn FnMut(&'static str, &str, &RowKey)) {
        for (name, index) in R::INDEXES.iter().zip(&self.indexes) {
            index.iter().for_each(|(value, key)| visit(name, value, key));
        }
    }

    fn check_unique(&self) -> Result<(), StoreError> {
        for (key, row) in self.rows.iter() {
            for name in R::INDEXES {
                let Some(value) = row.index(name) else { continue };
                if let Some(holder) = self.holder(name, &value)
                    && holder != key
                {
                    return Err(unreadable::<R>(
                        key,
                        format!(
                            "its `{name}` is `{value}`, which `{}` of account `{}` has too",
                            holder.key(),
                            holder.account()
                        ),
                    ));
                }
            }
        }
        Ok(())
    }

    fn len(&self) -> usize {
        self.rows.len()
    }
}
