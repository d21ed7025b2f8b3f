//! Asking what policies would say: `SimulateCustomPolicy` and `SimulatePrincipalPolicy`.
//!
//! The engine that decides on real requests decides here as well. As with AWS's simulator, a request has
//! only the condition keys that it is given and those that follow from its caller, and the trust policies
//! of roles have no part ("Simulation of resource-based policies isn't supported for IAM roles", API
//! reference).

mod context_keys;
mod custom;
mod position;
mod principal;
mod referenced;
mod result;
mod run;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use iam::value::decimal::Decimal;
use iam::value::ip;
use iam::{NamedPolicy, Policy, PolicyKind};
use serde::Deserialize;

use crate::constraint::{Check, Constraints};
use crate::fault::Fault;
use crate::iam::{document, page};

pub use context_keys::{
    ContextKeysOutput, GetContextKeysForCustomPolicy, GetContextKeysForPrincipalPolicy,
};
pub use custom::SimulateCustomPolicy;
pub use principal::SimulatePrincipalPolicy;
pub use result::SimulationOutput;

/// Types of condition keys, in requests.
const CONTEXT_KEY_TYPES: Check = Check::OneOf(&[
    "string",
    "stringList",
    "numeric",
    "numericList",
    "boolean",
    "booleanList",
    "ip",
    "ipList",
    "binary",
    "binaryList",
    "date",
    "dateList",
]);

/// A condition key with its values. One that says nothing is passed over.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContextEntry {
    /// The key.
    pub context_key_name: Option<String>,
    /// Its values.
    #[serde(default)]
    pub context_key_values: Vec<String>,
    /// What they are.
    pub context_key_type: Option<String>,
}

/// What both operations take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameters<'a> {
    pub(crate) policy_input_list: &'a [String],
    pub(crate) boundary_input_list: &'a [String],
    pub(crate) action_names: &'a [String],
    pub(crate) resource_arns: &'a [String],
    pub(crate) resource_policy: Option<&'a str>,
    pub(crate) resource_owner: Option<&'a str>,
    pub(crate) caller_arn: Option<&'a str>,
    pub(crate) context_entries: &'a [ContextEntry],
    pub(crate) resource_handling_option: Option<&'a str>,
    pub(crate) marker: Option<&'a str>,
    pub(crate) max_items: Option<i64>,
}

impl Parameters<'_> {
    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        check_documents(&mut constraints, "policyInputList", self.policy_input_list);
        let boundaries = "permissionsBoundaryPolicyInputList";
        check_documents(&mut constraints, boundaries, self.boundary_input_list);
        for (index, name) in self.action_names.iter().enumerate() {
            let lengths = [Check::MaxLength(128), Check::MinLength(3)];
            let member = format!("actionNames.{}.member", index + 1);
            constraints.optional_hidden(&member, Some(name), &lengths);
        }
        let name = [Check::MaxLength(2048), Check::MinLength(1)];
        for (index, arn) in self.resource_arns.iter().enumerate() {
            let member = format!("resourceArns.{}.member", index + 1);
            constraints.optional_hidden(&member, Some(arn), &name);
        }
        if let Some(text) = self.resource_policy {
            document::check_parameter(&mut constraints, "resourcePolicy", text);
        }
        constraints.optional_hidden("resourceOwner", self.resource_owner, &name);
        constraints.optional_hidden("callerArn", self.caller_arn, &name);
        for (index, entry) in self.context_entries.iter().enumerate() {
            let member = format!("contextEntries.{}.member", index + 1);
            let lengths = [Check::MaxLength(256), Check::MinLength(5)];
            let key = entry.context_key_name.as_deref();
            constraints.optional_hidden(&format!("{member}.contextKeyName"), key, &lengths);
            let kind = entry.context_key_type.as_deref();
            let parameter = format!("{member}.contextKeyType");
            constraints.optional_hidden(&parameter, kind, &[CONTEXT_KEY_TYPES]);
        }
        let lengths = [Check::MaxLength(64), Check::MinLength(1)];
        constraints.optional_hidden(
            "resourceHandlingOption",
            self.resource_handling_option,
            &lengths,
        );
        page::check_marker(&mut constraints, self.marker);
        page::check(&mut constraints, self.max_items);
        constraints.finish()?;
        self.context_entries.iter().try_for_each(ContextEntry::check)
    }
}

impl ContextEntry {
    /// What AWS says of entries that are not whole, or whose values are not of their type (recorded by
    /// radkawar/stackd, testdata/aws/iam/simulation_inputs.json; values of other types than these are not looked
    /// into here).
    fn check(&self) -> Result<(), Fault> {
        let (name, kind) = match (&self.context_key_name, self.context_key_type.as_deref()) {
            (None, None) if self.context_key_values.is_empty() => return Ok(()),
            (None, _) => return Err(invalid("ContextKeyName cannot be null or empty.")),
            (Some(name), None) => {
                return Err(invalid(format!("Context key {name} has invalid type null.")));
            }
            (Some(name), Some(kind)) => (name, kind),
        };
        if self.context_key_values.is_empty() {
            let text = format!("Context values for context key {name} cannot be null or empty.");
            return Err(invalid(text));
        }
        let (is_right, wanted): (fn(&str) -> bool, _) = match kind.trim_end_matches("List") {
            "numeric" => (|value| Decimal::parse(value).is_some(), "numeric format"),
            "ip" => (|value| ip::address(value).is_some(), "IP address"),
            _ => return Ok(()),
        };
        if self.context_key_values.iter().all(|value| is_right(value)) {
            return Ok(());
        }
        Err(invalid(format!("Invalid context value for key {name}: expected {wanted}.")))
    }
}

/// Checks the form of documents.
fn check_documents(constraints: &mut Constraints, parameter: &str, documents: &[String]) {
    for (index, text) in documents.iter().enumerate() {
        document::check_parameter(constraints, &format!("{parameter}.{}.member", index + 1), text);
    }
}

/// Reads documents, which are known by their place in the list: `PolicyInputList.1`.
fn read_documents(
    documents: &[String],
    list: &str,
    kind: PolicyKind,
) -> Result<Vec<NamedPolicy>, Fault> {
    let named = documents.iter().enumerate().map(|(index, text)| {
        let name = format!("{list}.{}", index + 1);
        Ok(NamedPolicy { name: name.into(), policy: read_document(text, kind)? })
    });
    named.collect()
}

/// The code is documented; that its text is that of `MalformedPolicyDocument` is unverified.
fn read_document(text: &str, kind: PolicyKind) -> Result<Arc<Policy>, Fault> {
    let policy = Policy::parse(text.as_bytes(), kind);
    let policy = policy.map_err(|_| invalid("Syntax errors in policy."))?;
    Ok(Arc::new(policy))
}

fn invalid(text: impl Into<String>) -> Fault {
    Fault::new("InvalidInput", text)
}

/// What IAM says to the ARN of anything but a user, group or role (reported in
/// newrelic/newrelic-lambda-cli issue 96).
fn invalid_entity(arn: &str) -> Fault {
    invalid(format!("Invalid Entity Arn: {arn} does not clearly define entity type and name."))
}
