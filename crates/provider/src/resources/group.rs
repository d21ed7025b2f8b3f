//! `databricks_group`: a group of the workspace or account. Its members and roles are resources of their own,
//! so an update sends back what it does not manage.

use serde_json::{Map, Value as Json, json};

use crate::client::{ApiError, Client};
use crate::diagnostic::Diagnostics;
use crate::resource::{Failure, Resource, flag, some_text, text};
use crate::resources::scim;
use crate::schema::{Attribute, Block, Type};
use crate::value::{Members, Value};

const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// The arguments that are entitlements, and what they are called there.
const ENTITLEMENTS: [(&str, &str); 5] = [
    ("allow_cluster_create", "allow-cluster-create"),
    ("allow_instance_pool_create", "allow-instance-pool-create"),
    ("databricks_sql_access", "databricks-sql-access"),
    ("workspace_access", "workspace-access"),
    ("workspace_consume", "workspace-consume"),
];

/// The resource.
pub(super) struct Group;

impl Resource for Group {
    fn name(&self) -> &'static str {
        "databricks_group"
    }

    fn schema(&self) -> Block {
        let mut attributes = vec![
            Attribute::computed("id", Type::Text, "The group's id."),
            Attribute::required("display_name", Type::Text, "The group's name."),
            Attribute::either("external_id", Type::Text, "Its id in an identity provider.")
                .force_new(),
            Attribute::optional(
                "force",
                Type::Bool,
                "Take over a group of this name that exists already.",
            ),
            Attribute::computed("acl_principal_id", Type::Text, "`groups/` and its name.")
                .volatile(),
            Attribute::computed("url", Type::Text, "Where people see it."),
        ];
        for (name, _) in ENTITLEMENTS {
            attributes.push(Attribute::optional(name, Type::Bool, "Whether its members may."));
        }
        Block::new("A group of users, service principals and groups.", attributes)
    }

    fn validate(&self, config: &Members, found: &mut Diagnostics) {
        let name = text(config, "display_name");
        if matches!(name, "users" | "admins") {
            let detail = format!(
                "The group `{name}` is always there and cannot be made: read it with `data \"databricks_group\"`."
            );
            found.error_at("display_name", "The group is always there", detail);
        }
    }

    fn create(
        &self,
        client: &Client,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        let base = scim::base(client)?;
        let name = text(planned, "display_name");
        let answer = client.post(&format!("{base}/Groups"), &body(planned, None));
        let id = match answer {
            Ok(answer) => answer.get("id").and_then(Json::as_str).unwrap_or_default().to_owned(),
            Err(error) if flag(planned, "force") && is_taken(&error, name) => {
                let id = find(client, &base, name)?;
                put(client, &base, &id, planned)?;
                id
            }
            Err(error) => return Err(cannot("create", &error)),
        };
        let mut state = planned.clone();
        state.insert("id".to_owned(), Value::Text(id));
        Ok(derived(client, state))
    }

    fn read(&self, client: &Client, state: &Members) -> Result<Option<Members>, Failure> {
        let path = format!("{}/Groups/{}", scim::base(client)?, text(state, "id"));
        let attributes = [("attributes", "displayName,externalId,entitlements")];
        let group = match client.get(&path, &attributes) {
            Err(error) if error.is_missing() => return Ok(None),
            answer => answer.map_err(|error| cannot("read", &error))?,
        };
        let mut state = state.clone();
        let said = |name: &str| group.get(name).and_then(Json::as_str).filter(|it| !it.is_empty());
        for (name, member) in [("display_name", "displayName"), ("external_id", "externalId")] {
            state.insert(name.to_owned(), said(member).map_or(Value::Null, Value::text));
        }
        let held = values(&group, "entitlements");
        for (name, entitlement) in ENTITLEMENTS {
            let holds = held.iter().any(|it| it == entitlement);
            // What was not given and is not there stays not given.
            if holds || state.get(name).is_some_and(|value| !value.is_null()) {
                state.insert(name.to_owned(), holds.into());
            }
        }
        Ok(Some(derived(client, state)))
    }

    fn update(
        &self,
        client: &Client,
        prior: &Members,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        put(client, &scim::base(client)?, text(prior, "id"), planned)?;
        Ok(derived(client, planned.clone()))
    }

    fn delete(&self, client: &Client, state: &Members) -> Result<(), Failure> {
        let path = format!("{}/Groups/{}", scim::base(client)?, text(state, "id"));
        match client.send("DELETE", &path, None) {
            Err(error) if !error.is_missing() => Err(cannot("delete", &error)),
            _ => Ok(()),
        }
    }
}

/// Replaces a group; members and groups go back as they are, and roles, which are not asked for, stay.
fn put(client: &Client, base: &str, id: &str, planned: &Members) -> Result<(), Failure> {
    let path = format!("{base}/Groups/{id}");
    let attributes = [("attributes", "displayName,entitlements,groups,members,externalId")];
    let now = client.get(&path, &attributes).map_err(|error| cannot("update", &error))?;
    let sent = client.send("PUT", &path, Some(&body(planned, Some(&now))));
    sent.map(drop).map_err(|error| cannot("update", &error))
}

fn body(planned: &Members, now: Option<&Json>) -> Json {
    let mut body = Map::new();
    body.insert("schemas".to_owned(), json!([SCHEMA]));
    body.insert("displayName".to_owned(), text(planned, "display_name").into());
    if let Some(id) = some_text(planned, "external_id") {
        body.insert("externalId".to_owned(), id.into());
    }
    let ours = ENTITLEMENTS.iter().filter(|(name, _)| flag(planned, name)).map(|(_, it)| *it);
    let entitlements: Vec<Json> = ours.map(|it| json!({"value": it})).collect();
    body.insert("entitlements".to_owned(), entitlements.into());
    for name in ["groups", "members"] {
        if let Some(value) = now.and_then(|now| now.get(name)) {
            body.insert(name.to_owned(), value.clone());
        }
    }
    body.into()
}

fn find(client: &Client, base: &str, name: &str) -> Result<String, Failure> {
    let filter = format!("displayName eq \"{}\"", name.replace('"', "\\\""));
    let answer = client.get(&format!("{base}/Groups"), &[("filter", &filter)]);
    let answer = answer.map_err(|error| cannot("take over", &error))?;
    let id = answer.get("Resources").and_then(|found| found.get(0)?.get("id")?.as_str());
    id.map(str::to_owned).ok_or_else(|| {
        let missing = ApiError {
            status: 404,
            code: String::new(),
            message: format!("the group `{name}` is there, and cannot be found by its name"),
        };
        cannot("take over", &missing)
    })
}

fn is_taken(error: &ApiError, name: &str) -> bool {
    error.message.eq_ignore_ascii_case(&format!("Group with name {name} already exists."))
}

fn values(group: &Json, name: &str) -> Vec<String> {
    let items = group.get(name).and_then(Json::as_array).into_iter().flatten();
    items.filter_map(|item| Some(item.get("value")?.as_str()?.to_owned())).collect()
}

fn derived(client: &Client, mut state: Members) -> Members {
    let principal = format!("groups/{}", text(&state, "display_name"));
    let url = format!("{}/#setting/accounts/groups/{}", client.host(), text(&state, "id"));
    state.insert("acl_principal_id".to_owned(), Value::Text(principal));
    state.insert("url".to_owned(), Value::Text(url));
    state
}

fn cannot(verb: &str, error: &ApiError) -> Failure {
    error.diagnostic(&format!("{verb} the group")).into()
}
