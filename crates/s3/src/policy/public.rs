//! Whether a policy makes its bucket public (user guide, "Blocking public access to your Amazon S3 storage", "The
//! meaning of \"public\"").
//!
//! A policy counts as public until all that it allows is allowed to fixed principals, or under a condition that
//! holds one of certain keys against fixed values.

use iam::policy::{ConditionElement, Effect, Statement};
use iam::{Policy, PolicyKind};

/// Keys that, held against fixed values, make a statement not public, in lower case.
const FIXING_KEYS: [&str; 14] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "aws:username",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

/// The shortest network that is not as good as everybody.
const MIN_PREFIX_IPV4: u8 = 8;
const MIN_PREFIX_IPV6: u8 = 32;

/// Whether the policy grants anything to everybody.
#[must_use]
pub fn is_public(text: &str) -> bool {
    match Policy::parse(text.as_bytes(), PolicyKind::Resource) {
        Ok(policy) => policy.statements().iter().any(is_public_statement),
        Err(_) => false,
    }
}

fn is_public_statement(statement: &Statement) -> bool {
    let Some(principal) = &statement.principal else { return false };
    let names_everyone = principal.everyone.is_some()
        || principal.negated
        || principal
            .entries
            .iter()
            .filter(|entry| matches!(&*entry.kind.value, "AWS" | "CanonicalUser" | "Federated"))
            .flat_map(|entry| &entry.values)
            .any(|value| value.value.contains('*'));
    statement.effect.value == Effect::Allow
        && names_everyone
        && !statement.conditions.iter().any(is_fixing)
}

/// Whether a condition lets only fixed callers through.
fn is_fixing(condition: &ConditionElement) -> bool {
    let operator = condition.operator_name.value.to_ascii_lowercase();
    let key = condition.key.value.to_ascii_lowercase();
    let is_weak = operator.ends_with("ifexists") || operator.starts_with("forallvalues:");
    let operator = operator.rsplit(':').next().unwrap_or_default().to_owned();
    let fixed = |value: &str| !value.contains(['*', '?', '$']);
    let values = || condition.values.iter().map(|value| &*value.value);
    if is_weak || condition.values.is_empty() {
        return false;
    }
    match operator.as_str() {
        "ipaddress" => key == "aws:sourceip" && values().all(is_narrow),
        "stringequals" | "stringequalsignorecase" | "stringlike" | "arnequals" | "arnlike" => {
            let is_account_fixed = |value: &str| {
                // A pattern of ARNs is fixed if its account is.
                key != "aws:userid"
                    && value.split(':').nth(4).is_some_and(|account| {
                        account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())
                    })
            };
            FIXING_KEYS.contains(&key.as_str())
                && values().all(|value| fixed(value) || is_account_fixed(value))
        }
        _ => false,
    }
}

fn is_narrow(network: &str) -> bool {
    let (address, prefix) = network.split_once('/').unwrap_or((network, ""));
    match (address.parse::<std::net::IpAddr>(), prefix.parse::<u8>()) {
        (Ok(_), Err(_)) => prefix.is_empty(),
        (Ok(address), Ok(prefix)) => {
            prefix >= if address.is_ipv4() { MIN_PREFIX_IPV4 } else { MIN_PREFIX_IPV6 }
        }
        (Err(_), _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(rest: &str) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*",{rest}}}]}}"#
        )
    }

    #[test]
    fn what_is_public() {
        let condition = |operator: &str, key: &str, value: &str| {
            format!(
                r#""Effect":"Allow","Principal":"*","Condition":{{"{operator}":{{"{key}":"{value}"}}}}"#
            )
        };
        let cases = [
            (r#""Effect":"Allow","Principal":"*""#.to_owned(), true),
            (r#""Effect":"Allow","Principal":{"AWS":"*"}"#.to_owned(), true),
            (r#""Effect":"Deny","Principal":"*""#.to_owned(), false),
            (r#""Effect":"Allow","Principal":{"AWS":"123456789012"}"#.to_owned(), false),
            (
                r#""Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"}"#.to_owned(),
                false,
            ),
            (condition("StringEquals", "aws:SourceVpce", "vpce-1"), false),
            (condition("StringEqualsIfExists", "aws:SourceVpce", "vpce-1"), true),
            (condition("StringLike", "aws:SourceVpc", "vpc-*"), true),
            (condition("StringNotEquals", "aws:SourceVpce", "vpce-1"), true),
            (condition("ArnLike", "aws:PrincipalArn", "arn:aws:iam::123456789012:role/*"), false),
            (condition("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/x"), true),
            (condition("StringEquals", "aws:PrincipalOrgID", "o-1"), false),
            (condition("IpAddress", "aws:SourceIp", "10.0.0.0/8"), false),
            (condition("IpAddress", "aws:SourceIp", "10.0.0.0/7"), true),
            (condition("IpAddress", "aws:SourceIp", "0.0.0.0/0"), true),
            (condition("Bool", "aws:SecureTransport", "true"), true),
        ];
        for (rest, expected) in cases {
            assert_eq!(is_public(&policy(&rest)), expected, "{rest}");
        }
    }
}
