//! awsJson, as tables of bytes and values.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wire::json::MAX_BODY_BYTES;
use wire::{Blob, Timestamp, json};

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Everything {
    text: Option<String>,
    number: Option<i32>,
    long: Option<i64>,
    flag: Option<bool>,
    blob: Option<Blob>,
    time: Option<Timestamp>,
    texts: Option<Vec<Option<String>>>,
    map: Option<BTreeMap<String, i32>>,
    nested: Option<Box<Everything>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code, reason = "only its shape matters")]
struct Required {
    name: String,
    kind: Kind,
    items: Vec<Item>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code, reason = "only its shape matters")]
struct Item {
    id: String,
}

#[derive(Debug, Deserialize)]
enum Kind {
    #[serde(rename = "SERVICE_CONTROL_POLICY")]
    ServiceControlPolicy,
}

#[test]
fn bodies_both_ways() {
    let none = Everything::default;
    for (body, value) in [
        ("{}", none()),
        (r#"{"Text":"a\"\\é"}"#, Everything { text: Some("a\"\\é".into()), ..none() }),
        (
            r#"{"Number":-1,"Long":9007199254740993}"#,
            Everything { number: Some(-1), long: Some(9_007_199_254_740_993), ..none() },
        ),
        (r#"{"Flag":false}"#, Everything { flag: Some(false), ..none() }),
        (r#"{"Blob":"QQ=="}"#, Everything { blob: Some(Blob(b"A".to_vec())), ..none() }),
        (
            r#"{"Time":1769860800}"#,
            Everything { time: Timestamp::parse("2026-01-31T12:00:00Z"), ..none() },
        ),
        (
            r#"{"Time":1769860800.25}"#,
            Everything { time: Timestamp::parse("2026-01-31T12:00:00.250Z"), ..none() },
        ),
        (r#"{"Texts":[]}"#, Everything { texts: Some(vec![]), ..none() }),
        (
            r#"{"Texts":["a",null]}"#,
            Everything { texts: Some(vec![Some("a".into()), None]), ..none() },
        ),
        (
            r#"{"Map":{"a":1,"b":2}}"#,
            Everything { map: Some(BTreeMap::from([("a".into(), 1), ("b".into(), 2)])), ..none() },
        ),
        (
            r#"{"Nested":{"Text":"x"}}"#,
            Everything {
                nested: Some(Box::new(Everything { text: Some("x".into()), ..none() })),
                ..none()
            },
        ),
    ] {
        let decoded = json::decode::<Everything>(body.as_bytes()).unwrap();
        assert_eq!((decoded.input, decoded.unknown.len()), (value, 0), "{body}");
        let again = json::decode::<Everything>(body.as_bytes()).unwrap().input;
        assert_eq!(String::from_utf8(json::answer(&again).unwrap()).unwrap(), body);
    }
    // What is `null` is absent, and times may be text.
    for (body, value) in [
        (r#"{"Text":null}"#, none()),
        (
            r#"{"Time":"1970-01-01T00:00:01Z"}"#,
            Everything { time: Some(Timestamp::from_unix_seconds(1)), ..none() },
        ),
    ] {
        assert_eq!(json::decode::<Everything>(body.as_bytes()).unwrap().input, value, "{body}");
    }
    assert_eq!(json::answer(&()).unwrap(), b"{}");
}

#[test]
fn unknown_members_are_named() {
    let body = br#"{"Colour":1,"Nested":{"Shade":[1]},"Texts":["a"]}"#;
    let decoded = json::decode::<Everything>(body).unwrap();
    let names: Vec<String> = decoded.unknown.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["Colour", "Nested.Shade"]);
}

#[test]
fn refusals() {
    for (body, code, text) in [
        ("", "SerializationException", None),
        ("{", "SerializationException", None),
        ("null", "SerializationException", None),
        ("\"x\"", "SerializationException", None),
        ("[]", "SerializationException", Some("Start of list found where not expected")),
        (
            r#"{"Name":{}}"#,
            "SerializationException",
            Some("Start of structure or map found where not expected."),
        ),
        (
            r#"{"Name":1}"#,
            "SerializationException",
            Some("NUMBER_VALUE can not be converted to a String"),
        ),
        (r#"{"Name":true}"#, "SerializationException", None),
        (r#"{"Items":"x"}"#, "SerializationException", None),
        (
            r#"{"Name":"n","Kind":"X","Items":[]}"#,
            "ValidationException",
            Some(
                "1 validation error detected: Value 'X' at 'kind' failed to satisfy constraint: \
                 Member must satisfy enum value set: [SERVICE_CONTROL_POLICY]",
            ),
        ),
        (
            r#"{"Items":[{"Id":"1"},{}],"Name":null}"#,
            "ValidationException",
            Some(
                "3 validation errors detected: \
                 Value null at 'items.2.member.id' failed to satisfy constraint: Member must not \
                 be null; Value null at 'name' failed to satisfy constraint: Member must not be \
                 null; Value null at 'kind' failed to satisfy constraint: Member must not be null",
            ),
        ),
    ] {
        let fault = json::fault(&json::decode::<Required>(body.as_bytes()).unwrap_err());
        assert_eq!((&*fault.code, fault.message.as_deref()), (code, text), "{body}");
    }
    for (body, text) in [
        (r#"{"Number":"1"}"#, Some("STRING_VALUE can not be converted to an Integer")),
        (r#"{"Long":"1"}"#, Some("STRING_VALUE can not be converted to a Long")),
        (r#"{"Number":2147483648}"#, None),
        (r#"{"Flag":1}"#, Some("NUMBER_VALUE can not be converted to a Boolean")),
        (r#"{"Texts":{}}"#, Some("Start of structure or map found where not expected.")),
        (r#"{"Map":[]}"#, Some("Start of list found where not expected")),
        (r#"{"Time":"soon"}"#, None),
    ] {
        let fault = json::fault(&json::decode::<Everything>(body.as_bytes()).unwrap_err());
        assert_eq!(fault.message.as_deref(), text, "{body}");
    }
}

#[test]
fn bodies_hold_at_the_limit_and_one_past_it() {
    let body = |bytes: usize| format!("{{\"Text\":\"{}\"}}", "x".repeat(bytes - 11));
    assert!(json::decode::<Everything>(body(MAX_BODY_BYTES).as_bytes()).is_ok());
    assert!(json::decode::<Everything>(body(MAX_BODY_BYTES + 1).as_bytes()).is_err());
    let deep = "[".repeat(100_000);
    assert!(json::decode::<Everything>(deep.as_bytes()).is_err());
}
