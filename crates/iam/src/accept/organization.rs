//! Policies that AWS Organizations stores: service control and resource control policies.

use super::{Malformed, action, exact_effect, not_json, readable, resource, shape};
use crate::json;
use crate::kind::PolicyKind;
use crate::policy::Policy;

/// What Organizations says to every policy that it does not take: error code
/// `MalformedPolicyDocumentException` (AWS Organizations API reference, `CreatePolicy`).
pub const REQUIREMENTS_NOT_MET: &str =
    "The provided policy document does not meet the requirements of the specified policy type.";

pub(super) fn check(text: &[u8], kind: PolicyKind) -> Result<Policy, Malformed> {
    grammar(text, kind)
        .map_err(|found| Malformed { message: REQUIREMENTS_NOT_MET.to_owned(), ..found })
}

fn grammar(text: &[u8], kind: PolicyKind) -> Result<Policy, Malformed> {
    let root = json::parse(text).map_err(|error| not_json(REQUIREMENTS_NOT_MET, &error))?;
    let statements = shape::statements(&root)?;
    statements.iter().try_for_each(exact_effect)?;
    action::present(statements)?;
    action::well_formed(statements)?;
    resource::present(statements)?;
    readable(&root, text, kind)
}
