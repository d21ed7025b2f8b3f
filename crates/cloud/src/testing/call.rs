//! Calls of operations as a test makes them, by name and JSON.

use serde_json::Value;
use store::Snapshot;

use super::{Answer, Cloud, check_demand};
use crate::authorize::{Facts, authorize};
use crate::caller::Caller;
use crate::fault::Fault;
use crate::operation::{Ask, Issue, Operation, Read, Write};
use crate::policy_cache::PolicyCache;
use crate::table::Visitor;

/// One call.
pub struct Call<'c> {
    pub(super) cloud: &'c Cloud,
    pub(super) caller: &'c Caller,
    pub(super) input: Value,
}

impl Call<'_> {
    pub(super) fn read_operation<O: Read>(&self, operation: O) -> Answer {
        let view = self.cloud.view();
        let ask = self.ask::<O>(&view);
        let dry_run = operation.is_dry_run();
        let authorized = checked_authorize(operation, &ask, &self.cloud.cache).map_err(told)?;
        let result = authorized.read(&ask);
        answer(if dry_run { result.and(Err(Fault::dry_run())) } else { result })
    }

    fn ask<'a, O: Operation>(&'a self, view: &'a Snapshot) -> Ask<'a> {
        let (now, secrets) = (self.cloud.time(), &*self.cloud.secrets);
        let standpoint = self.cloud.standpoint(O::SERVICE);
        Ask { view, caller: self.caller, now, region: "us-east-1", secrets, standpoint }
    }
}

impl Visitor for Call<'_> {
    type Out = Answer;

    fn read<O: Read>(self) -> Answer {
        let operation = serde_json::from_value(self.input.clone());
        let mut operation: O = operation.expect("the input decodes");
        self.cloud.show_objects(&mut operation);
        self.read_operation(operation)
    }

    fn issue<O: Issue>(self) -> Answer {
        let operation: O = serde_json::from_value(self.input.clone()).expect("the input decodes");
        let view = self.cloud.view();
        let ask = self.ask::<O>(&view);
        let authorized = checked_authorize(operation, &ask, &self.cloud.cache).map_err(told)?;
        answer(authorized.issue(&ask, &mut *self.cloud.entropy.lock().unwrap()))
    }

    fn write<O: Write>(self) -> Answer {
        let mut operation: O = serde_json::from_value(self.input).expect("the input decodes");
        self.cloud.show_objects(&mut operation);
        let result = self.cloud.act(self.caller, O::SERVICE, move |act| {
            let operation = operation.clone();
            let dry_run = operation.is_dry_run();
            let authorized = checked_authorize(operation, &act.ask(), act.policies)?;
            let output = authorized.write(act)?;
            if dry_run { Err(Fault::dry_run()) } else { Ok(output) }
        });
        answer(result)
    }
}

/// Authorizes, and holds the demands against what AWS's reference says of their actions.
fn checked_authorize<O: Operation>(
    operation: O,
    ask: &Ask<'_>,
    cache: &PolicyCache,
) -> Result<crate::Authorized<O>, Fault> {
    if operation.check().is_ok() {
        operation.demands(ask)?.iter().for_each(check_demand);
    }
    authorize(operation, ask, &Facts::default(), cache)
        .map_err(|refusal| refusal.fault(O::SERVICE, ask.secrets))
}

/// A call that is not made.
pub struct Demands<'c>(pub(super) Call<'c>);

impl Demands<'_> {
    fn demands<O: Operation>(self) -> Vec<crate::Demand> {
        let operation: O = serde_json::from_value(self.0.input.clone()).expect("the input decodes");
        let view = self.0.cloud.view();
        operation.demands(&self.0.ask::<O>(&view)).expect("the operation has demands")
    }
}

impl Visitor for Demands<'_> {
    type Out = Vec<crate::Demand>;

    fn read<O: Read>(self) -> Vec<crate::Demand> {
        self.demands::<O>()
    }

    fn issue<O: Issue>(self) -> Vec<crate::Demand> {
        self.demands::<O>()
    }

    fn write<O: Write>(self) -> Vec<crate::Demand> {
        self.demands::<O>()
    }
}

fn answer<T: serde::Serialize>(result: Result<T, Fault>) -> Answer {
    result.map_err(told).map(|output| serde_json::to_value(output).expect("the answer encodes"))
}

fn told(fault: Fault) -> (String, String) {
    (fault.code.to_owned(), fault.message)
}
