//! `databricks_group`: a group of the workspace by its name, with what its groups give it.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::client::{ApiError, Client};
use crate::diagnostic::Diagnostic;
use crate::resource::{DataSource, Failure, text};
use crate::schema::{Attribute, Block, Type};
use crate::value::{Members, Value};

/// Groups within groups that are walked through.
const MAX_GROUPS: usize = 1000;
/// The roles that are instance profiles.
const PROFILE: &str = ":instance-profile/";

/// The data source.
pub(super) struct Group;

impl DataSource for Group {
    fn name(&self) -> &'static str {
        "databricks_group"
    }

    fn schema(&self) -> Block {
        let names = || Type::set(Type::Text);
        Block::new(
            "A group, by its name; `users` and `admins` are always there.",
            vec![
                Attribute::required("display_name", Type::Text, "The group's name."),
                Attribute::optional(
                    "recursive",
                    Type::Bool,
                    "Whether members of groups in the group count, too; true unless said otherwise.",
                ),
                Attribute::computed("id", Type::Text, "The group's id."),
                Attribute::computed("external_id", Type::Text, "Its id in an identity provider."),
                Attribute::computed("acl_principal_id", Type::Text, "`groups/` and its name."),
                Attribute::computed("members", names(), "The ids of all members."),
                Attribute::computed("users", names(), "The ids of members that are users."),
                Attribute::computed(
                    "service_principals",
                    names(),
                    "The ids of members that are service principals.",
                ),
                Attribute::computed("child_groups", names(), "The ids of members that are groups."),
                Attribute::computed("groups", names(), "The ids of groups that it is in."),
                Attribute::computed(
                    "instance_profiles",
                    names(),
                    "The ARNs of the instance profiles that it was granted.",
                ),
                Attribute::computed("roles", names(), "All roles that it was granted."),
                Attribute::computed("allow_cluster_create", Type::Bool, "It may make clusters."),
                Attribute::computed(
                    "allow_instance_pool_create",
                    Type::Bool,
                    "It may make instance pools.",
                ),
                Attribute::computed("databricks_sql_access", Type::Bool, "It may use SQL."),
                Attribute::computed("workspace_access", Type::Bool, "It may use the workspace."),
                Attribute::computed(
                    "workspace_consume",
                    Type::Bool,
                    "It may look at what others publish.",
                ),
            ],
        )
    }

    fn read(&self, client: &Client, config: &Members) -> Result<Members, Failure> {
        let name = text(config, "display_name");
        let failed = |error: ApiError| Failure::from(error.diagnostic("read the group"));
        let base = crate::resources::scim::base(client)?;
        let filter = format!("displayName eq \"{}\"", name.replace('"', "\\\""));
        let answer =
            client.get(&format!("{base}/Groups"), &[("filter", &filter)]).map_err(failed)?;
        let found = answer.get("Resources").and_then(|found| found.get(0)).cloned();
        let Some(group) = found else {
            return Err(Diagnostic::error(
                "The group does not exist",
                format!("There is no group `{name}` at {}.", client.host()),
            )
            .at("display_name")
            .into());
        };
        let recursive = config.get("recursive").and_then(Value::as_bool).unwrap_or(true);
        let mut sum = Sum::default();
        sum.add(client, &base, &group, recursive).map_err(failed)?;
        let mut state = config.clone();
        state.extend(sum.members(&group, name));
        Ok(state)
    }
}

/// What a group and the groups in it have together.
#[derive(Default)]
struct Sum {
    seen: BTreeSet<String>,
    users: BTreeSet<String>,
    service_principals: BTreeSet<String>,
    children: BTreeSet<String>,
    roles: BTreeSet<String>,
}

impl Sum {
    fn add(
        &mut self,
        client: &Client,
        base: &str,
        group: &Json,
        recursive: bool,
    ) -> Result<(), ApiError> {
        self.roles.extend(values(group, "roles"));
        for member in group.get("members").and_then(Json::as_array).into_iter().flatten() {
            let text = |name: &str| member.get(name).and_then(Json::as_str).unwrap_or_default();
            let (id, place) = (text("value").to_owned(), text("$ref"));
            // Only the reference tells what a member is.
            if place.starts_with("Users/") {
                self.users.insert(id);
            } else if place.starts_with("ServicePrincipals/") {
                self.service_principals.insert(id);
            } else if place.starts_with("Groups/") {
                self.children.insert(id.clone());
                if recursive && self.seen.len() < MAX_GROUPS && self.seen.insert(id.clone()) {
                    let child = client.get(&format!("{base}/Groups/{id}"), &[])?;
                    self.add(client, base, &child, recursive)?;
                }
            }
        }
        Ok(())
    }

    fn members(self, group: &Json, name: &str) -> Members {
        let entitlements: BTreeSet<String> = values(group, "entitlements").collect();
        let has = |name: &str| Value::Bool(entitlements.contains(name));
        let set = |items: Vec<&String>| {
            Value::List(items.into_iter().map(|item| Value::text(item.as_str())).collect())
        };
        let all = self.users.iter().chain(&self.service_principals).chain(&self.children);
        let profiles = self.roles.iter().filter(|role| role.contains(PROFILE)).collect();
        let parents: Vec<String> = values(group, "groups").collect();
        let text = |name: &str| match group.get(name).and_then(Json::as_str) {
            Some(text) => Value::text(text),
            None => Value::Null,
        };
        [
            ("id", text("id")),
            ("external_id", text("externalId")),
            ("acl_principal_id", Value::text(format!("groups/{name}"))),
            ("members", set(all.collect())),
            ("users", set(self.users.iter().collect())),
            ("service_principals", set(self.service_principals.iter().collect())),
            ("child_groups", set(self.children.iter().collect())),
            ("groups", set(parents.iter().collect())),
            ("instance_profiles", set(profiles)),
            ("roles", set(self.roles.iter().collect())),
            ("allow_cluster_create", has("allow-cluster-create")),
            ("allow_instance_pool_create", has("allow-instance-pool-create")),
            ("databricks_sql_access", has("databricks-sql-access")),
            ("workspace_access", has("workspace-access")),
            ("workspace_consume", has("workspace-consume")),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }
}

/// The values of a list of SCIM's complex values.
fn values<'j>(group: &'j Json, name: &str) -> impl Iterator<Item = String> + 'j {
    let items = group.get(name).and_then(Json::as_array).into_iter().flatten();
    items.filter_map(|item| Some(item.get("value")?.as_str()?.to_owned()))
}
