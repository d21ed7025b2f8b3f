//! Clusters: the row, what it is found by, what is done to all of its kind.
//!
//! What a client sent is kept as it was sent and read back the same; [`spec::Spec`] is the part of it that
//! something follows from. Clusters get from one state to the next before the next question, but for those
//! that terminate themselves: that happens when the clock says so ([`settle`]).

pub mod catalogue;
pub mod create;
pub mod driver;
pub mod edit;
pub mod event;
pub mod launch;
pub mod life;
pub mod node;
pub mod pin;
pub mod resize;
pub mod settle;
pub mod show;
pub mod spec;
pub mod termination;

use std::sync::Arc;

use names::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::View;

use crate::acl::{Level, Object, ObjectKind};
use crate::cluster::node::Node;
use crate::cluster::spec::Spec;
use crate::cluster::termination::Termination;
use crate::fault::Fault;
use crate::library::LibraryStatus;
use crate::operation::Ask;
use crate::permit::Need;

/// A cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClusterRow {
    /// The workspace.
    pub workspace: String,
    /// Its id.
    pub id: String,
    /// What was asked for.
    pub spec: Map<String, Value>,
    /// Who made it.
    pub creator: String,
    /// The tags that everything it launches wears, beside those that were asked for.
    pub default_tags: Map<String, Value>,
    /// Where it is.
    pub state: State,
    /// When it was last started.
    pub started: Timestamp,
    /// When it was made.
    pub created: Timestamp,
    /// When it was used last.
    pub active: Timestamp,
    /// Its driver.
    pub driver: Option<Node>,
    /// Its workers.
    pub workers: Vec<Node>,
    /// Who pinned it.
    pub pinned_by: Option<String>,
    /// The Spark context, anew with each start.
    pub spark_context_id: u64,
    /// How many events there were.
    pub events: u32,
    /// Libraries.
    pub libraries: Vec<LibraryStatus>,
}

row!(ClusterRow, "databricks_cluster", workspace, id);

/// Where a cluster is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// It runs.
    Running,
    /// It does not, since when and why.
    Terminated(Timestamp, Termination),
}

impl State {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Terminated(..) => "TERMINATED",
        }
    }
}

impl ClusterRow {
    /// What follows from what was asked for.
    ///
    /// # Errors
    /// As [`Spec::read`]; a stored one has been read before.
    pub fn read_spec(&self) -> Result<Spec, Fault> {
        Spec::read(&self.spec)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.spec.get("cluster_name").and_then(Value::as_str).unwrap_or_default()
    }

    /// Driver and workers.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.driver.iter().chain(&self.workers)
    }

    /// Whether it runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.state == State::Running
    }

    /// The instance profile that its nodes wear.
    #[must_use]
    pub fn instance_profile_arn(&self) -> Option<&str> {
        let arn = self.spec.get("aws_attributes").and_then(|aws| aws.get("instance_profile_arn"));
        arn.and_then(Value::as_str).filter(|arn| !arn.is_empty())
    }
}

/// The cluster with `id`.
///
/// # Errors
/// `INVALID_PARAMETER_VALUE`, which clients know by its text.
pub fn find<'a>(ask: &Ask<'a>, id: &str) -> Result<&'a Arc<ClusterRow>, Fault> {
    let found = get(ask.view, &ask.host.partition(), id);
    found.ok_or_else(|| Fault::invalid(format!("Cluster {id} does not exist")))
}

/// As [`find`].
#[must_use]
pub fn get<'v>(view: &'v View, workspace: &str, id: &str) -> Option<&'v Arc<ClusterRow>> {
    view.get::<ClusterRow>(workspace, id)
}

/// Permission on a cluster that exists.
///
/// # Errors
/// As [`find`].
pub fn need(ask: &Ask<'_>, id: &str, level: Level) -> Result<Need, Fault> {
    find(ask, id)?;
    Ok(Need::On(object(id), level))
}

/// A cluster as permissions speak of it.
#[must_use]
pub fn object(id: &str) -> Object {
    Object::new(ObjectKind::Cluster, id)
}

/// Makes the operations whose only input is a cluster's id.
macro_rules! on_cluster {
    ($(#[$doc:meta])* $operation:ident, $path:literal, $level:ident, $write:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, serde::Deserialize)]
        pub struct $operation {
            cluster_id: String,
        }

        impl crate::operation::Operation for $operation {
            const NAME: &'static str = stringify!($operation);
            const METHOD: crate::operation::Method = crate::operation::Method::Post;
            const PATHS: &'static [&'static str] =
                &[concat!("/api/2.0/clusters/", $path), concat!("/api/2.1/clusters/", $path)];
            type Output = crate::operation::Empty;

            fn need(
                &self,
                ask: &crate::operation::Ask<'_>,
            ) -> Result<crate::permit::Need, crate::fault::Fault> {
                crate::cluster::need(ask, &self.cluster_id, crate::acl::Level::$level)
            }
        }

        impl crate::operation::Write for $operation {
            fn write(
                &self,
                act: &mut crate::operation::Act<'_, '_>,
            ) -> Result<crate::operation::Empty, crate::fault::Fault> {
                let row = crate::cluster::find(&act.ask(), &self.cluster_id)?;
                let row = crate::cluster::ClusterRow::clone(row);
                let write: fn(
                    &mut crate::operation::Act<'_, '_>,
                    crate::cluster::ClusterRow,
                ) -> Result<(), crate::fault::Fault> = $write;
                write(act, row)?;
                Ok(crate::operation::Empty {})
            }
        }
    };
}
pub(crate) use on_cluster;
