//! What is left of a request whose decision is no longer in memory: its audit row.

use cloud::cloudtrail::entry::Entry;
use iam::message;
use names::Timestamp;
use serde::Serialize;
use store::AuditRow;

use super::indent;

/// What to do about what is gone.
const GONE: &str = "the policies and statements that decided are no longer in memory: the server was started anew since, or \
                    has answered many others. Make the request again, and `rolecall why last` tells them, and what \
                    would allow it";

/// A request as its audit row tells it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Recalled {
    request_id: String,
    operation: String,
    time: String,
    caller: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_ip: Option<String>,
    demands: Vec<Demanded>,
    /// How the service answered it, if it did not do as asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    hints: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Demanded {
    action: String,
    resource: String,
    decision: String,
}

impl Demanded {
    /// Whether it was asked on `resource`: an ARN, or what a denial calls it.
    fn is_on(&self, resource: &str) -> bool {
        message::is_called(&self.action, &self.resource, resource)
    }
}

impl Recalled {
    /// `None` if the row is not one of a request.
    pub(crate) fn of(row: &AuditRow) -> Option<Self> {
        let entry: Entry<'_> = serde_json::from_str(&row.body).ok()?;
        let demands = entry.demands.iter().map(|demand| Demanded {
            action: demand.action.to_string(),
            resource: demand.resource.to_string(),
            decision: demand.decision.to_string(),
        });
        let fault = entry.error.as_deref().map(|code| match entry.message.as_deref() {
            Some(message) => format!("{code}: {message}"),
            None => code.to_owned(),
        });
        Some(Self {
            request_id: row.id.clone(),
            operation: row.action.to_string(),
            time: Timestamp::from_unix_seconds(row.time_ms.div_euclid(1000)).to_string(),
            caller: row.caller.clone(),
            source_ip: entry.source_ip.as_deref().map(str::to_owned),
            demands: demands.collect(),
            fault,
            hints: vec![GONE.to_owned()],
        })
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        let Self { request_id, operation, time, caller, .. } = self;
        let mut out = format!("{operation} (request {request_id})\n");
        let from = self.source_ip.as_ref().map(|ip| format!(" from {ip}")).unwrap_or_default();
        out.push_str(&format!("{}called by {caller}{from} at {time}\n", indent(1)));
        for Demanded { action, resource, decision } in &self.demands {
            let verdict = match decision.as_str() {
                "Allowed" => "allowed",
                "ExplicitlyDenied" => "explicitly denied",
                _ => "denied",
            };
            out.push_str(&format!("{}{verdict}: {action} on {resource}\n", indent(1)));
        }
        if let Some(fault) = &self.fault {
            out.push_str(&format!("\nThe service answered {fault}\n"));
        }
        for hint in &self.hints {
            out.push_str(&format!("\nhint: {hint}\n"));
        }
        out
    }

    /// Whether it is the denial of `action`, on `resource` where that is known.
    pub(crate) fn is_denial_of(&self, action: &str, resource: Option<&str>) -> bool {
        self.demands.iter().any(|demand| {
            demand.decision != "Allowed"
                && demand.action.eq_ignore_ascii_case(action)
                && resource.is_none_or(|resource| demand.is_on(resource))
        })
    }
}
