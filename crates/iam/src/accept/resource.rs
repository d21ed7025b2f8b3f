//! The `Resource` and `NotResource` elements: which strings IAM takes for ARNs.

use super::{LEGACY_PARSING, Malformed, NO_RESOURCES, opening};
use crate::json::Node;

/// What IAM says to an ARN without a service, or with wildcards in it.
pub(super) const VENDOR_NOT_QUALIFIED: &str =
    "Resource vendor must be fully qualified and cannot contain regexes.";

/// What IAM says to an ARN of its own whose last part it does not know.
pub(super) const IAM_PATH: &str = "IAM resource path must either be \"*\" or start with user/, \
                                   federated-user/, role/, group/, instance-profile/, mfa/, \
                                   server-certificate/, policy/, sms-mfa/, saml-provider/, \
                                   oidc-provider/, report/, access-report/.";

/// The partitions there are (AWS General Reference and the SDKs' partition data).
pub(crate) const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];

/// What the ARNs of IAM's resources start with. The sentence above is older than the last four types,
/// which are in the Service Authorization Reference.
const IAM_PATHS: [&str; 17] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
    "assumed-role/",
    "contextProvider/",
    "delegation-request/",
    "role-template/",
];

/// The last part of whole ARNs: everything of an account, and its root user, which
/// `sts:AssumeRoot` is granted on (user guide, "Perform a privileged task on an AWS Organizations
/// member account").
const IAM_WHOLE: [&str; 2] = ["*", "root"];

/// S3's resources whose ARNs have a region. moto knows access points alone; the others are in the
/// Service Authorization Reference.
const S3_REGIONAL: [&str; 6] = [
    "accesspoint/",
    "access-grants/",
    "async-request/",
    "job/",
    "storage-lens/",
    "storage-lens-group/",
];

/// Every statement names a resource.
pub(super) fn present(statements: &[Node]) -> Result<(), Malformed> {
    for statement in statements {
        match statement.get("Resource").or_else(|| statement.get("NotResource")) {
            None => {
                let hint = "the statement needs a `Resource` or a `NotResource`; \"*\" means all";
                return Err(Malformed::new(NO_RESOURCES, opening(statement), hint));
            }
            Some(element) if element.one_or_many().is_empty() => {
                let hint = "the list is empty: name a resource, or \"*\"";
                return Err(Malformed::new(NO_RESOURCES, element.span, hint));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Looks at every ARN. A mistake in its form is returned as a value because IAM mentions it only
/// after other checks; in a list the alphabetically first counts, of several statements the last.
///
/// # Errors
/// A short ARN on which "legacy parsing" fails, unless another mistake was found before.
pub(super) fn check(statements: &[Node]) -> Result<Option<Malformed>, Malformed> {
    let mut bad = None;
    for name in ["Resource", "NotResource"] {
        for element in statements.iter().filter_map(|statement| statement.get(name)) {
            let first = element
                .one_or_many()
                .iter()
                .filter_map(|node| Some((node.as_str()?, form(node)?)))
                .min_by_key(|(text, _)| *text);
            if let Some((_, malformed)) = first {
                bad = Some(malformed);
            }
            if bad.is_none() {
                element.one_or_many().iter().try_for_each(legacy)?;
            }
        }
    }
    Ok(bad)
}

/// What is wrong with the form of one resource.
fn form(node: &Node) -> Option<Malformed> {
    let text = node.as_str().unwrap_or_default();
    if text == "*" {
        return None;
    }
    let refused = |message: String, hint: &str| Some(Malformed::new(message, node.span, hint));
    // moto looks for a colon only; that anything but `arn` before it is refused is unverified.
    let Some(rest) = text.strip_prefix("arn:") else {
        let message = format!("Resource {text} must be in ARN format or \"*\".");
        return refused(message, "write arn:partition:service:region:account:resource");
    };
    let (partition, rest) = rest.split_once(':').map_or((rest, None), |(p, r)| (p, Some(r)));
    if partition != "*" && !PARTITIONS.contains(&partition) {
        let message = bad_partition(partition, rest.unwrap_or_default());
        return refused(message, "the usual partition is `aws`; China's is `aws-cn`");
    }
    let Some(rest) = rest else {
        return refused(VENDOR_NOT_QUALIFIED.to_owned(), "the ARN stops before its service");
    };
    let (service, rest) = rest.split_once(':').unwrap_or((rest, ""));
    // The sentence says so; moto does not look (unverified).
    if service.contains(['*', '?']) {
        return refused(
            VENDOR_NOT_QUALIFIED.to_owned(),
            "write the service out; a resource of any service is \"*\"",
        );
    }
    let in_no_region = rest.starts_with(':');
    let last = rest.splitn(3, ':').nth(2).unwrap_or_default();
    match service {
        "iam" if !in_no_region => refused(
            format!("IAM resource {text} cannot contain region information."),
            "ARNs of IAM have an empty region: arn:aws:iam::account:resource",
        ),
        "s3" if !in_no_region && !S3_REGIONAL.iter().any(|start| last.starts_with(start)) => {
            refused(
                format!("Resource {text} can not contain region information."),
                "ARNs of buckets and objects have neither region nor account: arn:aws:s3:::bucket/key",
            )
        }
        "iam"
            if !IAM_WHOLE.contains(&last)
                && !IAM_PATHS.iter().any(|start| last.starts_with(start)) =>
        {
            refused(IAM_PATH.to_owned(), "say which type of IAM resource, such as role/name")
        }
        _ => None,
    }
}

/// IAM fills the parts that the ARN lacks with `*`.
fn bad_partition(partition: &str, rest: &str) -> String {
    let mut parts = rest.splitn(4, ':');
    let service = parts.next().filter(|service| !service.is_empty() || rest.contains(':'));
    let mut next = || parts.next().unwrap_or("*");
    let service = service.unwrap_or("*");
    let (region, account, resource) = (next(), next(), next());
    format!(
        "Partition \"{partition}\" is not valid for resource \
         \"arn:{partition}:{service}:{region}:{account}:{resource}\"."
    )
}

/// A part may be left empty only if all six are there, and the service never.
fn legacy(node: &Node) -> Result<(), Malformed> {
    let text = node.as_str().unwrap_or_default();
    let short = text.matches(':').count() < 5 && text.contains("::");
    let no_service = text != "*" && text.split(':').nth(2).is_none_or(str::is_empty);
    if short || no_service {
        let hint = "the ARN has too few parts: write arn:partition:service:region:account:resource";
        return Err(Malformed::new(LEGACY_PARSING, node.span, hint));
    }
    Ok(())
}
