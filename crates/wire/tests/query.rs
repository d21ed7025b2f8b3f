//! awsQuery, as tables of bytes and values.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wire::path::{Path, Segment};
use wire::{
    Blob, Form, MAX_LIST_ITEMS, MAX_UNKNOWN_NAMED, PercentEncoded, Service, Timestamp, query,
};

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Everything {
    text: Option<String>,
    number: Option<i32>,
    long: Option<i64>,
    double: Option<f64>,
    flag: Option<bool>,
    blob: Option<Blob>,
    time: Option<Timestamp>,
    texts: Option<Vec<String>>,
    tags: Option<Vec<Tag>>,
    map: Option<BTreeMap<String, String>>,
    deep: Option<Deep>,
    kind: Option<Kind>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Deep {
    tags: Vec<Tag>,
    deep: Option<Box<Deep>>,
}

#[derive(Debug, PartialEq, Deserialize)]
enum Kind {
    Active,
    #[serde(rename = "in-active")]
    Inactive,
}

fn decode(body: &str) -> Everything {
    let form = Form::parse("", body.as_bytes()).unwrap();
    let decoded = query::decode(&form).unwrap_or_else(|error| panic!("{body}: {error}"));
    assert_eq!(decoded.unknown, [], "{body}");
    decoded.input
}

fn check(body: &str, expected: Everything) {
    assert_eq!(decode(body), expected, "{body}");
}

fn tags(tags: &[(&str, &str)]) -> Vec<Tag> {
    let tag = |(key, value): &(&str, &str)| Tag { key: (*key).into(), value: (*value).into() };
    tags.iter().map(tag).collect()
}

#[test]
fn scalars() {
    let none = Everything::default;
    check("Text=", Everything { text: Some(String::new()), ..none() });
    check("Text", Everything { text: Some(String::new()), ..none() });
    check("Text=a+%26b", Everything { text: Some("a &b".into()), ..none() });
    // Of a repeated parameter the first value counts.
    check("Text=a&Text=b", Everything { text: Some("a".into()), ..none() });
    for (text, number) in
        [("900", 900), ("+900", 900), ("0900", 900), ("-1", -1), ("2147483647", i32::MAX)]
    {
        let body = format!("Number={}", text.replace('+', "%2B"));
        check(&body, Everything { number: Some(number), ..none() });
    }
    check("Long=9223372036854775807", Everything { long: Some(i64::MAX), ..none() });
    check("Double=-1.5e3", Everything { double: Some(-1500.0), ..none() });
    for (text, flag) in [("true", true), ("1", true), ("false", false), ("0", false)] {
        check(&format!("Flag={text}"), Everything { flag: Some(flag), ..none() });
    }
    check("Blob=%2F%2B8A", Everything { blob: Some(Blob(vec![0xff, 0xef, 0])), ..none() });
    for text in ["2026-01-31T12%3A00%3A00Z", "2026-01-31T12:00:00.000Z"] {
        let time = Timestamp::parse("2026-01-31T12:00:00Z");
        check(&format!("Time={text}"), Everything { time, ..none() });
    }
    check("Kind=in-active", Everything { kind: Some(Kind::Inactive), ..none() });
    check("Action=A&Version=V&X-Amz-Signature=s&AWSAccessKeyId=a", none());
}

#[test]
fn lists_and_maps() {
    let none = Everything::default;
    for empty in ["Tags=", "Tags"] {
        check(empty, Everything { tags: Some(vec![]), ..none() });
    }
    let two = || Everything { tags: Some(tags(&[("a", "1"), ("b", "")])), ..none() };
    for body in [
        "Tags.member.1.Key=a&Tags.member.1.Value=1&Tags.member.2.Key=b&Tags.member.2.Value=",
        "Tags.member.2.Value=&Tags.member.1.Value=1&Tags.member.2.Key=b&Tags.member.1.Key=a",
    ] {
        check(body, two());
    }
    // The order is that of the numbers, not of their digits.
    let numbers: Vec<String> = (1..=12).map(|n| n.to_string()).collect();
    let body: Vec<String> = (1..=12).map(|n| format!("Texts.member.{n}={n}")).collect();
    check(&body.join("&"), Everything { texts: Some(numbers), ..none() });

    let map = [("a".to_owned(), "1".to_owned()), ("b".to_owned(), String::new())];
    check(
        "Map.entry.2.value=&Map.entry.1.key=a&Map.entry.1.value=1&Map.entry.2.key=b",
        Everything { map: Some(BTreeMap::from(map)), ..none() },
    );
    check("Map=", Everything { map: Some(BTreeMap::new()), ..none() });

    let inner = Deep { tags: tags(&[("k", "v")]), deep: None };
    let deep = Deep { tags: vec![], deep: Some(Box::new(inner)) };
    check(
        "Deep.Deep.Tags.member.1.Key=k&Deep.Deep.Tags.member.1.Value=v",
        Everything { deep: Some(deep), ..none() },
    );
}

/// What AWS answers to each body: code and text.
#[test]
fn refusals() {
    const MUST_NOT_BE_NULL: &str = "failed to satisfy constraint: Member must not be null";
    for (body, code, text) in [
        ("Number=", "MalformedInput", Some("missing value for decimal type")),
        ("Number=abc", "MalformedInput", None),
        ("Number=900.0", "MalformedInput", None),
        ("Number=+9", "MalformedInput", None),
        ("Number=2147483648", "MalformedInput", None),
        ("Number=-2147483649", "MalformedInput", None),
        ("Flag=", "MalformedInput", Some("missing value for boolean type")),
        ("Flag=True", "MalformedInput", Some("boolean must follow xsd1.1 definition")),
        ("Time=now", "MalformedInput", Some("timestamp must follow ISO8601")),
        ("Texts=a", "MalformedInput", Some("Unexpected list element termination")),
        ("Map=a", "MalformedInput", Some("Unexpected list element termination")),
        ("Deep=a", "MalformedInput", Some("Unexpected complex element termination")),
        ("Tags.1.Key=a", "MalformedInput", Some("Top level element may not be treated as a list")),
        ("Deep.Tags.1.Key=a", "MalformedInput", Some("Start of list found where not expected")),
        ("Texts.member.x=a", "MalformedInput", Some("Start of list found where not expected")),
        ("Texts.member=a", "MalformedInput", Some("Start of list found where not expected")),
        ("Texts.member.0=a", "MalformedInput", Some("0 is not a valid index")),
        ("Texts.member.01=a", "MalformedInput", Some("Value found where not expected")),
        ("Texts.member.1234567890=a", "MalformedInput", Some("Index 1234567890 is illegal")),
        (
            "Texts.member.1=a&Texts.member.1500=b",
            "MalformedInput",
            Some("Excessively sparse input would skip 1,499 list elements"),
        ),
        (
            "Kind=Gone",
            "ValidationError",
            Some(
                "1 validation error detected: Value 'Gone' at 'kind' failed to satisfy \
                 constraint: Member must satisfy enum value set: [Active, in-active]",
            ),
        ),
        (
            "Tags.member.1.Key=a",
            "ValidationError",
            Some(&format!(
                "1 validation error detected: Value null at 'tags.1.member.value' {MUST_NOT_BE_NULL}"
            )),
        ),
        (
            "Texts.member.1=a&Texts.member.3=c",
            "ValidationError",
            Some(&format!(
                "1 validation error detected: Value null at 'texts.2.member' {MUST_NOT_BE_NULL}"
            )),
        ),
        ("Blob=*", "ValidationError", Some("`Blob` is other text: send base64 text")),
        (
            "Texts=&Texts.member.1=a",
            "ValidationError",
            Some("`Texts` has a value and members below it: send one or the other"),
        ),
    ] {
        let form = Form::parse("", body.as_bytes()).unwrap();
        let error = query::decode::<Everything>(&form).unwrap_err();
        let fault = query::fault(&error);
        assert_eq!((&*fault.code, fault.message.as_deref()), (code, text), "{body}");
        assert_eq!(fault.status, 400, "{body}");
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code, reason = "only its shape matters")]
struct Required {
    role_arn: String,
    role_session_name: String,
    duration_seconds: i32,
    tags: Vec<Tag>,
    kind: Kind,
    nested: Nested,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code, reason = "only its shape matters")]
