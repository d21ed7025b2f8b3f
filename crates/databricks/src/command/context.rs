//! `/api/1.2/contexts/…`

use serde::Deserialize;
use serde_json::{Value, json};

use crate::command::{self, ContextRow, MAX_CONTEXTS};
use crate::fault::Fault;
use crate::operation::{Act, Ask, Read, Write};

/// The languages of contexts (API reference, `Language`).
const LANGUAGES: [&str; 3] = ["python", "scala", "sql"];

/// Makes a context.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateContext {
    language: String,
    cluster_id: String,
}

of_cluster! {
    CreateContext, Post "contexts/create",
    |operation| {
        if LANGUAGES.contains(&operation.language.as_str()) {
            return Ok(());
        }
        Err(Fault::invalid(format!("Unsupported language: {}", operation.language)))
    }
}

impl Write for CreateContext {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Value, Fault> {
        let cluster = command::use_cluster(act, &self.cluster_id)?;
        command::forget(act, &cluster, false)?;
        let (from, to) = (format!("{}/", cluster.id), format!("{}0", cluster.id));
        let contexts =
            act.aws.tx.range::<ContextRow>(&cluster.workspace, from.as_str()..to.as_str());
        if contexts.count() >= MAX_CONTEXTS {
            let text = format!(
                "Too many execution contexts are open right now. (Limit set to {MAX_CONTEXTS})"
            );
            return Err(Fault::new("QUOTA_EXCEEDED", text));
        }
        let id = act.entropy().text(b"123456789", 19);
        let created = act.now();
        act.tx().insert(ContextRow {
            workspace: cluster.workspace,
            key: command::key(&[&cluster.id, &id]),
            id: id.clone(),
            spark_context_id: cluster.spark_context_id,
            language: self.language.clone(),
            created,
            ran: 0,
            commands: Vec::new(),
        })?;
        Ok(json!({"id": id}))
    }
}

/// Shows a context. It is ready before anybody asks.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetContextStatus {
    cluster_id: String,
    context_id: String,
}

of_cluster! { GetContextStatus, Get "contexts/status" }

impl Read for GetContextStatus {
    fn read(self, ask: &Ask<'_>) -> Result<Value, Fault> {
        let row = command::find(ask, &self.cluster_id, &self.context_id)?;
        Ok(json!({"id": row.id, "status": "Running"}))
    }
}

/// Ends a context.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DestroyContext {
    cluster_id: String,
    context_id: String,
}

of_cluster! { DestroyContext, Post "contexts/destroy" }

impl Write for DestroyContext {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Value, Fault> {
        let row = command::find(&act.ask(), &self.cluster_id, &self.context_id)?.clone();
        command::end(act, &row)?;
        Ok(json!({"id": row.id}))
    }
}
