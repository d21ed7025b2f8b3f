//! The story of a request: every demand, and the whole story of the one that was denied.

use iam::story::Story;
use serde::Serialize;

use crate::decisions::Record;

/// A request told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Told {
    request_id: String,
    operation: String,
    /// The demands that were met before the one that the story is about.
    met: Vec<Met>,
    /// The denial or, if there is none, the last demand.
    story: Option<Story>,
    /// How the service failed it, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    /// What helps to understand why.
    hints: Vec<String>,
}

#[derive(Serialize)]
struct Met {
    action: String,
    resource: String,
}

pub(crate) fn tell(record: &Record) -> Told {
    let (last, met) = match record.decided.split_last() {
        Some((last, met)) => (Some(last), met),
        None => (None, &[][..]),
    };
    Told {
        request_id: record.request_id.clone(),
        operation: record.operation.clone(),
        met: met
            .iter()
            .map(|decided| Met {
                action: decided.request.action().as_str().to_owned(),
                resource: decided.request.resource().as_str().to_owned(),
            })
            .collect(),
        fault: record.fault.as_ref().map(ToString::to_string),
        hints: record.hints.clone(),
        story: last.and_then(|decided| Story::tell(&decided.request, &decided.around)),
    }
}

impl Told {
    pub(crate) fn text(&self, all: bool, colour: bool) -> String {
        let mut out = format!("{} (request {})\n", self.operation, self.request_id);
        for met in &self.met {
            out.push_str(&format!("  allowed: {} on {}\n", met.action, met.resource));
        }
        out.push('\n');
        match &self.story {
            Some(story) => out.push_str(&story.text(all, colour)),
            None => out.push_str("No permission was needed.\n"),
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
