//! `ForAllValues` with `Allow`, for requests that do not carry the key.
//!
//! `ForAllValues` asks that each value of the request be among the policy's: of no values, that is
//! true. A statement that allows something for certain values only also allows it to requests without
//! the key, unless a second line demands the key: `"Null": {"aws:TagKeys": "false"}`.
//!
//! For `aws:TagKeys` this is a note: that a request without tags passes is often meant.
//!
//! Source: user guide, "Set operators for multivalued context keys"; "IAM Access Analyzer policy check
//! reference", "ForAllValues with single valued key".

use super::Rule;
use super::subject::Subject;
use crate::catalog;
use crate::diagnostic::{Diagnostic, Severity};
use crate::operator::Quantifier;

pub(super) const RULE: Rule = Rule {
    code: "for-all-values",
    summary: "ForAllValues with Allow, which holds for requests without the key",
    source: "IAM user guide: Set operators for multivalued context keys",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for statement in subject.statements.iter().filter(|statement| statement.allows()) {
        for condition in &statement.statement.conditions {
            let key = &*condition.key.value;
            let single = catalog::condition_key(key).is_some_and(|kind| !kind.multivalued);
            if condition.operator.quantifier != Quantifier::ForAllValues
                || single
                || statement.demands(key)
            {
                continue;
            }
            let tags = key.eq_ignore_ascii_case("aws:TagKeys");
            let severity = if tags { Severity::Note } else { Severity::Warning };
            let message = format!(
                "`{}` also holds for requests without `{key}`, which this statement so allows",
                condition.operator_name.value
            );
            let finding = Diagnostic::warning(RULE.code, condition.operator_name.span, message);
            found.push(
                Diagnostic { severity, ..finding }
                    .help(format!("add \"Null\": {{\"{key}\": \"false\"}} unless that is meant")),
            );
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
        let calls = r#""ForAllValues:StringEquals":{"aws:CalledVia":"athena.amazonaws.com"}"#;
        let operator = "\"ForAllValues:StringEquals\"";
        for (effect, condition, expected) in [
            ("Allow", calls.to_owned(), vec![format!("warning {operator}")]),
            (
                "Allow",
                r#""ForAllValues:StringEquals":{"aws:TagKeys":["a"]}"#.to_owned(),
                vec![format!("note {operator}")],
            ),
            ("Allow", format!(r#"{calls},"Null":{{"aws:calledvia":"false"}}"#), vec![]),
            ("Deny", calls.to_owned(), vec![]),
            ("Allow", calls.replace("ForAllValues", "ForAnyValue"), vec![]),
            ("Allow", calls.replace("CalledVia", "username"), vec![]),
        ] {
            let members = format!(
                r#""Effect":"{effect}","Action":"*","Resource":"*","Condition":{{{condition}}}"#
            );
            let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
            check(&RULE, Identity, &members, &expected);
        }
    }
}
