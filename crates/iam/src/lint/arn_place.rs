//! A partition, region or account that cannot be one.
//!
//! `arn:aws:ec2:REGION:ACCOUNTID:instance/*` is what a template looks like before its blanks are
//! filled in; `arn:aws:iam::1234:role/a` lost digits. IAM stores both, and they match nothing.
//!
//! Each text is mentioned once, at its first place.
//!
//! Source: user guide, "IAM Access Analyzer policy check reference", "Invalid partition", "Invalid ARN
//! Region" and "Invalid ARN account".

use std::collections::BTreeMap;

use names::{AccountId, ArnParts};

use super::Rule;
use super::subject::Subject;
use crate::accept::PARTITIONS;
use crate::catalog::{self, ValueType};
use crate::diagnostic::Diagnostic;
use crate::span::{Span, Spanned};

pub(super) const RULE: Rule = Rule {
    code: "arn-place",
    summary: "a partition, region or account in an ARN that cannot be one",
    source: "IAM Access Analyzer policy check reference: Invalid partition, Invalid ARN Region, \
             Invalid ARN account",
    check,
};

/// Accounts of ARNs that are not 12 digits: what AWS itself owns.
const AWS_OWNED: [&str; 3] = ["aws", "aws-marketplace", "cloudfront"];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut wrong: BTreeMap<(&str, &str), (Span, usize)> = BTreeMap::new();
    for arn in arns(subject) {
        let Some(parts) = ArnParts::split(&arn.value) else { continue };
        for (what, part, good) in [
            ("partition", parts.partition, is_partition(parts.partition)),
            ("region", parts.region, is_region(parts.region)),
            ("account", parts.account, is_account(parts.account)),
        ] {
            if !good && !part.contains(['*', '?', '$']) {
                wrong.entry((what, part)).or_insert((arn.span, 0)).1 += 1;
            }
        }
    }
    found.extend(wrong.into_iter().map(|((what, part), (span, count))| {
        let more = match count - 1 {
            0 => String::new(),
            1 => " (and once more below)".to_owned(),
            more => format!(" (and {more} times more below)"),
        };
        let message = format!("`{part}` is not {} in an ARN{more}", article(what));
        Diagnostic::warning(RULE.code, span, message).help(match what {
            "partition" => "the usual partition is `aws`; China's is `aws-cn`",
            "region" => "write a region such as `us-west-2`, or `*`; some ARNs have none",
            _ => "write the account's 12 digits, or `*`; some ARNs have none",
        })
    }));
}

/// The policy's resources, and the values of conditions on keys that hold ARNs.
fn arns<'s>(subject: &'s Subject<'_>) -> impl Iterator<Item = &'s Spanned<Box<str>>> {
    subject.statements.iter().flat_map(|facts| {
        let resources = facts.resources.iter().map(|resource| resource.text);
        let conditions = facts.statement.conditions.iter().filter(|condition| {
            catalog::condition_key(&condition.key.value).is_some_and(|kind| kind.is(ValueType::Arn))
        });
        resources.chain(conditions.flat_map(|condition| &condition.values))
    })
}

fn article(what: &str) -> String {
    if what == "account" { format!("an {what}") } else { format!("a {what}") }
}

fn is_partition(text: &str) -> bool {
    PARTITIONS.contains(&text)
}

/// Letters in at least two words, and a number: `us-gov-west-1`. The list of regions grows, their
/// form does not change.
fn is_region(text: &str) -> bool {
    let mut words = text.rsplit('-');
    let number = words.next().unwrap_or_default();
    let letters =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    text.is_empty() || (digits && words.clone().count() >= 2 && words.all(letters))
}

fn is_account(text: &str) -> bool {
    text.is_empty() || AWS_OWNED.contains(&text) || text.parse::<AccountId>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_allow};
    use super::RULE;
    use crate::PolicyKind;

    #[test]
    fn parts() {
        for (resource, hits) in [
            ("arn:aws:ec2:REGION:ACCOUNTID:instance/*", 2),
            ("arn:aws:ec2:us-east:123456789012:instance/*", 1),
            ("arn:aws:iam::1234:role/a", 1),
            ("arn:aws:iam::1234-5678-9012:role/a", 1),
            ("arn:aws:ec2:us-gov-west-1:123456789012:instance/*", 0),
            ("arn:aws:ec2:us-*:*:instance/*", 0),
            ("arn:aws:iam::aws:policy/ReadOnlyAccess", 0),
            ("arn:aws:s3:::b", 0),
            ("*", 0),
        ] {
            let expected = format!("warning \"{resource}\"");
            let members = format!(r#""Action":"*","Resource":"{resource}""#);
            check_allow(&RULE, &members, &vec![expected.as_str(); hits]);
        }
    }

    #[test]
    fn other_places_and_repetitions() {
        let twice = r#""Action":"*","Resource":["arn:aws:sqs:us-east-1:ID:a","arn:aws:sqs:us-east-1:ID:b"]"#;
        check_allow(&RULE, twice, &["warning \"arn:aws:sqs:us-east-1:ID:a\""]);
        let condition = r#""Action":"*","Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:sns:us-east-1:ID:t"},"StringEquals":{"aws:PrincipalTag/a":"arn:aws:sns:us-east-1:ID:t"}}"#;
        check_allow(&RULE, condition, &["warning \"arn:aws:sns:us-east-1:ID:t\""]);
        let partition =
            r#""Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:amazon:s3:::b""#;
        check(&RULE, PolicyKind::Resource, partition, &["warning \"arn:amazon:s3:::b\""]);
    }
}
