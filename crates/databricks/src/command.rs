//! Command execution (API 1.2): contexts and commands.
//!
//! Nothing here interprets Python. The scripts that Databricks' Terraform provider runs for mounts are known by
//! what is particular to them, as are three statements that read and write one file ([`script`]); they are
//! carried out against S3 with the credentials that the cluster's driver has ([`run`]). Any other command ends
//! in an error that says so.

#[macro_use]
mod operation;

pub mod context;
pub mod execute;
pub mod python;
pub mod result;
pub mod run;
pub mod script;

use names::Timestamp;
use serde::{Deserialize, Serialize};

use crate::cluster::{self, ClusterRow};
use crate::command::result::Results;
use crate::fault::Fault;
use crate::operation::{Act, Ask};

/// The most contexts of a cluster ("up to 145", Databricks guide, "Notebook execution contexts").
pub const MAX_CONTEXTS: usize = 145;
/// The most commands whose results a context keeps; older ones are forgotten.
pub const MAX_COMMANDS: usize = 100;

/// An execution context.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ContextRow {
    /// The workspace.
    pub workspace: String,
    /// Cluster and context.
    pub key: String,
    /// Its id.
    pub id: String,
    /// The Spark context that it is of: it ends when the cluster does.
    pub spark_context_id: u64,
    /// In which language commands are.
    pub language: String,
    /// When it was made.
    pub created: Timestamp,
    /// How many commands there were.
    pub ran: u32,
    /// The ids of those that are kept.
    pub commands: Vec<String>,
}

row!(ContextRow, "databricks_execution_context", workspace, key);

/// A command that was run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CommandRow {
    /// The workspace.
    pub workspace: String,
    /// Cluster, context and command.
    pub key: String,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// What came of it.
    pub results: Results,
}

row!(CommandRow, "databricks_command", workspace, key);

fn key(parts: &[&str]) -> String {
    parts.join("/")
}

/// The cluster, if it runs: commands are of no use otherwise.
fn running<'a>(ask: &Ask<'a>, id: &str) -> Result<&'a ClusterRow, Fault> {
    let row = cluster::find(ask, id)?;
    if row.is_running() {
        return Ok(row);
    }
    // Not in the words of Databricks, whose name for it ("ClusterNotReadyException") clients retry for ever.
    let text = format!("Cluster {id} is in unexpected state Terminated: start it to run commands.");
    Err(Fault::state(text))
}

/// The context of a cluster. The text is unverified.
fn find<'a>(ask: &Ask<'a>, cluster_id: &str, id: &str) -> Result<&'a ContextRow, Fault> {
    let cluster = running(ask, cluster_id)?;
    let row = ask.view.get::<ContextRow>(&cluster.workspace, &key(&[cluster_id, id]));
    row.map(|row| &**row)
        .filter(|row| row.spark_context_id == cluster.spark_context_id)
        .ok_or_else(|| Fault::missing(format!("ContextNotFound: {id}")))
}

/// The command of a context. The text is unverified.
fn find_command<'a>(
    ask: &Ask<'a>,
    cluster_id: &str,
    context_id: &str,
    id: &str,
) -> Result<&'a CommandRow, Fault> {
    let context = find(ask, cluster_id, context_id)?;
    let row = ask.view.get::<CommandRow>(&context.workspace, &key(&[cluster_id, context_id, id]));
    row.map(|row| &**row).ok_or_else(|| Fault::missing(format!("CommandNotFound: {id}")))
}

/// A cluster that runs, which using it keeps alive.
fn use_cluster(act: &mut Act<'_, '_>, id: &str) -> Result<ClusterRow, Fault> {
    let mut row = ClusterRow::clone(running(&act.ask(), id)?);
    row.active = act.now();
    act.tx().put(row.clone())?;
    Ok(row)
}

/// Forgets the contexts of a cluster: those that ended with its Spark context, or all.
///
/// # Errors
/// A limit of the store.
pub fn forget(act: &mut Act<'_, '_>, cluster: &ClusterRow, all: bool) -> Result<(), Fault> {
    let (from, to) = (format!("{}/", cluster.id), format!("{}0", cluster.id));
    let rows = act.aws.tx.range::<ContextRow>(&cluster.workspace, from.as_str()..to.as_str());
    let over: Vec<ContextRow> = rows
        .filter(|row| all || row.spark_context_id != cluster.spark_context_id)
        .map(|row| ContextRow::clone(row))
        .collect();
    over.iter().try_for_each(|context| end(act, context))
}

/// Ends a context, and forgets its commands.
fn end(act: &mut Act<'_, '_>, context: &ContextRow) -> Result<(), Fault> {
    for command in &context.commands {
        act.tx().delete::<CommandRow>(&context.workspace, &key(&[&context.key, command]))?;
    }
    act.tx().delete::<ContextRow>(&context.workspace, &context.key)?;
    Ok(())
}
