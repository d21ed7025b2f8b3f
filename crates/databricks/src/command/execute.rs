//! `/api/1.2/commands/…`

use serde::Deserialize;
use serde_json::{Value, json};

use crate::command::result::Results;
use crate::command::{self, CommandRow, ContextRow, MAX_COMMANDS, run, script};
use crate::fault::Fault;
use crate::operation::{Act, Ask, Read, Write};

/// Runs a command. It is done when this is answered; what came of it is asked for by its id.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExecuteCommand {
    language: Option<String>,
    cluster_id: String,
    context_id: String,
    command: String,
}

of_cluster! { ExecuteCommand, Post "commands/execute" }

impl Write for ExecuteCommand {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Value, Fault> {
        let cluster = command::use_cluster(act, &self.cluster_id)?;
        let found = command::find(&act.ask(), &self.cluster_id, &self.context_id)?;
        let mut context = ContextRow::clone(found);
        context.ran = context.ran.saturating_add(1);
        let language = self.language.as_deref().unwrap_or(&context.language);
        let script = if language == "python" { script::read(&self.command) } else { None };
        let results = match script {
            Some(script) => run::run(act, &cluster, &script, context.ran)?,
            None => Results::not_run(),
        };
        let id = act.entropy().text(b"0123456789abcdef", 32);
        if context.commands.len() >= MAX_COMMANDS {
            let oldest = command::key(&[&context.key, &context.commands.remove(0)]);
            act.tx().delete::<CommandRow>(&context.workspace, &oldest)?;
        }
        act.tx().insert(CommandRow {
            workspace: context.workspace.clone(),
            key: command::key(&[&context.key, &id]),
            cancelled: false,
            results,
        })?;
        context.commands.push(id.clone());
        act.tx().put(context)?;
        Ok(json!({"id": id}))
    }
}

/// Shows a command and what came of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetCommandStatus {
    cluster_id: String,
    context_id: String,
    command_id: String,
}

of_cluster! { GetCommandStatus, Get "commands/status" }

impl Read for GetCommandStatus {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        let row = command::find_command(ask, &self.cluster_id, &self.context_id, &self.command_id)?;
        let status = if row.cancelled { "Cancelled" } else { "Finished" };
        Ok(json!({"id": self.command_id, "status": status, "results": row.results.show()}))
    }
}

/// Cancels a command. It is done already, and what it did stays; but whoever waits for its end as a cancelled
/// one sees that. What Databricks says of a command that ended before is unverified.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CancelCommand {
    cluster_id: String,
    context_id: String,
    command_id: String,
}

of_cluster! { CancelCommand, Post "commands/cancel" }

impl Write for CancelCommand {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Value, Fault> {
        let (cluster, context, id) = (&self.cluster_id, &self.context_id, &self.command_id);
        let row = command::find_command(&act.ask(), cluster, context, id)?.clone();
        act.tx().put(CommandRow { cancelled: true, ..row })?;
        Ok(json!({"id": id}))
    }
}
