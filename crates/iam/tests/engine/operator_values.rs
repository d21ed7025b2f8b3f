//! What the condition operators make of values: wildcards, dates, numbers, addresses, bytes, booleans
//! and ARNs in every documented form, and in forms that are none.

use crate::operators::{ARN, BINARY, BOOL, IP, NUMERIC, STRING, holds, under};

const IPS: &str = "recorded from AWS by radkawar/stackd, testdata/aws/iam/condition_ip.json";

#[test]
fn wildcards_count_in_like_operators_only() {
    for (operator, policy, request, positive, source) in [
        ("StringEquals", "e*", "etl", false, STRING),
        ("StringEquals", "e*", "e*", true, STRING),
        ("StringEqualsIgnoreCase", "E*", "etl", false, STRING),
        ("StringEqualsIgnoreCase", "E*", "e*", true, STRING),
        ("StringLike", "*", "", true, STRING),
        ("StringLike", "?", "", false, STRING),
        ("StringLike", "e*", "e:t/l\\n", true, STRING),
        ("StringLike", "*.amazonaws.com", "ec2.amazonaws.com", true, STRING),
        ("StringLike", "[e]tl", "etl", false, "no other wildcards exist"),
        ("StringLike", "", "etl", false, STRING),
        ("NumericEquals", "1*", "10", false, NUMERIC),
        ("DateEquals", "2026*", "2026", false, "guide: wildcards are not permitted"),
        ("IpAddress", "203.0.113.*", "203.0.113.7", false, IP),
    ] {
        assert_eq!(
            holds(operator, &[policy], Some(&[request])),
            positive,
            "{operator} {policy} against {request} ({source})"
        );
    }
}

/// guide: condition operators, Date; the forms are those of W3C's note on date and time formats.
#[test]
fn dates() {
    let instant = "2026-03-01T12:30:00Z";
    for (text, same) in [
        ("2026-03-01T12:30Z", true),
        ("2026-03-01T12:30:00Z", true),
        ("2026-03-01T12:30:00.000Z", true),
        ("2026-03-01T14:30+02:00", true),
        ("2026-03-01T07:00:00-05:30", true),
        ("2026-03-02T00:29:00.0+11:59", true),
        ("1772368200", true),
        ("2026-03-01", false),
        ("2026-03", false),
        ("2026", false),
        ("2026-03-01T12:30:00.001Z", false),
        ("2026-03-01T12:31Z", false),
        // Not of a documented form: no date at all.
        ("2026-03-01 12:30:00Z", false),
        ("2026-03-01T12Z", false),
        ("2026-3-1T12:30Z", false),
        ("01/03/2026", false),
        ("2026-02-30T12:30Z", false),
        ("1772368200.0", false),
    ] {
        for (policy, request) in [(text, instant), (instant, text)] {
            let got = holds("DateEquals", &[policy], Some(&[request]));
            assert_eq!(got, same, "DateEquals {policy} against {request}");
            let got = holds("DateNotEquals", &[policy], Some(&[request]));
            assert_eq!(got, !same, "DateNotEquals {policy} against {request}");
        }
    }
    // A day, a month and a year stand for their first moment: unverified.
    for (day, moment) in [
        ("2026-03-01", "2026-03-01T00:00:00Z"),
        ("2026-03", "2026-03-01T00:00:00Z"),
        ("2026", "2026-01-01T00:00:00Z"),
        ("2024-02-29", "1709164800"),
        ("1970", "0"),
        ("10000-01-01", "253402300800"), // more than four digits: unverified
    ] {
        assert!(holds("DateEquals", &[day], Some(&[moment])), "{day} is {moment}");
    }
    // Epoch seconds may stand without quotes (guide: grammar, numbers are scalars).
    let condition = r#"{"DateLessThan": {"aws:EpochTime": 1772368200}}"#;
    assert!(under("2012-10-17", condition).key("aws:EpochTime", "1772368199").is_allowed());
    assert!(!under("2012-10-17", condition).key("aws:EpochTime", "1772368200").is_allowed());
}

