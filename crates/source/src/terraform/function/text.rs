//! Functions of strings.

use template::{Node, Text, Value};

use super::{Arguments, Given, elements};
use crate::terraform::{Fault, MAX_TEXT_BYTES};

pub(super) fn call(arguments: &Arguments<'_>) -> Given {
    Some(match arguments.name {
        "join" => join(arguments),
        "format" => format(arguments),
        "formatlist" => format_list(arguments),
        "replace" => replace(arguments),
        "split" => strict(arguments, split),
        "lower" => strict(arguments, |it| Ok(it.text(it.string(0)?.to_lowercase()))),
        "upper" => strict(arguments, |it| Ok(it.text(it.string(0)?.to_uppercase()))),
        "title" => strict(arguments, |it| Ok(it.text(title(&it.string(0)?)))),
        "trimspace" => strict(arguments, |it| Ok(it.text(it.string(0)?.trim().to_owned()))),
        "chomp" => strict(arguments, |it| {
            Ok(it.text(it.string(0)?.trim_end_matches(['\r', '\n']).to_owned()))
        }),
        "trim" => strict(arguments, |it| {
            let set: Vec<char> = it.string(1)?.chars().collect();
            Ok(it.text(it.string(0)?.trim_matches(|c| set.contains(&c)).to_owned()))
        }),
        "trimprefix" => strict(arguments, |it| {
            let (text, prefix) = (it.string(0)?, it.string(1)?);
            Ok(it.text(text.strip_prefix(&prefix).unwrap_or(&text).to_owned()))
        }),
        "trimsuffix" => strict(arguments, |it| {
            let (text, suffix) = (it.string(0)?, it.string(1)?);
            Ok(it.text(text.strip_suffix(&suffix).unwrap_or(&text).to_owned()))
        }),
        "startswith" => strict(arguments, |it| {
            Ok(it.node(Value::Bool(it.string(0)?.starts_with(&it.string(1)?))))
        }),
        "endswith" => {
            strict(
                arguments,
                |it| Ok(it.node(Value::Bool(it.string(0)?.ends_with(&it.string(1)?)))),
            )
        }
        "strcontains" => {
            strict(arguments, |it| Ok(it.node(Value::Bool(it.string(0)?.contains(&it.string(1)?)))))
        }
        "strrev" => {
            strict(arguments, |it| Ok(it.text(it.string(0)?.chars().rev().collect::<String>())))
        }
        "substr" => strict(arguments, substr),
        "indent" => strict(arguments, |it| {
            let blanks = " ".repeat(it.index(0)?.min(1000));
            Ok(it.text(it.string(1)?.replace('\n', &format!("\n{blanks}"))))
        }),
        _ => return None,
    })
}

