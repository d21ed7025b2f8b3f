//! `databricks_sql_global_config`: what all SQL warehouses of a workspace share. There is one; to delete it
//! is to set it back.

use serde_json::{Map, Value as Json, json};

use crate::client::Client;
use crate::diagnostic::Diagnostics;
use crate::resource::{Failure, Resource, some_text, text};
use crate::resources::arn;
use crate::resources::crud::Kind;
use crate::schema::{Attribute, Block, Type};
use crate::value::{Members, Value};

const API: &str = "/api/2.0/sql/config/warehouses";
const ID: &str = "global";
const KIND: Kind = Kind { called: "SQL configuration", id: "id" };

/// The resource.
pub(super) struct SqlGlobalConfig;

impl Resource for SqlGlobalConfig {
    fn name(&self) -> &'static str {
        "databricks_sql_global_config"
    }

    fn schema(&self) -> Block {
        Block::new(
            "What all SQL warehouses of the workspace share.",
            vec![
                Attribute::computed("id", Type::Text, "Always `global`."),
                Attribute::optional(
                    "security_policy",
                    Type::Text,
                    "`DATA_ACCESS_CONTROL` (the default), `PASSTHROUGH` or `NONE`.",
                )
                .default("DATA_ACCESS_CONTROL"),
                Attribute::optional(
                    "instance_profile_arn",
                    Type::Text,
                    "The instance profile that warehouses reach data with.",
                ),
                Attribute::optional(
                    "data_access_config",
                    Type::map(Type::Text),
                    "Spark settings for the access to data.",
                ),
                Attribute::optional(
                    "sql_config_params",
                    Type::map(Type::Text),
                    "Parameters of SQL.",
                ),
                Attribute::either(
                    "enable_serverless_compute",
                    Type::Bool,
                    "Whether serverless warehouses may be used.",
                ),
            ],
        )
    }

    fn validate(&self, config: &Members, found: &mut Diagnostics) {
        arn::check_profile(config, "instance_profile_arn", found);
    }

    fn create(
        &self,
        client: &Client,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        client.require_workspace(self.name())?;
        let mut planned = planned.clone();
        if planned.get("enable_serverless_compute").is_none_or(|it| it.as_bool().is_none()) {
            let now = KIND.get(client, API, &[])?.unwrap_or_default();
            let serverless = now.get("enable_serverless_compute").and_then(Json::as_bool);
            let serverless = serverless.unwrap_or_default().into();
            planned.insert("enable_serverless_compute".to_owned(), serverless);
        }
        put(client, "create", &planned)?;
        planned.insert("id".to_owned(), ID.into());
        Ok(self.read(client, &planned)?.unwrap_or(planned))
    }

    fn read(&self, client: &Client, state: &Members) -> Result<Option<Members>, Failure> {
        client.require_workspace(self.name())?;
        let Some(answer) = KIND.get(client, API, &[])? else { return Ok(None) };
        let text = |name: &str| answer.get(name).and_then(Json::as_str);
        let mut read = state.clone();
        let mut set = |name: &str, value: Value| {
            read.insert(name.to_owned(), value);
        };
        set("id", ID.into());
        set("security_policy", text("security_policy").map_or(Value::Null, Value::text));
        let profile = text("instance_profile_arn").filter(|arn| !arn.is_empty());
        set("instance_profile_arn", profile.map_or(Value::Null, Value::text));
        let serverless = answer.get("enable_serverless_compute").and_then(Json::as_bool);
        set("enable_serverless_compute", serverless.unwrap_or_default().into());
        let pairs = pairs_read(answer.get("data_access_config"));
        let given = state.get("data_access_config").is_some_and(|value| !value.is_null());
        let none = pairs.is_empty() && !given;
        set("data_access_config", if none { Value::Null } else { Value::Map(pairs) });
        Ok(Some(read))
    }

    fn update(
        &self,
        client: &Client,
        _: &Members,
        planned: &Members,
        _: &mut Diagnostics,
    ) -> Result<Members, Failure> {
        put(client, "update", planned)?;
        Ok(self.read(client, planned)?.unwrap_or_else(|| planned.clone()))
    }

    fn delete(&self, client: &Client, state: &Members) -> Result<(), Failure> {
        let mut defaults = self.schema().empty();
        defaults.insert("security_policy".to_owned(), "DATA_ACCESS_CONTROL".into());
        // Whether serverless may be used is not this resource's to take away.
        let serverless = state.get("enable_serverless_compute").cloned().unwrap_or(Value::Null);
        defaults.insert("enable_serverless_compute".to_owned(), serverless);
        put(client, "delete", &defaults)
    }
}

fn put(client: &Client, verb: &str, members: &Members) -> Result<(), Failure> {
    let serverless = members.get("enable_serverless_compute").and_then(Value::as_bool);
    let mut body = Map::new();
    body.insert("security_policy".to_owned(), text(members, "security_policy").into());
    body.insert("data_access_config".to_owned(), pairs_sent(members, "data_access_config"));
    body.insert("enable_serverless_compute".to_owned(), serverless.unwrap_or_default().into());
    if let Some(arn) = some_text(members, "instance_profile_arn") {
        body.insert("instance_profile_arn".to_owned(), arn.into());
    }
    if members.get("sql_config_params").is_some_and(|value| !value.is_null()) {
        let pairs = pairs_sent(members, "sql_config_params");
        let parameters = json!({"configuration_pairs": pairs});
        body.insert("sql_configuration_parameters".to_owned(), parameters);
    }
    KIND.send(client, verb, ("PUT", API), body)
}

fn pairs_sent(members: &Members, name: &str) -> Json {
    let map = members.get(name).and_then(Value::as_map);
    let pairs = map.into_iter().flatten();
    pairs.map(|(key, value)| json!({"key": key, "value": value.as_text()})).collect()
}

fn pairs_read(json: Option<&Json>) -> Members {
    let pairs = json.and_then(Json::as_array).into_iter().flatten();
    let pair = |pair: &Json| {
        let text = |name: &str| Some(pair.get(name)?.as_str()?.to_owned());
        Some((text("key")?, Value::Text(text("value").unwrap_or_default())))
    };
    pairs.filter_map(pair).collect()
}
