//! An operation's input: the query, the body and the parts of the path, as one JSON object.

use databricks::fault::Fault;
use databricks::table::decoded;
use serde_json::{Map, Value};

use crate::receive::Received;

/// How deep the parts of a dotted name may go.
const MAX_DEPTH: usize = 8;

/// Reads the input of a request whose path has `parts`, which nothing else can overrule.
pub(crate) fn read(
    received: &Received,
    parts: Map<String, Value>,
) -> Result<Map<String, Value>, Fault> {
    let mut input = Map::new();
    for (name, value) in pairs(received.query()) {
        insert(&mut input, &name, value, 0);
    }
    if !received.body.is_empty() {
        let body: Value = serde_json::from_slice(&received.body).map_err(|error| {
            Fault::malformed(format!(
                "Invalid JSON given in the body of the request - failed to parse given JSON: {error}"
            ))
        })?;
        match body {
            Value::Object(fields) => input.extend(fields),
            Value::Null => {}
            _ => {
                let text = "Could not parse request object: the body is not a JSON object";
                return Err(Fault::malformed(text));
            }
        }
    }
    input.extend(parts);
    Ok(input)
}

/// The pairs of a form.
pub(crate) fn pairs(form: &str) -> impl Iterator<Item = (String, String)> {
    form.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(&name.replace('+', " ")), decoded(&value.replace('+', " ")))
    })
}

/// `filter_by.is_pinned` is the field of a field; a name that occurs again makes a list.
fn insert(fields: &mut Map<String, Value>, name: &str, value: String, depth: usize) {
    if let Some((outer, inner)) = name.split_once('.')
        && depth < MAX_DEPTH
    {
        let within = fields.entry(outer).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(within) = within {
            insert(within, inner, value, depth + 1);
        }
        return;
    }
    match fields.get_mut(name) {
        None => {
            fields.insert(name.to_owned(), value.into());
        }
        Some(Value::Array(values)) => values.push(value.into()),
        Some(known) => *known = Value::Array(vec![known.take(), value.into()]),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::extract::Request;
    use serde_json::json;

    use super::*;

    fn check(query: &str, body: &str, parts: Value, expected: Result<Value, &str>) {
        let request = Request::post(format!("/?{query}")).body(Body::empty()).unwrap();
        let (mut received, _) = Received::begin(request, ([127, 0, 0, 1], 1).into());
        received.body = body.to_owned().into();
        let parts = parts.as_object().cloned().unwrap_or_default();
        let read = read(&received, parts).map(Value::Object).map_err(|fault| fault.code);
        assert_eq!(read, expected, "{query} {body}");
    }

    #[test]
    fn inputs() {
        let none = json!({});
        check("", "", none.clone(), Ok(json!({})));
        check("a=1&b=x+y%20z", "", none.clone(), Ok(json!({"a": "1", "b": "x y z"})));
        let nested = json!({"f": {"pinned": "true", "s": ["A", "B"]}});
        check("f.pinned=true&f.s=A&f.s=B", "", none.clone(), Ok(nested));
        check("a=1", r#"{"a": 2}"#, json!({"id": "3"}), Ok(json!({"a": 2, "id": "3"})));
        check("", r#"{"id": 2}"#, json!({"id": "3"}), Ok(json!({"id": "3"})));
        check("", "{", none.clone(), Err("MALFORMED_REQUEST"));
        check("", "[]", none.clone(), Err("MALFORMED_REQUEST"));
        check("", &"[".repeat(1000), none, Err("MALFORMED_REQUEST"));
    }
}
