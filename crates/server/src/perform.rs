//! Authorize, operate, commit: the second half of the request path, for requests from clients and for what
//! the server does on its own account alike.

use std::sync::Arc;

use cloud::authorize::{Decided, Facts};
use cloud::caller::Caller;
use cloud::{Act, Ask, Authorized, Fault, Issue, Made, Operation, Read, Refusal, Write, authorize};
use names::Timestamp;
use serde::Serialize;
use store::{AuditRow, Snapshot, View, WriteError};

use crate::clock::OsEntropy;
use crate::decisions::Record;
use crate::respond::Failure;
use crate::shared::Shared;

/// When and where.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    pub(crate) now: Timestamp,
    pub(crate) region: String,
}

/// What a request is served with, once it is known who calls.
pub(crate) struct Job {
    pub(crate) facts: Facts,
    pub(crate) moment: Moment,
    pub(crate) caller: Caller,
    pub(crate) shared: Arc<Shared>,
    pub(crate) request_id: String,
    pub(crate) snapshot: Snapshot,
}

/// What a write leaves to be told, whether it happened or not.
#[derive(Debug, Default)]
struct Told {
    decided: Vec<Decided>,
    made: Vec<Made>,
}

/// Why a write did not happen, from within it.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error("denied")]
    Denied(Vec<Decided>),
    #[error("{0}")]
    Failed(Fault, Told),
}

impl Job {
    /// Answers from the snapshot.
    pub(crate) fn read<O: Read>(&self, operation: O) -> Result<O::Output, Failure> {
        let ask = self.ask(&self.snapshot);
        let dry_run = operation.is_dry_run();
        let authorized = self.authorize(operation, &ask)?;
        let decided = authorized.decisions().to_vec();
        let result = authorized.read(&ask);
        let result = if dry_run { result.and(Err(Fault::dry_run())) } else { result };
        self.note::<O>(Told { decided, made: Vec::new() }, result.as_ref().err());
        result.map_err(Failure::Service)
    }

    /// As a read, with the other account that it looks at made current first.
    pub(crate) async fn issue<O: Issue>(&mut self, operation: O) -> Result<O::Output, Failure> {
        if let Some(account) = operation.other_account() {
            self.snapshot = self.shared.current(account).await?;
        }
        let ask = self.ask(&self.snapshot);
        let authorized = self.authorize(operation, &ask)?;
        let decided = authorized.decisions().to_vec();
        let result = authorized.issue(&ask, &mut OsEntropy::new());
        self.note::<O>(Told { decided, made: Vec::new() }, result.as_ref().err());
        result.map_err(Failure::Service)
    }

    fn ask<'a>(&'a self, view: &'a View) -> Ask<'a> {
        Ask {
            view,
            caller: &self.caller,
            now: self.moment.now,
            region: &self.moment.region,
            secrets: &self.shared.secrets,
        }
    }

    fn authorize<O: Operation>(
        &self,
        operation: O,
        ask: &Ask<'_>,
    ) -> Result<Authorized<O>, Failure> {
        authorize(operation, ask, &self.facts, &self.shared.policies).map_err(|refusal| {
            match refusal {
                Refusal::Fault(fault) => Failure::Service(fault),
                Refusal::Denied(decided) => self.deny::<O>(decided),
            }
        })
    }

