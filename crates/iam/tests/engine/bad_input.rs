//! Documents that are no policies: a diagnostic with its place, and never a panic.

use iam::diagnostic::Severity;
use iam::json::{self, MAX_DOCUMENT_BYTES, MAX_NESTING_DEPTH, Node, Value};
use iam::{NamedPolicy, Policy, PolicyKind, PolicySet};

use crate::support::{ANNA, Ask, OBJECT};

/// The first diagnostic as `line:column: severity: message`; empty if the document is a policy.
fn first_problem(document: &[u8], kind: PolicyKind) -> String {
    match Policy::parse(document, kind) {
        Ok(_) => String::new(),
        Err(found) => {
            let text = String::from_utf8_lossy(document);
            found.first().map(|found| found.one_line(&text)).unwrap()
        }
    }
}

/// Reads `document` as a policy of every kind. Whatever is wrong is said, with a place inside the
/// document.
fn read_as_every_kind(document: &[u8]) {
    for kind in PolicyKind::ALL {
        match Policy::parse(document, kind) {
            Ok(policy) => assert_eq!(policy.text().as_bytes(), document),
            Err(found) => {
                assert!(!found.is_empty(), "{kind}: refused without a word");
                for diagnostic in found {
                    assert_eq!(diagnostic.severity, Severity::Error);
                    assert!(!diagnostic.message.is_empty());
                    let (start, end) =
                        (diagnostic.span.start as usize, diagnostic.span.end as usize);
                    assert!(start <= end && end <= document.len(), "{kind}: {diagnostic:?}");
                }
            }
        }
    }
}

#[test]
fn what_is_not_json_has_a_line_and_a_column() {
    for (document, expected) in [
        (&b""[..], "1:1: error: the document is empty"),
        (b" \n\t", "2:2: error: the document is empty"),
        (b"{", "1:2: error: expected a key in double quotes"),
        (b"}", "1:1: error: expected a value"),
        (b"{\"Version\": \"2012-10-17\",\n \"Statement\": [}", "2:16: error: expected a value"),
        (b"{\"Version\": \"2012-10-17\",}", "1:26: error: expected a key in double quotes"),
        (b"{'Version': 1}", "1:2: error: expected a key in double quotes"),
        (b"{Version: 1}", "1:2: error: expected a key in double quotes"),
        (b"{\"Version\" 1}", "1:12: error: expected `:` after the key"),
        (b"{\"a\": 1 \"b\": 2}", "1:9: error: expected `,` or `}`"),
        (b"{\"Statement\": [1 2]}", "1:18: error: expected `,` or `]`"),
        (b"{} {}", "1:4: error: unexpected text after the document's end"),
        (b"// {}", "1:1: error: expected a value"),
        (b"{\"a\": .5}", "1:7: error: expected a value"),
        (b"{\"a\": 1e}", "1:9: error: expected a digit"),
        (b"{\"a\": +1}", "1:7: error: expected a value"),
        (b"{\"a\": NaN}", "1:7: error: expected a value"),
        (b"{\"a\": True}", "1:7: error: expected a value"),
        (b"{\"a\": \"\\q\"}", "1:8: error: unknown escape in a string"),
        (b"{\"a\": \"\\ud800\"}", "1:8: error: unknown escape in a string"),
        (b"{\"a\": \"\\udc00\"}", "1:8: error: unknown escape in a string"),
        (b"{\"a\": \"x", "1:7: error: expected the string's closing `\"`"),
        (
            b"{\"a\": \"x\ny\"}",
            "1:9: error: a control character in a string must be written as an escape",
        ),
        (b"\xef\xbb\xbf{}", "1:1: error: expected a value"), // a byte order mark
    ] {
        for kind in PolicyKind::ALL {
            assert_eq!(first_problem(document, kind), expected, "{:?}", document.escape_ascii());
        }
    }
}

#[test]
fn bytes_that_are_not_utf8_have_a_place() {
    for (document, place) in [
        (&b"\xff"[..], "1:1"),
        (b"{\"Version\":\n\"\x80\"}", "2:2"),
        (b"{\"\xc3\xa9\": \"\xc3\"}", "1:8"), // a two-byte letter, and half of one
        (b"{\"a\": \"\xed\xa0\x80\"}", "1:8"), // half of a surrogate pair
        (b"{\"a\": \"\xf4\x90\x80\x80\"}", "1:8"), // beyond the last character
    ] {
        let found = Policy::parse(document, PolicyKind::Identity).unwrap_err();
        let valid = json::utf8(document).unwrap_err().position.to_string();
        assert_eq!(valid, place, "{}", document.escape_ascii());
        assert!(found[0].message.contains("UTF-8"));
        read_as_every_kind(document);
    }
}

