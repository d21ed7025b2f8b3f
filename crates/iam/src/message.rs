//! AWS's own sentence for a denial.
//!
//! Wording: user guide, "Troubleshoot access denied error messages". Since January 2026 an explicit
//! denial names the policy by its ARN where it has one.

use crate::caller::CallerKind;
use crate::decision::{Decision, Gate, Reason};
use crate::request::Request;
use crate::rule;
use crate::surroundings::Surroundings;

/// What AWS says to a caller whose request is denied; `None` if it is allowed.
///
/// This is the sentence that services share. EC2 puts it behind its own, S3 quotes the resource, and
/// so on: that is the services' part.
#[must_use]
pub fn denial(decision: &Decision, request: &Request, around: &Surroundings) -> Option<String> {
    let reason = decision.reason?;
    let action = request.action().as_str();
    if rule::is_root_assuming(request) {
        return Some("Roles may not be assumed by root accounts.".to_owned());
    }
    if reveals_nothing(request) {
        return Some(bare(request));
    }
    let mut sentence = bare(request);
    sentence.push_str(&because(reason, action));
    // A policy of a resource has no ARN of its own; what it is called here is its resource.
    let has_arn = !matches!(reason.gate, Gate::Resource | Gate::Trust);
    if reason.explicit
        && has_arn
        && let Some(policy) = decision.by.and_then(|place| around.policy(place))
        && policy.name.starts_with("arn:")
    {
        sentence.push_str(": ");
        sentence.push_str(&policy.name);
    }
    Some(sentence)
}

/// `User: … is not authorized to perform: … on resource: …`
fn bare(request: &Request) -> String {
    let action = request.action().as_str();
    if request.caller().kind() == CallerKind::Federated {
        // STS names nobody where there is no AWS principal.
        return format!("Not authorized to perform {action}");
    }
    let mut sentence =
        format!("User: {} is not authorized to perform: {action}", request.caller().name());
    // IAM itself names whatever it asks about, `*` too (ministryofjustice/modernisation-platform pull
    // request 1676); other services leave out what is no ARN.
    if request.resource().arn_parts().is_some() || request.action().service() == "iam" {
        sentence.push_str(" on resource: ");
        sentence.push_str(match (request.action().folded(), request.resource().as_str()) {
            // Its denials name no ARN and no `*` (aws/aws-sam-cli issue 394 and many later reports).
            ("iam:listpolicies", "*") => "policy path /",
            (_, resource) => resource,
        });
    }
    sentence
}

/// A refused `sts:AssumeRole` gets no reason, so that it reads as for a role that does not exist.
fn reveals_nothing(request: &Request) -> bool {
    request.action().service() == "sts" && request.action().folded_name().starts_with("assumerole")
}

fn because(reason: Reason, action: &str) -> String {
    let policy = reason.gate.policy_type();
    if !reason.explicit {
        return format!(" because no {policy} allows the {action} action");
    }
    let article = match reason.gate {
        Gate::Identity => "an",
        Gate::Trust => "the",
        _ => "a",
    };
    format!(" with an explicit deny in {article} {policy}")
}
