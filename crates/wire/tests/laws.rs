//! Laws that hold for every input: what is written is read back, and nothing that is read panics.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use wire::xml::Lists;
use wire::{Blob, Form, Incoming, Service, Timestamp, blob, ec2, json, percent, query, xml};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tree {
    text: String,
    maybe: Option<String>,
    number: Option<i64>,
    flag: bool,
    kind: Kind,
    time: Option<Timestamp>,
    blob: Option<Blob>,
    #[serde(default)]
    texts: Vec<String>,
    #[serde(default)]
    nodes: Vec<Tree>,
    #[serde(default)]
    map: BTreeMap<String, i32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Kind {
    Active,
    Inactive,
}

/// Text that XML can carry.
fn text() -> impl Strategy<Value = String> {
    "[\\t\\n\\r -~é世😀&<>\"'+%.=\u{a0}\u{fffd}]{0,12}"
}

fn tree() -> impl Strategy<Value = Tree> {
    let kind = prop_oneof![Just(Kind::Active), Just(Kind::Inactive)];
    let time = (-60_000_000_000_i64..250_000_000_000).prop_map(Timestamp::from_unix_seconds);
    let blob = vec(any::<u8>(), 0..9).prop_map(Blob);
    let scalars = (text(), option::of(text()), any::<Option<i64>>(), any::<bool>(), kind);
    let others = (option::of(time), option::of(blob), vec(text(), 0..12));
    let map = btree_map(text(), any::<i32>(), 0..4);
    let leaf = (scalars, others, map).prop_map(
        |((text, maybe, number, flag, kind), (time, blob, texts), map)| {
            let nodes = Vec::new();
            Tree { text, maybe, number, flag, kind, time, blob, texts, nodes, map }
        },
    );
    leaf.prop_recursive(3, 12, 3, |inner| {
        (inner.clone(), vec(inner, 0..3)).prop_map(|(tree, nodes)| Tree { nodes, ..tree })
    })
}

/// What a client of the form protocols sends for a tree, in `style`'s spelling of lists.
fn parameters(tree: &Tree, prefix: &str, list: &str, pairs: &mut Vec<(String, String)>) {
    let mut push = |name: &str, value: String| pairs.push((format!("{prefix}{name}"), value));
    push("Text", tree.text.clone());
    push("Flag", tree.flag.to_string());
    push("Kind", format!("{:?}", tree.kind));
    for (name, value) in [
        ("Maybe", tree.maybe.clone()),
        ("Number", tree.number.map(|number| number.to_string())),
        ("Time", tree.time.map(Timestamp::to_seconds_text)),
        ("Blob", tree.blob.as_ref().map(|blob| blob::to_base64(&blob.0))),
    ] {
        if let Some(value) = value {
            push(name, value);
        }
    }
    for (text, number) in tree.texts.iter().zip(1..) {
        push(&format!("Texts{list}.{number}"), text.clone());
    }
    for ((key, value), number) in tree.map.iter().zip(1..) {
        let entry = if list.is_empty() { "" } else { ".entry" };
        push(&format!("Map{entry}.{number}.key"), key.clone());
        push(&format!("Map{entry}.{number}.value"), value.to_string());
    }
    for (node, number) in tree.nodes.iter().zip(1..) {
        parameters(node, &format!("{prefix}Nodes{list}.{number}."), list, pairs);
    }
}

fn body(pairs: &[(String, String)]) -> String {
    let pair = |(name, value): &(String, String)| format!("{name}={}", percent::encode(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// Bytes that come close to what the readers know.
fn almost_a_request() -> impl Strategy<Value = Vec<u8>> {
    let token = prop::sample::select(vec![
        "Text",
        "Nodes",
        "Texts",
        "Map",
        "Kind",
        ".",
        ".member",
        ".entry",
        ".1",
        ".2",
        ".01",
        ".0",
        ".99999999999",
        ".key",
        ".value",
        "=",
        "=",
        "&",
        "&",
        "%",
        "%2",
        "%41",
        "%ff",
        "+",
        "true",
        "Active",
        "2026-01-31T12:00:00Z",
        "<",
        ">",
        "</",
        "/>",
        "<Text>",
        "</Text>",
        "<Nodes>",
        "</Nodes>",
        "<?xml version=\"1.0\"?>",
        "<!DOCTYPE",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "&amp;",
        "&x;",
        "&#65;",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"Text\"",
        "\"Nodes\"",
        "null",
        "1e9",
    ]);
    let fragment = prop_oneof![
        8 => token.prop_map(|token: &str| token.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..4),
    ];
    vec(fragment, 0..24).prop_map(|fragments| fragments.concat())
}

fn read_all(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for form in [Form::parse("", bytes), Form::parse(&text, b"")].into_iter().flatten() {
        if let Err(error) = query::decode::<Tree>(&form) {
            assert!(!query::fault(&error).code.is_empty() && !error.to_string().is_empty());
        }
        if let Err(error) = ec2::decode::<Tree>(&form) {
            assert!(!ec2::fault(&error).code.is_empty());
        }
    }
    if let Err(error) = json::decode::<Tree>(bytes) {
        assert!(!json::fault(&error).code.is_empty());
    }
    for lists in [Lists::Repeated, Lists::Wrapped("member")] {
        if let Err(error) = xml::decode::<Tree>(bytes, lists) {
            assert!(!error.problems.is_empty());
        }
    }
    let headers = [("host", &*text), ("x-amz-target", &*text), ("content-type", &*text)];
    for headers in [&headers[..], headers.get(..1).unwrap(), headers.get(2..).unwrap()] {
        let incoming =
            Incoming { method: "POST", query: &text, headers, body: bytes, scope_service: None };
        if let Err(error) = wire::route(&incoming) {
            assert!(error.fault().status >= 400);
        }
    }
    if let Some(time) = Timestamp::parse(&text) {
        assert_eq!(Timestamp::parse(&time.to_millis_text()), Some(time));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn awsquery_requests_are_read_back(tree in tree(), seed in any::<u64>()) {
        let mut pairs = Vec::new();
        parameters(&tree, "", ".member", &mut pairs);
        let sent = body(&pairs);
        let form = Form::parse("", sent.as_bytes()).unwrap();
        let decoded = query::decode::<Tree>(&form).unwrap();
        prop_assert_eq!(&decoded.input, &tree);
        prop_assert_eq!(decoded.unknown.len(), 0);

        // The order of parameters says nothing.
        pairs.sort_by_key(|(name, _)| {
            name.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
        });
        let sent = body(&pairs);
        let form = Form::parse(&sent, b"").unwrap();
        prop_assert_eq!(query::decode::<Tree>(&form).unwrap().input, tree);
    }

    #[test]
    fn ec2_requests_are_read_back(tree in tree()) {
        let mut pairs = Vec::new();
        parameters(&tree, "", "", &mut pairs);
        let sent = body(&pairs);
        let form = Form::parse("", sent.as_bytes()).unwrap();
        let decoded = ec2::decode::<Tree>(&form).unwrap();
        prop_assert_eq!(decoded.input, tree);
        prop_assert_eq!(decoded.unknown.len(), 0);
    }

    #[test]
    fn xml_answers_are_read_back(tree in tree()) {
        let answer = query::answer(Service::named("iam").unwrap(), "Op", "r", &tree).unwrap();
        let root = xml::read(&answer).unwrap();
        let result = root.child("OpResult").unwrap();
        let decoded = xml::decode_element::<Tree>(result, Lists::Wrapped("member")).unwrap();
        prop_assert_eq!(decoded.input, tree.clone());
        prop_assert_eq!(decoded.unknown.len(), 0);

        let answer = ec2::answer(Service::named("ec2").unwrap(), "Op", "r", &tree).unwrap();
        let decoded = xml::decode::<Tree>(&answer, Lists::Wrapped("item")).unwrap();
        prop_assert_eq!(decoded.input, tree);
        prop_assert_eq!(decoded.unknown.iter().map(ToString::to_string).collect::<Vec<_>>(), ["requestId"]);
    }

    #[test]
    fn json_is_read_back(tree in tree()) {
        let decoded = json::decode::<Tree>(&json::answer(&tree).unwrap()).unwrap();
        prop_assert_eq!(decoded.input, tree);
        prop_assert_eq!(decoded.unknown.len(), 0);
    }

    #[test]
    fn any_text_makes_well_formed_xml(text in any::<String>()) {
        let fault = wire::Fault::new(400, text.clone(), text.clone());
        let root = xml::read(&query::error("urn:n", &fault, &text)).unwrap();
        let message = &root.child("Error").unwrap().child("Message").map_or("", |leaf| &leaf.text);
        prop_assert_eq!(message.chars().count(), text.chars().count());
    }

    #[test]
    fn text_forms_are_inverses(bytes in vec(any::<u8>(), 0..40), millis in any::<i64>()) {
        prop_assert_eq!(blob::from_base64(&blob::to_base64(&bytes)), Some(bytes));
        let time = Timestamp::from_unix_millis(millis);
        prop_assert_eq!(Timestamp::parse(&time.to_millis_text()), Some(time));
    }

    #[test]
    fn nothing_panics_on_any_bytes(bytes in vec(any::<u8>(), 0..64)) {
        read_all(&bytes);
    }

    #[test]
    fn nothing_panics_on_almost_a_request(bytes in almost_a_request()) {
        read_all(&bytes);
    }
}
