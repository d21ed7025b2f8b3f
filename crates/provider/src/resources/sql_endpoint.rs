//! `databricks_sql_endpoint`: a SQL warehouse, waited for until it runs.

use std::time::Duration;

use serde_json::{Map, Value as Json};

use crate::api;
use crate::aws::Environment;
use crate::client::Client;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::resource::{Failure, Resource, flag, some_text, text};
use crate::resources::crud::Kind;
use crate::resources::{instance_profile, termination, timeouts, wait};
use crate::schema::{Attribute, Block, Nested, Type};
use crate::value::{Members, Value};

const API: &str = "/api/2.0/sql/warehouses";
const KIND: Kind = Kind { called: "SQL warehouse", id: "id" };
/// Databricks' guide, "SQL warehouse sizing".
const SIZES: [&str; 10] = [
    "2X-Small", "X-Small", "Small", "Medium", "Large", "X-Large", "2X-Large", "3X-Large",
    "4X-Large", "5X-Large",
];
const TYPES: [&str; 2] = ["PRO", "CLASSIC"];
/// How long a warehouse may take to start.
const START_TIMEOUT: Duration = Duration::from_secs(30 * 60);

/// The resource.
pub(super) struct SqlEndpoint;

impl Resource for SqlEndpoint {
    fn name(&self) -> &'static str {
        "databricks_sql_endpoint"
    }

    fn schema(&self) -> Block {
        let tag = vec![
            Attribute::required("key", Type::Text, "The tag's key."),
            Attribute::required("value", Type::Text, "The tag's value."),
        ];
        let channel = vec![
            Attribute::optional("name", Type::Text, "`CHANNEL_NAME_CURRENT` or `…_PREVIEW`.")
                .default("CHANNEL_NAME_CURRENT"),
        ];
        Block { description: "A SQL warehouse.", attributes: attributes(), ..Block::default() }
            .with(Nested::one(
                "tags",
                Block::new("Tags of its instances.", Vec::new())
                    .with(Nested::list("custom_tags", Block::new("A tag.", tag))),
            ))
            .with(Nested {
                keeps: true,
                ..Nested::one("channel", Block::new("Its release.", channel))
            })
            .with(timeouts::nested(&["create"], &[]))
    }

    fn validate(&self, config: &Members, found: &mut Diagnostics) {
        timeouts::check(config, found);
        for (name, known) in [("cluster_size", &SIZES[..]), ("warehouse_type", &TYPES)] {
            if let Some(given) = some_text(config, name)
                && !known.contains(&given)
            {
                let detail = format!("`{given}` is none of {}.", known.join(", "));
                found.error_at(name, "There is no such warehouse", detail);
            }
        }
    }

    fn create(
        &self,
        client: &Client,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        client.require_workspace(self.name())?;
        let made = KIND.create(client, API, self.body(planned), planned)?;
        let path = format!("{API}/{}", text(&made, "id"));
        if !flag(planned, "no_wait")
            && let Err(mut failure) =
                wait_until_running(client, &path, timeouts::of(planned, "create", START_TIMEOUT))
        {
            if flag(planned, "enable_serverless_compute") {
                failure.diagnostic.detail.push_str(&serverless_advice(client));
            }
            // What does not start is of no use, and would be left behind.
            let _ = KIND.delete(client, ("DELETE", &path), None);
            return Err(failure);
        }
        Ok(self.read(client, &made)?.unwrap_or(made))
    }

    fn read(&self, client: &Client, state: &Members) -> Result<Option<Members>, Failure> {
        client.require_workspace(self.name())?;
        let id = text(state, "id");
        let Some(answer) = KIND.get(client, &format!("{API}/{id}"), &[])? else { return Ok(None) };
        let mut read = Kind::state(&self.schema(), &answer, state);
        read.insert("no_wait".to_owned(), flag(state, "no_wait").into());
        read.insert("odbc_params".to_owned(), odbc_params(&answer));
        let source = state.get("data_source_id").cloned().unwrap_or(Value::Null);
        read.insert("data_source_id".to_owned(), source);
        if let Some(source) = data_source(client, id) {
            read.insert("data_source_id".to_owned(), Value::Text(source));
        }
        Ok(Some(read))
    }

    fn update(
        &self,
        client: &Client,
        prior: &Members,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        let path = format!("{API}/{}", text(prior, "id"));
        // One that is stopped stays so; one that runs restarts by itself.
        KIND.send(client, "update", ("POST", &format!("{path}/edit")), self.body(planned))?;
        Ok(self.read(client, planned)?.unwrap_or_else(|| planned.clone()))
    }

    fn delete(&self, client: &Client, state: &Members) -> Result<(), Failure> {
        KIND.delete(client, ("DELETE", &format!("{API}/{}", text(state, "id"))), None)
    }
}

