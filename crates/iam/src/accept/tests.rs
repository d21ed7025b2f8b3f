//! Tables of documents: what IAM says to each, and what it stores.

use super::*;

mod trust_policies;

fn verdict<T>(result: &Result<T, Malformed>) -> &str {
    result.as_ref().map_or_else(|malformed| malformed.message.as_str(), |_| "stored")
}

/// Managed policies: the strictest of the first reader's kinds.
fn managed(document: &str, expected: &str) {
    let result = check_managed(document.as_bytes());
    assert_eq!(verdict(&result), expected, "{document}\n{result:?}");
    if let Err(malformed) = result {
        assert!(malformed.span.end as usize <= document.len(), "{document}");
        assert!(!malformed.hint.is_empty(), "{document}");
    }
}

/// A managed policy with this one statement.
fn statement(members: &str, expected: &str) {
    managed(&format!(r#"{{"Version":"2012-10-17","Statement":{{{members}}}}}"#), expected);
}

#[test]
fn documents_that_are_refused() {
    for document in [
        "",
        "policy",
        "{",
        "[]",
        "\"Version\"",
        "null",
        r#"{"Version":"2012-10-17"}"#,
        r#"{"Version":"2012-10-17","Statement":[]}"#,
        r#"{"Version":"2012-10-17","Statement":null}"#,
        r#"{"Version":"2012-10-17","Statement":"*"}"#,
        r#"{"Version":"2012-10-17","Statement":[[]]}"#,
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},1]}"#,
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"},}"#,
        r#"{"Version":"2012-10-17","Comment":"","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Version":"2012-10-16","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Version":"2016-10-10","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Version":2012,"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Version":["2012-10-17"],"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Version":"2012-10-17","Id":7,"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Version":"2012-10-17","Id":["a"],"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Version":"2012-10-17","Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
    ] {
        managed(document, SYNTAX_ERRORS);
    }
    for document in [
        r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Version":"2008-10-17","Statement":{"Effect":"allow","Action":"x","Resource":"*"}}"#,
    ] {
        managed(document, VERSION_TOO_OLD);
    }
}

#[test]
fn statements_of_the_wrong_form() {
    for members in [
        "",
        r#""Action":"s3:GetObject","Resource":"*""#,
        r#""Effect":null,"Action":"s3:GetObject","Resource":"*""#,
        r#""Effect":["Allow"],"Action":"s3:GetObject","Resource":"*""#,
        r#""Effect":"Permit","Action":"s3:GetObject","Resource":"*""#,
        r#""Effect":"Allow","Actions":"s3:GetObject","Resource":"*""#,
        r#""Effect":"Allow","Action":{},"Resource":"*""#,
        r#""Effect":"Allow","Action":1,"Resource":"*""#,
        r#""Effect":"Allow","Action":["s3:GetObject",2],"Resource":"*""#,
        r#""Effect":"Allow","Action":[["s3:GetObject"]],"Resource":"*""#,
        r#""Effect":"Allow","NotAction":null,"Resource":"*""#,
        r#""Effect":"Allow","Action":"s3:GetObject","NotAction":"s3:PutObject","Resource":"*""#,
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":{"a":"*"}"#,
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":[true]"#,
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":["*",null]"#,
        r#""Effect":"Allow","Action":"s3:GetObject","NotResource":9"#,
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*","NotResource":"*""#,
        r#""Sid":5,"Effect":"Allow","Action":"s3:GetObject","Resource":"*""#,
        r#""Sid":{},"Effect":"Allow","Action":"s3:GetObject","Resource":"*""#,
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":[]"#,
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":"x""#,
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":[]}"#,
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"a":{}}}"#,
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"a":null}}"#,
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"a":[[]]}}"#,
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"stringEquals":{"a":"b"}}"#,
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringMatches":{"a":"b"}}"#,
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"ForSomeValues:StringLike":{"a":"b"}}"#,
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"a":{"StringEquals":"b"}}"#,
        r#""Effect":"Allow","Effect":"Deny","Action":"s3:GetObject","Resource":"*""#,
    ] {
        statement(members, SYNTAX_ERRORS);
    }
}

