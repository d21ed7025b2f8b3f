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
}

row!(WarehouseConfigRow, "databricks_warehouse_config", workspace, key);

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
    sql_configuration_parameters: Option<Pairs>,
    enable_serverless_compute: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
struct Pairs {
    #[serde(default, alias = "config_pairs")]
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
        })?;
        Ok(Empty {})
    }
}
