//! `/api/2.0/sql/warehouses/…`

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::acl::{self, Level};
use crate::fault::Fault;
use crate::operation::{Act, Ask, Empty, Method, Operation, Read, Write};
use crate::permit::{Need, is_met};
use crate::warehouse::{self, State, WarehouseRow, WarehouseSpec, config, life};

/// The most clusters of a warehouse ("Must be <= 40", API reference, `max_num_clusters`).
const MAX_CLUSTERS: i64 = 40;
/// The most clusters that always run ("Must be <= min(max_num_clusters, 30)", `min_num_clusters`).
const MAX_LEAST_CLUSTERS: i64 = 30;

/// The texts are unverified.
fn check(
    ask: &Ask<'_>,
    fields: &Map<String, Value>,
    but: Option<&str>,
) -> Result<WarehouseSpec, Fault> {
    let spec: WarehouseSpec = crate::lenient::decode(fields.clone())?;
    if !(1..=100).contains(&spec.name.chars().count()) {
        return Err(Fault::invalid("The name of a warehouse has between 1 and 100 characters."));
    }
    if !life::is_size(&spec.cluster_size) {
        return Err(Fault::invalid(format!("{} is not a valid cluster size.", spec.cluster_size)));
    }
    let (least, most) = (spec.least_clusters(), spec.most_clusters());
    if !(1..=most.min(MAX_LEAST_CLUSTERS)).contains(&least) || most > MAX_CLUSTERS {
        return Err(Fault::invalid(format!(
            "min_num_clusters must be between 1 and min(max_num_clusters, {MAX_LEAST_CLUSTERS}), \
             max_num_clusters at most {MAX_CLUSTERS}."
        )));
    }
    if spec.auto_stop_minutes() < 0
        || (1..10).contains(&spec.auto_stop_minutes()) && !spec.is_serverless()
    {
        return Err(Fault::invalid("auto_stop_mins must be 0 or at least 10."));
    }
    match spec.warehouse_type.as_deref() {
        None | Some("PRO" | "CLASSIC" | "TYPE_UNSPECIFIED") => {}
        Some(other) => return Err(Fault::invalid(format!("Invalid warehouse_type {other}."))),
    }
    let config = config::of(ask.view, &ask.host.partition());
    if !config.allows(spec.kind()) {
        let text = format!("Warehouse type {} is not enabled in this workspace.", spec.kind());
        return Err(Fault::invalid(text));
    }
    if spec.is_serverless() {
        if spec.warehouse_type.as_deref() == Some("CLASSIC") {
            return Err(Fault::invalid("Classic warehouses cannot be serverless."));
        }
        if !config.enable_serverless_compute {
            let text = "Serverless compute is not enabled in this workspace.";
            return Err(Fault::invalid(text));
        }
    }
    let mut rows = ask.view.range::<WarehouseRow>(&ask.host.partition(), ..);
    let taken = rows.any(|row| {
        Some(row.id.as_str()) != but
            && row.spec.get("name").and_then(Value::as_str) == Some(spec.name.as_str())
    });
    if taken {
        let text = format!("SQL warehouse with name `{}` already exists", spec.name);
        return Err(Fault::invalid(text));
    }
    Ok(spec)
}

/// Makes a warehouse and starts it.
#[derive(Debug, Clone, Deserialize)]
pub struct CreateWarehouse {
    #[serde(flatten)]
    fields: Map<String, Value>,
}

/// Its id.
#[derive(Debug, Serialize)]
pub struct CreatedWarehouse {
    id: String,
}

operation! {
    CreateWarehouse, Post ["/api/2.0/sql/warehouses"] -> CreatedWarehouse,
    Need::Entitlement("allow-cluster-create")
}

