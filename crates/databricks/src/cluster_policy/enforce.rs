//! Holding a cluster's description against a definition. The texts are those that users report
//! (terraform-provider-databricks issue 403); for ranges, patterns and lists they are unverified.

use serde_json::{Map, Value};

use crate::cluster_policy::definition::{Definition, Element, Limit};
use crate::fault::Fault;

/// Attributes whose fields are names of anybody's choice, dots included.
const MAPS: [&str; 3] = ["spark_conf", "spark_env_vars", "custom_tags"];
/// Attributes that are not part of a description: what kind of cluster it is, and what it costs.
const CLUSTER_TYPE: &str = "cluster_type";
const DBUS_PER_HOUR: &str = "dbus_per_hour";
/// The kind of what the clusters API makes.
const ALL_PURPOSE: &str = "all-purpose";

/// Fills `fields` and checks them.
///
/// # Errors
/// `INVALID_PARAMETER_VALUE` with every rule that is broken.
pub fn enforce(
    definition: &Definition,
    fields: &mut Map<String, Value>,
    defaults: bool,
) -> Result<(), Fault> {
    for (path, element) in &definition.elements {
        fill(fields, path, element, defaults);
    }
    let mut broken = Vec::new();
    for (path, element) in &definition.elements {
        if path == DBUS_PER_HOUR {
            let text = "rolecall knows no prices in DBU: leave `dbus_per_hour` out of the policy";
            return Err(Fault::not_modelled(text));
        }
        if path == CLUSTER_TYPE {
            let kind = Value::from(ALL_PURPOSE);
            broken.extend(problem(element, Some(&kind)).map(|text| said(path, &text, Some(&kind))));
        } else if path.split('.').any(|part| part == "*") {
            check_each(definition, fields, (path, element), &mut broken);
        } else {
            let value = get(fields, path);
            broken.extend(problem(element, value).map(|text| said(path, &text, value)));
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    Err(Fault::invalid(format!("Cluster validation error: {}", broken.join("; "))))
}

/// Fixed values are filled in always, defaults where somebody asked for them (API reference,
/// `apply_policy_default_values`).
fn fill(fields: &mut Map<String, Value>, path: &str, element: &Element, defaults: bool) {
    let value = match element {
        Element::Fixed { value, is_optional: false, .. } => Some(value),
        Element::Fixed { .. } | Element::Forbidden {} => None,
        Element::Allowlist { limit, .. }
        | Element::Blocklist { limit, .. }
        | Element::Regex { limit, .. }
        | Element::Range { limit, .. }
        | Element::Unlimited { limit } => limit.default_value.as_ref().filter(|_| defaults),
    };
    let Some(value) = value else { return };
    let virtual_path = path == CLUSTER_TYPE || path == DBUS_PER_HOUR;
    if !virtual_path && !path.split('.').any(|part| part == "*") && get(fields, path).is_none() {
        put(fields, path, value.clone());
    }
}

fn said(path: &str, text: &str, value: Option<&Value>) -> String {
    let (attribute, name) = match split_map(path) {
        Some((map, name)) => (map, Some(name)),
        None => (path, None),
    };
    match (value, name) {
        (None, Some(name)) if text.ends_with("must be present") => {
            format!("Validation failed for {attribute}, {name} must be present")
        }
        (None, _) => format!("Validation failed for {path}, {text}"),
        (Some(value), _) => {
            format!("Validation failed for {path}, {text} (is \"{}\")", plain(value))
        }
    }
}

/// `spark_conf.spark.speculation` is the field `spark.speculation` of `spark_conf`.
fn split_map(path: &str) -> Option<(&str, &str)> {
    let (outer, rest) = path.split_once('.')?;
    MAPS.contains(&outer).then_some((outer, rest))
}

fn get<'f>(fields: &'f Map<String, Value>, path: &str) -> Option<&'f Value> {
    let found = match split_map(path) {
        Some((map, name)) => fields.get(map)?.get(name),
        None => {
            let mut parts = path.split('.');
            let mut value = fields.get(parts.next()?)?;
            for part in parts {
                value = match value {
                    Value::Array(items) => items.get(part.parse::<usize>().ok()?)?,
                    other => other.get(part)?,
                };
            }
            Some(value)
        }
    };
    found.filter(|value| !value.is_null())
}

fn put(fields: &mut Map<String, Value>, path: &str, value: Value) {
    let parts: Vec<&str> = match split_map(path) {
        Some((map, name)) => vec![map, name],
        None => path.split('.').collect(),
    };
    put_at(fields, &parts, value);
}