    /// Changes the state, with an audit row in the same commit.
    pub(crate) async fn write<O: Write>(&self, operation: O) -> Result<O::Output, Failure> {
        let account = self.caller.account();
        let (caller, moment, facts) =
            (self.caller.clone(), self.moment.clone(), self.facts.clone());
        let (shared, id) = (Arc::clone(&self.shared), self.request_id.clone());
        let written = self.shared.store.write(account.as_str(), move |tx| {
            let mut made = Vec::new();
            let mut entropy = OsEntropy::new();
            let mut act = Act {
                tx,
                caller: &caller,
                now: moment.now,
                region: &moment.region,
                secrets: &shared.secrets,
                entropy: &mut entropy,
                facts: &facts,
                policies: &shared.policies,
                made: &mut made,
            };
            let authorized =
                match authorize(operation.clone(), &act.ask(), &facts, &shared.policies) {
                    Ok(authorized) => authorized,
                    Err(Refusal::Denied(decided)) => return Err(Stopped::Denied(decided)),
                    Err(Refusal::Fault(fault)) => {
                        return Err(Stopped::Failed(fault, Told::default()));
                    }
                };
            let decided = authorized.decisions().to_vec();
            let output = authorized.write(&mut act);
            let told = Told { decided, made };
            let output = match output {
                Ok(_) if operation.is_dry_run() => {
                    return Err(Stopped::Failed(Fault::dry_run(), told));
                }
                Ok(output) => output,
                Err(fault) => return Err(Stopped::Failed(fault, told)),
            };
            let row = audit_row::<O>(&id, &caller, moment.now, "allow", &told.decided, None);
            tx.audit(row).map_err(|error| Stopped::Failed(error.into(), Told::default()))?;
            Ok((output, told))
        });
        match written.await {
            Ok((output, told)) => {
                self.keep::<O>(told);
                Ok(output)
            }
            Err(WriteError::Refused(Stopped::Denied(decided))) => Err(self.deny::<O>(decided)),
            Err(WriteError::Refused(Stopped::Failed(fault, told))) => {
                self.note::<O>(told, Some(&fault));
                Err(Failure::Service(fault))
            }
            Err(other) => Err(Failure::Internal(other.to_string())),
        }
    }

    /// Keeps a denial, and answers it.
    fn deny<O: Operation>(&self, decided: Vec<Decided>) -> Failure {
        let now = self.moment.now;
        let row = audit_row::<O>(&self.request_id, &self.caller, now, "deny", &decided, None);
        self.audit(row);
        let refusal = Refusal::Denied(decided);
        let fault = refusal.fault(O::SERVICE, &self.shared.secrets);
        if let Refusal::Denied(decided) = refusal {
            self.keep::<O>(Told { decided, made: Vec::new() });
        }
        Failure::Denied(fault)
    }

    /// Keeps what was allowed and changed nothing.
    fn note<O: Operation>(&self, told: Told, fault: Option<&Fault>) {
        let (id, now) = (&self.request_id, self.moment.now);
        self.audit(audit_row::<O>(id, &self.caller, now, "allow", &told.decided, fault));
        self.keep::<O>(told);
    }

    fn audit(&self, row: AuditRow) {
        // An audit row is only refused for its size, and its parts are bounded.
        if let Err(error) = self.shared.store.audit(row) {
            tracing::warn!("an audit row was not kept: {error}");
        }
    }

    fn keep<O: Operation>(&self, told: Told) {
        self.shared.decisions.keep(Record {
            request_id: self.request_id.clone(),
            time_ms: self.shared.clock.now_ms(),
            operation: format!("{}:{}", O::SERVICE.prefix(), O::NAME),
            decided: told.decided,
            made: told.made,
        });
    }
}

/// What the audit keeps of a request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AuditBody<'a> {
    demands: Vec<AuditDemand<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct AuditDemand<'a> {
    action: &'a str,
    resource: &'a str,
    decision: &'static str,
}

fn audit_row<O: Operation>(
    request_id: &str,
    caller: &Caller,
    now: Timestamp,
    verdict: &'static str,
    decided: &[Decided],
    fault: Option<&Fault>,
) -> AuditRow {
    let demands = decided
        .iter()
        .map(|decided| AuditDemand {
            action: decided.request.action().as_str(),
            resource: decided.request.resource().as_str(),
            decision: decided.decision.verdict.name(),
        })
        .collect();
    let body = AuditBody { demands, error: fault.map(|fault| fault.code) };
    AuditRow {
        id: request_id.to_owned(),
        account: caller.account().to_string(),
        time_ms: now.unix_seconds().saturating_mul(1000),
        caller: caller.arn(),
        action: format!("{}:{}", O::SERVICE.prefix(), O::NAME).into(),
        verdict: verdict.into(),
        body: serde_json::to_string(&body).unwrap_or_default(),
    }
}
