//! The operations on the three collections, which differ in their paths alone.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::caller::{ADMINS, USERS};
use crate::fault::Fault;
use crate::identity::{self, IdentityRow, Kind, change, membership};
use crate::operation::{Act, Ask, Empty};
use crate::scim::filter::{self, Filter};
use crate::scim::input::Sent;
use crate::scim::patch::{self, Change};
use crate::scim::resource::{Projection, show};

/// The most resources of a page, and how many it has unless a client says (which is unverified).
pub const MAX_PAGE: usize = 10_000;

/// What a list wants.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Query {
    attributes: Option<String>,
    excluded_attributes: Option<String>,
    filter: Option<String>,
    start_index: Option<i64>,
    count: Option<i64>,
    sort_by: Option<String>,
    sort_order: Option<String>,
}

/// A list.
#[derive(Debug, Serialize)]
pub struct Listed {
    schemas: [&'static str; 1],
    #[serde(rename = "totalResults")]
    total_results: usize,
    #[serde(rename = "startIndex")]
    start_index: usize,
    #[serde(rename = "itemsPerPage")]
    items_per_page: usize,
    #[serde(rename = "Resources")]
    resources: Vec<Value>,
}

fn list(ask: &Ask<'_>, kind: Kind, query: &Query) -> Result<Listed, Fault> {
    let partition = ask.host.partition();
    let filter = query.filter.as_deref().filter(|text| !text.trim().is_empty());
    let filter = filter.map(Filter::of_list).transpose()?;
    let all = identity::all(ask.view, &partition, kind);
    let mut found: Vec<&Arc<IdentityRow>> = match &filter {
        Some(filter) => all.filter(|row| filter.matches(row)).collect(),
        None => all.collect(),
    };
    if let Some(attribute) = query.sort_by.as_deref().filter(|name| !name.is_empty()) {
        if !filter::is_attribute(attribute) {
            return Err(Fault::invalid(format!("Given sortBy is not supported: {attribute}")));
        }
        found.sort_by_cached_key(|row| {
            filter::values(row, attribute).first().map(|value| value.to_lowercase())
        });
        let order = query.sort_order.as_deref().unwrap_or_default();
        if order.to_ascii_lowercase().starts_with("desc") {
            found.reverse();
        }
    }
    // Values below the least stand for it (RFC 7644, section 3.4.2.4).
    let start = usize::try_from(query.start_index.unwrap_or(1).max(1)).unwrap_or(usize::MAX);
    let count = query.count.map_or(MAX_PAGE, |count| usize::try_from(count.max(0)).unwrap_or(0));
    let projection =
        Projection::new(query.attributes.as_deref(), query.excluded_attributes.as_deref());
    let page = found.iter().skip(start - 1).take(count.min(MAX_PAGE));
    let resources: Vec<Value> = page.map(|row| show(ask.view, row, &projection)).collect();
    Ok(Listed {
        schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        total_results: found.len(),
        start_index: start,
        items_per_page: resources.len(),
        resources,
    })
}

fn find<'a>(ask: &Ask<'a>, kind: Kind, id: &str) -> Result<&'a Arc<IdentityRow>, Fault> {
    let found = identity::get(ask.view, &ask.host.partition(), kind, id);
    found.ok_or_else(|| Fault::missing(format!("{} with id {id} not found.", kind.noun())))
}

fn create(act: &mut Act<'_, '_>, kind: Kind, sent: &Sent) -> Result<Value, Fault> {
    let name = match (sent.name_of(kind), kind) {
        (Some(name), _) => name.to_owned(),
        // A service principal gets an application id on AWS.
        (None, Kind::ServicePrincipal) => act.entropy().uuid(),
        (None, Kind::User) => return Err(Fault::invalid("userName is required.")),
        (None, Kind::Group) => return Err(Fault::invalid("displayName is required.")),
    };
    let partition = act.host.partition();
    let id = identity::new_id(act.entropy());
    let mut row = IdentityRow::new(partition, kind, id, name);
    row.is_local = kind == Kind::Group && !act.host.is_account();
    sent.fill(&mut row)?;
    check_members(act, &row)?;
    let row = change::add(act, row)?;
    Ok(show(act.aws.tx, &row, &Projection::default()))
}