fn put_at(fields: &mut Map<String, Value>, parts: &[&str], value: Value) {
    match parts {
        [] => {}
        [last] => {
            fields.insert((*last).to_owned(), value);
        }
        [first, rest @ ..] => {
            let is_list = !MAPS.contains(first) && rest.first().is_some_and(|it| is_index(it));
            let within = fields.entry(*first).or_insert_with(|| empty(is_list));
            match within {
                Value::Object(within) => put_at(within, rest, value),
                Value::Array(items) => put_in(items, rest, value),
                _ => {}
            }
        }
    }
}

/// Puts a value into an item of a list, which may be the one after the last; one further on stays out.
fn put_in(items: &mut Vec<Value>, parts: &[&str], value: Value) {
    let [index, rest @ ..] = parts else { return };
    let Ok(index) = index.parse::<usize>() else { return };
    if index == items.len() {
        items.push(empty(false));
    }
    match (items.get_mut(index), rest) {
        (Some(item), []) => *item = value,
        (Some(Value::Object(within)), rest) => put_at(within, rest, value),
        _ => {}
    }
}

fn is_index(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_digit())
}

fn empty(is_list: bool) -> Value {
    if is_list { Value::Array(Vec::new()) } else { Value::Object(Map::new()) }
}

/// `init_scripts.*.workspace.destination`: a rule for every item that has none of its own, such as
/// `init_scripts.0.workspace.destination` ("Array attributes", compute policy reference).
fn check_each(
    definition: &Definition,
    fields: &Map<String, Value>,
    (path, element): (&str, &Element),
    broken: &mut Vec<String>,
) {
    let Some((list, rest)) = path.split_once(".*") else { return };
    let Some(Value::Array(items)) = get(fields, list) else { return };
    for (index, item) in items.iter().enumerate() {
        let own = format!("{list}.{index}{rest}");
        if definition.elements.iter().any(|(known, _)| *known == own) {
            continue;
        }
        let value = match (rest.trim_start_matches('.'), item) {
            ("", item) => Some(item),
            (rest, Value::Object(within)) => get(within, rest),
            _ => None,
        };
        broken.extend(problem(element, value).map(|text| said(&own, &text, value)));
    }
}

/// What is wrong with a value.
fn problem(element: &Element, value: Option<&Value>) -> Option<String> {
    match element {
        Element::Fixed { value: wanted, is_optional, .. } => match value {
            Some(value) if plain(value) == plain(wanted) => None,
            None if *is_optional => None,
            _ => Some(format!("the value must be {}", plain(wanted))),
        },
        Element::Forbidden {} => value.map(|_| "the value must not be present".to_owned()),
        Element::Allowlist { values, limit } => limited(limit, value, |value| {
            let allowed = values.iter().any(|allowed| plain(allowed) == plain(value));
            (!allowed).then(|| format!("the value must be one of {}", listed(values)))
        }),
        Element::Blocklist { values, limit } => limited(limit, value, |value| {
            let blocked = values.iter().any(|blocked| plain(blocked) == plain(value));
            blocked.then(|| format!("the value must not be one of {}", listed(values)))
        }),
        Element::Regex { pattern, limit } => limited(limit, value, |value| {
            (!matches(pattern, &plain(value)))
                .then(|| format!("the value must match the regular expression {pattern}"))
        }),
        Element::Range { min_value, max_value, limit } => {
            limited(limit, value, |value| outside(*min_value, *max_value, value))
        }
        Element::Unlimited { limit } => limited(limit, value, |_| None),
    }
}

/// An attribute that is limited must be there unless it is optional.
fn limited(
    limit: &Limit,
    value: Option<&Value>,
    check: impl Fn(&Value) -> Option<String>,
) -> Option<String> {
    match value {
        Some(value) => check(value),
        None if limit.is_optional => None,
        None => Some("the value must be present".to_owned()),
    }
}

/// The whole value matches ("the pattern is always anchored", compute policy reference).
fn matches(pattern: &str, value: &str) -> bool {
    regex_lite::Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|regex| regex.is_match(value))
}

fn outside(least: Option<f64>, most: Option<f64>, value: &Value) -> Option<String> {
    let number = value.as_f64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    let Some(number) = number else { return Some("the value must be a number".to_owned()) };
    if least.is_some_and(|least| number < least) {
        return least.map(|least| format!("the value must be at least {least}"));
    }
    if most.is_some_and(|most| number > most) {
        return most.map(|most| format!("the value must be at most {most}"));
    }
    None
}

/// A value as text, in which values compare: policies write numbers and booleans either way.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn listed(values: &[Value]) -> String {
    values.iter().map(plain).collect::<Vec<_>>().join(", ")
}