impl Write for CreateWarehouse {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreatedWarehouse, Fault> {
        check(&act.ask(), &self.fields, None)?;
        let id = act.entropy().text(b"0123456789abcdef", 16);
        let mut row = WarehouseRow {
            workspace: act.host.partition(),
            id: id.clone(),
            spec: self.fields.clone(),
            creator: act.caller.name().to_owned(),
            state: State::Stopped(None),
            active: act.now(),
            nodes: Vec::new(),
            data_source_id: act.entropy().uuid(),
        };
        life::start(act, &mut row)?;
        acl::create(act, &warehouse::object(&id))?;
        act.tx().put(row)?;
        Ok(CreatedWarehouse { id })
    }
}

fn show(ask: &Ask<'_>, row: &WarehouseRow) -> Value {
    let mut out = row.spec.clone();
    let spec = row.read_spec();
    let kind = spec.as_ref().map_or("CLASSIC", WarehouseSpec::kind);
    let most = spec.as_ref().map_or(1, WarehouseSpec::most_clusters);
    let port = 443;
    let hostname = format!("workspace-{}", row.workspace);
    let path = format!("/sql/1.0/warehouses/{}", row.id);
    let (state, health) = match &row.state {
        State::Running => ("RUNNING", json!({"status": "HEALTHY"})),
        State::Stopped(None) => ("STOPPED", json!({"status": "STATUS_UNSPECIFIED"})),
        State::Stopped(Some(failure)) => (
            "STOPPED",
            json!({
                "status": "FAILED",
                "summary": "The warehouse could not start.",
                "details": failure.message,
                "message": failure.message,
                "failure_reason": failure.reason,
            }),
        ),
    };
    let running = i32::from(row.state == State::Running);
    for (name, value) in [
        ("id", json!(row.id)),
        ("creator_name", json!(row.creator)),
        ("state", json!(state)),
        ("health", health),
        ("num_clusters", json!(running)),
        ("num_active_sessions", json!(0)),
        ("jdbc_url", json!(format!("jdbc:spark://{hostname}:{port}/default;httpPath={path}"))),
        (
            "odbc_params",
            json!({"hostname": hostname, "path": path, "protocol": "https", "port": port}),
        ),
    ] {
        out.insert(name.to_owned(), value);
    }
    if let Some(arn) = config::of(ask.view, &row.workspace).instance_profile_arn {
        out.insert("instance_profile_arn".to_owned(), arn.into());
    }
    for (name, value) in [
        ("min_num_clusters", json!(1)),
        ("max_num_clusters", json!(most)),
        ("auto_stop_mins", json!(120)),
        ("enable_photon", json!(true)),
        ("enable_serverless_compute", json!(false)),
        ("warehouse_type", json!(kind)),
        ("spot_instance_policy", json!("COST_OPTIMIZED")),
        ("channel", json!({"name": "CHANNEL_NAME_CURRENT"})),
        ("tags", json!({})),
    ] {
        out.entry(name).or_insert(value);
    }
    Value::Object(out)
}

/// Permission on a warehouse that exists.
fn need(ask: &Ask<'_>, id: &str, level: Level) -> Result<Need, Fault> {
    warehouse::find(ask, id)?;
    Ok(Need::On(warehouse::object(id), level))
}

/// Shows a warehouse.
#[derive(Debug, Clone, Deserialize)]
pub struct GetWarehouse {
    id: String,
}

impl Operation for GetWarehouse {
    const NAME: &'static str = "GetWarehouse";
    const METHOD: Method = Method::Get;
    const PATHS: &'static [&'static str] = &["/api/2.0/sql/warehouses/{id}"];
    type Output = Value;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        need(ask, &self.id, Level::CanView)
    }
}

impl Read for GetWarehouse {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        warehouse::find(ask, &self.id).map(|row| show(ask, row))
    }
}

/// Lists the warehouses that the caller may see.
#[derive(Debug, Clone, Deserialize)]
pub struct ListWarehouses {}

/// Warehouses.
#[derive(Debug, Serialize)]
pub struct Warehouses {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warehouses: Vec<Value>,
}