#[test]
fn numbers() {
    for (policy, request, order) in [
        ("1", "1", "="),
        ("1", "1.000", "="),
        ("0.1", ".1", "="),
        ("-0", "0", "="),
        ("7", "+007", "="),
        ("10", "9", "<"),
        ("10", "9.999999999999999999999", "<"),
        ("-1", "-1.5", "<"),
        ("0", "-0.1", "<"),
        ("9007199254740993", "9007199254740992", "<"),
        ("0.3", "0.30000000000000004", ">"),
        ("2", "10", ">"),
        ("1e3", "1000", "="),
        ("1", "1e0", "="),
        ("1,000", "1000", ""),
        ("0x10", "16", ""),
        ("", "0", ""),
        ("1 ", "1", ""),
    ] {
        for (operator, accepted) in [
            ("NumericEquals", "="),
            ("NumericLessThan", "<"),
            ("NumericLessThanEquals", "<="),
            ("NumericGreaterThan", ">"),
            ("NumericGreaterThanEquals", ">="),
        ] {
            let expected = !order.is_empty() && accepted.contains(order);
            let got = holds(operator, &[policy], Some(&[request]));
            assert_eq!(got, expected, "{operator} {policy} against {request} ({NUMERIC})");
        }
        let differs = order != "=";
        let got = holds("NumericNotEquals", &[policy], Some(&[request]));
        assert_eq!(got, differs, "NumericNotEquals {policy} against {request} ({NUMERIC})");
    }
}

/// guide: condition operators, IP address.
#[test]
fn addresses() {
    for (network, address, inside, source) in [
        ("203.0.113.0/24", "203.0.113.255", true, IP),
        ("203.0.113.0/24", "203.0.112.255", false, IP),
        ("203.0.113.7", "203.0.113.7", true, "guide: the default prefix is /32"),
        ("203.0.113.7", "203.0.113.8", false, "guide: the default prefix is /32"),
        ("203.0.113.7/32", "203.0.113.7", true, IP),
        ("0.0.0.0/0", "198.51.100.1", true, IP),
        ("203.0.113.77/24", "203.0.113.9", true, IPS),
        ("2001:DB8:1234:5678::/64", "2001:db8:1234:5678::1", true, IP),
        ("2001:DB8:1234:5678::/64", "2001:db8:1234:5679::1", false, IP),
        ("2001:db8::1", "2001:0db8:0000::0001", true, IPS),
        ("2001:db8::1", "2001:db8::2", false, IPS),
        ("2001:db8::1/64", "2001:db8::1", false, IPS),
        ("::/0", "203.0.113.7", false, IPS),
        ("0.0.0.0/0", "2001:db8::1", false, IPS),
        ("203.0.113.0/24", "::ffff:203.0.113.7", true, IPS),
        ("::ffff:203.0.113.0/120", "203.0.113.7", false, IPS),
        ("203.0.113.0/33", "203.0.113.0", false, "not CIDR"),
        ("203.0.113.0/", "203.0.113.0", false, "not CIDR"),
        ("203.0.113", "203.0.113.0", false, "not CIDR"),
        ("203.0.113.0/24", "203.000.113.007", true, IPS),
    ] {
        let got = holds("IpAddress", &[network], Some(&[address]));
        assert_eq!(got, inside, "IpAddress {network} against {address} ({source})");
        let got = holds("NotIpAddress", &[network], Some(&[address]));
        assert_eq!(got, !inside, "NotIpAddress {network} against {address} ({source})");
    }
    for address in ["203.0.113.0/24", "203.0.113", "::203.0.113.7", "nowhere", ""] {
        for operator in ["IpAddress", "NotIpAddress"] {
            let got = holds(operator, &["203.0.113.0/24"], Some(&[address]));
            assert!(!got, "{operator} against {address} ({IPS})");
        }
    }
}

