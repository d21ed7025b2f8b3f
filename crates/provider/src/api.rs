//! Between blocks and the JSON of Databricks' APIs, by the schema: the names are the same in both.
//!
//! A single block is an object, repeated blocks are arrays. Databricks leaves out what has its zero value, or
//! sends it where nothing was given; so a zero value where the configuration has nothing counts as nothing.

use serde_json::{Map, Value as Json};

use crate::schema::{Block, Giver, Nested};
use crate::value::{Members, Value};

/// What a request says of a block: everything that the configuration can give and that is there.
#[must_use]
pub fn to_json(block: &Block, members: &Members) -> Map<String, Json> {
    let mut json = Map::new();
    for attribute in block.attributes.iter().filter(|it| it.giver != Giver::Computed) {
        let value = members.get(attribute.name).and_then(plain);
        if let Some(value) = value {
            json.insert(attribute.name.to_owned(), value);
        }
    }
    for nested in block.nested.iter().filter(|nested| !nested.ours) {
        let Some(Value::List(items)) = members.get(nested.name) else { continue };
        let items: Vec<Json> = items
            .iter()
            .filter_map(Value::as_map)
            .map(|item| Json::Object(to_json(&nested.block, item)))
            .collect();
        let value = if nested.max == 1 { items.into_iter().next() } else { Some(items.into()) };
        if let Some(value) = value.filter(|value| *value != Json::Array(Vec::new())) {
            json.insert(nested.name.to_owned(), value);
        }
    }
    json
}

/// A block as an answer tells it; `before` is what was there until now.
#[must_use]
pub fn from_json(block: &Block, json: &Map<String, Json>, before: &Members) -> Members {
    let mut members = Members::new();
    for attribute in &block.attributes {
        let old = before.get(attribute.name).unwrap_or(&Value::Null);
        let value = match json.get(attribute.name) {
            Some(value) => Value::from_json(value),
            None => Value::Null,
        };
        // What has a default is never left open by a configuration.
        let may_be_open = attribute.giver != Giver::Computed && attribute.default.is_none();
        let value = if old.is_null() && is_zero(&value) && may_be_open {
            Value::Null
        } else if value.is_null() && is_zero(old) {
            old.clone()
        } else {
            value
        };
        members.insert(attribute.name.to_owned(), value);
    }
    for nested in &block.nested {
        let old = before.get(nested.name);
        let value = if nested.ours {
            old.cloned().unwrap_or_else(|| nested.none())
        } else {
            let old = old.and_then(Value::as_list).unwrap_or_default();
            Value::List(nested_items(nested, json.get(nested.name), old))
        };
        members.insert(nested.name.to_owned(), value);
    }
    members
}

fn nested_items(nested: &Nested, json: Option<&Json>, before: &[Value]) -> Vec<Value> {
    let none = Members::new();
    let objects: Vec<&Map<String, Json>> = match json {
        Some(Json::Object(object)) => vec![object],
        Some(Json::Array(items)) => items.iter().filter_map(Json::as_object).collect(),
        _ => Vec::new(),
    };
    // An object with nothing in it is as good as none.
    let nothing = |object: &&Map<String, Json>| {
        object.values().all(|value| is_zero(&Value::from_json(value)))
    };
    if before.is_empty() && objects.iter().all(nothing) {
        return Vec::new();
    }
    // What was never configured is the service's own affair.
    if nested.keeps && before.is_empty() {
        return Vec::new();
    }
    let item = |(at, object): (usize, &Map<String, Json>)| {
        let old = before.get(at).and_then(Value::as_map).unwrap_or(&none);
        Value::Map(from_json(&nested.block, object, old))
    };
    objects.into_iter().enumerate().map(item).collect()
}

/// A value as JSON; `None` if it is null or unknown.
#[must_use]
pub fn plain(value: &Value) -> Option<Json> {
    Some(match value {
        Value::Null | Value::Unknown => return None,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => Json::Number(number.clone()),
        Value::Text(text) => Json::String(text.clone()),
        Value::List(items) => Json::Array(items.iter().filter_map(plain).collect()),
        Value::Map(members) => Json::Object(
            members
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), plain(value)?)))
                .collect(),
        ),
    })
}

/// `false`, 0, the empty text and what has nothing in it.
pub(crate) fn is_zero(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Unknown => false,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::Text(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(members) => members.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::{Attribute, Type};

    fn block() -> Block {
        let size = vec![Attribute::optional("min_workers", Type::Number, "")];
        Block::new(
            "",
            vec![
                Attribute::required("name", Type::Text, ""),
                Attribute::optional("pinned", Type::Bool, ""),
                Attribute::computed("id", Type::Text, ""),
            ],
        )
        .with(Nested::one("autoscale", Block::new("", size.clone())))
        .with(Nested::list("disk", Block::new("", size)))
    }

    #[test]
    fn there_and_back() {
        let size = |number| {
            let members = [("min_workers".to_owned(), Value::int(number))];
            Value::Map(members.into())
        };
        let mut members = block().empty();
        members.insert("name".to_owned(), "n".into());
        members.insert("id".to_owned(), "1".into());
        members.insert("autoscale".to_owned(), Value::List(vec![size(1)]));
        members.insert("disk".to_owned(), Value::List(vec![size(2), size(3)]));
        let json = to_json(&block(), &members);
        let expected = json!({
            "name": "n", "autoscale": {"min_workers": 1},
            "disk": [{"min_workers": 2}, {"min_workers": 3}],
        });
        assert_eq!(Json::Object(json.clone()), expected);
        let mut answer = json;
        answer.insert("id".to_owned(), "1".into());
        answer.insert("pinned".to_owned(), false.into());
        answer.insert("unheard_of".to_owned(), 1.into());
        assert_eq!(from_json(&block(), &answer, &members), members);
    }

    #[test]
    fn zero_values_count_as_what_was_given() {
        let read = |before: Value, json: Json| {
            let mut members = block().empty();
            members.insert("pinned".to_owned(), before);
            from_json(&block(), json.as_object().unwrap(), &members)["pinned"].clone()
        };
        assert_eq!(read(Value::Null, json!({"pinned": false})), Value::Null);
        assert_eq!(read(false.into(), json!({})), Value::Bool(false));
        assert_eq!(read(true.into(), json!({})), Value::Null);
        assert_eq!(read(Value::Null, json!({"pinned": true})), Value::Bool(true));
    }
}
