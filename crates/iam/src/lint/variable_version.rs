//! A policy variable in a policy of the language's first version.
//!
//! Policies of version 2008-10-17, stated or by default, know no variables: `${aws:username}` is
//! compared letter for letter, and no bucket or user is called that.
//!
//! Source: user guide, "IAM JSON policy elements: Version"; "IAM Access Analyzer policy check
//! reference", "Variable unsupported in version".

use super::Rule;
use super::subject::Subject;
use super::variable::{Variable, expanded, variables};
use crate::diagnostic::Diagnostic;

pub(super) const RULE: Rule = Rule {
    code: "variable-in-2008",
    summary: "a policy variable in a policy of version 2008-10-17",
    source: "IAM Access Analyzer policy check reference: Variable unsupported in version",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if subject.policy.version().has_variables() {
        return;
    }
    for text in expanded(subject) {
        let variables = variables(&text.value);
        let Some(Variable::Body(body)) =
            variables.iter().find(|variable| matches!(variable, Variable::Body(_)))
        else {
            continue;
        };
        let message = format!("`${{{body}}}` is plain text in a policy of version 2008-10-17");
        found.push(
            Diagnostic::error(RULE.code, text.span, message)
                .help("write \"Version\": \"2012-10-17\" at the top"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::RULE;
    use crate::PolicyKind::Identity;

    #[test]
    fn versions() {
        let resource = "arn:aws:s3:::b/${aws:username}/*";
        let statement =
            format!(r#""Statement":{{"Effect":"Allow","Action":"*","Resource":"{resource}"}}"#);
        let hit = format!("error \"{resource}\"");
        for (version, expected) in [
            ("", vec![hit.as_str()]),
            (r#""Version":"2008-10-17","#, vec![hit.as_str()]),
            (r#""Version":"2012-10-17","#, vec![]),
        ] {
            check(&RULE, Identity, &format!("{{{version}{statement}}}"), &expected);
        }
        let plain = statement.replace("${aws:username}", "$");
        check(&RULE, Identity, &format!("{{{plain}}}"), &[]);
    }
}
