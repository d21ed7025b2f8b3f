//! Numbers, addresses, ARNs and bytes in conditions: values that IAM does not store if it cannot read them.
//!
//! Recorded from AWS by radkawar/stackd (`PutUserPolicy` and `AssumeRole` in testdata/aws/iam,
//! condition_values.json and condition_ip.json). IAM's text is not in the record: that it is the one for
//! dates is unverified. What the record does not have is stored: ARNs with wildcards, and values with
//! `${`. `Bool` and `Null` take every text.

use super::{LEGACY_PARSING, Malformed};
use crate::json::{Node, Value};
use crate::kind::PolicyKind;
use crate::operator::{Comparison, Operator};
use crate::value::binary;
use crate::value::decimal::Decimal;
use crate::value::ip::Network;
use names::ArnParts;

/// Refuses what operators of a statement in a policy of `kind` cannot read. STS looks into the bytes
/// of a session's policy alone.
pub(super) fn check(statement: &Node, kind: PolicyKind) -> Result<(), Malformed> {
    let Some(block) = statement.get("Condition") else { return Ok(()) };
    for line in block.members() {
        let Some(operator) = Operator::parse(&line.key) else { continue };
        if kind == PolicyKind::Session && operator.comparison != Comparison::BinaryEquals {
            continue;
        }
        let values = line.value.members().iter().flat_map(|member| member.value.one_or_many());
        for node in values {
            if let Some(hint) = unreadable(operator.comparison, text(&node.value)) {
                return Err(Malformed::new(LEGACY_PARSING, node.span, hint));
            }
        }
    }
    Ok(())
}

/// The text of a string or number. Other values pass: what IAM says to them is not known.
fn text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) | Value::Number(text) => Some(text),
        _ => None,
    }
}

fn unreadable(comparison: Comparison, text: Option<&str>) -> Option<&'static str> {
    let text = text.filter(|text| !text.contains("${"))?;
    let (reads, hint) = match comparison {
        Comparison::Numeric(_) => (Decimal::parse(text).is_some(), "not a number"),
        Comparison::IpAddress => (
            Network::parse(text).is_some(),
            "not an address or range: bits behind the prefix of an IPv6 range are zero, and its \
             groups are hexadecimal",
        ),
        Comparison::BinaryEquals => {
            (binary::decode(text).all(|byte| byte.is_some()), "not base64, with its padding")
        }
        Comparison::Arn => {
            (text.contains(['*', '?']) || ArnParts::split(text).is_some(), "not an ARN")
        }
        _ => (true, ""),
    };
    (!reads).then_some(hint)
}