/// guide: condition operators, Binary: "byte for byte against a base-64 encoded representation".
#[test]
fn binary_values() {
    for (policy, request, same) in [
        ("QmluYXJ5VmFsdWVJbkJhc2U2NA==", "BinaryValueInBase64", true),
        ("QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", true),
        ("QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA", false),
        ("QmluYXJ5VmFsdWVJbkJhc2U2NA==", "binaryvalueinbase64", false),
        ("/+8=", "/+8=", true),
        ("w6k=", "é", true),
        ("", "", true),
        ("AA==", "AB==", false), // bits behind the last byte
        ("not base64!", "not base64!", false),
        ("Q", "Q", false),
    ] {
        let got = holds("BinaryEquals", &[policy], Some(&[request]));
        assert_eq!(got, same, "BinaryEquals {policy} against {request} ({BINARY})");
    }
}

#[test]
fn booleans() {
    for (policy, request, expected) in [
        ("true", "true", true),
        ("True", "tRUE", true),
        ("false", "FALSE", true),
        ("true", "false", false),
        ("true", "1", false),
        // What is not true is false (recorded, as in `values_of_the_wrong_type`).
        ("1", "1", true),
        ("", "", true),
    ] {
        let got = holds("Bool", &[policy], Some(&[request]));
        assert_eq!(got, expected, "Bool {policy} against {request} ({BOOL})");
    }
    // Without quotes (guide: grammar).
    let condition = r#"{"Bool": {"aws:SecureTransport": true}}"#;
    assert!(under("2012-10-17", condition).key("aws:SecureTransport", "true").is_allowed());
}

/// guide: condition operators, ARN: each of the six components is checked separately.
#[test]
fn arns() {
    let value =
        "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt";
    for (pattern, request, matches, source) in [
        ("arn:aws:someservice:*:111122223333:finance/*", value, false, ARN),
        ("arn:aws:someservice:*:*:store/*", value, true, ARN),
        ("arn:aws:someservice:*:*:*:finance/*", value, true, "the last component may hold colons"),
        ("arn:aws:someservice:us-east-?:999999999999:*", value, true, ARN),
        ("arn:*:*:*:*:*", value, true, ARN),
        ("*:*:*:*:*:*", value, true, "guide: each component can include wildcards"),
        ("a?n:aws:someservice:*:*:*", value, true, "guide: each component can include wildcards"),
        ("arn:aws:SomeService:*:*:*", value, false, "guide: case-sensitive"),
        ("arn:aws:s3:::b", "arn:aws:s3:::b", true, ARN),
        ("arn:aws:s3:::b", "arn:aws:s3:::b/k", false, ARN),
        ("arn:aws:s3:::*", "arn:aws:s3:::", true, ARN),
    ] {
        for (operator, expected) in [
            ("ArnEquals", matches),
            ("ArnLike", matches),
            ("ArnNotEquals", !matches),
            ("ArnNotLike", !matches),
        ] {
            let got = holds(operator, &[pattern], Some(&[request]));
            assert_eq!(got, expected, "{operator} {pattern} against {request} ({source})");
        }
    }
    // What is no ARN satisfies neither form: recorded for texts without a colon, in a policy and in a request
    // (as in `arns_of_the_policy_that_are_none`); unverified for fewer than six components.
    for (pattern, request) in [
        ("urn:aws:someservice:*:*:*", value),
        ("arn:aws:someservice:*:*", value),
        ("arn:aws:someservice:*", value),
        ("*", value),
        ("arn:aws:s3:::b", "b"),
    ] {
        for operator in ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"] {
            let got = holds(operator, &[pattern], Some(&[request]));
            assert!(!got, "{operator} {pattern} against {request}");
        }
    }
    // The guide's counter-example: a string operator lets `*` cross the colons.
    assert!(holds("StringLike", &["arn:aws:someservice:*:111122223333:finance/*"], Some(&[value])));
}
