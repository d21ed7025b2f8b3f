//! What all warehouses of a workspace share: `/api/2.0/sql/config/warehouses`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::View;

use crate::fault::Fault;
use crate::instance_profile::{self, check_arn};
use crate::operation::{Act, Ask, Empty, Read, Write};
use crate::permit::Need;

/// The configuration of a workspace's warehouses.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WarehouseConfigRow {
    /// The workspace.
    pub workspace: String,
    /// Always the same: there is one.
    pub key: String,
    /// `NONE`, `DATA_ACCESS_CONTROL` or `PASSTHROUGH`.
    pub security_policy: String,
    /// What warehouses wear.
    pub instance_profile_arn: Option<String>,
    /// Spark settings for data access.
    pub data_access_config: Vec<Pair>,
    /// Parameters of SQL.
    pub sql_configuration_parameters: Vec<Pair>,
    /// Whether warehouses may have no servers.
    pub enable_serverless_compute: bool,
    /// Which types warehouses may have; those that are not named may be had.
    #[serde(default)]
    pub enabled_warehouse_types: Vec<TypePair>,
    /// The channel that was chosen, as it was sent.
    #[serde(default)]
    pub channel: Option<Value>,
}

row!(WarehouseConfigRow, "databricks_warehouse_config", workspace, key);

/// Whether warehouses may have a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypePair {
    warehouse_type: String,
    #[serde(default)]
    enabled: bool,
}

impl WarehouseConfigRow {
    /// Whether warehouses may have a type: "If set to false the specific warehouse type will not be allowed"
    /// (API reference, `WarehouseTypePair`).
    #[must_use]
    pub fn allows(&self, kind: &str) -> bool {
        !self
            .enabled_warehouse_types
            .iter()
            .any(|pair| pair.warehouse_type == kind && !pair.enabled)
    }
}

/// A setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    key: String,
    #[serde(default)]
    value: String,
}

/// The settings of a workspace.
#[must_use]
pub fn of(view: &View, workspace: &str) -> WarehouseConfigRow {
    let row = view.get::<WarehouseConfigRow>(workspace, KEY);
    row.map_or_else(
        || WarehouseConfigRow {
            workspace: workspace.to_owned(),
            key: KEY.to_owned(),
            security_policy: "DATA_ACCESS_CONTROL".to_owned(),
            instance_profile_arn: None,
            data_access_config: Vec::new(),
            sql_configuration_parameters: Vec::new(),
            enable_serverless_compute: true,
            enabled_warehouse_types: Vec::new(),
            channel: None,
        },
        |row| WarehouseConfigRow::clone(row),
    )
}

const KEY: &str = "global";

/// Shows the settings.
#[derive(Debug, Clone, Deserialize)]
pub struct GetWarehouseConfig {}

operation! {
    GetWarehouseConfig, Get ["/api/2.0/sql/config/warehouses"] -> Value, Need::Admin
}

impl Read for GetWarehouseConfig {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        let row = of(ask.view, &ask.host.partition());
        let mut out = json!({
            "security_policy": row.security_policy,
            "data_access_config": row.data_access_config,
            "enable_serverless_compute": row.enable_serverless_compute,
        });
        if let Some(fields) = out.as_object_mut() {
            if let Some(arn) = row.instance_profile_arn {
                fields.insert("instance_profile_arn".to_owned(), arn.into());
            }
            if !row.sql_configuration_parameters.is_empty() {
                let pairs = json!({"configuration_pairs": row.sql_configuration_parameters});
                fields.insert("sql_configuration_parameters".to_owned(), pairs);
            }
            if !row.enabled_warehouse_types.is_empty() {
                let types = json!(row.enabled_warehouse_types);
                fields.insert("enabled_warehouse_types".to_owned(), types);
            }
            fields.extend(row.channel.map(|channel| ("channel".to_owned(), channel)));
        }
        Ok(out)
    }
}

/// Replaces the settings; what is left out falls back to its default.
#[derive(Debug, Clone, Deserialize)]
pub struct SetWarehouseConfig {
    security_policy: Option<String>,
    instance_profile_arn: Option<String>,
    #[serde(default)]
    data_access_config: Vec<Pair>,
    // The other two are what it was called before (API reference).
    sql_configuration_parameters: Option<Pairs>,
    config_param: Option<Pairs>,
    global_param: Option<Pairs>,
    enable_serverless_compute: Option<bool>,
    #[serde(default)]
    enabled_warehouse_types: Vec<TypePair>,
    channel: Option<Value>,
    google_service_account: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Pairs {
    #[serde(default, alias = "config_pair")]
    configuration_pairs: Vec<Pair>,
}

operation! {
    SetWarehouseConfig, Put ["/api/2.0/sql/config/warehouses"] -> Empty, Need::Admin,
    |operation| operation.check_parts()
}

impl SetWarehouseConfig {
    fn profile(&self) -> Option<&str> {
        self.instance_profile_arn.as_deref().filter(|arn| !arn.is_empty())
    }

