//! A resource that is no whole ARN.
//!
//! An ARN has six parts. What AWS does with fewer is not documented; public engines agree that in
//! policies of identities the missing parts are anything, so that `arn:aws:sqs` is every resource of
//! SQS, and that elsewhere such an ARN matches nothing (unverified). A name alone, such as
//! `my-bucket`, is refused by IAM and matches nothing in policies that others store.
//!
//! Source: user guide, "IAM Access Analyzer policy check reference", "Missing ARN field".

use super::Rule;
use super::subject::{Stands, Subject};
use crate::diagnostic::Diagnostic;

pub(super) const RULE: Rule = Rule {
    code: "short-arn",
    summary: "a resource that is no whole ARN",
    source: "IAM Access Analyzer policy check reference: Missing ARN field",
    check,
};

/// Parts of an ARN.
const PARTS: usize = 6;

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let kind = subject.policy.kind();
    for resource in subject.statements.iter().flat_map(|statement| &statement.resources) {
        let text = &*resource.text.value;
        let parts = text.splitn(PARTS, ':').count();
        let arn = text.starts_with("arn:");
        if matches!(resource.stands, Stands::ForAll) || (arn && parts == PARTS) {
            continue;
        }
        let span = resource.text.span;
        found.push(if !arn {
            Diagnostic::error(RULE.code, span, format!("`{text}` is not an ARN: it matches nothing"))
                .help("write arn:partition:service:region:account:resource, or \"*\"")
        } else if kind.completes_short_arn(text) {
            let whole = format!("{text}{}", ":*".repeat(PARTS - parts));
            let message = format!("`{text}` has {parts} of an ARN's 6 parts");
            Diagnostic::warning(RULE.code, span, message)
                .help(format!("it is taken for `{whole}`: write that, if it is meant"))
        } else {
            let message =
                format!("`{text}` has {parts} of an ARN's 6 parts: in a policy of kind {kind} it matches nothing");
            Diagnostic::error(RULE.code, span, message)
                .help("write arn:partition:service:region:account:resource")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::RULE;
    use crate::PolicyKind::{Identity, Resource, ResourceControl, ServiceControl};

    #[test]
    fn parts() {
        for (kind, resource, expected) in [
            (Identity, "arn:aws:sqs", &["warning \"arn:aws:sqs\""][..]),
            (Identity, "arn:aws:sqs:*", &["warning \"arn:aws:sqs:*\""]),
            (Resource, "arn:aws:sqs", &["error \"arn:aws:sqs\""]),
            (Resource, "arn:aws:sqs:*", &["warning \"arn:aws:sqs:*\""]),
            (ServiceControl, "arn:aws:sqs:us-east-1", &["error \"arn:aws:sqs:us-east-1\""]),
            (ResourceControl, "arn:aws:sqs:*", &["error \"arn:aws:sqs:*\""]),
            (Resource, "my-bucket", &["error \"my-bucket\""]),
            (Resource, "*", &[]),
            (Resource, "arn:aws:s3:::b", &[]),
            (Identity, "arn:aws:logs:*:*:log-group:a:*", &[]),
        ] {
            let members = format!(r#""Effect":"Deny","Action":"*","Resource":"{resource}""#);
            check(&RULE, kind, &members, expected);
        }
    }
}
