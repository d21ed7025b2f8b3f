//! Running code on a cluster: Databricks' API 1.2 for commands.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::client::{ApiError, Client};
use crate::diagnostic::Diagnostic;
use crate::resource::Failure;
use crate::resources::wait;

const API: &str = "/api/1.2";
/// How long a context may take to be ready, and a command to end.
const TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// Runs Python, and gives what it exits with, or the text of its error.
pub(super) fn run(client: &Client, cluster: &str, code: &str) -> Result<String, String> {
    let context = client.post(
        &format!("{API}/contexts/create"),
        &json!({"language": "python", "clusterId": cluster}),
    );
    let context = id(&context.map_err(|error| error.to_string())?);
    let outcome = run_in(client, cluster, &context, code);
    // Whatever happened, the context is of no more use; it also goes with its cluster.
    let body = json!({"contextId": context, "clusterId": cluster});
    let _ = client.post(&format!("{API}/contexts/destroy"), &body);
    outcome
}

fn run_in(client: &Client, cluster: &str, context: &str, code: &str) -> Result<String, String> {
    let of_context = [("clusterId", cluster), ("contextId", context)];
    poll("The start of a context", || {
        let status = client.get(&format!("{API}/contexts/status"), &of_context)?;
        Ok(match text(&status, "status") {
            "Running" => Some(Ok(())),
            "Error" => Some(Err("the cluster cannot run commands".to_owned())),
            _ => None,
        })
    })??;
    let body = json!({
        "language": "python", "clusterId": cluster, "contextId": context, "command": code,
    });
    let command = client.post(&format!("{API}/commands/execute"), &body);
    let command = id(&command.map_err(|error| error.to_string())?);
    let of_command =
        [("clusterId", cluster), ("contextId", context), ("commandId", command.as_str())];
    let done = poll("The command", || {
        let status = client.get(&format!("{API}/commands/status"), &of_command)?;
        Ok(matches!(text(&status, "status"), "Finished" | "Cancelled" | "Error").then_some(status))
    })?;
    let results = done.get("results").cloned().unwrap_or_default();
    match text(&results, "resultType") {
        "text" => Ok(text(&results, "data").to_owned()),
        "error" => Err(error_text(&results)),
        other => Err(format!("the command ended as {} with {other}", text(&done, "status"))),
    }
}

fn poll<T>(what: &str, mut look: impl FnMut() -> Result<Option<T>, ApiError>) -> Result<T, String> {
    let looked: Result<T, Failure> = wait::until(TIMEOUT, what, || {
        look().map_err(|error| Failure::from(Diagnostic::error("", error.to_string())))
    });
    looked.map_err(|failure| failure.diagnostic.detail)
}

/// What an error is about: what follows the last `…Exception: ` or `…Error: ` of its summary, without markup.
fn error_text(results: &Json) -> String {
    let summary = unescaped(&without_tags(text(results, "summary")));
    for mark in ["Exception: ", "Error: "] {
        if let Some((_, told)) = summary.rsplit_once(mark) {
            return told.trim().to_owned();
        }
    }
    if let Some((_, told)) = text(results, "cause").split_once("ErrorMessage=") {
        return told.lines().next().unwrap_or_default().trim().to_owned();
    }
    summary.trim().to_owned()
}

fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for character in text.chars() {
        match character {
            '<' => inside = true,
            '>' if inside => inside = false,
            _ if !inside => out.push(character),
            _ => {}
        }
    }
    out
}

fn unescaped(text: &str) -> String {
    let pairs = [("&quot;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn id(answer: &Json) -> String {
    text(answer, "id").to_owned()
}

fn text<'j>(json: &'j Json, name: &str) -> &'j str {
    json.get(name).and_then(Json::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_error_is_about() {
        for (summary, cause, told) in [
            (
                "<span class=\"ansi-red-fg\">Exception</span>: Mount not found",
                "",
                "Mount not found",
            ),
            (
                "java.rmi.RemoteException: com.amazonaws.AmazonException: no &lt;way&gt;",
                "",
                "no <way>",
            ),
            ("it failed", "x\nErrorMessage=why not\nmore", "why not"),
            ("it failed", "", "it failed"),
        ] {
            let results = json!({"summary": summary, "cause": cause});
            assert_eq!(error_text(&results), told, "{summary}");
        }
    }
}
