//! A wildcard in a value that is compared letter by letter.
//!
//! `StringEquals` knows no wildcards: `"aws:PrincipalArn": "arn:aws:iam::*:role/admin"` equals only a
//! text with an asterisk in it, which no ARN has.
//!
//! Source: user guide, "IAM Access Analyzer policy check reference", "Wildcard without like operator".

use super::Rule;
use super::subject::Subject;
use crate::diagnostic::Diagnostic;
use crate::operator::Comparison;

pub(super) const RULE: Rule = Rule {
    code: "wildcard-in-equals",
    summary: "a wildcard in a value that is compared letter by letter",
    source: "IAM Access Analyzer policy check reference: Wildcard without like operator",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let statements = subject.statements.iter().map(|statement| statement.statement);
    for condition in statements.flat_map(|statement| &statement.conditions) {
        let like = match (condition.operator.comparison, condition.operator.negated) {
            (Comparison::StringEquals, false) => "StringLike",
            (Comparison::StringEquals, true) => "StringNotLike",
            _ => continue,
        };
        for value in condition.values.iter().filter(|value| has_wildcard(&value.value)) {
            let operator = &condition.operator_name.value;
            let message = format!(
                "`{operator}` knows no wildcards: it compares `{}` letter by letter",
                value.value
            );
            found.push(
                Diagnostic::warning(RULE.code, value.span, message)
                    .help(format!("write `{}`", operator.replace(base(operator), like))),
            );
        }
    }
}

/// The operator's name without prefix and suffix.
fn base(operator: &str) -> &str {
    let name = operator.rsplit(':').next().unwrap_or(operator);
    name.strip_suffix("IfExists").unwrap_or(name)
}

/// `${*}` and `${?}` are the letters themselves, written on purpose.
fn has_wildcard(text: &str) -> bool {
    text.replace("${*}", "").replace("${?}", "").contains(['*', '?'])
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_allow;
    use super::RULE;

    #[test]
    fn values() {
        for (operator, value, hit) in [
            ("StringEquals", "home/*", true),
            ("ForAllValues:StringNotEqualsIfExists", "a?", true),
            ("StringEquals", "a${*}b", false),
            ("StringEquals", "plain", false),
            ("StringLike", "home/*", false),
            ("StringEqualsIgnoreCase", "home/*", false),
        ] {
            let members = format!(
                r#""Action":"*","Resource":"*","Condition":{{"{operator}":{{"k:k":"{value}"}}}}"#
            );
            let expected = format!("warning \"{value}\"");
            check_allow(&RULE, &members, &[&*expected][..usize::from(hit)]);
        }
    }
}
