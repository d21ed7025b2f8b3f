//! Functions of the AWS provider: ARNs put together and taken apart.
//!
//! Source: AWS provider documentation, "Functions".

use std::collections::BTreeMap;

use template::{Node, Text, Value};

use super::{Arguments, Given};
use crate::terraform::Fault;

/// What an ARN consists of, after `arn`.
const PARTS: [&str; 5] = ["partition", "service", "region", "account_id", "resource"];

pub(super) fn call(arguments: &Arguments<'_>) -> Given {
    let (_, name) = arguments.name.strip_prefix("provider::")?.split_once("::")?;
    Some(match name {
        "arn_build" => build(arguments),
        "arn_parse" => parse(arguments),
        "trim_iam_role_path" => trim_path(arguments),
        _ => return None,
    })
}

fn build(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let mut arn = String::from("arn");
    for at in 0..PARTS.len() {
        let part = arguments.need(at)?;
        let text = part.as_text().ok_or_else(|| arguments.wrong("takes strings"))?;
        arn.push(':');
        arn.push_str(text.marked());
    }
    Ok(arguments.text(arn))
}

fn parse(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    if let Some(unknown) = arguments.unknown() {
        return Ok(unknown);
    }
    let arn = arguments.string(0)?;
    let parts: Vec<&str> = arn.splitn(PARTS.len() + 1, ':').collect();
    let [start, parts @ ..] = parts.as_slice() else { return Err(arguments.wrong("takes an ARN")) };
    if *start != "arn" || parts.len() != PARTS.len() {
        return Err(arguments.wrong("takes an ARN"));
    }
    let pair = |(name, part): (&&str, &&str)| {
        (Text::literal(name), arguments.node(Value::Text(Text::literal(part))))
    };
    let entries: BTreeMap<Text, Node> = PARTS.iter().zip(parts).map(pair).collect();
    Ok(arguments.node(Value::Map(entries.into())))
}

/// `arn:aws:iam::123456789012:role/path/name` without the path.
fn trim_path(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    if let Some(unknown) = arguments.unknown() {
        return Ok(unknown);
    }
    let arn = arguments.string(0)?;
    let (before, name) = match (arn.split_once(":role/"), arn.rsplit_once('/')) {
        (Some((before, _)), Some((_, name))) => (before, name),
        _ => return Err(arguments.wrong("takes the ARN of a role")),
    };
    Ok(arguments.node(Value::Text(Text::literal(&format!("{before}:role/{name}")))))
}
