//! What happened to a cluster.

use names::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::acl::Level;
use crate::cluster::{self, ClusterRow};
use crate::fault::Fault;
use crate::operation::{Act, Ask, Method, Operation, Read, milliseconds};
use crate::permit::Need;

/// The most events of a page (API reference: "maximum allowed value is 500").
pub const MAX_PAGE: usize = 500;
/// Events of a page unless a client says.
const DEFAULT_PAGE: usize = 50;

/// An event.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EventRow {
    /// The workspace.
    pub workspace: String,
    /// The cluster and the event's number.
    pub key: String,
    /// The cluster.
    pub cluster_id: String,
    /// When.
    pub time: Timestamp,
    /// What.
    pub kind: String,
    /// More of it.
    pub details: Value,
}

row!(EventRow, "databricks_cluster_event", workspace, key);

/// Notes an event.
///
/// # Errors
/// A limit of the store.
pub fn note(
    act: &mut Act<'_, '_>,
    row: &mut ClusterRow,
    kind: &str,
    details: Value,
) -> Result<(), Fault> {
    row.events += 1;
    let event = EventRow {
        workspace: row.workspace.clone(),
        key: format!("{}/{:010}", row.id, row.events),
        cluster_id: row.id.clone(),
        time: act.now(),
        kind: kind.to_owned(),
        details,
    };
    Ok(act.tx().put(event)?)
}

/// Forgets all events of a cluster.
///
/// # Errors
/// A limit of the store.
pub fn forget(act: &mut Act<'_, '_>, row: &ClusterRow) -> Result<(), Fault> {
    for number in 1..=row.events {
        act.tx().delete::<EventRow>(&row.workspace, &format!("{}/{number:010}", row.id))?;
    }
    Ok(())
}

/// Lists events.
#[derive(Debug, Clone, Deserialize)]
pub struct ListClusterEvents {
    cluster_id: String,
    start_time: Option<i64>,
    end_time: Option<i64>,
    order: Option<String>,
    #[serde(default)]
    event_types: Vec<String>,
    offset: Option<usize>,
    limit: Option<usize>,
    page_size: Option<usize>,
    page_token: Option<String>,
}

/// Events.
#[derive(Debug, Serialize)]
pub struct ClusterEvents {
    events: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    total_count: usize,
}

impl Operation for ListClusterEvents {
    const NAME: &'static str = "ListClusterEvents";
    const METHOD: Method = Method::Post;
    const PATHS: &'static [&'static str] =
        &["/api/2.0/clusters/events", "/api/2.1/clusters/events"];
    type Output = ClusterEvents;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        cluster::need(ask, &self.cluster_id, Level::CanAttachTo)
    }
}

impl Read for ListClusterEvents {
    fn read(self, ask: &Ask<'_>) -> Result<ClusterEvents, Fault> {
        let workspace = ask.host.partition();
        let (from, to) = (format!("{}/", self.cluster_id), format!("{}0", self.cluster_id));
        let rows = ask.view.range::<EventRow>(&workspace, from.as_str()..to.as_str());
        let mut found: Vec<&EventRow> = rows
            .map(|row| &**row)
            .filter(|row| {
                let time = milliseconds(row.time);
                self.start_time.is_none_or(|start| time >= start)
                    && self.end_time.is_none_or(|end| time <= end)
                    && (self.event_types.is_empty() || self.event_types.contains(&row.kind))
            })
            .collect();
        if self.order.as_deref() != Some("ASC") {
            found.reverse();
        }
        let total_count = found.len();
        let token = self.page_token.as_deref().and_then(|token| token.parse().ok());
        let offset = token.or(self.offset).unwrap_or(0);
        let limit = self.page_size.or(self.limit).filter(|limit| *limit > 0);
        let limit = limit.unwrap_or(DEFAULT_PAGE).min(MAX_PAGE);
        let page = found.iter().skip(offset).take(limit);
        let events = page
            .map(|row| {
                json!({
                    "cluster_id": row.cluster_id,
                    "timestamp": milliseconds(row.time),
                    "type": row.kind,
                    "details": row.details,
                })
            })
            .collect();
        let next = offset + limit;
        let more = next < total_count;
        let next_page = more.then(|| {
            json!({
                "cluster_id": self.cluster_id,
                "order": self.order.as_deref().unwrap_or("DESC"),
                "event_types": self.event_types,
                "start_time": self.start_time,
                "end_time": self.end_time,
                "offset": next,
                "limit": limit,
            })
        });
        let next_page_token = more.then(|| next.to_string());
        Ok(ClusterEvents { events, next_page, next_page_token, total_count })
    }
}
