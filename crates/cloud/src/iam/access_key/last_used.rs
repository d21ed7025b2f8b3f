//! When and for what an access key was last used.

use std::borrow::Cow;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, RowError, Tx, View};

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::access_key::{AccessKeyRow, check_id};
use crate::iam::user::Subject;
use crate::operation::{Ask, Operation, Read, Service};

/// IAM notes a use only if the last that it noted is this old (user guide, "Generate credential reports
/// for your AWS account").
const SPAN_SECONDS: i64 = 15 * 60;

/// The last noted use of an access key. A row of its own, so that a use does not change the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKeyUseRow {
    /// The key's account.
    pub account: AccountId,
    /// The key's id.
    pub id: String,
    /// When.
    pub used: Timestamp,
    /// The prefix of the service: `iam`.
    pub service: String,
    /// The region, or `N/A` for services that have none.
    pub region: String,
}

impl Row for AccessKeyUseRow {
    const TABLE: &'static str = "iam_access_key_use";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        self.id.as_str().into()
    }
}

/// Whether a use of the key at `now` is to be noted.
#[must_use]
pub fn is_due(view: &View, account: AccountId, id: &str, now: Timestamp) -> bool {
    let last = view.get::<AccessKeyUseRow>(account.as_str(), id);
    let known = view.get::<AccessKeyRow>(account.as_str(), id).is_some();
    known && last.is_none_or(|last| last.used.plus_seconds(SPAN_SECONDS) <= now)
}

/// Notes a use, if it [is due](is_due).
///
/// # Errors
/// A limit of the store.
pub fn note_use(tx: &mut Tx<'_>, row: AccessKeyUseRow) -> Result<(), RowError> {
    if is_due(tx, row.account, &row.id, row.used) {
        tx.put(row)?;
    }
    Ok(())
}

/// `GetAccessKeyLastUsed`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetAccessKeyLastUsed {
    access_key_id: String,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyLastUsed {
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<String>,
    access_key_last_used: LastUsed,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LastUsed {
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_date: Option<Timestamp>,
    service_name: String,
    region: String,
}

impl GetAccessKeyLastUsed {
    /// The caller is told nothing of a key that is not in its account (recorded by LocalStack).
    fn find<'v>(&self, ask: &Ask<'v>) -> Result<&'v AccessKeyRow, Fault> {
        let key = ask.view.get::<AccessKeyRow>(ask.account().as_str(), &self.access_key_id);
        key.map(|key| &**key).ok_or_else(|| {
            let (caller, id) = (ask.caller.arn(), &self.access_key_id);
            let text = format!(
                "User: {caller} is not authorized to perform iam:GetAccessKeyLastUsed on resource: \
                 access key {id}"
            );
            Fault::new("AccessDenied", text)
        })
    }
}

impl Operation for GetAccessKeyLastUsed {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetAccessKeyLastUsed";
    type Output = KeyLastUsed;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        check_id(&mut constraints, &self.access_key_id);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let owner = self.find(ask)?.user_name.clone().map_or(Subject::Root, Subject::User);
        Ok(vec![owner.demand(ask, "iam:GetAccessKeyLastUsed")])
    }
}

impl Read for GetAccessKeyLastUsed {
    fn read(self, ask: &Ask<'_>) -> Result<KeyLastUsed, Fault> {
        let key = self.find(ask)?;
        let last = ask.view.get::<AccessKeyUseRow>(key.account.as_str(), &key.id);
        let or_none = |text: Option<&String>| text.map_or("N/A", String::as_str).to_owned();
        let access_key_last_used = LastUsed {
            last_used_date: last.map(|last| last.used),
            service_name: or_none(last.map(|last| &last.service)),
            region: or_none(last.map(|last| &last.region)),
        };
        Ok(KeyLastUsed { user_name: key.user_name.clone(), access_key_last_used })
    }
}
