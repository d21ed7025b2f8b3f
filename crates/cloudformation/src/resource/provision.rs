//! What a resource type works with: calls to the services as the stack's caller, names, tags.

use std::sync::Arc;

use cloud::{Act, Caller, Fault, Issue, Operation, Read, Service, Write};
use names::AccountId;
use serde_json::{Map, Value};

use crate::stack::StackRow;

/// Random characters at the end of a physical name.
const SUFFIX_CHARACTERS: usize = 12;
const SUFFIX: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// One resource of one stack, being made, changed or deleted.
pub struct Provision<'p, 'a, 'tx> {
    act: &'p mut Act<'a, 'tx>,
    caller: &'p Caller,
    /// The stack.
    pub stack: &'p StackRow,
    /// The resource's logical id.
    pub logical_id: &'p str,
    object: Option<&'p Result<Arc<[u8]>, Fault>>,
    /// The service that failed last.
    pub(crate) failed: Option<Service>,
}

impl std::fmt::Debug for Provision<'_, '_, '_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Provision")
            .field("logical_id", &self.logical_id)
            .finish_non_exhaustive()
    }
}

impl<'p, 'a, 'tx> Provision<'p, 'a, 'tx> {
    /// For the resource `logical_id` of `stack`, as `caller`.
    pub fn new(
        act: &'p mut Act<'a, 'tx>,
        caller: &'p Caller,
        stack: &'p StackRow,
        logical_id: &'p str,
        object: Option<&'p Result<Arc<[u8]>, Fault>>,
    ) -> Self {
        Self { act, caller, stack, logical_id, object, failed: None }
    }

    /// Calls an operation that writes, with its input as JSON (members that are `null` count as absent); gives
    /// its answer as JSON, with the names that the operation's output has.
    ///
    /// # Errors
    /// The service's own.
    pub fn write<O: Write>(&mut self, input: Value) -> Result<Value, Fault> {
        let outcome =
            decode::<O>(input).and_then(|operation| self.act.write_as(self.caller, operation));
        self.told::<O>(outcome)
    }

    /// Calls an operation that reads.
    ///
    /// # Errors
    /// The service's own.
    pub fn read<O: Read>(&mut self, input: Value) -> Result<Value, Fault> {
        let outcome =
            decode::<O>(input).and_then(|operation| self.act.read_as(self.caller, operation));
        self.told::<O>(outcome)
    }

    /// Calls an operation that writes and was made by other means than JSON, as one that was shown an object.
    ///
    /// # Errors
    /// The service's own.
    pub fn run<O: Write>(&mut self, operation: O) -> Result<Value, Fault> {
        let outcome = self.act.write_as(self.caller, operation);
        self.told::<O>(outcome)
    }

    /// Calls an operation that issues something.
    ///
    /// # Errors
    /// The service's own.
    pub fn issue<O: Issue>(&mut self, input: Value) -> Result<Value, Fault> {
        let outcome =
            decode::<O>(input).and_then(|operation| self.act.issue_as(self.caller, operation));
        self.told::<O>(outcome)
    }

    /// An operation from its input, with members that are `null` left out.
    ///
    /// # Errors
    /// For input that is none: properties whose form the schema does not tell.
    pub fn decode<O: Operation>(&mut self, input: Value) -> Result<O, Fault> {
        decode(input)
    }

    /// A name that nobody has: the stack's name, the logical id and random characters, of at most `most`
    /// characters (user guide, "Name type": a unique physical ID). How long the parts may be is unverified.
    pub fn name(&mut self, most: usize) -> String {
        let suffix = self.random();
        let rest = most.saturating_sub(suffix.len() + 1);
        let (stack, logical_id) = (self.stack.name.as_str(), self.logical_id);
        if stack.len() + logical_id.len() < rest {
            return format!("{stack}-{logical_id}-{suffix}");
        }
        // Each may have half; what one does not need, the other has.
        let half = rest.saturating_sub(1) / 2;
        let of_stack = half.max(rest.saturating_sub(1 + logical_id.len())).min(stack.len());
        let of_id = rest.saturating_sub(1 + of_stack).min(logical_id.len());
        let stack = stack.get(..of_stack).unwrap_or_default();
        let logical_id = logical_id.get(..of_id).unwrap_or_default();
        format!("{stack}-{logical_id}-{suffix}")
    }

