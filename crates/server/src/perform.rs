//! Authorize, operate, commit: the second half of the request path, for requests from clients and for what
//! the server does on its own account alike.

use std::sync::Arc;

use cloud::authorize::{Decided, Facts};
use cloud::caller::Caller;
use cloud::cloudtrail::entry::Entry;
use cloud::iam::mfa_device;
use cloud::propagation::{Standpoint, Unseen};
use cloud::{
    Act, Ask, Authorized, Fault, Issue, Made, Operation, Read, Refusal, Service, Write, authorize,
};
use names::Timestamp;
use smol_str::format_smolstr;
use store::{AuditRow, Snapshot, View, WriteError};

use crate::clock::OsEntropy;
use crate::decisions::Record;
use crate::respond::Failure;
use crate::shared::Shared;

/// When and where.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    pub(crate) now: Timestamp,
    /// The same, finer.
    pub(crate) now_ms: i64,
    /// Milliseconds by which it is ahead of the clients' time.
    pub(crate) ahead_ms: i64,
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
    /// The calls that were made as the caller before the operation ran.
    pub(crate) before: Vec<Made>,
}

/// What a write leaves to be told, whether it happened or not.
#[derive(Debug, Default)]
struct Told {
    decided: Vec<Decided>,
    made: Vec<Made>,
    /// Changes of IAM that were not seen yet.
    hints: Vec<String>,
}

/// Why a write did not happen, from within it.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error("denied")]
    Denied(Box<Told>),
    #[error("{0}")]
    Failed(Fault, Box<Told>),
}

impl Moment {
    /// Where `service` stands then.
    pub(crate) fn standpoint<'a>(&self, service: Service, unseen: &'a Unseen) -> Standpoint<'a> {
        Standpoint { service, now_ms: self.now_ms, ahead_ms: self.ahead_ms, unseen }
    }
}

impl Job {
    /// Answers from the snapshot.
    pub(crate) fn read<O: Read>(&self, operation: O) -> Result<O::Output, Failure> {
        let unseen = Unseen::default();
        let ask = self.ask::<O>(&self.snapshot, &unseen);
        let dry_run = operation.is_dry_run();
        let mut authorized = self.authorize(operation, &ask)?;
        let decided = authorized.take_decisions();
        let result = authorized.read(&ask);
        let result = if dry_run { result.and(Err(Fault::dry_run())) } else { result };
        self.note::<O>(
            Told { decided, hints: unseen.tell(), ..Told::default() },
            result.as_ref().err(),
        );
        result.map_err(Failure::Service)
    }

    /// Asks for everything that an operation demands before its bytes come in; it is asked again when it runs.
    pub(crate) fn foresee<O: Operation>(&self, operation: &O) -> Result<(), Failure> {
        let unseen = Unseen::default();
        let ask = self.ask::<O>(&self.snapshot, &unseen);
        self.authorize(operation.clone(), &ask).map(drop)
    }

    /// As a read that is part of a greater operation: it is noted only if it is refused.
    pub(crate) fn look<O: Read>(&self, operation: O) -> Result<O::Output, Failure> {
        let unseen = Unseen::default();
        let ask = self.ask::<O>(&self.snapshot, &unseen);
        let mut authorized = self.authorize(operation, &ask)?;
        let decided = authorized.take_decisions();
        authorized.read(&ask).map_err(|fault| {
            let told = Told { decided, hints: unseen.tell(), ..Told::default() };
            self.note::<O>(told, Some(&fault));
            Failure::Service(fault)
        })
    }

    /// Shows an operation the objects that it wants: they are read as the caller, once that may do what it asks
    /// for.
    pub(crate) async fn show_objects<O: Operation>(
        &mut self,
        mut operation: O,
    ) -> Result<O, Failure> {
        while let Some(wanted) = operation.wanted_object() {
            self.foresee(&operation)?;
            let (seen, made) = self.read_object(&wanted).await?;
            self.before.push(made);
            operation.see_object(seen);
        }
        Ok(operation)
    }

