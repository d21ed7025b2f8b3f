//! The story of a request: every demand, the whole story of the one that was denied, and the calls that the
//! request made as other callers, told likewise.

pub(crate) mod recalled;

use cloud::Made;
use cloud::authorize::Decided;
use iam::story::Story;
use serde::Serialize;

use crate::decisions::Record;

/// A request told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Told {
    request_id: String,
    operation: String,
    #[serde(flatten)]
    demands: Demands,
    /// The calls that it made as other callers, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    calls: Vec<Call>,
    /// How the service failed it, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    /// What helps to understand why.
    hints: Vec<String>,
}

/// What IAM was asked.
#[derive(Serialize)]
struct Demands {
    /// The demands that were met before the one that the story is about.
    met: Vec<Met>,
    /// The denial or, if there is none, the last demand.
    story: Option<Story>,
    #[serde(skip)]
    denied: bool,
}

#[derive(Serialize)]
struct Met {
    action: String,
    resource: String,
}

/// A call that was made as another caller.
#[derive(Serialize)]
struct Call {
    caller: String,
    operation: String,
    /// `succeeded`, `denied` or `failed`.
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Error>,
    #[serde(flatten)]
    demands: Demands,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    calls: Vec<Call>,
}

#[derive(Serialize)]
struct Error {
    code: &'static str,
    message: String,
}

pub(crate) fn tell(record: &Record) -> Told {
    Told {
        request_id: record.request_id.clone(),
        operation: record.operation.to_string(),
        demands: demands(&record.decided),
        calls: record.made.iter().map(call).collect(),
        fault: record.fault.as_ref().map(ToString::to_string),
        hints: record.hints.clone(),
    }
}

fn demands(decided: &[Decided]) -> Demands {
    let (last, met) = match decided.split_last() {
        Some((last, met)) => (Some(last), met),
        None => (None, &[][..]),
    };
    Demands {
        met: met.iter().map(met_demand).collect(),
        story: last.and_then(|decided| Story::tell(&decided.request, &decided.around)),
        denied: last.is_some_and(|decided| !decided.decision.is_allowed()),
    }
}

fn met_demand(decided: &Decided) -> Met {
    Met {
        action: decided.request.action().as_str().to_owned(),
        resource: decided.request.resource().as_str().to_owned(),
    }
}

fn call(made: &Made) -> Call {
    let demands = demands(&made.decided);
    let outcome = match &made.fault {
        _ if demands.denied => "denied",
        Some(_) => "failed",
        None => "succeeded",
    };
    let error = made.fault.as_ref();
    Call {
        caller: made.caller.clone(),
        operation: format!("{}:{}", made.service.prefix(), made.operation),
        outcome,
        error: error.map(|fault| Error { code: fault.code, message: fault.message.clone() }),
        demands,
        calls: made.made.iter().map(call).collect(),
    }
}

impl Told {
    /// For people: the chain of calls, then the whole story of what was denied, wherever in the chain; if
    /// nothing was, that of the request's own last demand.
    pub(crate) fn text(&self, all: bool, colour: bool) -> String {
        let mut out = format!("{} (request {})\n", self.operation, self.request_id);
        self.demands.list(1, &mut out);
        list(&self.calls, 1, &mut out);
        let mut denied = Vec::new();
        if self.demands.denied {
            denied.extend(&self.demands.story);
        }
        add_denied(&self.calls, &mut denied);
        if denied.is_empty() {
            denied.extend(&self.demands.story);
        }
        if denied.is_empty() {
            out.push_str("\nNo permission was needed.\n");
        }
        for story in denied {
            out.push('\n');
            out.push_str(&story.text(all, colour));
        }
        if let Some(fault) = &self.fault {
            out.push_str(&format!("\nThe service answered {fault}\n"));
        }
        for hint in &self.hints {
            out.push_str(&format!("\nhint: {hint}\n"));
        }
        out
    }
}

impl Demands {
    fn list(&self, depth: usize, out: &mut String) {
        for met in &self.met {
            out.push_str(&format!(
                "{}allowed: {} on {}\n",
                indent(depth),
                met.action,
                met.resource
            ));
        }
    }
}

fn list(calls: &[Call], depth: usize, out: &mut String) {
    for call in calls {
        let Call { caller, operation, outcome, error, .. } = call;
        out.push_str(&format!("{}called {operation} as {caller}: {outcome}", indent(depth)));
        match error {
            // A denial's sentence is in its story.
            Some(error) if *outcome == "failed" => {
                out.push_str(&format!(": {}: {}\n", error.code, error.message));
            }
            _ => out.push('\n'),
        }
        call.demands.list(depth + 1, out);
        list(&call.calls, depth + 1, out);
    }
}

fn add_denied<'c>(calls: &'c [Call], denied: &mut Vec<&'c Story>) {
    for call in calls {
        if call.demands.denied {
            denied.extend(&call.demands.story);
        }
        add_denied(&call.calls, denied);
    }
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth)
}

#[cfg(test)]
mod tests;
