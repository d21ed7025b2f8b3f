//! ARNs of the two kinds that get mixed up: an instance profile's and its role's.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::resource::some_text;
use crate::value::{Members, Value};

/// What an ARN of IAM is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Profile,
    Role,
    Session,
    Other,
}

fn kind(text: &str) -> Option<Kind> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [prefix, _, service, _, _, resource] = parts.as_slice() else { return None };
    if *prefix != "arn" {
        return None;
    }
    Some(match (*service, resource.split_once('/').map_or(*resource, |(kind, _)| kind)) {
        ("iam", "instance-profile") => Kind::Profile,
        ("iam", "role") => Kind::Role,
        ("sts", "assumed-role") => Kind::Session,
        _ => Kind::Other,
    })
}

/// Refuses what is not an instance profile's ARN, and names the attribute that would be right.
pub(super) fn check_profile(config: &Members, attribute: &str, found: &mut Diagnostics) {
    let Some(Value::Text(text)) = config.get(attribute) else { return };
    let detail = match kind(text) {
        Some(Kind::Profile) => return,
        Some(Kind::Role | Kind::Session) => format!(
            "`{text}` is a role's ARN. A role reaches EC2 in an instance profile, which has an ARN of its own: \
             use `aws_iam_instance_profile.NAME.arn`, not `aws_iam_role.NAME.arn`."
        ),
        Some(Kind::Other) => format!(
            "`{text}` is the ARN of something else: use `aws_iam_instance_profile.NAME.arn`, such as \
             arn:aws:iam::123456789012:instance-profile/NAME."
        ),
        None => format!(
            "`{text}` is not an ARN. An instance profile is meant by its ARN here, not by its name or its \
             role's: use `aws_iam_instance_profile.NAME.arn`."
        ),
    };
    found.error_at(attribute, "An instance profile's ARN is needed", detail);
}

/// Refuses what is not a role's ARN; the empty text counts as not given.
pub(super) fn check_role(config: &Members, attribute: &str, found: &mut Diagnostics) {
    let Some(text) = some_text(config, attribute) else { return };
    let detail = match kind(text) {
        Some(Kind::Role) => return,
        Some(Kind::Profile) => format!(
            "`{text}` is an instance profile's ARN: use that of the role in it, `aws_iam_role.NAME.arn`."
        ),
        _ => format!(
            "`{text}` is not a role's ARN: use `aws_iam_role.NAME.arn`, such as \
             arn:aws:iam::123456789012:role/NAME."
        ),
    };
    found.error_at(attribute, "A role's ARN is needed", detail);
}

/// A grant takes any text, but a role's ARN is hardly ever what is meant.
pub(super) fn warn_of_role(config: &Members, found: &mut Diagnostics) {
    let Some(text) = some_text(config, "role") else { return };
    if kind(text) == Some(Kind::Role) {
        let detail = format!(
            "`{text}` is an IAM role's ARN. Databricks grants instance profiles by their own ARN: if that is \
             what you mean, use `aws_iam_instance_profile.NAME.arn`."
        );
        found.add(
            Diagnostic::warning("A role's ARN gives nobody an instance profile", detail).at("role"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        for (text, expected) in [
            ("arn:aws:iam::123456789012:instance-profile/a/b", Some(Kind::Profile)),
            ("arn:aws-us-gov:iam::123456789012:instance-profile/b", Some(Kind::Profile)),
            ("arn:aws:iam::123456789012:role/a:b", Some(Kind::Role)),
            ("arn:aws:sts::123456789012:assumed-role/a/b", Some(Kind::Session)),
            ("arn:aws:s3:::bucket", Some(Kind::Other)),
            ("arn:aws:iam::123456789012:instance-profiles/b", Some(Kind::Other)),
            ("shared", None),
            ("", None),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
    }
}
