//! Permit, operate, commit: the second half of the way, with the calls that are made in AWS on it.

use std::net::SocketAddr;
use std::sync::Arc;

use cloud::Made;
use cloud::authorize::Facts;
use cloud::propagation::{Standpoint, Unseen};
use databricks::aws::Principal;
use databricks::caller::Caller;
use databricks::cluster;
use databricks::fault::Fault;
use databricks::first_start;
use databricks::host::Host;
use databricks::operation::{Act, Ask, Read, Write};
use databricks::permit::permit;
use serde::Serialize;
use smol_str::format_smolstr;
use store::{AuditRow, Snapshot, Tx, WriteError};

use crate::clock::OsEntropy;
use crate::decisions::Record;
use crate::perform::Moment;
use crate::shared::Shared;

/// Where Databricks' control plane of us-east-1 calls from ("Databricks clouds and regions", outbound
/// addresses); for other regions unverified.
const CONTROL_PLANE_ADDRESS: &str = "3.237.73.224";

/// What a request is served with, once it is known who calls.
pub(crate) struct Job {
    pub(crate) caller: Caller,
    pub(crate) host: Arc<Host>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) request_id: String,
    pub(crate) snapshot: Snapshot,
}

/// Why a write did not happen, with the calls that it had made.
#[derive(Debug, thiserror::Error)]
#[error("{fault}")]
pub(crate) struct Stopped {
    pub(crate) fault: Fault,
    made: Box<(Vec<Made>, Vec<String>)>,
}

impl From<store::RowError> for Stopped {
    fn from(error: store::RowError) -> Self {
        Self { fault: error.into(), made: Box::default() }
    }
}

impl Job {
    /// Answers from the snapshot.
    pub(crate) fn read<O: Read>(&self, operation: O) -> Result<O::Output, Fault> {
        let ask = Ask {
            view: &self.snapshot,
            caller: &self.caller,
            host: &self.host,
            now: self.shared.moment(String::new()).now,
        };
        permit(operation, &ask)?.read(&ask)
    }

    /// Changes the state, here and in AWS, with an audit row in the same commit.
    pub(crate) async fn write<O: Write>(
        &self,
        operation: O,
        next_address: Option<SocketAddr>,
    ) -> Result<O::Output, Fault> {
        let region = self.shared.config.region.clone();
        let moment = self.shared.moment(region);
        let (shared, host, caller) =
            (Arc::clone(&self.shared), Arc::clone(&self.host), self.caller.clone());
        let id = self.request_id.clone();
        let partition = self.host.partition();
        let written = self.shared.store.write(&partition, move |tx| {
            let row = audit_row::<O>(&id, &caller, &host, &moment);
            let setting = Setting { shared: &shared, host: &host, caller: &caller, next_address };
            let done = setting
                .act(tx, &moment, |act| permit(operation.clone(), &act.ask())?.write(act))?;
            tx.audit(row)?;
            cloud::propagation::record(tx, shared.propagation.mode(), moment.now_ms)?;
            Ok::<_, Stopped>(done)
        });
        match written.await {
            Ok((output, made)) => {
                self.keep::<O>(made, None);
                Ok(output)
            }
            Err(WriteError::Refused(stopped)) => {
                self.keep::<O>(*stopped.made, Some(&stopped.fault));
                Err(stopped.fault)
            }
            Err(other) => Err(Fault::new("INTERNAL_ERROR", other.to_string())),
        }
    }

    /// Keeps what AWS decided on the way. Requests that asked nothing of AWS leave nothing to tell.
    fn keep<O: Write>(&self, (made, hints): (Vec<Made>, Vec<String>), fault: Option<&Fault>) {
        if made.is_empty() {
            return;
        }
        let failed = made.iter().any(|made| made.fault.is_some());
        let mut told = if failed || fault.is_some() { hints } else { Vec::new() };
        told.extend(fault.and_then(|fault| fault.hint.clone()));
        self.shared.decisions.keep(Record {
            request_id: self.request_id.clone(),
            time_ms: self.shared.clock.now_ms(),
            operation: format_smolstr!("databricks:{}", O::NAME),
            decided: Vec::new(),
            made,
            fault: fault.map(|fault| cloud::Fault::new(fault.code, fault.message.clone())),
            hints: told,
        });
    }
}

