//! Reading XML, as tables of bytes and values.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeMap;

use serde::Deserialize;
use wire::xml::{self, Lists, MAX_ATTRIBUTES, MAX_DEPTH, MAX_DOCUMENT_BYTES, MAX_ELEMENTS};

#[test]
fn documents() {
    let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- c --><s:R xmlns:s=\"u\" a='1&lt;'>\n  \
        <A>x &amp; &#65;&#x42;<![CDATA[<&>]]></A>\r\n  <B/><A> </A></s:R>\n";
    let root = xml::read(text.as_bytes()).unwrap();
    assert_eq!(root.name, "R");
    assert_eq!(root.attribute("a"), Some("1<"));
    assert_eq!(root.attribute("xmlns:s"), Some("u"));
    assert_eq!(root.text, "");
    let children: Vec<(&str, &str)> =
        root.children.iter().map(|child| (child.name.as_str(), child.text.as_str())).collect();
    assert_eq!(children, [("A", "x & AB<&>"), ("B", ""), ("A", " ")]);
    assert_eq!(root.child("B").unwrap().children, []);
    assert_eq!(xml::read(b"\xef\xbb\xbf<a>1\r\n2\r3</a>").unwrap().text, "1\n2\n3");
}

#[test]
fn refusals() {
    for (document, expected) in [
        ("", "no root element"),
        ("<a>", "ends inside an element"),
        ("<a></b>", "not well formed"),
        ("</a>", "not well formed"),
        ("<a/><b/>", "second root"),
        ("x<a/>", "outside the root"),
        ("<a/>x", "outside the root"),
        ("<a b=1/>", "not well formed"),
        ("<a b='1' b='2'/>", "not well formed"),
        ("<a>&nbsp;</a>", "`&nbsp;`"),
        ("<a b='&nbsp;'/>", "not well formed"),
        ("<a>&#0;</a>", "not well formed"),
        ("<a>&#xD800;</a>", "not well formed"),
        ("<a>&</a>", "not well formed"),
        ("<?php x?><a/>", "processing instructions"),
        ("<!DOCTYPE a><a/>", "document type definitions"),
        ("<!DOCTYPE a [<!ENTITY x \"xx\"><!ENTITY y \"&x;&x;\">]><a>&y;</a>", "document type"),
        ("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>", "document type"),
        ("<a/><!DOCTYPE a>", "document type"),
    ] {
        let error = xml::read(document.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{document}: {error}");
    }
    let error = xml::read(b"<a>\xff</a>").unwrap_err().to_string();
    assert!(error.contains("not UTF-8"), "{error}");
}

#[test]
fn limits_hold_at_the_limit_and_one_past_it() {
    let nested = |levels: usize| "<a>".repeat(levels) + &"</a>".repeat(levels);
    let many = |elements: usize| format!("<r>{}</r>", "<a/>".repeat(elements - 1));
    let attributes = |count: usize| {
        let list: Vec<String> = (0..count).map(|number| format!("a{number}=''")).collect();
        format!("<r {}/>", list.join(" "))
    };
    let large = |bytes: usize| format!("<r>{}</r>", "x".repeat(bytes - 7));
    for (document, holds) in [
        (nested(MAX_DEPTH), true),
        (nested(MAX_DEPTH + 1), false),
        (nested(1_000_000), false),
        (many(MAX_ELEMENTS), true),
        (many(MAX_ELEMENTS + 1), false),
        (attributes(MAX_ATTRIBUTES), true),
        (attributes(MAX_ATTRIBUTES + 1), false),
        (large(MAX_DOCUMENT_BYTES), true),
        (large(MAX_DOCUMENT_BYTES + 1), false),
    ] {
        let start: String = document.chars().take(40).collect();
        assert_eq!(xml::read(document.as_bytes()).is_ok(), holds, "{start}");
    }
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Delete {
    #[serde(default)]
    quiet: bool,
    object: Vec<Object>,
    tag_set: Option<TagSet>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Object {
    key: String,
    size: Option<i64>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagSet {
    #[serde(default)]
    tag: Vec<Object>,
}

#[test]
fn values_with_repeated_members() {
    let document = "<Delete xmlns='u'><Object><Key>a</Key><Size>1</Size></Object><Quiet>true</Quiet>\
        <Object><Key/></Object><TagSet/><New/></Delete>";
    let decoded = xml::decode::<Delete>(document.as_bytes(), Lists::Repeated).unwrap();
    let object = |key: &str, size| Object { key: key.to_owned(), size };
    let expected = Delete {
        quiet: true,
        object: vec![object("a", Some(1)), object("", None)],
        tag_set: Some(TagSet { tag: vec![] }),
    };
    assert_eq!(decoded.input, expected);
    assert_eq!(decoded.unknown[0].to_string(), "New");
    for (document, expected) in [
        ("<Delete/>", "`Object` is required: send it"),
        ("<Delete><Object>x</Object></Delete>", "`Object[0]` is text: send a structure"),
        (
            "<Delete><Object><Key/><Size>x</Size></Object></Delete>",
            "`Object[0].Size` is `x`: send a whole number of 64 bits",
        ),
        (
            "<Delete><Object><Key/></Object><Quiet>true</Quiet><Quiet>true</Quiet></Delete>",
            "`Quiet` is a list: send `true` or `false`",
        ),
        ("<Delete", "the request is malformed: the document is not well formed at byte 0: "),
    ] {
        let error = xml::decode::<Delete>(document.as_bytes(), Lists::Repeated).unwrap_err();
        assert!(error.to_string().starts_with(expected), "{document}: {error}");
    }
}

#[test]
fn values_with_wrapped_members() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer {
        roles: Vec<Object>,
        map: BTreeMap<String, i32>,
    }
    let document = "<R><Roles><member><Key>a</Key></member><member><Key>b</Key></member></Roles>\
        <Map><entry><key>k</key><value>1</value></entry></Map></R>";
    let decoded = xml::decode::<Answer>(document.as_bytes(), Lists::Wrapped("member")).unwrap();
    let object = |key: &str| Object { key: key.to_owned(), size: None };
    let map = BTreeMap::from([("k".to_owned(), 1)]);
    assert_eq!(decoded.input, Answer { roles: vec![object("a"), object("b")], map });
    let document = "<R><Roles/><Map><entry><key>k</key></entry></Map></R>";
    let error = xml::decode::<Answer>(document.as_bytes(), Lists::Wrapped("member")).unwrap_err();
    assert_eq!(error.to_string(), "`Map[0].value` is required: send it");
}
