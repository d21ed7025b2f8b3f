//! The account's groups in workspaces.
//!
//! A group that is assigned to a workspace stays the account's: its name and its members are what they are
//! there, and whoever is in it, by way of other groups or not, can use the workspace as long as that is so
//! (Databricks guide, "Manage groups" and "Assign a group to a workspace"). What is granted to it, such as
//! entitlements and instance profiles, is granted in each workspace by itself.

use std::collections::BTreeSet;

use store::View;

use crate::fault::Fault;
use crate::host::{Host, workspace_partition};
use crate::identity::{self, IdentityRow, Kind, change};
use crate::operation::Act;
use crate::workspace;

/// Whether `row`, which `host` has, is a group of the account that a workspace shows.
#[must_use]
pub fn is_of_account(host: &Host, row: &IdentityRow) -> bool {
    !host.is_account() && row.kind == Kind::Group && !row.is_local
}

/// Brings what all workspaces know of the account's groups up to what the account says.
///
/// # Errors
/// `RESOURCE_ALREADY_EXISTS` where a workspace has a group of the new name, or a limit of the store.
pub fn renew(act: &mut Act<'_, '_>) -> Result<(), Fault> {
    let all = workspace::all(act.aws.tx, &act.host.account_id);
    let partitions: Vec<String> = all.map(|known| workspace_partition(known.id)).collect();
    partitions.iter().try_for_each(|partition| renew_in(act, partition))
}

/// As [`renew`], in one workspace.
///
/// # Errors
/// As [`renew`].
pub fn renew_in(act: &mut Act<'_, '_>, partition: &str) -> Result<(), Fault> {
    let account_id = act.host.account_id.clone();
    let groups: Vec<IdentityRow> = identity::all(act.aws.tx, partition, Kind::Group)
        .filter(|row| !row.is_local)
        .map(|row| IdentityRow::clone(row))
        .collect();
    let mut people = BTreeSet::new();
    for group in groups {
        let Some(known) = identity::get(act.aws.tx, &account_id, Kind::Group, &group.id) else {
            continue;
        };
        people.extend(people_of(act.aws.tx, known));
        let renewed = IdentityRow {
            name: known.name.clone(),
            external_id: known.external_id.clone(),
            members: members_in(act.aws.tx, partition, known),
            ..group.clone()
        };
        if renewed != group {
            let name = renewed.name.clone();
            match act.tx().put(renewed) {
                Err(store::RowError::Taken { .. }) => {
                    return Err(change::already_exists(act.host, Kind::Group, &name));
                }
                other => other?,
            };
        }
    }
    let gone: Vec<(Kind, String)> = [Kind::User, Kind::ServicePrincipal]
        .into_iter()
        .flat_map(|kind| identity::all(act.aws.tx, partition, kind))
        .filter(|row| row.by_group && !people.contains(&row.id))
        .map(|row| (row.kind, row.id.clone()))
        .collect();
    for (kind, id) in gone {
        change::take_from(act, partition, kind, &id)?;
    }
    for id in people {
        let known = identity::principal(act.aws.tx, &account_id, &id).cloned();
        let is_new = identity::principal(act.aws.tx, partition, &id).is_none();
        if let Some(known) = known.filter(|_| is_new) {
            let row = IdentityRow { by_group: true, ..change::newcomer(&known, partition) };
            act.tx().insert(row)?;
        }
    }
    Ok(())
}

/// The members of a group of the account as a workspace has them: the people of groups that it does not know
/// stand for these.
fn members_in(view: &View, partition: &str, group: &IdentityRow) -> BTreeSet<String> {
    let mut members = BTreeSet::new();
    for id in &group.members {
        match identity::get(view, &group.partition, Kind::Group, id) {
            Some(inner) if identity::get(view, partition, Kind::Group, id).is_none() => {
                members.extend(people_of(view, inner));
            }
            _ => {
                members.insert(id.clone());
            }
        }
    }
    members
}

