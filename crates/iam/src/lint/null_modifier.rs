//! `Null` with `IfExists` or a set operator.
//!
//! `Null` itself asks whether a key is there: "if it exists" takes the question back, and the number
//! of values does not matter.
//!
//! Source: user guide, "IAM Access Analyzer policy check reference", "Null with if exists"; "Condition
//! operators", "You can add IfExists to the end of any condition operator name except the Null".

use super::Rule;
use super::subject::Subject;
use crate::diagnostic::Diagnostic;
use crate::operator::{Comparison, Quantifier};

pub(super) const RULE: Rule = Rule {
    code: "null-modifier",
    summary: "Null with IfExists or a set operator",
    source: "IAM Access Analyzer policy check reference: Null with if exists",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let statements = subject.statements.iter().map(|statement| statement.statement);
    for condition in statements.flat_map(|statement| &statement.conditions) {
        let operator = condition.operator;
        let plain = operator.quantifier == Quantifier::Single && !operator.if_exists;
        if operator.comparison == Comparison::Null && !plain {
            let message = format!("`{}` says no more than `Null`", condition.operator_name.value);
            found.push(
                Diagnostic::warning(RULE.code, condition.operator_name.span, message)
                    .help("write `Null`: it asks whether the key is there at all"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_allow;
    use super::RULE;

    #[test]
    fn operators() {
        for (operator, hit) in [
            ("NullIfExists", true),
            ("ForAnyValue:Null", true),
            ("ForAllValues:NullIfExists", true),
            ("Null", false),
            ("BoolIfExists", false),
        ] {
            let members = format!(
                r#""Action":"*","Resource":"*","Condition":{{"{operator}":{{"aws:TagKeys":"true"}}}}"#
            );
            let expected = format!("warning \"{operator}\"");
            check_allow(&RULE, &members, &[&*expected][..usize::from(hit)]);
        }
    }
}