    /// Shows a read the audit rows that it wants.
    pub(crate) async fn show_audit<O: Read>(&self, mut operation: O) -> Result<O, Failure> {
        while let Some(filter) = operation.wanted_audit(self.caller.account()) {
            operation.see_audit(&self.shared.store.find_audit(&filter).await?);
        }
        Ok(operation)
    }

    /// As a read, with the other account that it looks at made current first.
    pub(crate) async fn issue<O: Issue>(&mut self, operation: O) -> Result<O::Output, Failure> {
        if let Some(account) = operation.other_account() {
            self.snapshot = self.shared.current(account).await?;
        }
        let factor = operation.second_factor();
        let factor = factor.map(|(serial, code)| (serial.to_owned(), code.to_owned()));
        let unseen = Unseen::default();
        let ask = self.ask::<O>(&self.snapshot, &unseen);
        let mut authorized = self.authorize(operation, &ask)?;
        let decided = authorized.take_decisions();
        let result = authorized.issue(&ask, &mut OsEntropy::new());
        let result = match (&factor, result) {
            (Some(factor), Ok(output)) => self.spend(factor).await?.map(|()| output),
            (_, result) => result,
        };
        self.note::<O>(
            Told { decided, hints: unseen.tell(), ..Told::default() },
            result.as_ref().err(),
        );
        result.map_err(Failure::Service)
    }

