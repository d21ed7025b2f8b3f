//! Calls that an operation makes on behalf of others: Databricks launching a cluster under the cross-account
//! role, an instance fetching its role's credentials.
//!
//! They re-enter at authorize, as the identity that the real service would use, within the same write: what
//! the outer operation did and what it called become durable together, and a call that fails leaves nothing.
//! Every one is noted, with its decisions, so that `why` can tell the whole chain.

use names::Timestamp;

use crate::authorize::{Authorized, Decided, Refusal, authorize};
use crate::caller::Caller;
use crate::fault::Fault;
use crate::operation::{Act, Issue, Operation, Read, Service, Write};

/// A call that an operation made.
#[derive(Debug, Clone)]
pub struct Made {
    /// Who called, as an ARN or a service's name.
    pub caller: String,
    /// The service called.
    pub service: Service,
    /// The operation called.
    pub operation: &'static str,
    /// Demand by demand; the last one is a denial if any is.
    pub decided: Vec<Decided>,
    /// How it failed, if it did; for a denial in the service's own words.
    pub fault: Option<Fault>,
    /// When.
    pub time: Timestamp,
    /// The calls that it made in turn.
    pub made: Vec<Made>,
}

impl Act<'_, '_> {
    /// Reads as `caller`.
    ///
    /// # Errors
    /// The service's own; a denial in its words.
    pub fn read_as<O: Read>(&mut self, caller: &Caller, operation: O) -> Result<O::Output, Fault> {
        let dry_run = operation.is_dry_run();
        self.enter(caller, operation, |act, authorized| {
            let output = authorized.read(&act.ask())?;
            if dry_run { Err(Fault::dry_run()) } else { Ok(output) }
        })
    }

    /// Has credentials or the like issued to `caller`.
    ///
    /// # Errors
    /// The service's own; a denial in its words.
    pub fn issue_as<O: Issue>(
        &mut self,
        caller: &Caller,
        operation: O,
    ) -> Result<O::Output, Fault> {
        self.enter(caller, operation, |act, authorized| {
            let Act { caller, now, region, secrets, standpoint, .. } = *act;
            let ask = crate::Ask { view: act.tx, caller, now, region, secrets, standpoint };
            authorized.issue(&ask, act.entropy)
        })
    }

    /// Changes the state as `caller`. What a call that fails had changed is taken back; the outer
    /// operation may go on.
    ///
    /// # Errors
    /// The service's own; a denial in its words, and `DryRunOperation` for a dry run that would succeed.
    pub fn write_as<O: Write>(
        &mut self,
        caller: &Caller,
        operation: O,
    ) -> Result<O::Output, Fault> {
        let dry_run = operation.is_dry_run();
        self.enter(caller, operation, |act, authorized| {
            let output = authorized.write(act)?;
            if dry_run { Err(Fault::dry_run()) } else { Ok(output) }
        })
    }

    fn enter<O: Operation>(
        &mut self,
        caller: &Caller,
        operation: O,
        run: impl FnOnce(&mut Act<'_, '_>, Authorized<O>) -> Result<O::Output, Fault>,
    ) -> Result<O::Output, Fault> {
        let before = self.tx.savepoint();
        let mut made = Vec::new();
        let mut decided = Vec::new();
        let mut act = Act {
            tx: &mut *self.tx,
            caller,
            now: self.now,
            region: self.region,
            secrets: self.secrets,
            entropy: &mut *self.entropy,
            facts: self.facts,
            policies: self.policies,
            made: &mut made,
            standpoint: self.standpoint.of(O::SERVICE),
        };
        let outcome = match authorize(operation, &act.ask(), act.facts, act.policies) {
            Ok(mut authorized) => {
                decided = authorized.take_decisions();
                run(&mut act, authorized)
            }
            Err(refusal) => {
                let fault = refusal.fault(O::SERVICE, act.secrets);
                if let Refusal::Denied(denied) = refusal {
                    decided = denied;
                }
                Err(fault)
            }
        };
        if outcome.is_err() {
            self.tx.undo_to(before);
        }
        self.made.push(Made {
            caller: caller.arn(),
            service: O::SERVICE,
            operation: O::NAME,
            decided,
            fault: outcome.as_ref().err().cloned(),
            time: self.now,
            made,
        });
        outcome
    }
}

impl Made {
    /// Whether IAM refused it, or a call that it made.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        self.decided.iter().any(|decided| !decided.decision.is_allowed())
            || self.made.iter().any(Self::is_denied)
    }
}

#[cfg(test)]
mod tests;