/// Lets happen what is due by the clock in a workspace.
pub(crate) async fn settle(shared: &Arc<Shared>, host: &Arc<Host>) {
    let moment = shared.moment(shared.config.region.clone());
    let (within, of) = (Arc::clone(shared), Arc::clone(host));
    let partition = host.partition();
    let written = shared.store.write(&partition, move |tx| {
        let caller = first_start::maker(&of);
        let setting = Setting { shared: &within, host: &of, caller: &caller, next_address: None };
        setting.act(tx, &moment, cluster::settle::settle)?;
        cloud::propagation::record(tx, within.propagation.mode(), moment.now_ms)?;
        Ok::<_, Stopped>(())
    });
    if let Err(error) = written.await {
        tracing::warn!("what was due in workspace {partition} did not happen: {error}");
    }
}

/// What a write is made in.
pub(crate) struct Setting<'s> {
    pub(crate) shared: &'s Shared,
    pub(crate) host: &'s Host,
    pub(crate) caller: &'s Caller,
    pub(crate) next_address: Option<SocketAddr>,
}

/// An outcome with the calls that were made and changes of IAM that were not seen.
pub(crate) type Done<T> = (T, (Vec<Made>, Vec<String>));

impl Setting<'_> {
    /// Acts within a write.
    pub(crate) fn act<T>(
        &self,
        tx: &mut Tx<'_>,
        moment: &Moment,
        run: impl FnOnce(&mut Act<'_, '_>) -> Result<T, Fault>,
    ) -> Result<Done<T>, Stopped> {
        let mut made = Vec::new();
        let mut entropy = OsEntropy::new();
        let unseen = Unseen::default();
        let facts = Facts {
            source_ip: Some(CONTROL_PLANE_ADDRESS.to_owned()),
            user_agent: Some("Databricks".to_owned()),
            ..Facts::default()
        };
        let Some(control_plane) = Principal::ControlPlane.caller(&self.host.account_id) else {
            let fault = Fault::new("INTERNAL_ERROR", "the control plane has no account");
            return Err(Stopped { fault, made: Box::default() });
        };
        let standpoint = Standpoint {
            service: cloud::Service::Ec2,
            now_ms: moment.now_ms,
            ahead_ms: moment.ahead_ms,
            unseen: &unseen,
        };
        let outcome = {
            let mut act = Act {
                aws: cloud::Act {
                    tx,
                    caller: &control_plane,
                    now: moment.now,
                    region: &moment.region,
                    secrets: &self.shared.secrets,
                    entropy: &mut entropy,
                    facts: &facts,
                    policies: &self.shared.policies,
                    made: &mut made,
                    standpoint,
                },
                caller: self.caller,
                host: self.host,
                next_address: self.next_address,
            };
            run(&mut act)
        };
        let told = (made, unseen.tell());
        match outcome {
            Ok(output) => Ok((output, told)),
            Err(fault) => Err(Stopped { fault, made: Box::new(told) }),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AuditBody<'a> {
    host: &'a str,
}

fn audit_row<O: Write>(id: &str, caller: &Caller, host: &Host, moment: &Moment) -> AuditRow {
    let partition = host.partition();
    let body = AuditBody { host: &partition };
    AuditRow {
        id: id.to_owned(),
        account: partition.as_str().into(),
        time_ms: moment.now.unix_seconds().saturating_mul(1000),
        caller: caller.name().to_owned(),
        action: format_smolstr!("databricks:{}", O::NAME),
        verdict: "allow".into(),
        body: serde_json::to_string(&body).unwrap_or_default(),
    }
}