/// A group holds those whom its level knows, and not itself.
fn check_members(act: &Act<'_, '_>, row: &IdentityRow) -> Result<(), Fault> {
    for member in &row.members {
        let known = identity::any(act.aws.tx, &row.partition, member).is_some();
        if !known || *member == row.id {
            return Err(Fault::invalid(format!(
                "Member {member} cannot be added to group {}.",
                row.id
            )));
        }
    }
    Ok(())
}

fn replace(act: &mut Act<'_, '_>, kind: Kind, id: &str, sent: &Sent) -> Result<Value, Fault> {
    let mut row = IdentityRow::clone(find(&act.ask(), kind, id)?);
    let before = row.clone();
    sent.replace(&mut row)?;
    if sent.members.is_none() && membership::is_of_account(act.host, &row) {
        row.members.clone_from(&before.members);
    }
    if let Some(name) = sent.name_of(kind).filter(|_| kind != Kind::ServicePrincipal) {
        name.clone_into(&mut row.name);
    }
    store(act, row, &before)
}

fn update(act: &mut Act<'_, '_>, kind: Kind, id: &str, changes: &[Change]) -> Result<Value, Fault> {
    let mut row = IdentityRow::clone(find(&act.ask(), kind, id)?);
    let before = row.clone();
    patch::apply(&mut row, changes)?;
    store(act, row, &before)
}

fn store(act: &mut Act<'_, '_>, row: IdentityRow, before: &IdentityRow) -> Result<Value, Fault> {
    if is_system_group(&row, &before.name) && row.name != before.name {
        return Err(Fault::invalid(format!("Group {} cannot be renamed.", before.name)));
    }
    if membership::is_of_account(act.host, &row) {
        if row.name != before.name || row.members != before.members {
            return Err(Fault::not_modelled(
                "rolecall changes the name and the members of a group of the account on the account's host",
            ));
        }
    } else if !row.is_everybody() {
        check_members(act, &row)?;
    }
    let name = (row.kind, row.name.clone());
    match act.tx().update(row.clone()) {
        Err(store::RowError::Taken { .. }) => {
            Err(change::already_exists(act.host, name.0, &name.1))
        }
        other => {
            other?;
            if row.kind == Kind::Group && act.host.is_account() {
                membership::renew(act)?;
            }
            Ok(show(act.aws.tx, &row, &Projection::default()))
        }
    }
}

fn is_system_group(row: &IdentityRow, name: &str) -> bool {
    row.kind == Kind::Group && row.is_local && matches!(name, ADMINS | USERS)
}

fn delete(act: &mut Act<'_, '_>, kind: Kind, id: &str) -> Result<Empty, Fault> {
    let row = find(&act.ask(), kind, id)?;
    if is_system_group(row, &row.name) {
        return Err(Fault::invalid(format!("Group {} cannot be deleted.", row.name)));
    }
    change::remove(act, kind, id)?;
    Ok(Empty {})
}

