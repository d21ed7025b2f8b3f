//! SCIM resources as clients send them.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use crate::fault::Fault;
use crate::identity::{IdentityRow, Kind};

/// The most values of one attribute.
pub const MAX_VALUES: usize = 10_000;

/// A user, service principal or group as a client sends it. Which fields it has tells what is to change.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// Its id, where it is in the path.
    pub id: Option<String>,
    /// A user's name.
    pub user_name: Option<String>,
    /// A service principal's application id.
    pub application_id: Option<String>,
    /// How it is shown; a group's name.
    pub display_name: Option<String>,
    /// Its id with whoever provisions it.
    pub external_id: Option<String>,
    /// Whether it is active.
    pub active: Option<bool>,
    /// A user's names.
    pub name: Option<PersonName>,
    /// A user's addresses.
    pub emails: Option<Vec<Item>>,
    /// Entitlements.
    pub entitlements: Option<Vec<Item>>,
    /// Roles.
    pub roles: Option<Vec<Item>>,
    /// A group's members.
    pub members: Option<Vec<Item>>,
}

/// A user's names.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonName {
    /// Given.
    pub given_name: Option<String>,
    /// Family.
    pub family_name: Option<String>,
}

/// One of an attribute's values. Clients send empty ones, which mean nothing.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Item {
    /// The value.
    pub value: Option<String>,
}

/// The values in a list of items.
#[must_use]
pub fn values(items: &[Item]) -> BTreeSet<String> {
    items.iter().filter_map(|item| item.value.clone()).collect()
}

impl Sent {
    /// What a resource of `kind` is found by.
    #[must_use]
    pub fn name_of(&self, kind: Kind) -> Option<&str> {
        let name = match kind {
            Kind::User => self.user_name.as_deref(),
            Kind::ServicePrincipal => self.application_id.as_deref(),
            Kind::Group => self.display_name.as_deref(),
        };
        name.filter(|name| !name.is_empty())
    }

    /// Puts everything but the name into a new row.
    ///
    /// # Errors
    /// As [`Sent::replace`].
    pub fn fill(&self, row: &mut IdentityRow) -> Result<(), Fault> {
        self.replace(row)?;
        row.roles = self.roles.as_deref().map(values).unwrap_or_default();
        if row.emails.is_empty() && row.kind == Kind::User {
            row.emails.push(row.name.clone());
        }
        check(row)
    }

    /// Replaces what a row has, as PUT does: what is not sent is cleared (RFC 7644, section 3.5.1) except for
    /// the name, and for roles, which clients that manage them apart from their owner never send.
    ///
    /// # Errors
    /// For more values than an attribute can have.
    pub fn replace(&self, row: &mut IdentityRow) -> Result<(), Fault> {
        if row.kind != Kind::Group {
            row.display_name.clone_from(&self.display_name);
        }
        row.external_id.clone_from(&self.external_id);
        row.active = self.active.unwrap_or(true);
        let name = self.name.as_ref();
        row.person = name.map(|name| (name.given_name.clone(), name.family_name.clone()));
        if let Some(emails) = &self.emails {
            row.emails = emails.iter().filter_map(|item| item.value.clone()).collect();
        }
        row.entitlements = self.entitlements.as_deref().map(values).unwrap_or_default();
        row.members = self.members.as_deref().map(values).unwrap_or_default();
        if let Some(roles) = &self.roles {
            row.roles = values(roles);
        }
        check(row)
    }
}

/// Refuses what a row cannot hold.
///
/// # Errors
/// `INVALID_PARAMETER_VALUE`; the text is unverified.
pub fn check(row: &IdentityRow) -> Result<(), Fault> {
    for (name, values) in
        [("members", &row.members), ("roles", &row.roles), ("entitlements", &row.entitlements)]
    {
        if values.len() > MAX_VALUES {
            return Err(Fault::invalid(format!("{name} can have at most {MAX_VALUES} values")));
        }
    }
    Ok(())
}

/// A value of a PATCH operation as items: a list, one item, or a bare text.
///
/// # Errors
/// `invalidValue`, as SCIM calls it.
pub fn items(value: &Value) -> Result<BTreeSet<String>, Fault> {
    let item = |value: &Value| -> Option<Option<String>> {
        match value {
            Value::String(text) => Some(Some(text.clone())),
            Value::Number(number) => Some(Some(number.to_string())),
            Value::Bool(flag) => Some(Some(flag.to_string())),
            Value::Object(fields) => match fields.get("value") {
                None => Some(None),
                Some(Value::String(text)) => Some(Some(text.clone())),
                Some(Value::Number(number)) => Some(Some(number.to_string())),
                Some(Value::Bool(flag)) => Some(Some(flag.to_string())),
                Some(_) => None,
            },
            _ => None,
        }
    };
    let list = match value {
        Value::Array(list) => list.iter().map(item).collect::<Option<Vec<_>>>(),
        one => item(one).map(|one| vec![one]),
    };
    let list = list.ok_or_else(|| Fault::invalid("The value of the operation cannot be read."))?;
    Ok(list.into_iter().flatten().collect())
}
