//! Libraries on clusters. Nothing is installed anywhere: what a cluster is to have is kept, and is there when it
//! runs.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::acl::Level;
use crate::cluster::{self, ClusterRow};
use crate::fault::Fault;
use crate::operation::{Act, Ask, Empty, Method, Operation, Read, Write};
use crate::permit::{Need, is_met};

/// The kinds of library.
const KINDS: [&str; 7] = ["pypi", "maven", "cran", "jar", "egg", "whl", "requirements"];
/// The most libraries of a cluster.
pub const MAX_LIBRARIES: usize = 1_000;

/// A library of a cluster's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryStatus {
    /// What it is.
    pub library: Map<String, Value>,
    /// Whether it goes with the next start.
    pub leaves: bool,
}

/// A library with its state.
#[derive(Debug, Serialize)]
struct Shown {
    library: Map<String, Value>,
    status: &'static str,
    is_library_for_all_clusters: bool,
}

/// The libraries of a cluster.
#[derive(Debug, Serialize)]
pub struct ClusterLibraries {
    cluster_id: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    library_statuses: Vec<Shown>,
}

fn show(row: &ClusterRow) -> ClusterLibraries {
    let shown = row.libraries.iter().map(|one| Shown {
        library: one.library.clone(),
        status: match (one.leaves, row.is_running()) {
            (true, _) => "UNINSTALL_ON_RESTART",
            (false, true) => "INSTALLED",
            (false, false) => "PENDING",
        },
        is_library_for_all_clusters: false,
    });
    ClusterLibraries { cluster_id: row.id.clone(), library_statuses: shown.collect() }
}

/// Gives a cluster that starts the libraries of its policy, which are "to be installed on the next cluster restart
/// that uses this policy" (API reference). Those that a policy no longer names stay.
pub fn add(row: &mut ClusterRow, libraries: &[Value]) {
    for library in libraries.iter().filter_map(Value::as_object) {
        let is_known = row.libraries.iter().any(|known| known.library == *library);
        if !is_known && row.libraries.len() < MAX_LIBRARIES {
            row.libraries.push(LibraryStatus { library: library.clone(), leaves: false });
        }
    }
}

/// A library is of one kind.
fn check(libraries: &[Map<String, Value>]) -> Result<(), Fault> {
    if libraries.is_empty() {
        return Err(Fault::invalid("Missing required field: libraries"));
    }
    for library in libraries {
        let kinds = library.keys().filter(|name| KINDS.contains(&name.as_str())).count();
        if kinds != 1 {
            return Err(Fault::invalid(format!(
                "A library has exactly one of {}.",
                KINDS.join(", ")
            )));
        }
    }
    Ok(())
}

/// What install and uninstall take.
#[derive(Debug, Clone, Deserialize)]
struct Sent {
    cluster_id: String,
    #[serde(default)]
    libraries: Vec<Map<String, Value>>,
}

/// Installs libraries.
#[derive(Debug, Clone, Deserialize)]
pub struct InstallLibraries(Sent);

impl Operation for InstallLibraries {
    const NAME: &'static str = "InstallLibraries";
    const METHOD: Method = Method::Post;
    const PATHS: &'static [&'static str] = &["/api/2.0/libraries/install"];
    type Output = Empty;

    fn check(&self) -> Result<(), Fault> {
        check(&self.0.libraries)
    }

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        cluster::need(ask, &self.0.cluster_id, Level::CanManage)
    }
}

impl Write for InstallLibraries {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let mut row = ClusterRow::clone(cluster::find(&act.ask(), &self.0.cluster_id)?);
        for library in &self.0.libraries {
            row.libraries.retain(|known| known.library != *library);
            row.libraries.push(LibraryStatus { library: library.clone(), leaves: false });
        }
        if row.libraries.len() > MAX_LIBRARIES {
            return Err(Fault::invalid(format!(
                "A cluster has at most {MAX_LIBRARIES} libraries."
            )));
        }
        act.tx().put(row)?;
        Ok(Empty {})
    }
}

/// Takes libraries away, with the next start if the cluster runs.
#[derive(Debug, Clone, Deserialize)]
pub struct UninstallLibraries(Sent);

impl Operation for UninstallLibraries {
    const NAME: &'static str = "UninstallLibraries";
    const METHOD: Method = Method::Post;
    const PATHS: &'static [&'static str] = &["/api/2.0/libraries/uninstall"];
    type Output = Empty;

    fn check(&self) -> Result<(), Fault> {
        check(&self.0.libraries)
    }

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        cluster::need(ask, &self.0.cluster_id, Level::CanManage)
    }
}

impl Write for UninstallLibraries {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let mut row = ClusterRow::clone(cluster::find(&act.ask(), &self.0.cluster_id)?);
        let runs = row.is_running();
        let goes = |known: &LibraryStatus| self.0.libraries.contains(&known.library);
        if runs {
            row.libraries
                .iter_mut()
                .filter(|known| goes(known))
                .for_each(|known| known.leaves = true);
        } else {
            row.libraries.retain(|known| !goes(known));
        }
        act.tx().put(row)?;
        Ok(Empty {})
    }
}

/// Shows the libraries of a cluster.
#[derive(Debug, Clone, Deserialize)]
pub struct GetClusterLibraries {
    cluster_id: String,
}

impl Operation for GetClusterLibraries {
    const NAME: &'static str = "GetClusterLibraries";
    const METHOD: Method = Method::Get;
    const PATHS: &'static [&'static str] = &["/api/2.0/libraries/cluster-status"];
    type Output = ClusterLibraries;

    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault> {
        cluster::need(ask, &self.cluster_id, Level::CanAttachTo)
    }
}

impl Read for GetClusterLibraries {
    fn read(self, ask: &Ask<'_>) -> Result<ClusterLibraries, Fault> {
        cluster::find(ask, &self.cluster_id).map(|row| show(row))
    }
}

/// Shows the libraries of all clusters that the caller may see.
#[derive(Debug, Clone, Deserialize)]
pub struct ListClusterLibraries {}

/// Libraries by cluster.
#[derive(Debug, Serialize)]
pub struct AllLibraries {
    statuses: Vec<ClusterLibraries>,
}

operation! {
    ListClusterLibraries,
    Get ["/api/2.0/libraries/all-cluster-statuses"] -> AllLibraries,
    Need::Anyone
}

impl Read for ListClusterLibraries {
    fn read(self, ask: &Ask<'_>) -> Result<AllLibraries, Fault> {
        let rows = ask.view.range::<ClusterRow>(&ask.host.partition(), ..);
        let usable = |id: &str| is_met(&Need::On(cluster::object(id), Level::CanAttachTo), ask);
        let shown = rows.filter(|row| usable(&row.id)).map(|row| show(row));
        Ok(AllLibraries { statuses: shown.collect() })
    }
}
