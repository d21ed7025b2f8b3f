//! What a refused registration means, and what to do about it.
//!
//! Databricks hands on what EC2 said to its dry run: `Verification of the instance profile failed. AWS error:
//! …`. EC2 says the same of what does not exist and of what it does not see yet, and hides the reason of a
//! denial in an encoded message.

use std::time::Duration;

use crate::aws::Environment;
use crate::client::ApiError;
use crate::diagnostic::Diagnostic;

/// Databricks' code for a registration that its dry run did not pass.
const DRY_RUN_FAILED: &str = "DRY_RUN_FAILED";
const ENCODED: &str = "Encoded authorization failure message: ";

/// Whether the same registration may succeed when AWS has spread what was just changed: a profile, the role
/// in it, or a policy of the cross-account role.
#[must_use]
pub fn may_be_early(error: &ApiError) -> bool {
    let says = |text: &str| error.message.contains(text);
    error.code == DRY_RUN_FAILED
        && (says("Invalid IAM Instance Profile")
            || says("has no associated IAM Roles")
            || says("not authorized to perform"))
}

/// Whether IAM itself, which sees its own changes at once, lacks what EC2 misses, so that no waiting helps; false if
/// it cannot be asked.
#[must_use]
pub fn is_settled(error: &ApiError, arn: &str, aws: Option<&Environment>) -> bool {
    let Some(aws) = aws else { return false };
    let has = match reason(error, Some(aws)) {
        Reason::Unknown | Reason::Empty => aws.has_profile_with_role(arn),
        Reason::Denied(Some(denied)) if !denied.explicit => {
            let role = denied.role_arn();
            role.and_then(|role| aws.role_may(&role, &denied.action, &denied.resource))
        }
        _ => None,
    };
    has == Some(false)
}

/// How a registration was tried.
#[derive(Debug, Clone, Copy)]
pub struct Tried {
    /// How often.
    pub attempts: usize,
    /// For how long.
    pub elapsed: Duration,
    /// Whether IAM itself said no in the end.
    pub settled: bool,
}

/// The refusal, explained; `aws` may decode it. `tried` is given if it was tried more than once.
#[must_use]
pub fn explain(
    error: &ApiError,
    arn: &str,
    aws: Option<&Environment>,
    tried: Option<Tried>,
) -> Diagnostic {
    let reason = reason(error, aws);
    let mut detail = without_encoded(&error.message).trim_end_matches([' ', '.']).to_owned();
    detail.push_str(".\n\n");
    detail.push_str(&match &reason {
        Reason::Denied(Some(denied)) => denied.advice(),
        Reason::Denied(None) => undecoded(&error.message),
        Reason::Unknown if tried.is_some_and(|tried| tried.settled) => format!(
            "Neither EC2 nor IAM knows an instance profile `{arn}`: compare it with `aws_iam_instance_profile.NAME.arn`. \
             An instance profile's name can differ from its role's, and its ARN holds its path."
        ),
        Reason::Unknown => format!(
            "EC2 knows no instance profile `{arn}`. If it exists, it is too new; if it was named by hand, compare \
             it with `aws_iam_instance_profile.NAME.arn`: an instance profile's name can differ from its role's, \
             and its ARN holds its path."
        ),
        Reason::Empty => format!(
            "The instance profile `{arn}` has no role in it: give `role` in its `aws_iam_instance_profile`."
        ),
        Reason::Other => "If this is not about permissions (an instance type that the zone does not have, for \
                          instance), `skip_validation = true` registers the profile without the dry run."
            .to_owned(),
    });
    if let Some(Tried { attempts, elapsed, settled }) = tried {
        let seconds = elapsed.as_secs();
        let why = if settled {
            "and IAM, which sees its own changes at once, says no as well: this is no matter of waiting."
        } else {
            "so that it is hardly a matter of AWS spreading a change; `timeouts { create = … }` sets how long to try."
        };
        detail.push_str(&format!("\n\nIt was tried {attempts} times in {seconds} s, {why}"));
    }
    Diagnostic::error(reason.summary(), detail).at("instance_profile_arn")
}

/// What to do about a launch that EC2 refused for want of a permission of the cross-account role; `None` if it is
/// about something else.
#[must_use]
pub fn launch_advice(message: &str, aws: Option<&Environment>) -> Option<String> {
    if !message.contains("not authorized to perform") {
        return None;
    }
    match denied(message, aws) {
        Some(denied) => {
            let is_cross_account = denied.caller.contains(":assumed-role/");
            (is_cross_account && denied.action != "sts:AssumeRole").then(|| denied.advice())
        }
        None => Some(undecoded(message)),
    }
}

