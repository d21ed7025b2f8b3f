//! An operator for values of another type than the key's.
//!
//! `StringEquals` on `aws:SourceIp` compares letters, so that a range such as `203.0.113.0/24` never
//! matches an address; `NumericLessThan` on text matches nothing. Text operators on ARNs are fine:
//! AWS documents both for many keys.
//!
//! Source: user guide, "IAM Access Analyzer policy check reference", "Type mismatch" and "Type
//! mismatch IP range"; "IAM JSON policy elements: Condition operators".

use super::Rule;
use super::subject::Subject;
use crate::catalog::{self, KeyType, ValueType};
use crate::diagnostic::Diagnostic;
use crate::operator::Comparison;

pub(super) const RULE: Rule = Rule {
    code: "operator-type",
    summary: "a condition operator for values of another type than the key's",
    source: "IAM Access Analyzer policy check reference: Type mismatch",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let statements = subject.statements.iter().map(|statement| statement.statement);
    for condition in statements.flat_map(|statement| &statement.conditions) {
        let key = &*condition.key.value;
        let Some(kind) = catalog::condition_key(key) else { continue };
        let arns_in_free_text = condition.operator.comparison == Comparison::Arn
            && is_free(key)
            && condition.values.iter().all(|value| value.value.starts_with("arn:"));
        if fits(condition.operator.comparison, kind) || arns_in_free_text {
            continue;
        }
        let operator = &condition.operator_name.value;
        let message = format!(
            "`{operator}` compares {}, and the values of `{key}` are {}",
            compared(condition.operator.comparison),
            plural(kind.value)
        );
        found.push(
            Diagnostic::warning(RULE.code, condition.operator_name.span, message).help(format!(
                "for {}, use {}",
                plural(kind.value),
                operators(kind.value)
            )),
        );
    }
}

/// Tags and encryption contexts hold what people put there, ARNs as well: AWS's own managed policies
/// compare them with `ArnLike`.
fn is_free(key: &str) -> bool {
    key.contains('/') || key.to_ascii_lowercase().starts_with("kms:encryptioncontext:")
}

fn fits(comparison: Comparison, kind: KeyType) -> bool {
    match comparison {
        Comparison::Null => true,
        Comparison::StringEquals | Comparison::StringEqualsIgnoreCase | Comparison::StringLike => {
            kind.is(ValueType::String) || kind.is(ValueType::Arn)
        }
        Comparison::Numeric(_) => kind.is(ValueType::Numeric),
        Comparison::Date(_) => kind.is(ValueType::Date),
        Comparison::Bool => kind.is(ValueType::Bool),
        Comparison::BinaryEquals => kind.is(ValueType::Binary),
        Comparison::IpAddress => kind.is(ValueType::IpAddress),
        Comparison::Arn => kind.is(ValueType::Arn),
    }
}

fn compared(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Numeric(_) => "numbers",
        Comparison::Date(_) => "dates",
        Comparison::Bool => "booleans",
        Comparison::BinaryEquals => "binary values",
        Comparison::IpAddress => "IP addresses",
        Comparison::Arn => "ARNs",
        _ => "strings",
    }
}

fn plural(value: ValueType) -> &'static str {
    match value {
        ValueType::String => "strings",
        ValueType::Numeric => "numbers",
        ValueType::Date => "dates",
        ValueType::Bool => "booleans",
        ValueType::Arn => "ARNs",
        ValueType::IpAddress => "IP addresses",
        ValueType::Binary => "binary values",
    }
}

fn operators(value: ValueType) -> &'static str {
    match value {
        ValueType::String => "`StringEquals` or `StringLike`",
        ValueType::Numeric => "`NumericEquals`, `NumericLessThan` and the like",
        ValueType::Date => "`DateLessThan`, `DateGreaterThan` and the like",
        ValueType::Bool => "`Bool`",
        ValueType::Arn => "`ArnLike`",
        ValueType::IpAddress => "`IpAddress` or `NotIpAddress`",
        ValueType::Binary => "`BinaryEquals`",
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_allow;
    use super::RULE;

    #[test]
    fn arns_in_free_text() {
        for (key, value, hit) in [
            ("kms:EncryptionContext:aws:s3:arn", "arn:aws:s3:::b", false),
            ("aws:RequestTag/owner", "arn:aws:iam::*:role/a", false),
            ("aws:RequestTag/owner", "me", true),
            ("aws:username", "arn:aws:iam::*:user/a", true),
        ] {
            let members = format!(
                r#""Action":"*","Resource":"*","Condition":{{"ArnLike":{{"{key}":"{value}"}}}}"#
            );
            check_allow(&RULE, &members, &["warning \"ArnLike\""][..usize::from(hit)]);
        }
    }

    #[test]
    fn operators_and_keys() {
        for (operator, key, hit) in [
            ("StringEquals", "aws:SourceIp", true),
            ("ForAnyValue:StringLikeIfExists", "aws:SourceIp", true),
            ("NumericLessThan", "aws:PrincipalAccount", true),
            ("ArnLike", "aws:username", true),
            ("StringEquals", "aws:SecureTransport", true),
            ("Bool", "aws:username", true),
            ("IpAddress", "aws:SourceVpc", true),
            ("DateLessThan", "s3:max-keys", true),
            ("NumericLessThan", "aws:CurrentTime", true),
            ("BinaryEquals", "aws:username", true),
            ("IpAddress", "aws:SourceIp", false),
            ("NotIpAddressIfExists", "aws:VpcSourceIp", false),
            ("StringEquals", "ec2:Vpc", false),
            ("ArnEquals", "ec2:vpc", false),
            ("Bool", "aws:securetransport", false),
            ("NumericLessThan", "aws:EpochTime", false),
            ("DateLessThan", "aws:EpochTime", false),
            ("Null", "aws:SourceIp", false),
            ("StringEquals", "nosuch:key", false),
        ] {
            let members = format!(
                r#""Action":"*","Resource":"*","Condition":{{"{operator}":{{"{key}":"1"}}}}"#
            );
            let expected = format!("warning \"{operator}\"");
            check_allow(&RULE, &members, &[&*expected][..usize::from(hit)]);
        }
    }
}
