//! `NotPrincipal` with `Allow`.
//!
//! It grants to everybody but those listed, callers without credentials included.
//!
//! Source: user guide, "AWS JSON policy elements: NotPrincipal"; "IAM Access Analyzer policy check
//! reference", "Allow with NotPrincipal".

use super::Rule;
use super::subject::Subject;
use crate::diagnostic::Diagnostic;

pub(super) const RULE: Rule = Rule {
    code: "allow-not-principal",
    summary: "NotPrincipal with Allow, which grants to everybody else",
    source: "IAM Access Analyzer policy check reference: Allow with NotPrincipal",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for statement in subject.statements.iter().filter(|statement| statement.allows()) {
        let Some(principal) = &statement.statement.principal else { continue };
        if principal.negated {
            let message =
                "`NotPrincipal` with `Allow` grants to everybody else, anonymous callers included";
            found.push(
                Diagnostic::warning(RULE.code, principal.span, message)
                    .help("name in `Principal` whom the statement is for"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::RULE;
    use crate::PolicyKind::Resource;

    #[test]
    fn principals() {
        for (effect, element, hit) in [
            ("Allow", "NotPrincipal", true),
            ("Deny", "NotPrincipal", false),
            ("Allow", "Principal", false),
        ] {
            let members = format!(
                r#""Effect":"{effect}","{element}":{{"AWS":"123456789012"}},"Action":"*","Resource":"*""#
            );
            let hits: &[&str] = if hit { &["warning {\"AWS\":\"123456789012\"}"] } else { &[] };
            check(&RULE, Resource, &members, hits);
        }
    }
}