/// Why EC2 refused.
enum Reason {
    /// For want of a permission, as far as it can be told of which.
    Denied(Option<Denied>),
    /// It does not see the profile.
    Unknown,
    /// It sees no role in it.
    Empty,
    /// Anything else.
    Other,
}

impl Reason {
    fn summary(&self) -> &'static str {
        match self {
            Self::Denied(Some(denied)) if denied.action == "iam:PassRole" => {
                "Databricks may not pass the role in this instance profile"
            }
            Self::Denied(_) => "Databricks may not launch instances with this instance profile",
            Self::Unknown => "EC2 does not know this instance profile",
            Self::Empty => "This instance profile has no role",
            Self::Other => "The instance profile did not pass the dry run of a launch",
        }
    }
}

fn reason(error: &ApiError, aws: Option<&Environment>) -> Reason {
    let message = &error.message;
    if error.code != DRY_RUN_FAILED {
        return Reason::Other;
    }
    if message.contains("Invalid IAM Instance Profile") {
        Reason::Unknown
    } else if message.contains("has no associated IAM Roles") {
        Reason::Empty
    } else if message.contains("not authorized to perform") {
        Reason::Denied(denied(message, aws))
    } else {
        Reason::Other
    }
}

fn denied(message: &str, aws: Option<&Environment>) -> Option<Denied> {
    Denied::in_sentence(message).or_else(|| Denied::decoded(aws?, encoded(message)?))
}

/// Who may not do what, on what.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Denied {
    caller: String,
    action: String,
    resource: String,
    explicit: bool,
}

