//! A set operator on a key that has one value.
//!
//! `ForAnyValue` changes nothing there, except that `IfExists` and `Not…` lose their meaning for
//! requests without the key. `ForAllValues` holds for requests without the key: with `Allow`, that
//! opens the statement to them.
//!
//! Source: user guide, "Single-valued vs. multivalued context keys"; "IAM Access Analyzer policy check
//! reference", "ForAllValues with single valued key", "ForAnyValue with single valued key".

use super::Rule;
use super::subject::Subject;
use crate::catalog;
use crate::diagnostic::{Diagnostic, Severity};
use crate::operator::{Comparison, Quantifier};

pub(super) const RULE: Rule = Rule {
    code: "set-operator-on-single",
    summary: "ForAllValues or ForAnyValue on a key that has one value",
    source: "IAM Access Analyzer policy check reference: ForAllValues with single valued key, \
             ForAnyValue with single valued key",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for statement in &subject.statements {
        for condition in &statement.statement.conditions {
            let key = &*condition.key.value;
            let quantifier = condition.operator.quantifier;
            if quantifier == Quantifier::Single
                || condition.operator.comparison == Comparison::Null
                || catalog::condition_key(key).is_none_or(|kind| kind.multivalued)
            {
                continue;
            }
            let opens = quantifier == Quantifier::ForAllValues
                && statement.allows()
                && !statement.demands(key);
            let operator = &condition.operator_name.value;
            let (severity, so) = if opens {
                (Severity::Warning, "; requests without it are allowed as well")
            } else {
                (Severity::Note, "")
            };
            let message =
                format!("`{key}` has one value, and `{operator}` is for keys with several{so}");
            let finding = Diagnostic::warning(RULE.code, condition.operator_name.span, message);
            let plain = operator.split_once(':').map_or(&**operator, |(_, plain)| plain);
            found.push(Diagnostic { severity, ..finding }.help(format!("write `{plain}`")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::RULE;
    use crate::PolicyKind::Identity;

    #[test]
    fn conditions() {
        for (effect, operator, key, expected) in [
            ("Allow", "ForAllValues:StringEquals", "aws:username", Some("warning")),
            ("Deny", "ForAllValues:StringEquals", "aws:username", Some("note")),
            ("Allow", "ForAnyValue:StringLike", "aws:PrincipalTag/a", Some("note")),
            ("Allow", "ForAllValues:StringEquals", "aws:TagKeys", None),
            ("Allow", "ForAnyValue:StringEquals", "aws:PrincipalOrgPaths", None),
            ("Allow", "ForAnyValue:StringEquals", "nosuch:key", None),
            ("Allow", "StringEquals", "aws:username", None),
        ] {
            let members = format!(
                r#""Effect":"{effect}","Action":"*","Resource":"*","Condition":{{"{operator}":{{"{key}":"x"}}}}"#
            );
            let expected = expected.map(|severity| format!("{severity} \"{operator}\""));
            check(&RULE, Identity, &members, expected.as_deref().as_slice());
        }
    }
}