fn attributes() -> Vec<Attribute> {
    let number = |name, description| Attribute::optional(name, Type::Number, description);
    let computed = |name, description| Attribute::computed(name, Type::Text, description);
    vec![
        computed("id", "The warehouse's id."),
        Attribute::required("name", Type::Text, "Its name."),
        Attribute::required("cluster_size", Type::Text, "From `2X-Small` to `5X-Large`."),
        number("min_num_clusters", "Clusters at least.").default(Value::int(1)),
        number("max_num_clusters", "Clusters at most.").default(Value::int(1)),
        number("auto_stop_mins", "Minutes without work before it stops; 0 for never.")
            .default(Value::int(120)),
        Attribute::optional(
            "spot_instance_policy",
            Type::Text,
            "`COST_OPTIMIZED` or `RELIABILITY_OPTIMIZED`.",
        )
        .default("COST_OPTIMIZED"),
        Attribute::optional("enable_photon", Type::Bool, "Run Photon.").default(true),
        Attribute::either(
            "enable_serverless_compute",
            Type::Bool,
            "Run in Databricks' own account.",
        ),
        Attribute::either("warehouse_type", Type::Text, "`PRO` or `CLASSIC`."),
        Attribute::optional("no_wait", Type::Bool, "Do not wait until it runs.").default(false),
        computed("data_source_id", "Its id as a data source of queries."),
        computed("jdbc_url", "Its address for JDBC.").volatile(),
        Attribute::computed("odbc_params", odbc_type(), "Its address for ODBC, in its parts."),
        Attribute::computed("num_active_sessions", Type::Number, "Its sessions when it was read.")
            .volatile(),
        computed("state", "Its state when it was read.").volatile(),
        computed("creator_name", "Who made it."),
        Attribute::computed("num_clusters", Type::Number, "Its clusters when it was read.")
            .volatile(),
    ]
}

impl SqlEndpoint {
    fn body(&self, members: &Members) -> Map<String, Json> {
        let mut body = api::to_json(&self.schema(), members);
        body.remove("no_wait");
        body
    }
}

/// A list of one, as the official provider has it.
fn odbc_type() -> Type {
    Type::list(Type::Object(vec![
        ("hostname", Type::Text),
        ("path", Type::Text),
        ("protocol", Type::Text),
        ("port", Type::Number),
    ]))
}

fn odbc_params(warehouse: &Map<String, Json>) -> Value {
    let told = warehouse.get("odbc_params");
    let part = |name: &str| {
        let value = told.and_then(|told| told.get(name)).map_or(Value::Null, Value::from_json);
        (name.to_owned(), value)
    };
    let parts = ["hostname", "path", "protocol", "port"].map(part);
    Value::List(told.map(|_| Value::Map(parts.into())).into_iter().collect())
}

fn wait_until_running(client: &Client, path: &str, timeout: Duration) -> Result<(), Failure> {
    wait::until(timeout, "The start of the warehouse", || {
        let Some(warehouse) = KIND.get(client, path, &[])? else {
            let detail = "It was deleted while it started.";
            return Err(Diagnostic::error("The warehouse is gone", detail).into());
        };
        match warehouse.get("state").and_then(Json::as_str).unwrap_or_default() {
            "RUNNING" => Ok(Some(())),
            state @ ("STOPPED" | "DELETED" | "DELETING") => {
                let told = warehouse.get("health").map(|it| health(it, client.aws()));
                let told = told.unwrap_or_default();
                let detail = format!("It went to the state {state}. {told}");
                Err(Diagnostic::error("The warehouse did not start", detail.trim()).into())
            }
            _ => Ok(None),
        }
    })
}

/// What the health of a warehouse says, all of it.
fn health(health: &Json, aws: Option<&Environment>) -> String {
    let mut parts: Vec<&str> = ["summary", "message", "details"]
        .into_iter()
        .filter_map(|name| health.get(name)?.as_str())
        .collect();
    parts.dedup();
    termination::told(&parts.join(" "), health.get("failure_reason"), aws)
}

/// Which role a serverless warehouse assumes, and what to do if that is the wrong one. Empty where that cannot be
/// told.
fn serverless_advice(client: &Client) -> String {
    let configured = client.get("/api/2.0/sql/config/warehouses", &[]).ok();
    let arn = configured.as_ref().and_then(|it| it.get("instance_profile_arn")?.as_str());
    let Some(arn) = arn.filter(|arn| !arn.is_empty()) else { return String::new() };
    let role = instance_profile::registered(client, arn).ok().flatten();
    match role.as_ref().and_then(|entry| entry.get("iam_role_arn")?.as_str()) {
        Some(role) => format!(
            "\n\nA serverless warehouse assumes the role `{role}`, which the registration of the instance profile \
             `{arn}` names: that role has to trust Databricks' serverless role, with this workspace's external id."
        ),
        None => format!(
            "\n\nA serverless warehouse assumes the role in the instance profile of the SQL configuration. The \
             registration of `{arn}` does not name it, so that Databricks takes the role to be called as the profile \
             is: `{}`. If it has another name, say `iam_role_arn = aws_iam_role.NAME.arn` in the \
             `databricks_instance_profile`.",
            arn.replacen(":instance-profile/", ":role/", 1)
        ),
    }
}

fn data_source(client: &Client, id: &str) -> Option<String> {
    let answer = client.get("/api/2.0/preview/sql/data_sources", &[]).ok()?;
    let sources = answer.as_array()?;
    let is_it = |it: &&Json| it.get("warehouse_id").and_then(Json::as_str) == Some(id);
    sources.iter().find(is_it)?.get("id")?.as_str().map(str::to_owned)
}