#[test]
fn legacy_parsing() {
    for members in [
        r#""Effect":"allow","Action":"s3:GetObject","Resource":"*""#,
        r#""Effect":"DENY","Action":"s3:GetObject","Resource":"*""#,
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws::::b""#,
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3::b""#,
        r#""Effect":"Allow","Action":"sqs:SendMessage","Resource":["*","arn:aws:sqs::123456789012"]"#,
    ] {
        statement(members, LEGACY_PARSING);
    }
    for date in [
        "\"\"",
        "\"yesterday\"",
        "\"x-1\"",
        "true",
        "\"1.5\"",
        "\"2026-13\"",
        "\"2026-01-32\"",
        "\"2026-01-01-01\"",
        "\"2026-01-01T24:00:00Z\"",
        "\"2026-01-01T10:60:00Z\"",
        "\"2026-01-01T10:00:61Z\"",
        "\"2026-01-01T10:00:00.x\"",
        "\"2026-01-01T10:00:00+2\"",
        "\"292278994-01\"",
        "\"9223372036854775808\"",
        "[\"2026\",\"soon\"]",
    ] {
        let condition = format!(
            r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{{"DateLessThan":{{"aws:CurrentTime":{date}}}}}"#
        );
        statement(&condition, LEGACY_PARSING);
    }
}

/// Recorded: see the module `value`.
#[test]
fn values_of_conditions() {
    for (operator, value, stored, in_session) in [
        ("NumericEquals", "01", true, true),
        ("NumericEquals", "NaN", false, true),
        ("NumericEquals", "no-number", false, true),
        ("Bool", "TRUE", true, true),
        ("Bool", "yes", true, true),
        ("Null", "yes", true, true),
        ("DateEquals", "not-a-date", false, true),
        ("ArnLike", "not-an-arn", false, true),
        ("BinaryEquals", "no-binary", false, false),
        ("IpAddress", "not-an-ip", false, true),
        ("IpAddress", "192.0.2.5/24", true, true),
        ("IpAddress", "192.000.002.0/24", true, true),
        ("IpAddress", "192.0.2.0/+24", true, true),
        ("IpAddress", "192.0.2.0/33", false, true),
        ("IpAddress", "::ffff:192.0.2.0/120", false, true),
        ("IpAddress", "::ffff:c000:200/120", true, true),
        ("IpAddress", "2001:db8::5/64", false, true),
        ("IpAddress", "2001:db8::4/127", true, true),
        ("IpAddress", "2001:db8::/129", false, true),
        ("IpAddress", "2001:db8:::1/128", true, true),
        ("IpAddress", "2001:db8::1:/128", true, true),
    ] {
        let members = format!(
            r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"{operator}":{{"k:k":["{value}"]}}}}}}}}"#
        );
        for (kind, stored) in [(PolicyKind::Identity, stored), (PolicyKind::Session, in_session)] {
            let expected = if stored { "stored" } else { LEGACY_PARSING };
            let outcome = check(members.as_bytes(), kind);
            assert_eq!(verdict(&outcome), expected, "{kind} {operator} {value}");
        }
    }
}

