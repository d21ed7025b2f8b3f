//! The query of a canonical request.

use std::ops::Range;

use crate::error::Place;
use crate::request::Request;
use crate::text::{decode, decoded, push_encoded};

/// A parameter in a buffer of encoded names and values.
#[derive(Clone)]
struct Parameter {
    name: Range<usize>,
    value: Range<usize>,
    is_token: bool,
}

/// Appends the query's parameters, encoded and then sorted by name and value, without the signature
/// if it stands in the query; returns where the value of a session token is.
///
/// Source: "Create a signed AWS API request", `CanonicalQueryString`, IAM User Guide.
pub(super) fn write_query(text: &mut Vec<u8>, request: &Request<'_>, place: Place) -> Range<usize> {
    if request.query.is_empty() {
        return 0..0;
    }
    let mut encoded = Vec::with_capacity(request.query.len() * 2);
    let mut parameters = Vec::with_capacity(16);
    for (name, value) in request.parameters() {
        if place == Place::Query && is_named(name, "X-Amz-Signature") {
            continue;
        }
        let start = encoded.len();
        decoded(name.as_bytes()).for_each(|byte| push_encoded(&mut encoded, byte));
        let middle = encoded.len();
        decoded(value.as_bytes()).for_each(|byte| push_encoded(&mut encoded, byte));
        parameters.push(Parameter {
            name: start..middle,
            value: middle..encoded.len(),
            is_token: is_named(name, "X-Amz-Security-Token"),
        });
    }
    let slice = |range: &Range<usize>| encoded.get(range.clone()).unwrap_or_default();
    let key = |parameter: &Parameter| (slice(&parameter.name), slice(&parameter.value));
    parameters.sort_by(|left, right| key(left).cmp(&key(right)));
    let mut secret = 0..0;
    for (number, parameter) in parameters.iter().enumerate() {
        if number > 0 {
            text.push(b'&');
        }
        text.extend_from_slice(slice(&parameter.name));
        text.push(b'=');
        if parameter.is_token {
            secret = text.len()..text.len() + parameter.value.len();
        }
        text.extend_from_slice(slice(&parameter.value));
    }
    secret
}

/// Whether an encoded name stands for `name`.
fn is_named(encoded: &str, name: &str) -> bool {
    encoded == name || (encoded.contains('%') && decode(encoded) == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_encoded_and_sorted() {
        for (query, expected) in [
            ("", ""),
            ("lifecycle", "lifecycle="),
            ("b=2&a=1", "a=1&b=2"),
            ("a=2&a=1&a", "a=&a=1&a=2"),
            ("&&a=1&", "a=1"),
            ("=v", "=v"),
            ("a=b=c", "a=b%3Dc"),
            ("a=x+y%20z", "a=x%20y%20z"),
            ("a=%2f%c3%A9", "a=%2F%C3%A9"),
            ("a=/:@,$!*'()", "a=%2F%3A%40%2C%24%21%2A%27%28%29"),
            ("ሴ=bar", "%E1%88%B4=bar"),
            ("Param-3=3&Param=2&%E1%88%B4=1", "%E1%88%B4=1&Param=2&Param-3=3"),
            ("a=%FF", "a=%FF"),
            ("X-Amz-Signature=0&b&X%2DAmz-Signature=1", "b="),
        ] {
            let request = Request { method: "GET", path: "/", query, headers: &[] };
            let mut text = Vec::new();
            assert_eq!(write_query(&mut text, &request, Place::Query), 0..0);
            assert_eq!(String::from_utf8(text).unwrap(), expected, "{query}");
        }
        let query = "X-Amz-Signature=0";
        let request = Request { method: "GET", path: "/", query, headers: &[] };
        let mut text = Vec::new();
        write_query(&mut text, &request, Place::Header);
        assert_eq!(text, query.as_bytes());
    }
}
