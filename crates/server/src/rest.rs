//! Services whose operations are named by method and path: which operation a request is for, and its input,
//! put together from the parts of the path, the query string and the body.

use lambda::table::{LISTS, NUMBERS, ROUTES, Route};
use lambda::unmodelled::UNMODELLED;
use serde_json::{Map, Value};
use wire::Fault;
use wire::form::Form;
use wire::route::Incoming;

/// The route of a request and its input.
///
/// # Errors
/// What Lambda answers to a path that it does not have, and to a body that is no JSON object; `NotImplemented` for what it
/// has and rolecall does not model.
pub(crate) fn route(incoming: &Incoming<'_>, path: &str) -> Result<(&'static Route, Value), Fault> {
    let method = incoming.method;
    let of_method = ROUTES.iter().filter(|route| route.method == method);
    let found = of_method.filter_map(|route| Some((route, parts(route.path, path)?))).next();
    let Some((route, parts)) = found else {
        let unmodelled =
            UNMODELLED.iter().find(|(of, known, _)| *of == method && parts(known, path).is_some());
        if let Some((_, _, action)) = unmodelled {
            let text = format!("rolecall does not model lambda:{action} yet: see docs/fidelity.md");
            return Err(Fault::new(501, "NotImplemented", text));
        }
        let text =
            format!("Unable to determine service/operation name to be authorized: {method} {path}");
        return Err(Fault::new(403, "AccessDeniedException", text));
    };
    let mut input = body(incoming.body)?;
    input.extend(parts);
    let form = Form::parse(incoming.query, b"")
        .map_err(|error| Fault::new(400, "InvalidRequestContentException", error.to_string()))?;
    for (name, value) in form.pairs() {
        add(&mut input, name, value);
    }
    Ok((route, input.into()))
}

fn body(body: &[u8]) -> Result<Map<String, Value>, Fault> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    let malformed = |why: String| {
        let text = format!("Could not parse request body into json: {why}");
        Fault::new(400, "InvalidRequestContentException", text)
    };
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(malformed("it is no object".to_owned())),
        Err(error) => Err(malformed(error.to_string())),
    }
}

/// The named parts of `path`, if `template` fits. A part may hold `/` only as `%2F`.
fn parts(template: &str, path: &str) -> Option<Map<String, Value>> {
    let mut parts = Map::new();
    let mut given = path.trim_end_matches('/').split('/');
    for wanted in template.split('/') {
        let part = given.next()?;
        match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) if !part.is_empty() => {
                parts.insert(name.to_owned(), decoded(part)?.into());
            }
            Some(_) => return None,
            None if part == wanted => {}
            None => return None,
        }
    }
    given.next().is_none().then_some(parts)
}

/// A part of a path without its percent signs, where `+` is a plus.
fn decoded(part: &str) -> Option<String> {
    let query = format!("part={}", part.replace('+', "%2B"));
    Form::parse(&query, b"").ok()?.get("part").map(str::to_owned)
}

/// Adds a parameter of the query string.
fn add(input: &mut Map<String, Value>, name: &str, value: &str) {
    if LISTS.contains(&name) {
        let list = input.entry(name).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(items) = list {
            items.push(value.into());
        }
        return;
    }
    let number = NUMBERS.contains(&name).then(|| value.parse::<i64>().ok()).flatten();
    input.insert(name.to_owned(), number.map_or_else(|| value.into(), Value::from));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn routed(
        method: &str,
        path: &str,
        query: &str,
        body: &[u8],
    ) -> Result<(String, Value), Fault> {
        let incoming = Incoming { method, query, headers: &[], body, scope_service: None };
        route(&incoming, path).map(|(route, input)| (route.operation.to_owned(), input))
    }

    #[test]
    fn operations_and_their_input() {
        let check = |method, path, query, body: &[u8], operation: &str, input| {
            assert_eq!(
                routed(method, path, query, body),
                Ok((operation.to_owned(), input)),
                "{path}"
            );
        };
        let functions = "/2015-03-31/functions";
        check("POST", functions, "", br#"{"Role":"r"}"#, "CreateFunction", json!({"Role": "r"}));
        check(
            "GET",
            "/2015-03-31/functions/",
            "MaxItems=5&Marker=7",
            b"",
            "ListFunctions",
            json!({"MaxItems": 5, "Marker": "7"}),
        );
        check(
            "GET",
            "/2015-03-31/functions/f%3A1",
            "Qualifier=1",
            b"",
            "GetFunction",
            json!({"FunctionName": "f:1", "Qualifier": "1"}),
        );
        check(
            "DELETE",
            "/2017-03-31/tags/arn%3Aaws",
            "tagKeys=a&tagKeys=b",
            b"",
            "UntagResource",
            json!({"Resource": "arn:aws", "tagKeys": ["a", "b"]}),
        );
        // The path decides, whatever the body says.
        check(
            "PUT",
            "/2015-03-31/functions/f/code",
            "",
            br#"{"FunctionName":"g"}"#,
            "UpdateFunctionCode",
            json!({"FunctionName": "f"}),
        );
    }

    #[test]
    fn what_is_not_modelled_is_named() {
        let named = |method: &str, path: &str, action: &str| {
            let told = routed(method, path, "", b"").unwrap_err();
            assert_eq!((told.status, &*told.code), (501, "NotImplemented"));
            assert!(told.message.unwrap().contains(&format!("lambda:{action} ")), "{path}");
        };
        named("POST", "/2015-03-31/functions/f/invocations", "InvokeFunction");
        named("GET", "/2015-03-31/event-source-mappings/", "ListEventSourceMappings");
        named("DELETE", "/2015-03-31/event-source-mappings/1", "DeleteEventSourceMapping");
        named("GET", "/2021-10-31/functions/f/url", "GetFunctionUrlConfig");
        named("GET", "/2018-10-31/layers", "ListLayers");
        // Every one is, and none of them is modelled.
        for (method, path, action) in UNMODELLED {
            named(method, &path.replace(['{', '}'], ""), action);
        }
    }

    #[test]
    fn what_is_no_request() {
        for (method, path, body) in [
            ("GET", "/", &b""[..]),
            ("PATCH", "/2015-03-31/functions", b""),
            ("GET", "/2015-03-31/functions//configuration", b""),
            ("POST", "/2015-03-31/functions", b"[]"),
            ("POST", "/2015-03-31/functions", b"{"),
        ] {
            assert!(routed(method, path, "", body).is_err(), "{method} {path}");
        }
    }
}