    pub(crate) fn ask<'a, O: Operation>(&'a self, view: &'a View, unseen: &'a Unseen) -> Ask<'a> {
        Ask {
            view,
            caller: &self.caller,
            now: self.moment.now,
            region: &self.moment.region,
            secrets: &self.shared.secrets,
            standpoint: self.moment.standpoint(O::SERVICE, unseen),
        }
    }

    fn authorize<O: Operation>(
        &self,
        operation: O,
        ask: &Ask<'_>,
    ) -> Result<Authorized<O>, Failure> {
        authorize(operation, ask, &self.facts, &self.shared.policies).map_err(|refusal| {
            match refusal {
                Refusal::Fault(fault) => {
                    let hints = ask.standpoint.unseen.tell();
                    self.note::<O>(Told { hints, ..Told::default() }, Some(&fault));
                    Failure::Service(fault)
                }
                Refusal::Denied(decided) => {
                    let hints = ask.standpoint.unseen.tell();
                    self.deny::<O>(Told { decided, hints, ..Told::default() })
                }
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
            let unseen = Unseen::default();
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
                standpoint: moment.standpoint(O::SERVICE, &unseen),
            };
            let mut authorized =
                match authorize(operation.clone(), &act.ask(), &facts, &shared.policies) {
                    Ok(authorized) => authorized,
                    Err(Refusal::Denied(decided)) => {
                        let hints = unseen.tell();
                        let told = Told { decided, hints, ..Told::default() };
                        return Err(Stopped::Denied(told.into()));
                    }
                    Err(Refusal::Fault(fault)) => {
                        let hints = unseen.tell();
                        let told = Told { hints, ..Told::default() };
                        return Err(Stopped::Failed(fault, told.into()));
                    }
                };
            let decided = authorized.take_decisions();
            let output = authorized.write(&mut act);
            let told = Told { decided, made, hints: unseen.tell() };
            let output = match output {
                Ok(_) if operation.is_dry_run() => {
                    return Err(Stopped::Failed(Fault::dry_run(), told.into()));
                }
                Ok(output) => output,
                Err(fault) => return Err(Stopped::Failed(fault, told.into())),
            };
            let subject = Subject { caller: &caller, facts: &facts, moment: &moment, id: &id };
            tx.audit(subject.row::<O>("allow", &told.decided, None))
                .and_then(|()| {
                    cloud::propagation::record(tx, shared.propagation.mode(), moment.now_ms)
                })
                .map_err(|error| Stopped::Failed(error.into(), Box::default()))?;
            Ok((output, told))
        });
        match written.await {
            Ok((output, told)) => {
                if O::SERVICE == Service::Ec2 {
                    let now = self.shared.clock.now();
                    self.shared.metadata.close_stopped(&self.shared.store.snapshot(), now);
                }
                if O::SERVICE == Service::CloudFormation {
                    self.shared.stacks.wake();
                }
                self.keep::<O>(told, None);
                Ok(output)
            }
            Err(WriteError::Refused(Stopped::Denied(told))) => Err(self.deny::<O>(*told)),
            Err(WriteError::Refused(Stopped::Failed(fault, told))) => {
                self.note::<O>(*told, Some(&fault));
                Err(Failure::Service(fault))
            }
            Err(other) => Err(Failure::Internal(other.to_string())),
        }
    }

    /// Has the code of a second factor count once, for all servers on the store.
    async fn spend(&self, (serial, code): &(String, String)) -> Result<Result<(), Fault>, Failure> {
        let Caller::User(user) = &self.caller else { return Ok(Ok(())) };
        let (user, serial, code) = (Arc::clone(user), serial.clone(), code.clone());
        let (now, account) = (self.moment.now, self.caller.account());
        let written = self.shared.store.write(account.as_str(), move |tx| {
            mfa_device::spend_code(tx, &user, &serial, &code, now)
        });
        match written.await {
            Ok(()) => Ok(Ok(())),
            Err(WriteError::Refused(fault)) => Ok(Err(fault)),
            Err(other) => Err(Failure::Internal(other.to_string())),
        }
    }

    fn subject(&self) -> Subject<'_> {
        let Self { caller, facts, moment, request_id: id, .. } = self;
        Subject { caller, facts, moment, id }
    }

    /// Keeps a denial, and answers it.
    fn deny<O: Operation>(&self, told: Told) -> Failure {
        let Told { decided, made, hints } = told;
        let refusal = Refusal::Denied(decided);
        let fault = refusal.fault(O::SERVICE, &self.shared.secrets);
        if let Refusal::Denied(decided) = refusal {
            self.audit(self.subject().row::<O>("deny", &decided, Some(&fault)));
            self.keep::<O>(Told { decided, made, hints }, None);
        }
        Failure::Denied(fault)
    }

    /// Keeps what was allowed and changed nothing.
    fn note<O: Operation>(&self, told: Told, fault: Option<&Fault>) {
        self.audit(self.subject().row::<O>("allow", &told.decided, fault));
        self.keep::<O>(told, fault);
    }

    fn audit(&self, row: AuditRow) {
        // An audit row is only refused for its size, and its parts are bounded.
        if let Err(error) = self.shared.store.audit(row) {
            tracing::warn!("an audit row was not kept: {error}");
        }
    }

    fn keep<O: Operation>(&self, told: Told, fault: Option<&Fault>) {
        let hint = fault.and_then(|fault| fault.hint.as_deref());
        let denied = told.decided.iter().any(|decided| !decided.decision.is_allowed());
        let made: Vec<Made> = self.before.iter().cloned().chain(told.made).collect();
        self.shared.needs.note(&told.decided, &made);
        // A change that was not seen explains nothing about what succeeded.
        let unseen = told.hints.into_iter().filter(|_| denied || fault.is_some());
        self.shared.decisions.keep(Record {
            request_id: self.request_id.clone(),
            time_ms: self.moment.now_ms,
            operation: format_smolstr!("{}:{}", O::SERVICE.prefix(), O::NAME),
            decided: told.decided,
            made,
            fault: fault.cloned(),
            hints: hint.map(str::to_owned).into_iter().chain(unseen).collect(),
        });
    }
}

/// Whose request the audit keeps.
#[derive(Clone, Copy)]
struct Subject<'a> {
    caller: &'a Caller,
    facts: &'a Facts,
    moment: &'a Moment,
    id: &'a str,
}

impl Subject<'_> {
    fn row<O: Operation>(
        self,
        verdict: &'static str,
        decided: &[Decided],
        fault: Option<&Fault>,
    ) -> AuditRow {
        let Self { caller, facts, moment, id } = self;
        let entry = Entry::new(caller, facts, &moment.region, decided, fault);
        AuditRow {
            id: id.to_owned(),
            account: caller.account().as_str().into(),
            time_ms: moment.now_ms,
            caller: caller.arn(),
            action: format_smolstr!("{}:{}", O::SERVICE.prefix(), O::NAME),
            verdict: verdict.into(),
            body: store::json(&entry).unwrap_or_default(),
        }
    }
}