/// The six operations of a collection.
macro_rules! collection {
    (
        $module:ident, $kind:ident, $path:literal, $account_path:literal;
        $list:ident $get:ident $create:ident $replace:ident $update:ident $delete:ident
    ) => {
        #[doc = concat!("Operations on `", $path, "`.")]
        pub mod $module {
            use serde::Deserialize;
            use serde_json::Value;

            use super::{Change, Kind, Listed, Query, Sent};
            use crate::fault::Fault;
            use crate::operation::{Act, Ask, Empty, Read, Write};
            use crate::permit::Need;
            use crate::scim::resource::{Projection, show};

            const KIND: Kind = Kind::$kind;

            /// Lists.
            #[derive(Debug, Clone, Deserialize)]
            pub struct $list(Query);

            operation! { $list, Get [$path, $account_path] -> Listed, Need::Anyone }

            impl Read for $list {
                fn read(self, ask: &Ask<'_>) -> Result<Listed, Fault> {
                    super::list(ask, KIND, &self.0)
                }
            }

            /// Shows one.
            #[derive(Debug, Clone, Deserialize)]
            #[serde(rename_all = "camelCase")]
            pub struct $get {
                id: String,
                attributes: Option<String>,
                excluded_attributes: Option<String>,
            }

            operation! {
                $get,
                Get [concat!($path, "/{id}"), concat!($account_path, "/{id}")] -> Value,
                Need::Anyone
            }

            impl Read for $get {
                fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
                    let row = super::find(ask, KIND, &self.id)?;
                    let (attributes, excluded) = (self.attributes, self.excluded_attributes);
                    let shown = Projection::new(attributes.as_deref(), excluded.as_deref());
                    Ok(show(ask.view, row, &shown))
                }
            }

            /// Makes one.
            #[derive(Debug, Clone, Deserialize)]
            pub struct $create(Sent);

            operation! { $create, Post [$path, $account_path] -> Value, Need::Admin }

            impl Write for $create {
                fn write(&self, act: &mut Act<'_, '_>) -> Result<Value, Fault> {
                    super::create(act, KIND, &self.0)
                }
            }

            /// Replaces one.
            #[derive(Debug, Clone, Deserialize)]
            pub struct $replace(Sent);

            operation! {
                $replace,
                Put [concat!($path, "/{id}"), concat!($account_path, "/{id}")] -> Value,
                Need::Admin
            }

            impl Write for $replace {
                fn write(&self, act: &mut Act<'_, '_>) -> Result<Value, Fault> {
                    let id = self.0.id.as_deref().unwrap_or_default();
                    super::replace(act, KIND, id, &self.0)
                }
            }

            /// Changes one.
            #[derive(Debug, Clone, Deserialize)]
            pub struct $update {
                id: String,
                #[serde(rename = "Operations", alias = "operations", default)]
                operations: Vec<Change>,
            }

            operation! {
                $update,
                Patch [concat!($path, "/{id}"), concat!($account_path, "/{id}")] -> Value,
                Need::Admin
            }

            impl Write for $update {
                fn write(&self, act: &mut Act<'_, '_>) -> Result<Value, Fault> {
                    super::update(act, KIND, &self.id, &self.operations)
                }
            }

            /// Deletes one.
            #[derive(Debug, Clone, Deserialize)]
            pub struct $delete {
                id: String,
            }

            operation! {
                $delete,
                Delete [concat!($path, "/{id}"), concat!($account_path, "/{id}")] -> Empty,
                Need::Admin
            }

            impl Write for $delete {
                fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
                    super::delete(act, KIND, &self.id)
                }
            }
        }
    };
}

collection! {
    user, User, "/api/2.0/preview/scim/v2/Users", "/api/2.0/accounts/{account_id}/scim/v2/Users";
    ListUsers GetUser CreateUser ReplaceUser UpdateUser DeleteUser
}
collection! {
    group, Group, "/api/2.0/preview/scim/v2/Groups",
    "/api/2.0/accounts/{account_id}/scim/v2/Groups";
    ListGroups GetGroup CreateGroup ReplaceGroup UpdateGroup DeleteGroup
}
collection! {
    service_principal, ServicePrincipal, "/api/2.0/preview/scim/v2/ServicePrincipals",
    "/api/2.0/accounts/{account_id}/scim/v2/ServicePrincipals";
    ListServicePrincipals GetServicePrincipal CreateServicePrincipal ReplaceServicePrincipal
    UpdateServicePrincipal DeleteServicePrincipal
}
