//! A statement of a resource's policy that names nobody.
//!
//! Without a `Principal`, a statement of such a policy applies to no caller. IAM refuses it in trust
//! policies, S3 in bucket policies; where it is stored, it is without effect.
//!
//! Source: user guide, "AWS JSON policy elements: Principal" ("You must use the Principal element in
//! resource-based policies"); "IAM Access Analyzer policy check reference", "Missing principal".

use super::Rule;
use super::subject::Subject;
use crate::diagnostic::Diagnostic;
use crate::span::Span;

pub(super) const RULE: Rule = Rule {
    code: "missing-principal",
    summary: "a statement of a resource's policy that names nobody",
    source: "IAM Access Analyzer policy check reference: Missing principal",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let kind = subject.policy.kind();
    if !kind.has_principal() {
        return;
    }
    for statement in subject.statements.iter().map(|statement| statement.statement) {
        let span = match &statement.principal {
            None => {
                let start = statement.span.start;
                Span { start, end: start.saturating_add(1) }
            }
            Some(named) if named.everyone.is_none() && named.entries.is_empty() => named.span,
            Some(_) => continue,
        };
        let message =
            format!("a statement without a principal applies to nobody in a policy of kind {kind}");
        found.push(
            Diagnostic::error(RULE.code, span, message)
                .help("name whom it is for in `Principal`; \"*\" means everybody"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::RULE;
    use crate::PolicyKind::{Endpoint, Identity, Resource, ResourceControl};

    #[test]
    fn principals() {
        for (kind, principal, expected) in [
            (Resource, "", &["error {"][..]),
            (Endpoint, "", &["error {"]),
            (ResourceControl, "", &["error {"]),
            (Resource, r#""Principal":{},"#, &["error {}"]),
            (Resource, r#""Principal":"*","#, &[]),
            (Resource, r#""NotPrincipal":{"AWS":"123456789012"},"#, &[]),
            (Identity, "", &[]),
        ] {
            let members = format!(r#""Effect":"Deny",{principal}"Action":"s3:*","Resource":"*""#);
            check(&RULE, kind, &members, expected);
        }
    }
}
