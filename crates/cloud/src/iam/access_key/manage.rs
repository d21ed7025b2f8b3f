//! Listing, switching and deleting access keys.

use names::Timestamp;
use serde::{Deserialize, Serialize};

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::access_key::{self, AccessKeyRow, AccessKeyUseRow, check_id, ids_of};
use crate::iam::user::{self, MAX_EXISTING_NAME, Subject, UserRow};
use crate::iam::{account, name, page};
use crate::operation::{Act, Ask, Operation, Read, Service, Write};

/// The words of `Status`. Which of them IAM shows in its sentence is unverified.
const STATUSES: &[&str] = &["Active", "Inactive", "Expired"];

/// `ListAccessKeys`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAccessKeys {
    user_name: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

/// One page of keys.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessKeys {
    access_key_metadata: Vec<AccessKeyMetadata>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AccessKeyMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<String>,
    access_key_id: String,
    status: &'static str,
    create_date: Timestamp,
}

impl Operation for ListAccessKeys {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListAccessKeys";
    type Output = AccessKeys;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        let name = self.user_name.as_deref();
        name::check_some_name(&mut constraints, "userName", name, MAX_EXISTING_NAME);
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let owner = Subject::of(ask, self.user_name.as_deref())?;
        Ok(vec![access_key::demand(ask, &owner, "iam:ListAccessKeys", self.user_name.is_some())])
    }
}

impl Read for ListAccessKeys {
    fn read(self, ask: &Ask<'_>) -> Result<AccessKeys, Fault> {
        let account = ask.account();
        let owner = Subject::of(ask, self.user_name.as_deref())?;
        let mut ids: Vec<&String> = ids_of(ask.view, account, &owner)?.iter().collect();
        ids.sort();
        let keys = ids.into_iter().filter_map(|id| {
            let key = ask.view.get::<AccessKeyRow>(account.as_str(), id)?;
            let metadata = AccessKeyMetadata {
                user_name: key.user_name.clone(),
                access_key_id: id.clone(),
                status: key.status(),
                create_date: key.created,
            };
            Some((id.clone(), metadata))
        });
        let page = page::cut(keys, self.marker.as_deref(), self.max_items)?;
        let is_truncated = page.is_truncated();
        Ok(AccessKeys { access_key_metadata: page.items, is_truncated, marker: page.marker })
    }
}

/// `UpdateAccessKey`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateAccessKey {
    user_name: Option<String>,
    access_key_id: String,
    status: String,
}

impl Operation for UpdateAccessKey {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "UpdateAccessKey";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = check(self.user_name.as_deref(), &self.access_key_id);
        constraints.hidden("status", &self.status, Check::OneOf(STATUSES));
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let owner = Subject::of(ask, self.user_name.as_deref())?;
        Ok(vec![access_key::demand(ask, &owner, "iam:UpdateAccessKey", self.user_name.is_some())])
    }
}

impl Write for UpdateAccessKey {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let owner = Subject::of(&act.ask(), self.user_name.as_deref())?;
        let key = access_key::find(act.tx, act.account(), &owner, &self.access_key_id)?;
        let mut key = AccessKeyRow::clone(key);
        key.active = match self.status.as_str() {
            "Active" => true,
            "Inactive" => false,
            // Only IAM itself sets it; the text is unverified.
            other => {
                let text = format!("The status {other} cannot be set.");
                return Err(Fault::new("InvalidInput", text));
            }
        };
        Ok(act.tx.update(key)?)
    }
}

/// `DeleteAccessKey`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteAccessKey {
    user_name: Option<String>,
    access_key_id: String,
}

impl Operation for DeleteAccessKey {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeleteAccessKey";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(self.user_name.as_deref(), &self.access_key_id).finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let owner = Subject::of(ask, self.user_name.as_deref())?;
        Ok(vec![access_key::demand(ask, &owner, "iam:DeleteAccessKey", self.user_name.is_some())])
    }
}

impl Write for DeleteAccessKey {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let account = act.account();
        let owner = Subject::of(&act.ask(), self.user_name.as_deref())?;
        let id = &access_key::find(act.tx, account, &owner, &self.access_key_id)?.id.clone();
        match &owner {
            Subject::Root => account::change(act.tx, account, |row| {
                row.root_access_keys.retain(|known| known != id);
            })?,
            Subject::User(name) => {
                let mut user = UserRow::clone(user::find(act.tx, account, name)?);
                user.access_keys.retain(|known| known != id);
                act.tx.update(user)?;
            }
        }
        act.tx.delete::<AccessKeyUseRow>(account.as_str(), id)?;
        act.tx.delete::<AccessKeyRow>(account.as_str(), id)?;
        Ok(())
    }
}

fn check(user_name: Option<&str>, id: &str) -> Constraints {
    let mut constraints = Constraints::new();
    name::check_some_name(&mut constraints, "userName", user_name, MAX_EXISTING_NAME);
    check_id(&mut constraints, id);
    constraints
}
