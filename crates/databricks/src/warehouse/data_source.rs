//! Data sources: what dashboards call warehouses. Each warehouse has one.

use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::operation::{Ask, Read};
use crate::permit::Need;
use crate::warehouse::WarehouseRow;

/// Lists data sources.
#[derive(Debug, Clone, Deserialize)]
pub struct ListDataSources {}

/// A data source.
#[derive(Debug, Serialize)]
pub struct DataSource {
    id: String,
    name: String,
    warehouse_id: String,
    r#type: &'static str,
    syntax: &'static str,
    paused: u8,
    supports_auto_limit: bool,
    view_only: bool,
}

operation! {
    ListDataSources, Get ["/api/2.0/preview/sql/data_sources"] -> Vec<DataSource>, Need::Anyone
}

impl Read for ListDataSources {
    fn read(self, ask: &Ask<'_>) -> Result<Vec<DataSource>, Fault> {
        let rows = ask.view.range::<WarehouseRow>(&ask.host.partition(), ..);
        let shown = rows.map(|row| DataSource {
            id: row.data_source_id.clone(),
            name: row.read_spec().map(|spec| spec.name).unwrap_or_default(),
            warehouse_id: row.id.clone(),
            r#type: "databricks_internal",
            syntax: "sql",
            paused: 0,
            supports_auto_limit: true,
            view_only: false,
        });
        Ok(shown.collect())
    }
}