struct Nested {
    inner: String,
}

#[test]
fn all_that_is_missing_is_named_together() {
    for (body, expected) in [
        ("RoleArn=a", "roleSessionName durationSeconds tags kind nested"),
        // A stand-in for `nested` is itself incomplete, so nothing after it is known; it is last.
        ("", "roleArn roleSessionName durationSeconds tags kind nested"),
        (
            "RoleSessionName=s&Nested.Inner=i&DurationSeconds=1&Tags.member.1.Key=k&Kind=Active",
            "tags.1.member.value roleArn",
        ),
    ] {
        let form = Form::parse("", body.as_bytes()).unwrap();
        let error = query::decode::<Required>(&form).unwrap_err();
        let names: Vec<String> =
            error.problems.iter().map(|located| located.path.constraint()).collect();
        assert_eq!(names.join(" "), expected, "{body}");
        let text = query::fault(&error).message.unwrap();
        let plural = if names.len() == 1 { "error" } else { "errors" };
        let head = format!("{} validation {plural} detected: Value null at '", names.len());
        assert!(text.starts_with(&head), "{text}");
    }
    // What cannot be parsed comes before what is missing.
    let form = Form::parse("", b"DurationSeconds=x").unwrap();
    let error = query::decode::<Required>(&form).unwrap_err();
    assert_eq!(error.to_string(), "`DurationSeconds` is `x`: send a whole number of 32 bits");
}

