//! A policy variable for a key that has no value, or several.
//!
//! A variable without a value makes its text match nothing. That is so for misspelled keys, for what
//! a template left behind (`${AWS::AccountId}`, `${var.bucket}`), and for keys with several values:
//! only those with one can be used.
//!
//! Source: user guide, "IAM policy elements: Variables and tags", "Policy variables with no value" and
//! "Tags as policy variables".

use super::Rule;
use super::condition_key::{is_known, meant};
use super::patience::Patience;
use super::subject::Subject;
use super::variable::{Variable, expanded, key, variables};
use crate::catalog;
use crate::diagnostic::Diagnostic;

pub(super) const RULE: Rule = Rule {
    code: "unknown-variable",
    summary: "a policy variable for a key that no request carries with one value",
    source: "IAM user guide: Variables and tags",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !subject.policy.version().has_variables() {
        return;
    }
    let mut patience = Patience::default();
    for text in expanded(subject) {
        for variable in variables(&text.value) {
            let Variable::Body(body) = variable else { continue };
            let key = key(body);
            // What is written wrongly is another rule's.
            if key.is_empty() || key.contains(char::is_whitespace) {
                continue;
            }
            let Some((message, help)) = judge(key, &mut patience) else { continue };
            let finding = Diagnostic::warning(RULE.code, text.span, message);
            found.push(match help {
                Some(help) => finding.help(help),
                None => finding,
            });
        }
    }
}

fn judge(key: &str, patience: &mut Patience) -> Option<(String, Option<String>)> {
    let template = key.starts_with("AWS::") || !key.contains(':');
    if template && (key.contains("::") || key.contains('.')) {
        let message = format!("`${{{key}}}` is what a template left behind: IAM has no such key");
        return Some((
            message,
            Some("render the template (CloudFormation: `Fn::Sub`) first".to_owned()),
        ));
    }
    if !is_known(key) {
        let message = format!("no request carries a key `{key}`: the text matches nothing");
        let help = patience
            .lasts()
            .then(|| meant(key))
            .flatten()
            .map(|meant| format!("did you mean `${{{meant}}}`?"));
        return Some((message, help));
    }
    let several = catalog::condition_key(key).is_some_and(|kind| kind.multivalued);
    let message = || {
        format!(
            "`{key}` can have several values, and variables are for keys with one: the text matches nothing"
        )
    };
    several.then(|| (message(), None))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_allow;
    use super::RULE;

    #[test]
    fn keys() {
        for (variable, hit) in [
            ("${aws:usrname}", true),
            ("${username}", true),
            ("${aws:TagKeys}", true),
            ("${AWS::AccountId}", true),
            ("${var.bucket}", true),
            ("${aws:username}", false),
            ("${AWS:USERNAME, 'x'}", false),
            ("${aws:PrincipalTag/team}", false),
            ("${token.example.com:sub}", false),
            ("${ aws:username }", false),
            ("${*}", false),
        ] {
            let text = format!("\"arn:aws:s3:::b/{variable}\"");
            let expected = format!("warning {text}");
            let members = format!(r#""Action":"*","Resource":{text}"#);
            check_allow(&RULE, &members, &[&*expected][..usize::from(hit)]);
        }
    }
}
