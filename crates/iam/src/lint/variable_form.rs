//! A policy variable that is not written as variables are.
//!
//! `${aws:username` has no closing brace and is plain text; `${ aws:username }` and `${}` are keys
//! that no request carries; a default value stands in single quotes: `${aws:username, 'nobody'}`.
//!
//! Source: user guide, "IAM policy elements: Variables and tags"; "IAM Access Analyzer policy check
//! reference", "Missing brace in variable", "Missing quote in variable", "Unsupported space in
//! variable", "Empty variable".

use super::Rule;
use super::subject::Subject;
use super::variable::{Variable, expanded, variables};
use crate::diagnostic::Diagnostic;

pub(super) const RULE: Rule = Rule {
    code: "variable-form",
    summary: "a policy variable that is not written as variables are",
    source: "IAM Access Analyzer policy check reference: Missing brace in variable, Missing quote in \
             variable, Unsupported space in variable, Empty variable",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !subject.policy.version().has_variables() {
        return;
    }
    for text in expanded(subject) {
        for variable in variables(&text.value) {
            if let Some((what, help)) = mistake(variable) {
                found.push(Diagnostic::error(RULE.code, text.span, what).help(help));
            }
        }
    }
}

fn mistake(variable: Variable<'_>) -> Option<(String, &'static str)> {
    let Variable::Body(body) = variable else {
        return Some((
            "a policy variable is not closed, and so is plain text".to_owned(),
            "write `}` behind it, or `${$}` for a dollar sign",
        ));
    };
    let (key, default) =
        body.split_once(',').map_or((body, None), |(key, default)| (key, Some(default)));
    if key.is_empty() {
        return Some((
            format!("the policy variable `${{{body}}}` names no key"),
            "write a key, such as `${aws:username}`",
        ));
    }
    if key.contains(char::is_whitespace) {
        return Some((
            format!("the policy variable `${{{body}}}` has a space in its key, which none has"),
            "write it without: `${aws:username}`",
        ));
    }
    let default = default?.trim();
    let quoted = default.len() >= 2 && default.starts_with('\'') && default.ends_with('\'');
    let unquoted = (
        format!("the default value of the policy variable `${{{body}}}` is not in quotes"),
        "write it in single quotes: `${aws:username, 'nobody'}`",
    );
    (!quoted).then_some(unquoted)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_allow};
    use super::RULE;
    use crate::PolicyKind::Identity;

    #[test]
    fn forms() {
        for (value, hits) in [
            ("a${aws:username", 1),
            ("${ aws:username }", 1),
            ("${}", 1),
            ("${aws:username, nobody}", 1),
            ("${aws:username, 'nobody}", 1),
            ("${}${ }", 2),
            ("${aws:username}", 0),
            ("${aws:username, 'no body'}", 0),
            ("${aws:username,''}", 0),
            ("${*}$", 0),
        ] {
            let text = format!("\"{value}\"");
            let expected = vec![format!("error {text}"); hits];
            let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
            let members = format!(
                r#""Action":"*","Resource":"*","Condition":{{"StringLike":{{"k:k":{text}}}}}"#
            );
            check_allow(&RULE, &members, &expected);
            let old = format!(r#"{{"Statement":{{"Effect":"Allow",{members}}}}}"#);
            check(&RULE, Identity, &old, &[]);
            check_allow(&RULE, &members.replace("StringLike", "Bool"), &[]);
        }
    }
}