#[test]
fn unknown_parameters_are_named_and_left_out() {
    for (body, expected) in [
        ("Text=a&Colour=red", "Colour"),
        ("text=a", "text"),
        ("Colour.member.1.Shade=x&Colour.member.2=y", "Colour"),
        (
            "Tags.member.1.Key=a&Tags.member.1.Value=b&Tags.member.1.Colour=c",
            "Tags.member.1.Colour",
        ),
        ("Tags.Items.1.Key=a", "Tags.Items"),
        ("Map.entry.1.key=a&Map.entry.1.value=b&Map.entry.1.name=c", "Map.entry.1.name"),
        ("=x&.=y", ""),
        ("Signature=a&Timestamp=b&Action=c&X-Amz-Date=d", "-"),
    ] {
        let form = Form::parse("", body.as_bytes()).unwrap();
        let unknown = query::decode::<Everything>(&form).unwrap().unknown;
        let names: Vec<String> = unknown.iter().map(Path::to_string).collect();
        let expected: &[&str] = if expected == "-" { &[] } else { &[expected] };
        assert_eq!(names, expected, "{body}");
    }
    for count in [MAX_UNKNOWN_NAMED, MAX_UNKNOWN_NAMED + 1] {
        let body: Vec<String> = (0..count).map(|number| format!("X{number}")).collect();
        let body = body.join("&");
        let form = Form::parse("", body.as_bytes()).unwrap();
        let unknown = query::decode::<Everything>(&form).unwrap().unknown;
        assert_eq!(unknown.len(), MAX_UNKNOWN_NAMED);
    }
    let form = Form::parse("", b"Text=a").unwrap();
    let unknown = query::decode::<()>(&form).unwrap().unknown;
    assert_eq!(unknown[0].segments, [Segment::Field("Text".into())]);
}