impl Denied {
    /// From AWS's sentence: `User: … is not authorized to perform: … on resource: … because …`.
    fn in_sentence(message: &str) -> Option<Self> {
        let (_, rest) = message.split_once("User: ")?;
        let (caller, rest) = rest.split_once(" is not authorized to perform: ")?;
        let (action, rest) = rest.split_once(" on resource: ")?;
        let resource = rest.split_whitespace().next()?.trim_end_matches('.');
        Some(Self {
            caller: caller.to_owned(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            explicit: rest.contains("with an explicit deny"),
        })
    }

    /// From the encoded message, if there are AWS credentials that may decode it.
    fn decoded(aws: &Environment, encoded: &str) -> Option<Self> {
        let decoded = aws.decode_authorization_message(encoded)?;
        let json: serde_json::Value = serde_json::from_str(&decoded).ok()?;
        let context = json.get("context")?;
        let text = |value: Option<&serde_json::Value>| Some(value?.as_str()?.to_owned());
        Some(Self {
            caller: text(context.get("principal").and_then(|it| it.get("arn")))?,
            action: text(context.get("action"))?,
            resource: text(context.get("resource"))?,
            explicit: json.get("explicitDeny").and_then(serde_json::Value::as_bool)?,
        })
    }

    /// The role behind the caller's session: the cross-account role.
    fn role(&self) -> &str {
        let session = self.caller.split_once(":assumed-role/").map(|(_, session)| session);
        session.and_then(|session| session.split('/').next()).unwrap_or(&self.caller)
    }

    /// Its ARN, if it has no path: sessions do not tell.
    fn role_arn(&self) -> Option<String> {
        let (account, _) = self.caller.split_once(":assumed-role/")?;
        let account = account.replacen(":sts:", ":iam:", 1);
        Some(format!("{account}:role/{}", self.role()))
    }

    fn advice(&self) -> String {
        let Self { action, resource, .. } = self;
        let role = self.role();
        if self.explicit {
            return format!(
                "A policy denies `{role}`, the role with which Databricks works in your account, {action} on \
                 `{resource}`. No further permission helps against a deny: find it in the policies of the role, \
                 its boundary, or an SCP of the organization."
            );
        }
        let statement = serde_json::json!({
            "Effect": "Allow", "Action": action, "Resource": resource,
        });
        format!(
            "Databricks works in your account with the role `{role}`, and that role is not allowed {action} on \
             `{resource}`. Add this statement to a policy of `{role}`, and let this resource wait for it with \
             `depends_on`:\n\n  {statement}"
        )
    }
}

/// What to do where nobody could decode the reason.
fn undecoded(message: &str) -> String {
    let general = "Databricks works in your account with the workspace's cross-account role. It needs \
                   ec2:RunInstances, and iam:PassRole on the role in this instance profile";
    match encoded(message) {
        Some(encoded) => format!(
            "{general}. AWS tells which of them is missing to whoever may decode its message:\n\n  aws sts \
             decode-authorization-message --query DecodedMessage --output text --encoded-message {encoded}"
        ),
        None => format!("{general}."),
    }
}

fn encoded(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once(ENCODED)?;
    rest.split_whitespace().next()
}

/// The message without the blob, which tells people nothing.
#[must_use]
pub fn without_encoded(message: &str) -> &str {
    message.split_once(ENCODED).map_or(message, |(before, _)| before.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> ApiError {
        ApiError {
            status: 400,
            code: DRY_RUN_FAILED.to_owned(),
            message: format!("Verification of the instance profile failed. AWS error: {text}"),
        }
    }

    const ARN: &str = "arn:aws:iam::123456789012:instance-profile/p";

    #[test]
    fn a_missing_pass_role_is_told_with_its_remedy() {
        let error = refused(
            "You are not authorized to perform this operation. User: \
             arn:aws:sts::123456789012:assumed-role/cross/session is not authorized to perform: iam:PassRole on \
             resource: arn:aws:iam::123456789012:role/x/reader because no identity-based policy allows the \
             iam:PassRole action. Encoded authorization failure message: BLOB",
        );
        assert!(may_be_early(&error));
        let told = explain(
            &error,
            ARN,
            None,
            Some(Tried { attempts: 3, elapsed: Duration::from_secs(4), settled: false }),
        );
        assert_eq!(told.summary, "Databricks may not pass the role in this instance profile");
        for part in ["`cross`", "role/x/reader", r#""Action":"iam:PassRole""#, "3 times in 4 s"] {
            assert!(told.detail.contains(part), "{part}: {}", told.detail);
        }
        assert!(!told.detail.contains("BLOB"));
    }

    #[test]
    fn a_launch_that_was_refused() {
        let user = |caller: &str, action: &str| {
            format!(
                "AWS error: User: {caller} is not authorized to perform: {action} on resource: \
                 arn:aws:iam::1:role/r because no identity-based policy allows it"
            )
        };
        let role = user("arn:aws:sts::1:assumed-role/cross/s", "iam:PassRole");
        assert!(launch_advice(&role, None).is_some_and(|told| told.contains("`cross`")));
        // Databricks' own role in Databricks' own account is nobody's to mend.
        let own = user("arn:aws:iam::414351767826:role/r", "sts:AssumeRole");
        assert_eq!(launch_advice(&own, None), None);
        let blob = "You are not authorized to perform this operation. Encoded authorization failure message: BLOB";
        assert!(
            launch_advice(blob, None).is_some_and(|told| told.contains("--encoded-message BLOB"))
        );
        assert_eq!(without_encoded(blob), "You are not authorized to perform this operation.");
        assert_eq!(launch_advice("There is no capacity", None), None);
    }

    #[test]
    fn a_deny_is_not_mended_by_permissions() {
        let error = refused(
            "You are not authorized to perform this operation. User: \
             arn:aws:sts::123456789012:assumed-role/cross/s is not authorized to perform: ec2:RunInstances on \
             resource: arn:aws:ec2:us-east-1:123456789012:instance/* with an explicit deny in a service control \
             policy",
        );
        let told = explain(&error, ARN, None, None);
        assert!(told.detail.contains("No further permission helps"), "{}", told.detail);
    }

    #[test]
    fn what_else_ec2_says() {
        for (text, early, summary) in [
            (
                "Value (x) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN",
                true,
                "EC2 does not know this instance profile",
            ),
            (
                "IAM Instance Profile \"x\" has no associated IAM Roles",
                true,
                "This instance profile has no role",
            ),
            (
                "Your requested instance type (x) is not supported in your requested Availability Zone",
                false,
                "The instance profile did not pass the dry run of a launch",
            ),
        ] {
            let error = refused(text);
            assert_eq!(may_be_early(&error), early, "{text}");
            let told = explain(&error, ARN, None, None);
            assert_eq!(told.summary, summary);
            assert!(told.detail.contains(text), "{}", told.detail);
        }
    }
}
