//! What must hold for any bytes as what S3 reads: documents, ranges, tags, policies and the sources of copies. The
//! suite of `s3` runs it as well, on a bounded number of mutations.

use s3::object::range;
use s3::policy::{accept, public};
use s3::{name, tagging};
use wire::rest_xml;
use wire::xml::{Lists, decode, read};

/// A byte for what it is, and the text.
pub fn s3(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    match kind % 5 {
        0 => document(rest),
        1 => ranges(&text),
        2 => tags(&text),
        3 => policy(&text),
        _ => places(&text),
    }
}

/// A document is read or refused, and what is read is bounded.
fn document(bytes: &[u8]) {
    if let Ok(root) = read(bytes) {
        assert!(!root.name.is_empty());
    }
    // Any shape will do: what is wrong is an error and never a panic.
    let _ = decode::<std::collections::BTreeMap<String, String>>(bytes, Lists::Repeated);
    let request = rest_xml::read("POST", Some("bucket"), "/", "delete", |_| false);
    let request = request.expect("DeleteObjects is an operation");
    let _ = rest_xml::decode::<Delete>(&request, &[], bytes);
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code, reason = "only whether it can be read counts")]
struct Delete {
    delete: Objects,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code, reason = "only whether it can be read counts")]
struct Objects {
    #[serde(default)]
    object: Vec<Object>,
    #[serde(default)]
    quiet: bool,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code, reason = "only whether it can be read counts")]
struct Object {
    key: String,
    version_id: Option<String>,
}

/// A range is within the object, and not empty.
fn ranges(text: &str) {
    for bytes in [0, 1, 10, u64::MAX] {
        if let Ok(Some(range)) = range::parse(Some(text), bytes) {
            assert!(range.start < range.end && range.end <= bytes, "{text} of {bytes}");
        }
        if let Ok(range) = range::parse_copy(Some(text), bytes) {
            assert!(range.start < range.end && range.end <= bytes, "{text} of {bytes}");
        }
    }
}

/// Tags that are taken can be set.
fn tags(text: &str) {
    if let Ok(tags) = tagging::parse_header(text) {
        assert!(tags.len() <= tagging::MAX_OBJECT_TAGS);
        tagging::check(&tags, tagging::MAX_OBJECT_TAGS).expect("they were checked");
    }
}

/// A policy is taken or refused by the one code.
fn policy(text: &str) {
    if let Err(fault) = accept::check(text, "bucket") {
        assert_eq!(fault.code, "MalformedPolicy");
    }
    let _ = public::is_public(text);
}

/// Rows are in the order of their keys, and none can be taken for another bucket's.
fn places(text: &str) {
    let (one, other) = text.split_once('\n').unwrap_or((text, ""));
    let place = |key| name::place_of("bucket", key, "0");
    assert_eq!(place(one).cmp(&place(other)), one.cmp(other), "{one:?} {other:?}");
    let is_below =
        place(one).as_str() < name::after_prefix("bucket", other).as_str() && one >= other;
    assert_eq!(is_below, one.starts_with(other), "{one:?} {other:?}");
    assert!(!place(one).contains('\0'));
}