    /// The random characters of a physical name.
    pub fn random(&mut self) -> String {
        self.act.entropy.text(SUFFIX, SUFFIX_CHARACTERS)
    }

    /// The stack's account.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.stack.account
    }

    /// The stack's region.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.stack.region
    }

    /// The object that the type wanted.
    ///
    /// # Errors
    /// S3's own; and if it was not read.
    pub fn object(&self) -> Result<Arc<[u8]>, Fault> {
        match self.object {
            Some(object) => object.clone(),
            None => Err(Fault::new("InternalFailure", "the object of S3 was not read")),
        }
    }

    /// Whether a thing is gone already, which is as good as deleting it: lets the errors with one of `codes`
    /// pass.
    ///
    /// # Errors
    /// All others.
    pub fn unless_gone(&self, outcome: Result<Value, Fault>, codes: &[&str]) -> Result<(), Fault> {
        match outcome {
            Err(fault) if codes.contains(&fault.code) => Ok(()),
            outcome => outcome.map(drop),
        }
    }

    /// Refuses a property that the type takes and rolecall does not model.
    ///
    /// # Errors
    /// `NotImplemented` if `is_set`.
    pub fn not_modelled(&self, property: &str, is_set: bool) -> Result<(), Fault> {
        if is_set { Err(not_modelled(property, self.logical_id)) } else { Ok(()) }
    }

    /// The state, for resources that are CloudFormation's own.
    pub(crate) fn view(&self) -> &store::View {
        self.act.tx
    }

    fn told<O: Operation>(&mut self, outcome: Result<O::Output, Fault>) -> Result<Value, Fault> {
        match outcome {
            Ok(output) => serde_json::to_value(output)
                .map_err(|error| Fault::new("InternalFailure", error.to_string())),
            Err(fault) => {
                self.failed = Some(O::SERVICE);
                Err(fault)
            }
        }
    }
}

/// What is said of a property that a type takes and rolecall does not model.
pub(crate) fn not_modelled(property: &str, of: &str) -> Fault {
    let text = format!("rolecall does not model the property `{property}` of `{of}`: leave it out");
    Fault::new("NotImplemented", text)
}

/// The path of a member that nobody reads: `MetadataOptions.HttpProtocolIpv6`.
pub(crate) fn member(path: &serde_ignored::Path<'_>) -> String {
    path.to_string().replace(".?", "").trim_start_matches("?.").to_owned()
}

/// An operation from its input. A member that it does not have would be passed over, so it is refused.
fn decode<O: Operation>(input: Value) -> Result<O, Fault> {
    let input = without_nulls(input);
    #[cfg(test)]
    record(O::NAME, &input);
    let mut ignored = None;
    let read = serde_ignored::deserialize(&input, |path| ignored = Some(member(&path)));
    if let Some(property) = ignored {
        return Err(not_modelled(&property, O::NAME));
    }
    read.map_err(|error: serde_json::Error| {
        Fault::new("InvalidRequest", format!("Model validation failed ({}: {error})", O::NAME))
    })
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(
                kept.map(|(name, value)| (name, without_nulls(value))).collect::<Map<_, _>>(),
            )
        }
        Value::Array(elements) => Value::Array(elements.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

#[cfg(test)]
thread_local! {
    /// The inputs of the calls that this thread made.
    static RECORDED: std::cell::RefCell<Vec<String>> = const { std::cell::RefCell::new(Vec::new()) };
}

#[cfg(test)]
fn record(name: &str, input: &Value) {
    RECORDED.with_borrow_mut(|recorded| recorded.push(format!("{name} {input}")));
}

/// The inputs of the calls that this thread made since it was asked last.
#[cfg(test)]
pub(crate) fn take_recorded() -> Vec<String> {
    RECORDED.take()
}