/// The users and service principals of a group, by way of other groups or not.
fn people_of(view: &View, group: &IdentityRow) -> BTreeSet<String> {
    let (mut people, mut groups) = (BTreeSet::new(), BTreeSet::from([group.id.clone()]));
    let mut next = vec![group];
    while let Some(group) = next.pop() {
        for id in &group.members {
            match identity::get(view, &group.partition, Kind::Group, id) {
                Some(inner) if groups.insert(id.clone()) => next.push(inner),
                Some(_) => {}
                None => {
                    people.insert(id.clone());
                }
            }
        }
    }
    people
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::first_start::WORKSPACE_ID;
    use crate::testing::{ACCOUNT_ADMIN, ACCOUNT_ADMIN_INSIDE, Login, WORKSPACE_ADMIN, World};

    const APPLICATION: &str = "0a1b2c3d-0000-4000-8000-000000000001";
    const MEMBER: Login = Login { name: APPLICATION, is_account: false };
    const PROFILE: &str = "arn:aws:iam::000000000000:instance-profile/data";

    fn id_of(made: &Value) -> String {
        made["id"].as_str().unwrap().to_owned()
    }

    fn assigned(world: &World, id: &str, permissions: &Value) -> Value {
        let input =
            json!({"workspace_id": WORKSPACE_ID, "principal_id": id, "permissions": permissions});
        world.done(ACCOUNT_ADMIN, "SetWorkspaceAssignment", input)
    }

    fn profiles(world: &World) -> Value {
        world.done(MEMBER, "ListInstanceProfiles", json!({}))
    }

    fn is_inside(world: &World, id: &str) -> bool {
        world.call(ACCOUNT_ADMIN_INSIDE, "GetServicePrincipal", json!({"id": id})).is_ok()
    }

    /// A service principal within `inner`, which is within `outer`: their ids.
    fn nested(world: &World) -> [String; 3] {
        let made = json!({"applicationId": APPLICATION, "displayName": "etl"});
        let person = id_of(&world.done(ACCOUNT_ADMIN, "CreateServicePrincipal", made));
        let group = |name: &str, member: &str| {
            let made = json!({"displayName": name, "members": [{"value": member}]});
            id_of(&world.done(ACCOUNT_ADMIN, "CreateGroup", made))
        };
        let inner = group("inner", &person);
        let outer = group("outer", &inner);
        [person, inner, outer]
    }

    #[test]
    fn whoever_is_in_an_assigned_group_is_in_the_workspace_with_its_profiles() {
        let world = World::new();
        let [person, inner, outer] = nested(&world);
        assert!(!is_inside(&world, &person));
        assigned(&world, &outer, &json!(["USER"]));
        assert!(is_inside(&world, &person));
        let add = json!({"instance_profile_arn": PROFILE, "skip_validation": true});
        world.done(WORKSPACE_ADMIN, "AddInstanceProfile", add);
        assert_eq!(profiles(&world), json!({}));
        let grant = json!({"op": "add", "path": "roles", "value": [{"value": PROFILE}]});
        let grant = json!({"id": outer, "Operations": [grant]});
        world.done(WORKSPACE_ADMIN, "UpdateGroup", grant);
        assert_eq!(profiles(&world)["instance_profiles"][0]["instance_profile_arn"], PROFILE);
        // Those who come with a group are not assigned themselves.
        let input = json!({"workspace_id": WORKSPACE_ID});
        let listed = world.done(ACCOUNT_ADMIN, "ListWorkspaceAssignments", input).to_string();
        assert!(listed.contains(&outer) && !listed.contains(&person), "{listed}");
        let leave = json!({"op": "remove", "path": format!("members[value eq \"{person}\"]")});
        world.done(ACCOUNT_ADMIN, "UpdateGroup", json!({"id": inner, "Operations": [leave]}));
        assert!(!is_inside(&world, &person));
    }

    #[test]
    fn whoever_is_assigned_stays_when_the_group_goes_and_the_other_way_round() {
        let world = World::new();
        let [person, _, outer] = nested(&world);
        assigned(&world, &outer, &json!(["ADMIN"]));
        assigned(&world, &person, &json!(["USER"]));
        // The group's admins are in it.
        let users = world.done(MEMBER, "CreateGroup", json!({"displayName": "local"}));
        world.done(MEMBER, "DeleteGroup", json!({"id": id_of(&users)}));
        assigned(&world, &person, &json!([]));
        assert!(is_inside(&world, &person));
        assigned(&world, &person, &json!(["USER"]));
        world.done(ACCOUNT_ADMIN, "DeleteGroup", json!({"id": outer}));
        assert!(is_inside(&world, &person));
        let denied = world.call(MEMBER, "CreateGroup", json!({"displayName": "local"}));
        assert_eq!(denied.unwrap_err().0, "PERMISSION_DENIED");
        // What no permission is counts as none.
        assigned(&world, &person, &json!(["OWNER"]));
        assert!(!is_inside(&world, &person));
    }

    #[test]
    fn a_workspace_shows_the_name_that_the_account_gives_and_changes_no_member() {
        let world = World::new();
        let [_, inner, outer] = nested(&world);
        assigned(&world, &outer, &json!(["USER"]));
        let rename = json!({"op": "replace", "path": "displayName", "value": "data"});
        world.done(ACCOUNT_ADMIN, "UpdateGroup", json!({"id": outer, "Operations": [rename]}));
        let shown = world.done(WORKSPACE_ADMIN, "GetGroup", json!({"id": outer}));
        assert_eq!(shown["displayName"], "data");
        // All of it sent back is no change, as Terraform does.
        let mut sent = json!({"id": outer, "displayName": "data"});
        sent["members"] = shown["members"].clone();
        world.done(WORKSPACE_ADMIN, "ReplaceGroup", sent);
        for path in ["members", "displayName"] {
            let change = json!({"op": "replace", "path": path, "value": inner});
            let change = json!({"id": outer, "Operations": [change]});
            let refused = world.call(WORKSPACE_ADMIN, "UpdateGroup", change).unwrap_err();
            assert_eq!(refused.0, "NOT_IMPLEMENTED", "{path}");
        }
    }
}
