//! `databricks_instance_profiles`: the instance profiles that the caller may use.

use serde_json::Value as Json;

use crate::client::Client;
use crate::resource::{DataSource, Failure};
use crate::schema::{Attribute, Block, Type};
use crate::value::{Members, Value};

/// The data source.
pub(super) struct InstanceProfiles;

impl DataSource for InstanceProfiles {
    fn name(&self) -> &'static str {
        "databricks_instance_profiles"
    }

    fn schema(&self) -> Block {
        let profile = Type::Object(vec![
            ("arn", Type::Text),
            ("is_meta", Type::Bool),
            ("name", Type::Text),
            ("role_arn", Type::Text),
        ]);
        Block::new(
            "The instance profiles of the workspace that the caller may use.",
            vec![
                Attribute::computed("id", Type::Text, "Always `_`."),
                Attribute::computed("instance_profiles", Type::list(profile), "All of them."),
            ],
        )
    }

    fn read(&self, client: &Client, config: &Members) -> Result<Members, Failure> {
        client.require_workspace(self.name())?;
        let answer = client.get("/api/2.0/instance-profiles/list", &[]);
        let answer = answer.map_err(|error| error.diagnostic("list the instance profiles"))?;
        let entries = answer.get("instance_profiles").and_then(Json::as_array);
        let profiles = entries.into_iter().flatten().map(profile).collect();
        let mut state = config.clone();
        state.insert("id".to_owned(), "_".into());
        state.insert("instance_profiles".to_owned(), Value::List(profiles));
        Ok(state)
    }
}

fn profile(entry: &Json) -> Value {
    let text = |name: &str| entry.get(name).and_then(Json::as_str).unwrap_or_default();
    let arn = text("instance_profile_arn");
    let is_meta = entry.get("is_meta_instance_profile").and_then(Json::as_bool);
    let members = [
        ("arn", Value::text(arn)),
        ("is_meta", Value::Bool(is_meta.unwrap_or_default())),
        ("name", Value::text(arn.rsplit('/').next().unwrap_or_default())),
        ("role_arn", Value::text(text("iam_role_arn"))),
    ];
    Value::Map(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