/// For functions that need to know their arguments.
fn strict(
    arguments: &Arguments<'_>,
    work: impl FnOnce(&Arguments<'_>) -> Result<Node, Fault>,
) -> Result<Node, Fault> {
    match arguments.unknown() {
        Some(unknown) => Ok(unknown),
        None => work(arguments),
    }
}

fn join(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let delimiter =
        arguments.need(0)?.as_text().ok_or_else(|| arguments.wrong("takes a string"))?;
    let mut parts = Vec::new();
    for at in 1..arguments.list.len() {
        for node in elements!(arguments, at) {
            parts.push(node.as_text().ok_or_else(|| arguments.wrong("takes lists of strings"))?);
        }
    }
    let size: usize = parts.iter().map(|part| part.marked().len() + delimiter.marked().len()).sum();
    if size > MAX_TEXT_BYTES {
        return Err(arguments.wrong("makes a longer text than what is made"));
    }
    let marked: Vec<&str> = parts.iter().map(Text::marked).collect();
    Ok(arguments.text(marked.join(delimiter.marked())))
}

fn split(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let (delimiter, text) = (arguments.string(0)?, arguments.string(1)?);
    let parts: Vec<Node> = if delimiter.is_empty() {
        text.chars().map(|c| arguments.text(c.to_string())).collect()
    } else {
        text.split(&*delimiter).map(|part| arguments.text(part)).collect()
    };
    Ok(arguments.node(Value::List(parts.into())))
}

/// Plain replacement. What looks like a pattern (`/…/`) is not evaluated.
fn replace(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    if let Some(unknown) = arguments.unknown() {
        return Ok(unknown);
    }
    let (text, from, to) = (arguments.string(0)?, arguments.string(1)?, arguments.string(2)?);
    if from.len() > 1 && from.starts_with('/') && from.ends_with('/') {
        let plain = from.trim_matches('/');
        let special = |c: char| "\\.+*?()|[]{}^$".contains(c);
        if plain.contains(special) {
            return Err(arguments.wrong("with a regular expression is not modelled"));
        }
        return Ok(arguments.text(text.replace(plain, &to)));
    }
    if from.is_empty() {
        return Ok(arguments.text(text));
    }
    if text.matches(&*from).count().saturating_mul(to.len()) > MAX_TEXT_BYTES {
        return Err(arguments.wrong("makes a longer text than what is made"));
    }
    Ok(arguments.text(text.replace(&*from, &to)))
}

fn substr(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let characters: Vec<char> = arguments.string(0)?.chars().collect();
    let start = arguments.index(1)?.min(characters.len());
    let length = arguments.number(2)?;
    let end = if length < 0.0 { characters.len() } else { start + arguments.index(2)? };
    let part = characters.get(start..end.min(characters.len())).unwrap_or_default();
    Ok(arguments.text(part.iter().collect::<String>()))
}

fn title(text: &str) -> String {
    let mut out = String::new();
    let mut start = true;
    for character in text.chars() {
        if start {
            out.extend(character.to_uppercase());
        } else {
            out.push(character);
        }
        start = !character.is_alphanumeric();
    }
    out
}

fn format(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let template = arguments.need(0)?;
    let Some(known) = template.as_str() else {
        return arguments.unknown().ok_or_else(|| arguments.wrong("takes a string"));
    };
    let rest = arguments.list.get(1..).unwrap_or_default();
    formatted(arguments, known, rest).map(|marked| arguments.text(marked))
}

fn format_list(arguments: &Arguments<'_>) -> Result<Node, Fault> {
    let Some(known) = arguments.need(0)?.as_str().map(str::to_owned) else {
        return arguments.unknown().ok_or_else(|| arguments.wrong("takes a string"));
    };
    let mut rounds = 1;
    for node in arguments.list.iter().skip(1) {
        match &node.value {
            Value::List(nodes) => rounds = nodes.len(),
            Value::Hole(id) => return Ok(arguments.hole(*id)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    for round in 0..rounds {
        let row: Vec<Node> = arguments
            .list
            .iter()
            .skip(1)
            .filter_map(|node| match &node.value {
                Value::List(nodes) => nodes.get(round).cloned(),
                _ => Some(node.clone()),
            })
            .collect();
        out.push(arguments.text(formatted(arguments, &known, &row)?));
    }
    Ok(arguments.node(Value::List(out.into())))
}

/// The verbs that occur in names and ARNs: `%s`, `%d`, `%q`, `%v`, `%t`, `%f`, with zero padding and width.
fn formatted(arguments: &Arguments<'_>, template: &str, values: &[Node]) -> Result<String, Fault> {
    let mut out = String::new();
    let mut rest = template;
    let mut values = values.iter();
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(Text::literal(before).marked());
        let end = after.find(|c: char| !matches!(c, '0'..='9' | '.' | '-' | '+' | '#' | ' '));
        let end = end.ok_or_else(|| arguments.wrong("has a `%` without a verb"))?;
        let flags = after.get(..end).unwrap_or_default();
        let verb = after.get(end..).and_then(|tail| tail.chars().next()).unwrap_or('%');
        rest = after.get(end + verb.len_utf8()..).unwrap_or_default();
        if verb == '%' {
            out.push('%');
            continue;
        }
        let node = values.next().ok_or_else(|| arguments.wrong("has more verbs than values"))?;
        let text = node.as_text().ok_or_else(|| arguments.wrong("takes strings and numbers"))?;
        let number = node.as_number();
        let piece = match (verb, number) {
            ('s' | 'v' | 't', _) => text.marked().to_owned(),
            ('q', _) => format!("\"{}\"", text.marked()),
            ('d', Some(number)) => format!("{number:.0}"),
            ('f', Some(number)) => {
                let digits = flags.split_once('.').and_then(|(_, d)| d.parse::<usize>().ok());
                format!("{number:.*}", digits.unwrap_or(6).min(30))
            }
            ('x', Some(number)) => {
                #[expect(clippy::cast_possible_truncation, reason = "as Go formats integers")]
                let number = number as i64;
                format!("{number:x}")
            }
            _ if node.as_hole().is_some() => text.marked().to_owned(),
            _ => return Err(arguments.wrong(&format!("with `%{verb}` is not modelled"))),
        };
        out.push_str(&padded(&piece, flags));
    }
    out.push_str(Text::literal(rest).marked());
    Ok(out)
}

fn padded(piece: &str, flags: &str) -> String {
    let digits = flags.split('.').next().unwrap_or_default();
    let zero = digits.trim_start_matches(['-', '+', '#', ' ']).starts_with('0');
    let width: usize = digits.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0);
    let missing = width.min(1000).saturating_sub(piece.chars().count());
    let fill = if zero { "0" } else { " " }.repeat(missing);
    if digits.contains('-') { format!("{piece}{fill}") } else { format!("{fill}{piece}") }
}
