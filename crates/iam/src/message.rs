//! AWS's own sentence for a denial.
//!
//! Wording: user guide, "Troubleshoot access denied error messages". Since January 2026 an explicit
//! denial names the policy by its ARN where it has one.

use std::borrow::Cow;

use names::ArnParts;

use crate::caller::CallerKind;
use crate::decision::{Decision, Gate, Reason, Special};
use crate::request::Request;
use crate::rule;
use crate::surroundings::Surroundings;

/// Actions of IAM whose denials name an ARN although they are about a role, a user, a group or a profile.
const ASKED_BY_ARN: [&str; 16] = [
    // What is not there yet.
    "createrole",
    "createuser",
    "creategroup",
    "createinstanceprofile",
    "createservicelinkedrole",
    // Reported of what is made with tags; how the operations themselves say it is unverified.
    "tagrole",
    "taguser",
    "taginstanceprofile",
    // What other services, or operations with an ARN as parameter, ask about.
    "passrole",
    "simulateprincipalpolicy",
    "getcontextkeysforprincipalpolicy",
    "listpoliciesgrantingserviceaccess",
    "generateservicelastaccesseddetails",
    // Reported with an ARN, unlike its siblings.
    "putrolepermissionsboundary",
    // Unverified.
    "putuserpermissionsboundary",
    "deleteservicelinkedrole",
];

/// What AWS says to a caller whose request is denied; `None` if it is allowed.
///
/// This is the sentence that services share. EC2 puts it behind its own, S3 quotes the resource, and
/// so on: that is the services' part.
#[must_use]
pub fn denial(decision: &Decision, request: &Request, around: &Surroundings) -> Option<String> {
    let reason = decision.reason?;
    let action = request.action().as_str();
    if decision.special == Some(Special::OwnedByAws) {
        return Some(owned_by_aws(request.action().folded_name()).to_owned());
    }
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

/// What IAM says to whoever would change a policy of AWS's and may (recorded from AWS by radkawar/stackd,
/// `immutability.json`). That others hear it, too, is unverified.
fn owned_by_aws(action: &str) -> &'static str {
    match action {
        "createpolicyversion" => "Cannot create versions for policies outside your own account.",
        "deletepolicy" => "Cannot delete policies outside your own account.",
        "deletepolicyversion" => {
            "Cannot delete policy versions for policies outside your own account."
        }
        _ => "Cannot update policies outside your own account.",
    }
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
        sentence.push_str(&resource_name(action, request.resource().as_str()));
    }
    sentence
}

/// What a denial of `action` calls `resource`. IAM itself names what an operation addresses by name as it was
/// addressed: `role etl`, `instance profile etl` without account and path. What it is about to make, and what an
/// operation addresses by an ARN, is named by that.
///
/// Sources: aws/aws-cdk issue 27067 (`GetRole`, `DeleteRole`), aws/aws-parallelcluster issue 4031
/// (`DetachRolePolicy`), rebuy-de/aws-nuke issue 294 (`GetLoginProfile`), AWS Cloud9's user guide
/// (`GetInstanceProfile`), brefphp/bref pull request 2028 (`TagRole` of a new role).
#[must_use]
pub fn resource_name<'t>(action: &str, resource: &'t str) -> Cow<'t, str> {
    let folded = action.to_ascii_lowercase();
    let Some(name) = folded.strip_prefix("iam:") else { return Cow::Borrowed(resource) };
    // Its denials name no ARN and no `*` (aws/aws-sam-cli issue 394 and many later reports).
    if (name, resource) == ("listpolicies", "*") {
        return Cow::Borrowed("policy path /");
    }
    let Some((kind, path)) = iam_entity(resource) else { return Cow::Borrowed(resource) };
    let named = path.rsplit('/').next().unwrap_or(path);
    match kind {
        _ if ASKED_BY_ARN.contains(&name) || named.is_empty() => Cow::Borrowed(resource),
        "policy" if name == "createpolicy" => Cow::Owned(format!("policy {named}")),
        "policy" => Cow::Owned(format!("policy {resource}")),
        "instance-profile" => Cow::Owned(format!("instance profile {named}")),
        "role" | "user" | "group" => Cow::Owned(format!("{kind} {named}")),
        _ => Cow::Borrowed(resource),
    }
}

/// Whether `said` is what a denial of `action` may call `resource`: its ARN included, and what follows from more
/// than that.
#[must_use]
pub fn is_called(action: &str, resource: &str, said: &str) -> bool {
    let by_name = || {
        let (kind, path) = iam_entity(resource)?;
        let name = path.rsplit('/').next().unwrap_or(path);
        said.strip_prefix(kind)?.strip_suffix(name)
    };
    resource == said
        || resource_name(action, resource) == said
        || by_name().is_some_and(|between| matches!(between, " " | " null"))
}

/// Kind and path of what IAM keeps, out of its ARN.
fn iam_entity(resource: &str) -> Option<(&str, &str)> {
    let arn = ArnParts::split(resource).filter(|arn| arn.service == "iam")?;
    arn.resource.split_once('/')
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
