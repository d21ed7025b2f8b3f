//! A value that its operator cannot read.
//!
//! Identities' policies with such a value are refused by IAM, those of sessions by nobody. There,
//! `"NumericLessThan": {"s3:max-keys": "ten"}` and `"IpAddress": {"aws:SourceIp": "203.0.113.0/33"}` match
//! no request, an ARN that is none lets a `Deny` match every one, and `"Bool": "yes"` is false (see
//! [`crate::condition`]). The same goes for policy variables in operators that do not expand them.
//!
//! Source: user guide, "IAM JSON policy elements: Condition operators"; "IAM Access Analyzer policy
//! check reference", "Invalid variable for operator", "Invalid ARN prefix", "Invalid date value".

use super::Rule;
use super::subject::Subject;
use crate::diagnostic::Diagnostic;
use crate::operator::Comparison;
use crate::pattern::ArnPattern;
use crate::value::binary;
use crate::value::date::Instant;
use crate::value::decimal::Decimal;
use crate::value::ip::Network;

pub(super) const RULE: Rule = Rule {
    code: "unreadable-value",
    summary: "a value that the condition operator cannot read",
    source: "IAM user guide: Condition operators",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let variables = subject.policy.version().has_variables();
    let statements = subject.statements.iter().map(|statement| statement.statement);
    for condition in statements.flat_map(|statement| &statement.conditions) {
        let comparison = condition.operator.comparison;
        for value in &condition.values {
            let text = &*value.value;
            if readable(comparison, text, variables) {
                continue;
            }
            let (what, help) = wanted(comparison);
            let so = match comparison {
                Comparison::Bool | Comparison::Null if !text.contains("${") => {
                    "IAM takes it for \"false\""
                }
                Comparison::Arn => "an `Allow` never matches, and a `Deny` always",
                _ => "no request's value matches it",
            };
            let message = format!("`{text}` is not {what}: {so}");
            let help = match text.contains("${") && comparison != Comparison::Arn {
                true => "policy variables are expanded in text and ARN operators only",
                false => help,
            };
            found.push(Diagnostic::error(RULE.code, value.span, message).help(help));
        }
    }
}

fn readable(comparison: Comparison, text: &str, variables: bool) -> bool {
    match comparison {
        Comparison::StringEquals | Comparison::StringEqualsIgnoreCase | Comparison::StringLike => {
            true
        }
        Comparison::Numeric(_) => Decimal::parse(text).is_some(),
        Comparison::Date(_) => Instant::parse(text).is_some(),
        Comparison::Bool | Comparison::Null => {
            text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
        }
        Comparison::BinaryEquals => binary::decode(text).all(|byte| byte.is_some()),
        Comparison::IpAddress => Network::parse(text).is_some(),
        Comparison::Arn => ArnPattern::in_condition(text, variables).is_some(),
    }
}

fn wanted(comparison: Comparison) -> (&'static str, &'static str) {
    match comparison {
        Comparison::Numeric(_) => ("a number", "write digits, such as \"10\" or \"-0.5\""),
        Comparison::Date(_) => ("a date", "write \"2026-01-31T08:00:00Z\", or seconds since 1970"),
        Comparison::BinaryEquals => ("base64", "write the bytes in base64, such as \"QUJD\""),
        Comparison::IpAddress => (
            "an IP address or range",
            "write \"203.0.113.0/24\", or \"2001:db8::/32\" without further bits",
        ),
        Comparison::Arn => (
            "an ARN",
            "write all six parts, each with wildcards of its own: \"arn:aws:iam::*:role/*\"",
        ),
        _ => ("\"true\" or \"false\"", "write \"true\" or \"false\""),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_allow;
    use super::RULE;

    #[test]
    fn values() {
        for (operator, value, hit) in [
            ("NumericLessThan", "\"ten\"", true),
            ("NumericLessThan", "\"1e3\"", false),
            ("NumericLessThan", "10", false),
            ("NumericLessThan", "\"-0.5\"", false),
            ("DateLessThan", "\"2026-1-1\"", true),
            ("DateLessThan", "\"2026-02-30\"", true),
            ("DateLessThan", "\"2026-02-03T10:00Z\"", false),
            ("Bool", "\"yes\"", true),
            ("Bool", "true", false),
            ("Bool", "\"False\"", false),
            ("Null", "\"0\"", true),
            ("Null", "\"true\"", false),
            ("BinaryEquals", "\"a_b\"", true),
            ("BinaryEquals", "\"QQ\"", true),
            ("BinaryEquals", "\"QUJD\"", false),
            ("IpAddress", "\"203.0.113.0/33\"", true),
            ("NotIpAddress", "\"203.0.113\"", true),
            ("IpAddress", "\"${aws:SourceIp}\"", true),
            ("IpAddress", "\"2001:db8::/32\"", false),
            ("IpAddress", "\"2001:db8::1/32\"", true),
            ("ArnLike", "\"*\"", true),
            ("ArnEquals", "\"arn:aws:iam:*:role/a\"", true),
            ("ArnLike", "\"arn:aws:iam::${aws:PrincipalAccount}:role/*\"", false),
            ("StringEquals", "\"anything\"", false),
        ] {
            let members = format!(
                r#""Action":"*","Resource":"*","Condition":{{"{operator}":{{"k:k":{value}}}}}"#
            );
            let expected = format!("error {value}");
            check_allow(&RULE, &members, &[&*expected][..usize::from(hit)]);
        }
    }
}
