use super::*;

fn check(text: &str, expected: &str) {
    let got = match parse(text.as_bytes()) {
        Ok(node) => node.value.kind().to_owned(),
        Err(error) => error.to_string(),
    };
    assert_eq!(got, expected, "{text:?}");
}

#[test]
fn values() {
    for (text, kind) in [
        ("{}", "object"),
        (" [1, -0.5e+3, true, false, null, \"x\"] ", "array"),
        ("\"\\ud83d\\ude00\"", "string"),
        ("0", "number"),
    ] {
        check(text, kind);
    }
    let node = parse(b"{\"a\\n\": [\"\\u00e9\"]}").unwrap();
    assert_eq!(node.get("a\n").unwrap().one_or_many()[0].as_str(), Some("é"));
}

#[test]
fn problems_have_a_place() {
    for (text, message) in [
        ("", "the document is empty at line 1, column 1"),
        (" \n ", "the document is empty at line 2, column 2"),
        ("{", "expected a key in double quotes at line 1, column 2"),
        ("{\"a\":1,}", "expected a key in double quotes at line 1, column 8"),
        ("{\"a\":1\n \"b\":2}", "expected `,` or `}` at line 2, column 2"),
        ("{\"a\":1,\"a\":2}", "the key `a` occurs twice in one object at line 1, column 8"),
        ("[1 2]", "expected `,` or `]` at line 1, column 4"),
        ("01", "unexpected text after the document's end at line 1, column 2"),
        ("1.", "expected a digit at line 1, column 3"),
        ("tru", "expected a value at line 1, column 1"),
        ("\"a", "expected the string's closing `\"` at line 1, column 1"),
        (
            "\"\t\"",
            "a control character in a string must be written as an escape at line 1, column 2",
        ),
        ("\"\\x\"", "unknown escape in a string at line 1, column 2"),
        ("\"\\ud83d\"", "unknown escape in a string at line 1, column 2"),
        ("\"\\u12\"", "unknown escape in a string at line 1, column 2"),
        ("{} x", "unexpected text after the document's end at line 1, column 4"),
    ] {
        check(text, message);
    }
    let error = parse(b"{\"a\": \"\xff\"}").unwrap_err();
    assert_eq!(error.to_string(), "invalid UTF-8 at line 1, column 8");
}

#[test]
fn a_key_is_found_again_among_few_and_many() {
    for members in [2, FEW_MEMBERS - 1, FEW_MEMBERS, FEW_MEMBERS + 1, 3 * FEW_MEMBERS] {
        let key = |number: usize| format!("\"k{number}\":0");
        let all: Vec<String> = (0..members).map(key).collect();
        check(&format!("{{{}}}", all.join(",")), "object");
        for repeated in [0, members - 1] {
            let document = format!("{{{},{}}}", all.join(","), key(repeated));
            let error = parse(document.as_bytes()).unwrap_err();
            assert_eq!(error.problem, JsonProblem::DuplicateKey(format!("k{repeated}")));
        }
    }
}

#[test]
fn depth_and_size_are_bounded() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    check(&nested(MAX_NESTING_DEPTH), "array");
    check(&nested(MAX_NESTING_DEPTH + 1), "nested deeper than 32 levels at line 1, column 33");
    let string = |bytes: usize| format!("\"{}\"", "x".repeat(bytes - 2));
    check(&string(MAX_DOCUMENT_BYTES), "string");
    check(
        &string(MAX_DOCUMENT_BYTES + 1),
        "the document has 1048577 bytes, more than the 1048576 that are read at line 1, column 1",
    );
}