    fn check_parts(&self) -> Result<(), Fault> {
        match self.security_policy.as_deref() {
            None | Some("NONE" | "DATA_ACCESS_CONTROL" | "PASSTHROUGH") => {}
            Some(other) => return Err(Fault::invalid(format!("Invalid security_policy {other}."))),
        }
        for TypePair { warehouse_type, .. } in &self.enabled_warehouse_types {
            if !matches!(warehouse_type.as_str(), "PRO" | "CLASSIC" | "TYPE_UNSPECIFIED") {
                return Err(Fault::invalid(format!("Invalid warehouse_type {warehouse_type}.")));
            }
        }
        if self.google_service_account.as_ref().is_some_and(|name| !name.is_empty()) {
            // "GCP only" (API reference); the text is unverified.
            return Err(Fault::invalid("google_service_account can only be set on GCP."));
        }
        self.profile().map_or(Ok(()), check_arn)
    }
}

impl Write for SetWarehouseConfig {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let workspace = act.host.partition();
        if let Some(arn) = self.profile()
            && instance_profile::get(act.aws.tx, &workspace, arn).is_none()
        {
            let text = format!("Instance profile {arn} is not registered in this workspace.");
            return Err(Fault::invalid(text));
        }
        let pairs = self.sql_configuration_parameters.as_ref();
        let pairs = pairs.or(self.config_param.as_ref()).or(self.global_param.as_ref());
        act.tx().put(WarehouseConfigRow {
            workspace,
            key: KEY.to_owned(),
            security_policy: self
                .security_policy
                .clone()
                .unwrap_or_else(|| "DATA_ACCESS_CONTROL".to_owned()),
            instance_profile_arn: self.profile().map(str::to_owned),
            data_access_config: self.data_access_config.clone(),
            sql_configuration_parameters: pairs
                .map(|pairs| pairs.configuration_pairs.clone())
                .unwrap_or_default(),
            enable_serverless_compute: self.enable_serverless_compute.unwrap_or(false),
            enabled_warehouse_types: self.enabled_warehouse_types.clone(),
            channel: self.channel.clone(),
        })?;
        Ok(Empty {})
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{WORKSPACE_ADMIN, World};

    fn made(world: &World, name: &str, more: Value) -> Result<Value, (String, String)> {
        let mut input = json!({"name": name, "cluster_size": "2X-Small"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = world.call(WORKSPACE_ADMIN, "CreateWarehouse", input)?;
        world.call(WORKSPACE_ADMIN, "GetWarehouse", json!({"id": made["id"]}))
    }

    #[test]
    fn a_type_that_is_switched_off_cannot_be_had() {
        let world = World::new();
        let types = json!([{"warehouse_type": "CLASSIC", "enabled": false}]);
        let input = json!({
            "enabled_warehouse_types": types,
            "channel": {"name": "CHANNEL_NAME_PREVIEW"},
            "config_param": {"config_pair": [{"key": "ANSI_MODE", "value": "true"}]},
        });
        world.done(WORKSPACE_ADMIN, "SetWarehouseConfig", input);
        let shown = world.done(WORKSPACE_ADMIN, "GetWarehouseConfig", json!({}));
        assert_eq!(shown["enabled_warehouse_types"], types);
        assert_eq!(shown["channel"]["name"], "CHANNEL_NAME_PREVIEW");
        let pairs = &shown["sql_configuration_parameters"]["configuration_pairs"];
        assert_eq!(pairs[0]["key"], "ANSI_MODE");
        for (name, more, is_made) in [
            ("a", json!({}), false),
            ("b", json!({"warehouse_type": "CLASSIC"}), false),
            ("c", json!({"warehouse_type": "PRO"}), true),
        ] {
            assert_eq!(made(&world, name, more.clone()).is_ok(), is_made, "{more}");
        }
    }

    #[test]
    fn how_many_clusters_a_warehouse_has() {
        let world = World::new();
        for (index, (least, most, shown)) in [
            (None, None, Some((1, 1))),
            (Some(3), None, Some((3, 3))),
            (Some(30), Some(40), Some((30, 40))),
            (Some(31), Some(40), None),
            (Some(1), Some(41), None),
            (Some(3), Some(2), None),
            (Some(0), Some(1), None),
        ]
        .into_iter()
        .enumerate()
        {
            let more = json!({"min_num_clusters": least, "max_num_clusters": most});
            let found = made(&world, &format!("w{index}"), more.clone()).ok();
            let found =
                found.map(|it| (it["min_num_clusters"].clone(), it["max_num_clusters"].clone()));
            assert_eq!(found, shown.map(|(least, most)| (json!(least), json!(most))), "{more}");
        }
    }
}