operation! {
    ListWarehouses, Get ["/api/2.0/sql/warehouses"] -> Warehouses, Need::Anyone
}

impl Read for ListWarehouses {
    fn read(self, ask: &Ask<'_>) -> Result<Warehouses, Fault> {
        let rows = ask.view.range::<WarehouseRow>(&ask.host.partition(), ..);
        let usable = |id: &str| is_met(&Need::On(warehouse::object(id), Level::CanView), ask);
        let shown = rows.filter(|row| usable(&row.id)).map(|row| show(ask, row));
        Ok(Warehouses { warehouses: shown.collect() })
    }
}

/// Changes a warehouse. One that runs starts anew.
#[derive(Debug, Clone, Deserialize)]
pub struct EditWarehouse {
    id: String,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl Operation for EditWarehouse {
    const NAME: &'static str = "EditWarehouse";
    const METHOD: Method = Method::Post;
    const PATHS: &'static [&'static str] = &["/api/2.0/sql/warehouses/{id}/edit"];
    type Output = Empty;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        need(ask, &self.id, Level::CanManage)
    }
}

impl Write for EditWarehouse {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let mut row = WarehouseRow::clone(warehouse::find(&act.ask(), &self.id)?);
        for (name, value) in &self.fields {
            row.spec.insert(name.clone(), value.clone());
        }
        check(&act.ask(), &row.spec, Some(&row.id))?;
        if row.state == State::Running {
            life::stop(act, &mut row)?;
            life::start(act, &mut row)?;
        }
        act.tx().put(row)?;
        Ok(Empty {})
    }
}

/// Deletes a warehouse.
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteWarehouse {
    id: String,
}

impl Operation for DeleteWarehouse {
    const NAME: &'static str = "DeleteWarehouse";
    const METHOD: Method = Method::Delete;
    const PATHS: &'static [&'static str] = &["/api/2.0/sql/warehouses/{id}"];
    type Output = Empty;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        need(ask, &self.id, Level::CanManage)
    }
}

impl Write for DeleteWarehouse {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let mut row = WarehouseRow::clone(warehouse::find(&act.ask(), &self.id)?);
        life::stop(act, &mut row)?;
        acl::forget(act, &warehouse::object(&row.id))?;
        act.tx().delete::<WarehouseRow>(&row.workspace, &row.id)?;
        Ok(Empty {})
    }
}

/// Starts a warehouse.
#[derive(Debug, Clone, Deserialize)]
pub struct StartWarehouse {
    id: String,
}

impl Operation for StartWarehouse {
    const NAME: &'static str = "StartWarehouse";
    const METHOD: Method = Method::Post;
    const PATHS: &'static [&'static str] = &["/api/2.0/sql/warehouses/{id}/start"];
    type Output = Empty;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        need(ask, &self.id, Level::CanMonitor)
    }
}

impl Write for StartWarehouse {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let mut row = WarehouseRow::clone(warehouse::find(&act.ask(), &self.id)?);
        if row.state != State::Running {
            life::start(act, &mut row)?;
            act.tx().put(row)?;
        }
        Ok(Empty {})
    }
}

/// Stops a warehouse.
#[derive(Debug, Clone, Deserialize)]
pub struct StopWarehouse {
    id: String,
}

impl Operation for StopWarehouse {
    const NAME: &'static str = "StopWarehouse";
    const METHOD: Method = Method::Post;
    const PATHS: &'static [&'static str] = &["/api/2.0/sql/warehouses/{id}/stop"];
    type Output = Empty;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        need(ask, &self.id, Level::CanMonitor)
    }
}

impl Write for StopWarehouse {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let mut row = WarehouseRow::clone(warehouse::find(&act.ask(), &self.id)?);
        life::stop(act, &mut row)?;
        act.tx().put(row)?;
        Ok(Empty {})
    }
}
