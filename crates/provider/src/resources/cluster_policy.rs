//! `databricks_cluster_policy`: what clusters made under it may be.

use serde_json::{Map, Value as Json, json};

use crate::api;
use crate::client::Client;
use crate::diagnostic::Diagnostics;
use crate::plan::Plan;
use crate::resource::{Failure, Resource, some_text, text};
use crate::resources::crud::Kind;
use crate::schema::{Attribute, Block, Type};
use crate::value::{Members, Value};

const API: &str = "/api/2.0/policies/clusters";
const KIND: Kind = Kind { called: "cluster policy", id: "policy_id" };

/// The resource.
pub(super) struct ClusterPolicy;

impl Resource for ClusterPolicy {
    fn name(&self) -> &'static str {
        "databricks_cluster_policy"
    }

    fn version(&self) -> i64 {
        1
    }

    fn schema(&self) -> Block {
        Block::new(
            "What clusters that are made under it may be.",
            vec![
                Attribute::computed("id", Type::Text, "The policy's id."),
                Attribute::computed("policy_id", Type::Text, "The same."),
                Attribute::required("name", Type::Text, "The policy's name."),
                Attribute::either(
                    "definition",
                    Type::Text,
                    "The rules, as JSON: `jsonencode({ \"aws_attributes.instance_profile_arn\" = { type = \
                     \"fixed\", value = … } })`.",
                ),
                Attribute::optional("description", Type::Text, "What it is for."),
                Attribute::optional(
                    "max_clusters_per_user",
                    Type::Number,
                    "Clusters that one user may have under it.",
                ),
                Attribute::optional("policy_family_id", Type::Text, "The family it comes from."),
                Attribute::optional(
                    "policy_family_definition_overrides",
                    Type::Text,
                    "What it changes of its family's rules, as JSON.",
                ),
            ],
        )
    }

    fn validate(&self, config: &Members, found: &mut Diagnostics) {
        for name in ["definition", "policy_family_definition_overrides"] {
            let Some(definition) = some_text(config, name) else { continue };
            let parsed = serde_json::from_str::<Json>(definition);
            let why = match parsed {
                Ok(Json::Object(_)) => continue,
                Ok(_) => "it is no JSON object".to_owned(),
                Err(error) => error.to_string(),
            };
            let detail =
                format!("The definition cannot be read: {why}. Write it with `jsonencode({{…}})`.");
            found.error_at(name, "The policy's rules are not JSON", detail);
        }
        let none = |name: &str| config.get(name).is_none_or(Value::is_null);
        if !none("definition") && !none("policy_family_id") {
            let detail = "Leave `definition` or `policy_family_id` out: what differs from the family's rules goes \
                          into `policy_family_definition_overrides`.";
            found.error_at("definition", "The policy's rules are given twice", detail);
        }
        if !none("policy_family_definition_overrides") && none("policy_family_id") {
            let detail = "Without a `policy_family_id` there is nothing to override: give `definition` alone.";
            found.error_at(
                "policy_family_definition_overrides",
                "The policy has no family",
                detail,
            );
        }
        if none("definition") && none("policy_family_id") {
            let detail = "Give `definition`, or a `policy_family_id` whose rules it takes.";
            found.error_at("definition", "The policy has no rules", detail);
        }
    }

    fn plan(&self, plan: &mut Plan, _: &mut Diagnostics) {
        // The rules of a family's policy follow from the family and what is changed of it.
        let Some(prior) = &plan.prior else { return };
        let changes = |name: &str| prior.get(name) != plan.planned.get(name);
        let of_family = some_text(&plan.config, "policy_family_id").is_some();
        if of_family
            && ["policy_family_id", "policy_family_definition_overrides"].into_iter().any(changes)
        {
            plan.planned.insert("definition".to_owned(), Value::Unknown);
        }
    }

    fn create(
        &self,
        client: &Client,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        client.require_workspace(self.name())?;
        let body = self.body(planned);
        let made = KIND.create(client, &format!("{API}/create"), body, planned)?;
        Ok(self.read(client, &made)?.unwrap_or(made))
    }

    fn read(&self, client: &Client, state: &Members) -> Result<Option<Members>, Failure> {
        client.require_workspace(self.name())?;
        let id = text(state, "id");
        let Some(answer) = KIND.get(client, &format!("{API}/get"), &[("policy_id", id)])? else {
            return Ok(None);
        };
        let mut read = Kind::state(&self.schema(), &answer, state);
        // Spaces and order mean nothing in JSON.
        for name in ["definition", "policy_family_definition_overrides"] {
            if same_json(text(&read, name), text(state, name)) {
                read.insert(name.to_owned(), state.get(name).cloned().unwrap_or(Value::Null));
            }
        }
        read.insert("policy_id".to_owned(), Value::text(id));
        Ok(Some(read))
    }

    fn update(
        &self,
        client: &Client,
        prior: &Members,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        let mut body = self.body(planned);
        body.insert("policy_id".to_owned(), text(prior, "id").into());
        KIND.send(client, "update", ("POST", &format!("{API}/edit")), body)?;
        Ok(self.read(client, planned)?.unwrap_or_else(|| planned.clone()))
    }

    fn delete(&self, client: &Client, state: &Members) -> Result<(), Failure> {
        let body = json!({"policy_id": text(state, "id")});
        KIND.delete(client, ("POST", &format!("{API}/delete")), Some(body))
    }
}

impl ClusterPolicy {
    /// What Databricks is sent: of a family's policy the rules are known to it.
    fn body(&self, planned: &Members) -> Map<String, Json> {
        let mut body = api::to_json(&self.schema(), planned);
        if some_text(planned, "policy_family_id").is_some() {
            body.remove("definition");
        }
        body
    }
}

fn same_json(one: &str, other: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<Json>(text).ok();
    read(one).is_some_and(|one| read(other) == Some(one))
}
