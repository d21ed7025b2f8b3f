//! JSON, base64 and conversions.

use std::collections::BTreeMap;
use std::sync::Arc;

use template::{Entry, Kind, Node, Syntax, Text, Value, write_json};

use super::{Arguments, Given};
use crate::json;
use crate::terraform::{Fault, MAX_TEXT_BYTES};

pub(super) fn call(arguments: &Arguments<'_>) -> Given {
    Some(match arguments.name {
        "jsonencode" => encode(arguments),
        "jsondecode" => decode(arguments),
        "yamldecode" => decode_yaml(arguments),
        "base64encode" => base64_encode(arguments),
        "base64decode" => base64_decode(arguments),
        "urlencode" => url_encode(arguments),
        "tostring" => convert(arguments, |node| node.as_text().map(Value::Text)),
        "tonumber" => convert(arguments, |node| node.as_number().map(Value::Number)),
        "tobool" => convert(arguments, |node| node.as_bool().map(Value::Bool)),
        "tolist" => to_list(arguments),
        "tomap" => to_map(arguments),
        "sensitive" | "nonsensitive" | "ephemeralasnull" => arguments.need(0).cloned(),
        "list" => Ok(arguments.node(Value::List(arguments.list.to_vec().into()))),
        _ => return None,
    })
}

fn encode(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let node = arguments.need(0)?;
    if let Value::Hole(id) = node.value {
        return Ok(arguments.hole(id));
    }
    let mut out = String::new();
    write_json(node, &mut out);
    if out.len() > MAX_TEXT_BYTES {
        return Err(arguments.wrong("makes a longer text than what is made"));
    }
    Ok(Node { decoded: Some(Arc::new(node.clone())), ..arguments.text(out) })
}

fn decode(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let node = arguments.need(0)?;
    if let Some(decoded) = &node.decoded {
        return Ok((**decoded).clone());
    }
    if let Some(id) = node.as_hole() {
        return Ok(arguments.hole(id));
    }
    let text = node.as_text().ok_or_else(|| arguments.wrong("takes a string"))?;
    match json::parse(text.marked(), None, node.place) {
        Ok(node) => Ok(node),
        // A hole outside of a string may be any JSON.
        Err(flaw) => text
            .holes()
            .next()
            .map(|id| arguments.hole(id))
            .ok_or_else(|| arguments.wrong(&flaw.message)),
    }
}

fn decode_yaml(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    if let Some(unknown) = arguments.unknown() {
        return Ok(unknown);
    }
    let text = arguments.string(0)?;
    let tree = template::read(&text, arguments.place.file)
        .map_err(|problem| arguments.wrong(&problem.message))?;
    plain(&tree, arguments)
}

/// YAML without CloudFormation's functions.
fn plain(tree: &Syntax, arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let value = match &tree.kind {
        Kind::Null => Value::Null,
        Kind::Bool(value) => Value::Bool(*value),
        Kind::Text(text) => Value::Text(Text::literal(text)),
        Kind::Number(text) => match text.parse() {
            Ok(number) => Value::Number(number),
            Err(_) => Value::Text(Text::literal(text)),
        },
        Kind::List(elements) => {
            let nodes = elements.iter().map(|element| plain(element, arguments));
            Value::List(nodes.collect::<Result<Vec<_>, _>>()?.into())
        }
        Kind::Map(entries) => {
            let pair =
                |entry: &Entry| Ok((Text::literal(&entry.key), plain(&entry.value, arguments)?));
            let entries = entries.iter().map(pair);
            Value::Map(entries.collect::<Result<BTreeMap<_, _>, Fault>>()?.into())
        }
        Kind::Call(name, _) => return Err(arguments.wrong(&format!("knows no tag `{name}`"))),
    };
    Ok(arguments.node(value))
}

fn base64_encode(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let source = Arc::new(arguments.need(0)?.clone());
    if let Some(unknown) = arguments.unknown() {
        return Ok(Node { decoded: Some(source), ..unknown });
    }
    let out = template::base64(arguments.string(0)?.as_bytes());
    Ok(Node { decoded: Some(source), ..arguments.text(out) })
}

fn base64_decode(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    if let Some(decoded) = &arguments.need(0)?.decoded {
        return Ok((**decoded).clone());
    }
    if let Some(unknown) = arguments.unknown() {
        return Ok(unknown);
    }
    let mut bits: u32 = 0;
    let mut count = 0;
    let mut bytes = Vec::new();
    for character in arguments.string(0)?.bytes() {
        let digit = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => return Err(arguments.wrong("takes base64")),
        };
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| arguments.wrong("decodes to no text"))?;
    Ok(arguments.node(Value::Text(Text::literal(&text))))
}

fn url_encode(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    if let Some(unknown) = arguments.unknown() {
        return Ok(unknown);
    }
    let mut out = String::new();
    for byte in arguments.string(0)?.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    Ok(arguments.text(out))
}

fn convert(
    arguments: &Arguments<'_>,
    work: impl Fn(&Node) -> Option<Value>,
) -> Result<Node, Fault> {
    let node = arguments.need(0)?;
    if node.is_null() || node.as_hole().is_some() {
        return Ok(node.clone());
    }
    match work(node) {
        Some(value) => Ok(Node { value, ..node.clone() }),
        None => Err(arguments.wrong("cannot convert this")),
    }
}

fn to_list(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let node = arguments.need(0)?;
    match node.value {
        Value::List(_) | Value::Hole(_) | Value::Null => Ok(node.clone()),
        _ => Err(arguments.wrong("takes a list")),
    }
}

fn to_map(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let node = arguments.need(0)?;
    match node.value {
        Value::Map(_) | Value::Hole(_) => Ok(node.clone()),
        Value::Null => Ok(arguments.node(Value::Map(BTreeMap::new().into()))),
        _ => Err(arguments.wrong("takes a map")),
    }
}
