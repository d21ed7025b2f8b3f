//! Session policies: `Policy` and `PolicyArns`.

use iam::PolicyKind;
use names::AccountId;
use serde::Deserialize;

use crate::constraint::{Check, Constraints};
use crate::fault::Fault;
use crate::iam::document;
use crate::operation::Ask;
use crate::policy_cache;
use crate::sts::session_tag::SessionTags;

/// Managed policies of one session.
pub const MAX_POLICY_ARNS: usize = 10;
/// Characters of a session policy (STS API reference: inline and managed ones together).
pub const MAX_POLICY_CHARACTERS: usize = 2048;

/// Bytes that policies and tags of a session may have together once they are packed. AWS documents
/// neither the format nor the size: that both are what is used here is unverified.
const MAX_PACKED_BYTES: usize = 1024;
const COMPRESSION_LEVEL: u8 = 9;

/// A managed policy in `PolicyArns`. The API writes `arn` in lower case.
#[derive(Debug, Clone, Deserialize)]
pub struct PolicyDescriptor {
    /// The policy.
    pub arn: String,
}

/// The policies that limit a session.
#[derive(Debug, Clone, Default)]
pub struct SessionPolicies {
    /// Documents.
    pub documents: Vec<String>,
    /// Managed policies.
    pub arns: Vec<String>,
}

/// Checks the form of both parameters.
pub fn check_form(
    policy: Option<&str>,
    policy_arns: &[PolicyDescriptor],
    constraints: &mut Constraints,
) {
    if let Some(policy) = policy {
        document::check_parameter(constraints, "policy", policy);
        constraints.hidden("policy", policy, Check::MaxLength(MAX_POLICY_CHARACTERS));
    }
    if policy_arns.len() > MAX_POLICY_ARNS {
        constraints.fail_unshown("policyArns", Check::MaxLength(MAX_POLICY_ARNS));
    }
    for (index, policy) in policy_arns.iter().enumerate() {
        let parameter = format!("policyArns.{}.member.arn", index + 1);
        constraints.text(&parameter, &policy.arn, &[Check::MaxLength(2048), Check::MinLength(20)]);
    }
}

/// Reads the policies of a session in `account`.
///
/// # Errors
/// `MalformedPolicyDocument`; `ValidationError` for a managed policy that the account does not have.
pub fn accept(
    ask: &Ask<'_>,
    account: AccountId,
    policy: Option<String>,
    policy_arns: &[PolicyDescriptor],
) -> Result<SessionPolicies, Fault> {
    if let Some(text) = &policy {
        document::accept(text, PolicyKind::Session)?;
    }
    for PolicyDescriptor { arn } in policy_arns {
        if !policy_cache::managed_exists(ask.view, account, arn) {
            // Which code and text AWS has for this is unverified.
            let text = format!("Policy {arn} does not exist or is not attachable.");
            return Err(Fault::new("ValidationError", text));
        }
    }
    let arns = policy_arns.iter().map(|policy| policy.arn.clone()).collect();
    Ok(SessionPolicies { documents: policy.into_iter().collect(), arns })
}

/// How much of the space for policies and tags a session takes, in percent; `None` if it has neither.
///
/// # Errors
/// `PackedPolicyTooLarge` above 100. The sentence on tags is reported in aws/containers-roadmap issue
/// 2413; the one on policies is unverified.
pub fn packed_percent(
    policies: &SessionPolicies,
    tags: &SessionTags,
) -> Result<Option<u32>, Fault> {
    let has_policies = !policies.documents.is_empty() || !policies.arns.is_empty();
    if !has_policies && tags.tags.is_empty() {
        return Ok(None);
    }
    let mut plain = Vec::new();
    let pairs = tags.tags.iter().flat_map(|tag| [&tag.key, &tag.value]);
    for text in policies.documents.iter().chain(&policies.arns).chain(pairs) {
        plain.extend_from_slice(text.as_bytes());
        plain.push(0);
    }
    plain.extend(tags.transitive_keys.iter().map(|_| 0));
    let packed = miniz_oxide::deflate::compress_to_vec(&plain, COMPRESSION_LEVEL).len();
    let percent = u32::try_from((packed * 100).div_ceil(MAX_PACKED_BYTES)).unwrap_or(u32::MAX);
    if percent <= 100 {
        return Ok(Some(percent));
    }
    let text = if has_policies {
        format!("Packed policy consumes {percent}% of allotted space, please use smaller policy.")
    } else {
        format!("Packed size of session tags consumes {percent}% of allotted space.")
    };
    Err(Fault::new("PackedPolicyTooLarge", text))
}
