//! The role that a function takes: its ARN, never an instance profile's; that the caller may pass it, and that
//! Lambda may assume it.

use cloud::authorize::{self, Facts};
use cloud::constraint::{Check, Constraints};
use cloud::iam::role;
use cloud::{Act, Ask, Caller, Demand, Fault};
use names::Arn;

/// Lambda as a caller and as one that roles are passed to.
pub const LAMBDA: &str = "lambda.amazonaws.com";
const PATTERN: &str = "arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+";

/// Checks the form of `Role`.
pub fn check_form(constraints: &mut Constraints, arn: &str) {
    constraints.text("role", arn, &[Check::Pattern(PATTERN, is_role)]);
}

fn is_role(arn: &str) -> bool {
    let mut parts = arn.splitn(6, ':');
    let prefix = parts.next() == Some("arn");
    let partition = parts.next().is_some_and(|it| it.starts_with("aws"));
    let iam = parts.next() == Some("iam") && parts.next() == Some("");
    let account =
        parts.next().is_some_and(|it| it.len() == 12 && it.bytes().all(|b| b.is_ascii_digit()));
    let role = parts.next().and_then(|it| it.strip_prefix("role"));
    let path = |it: &str| it.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-/".contains(&b));
    prefix && partition && iam && account && role.is_some_and(|it| it.len() > 1 && path(it))
}

/// That the caller may pass the role to Lambda (service authorization reference, dependent actions of
/// `lambda:CreateFunction`).
#[must_use]
pub fn demand(arn: &str) -> Demand {
    Demand::new("iam:PassRole", arn).with("iam:PassedToService", LAMBDA)
}

/// Checks that the role exists and trusts Lambda. Lambda says the same of both (public reports), so that a
/// role that is too new looks like one that is wrong.
///
/// # Errors
/// `InvalidParameterValueException`
pub fn check_trust(act: &Act<'_, '_>, arn: &str) -> Result<(), Fault> {
    let ask = act.ask();
    if is_trusting(&ask, act.facts, act.policies, arn) {
        return Ok(());
    }
    Err(cannot_be_assumed())
}

/// What Lambda says of a role that is not there or does not trust it.
#[must_use]
pub fn cannot_be_assumed() -> Fault {
    let text = "The role defined for the function cannot be assumed by Lambda.";
    Fault::new("InvalidParameterValueException", text)
}

fn is_trusting(
    ask: &Ask<'_>,
    facts: &Facts,
    policies: &cloud::policy_cache::PolicyCache,
    arn: &str,
) -> bool {
    let Ok(parsed) = arn.parse::<Arn>() else { return false };
    let Ok(account) = parsed.parts().account.parse() else { return false };
    let name = parsed.resource().rsplit('/').next().unwrap_or_default().to_owned();
    let Ok(found) = role::find(ask.view, account, &name) else { return false };
    // The path is part of the ARN and not of the name.
    if found.arn != arn {
        return false;
    }
    let lambda = Caller::Service { name: LAMBDA, account: ask.account() };
    let as_lambda = Ask { caller: &lambda, ..*ask };
    let mut demand = Demand::new("sts:AssumeRole", arn);
    demand.resource_policy = Some(found.trust.evaluated().clone());
    demand.resource_account = Some(account);
    let decided = authorize::decide(demand, &as_lambda, facts, policies);
    decided.is_ok_and(|decided| decided.decision.is_allowed())
}