#[test]
fn lists_hold_at_the_limit_and_one_past_it() {
    for (count, holds) in [(MAX_LIST_ITEMS, true), (MAX_LIST_ITEMS + 1, false)] {
        let body: Vec<String> = (1..=count).map(|n| format!("Texts.member.{n}=")).collect();
        let body = body.join("&");
        let form = Form::parse("", body.as_bytes()).unwrap();
        let decoded = query::decode::<Everything>(&form);
        assert_eq!(decoded.is_ok(), holds, "{count}");
        if let Ok(decoded) = decoded {
            assert_eq!(decoded.input.texts.unwrap().len(), count);
        }
    }
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Output {
    text: Option<String>,
    flag: Option<bool>,
    numbers: Vec<i64>,
    double: Option<f64>,
    map: Option<BTreeMap<String, Option<i32>>>,
    time: Option<Timestamp>,
    policy: Option<PercentEncoded>,
    empty: Option<Empty>,
    nested: Option<Vec<Output>>,
}

#[derive(Debug, Default, Serialize)]
struct Empty {}

fn iam() -> &'static Service {
    Service::named("iam").unwrap()
}

fn result_of(output: &impl Serialize) -> String {
    let answer = String::from_utf8(query::answer(iam(), "Op", "r", output).unwrap()).unwrap();
    let line = |line: &str| line.trim_start().to_owned();
    let compact: String = answer.lines().map(line).collect();
    let result = compact
        .strip_prefix("<OpResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">")
        .unwrap();
    let end = "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></OpResponse>";
    result.strip_suffix(end).unwrap().to_owned()
}

#[test]
fn answers() {
    let none = Output::default;
    for (output, expected) in [
        (none(), "<Numbers/>"),
        (Output { text: Some(String::new()), ..none() }, "<Text/><Numbers/>"),
        (Output { text: Some("a<b".into()), ..none() }, "<Text>a&lt;b</Text><Numbers/>"),
        (
            Output { flag: Some(false), numbers: vec![1, -2], ..none() },
            "<Flag>false</Flag><Numbers><member>1</member><member>-2</member></Numbers>",
        ),
        (Output { double: Some(1.0), ..none() }, "<Numbers/><Double>1.0</Double>"),
        (Output { double: Some(f64::INFINITY), ..none() }, "<Numbers/><Double>Infinity</Double>"),
        (
            Output { map: Some(BTreeMap::from([("k".into(), Some(1))])), ..none() },
            "<Numbers/><Map><entry><key>k</key><value>1</value></entry></Map>",
        ),
        (Output { map: Some(BTreeMap::new()), ..none() }, "<Numbers/><Map/>"),
        (
            Output { time: Some(Timestamp::from_unix_millis(1_999)), ..none() },
            "<Numbers/><Time>1970-01-01T00:00:01Z</Time>",
        ),
        (
            Output { policy: Some("{\"A\": +}".into()), ..none() },
            "<Numbers/><Policy>%7B%22A%22%3A%20%2B%7D</Policy>",
        ),
        (Output { empty: Some(Empty {}), ..none() }, "<Numbers/><Empty/>"),
        (
            Output { nested: Some(vec![none()]), ..none() },
            "<Numbers/><Nested><member><Numbers/></member></Nested>",
        ),
    ] {
        assert_eq!(result_of(&output), format!("<OpResult>{expected}</OpResult>"));
    }
    let time = Output { time: Some(Timestamp::from_unix_millis(1_999)), ..none() };
    let cloudformation = Service::named("cloudformation").unwrap();
    let answer = query::answer(cloudformation, "Op", "r", &time).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.contains("<Time>1970-01-01T00:00:01.999Z</Time>"), "{answer}");
    assert_eq!(result_of(&()), "");
    assert_eq!(result_of(&Empty {}), "<OpResult/>");
}

#[test]
fn shapes_that_cannot_be_written_are_errors() {
    #[derive(Serialize)]
    enum Union {
        Variant(i32),
    }
    #[derive(Serialize)]
    struct Holder {
        union: Union,
    }
    let error = query::answer(iam(), "Op", "r", &Holder { union: Union::Variant(1) }).unwrap_err();
    assert!(error.to_string().contains("`Union`"), "{error}");
}
