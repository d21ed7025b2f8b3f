//! A resource whose ARN has a part that such ARNs never have, or lacks one that they have.
//!
//! The ARNs of machine images have no account, those of buckets neither region nor account, those of
//! roles no region. A part that is there in the policy and not in reality never matches:
//! `arn:aws:ec2:us-west-2:123456789012:image/*` is no image. The same goes for types that the service
//! does not have, such as `instances/*`.
//!
//! Source: Service Authorization Reference, "Resource types" of each service; user guide, "IAM Access
//! Analyzer policy check reference", "ARN account not allowed", "ARN Region not allowed", "Missing ARN
//! account", "Missing ARN Region", "Invalid ARN resource".

use super::Rule;
use super::patience::Patience;
use super::statement::{ResourceFacts, StatementFacts};
use super::subject::{Stands, Subject};
use crate::catalog::{self, ArnTemplate, Resource};
use crate::diagnostic::Diagnostic;
use crate::near::nearest;

pub(super) const RULE: Rule = Rule {
    code: "arn-fits-no-type",
    summary: "an ARN that no type of resource has, for one part too many or too few",
    source: "IAM Access Analyzer policy check reference: ARN account not allowed, ARN Region not \
             allowed, Missing ARN account, Missing ARN Region, Invalid ARN resource",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut patience = Patience::default();
    for statement in &subject.statements {
        for resource in &statement.resources {
            if matches!(resource.stands, Stands::ForNoType) && !is_of_aws(&resource.text.value) {
                found.push(finding(statement, resource, &mut patience));
            }
        }
    }
}

fn finding(
    statement: &StatementFacts<'_>,
    resource: &ResourceFacts<'_>,
    patience: &mut Patience,
) -> Diagnostic {
    let arn = &*resource.text.value;
    let lasts = patience.lasts();
    let (message, help) = match lasts.then(|| corrected(arn)).flatten() {
        Some((what, better, kind)) => (
            format!("ARNs of {kind} {what}: `{arn}` is none of them, and {}", outcome(statement)),
            Some(format!("write `{better}`")),
        ),
        None => {
            let service = arn.split(':').nth(2).unwrap_or_default();
            let help = lasts
                .then(|| similar(service, arn))
                .flatten()
                .map(|(kind, template)| format!("ARNs of {kind} are of the form {template}"));
            (
                format!(
                    "AWS documents no type of resource of `{service}` with an ARN like `{arn}`"
                ),
                help,
            )
        }
    };
    let finding = Diagnostic::warning(RULE.code, resource.text.span, message);
    match help {
        Some(help) => finding.help(help),
        None => finding,
    }
}

/// Systems Manager's own documents and parameters have no account: `arn:aws:ssm:us-east-1::document/
/// AWS-RunShellScript` (Systems Manager user guide), which the reference does not list.
fn is_of_aws(arn: &str) -> bool {
    let mut parts = arn.splitn(6, ':').skip(2);
    parts.next() == Some("ssm") && parts.nth(1) == Some("")
}

fn outcome(statement: &StatementFacts<'_>) -> String {
    let negated = statement.statement.resource.as_ref().is_some_and(|element| element.negated);
    match (negated, &*statement.resources) {
        (true, _) => "excepts nothing from the statement".to_owned(),
        (false, [_]) => format!("the statement {} nothing", statement.verb()),
        (false, _) => format!("the statement {} nothing there", statement.verb()),
    }
}

/// The same ARN with region or account left out or filled in, if that is an ARN of some type.
fn corrected(arn: &str) -> Option<(&'static str, String, &'static Resource)> {
    let mut parts = arn.splitn(6, ':');
    let mut next = || parts.next();
    let (_, partition, service) = (next()?, next()?, next()?);
    let (region, account, last) = (next()?, next()?, next()?);
    let filled = |part: &str| if part.is_empty() { "*".to_owned() } else { part.to_owned() };
    let (any_region, any_account) = (filled(region), filled(account));
    [
        ("have no account", region, ""),
        ("have no region", "", account),
        ("have neither region nor account", "", ""),
        ("have an account", region, &*any_account),
        ("have a region", &*any_region, account),
        ("have a region and an account", &*any_region, &*any_account),
        ("have a region and no account", &*any_region, ""),
        ("have an account and no region", "", &*any_account),
    ]
    .into_iter()
    .find_map(|(what, region, account)| {
        let better = format!("arn:{partition}:{service}:{region}:{account}:{last}");
        let kind = catalog::resource_types_for(&better).into_iter().next()?;
        Some((what, better, kind))
    })
}

/// The type of resource whose ARNs start most like this one's last part.
fn similar(service: &str, arn: &str) -> Option<(&'static Resource, &'static ArnTemplate)> {
    let token = |arn: &'static str| {
        let last = arn.splitn(6, ':').nth(5).unwrap_or_default();
        last.split(['/', ':', '$']).next().unwrap_or_default()
    };
    let written = arn.splitn(6, ':').nth(5)?.split(['/', ':']).next()?;
    let templates = || {
        let types = catalog::service(service).into_iter().flat_map(|service| service.resources);
        types.flat_map(|kind| kind.arn_templates.iter().map(move |template| (kind, template)))
    };
    let meant = nearest(written, templates().map(|(_, template)| token(template.as_str())))?;
    templates().find(|(_, template)| token(template.as_str()) == meant)
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_allow;
    use super::*;

    #[test]
    fn arns() {
        for (resource, hit) in [
            ("arn:aws:ec2:us-west-2:123456789012:image/*", true),
            ("arn:aws:s3:::", true),
            ("arn:aws:iam:::role/a", true),
            ("arn:aws:sqs:us-east-1::q", true),
            ("arn:aws:ec2:*:*:instances/*", true),
            ("arn:aws:ec2:us-west-2::image/*", false),
            ("arn:aws:ec2:*:*:image/*", false),
            ("arn:aws:iam::123456789012:role/a", false),
            ("arn:aws:nosuch:::x", false),
            ("arn:aws:ssm:us-east-1::document/AWS-RunShellScript", false),
            ("arn:aws:sqs", false),
            ("*", false),
        ] {
            let expected = format!("warning \"{resource}\"");
            for name in ["Resource", "NotResource"] {
                let members = format!(r#""Action":"*","{name}":"{resource}""#);
                check_allow(&RULE, &members, &[&*expected][..usize::from(hit)]);
            }
        }
    }

    #[test]
    fn corrections() {
        for (arn, what, better) in [
            ("arn:aws:ec2:r:1:image/*", "have no account", "arn:aws:ec2:r::image/*"),
            ("arn:aws:iam:r:1:role/a", "have no region", "arn:aws:iam::1:role/a"),
            ("arn:aws:s3:r:1:b", "have neither region nor account", "arn:aws:s3:::b"),
            ("arn:aws:iam:::role/a", "have an account", "arn:aws:iam::*:role/a"),
            ("arn:aws:sqs::1:q", "have a region", "arn:aws:sqs:*:1:q"),
            ("arn:aws:sqs:::q", "have a region and an account", "arn:aws:sqs:*:*:q"),
        ] {
            let (said, written, _) = corrected(arn).unwrap();
            assert_eq!((said, &*written), (what, better), "{arn}");
        }
        assert!(corrected("arn:aws:ec2:r:1:instances/*").is_none());
        let (kind, _) = similar("ec2", "arn:aws:ec2:r:1:instances/*").unwrap();
        assert_eq!(kind.to_string(), "ec2:instance");
    }
}
