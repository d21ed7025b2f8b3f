//! Adding identities to a level and taking them away, with what follows at the other level.

use crate::caller::{ADMINS, USERS};
use crate::fault::Fault;
use crate::host::{Host, workspace_partition};
use crate::identity::{self, IdentityRow, Kind, membership};
use crate::operation::Act;
use crate::token;
use crate::workspace;

/// Entitlements that everybody in a workspace has by way of `users` ("Default entitlements", Databricks guide,
/// "Manage entitlements").
const OF_USERS: [&str; 2] = ["databricks-sql-access", "workspace-access"];
/// Entitlements of admins, which cannot be taken from them (same page).
const OF_ADMINS: [&str; 4] = [
    "allow-cluster-create",
    "allow-instance-pool-create",
    "databricks-sql-access",
    "workspace-access",
];

/// Adds an identity to the level that was called. A user or service principal of a workspace is one of the
/// account, too, with the same id.
///
/// # Errors
/// `RESOURCE_ALREADY_EXISTS` in Databricks' words.
pub fn add(act: &mut Act<'_, '_>, mut row: IdentityRow) -> Result<IdentityRow, Fault> {
    if identity::named(act.aws.tx, &row.partition, row.kind, &row.name).is_some() {
        return Err(already_exists(act.host, row.kind, &row.name));
    }
    let account_id = act.host.account_id.clone();
    if !act.host.is_account() && row.kind != Kind::Group {
        match identity::named(act.aws.tx, &account_id, row.kind, &row.name) {
            Some(known) => row.id.clone_from(&known.id),
            None => {
                let mut known = row.clone();
                known.partition = account_id;
                known.entitlements.clear();
                known.roles.clear();
                act.tx().insert(known)?;
            }
        }
    }
    act.tx().insert(row.clone())?;
    Ok(row)
}

/// The provider of Terraform looks for these texts.
pub(crate) fn already_exists(host: &Host, kind: Kind, name: &str) -> Fault {
    Fault::exists(match (kind, host.is_account()) {
        (Kind::Group, _) => format!("Group with name {name} already exists."),
        (Kind::User, false) => format!("User with username {name} already exists."),
        (Kind::ServicePrincipal, false) => {
            format!("Service principal with application ID {name} already exists.")
        }
        (_, true) => format!("User with email {name} already exists in this account"),
    })
}

/// Takes an identity from the level that was called, with its tokens there; from the account: from every
/// workspace as well.
///
/// # Errors
/// A limit of the store.
pub fn remove(act: &mut Act<'_, '_>, kind: Kind, id: &str) -> Result<(), Fault> {
    let mut partitions = vec![act.host.partition()];
    if act.host.is_account() {
        let all = workspace::all(act.aws.tx, &act.host.account_id);
        partitions.extend(all.map(|known| workspace_partition(known.id)));
    }
    for partition in partitions {
        take_from(act, &partition, kind, id)?;
    }
    if kind == Kind::Group { membership::renew(act) } else { Ok(()) }
}

/// Takes an identity from one level.
///
/// # Errors
/// A limit of the store.
pub fn take_from(
    act: &mut Act<'_, '_>,
    partition: &str,
    kind: Kind,
    id: &str,
) -> Result<(), Fault> {
    let Some(row) = identity::get(act.aws.tx, partition, kind, id).cloned() else { return Ok(()) };
    let groups: Vec<IdentityRow> = identity::all(act.aws.tx, partition, Kind::Group)
        .filter(|group| group.members.contains(id))
        .map(|group| IdentityRow::clone(group))
        .collect();
    for mut group in groups {
        group.members.remove(id);
        act.tx().put(group)?;
    }
    token::forget_owner(act, partition, id)?;
    act.tx().delete::<IdentityRow>(partition, &store::Row::key(&*row))?;
    Ok(())
}

/// Gives a new workspace its groups.
///
/// # Errors
/// A limit of the store.
pub fn add_groups_of_workspace(act: &mut Act<'_, '_>, workspace_id: u64) -> Result<(), Fault> {
    for (name, entitlements) in [(ADMINS, &OF_ADMINS[..]), (USERS, &OF_USERS[..])] {
        let id = identity::new_id(act.aws.entropy);
        let partition = workspace_partition(workspace_id);
        let mut group = IdentityRow::new(partition, Kind::Group, id, name);
        group.is_local = true;
        group.entitlements = entitlements.iter().map(|name| (*name).to_owned()).collect();
        act.tx().insert(group)?;
    }
    Ok(())
}

/// Lets an identity of the account into a workspace; `admin` says whether as an admin.
///
/// # Errors
/// `RESOURCE_DOES_NOT_EXIST` if the account does not know it.
pub fn assign(
    act: &mut Act<'_, '_>,
    workspace_id: u64,
    id: &str,
    admin: bool,
) -> Result<IdentityRow, Fault> {
    let partition = workspace_partition(workspace_id);
    let account_id = act.host.account_id.clone();
    let known = identity::any(act.aws.tx, &account_id, id).cloned();
    let Some(known) = known else {
        return Err(Fault::missing(format!("Principal {id} does not exist in this account.")));
    };
    match identity::any(act.aws.tx, &partition, id).cloned() {
        None => {
            let row = newcomer(&known, &partition);
            act.tx().insert(row)?;
        }
        Some(row) if row.by_group => {
            act.tx().put(IdentityRow { by_group: false, ..IdentityRow::clone(&row) })?;
        }
        Some(_) => {}
    }
    set_admin(act, &partition, id, admin)?;
    if known.kind == Kind::Group {
        membership::renew_in(act, &partition)?;
    }
    Ok(IdentityRow::clone(&known))
}

/// An identity of the account as a workspace knows it at first: nothing is granted to it there.
pub(super) fn newcomer(known: &IdentityRow, partition: &str) -> IdentityRow {
    let mut row = known.clone();
    partition.clone_into(&mut row.partition);
    row.entitlements.clear();
    row.roles.clear();
    row
}

/// Takes what [`assign`] gave. Whoever is in a group that stays assigned stays in the workspace.
///
/// # Errors
/// A limit of the store.
pub fn unassign(act: &mut Act<'_, '_>, workspace_id: u64, row: &IdentityRow) -> Result<(), Fault> {
    let partition = workspace_partition(workspace_id);
    if row.kind != Kind::Group {
        act.tx().put(IdentityRow { by_group: true, ..row.clone() })?;
        set_admin(act, &partition, &row.id, false)?;
    } else {
        take_from(act, &partition, row.kind, &row.id)?;
    }
    membership::renew_in(act, &partition)
}

fn set_admin(act: &mut Act<'_, '_>, partition: &str, id: &str, admin: bool) -> Result<(), Fault> {
    if let Some(admins) = identity::named(act.aws.tx, partition, Kind::Group, ADMINS).cloned() {
        let mut admins = IdentityRow::clone(&admins);
        if admin {
            admins.members.insert(id.to_owned())
        } else {
            admins.members.remove(id)
        };
        act.tx().put(admins)?;
    }
    Ok(())
}