/// IAM refuses duplicate keys; which of two Effects counted would be anybody's guess.
#[test]
fn duplicate_keys() {
    for (document, place) in [
        (r#"{"Version": "2012-10-17", "Version": "2012-10-17", "Statement": []}"#, "1:27"),
        (r#"{"Statement": [], "Statement": []}"#, "1:19"),
        ("{\"Statement\": {\"Effect\": \"Allow\",\n\"Effect\": \"Deny\"}}", "2:1"),
        (r#"{"Statement": {"Condition": {"Bool": {}, "Bool": {}}}}"#, "1:42"),
        (r#"{"Statement": {"Condition": {"Bool": {"a": 1, "a": 2}}}}"#, "1:47"),
        (r#"{"Statement": {"Principal": {"AWS": "*", "AWS": "*"}}}"#, "1:42"),
        (r#"{"a": 1, "\u0061": 2}"#, "1:10"),
    ] {
        for kind in PolicyKind::ALL {
            let problem = first_problem(document.as_bytes(), kind);
            assert!(
                problem.starts_with(&format!("{place}: error: the key")),
                "{document}: {problem}"
            );
            assert!(problem.ends_with("occurs twice in one object"), "{document}: {problem}");
        }
    }
}

#[test]
fn nesting_is_bounded() {
    let arrays = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let objects = |depth: usize| "{\"a\":".repeat(depth) + "1" + &"}".repeat(depth);
    assert!(json::parse(arrays(MAX_NESTING_DEPTH).as_bytes()).is_ok());
    assert!(json::parse(objects(MAX_NESTING_DEPTH).as_bytes()).is_ok());
    for depth in [MAX_NESTING_DEPTH + 1, 100, 100_000] {
        for document in [arrays(depth), objects(depth), "[".repeat(depth), "{\"a\":".repeat(depth)]
        {
            let problem = first_problem(document.as_bytes(), PolicyKind::Identity);
            assert!(problem.ends_with("nested deeper than 32 levels"), "{depth}: {problem}");
            read_as_every_kind(document.as_bytes());
        }
    }
}

#[test]
fn size_is_bounded() {
    let sized = |bytes: usize| {
        let start =
            r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Sid": ""#;
        let end = r#""}}"#;
        format!("{start}{}{end}", "x".repeat(bytes - start.len() - end.len()))
    };
    let largest = sized(MAX_DOCUMENT_BYTES);
    assert_eq!(largest.len(), 1 << 20);
    let policy = Policy::parse(largest.as_bytes(), PolicyKind::Identity).unwrap();
    assert!(policy.says_the_same(&policy.clone()));
    let problem = first_problem(sized(MAX_DOCUMENT_BYTES + 1).as_bytes(), PolicyKind::Identity);
    assert_eq!(
        problem,
        "1:1: error: the document has 1048577 bytes, more than the 1048576 that are read"
    );
    // White space and strings without an end are read to the end and no further.
    for filler in [" ", "\n", "\"", "[", "\\", "9"] {
        read_as_every_kind(filler.repeat(MAX_DOCUMENT_BYTES).as_bytes());
        read_as_every_kind(filler.repeat(MAX_DOCUMENT_BYTES + 1).as_bytes());
    }
}

/// A statement that is complete but for what a row puts in.
pub(crate) fn statement_with(extra: &str) -> String {
    format!(r#"{{"Statement": {{"Effect": "Allow", "Action": "*", "Resource": "*", {extra}}}}}"#)
}

#[test]
fn elements_that_are_wrong() {
    let at = |column: usize, message: &str| format!("1:{column}: error: {message}");
    for (document, expected) in [
        ("[]".into(), at(1, "a policy is an object, not an array")),
        ("1".into(), at(1, "a policy is an object, not a number")),
        ("null".into(), at(1, "a policy is an object, not null")),
        ("{}".into(), at(1, "a policy needs a `Statement`")),
        (r#"{"Statement": []}"#.into(), at(15, "a policy needs a statement")),
        (r#"{"Statement": [null]}"#.into(), at(16, "a statement is an object, not null")),
        (r#"{"Statement": [[{}]]}"#.into(), at(16, "a statement is an object, not an array")),
        (r#"{"Statement": "x"}"#.into(), at(15, "a statement is an object, not a string")),
        (r#"{"Version": "2013-01-01", "Statement": []}"#.into(), at(13, "unknown policy version")),
        (r#"{"Version": 2012, "Statement": []}"#.into(), at(13, "unknown policy version")),
        (r#"{"Id": 7, "Statement": []}"#.into(), at(8, "`Id` is a string, not a number")),
        (r#"{"version": "2012-10-17"}"#.into(), at(2, "`version` is not an element here")),
        (statement_with(r#""Sid": null"#), at(74, "`Sid` is a string, not null")),
        (statement_with(r#""Effects": 1"#), at(67, "`Effects` is not an element here")),
        (
            statement_with(r#""NotAction": "x""#),
            at(80, "a statement has `Action` or `NotAction`, not both"),
        ),
        (
            statement_with(r#""NotResource": "x""#),
            at(82, "a statement has `Resource` or `NotResource`, not both"),
        ),
        (statement_with(r#""Condition": []"#), at(80, "`Condition` is an object of operators")),
        (statement_with(r#""Condition": "x""#), at(80, "`Condition` is an object of operators")),
        (
            statement_with(r#""Condition": {"Bool": "x"}"#),
            at(89, "`Bool` takes an object of condition keys"),
        ),
        (
            statement_with(r#""Condition": {"Bool": {"a": null}}"#),
            at(95, "`a` is a string, not null"),
        ),
        (
            statement_with(r#""Condition": {"Bool": {"a": [[]]}}"#),
            at(96, "`a` is a string, not an array"),
        ),
        (
            statement_with(r#""Condition": {"Bool": {"a": {}}}"#),
            at(95, "`a` is a string, not an object"),
        ),
    ] {
        assert_eq!(
            first_problem(document.as_bytes(), PolicyKind::Identity),
            expected,
            "{document}"
        );
    }
    for (statement, column, message) in [
        (r#"{"Action": "*", "Resource": "*"}"#, 15, "the statement needs an `Effect`"),
        (
            r#"{"Effect": "allow", "Action": "*", "Resource": "*"}"#,
            26,
            "`Effect` is \"Allow\" or \"Deny\", in this letter case",
        ),
        (
            r#"{"Effect": true, "Action": "*", "Resource": "*"}"#,
            26,
            "`Effect` is \"Allow\" or \"Deny\", in this letter case",
        ),
        (
            r#"{"Effect": "Deny", "Resource": "*"}"#,
            15,
            "the statement needs an `Action` or a `NotAction`",
        ),
        (
            r#"{"Effect": "Deny", "Action": "*"}"#,
            15,
            "the statement needs a `Resource` or a `NotResource`",
        ),
        (
            r#"{"Effect": "Deny", "Action": 1, "Resource": "*"}"#,
            44,
            "`Action` is a string, not a number",
        ),
        (
            r#"{"Effect": "Deny", "Action": {}, "Resource": "*"}"#,
            44,
            "`Action` is a string, not an object",
        ),
        (
            r#"{"Effect": "Deny", "Action": ["*", false], "Resource": "*"}"#,
            50,
            "`Action` is a string, not a boolean",
        ),
        (
            r#"{"Effect": "Deny", "Action": "*", "Resource": null}"#,
            61,
            "`Resource` is a string, not null",
        ),
    ] {
        let document = format!(r#"{{"Statement": {statement}}}"#);
        let problem = first_problem(document.as_bytes(), PolicyKind::Identity);
        assert_eq!(problem, at(column, message), "{document}");
    }
}

#[test]
fn principals_that_are_wrong() {
    for (principal, message) in [
        ("\"anna\"", "not a principal"),
        ("null", "not a principal"),
        ("[\"*\"]", "not a principal"),
        ("7", "not a principal"),
        (r#"{"aws": "*"}"#, "`aws` is not an element here"),
        (r#"{"AWS": 111122223333}"#, "`AWS` is a string, not a number"),
        (r#"{"AWS": ["*", null]}"#, "`AWS` is a string, not null"),
        (r#"{"AWS": {"x": "*"}}"#, "`AWS` is a string, not an object"),
    ] {
        for element in ["Principal", "NotPrincipal"] {
            let document = statement_with(&format!(r#""{element}": {principal}"#));
            let problem = first_problem(document.as_bytes(), PolicyKind::Resource);
            assert!(problem.ends_with(&format!(": error: {message}")), "{document}: {problem}");
            let of_identity = first_problem(document.as_bytes(), PolicyKind::Identity);
            assert!(!of_identity.is_empty(), "{document}");
        }
    }
    let both = statement_with(r#""Principal": "*", "NotPrincipal": "*""#);
    assert!(first_problem(both.as_bytes(), PolicyKind::Resource).ends_with("not both"));
    for kind in PolicyKind::ALL {
        let named = statement_with(r#""Principal": "*""#);
        assert_eq!(
            first_problem(named.as_bytes(), kind).is_empty(),
            kind.has_principal(),
            "{kind}"
        );
    }
}

#[test]
fn operators_that_are_none() {
    for (operator, help) in [
        ("StringMatches", "see the list in IAM's user guide under condition operators"),
        ("stringequals", "operators are case-sensitive: write `StringEquals`"),
        ("ForAnyValue:bool", "operators are case-sensitive: write `Bool`"),
        ("ForSomeValues:StringEquals", "operators are case-sensitive: write `StringEquals`"),
        ("StringEqualsIfExist", "see the list in IAM's user guide under condition operators"),
        ("", "see the list in IAM's user guide under condition operators"),
    ] {
        let document = statement_with(&format!(r#""Condition": {{"{operator}": {{}}}}"#));
        for kind in PolicyKind::ALL {
            let found = Policy::parse(document.as_bytes(), kind).unwrap_err();
            assert_eq!(found.len(), 1, "{document}");
            assert_eq!(found[0].message, format!("`{operator}` is not a condition operator"));
            assert_eq!(found[0].code, "unknown-operator");
            assert_eq!(found[0].help.as_deref(), Some(help), "{operator}");
            assert_eq!(policy_position(&document, found[0].span.start), "1:81");
        }
    }
}

fn policy_position(document: &str, offset: u32) -> String {
    iam::span::Position::of(document, offset as usize).to_string()
}

/// A policy with every element.
const WHOLE: &str = r#"{"Version": "2012-10-17", "Id": "i", "Statement": [
    {"Sid": "One", "Effect": "Allow", "Principal": {"AWS": ["111122223333", "*"], "Service": "s3.amazonaws.com"},
     "Action": ["s3:Get*", "s3:List*"], "Resource": "arn:aws:s3:::data/${aws:username}/*",
     "Condition": {"StringLike": {"aws:username": ["a*", "b"]}, "Bool": {"aws:SecureTransport": true},
                   "NumericLessThan": {"s3:max-keys": 10}}},
    {"Effect": "Deny", "NotPrincipal": "*", "NotAction": "s3:*", "NotResource": ["*"]}]}"#;

/// Every value of a policy, one after the other, replaced by what does not belong there.
#[test]
fn odd_values_in_every_place() {
    let root = json::parse(WHOLE.as_bytes()).unwrap();
    let mut places = Vec::new();
    collect(&root, &mut places);
    assert!(places.len() > 30);
    let odd = [
        "null",
        "true",
        "0",
        "-1.5e-9",
        "\"\"",
        "\"x\"",
        "[]",
        "{}",
        "[null]",
        "[[]]",
        "{\"\": {}}",
        "[{}, 1, \"x\"]",
        "\"\\u0000\"",
        "\"${\"",
        "\"arn:::::\"",
        "{\"AWS\": {\"AWS\": \"*\"}}",
        "{\"Bool\": {\"Bool\": {}}}",
    ];
    for (start, end) in places {
        for value in odd {
            let document = format!("{}{value}{}", &WHOLE[..start], &WHOLE[end..]);
            read_as_every_kind(document.as_bytes());
            if let Ok(policy) = Policy::parse(document.as_bytes(), PolicyKind::Resource) {
                let set = PolicySet::new(vec![NamedPolicy::new("odd", policy)]);
                let _ = set.ask(&Ask::new(ANNA, "s3:GetObject", OBJECT).request(), false);
            }
        }
    }
}

fn collect(node: &Node, places: &mut Vec<(usize, usize)>) {
    places.push((node.span.start as usize, node.span.end as usize));
    match &node.value {
        Value::Array(nodes) => nodes.iter().for_each(|node| collect(node, places)),
        Value::Object(members) => members.iter().for_each(|member| collect(&member.value, places)),
        _ => {}
    }
}

/// The first n bytes of a policy, for every n, and the policy without one of its bytes.
#[test]
fn cut_off_and_gapped_documents() {
    let bytes = WHOLE.as_bytes();
    for cut in 0..bytes.len() {
        let problem = first_problem(&bytes[..cut], PolicyKind::Resource);
        assert!(problem.contains(": error: "), "the first {cut} bytes: {problem}");
        read_as_every_kind(&[&bytes[..cut], &bytes[cut + 1..]].concat());
        read_as_every_kind(&[&bytes[..cut], b"\"", &bytes[cut..]].concat());
    }
}