#[test]
fn elements_that_are_missing_or_doubled() {
    for (members, message) in [
        (r#""Effect":"Allow","Resource":"*""#, NO_ACTIONS),
        (r#""Effect":"Allow","Action":[],"Resource":"*""#, NO_ACTIONS),
        (r#""Effect":"Allow","NotAction":[],"Resource":"*""#, NO_ACTIONS),
        (r#""Effect":"Allow""#, NO_ACTIONS),
        (r#""Effect":"Allow","Action":"s3:GetObject""#, NO_RESOURCES),
        (r#""Effect":"Allow","Action":"s3:GetObject","Resource":[]"#, NO_RESOURCES),
        (r#""Effect":"Deny","NotAction":"s3:GetObject","NotResource":[]"#, NO_RESOURCES),
        (
            r#""Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}"#,
            PRINCIPAL_NOT_ALLOWED,
        ),
        (
            r#""Effect":"Allow","Action":"*","Resource":"*","NotPrincipal":"*""#,
            PRINCIPAL_NOT_ALLOWED,
        ),
        (r#""Sid":"two words","Effect":"Allow","Action":"*","Resource":"*""#, SID_NOT_ALPHANUMERIC),
        (r#""Sid":"a_b","Effect":"Allow","Action":"*","Resource":"*""#, SID_NOT_ALPHANUMERIC),
    ] {
        statement(members, message);
    }
    let twice = r#"{"Version":"2012-10-17","Statement":[
        {"Sid":"A","Effect":"Allow","Action":"*","Resource":"*"},
        {"Sid":"A","Effect":"Deny","Action":"a","Resource":"b"}]}"#;
    managed(twice, SIDS_NOT_UNIQUE);
    managed(&twice.replace("\"A\"", "\"A-1\""), SID_NOT_ALPHANUMERIC);
}

#[test]
fn actions_of_the_wrong_form() {
    use action::{MANY_COLONS, NO_VENDOR};
    for (action, message) in [
        (r#""GetObject""#, NO_VENDOR),
        (r#""""#, NO_VENDOR),
        (r#""**""#, NO_VENDOR),
        (r#"["s3:GetObject","ListBucket"]"#, NO_VENDOR),
        (r#""s3:Get:Object""#, MANY_COLONS),
        (r#""aws:s3:GetObject""#, MANY_COLONS),
        (r#"":GetObject""#, "Vendor  is not valid"),
        (r#""s*:GetObject""#, "Vendor s* is not valid"),
        (r#"" s3:GetObject""#, "Vendor  s3 is not valid"),
        (r#""a_b:C""#, "Vendor a_b is not valid"),
        (r#"["*:*","s3/x:Get"]"#, "Vendor s3/x is not valid"),
    ] {
        for name in ["Action", "NotAction"] {
            statement(&format!(r#""Effect":"Allow","{name}":{action},"Resource":"*""#), message);
        }
    }
    let order = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","NotAction":"x","Resource":"*"},
        {"Effect":"Allow","Action":"a:b:c","Resource":"*"}]}"#;
    managed(order, MANY_COLONS);
}

#[test]
fn resources_of_the_wrong_form() {
    use resource::{IAM_PATH, VENDOR_NOT_QUALIFIED};
    for (resource, message) in [
        (r#""my-bucket""#, "Resource my-bucket must be in ARN format or \"*\"."),
        (r#""""#, "Resource  must be in ARN format or \"*\"."),
        (r#""s3:::b""#, "Resource s3:::b must be in ARN format or \"*\"."),
        (r#"["*","b"]"#, "Resource b must be in ARN format or \"*\"."),
        (r#"["d","c"]"#, "Resource c must be in ARN format or \"*\"."),
        (r#""arn:""#, "Partition \"\" is not valid for resource \"arn::*:*:*:*\"."),
        (r#""arn:AWS:s3:::b""#, "Partition \"AWS\" is not valid for resource \"arn:AWS:s3:::b\"."),
        (r#""arn:x""#, "Partition \"x\" is not valid for resource \"arn:x:*:*:*:*\"."),
        (r#""arn:x:""#, "Partition \"x\" is not valid for resource \"arn:x:*:*:*:*\"."),
        (r#""arn:x::""#, "Partition \"x\" is not valid for resource \"arn:x:::*:*\"."),
        (r#""arn:x:s3""#, "Partition \"x\" is not valid for resource \"arn:x:s3:*:*:*\"."),
        (r#""arn:x:a:b:c:d:e""#, "Partition \"x\" is not valid for resource \"arn:x:a:b:c:d:e\"."),
        (r#""arn:aws""#, VENDOR_NOT_QUALIFIED),
        (r#""arn:*""#, VENDOR_NOT_QUALIFIED),
        (r#""arn:aws:*:*:*:*""#, VENDOR_NOT_QUALIFIED),
        (r#""arn:aws:s?:::b""#, VENDOR_NOT_QUALIFIED),
        (
            r#""arn:aws:iam:us-east-1:123456789012:role/a""#,
            "IAM resource arn:aws:iam:us-east-1:123456789012:role/a cannot contain region information.",
        ),
        (r#""arn:aws:iam""#, "IAM resource arn:aws:iam cannot contain region information."),
        (
            r#""arn:aws:s3:us-east-1::b""#,
            "Resource arn:aws:s3:us-east-1::b can not contain region information.",
        ),
        (r#""arn:aws:s3:*:*:b""#, "Resource arn:aws:s3:*:*:b can not contain region information."),
        (r#""arn:aws:s3""#, "Resource arn:aws:s3 can not contain region information."),
        (r#""arn:aws:iam::123456789012:roots""#, IAM_PATH),
        (r#""arn:aws:iam::123456789012:*/*""#, IAM_PATH),
        (r#""arn:aws:iam::123456789012:r*""#, IAM_PATH),
        (r#""arn:aws:iam::123456789012""#, IAM_PATH),
        (r#""arn:aws:iam::123456789012:roles/a""#, IAM_PATH),
    ] {
        for name in ["Resource", "NotResource"] {
            statement(&format!(r#""Effect":"Allow","Action":"*","{name}":{resource}"#), message);
        }
    }
}

#[test]
fn the_order_of_checks() {
    let last = r#""Effect":"Allow","Action":"x","Resource":"y""#;
    statement(last, "Resource y must be in ARN format or \"*\".");
    statement(&last.replace("\"y\"", "[]"), action::NO_VENDOR);
    statement(&last.replace("\"x\"", "[]"), NO_ACTIONS);
    statement(&last.replace("Allow", "allow"), LEGACY_PARSING);
    statement(&last.replace("\"Effect\"", "\"Sid\":\"-\",\"Effect\""), SID_NOT_ALPHANUMERIC);
    statement(&last.replace("\"y\"", "null"), SYNTAX_ERRORS);
}

#[test]
fn documents_that_are_stored() {
    for document in [
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#,
        r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}],"Version":"2012-10-17"}"#,
        r#" {"Version":"2012-10-17","Id":"","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}} "#,
        r#"{"Version":"2012-10-17","Id":"an id","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Version":"2012-10-17","Statement":[
            {"Sid":"","Effect":"Allow","Action":"*","Resource":"*"},
            {"Sid":"","Effect":"Allow","Action":"*","Resource":"*"},
            {"Sid":"A","Effect":"Allow","Action":"*","Resource":"*"},
            {"Sid":"a","Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    ] {
        managed(document, "stored");
    }
    for resource in [
        r#""*""#,
        r#"["*"]"#,
        r#"["arn:aws:s3:::b","arn:aws:s3:::b/*"]"#,
        r#""arn:aws:s3:::b/k*?${aws:username}""#,
        r#""arn:*:s3:::b""#,
        r#""arn:aws-cn:s3:::b""#,
        r#""arn:aws-us-gov:s3:::b""#,
        r#""arn:aws-eusc:s3:::b""#,
        r#""arn:aws:s3:us-west-2:123456789012:accesspoint/p/object/*""#,
        r#""arn:aws:s3:us-west-2:123456789012:storage-lens/d""#,
        r#""arn:aws:iam::123456789012:role/a/b""#,
        r#""arn:aws:iam::*:user/${aws:username}""#,
        r#""arn:aws:iam::aws:policy/ReadOnlyAccess""#,
        r#""arn:aws:iam::123456789012:*""#,
        r#""arn:aws:iam::*:root""#,
        r#""arn:aws:iam::123456789012:oidc-provider/example.com""#,
        r#""arn:aws:sqs:us-east-1:123456789012:q""#,
        r#""arn:aws:sqs""#,
        r#""arn:aws:sqs:*""#,
        r#""arn:aws:no-such-service:nowhere:nobody:nothing""#,
        r#""arn:aws:ec2:REGION:ACCOUNTID:image/*""#,
        r#""arn:aws:logs:*:*:log-group:/aws/lambda/*:*""#,
    ] {
        for name in ["Resource", "NotResource"] {
            statement(&format!(r#""Effect":"Allow","Action":"*","{name}":{resource}"#), "stored");
        }
    }
    for action in [
        r#""*""#,
        r#""*:*""#,
        r#""s3:*""#,
        r#""S3:getobject""#,
        r#""s3:Get?bject*""#,
        r#""s3:""#,
        r#""no-such.service:Action""#,
        r#"["s3:GetObject","s3:GetObject"]"#,
        r#""s3:Get Object""#,
    ] {
        for name in ["Action", "NotAction"] {
            statement(&format!(r#""Effect":"Deny","{name}":{action},"Resource":"*""#), "stored");
        }
    }
}

#[test]
fn conditions_that_are_stored() {
    for condition in [
        r#"{}"#,
        r#"{"StringEquals":{}}"#,
        r#"{"StringEquals":{"no such key":"x"}}"#,
        r#"{"StringEquals":{"aws:username":[]}}"#,
        r#"{"StringLike":{"s3:prefix":["","home/*"]}}"#,
        r#"{"ForAllValues:StringLikeIfExists":{"aws:TagKeys":"a*"}}"#,
        r#"{"ForAnyValue:Null":{"aws:TagKeys":"true"}}"#,
        r#"{"NullIfExists":{"aws:TagKeys":true}}"#,
        r#"{"Bool":{"aws:SecureTransport":false}}"#,
        r#"{"Bool":{"aws:SecureTransport":["true",false]}}"#,
        r#"{"NumericLessThan":{"s3:max-keys":10}}"#,
        r#"{"BinaryEquals":{"k:b":"QQ=="}}"#,
        r#"{"NumericLessThan":{"k:n":["${k:m}",1e3]}}"#,
        r#"{"ArnLike":{"k:a":["*","arn:aws:iam::*","${k:b}"]}}"#,
        r#"{"DateGreaterThan":{"aws:CurrentTime":"2017-07-01T00:00:00Z"}}"#,
        r#"{"DateGreaterThan":{"aws:CurrentTime":"2017-7-1t0:0:0"}}"#,
        r#"{"DateEquals":{"aws:CurrentTime":["2017","2017-07","-5-01-01","1500000000","0"]}}"#,
        r#"{"DateLessThanIfExists":{"aws:TokenIssueTime":1500000000}}"#,
        r#"{"DateLessThan":{"aws:CurrentTime":"2017-07-01T00:00:00.000000001+12:30"}}"#,
        r#"{"DateLessThan":{"aws:CurrentTime":"2017-07-01T10:00Z"}}"#,
        r#"{"DateLessThan":{"aws:CurrentTime":"2017-07-01T10:00:00-08:00"}}"#,
        r#"{"DateLessThan":{"aws:CurrentTime":"2017-02-31"}}"#,
    ] {
        let members =
            format!(r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}"#);
        statement(&members, "stored");
    }
}

#[test]
fn inline_policies_may_be_of_the_first_version() {
    for text in [
        r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
    ] {
        for (kind, expected) in [
            (PolicyKind::Identity, "stored"),
            (PolicyKind::Session, "stored"),
            (PolicyKind::Boundary, VERSION_TOO_OLD),
            (PolicyKind::ServiceControl, "stored"),
        ] {
            assert_eq!(verdict(&check(text.as_bytes(), kind)), expected, "{kind} {text}");
        }
    }
}

#[test]
fn the_hint_says_where() {
    let document = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\"Effect\": \"Allow\", \
                    \"Actions\": \"*\", \"Resource\": \"*\"}\n}";
    let malformed = check(document.as_bytes(), PolicyKind::Identity).unwrap_err();
    assert_eq!(malformed.span.of(document), "\"Actions\"");
    assert_eq!(malformed.hint, "`Actions` is not an element here: did you mean `Action`?");
    let malformed = check(b"{\"Statement\": [}", PolicyKind::Trust).unwrap_err();
    assert_eq!(malformed.hint, "expected a value");
    assert_eq!(malformed.span, Span { start: 15, end: 16 });
}

#[test]
fn hints_name_what_was_meant() {
    for (written, hint) in [
        (r#""StringEqual":{"a":"b"}"#, "did you mean `StringEquals`?"),
        (r#""ForAnyValue:stringlikeIfExists":{"a":"b"}"#, "`ForAnyValue:StringLikeIfExists`?"),
        (r#""ForAnyValues:StringLike":{"a":"b"}"#, "did you mean `StringLike`?"),
        (r#""Matches":{"a":"b"}"#, "see \"condition operators\" in IAM's user guide"),
    ] {
        let text = format!(
            r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{{written}}}}}}}"#
        );
        let malformed = check(text.as_bytes(), PolicyKind::Identity).unwrap_err();
        assert!(malformed.hint.ends_with(hint), "{}", malformed.hint);
    }
    for (element, hint) in [
        ("action", "elements are case-sensitive: write `Action` instead of `action`"),
        ("Ressource", "`Ressource` is not an element here: did you mean `Resource`?"),
    ] {
        let text = format!(r#"{{"Statement":{{"{element}":"*"}}}}"#);
        let malformed = check(text.as_bytes(), PolicyKind::Identity).unwrap_err();
        assert_eq!(malformed.hint, hint);
    }
}

#[test]
fn bad_input_is_an_error_and_no_panic() {
    let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    let deep = format!(r#"{{"Statement":{}}}"#, nested(100));
    let large = format!(r#"{{"Statement":"{}"}}"#, "x".repeat(1 << 20));
    for text in [
        &b"\xff\xfe"[..],
        b"",
        b" ",
        b"{\"Statement\": \"\xc3\"}",
        deep.as_bytes(),
        large.as_bytes(),
    ] {
        for kind in PolicyKind::ALL {
            assert!(!check(text, kind).unwrap_err().hint.is_empty());
        }
    }
}

#[test]
fn other_kinds_are_held_to_the_grammar() {
    let bucket = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}"#;
    for (kind, expected) in [
        (PolicyKind::Resource, "stored"),
        (PolicyKind::Endpoint, "stored"),
        (PolicyKind::ResourceControl, "stored"),
        (PolicyKind::ServiceControl, REQUIREMENTS_NOT_MET),
        (PolicyKind::Identity, PRINCIPAL_NOT_ALLOWED),
        (PolicyKind::Trust, trust::RESOURCE),
    ] {
        assert_eq!(verdict(&check(bucket.as_bytes(), kind)), expected, "{kind}");
    }
}

#[test]
fn principals_are_listed_with_their_places() {
    let text = r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":["*","123456789012"],"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"},{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}"#;
    let policy = Policy::parse(text.as_bytes(), PolicyKind::Trust).unwrap();
    let found: Vec<_> =
        principals(&policy).map(|named| (named.kind, named.value, named.span.of(text))).collect();
    assert_eq!(
        found,
        [
            ("AWS", "123456789012", "\"123456789012\""),
            ("Service", "ec2.amazonaws.com", "\"ec2.amazonaws.com\""),
        ]
    );
}
