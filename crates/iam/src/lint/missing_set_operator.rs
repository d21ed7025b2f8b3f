//! A plain operator on a key that can have several values.
//!
//! AWS says that such a key "requires a condition set operator": a plain one holds for no list of
//! values, be it of one (`crate::condition`).
//!
//! Source: user guide, "Single-valued vs. multivalued context keys"; "IAM Access Analyzer policy check
//! reference", "Missing qualifier".

use super::Rule;
use super::subject::Subject;
use crate::catalog;
use crate::diagnostic::Diagnostic;
use crate::operator::{Comparison, Quantifier};

pub(super) const RULE: Rule = Rule {
    code: "missing-set-operator",
    summary: "a plain operator on a key that can have several values",
    source: "IAM Access Analyzer policy check reference: Missing qualifier",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for statement in &subject.statements {
        for condition in &statement.statement.conditions {
            let key = &*condition.key.value;
            if condition.operator.quantifier != Quantifier::Single
                || condition.operator.comparison == Comparison::Null
                || !catalog::condition_key(key).is_some_and(|kind| kind.multivalued)
            {
                continue;
            }
            let operator = &condition.operator_name.value;
            let message =
                format!("`{key}` can have several values, and `{operator}` is for keys with one");
            found.push(
                Diagnostic::warning(RULE.code, condition.operator_name.span, message)
                    .help(format!("write `ForAnyValue:{operator}` or `ForAllValues:{operator}`")),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_allow;
    use super::RULE;

    #[test]
    fn conditions() {
        for (operator, key, hit) in [
            ("StringEquals", "aws:TagKeys", true),
            ("StringNotLikeIfExists", "aws:PrincipalOrgPaths", true),
            ("ForAnyValue:StringEquals", "aws:TagKeys", false),
            ("Null", "aws:TagKeys", false),
            ("StringEquals", "aws:username", false),
        ] {
            let members = format!(
                r#""Action":"*","Resource":"*","Condition":{{"{operator}":{{"{key}":"true"}}}}"#
            );
            let expected = format!("warning \"{operator}\"");
            check_allow(&RULE, &members, &[&*expected][..usize::from(hit)]);
        }
    }
}
