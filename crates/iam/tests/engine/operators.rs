//! The condition operators: what each says about a key with one value, several values, none, and
//! values that it cannot read; with `IfExists`, `ForAllValues` and `ForAnyValue`.
//!
//! Every row goes the whole way: a policy with this one condition, read from JSON, allows the
//! request exactly if the condition holds.

use iam::operator::OPERATORS;

use crate::support::{ANNA, Ask, OBJECT};

/// guide: "Condition operators", what is said of keys that are not in the request.
const MISSING: &str = "guide: condition operators, Important";
const IF_EXISTS: &str = "guide: condition operators, ...IfExists";
/// guide: "Creating a condition with multiple keys or values" / "Set operators for multivalued keys".
const SETS: &str = "guide: condition keys with multiple values";
/// The guide would have an empty value count as none.
const EMPTY: &str = "recorded from AWS by radkawar/stackd, testdata/aws/iam/condition_sets.json";
const VALUES: &str = "recorded from AWS by radkawar/stackd, testdata/aws/iam/condition_values.json";

/// The key that most conditions here look at.
pub(crate) const KEY: &str = "test:Key";

/// One operator with values for and against it.
pub(crate) struct Family {
    pub(crate) operator: &'static str,
    /// What the policy compares with.
    pub(crate) policy: &'static [&'static str],
    /// Values of the request for which the operator holds.
    pub(crate) holds: [&'static str; 2],
    /// Values for which it does not.
    fails: [&'static str; 2],
    /// A value that is not of the operator's type; any text is a string.
    unreadable: Option<&'static str>,
    source: &'static str,
}

pub(crate) const STRING: &str = "guide: condition operators, String";
pub(crate) const NUMERIC: &str = "guide: condition operators, Numeric";
pub(crate) const DATE: &str = "guide: condition operators, Date";
pub(crate) const BOOL: &str = "guide: condition operators, Boolean";
pub(crate) const BINARY: &str = "guide: condition operators, Binary";
pub(crate) const IP: &str = "guide: condition operators, IP address";
pub(crate) const ARN: &str = "guide: condition operators, ARN";

const fn family(
    operator: &'static str,
    policy: &'static [&'static str],
    holds: [&'static str; 2],
    fails: [&'static str; 2],
    unreadable: &'static str,
    source: &'static str,
) -> Family {
    let unreadable = if unreadable.is_empty() { None } else { Some(unreadable) };
    Family { operator, policy, holds, fails, unreadable, source }
}

/// Every operator but `Null`, which says nothing about values.
#[rustfmt::skip] // a table: one row a line
pub(crate) const FAMILIES: [Family; 26] = [
    family("StringEquals", &["red", "Blue"], ["red", "Blue"], ["Red", "blue"], "", STRING),
    family("StringNotEquals", &["red", "Blue"], ["Red", "green"], ["red", "Blue"], "", STRING),
    family("StringEqualsIgnoreCase", &["red", "Blue"], ["RED", "blue"], ["green", "redd"], "", STRING),
    family("StringNotEqualsIgnoreCase", &["red", "Blue"], ["green", "re"], ["RED", "blue"], "", STRING),
    family("StringLike", &["r?d", "b*"], ["rod", "b:l/ue"], ["Red", "ab"], "", STRING),
    family("StringNotLike", &["r?d", "b*"], ["Red", "ab"], ["rod", "b:l/ue"], "", STRING),
    family("NumericEquals", &["10", "20.5"], ["10.0", "20.50"], ["11", "-10"], "ten", NUMERIC),
    family("NumericNotEquals", &["10", "20.5"], ["11", "-10"], ["10.0", "20.50"], "ten", NUMERIC),
    family("NumericLessThan", &["10"], ["9.9", "-20"], ["10", "10.1"], "ten", NUMERIC),
    family("NumericLessThanEquals", &["10"], ["10", "9"], ["10.01", "11"], "ten", NUMERIC),
    family("NumericGreaterThan", &["10"], ["10.01", "100"], ["10", "9"], "ten", NUMERIC),
    family("NumericGreaterThanEquals", &["10"], ["10", "100"], ["9.99", "-11"], "ten", NUMERIC),
    family("DateEquals", &["2026-03-01T00:00:00Z"], ["2026-03-01", "1772323200"], ["2026-03-02", "1772323201"], "soon", DATE),
    family("DateNotEquals", &["2026-03-01T00:00:00Z"], ["2026-03-02", "1772323201"], ["2026-03-01", "1772323200"], "soon", DATE),
    family("DateLessThan", &["2026-03-01T00:00:00Z"], ["2026-02-28", "1772323199"], ["2026-03-01", "2026-03-02"], "soon", DATE),
    family("DateLessThanEquals", &["2026-03-01T00:00:00Z"], ["2026-03-01", "2026-02"], ["2026-03-01T00:00:01Z", "2027"], "soon", DATE),
    family("DateGreaterThan", &["2026-03-01T00:00:00Z"], ["2026-03-01T00:00:00.1Z", "2027"], ["2026-03-01", "2026"], "soon", DATE),
    family("DateGreaterThanEquals", &["2026-03-01T00:00:00Z"], ["2026-03-01", "2026-04"], ["2026-02-28T23:59:59Z", "2026"], "soon", DATE),
    family("Bool", &["true"], ["true", "TRUE"], ["false", "False"], "yes", BOOL),
    family("BinaryEquals", &["QUJD"], ["ABC", "QUJD"], ["ABCD", "abc"], "", BINARY),
    family("IpAddress", &["203.0.113.0/24", "2001:db8::/32"], ["203.0.113.7", "2001:db8::9"], ["203.0.114.7", "2001:db9::9"], "here", IP),
    family("NotIpAddress", &["203.0.113.0/24", "2001:db8::/32"], ["203.0.114.7", "2001:db9::9"], ["203.0.113.7", "2001:db8::9"], "here", IP),
    family("ArnEquals", &["arn:aws:sns:*:111122223333:a?c"], ["arn:aws:sns:us-east-1:111122223333:abc", "arn:aws:sns::111122223333:a:c"], ["arn:aws:sns:us-east-1:444455556666:abc", "arn:aws:sns:eu:111122223333:ABC"], "abc", ARN),
    family("ArnLike", &["arn:aws:sns:*:111122223333:a?c"], ["arn:aws:sns:us-east-1:111122223333:abc", "arn:aws:sns::111122223333:a:c"], ["arn:aws:sns:us-east-1:444455556666:abc", "arn:aws:sns:eu:111122223333:ABC"], "abc", ARN),
    family("ArnNotEquals", &["arn:aws:sns:*:111122223333:a?c"], ["arn:aws:sns:us-east-1:444455556666:abc", "arn:aws:sns:eu:111122223333:ABC"], ["arn:aws:sns:us-east-1:111122223333:abc", "arn:aws:sns::111122223333:a:c"], "abc", ARN),
    family("ArnNotLike", &["arn:aws:sns:*:111122223333:a?c"], ["arn:aws:sns:us-east-1:444455556666:abc", "arn:aws:sns:eu:111122223333:ABC"], ["arn:aws:sns:us-east-1:111122223333:abc", "arn:aws:sns::111122223333:a:c"], "abc", ARN),
];

pub(crate) fn is_negated(operator: &str) -> bool {
    operator.contains("Not")
}

/// Whether a request's value that is not of the operator's type satisfies neither form.
fn is_strict(operator: &str) -> bool {
    operator.starts_with("Arn") || operator.ends_with("IpAddress")
}

fn json_list(values: &[&str]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("\"{value}\"")).collect();
    format!("[{}]", quoted.join(", "))
}

/// A request that a policy of `version` allows exactly if `condition` holds.
pub(crate) fn under(version: &str, condition: &str) -> Ask {
    Ask::new(ANNA, "s3:GetObject", OBJECT).identity(format!(
        r#"{{"Version": "{version}", "Statement": {{
            "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}}}"#
    ))
}

/// Whether `operator` with the `policy`'s values holds for a request where [`KEY`] has the values
/// `request`, or is missing.
pub(crate) fn holds(operator: &str, policy: &[&str], request: Option<&[&str]>) -> bool {
    holds_on(KEY, operator, policy, request)
}

/// The same of another key.
fn holds_on(key: &str, operator: &str, policy: &[&str], request: Option<&[&str]>) -> bool {
    let condition = format!(r#"{{"{operator}": {{"{key}": {}}}}}"#, json_list(policy));
    let ask = under("2012-10-17", &condition);
    match request {
        Some(values) => ask.keys(key, values).is_allowed(),
        None => ask.is_allowed(),
    }
}

#[test]
fn no_operator_is_forgotten() {
    let mut known: Vec<&str> = OPERATORS.iter().map(|(name, ..)| *name).collect();
    let mut tested: Vec<&str> = FAMILIES.iter().map(|family| family.operator).collect();
    tested.push("Null");
    known.sort_unstable();
    tested.sort_unstable();
    assert_eq!(tested, known);
}

/// Prefix, suffix, the request's values, whether the condition holds, source.
type Row = (&'static str, &'static str, Option<Vec<&'static str>>, bool, &'static str);

#[test]
fn every_operator_with_every_prefix_and_suffix() {
    for family in FAMILIES {
        let ([holds_1, holds_2], [fails_1, fails_2]) = (family.holds, family.fails);
        let negated = is_negated(family.operator);
        let rows: Vec<Row> = vec![
            ("", "", Some(vec![holds_1]), true, family.source),
            ("", "", Some(vec![holds_2]), true, family.source),
            ("", "", Some(vec![fails_1]), false, family.source),
            ("", "", Some(vec![fails_2]), false, family.source),
            ("", "", None, negated, MISSING),
            ("", "", Some(vec![]), negated, "a key without values is no key: unverified"),
            ("", "", Some(vec![holds_1, holds_2]), false, "unverified: a set operator is required"),
            ("", "", Some(vec![fails_1, fails_2]), false, "unverified: a set operator is required"),
            ("", "IfExists", Some(vec![holds_1]), true, IF_EXISTS),
            ("", "IfExists", Some(vec![fails_1]), false, IF_EXISTS),
            ("", "IfExists", None, true, IF_EXISTS),
            ("ForAllValues:", "", Some(vec![holds_1, holds_2]), true, SETS),
            ("ForAllValues:", "", Some(vec![holds_1, fails_1]), false, SETS),
            ("ForAllValues:", "", Some(vec![fails_1, fails_2]), false, SETS),
            (
                "ForAllValues:",
                "",
                Some(vec![holds_1]),
                true,
                "unverified: one value is a set of one",
            ),
            (
                "ForAllValues:",
                "",
                Some(vec![fails_1]),
                false,
                "unverified: one value is a set of one",
            ),
            ("ForAllValues:", "", Some(vec![]), true, SETS),
            ("ForAllValues:", "", Some(vec![""]), negated && !is_strict(family.operator), EMPTY),
            ("ForAllValues:", "", None, true, SETS),
            ("ForAnyValue:", "", Some(vec![holds_1, holds_2]), true, SETS),
            ("ForAnyValue:", "", Some(vec![fails_1, holds_1]), true, SETS),
            ("ForAnyValue:", "", Some(vec![fails_1, fails_2]), false, SETS),
            (
                "ForAnyValue:",
                "",
                Some(vec![holds_1]),
                true,
                "unverified: one value is a set of one",
            ),
            (
                "ForAnyValue:",
                "",
                Some(vec![fails_1]),
                false,
                "unverified: one value is a set of one",
            ),
            ("ForAnyValue:", "", Some(vec![]), false, SETS),
            ("ForAnyValue:", "", Some(vec![""]), negated && !is_strict(family.operator), EMPTY),
            ("ForAnyValue:", "", None, false, SETS),
            ("ForAllValues:", "IfExists", Some(vec![holds_1, holds_2]), true, IF_EXISTS),
            ("ForAllValues:", "IfExists", Some(vec![holds_1, fails_1]), false, IF_EXISTS),
            ("ForAllValues:", "IfExists", None, true, IF_EXISTS),
            ("ForAnyValue:", "IfExists", Some(vec![fails_1, holds_1]), true, IF_EXISTS),
            ("ForAnyValue:", "IfExists", Some(vec![fails_1, fails_2]), false, IF_EXISTS),
            // AWS's page on IfExists would have it hold, its page on set operators not. Two public
            // observers report that it does not (iam.cloudcopilot.io, operators).
            ("ForAnyValue:", "IfExists", None, false, "unverified"),
        ];
        for (prefix, suffix, request, expected, source) in rows {
            let operator = format!("{prefix}{}{suffix}", family.operator);
            assert_eq!(
                holds(&operator, family.policy, request.as_deref()),
                expected,
                "{operator} {:?} against {request:?} ({source})",
                family.policy
            );
        }
    }
}

/// Recorded from AWS, which compares what it cannot read in other ways for addresses, ARNs and booleans.
#[test]
fn values_of_the_wrong_type() {
    for family in FAMILIES {
        let operator = family.operator;
        let negated = is_negated(operator);
        let Some(unreadable) = family.unreadable else { continue };
        for (policy, request, expected) in [
            (family.policy, unreadable, negated && !is_strict(operator)),
            (&[unreadable][..], family.holds[0], negated && !operator.starts_with("Arn")),
            (
                &[unreadable][..],
                unreadable,
                operator == "Bool" || (negated && !is_strict(operator)),
            ),
        ] {
            let got = holds(operator, policy, Some(&[request]));
            assert_eq!(got, expected, "{operator} {policy:?} against {request:?} ({VALUES})");
        }
    }
    for (policy, request, expected) in [
        ("false", "yes", true),
        ("false", "1", true),
        ("false", "", true),
        ("false", " true ", true),
        ("false", "True", false),
        ("true", " true ", false),
        ("TRUE", "true", true),
        ("yes", "false", true),
    ] {
        assert_eq!(holds("Bool", &[policy], Some(&[request])), expected, "{policy} {request}");
    }
    for (request, expected) in
        [("YQ==", true), ("Yg==", false), ("YQ", false), ("YR==", false), ("", false)]
    {
        assert_eq!(holds("BinaryEquals", &["YQ=="], Some(&[request])), expected, "{request}");
    }
}

/// The policy's ARNs are looked at in their order, and one that is none denies: a statement that allows
/// does not match, and one that denies does (recorded from AWS, as [`VALUES`] says).
#[test]
fn arns_of_the_policy_that_are_none() {
    const USER: &str = "arn:aws:iam::123456789012:user/test";
    let (users, roles, none) = ("arn:aws:iam::*:user/*", "arn:aws:iam::*:role/*", "not-an-arn");
    for (operator, policy, request, allowed, denied) in [
        ("ArnLike", &[none][..], USER, false, true),
        ("ArnLike", &[none], none, false, false),
        ("ArnNotLike", &[none], USER, false, true),
        ("ArnNotLike", &[none], none, false, false),
        ("ArnLike", &[none, users], USER, false, true),
        ("ArnLike", &[users, none], USER, true, true),
        ("ArnLike", &[none, roles], USER, false, true),
        ("ArnLike", &[roles, none], USER, false, true),
        ("ArnNotLike", &[none, users], USER, false, true),
        ("ArnNotLike", &[users, none], USER, false, false),
        ("ArnNotLike", &[none, roles], USER, false, true),
        ("ArnNotLike", &[roles, none], USER, false, true),
        ("ArnLike", &["${test:Pattern}"], USER, false, true),
        ("ArnLike", &["${test:Pattern}"], none, false, false),
        ("ArnNotLike", &["${test:Pattern}"], USER, false, true),
        ("ArnNotLike", &["${test:Pattern}"], none, false, false),
    ] {
        let condition = format!(r#"{{"{operator}": {{"{KEY}": {}}}}}"#, json_list(policy));
        let ask = under("2012-10-17", &condition).key(KEY, request).key("test:Pattern", none);
        assert_eq!(ask.is_allowed(), allowed, "Allow {operator} {policy:?} against {request}");
        let deny = format!(
            r#"{{"Version": "2012-10-17", "Statement": [
                {{"Effect": "Allow", "Action": "*", "Resource": "*"}},
                {{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {condition}}}]}}"#
        );
        let ask = Ask::new(ANNA, "s3:GetObject", OBJECT).identity(deny);
        let ask = ask.key(KEY, request).key("test:Pattern", none);
        assert_eq!(!ask.is_allowed(), denied, "Deny {operator} {policy:?} against {request}");
    }
}

#[test]
fn without_any_value_in_the_policy_nothing_matches() {
    for family in FAMILIES {
        let negated = is_negated(family.operator);
        let got = holds(family.operator, &[], Some(&[family.holds[0]]));
        assert_eq!(got, negated, "{} []", family.operator);
    }
}

/// AWS's answers to a caller whose policy has one condition on the tags that it sets, recorded by
/// radkawar/stackd, testdata/aws/iam/condition_sets.json: does the condition hold?
#[test]
fn keys_of_lists() {
    let team: &[&str] = &["team"];
    for (operator, request, expected) in [
        ("StringEquals", None, false),
        ("StringEquals", Some(team), false),
        ("StringEquals", Some(&["env"]), false),
        ("StringEquals", Some(&["team", "env"]), false),
        ("StringNotEquals", None, true),
        ("StringNotEquals", Some(team), false),
        ("StringNotEquals", Some(&["env"]), false),
        ("StringNotEquals", Some(&["team", "env"]), false),
        ("StringEqualsIfExists", None, true),
        ("StringEqualsIfExists", Some(team), false),
        ("StringEqualsIfExists", Some(&["env"]), false),
        ("StringNotEqualsIfExists", None, true),
        ("StringNotEqualsIfExists", Some(team), false),
        ("StringNotEqualsIfExists", Some(&["env"]), false),
        ("ForAnyValue:StringEquals", None, false),
        ("ForAnyValue:StringEquals", Some(team), true),
        ("ForAnyValue:StringEquals", Some(&["env"]), false),
        ("ForAllValues:StringEquals", None, true),
        ("ForAllValues:StringEquals", Some(team), true),
        ("ForAllValues:StringEquals", Some(&["team", "env"]), false),
        ("ForAnyValue:StringNotEquals", None, false),
        ("ForAnyValue:StringNotEquals", Some(team), false),
        ("ForAnyValue:StringNotEquals", Some(&["team", "env"]), true),
        ("ForAllValues:StringNotEquals", None, true),
        ("ForAllValues:StringNotEquals", Some(team), false),
        ("ForAllValues:StringNotEquals", Some(&["env"]), true),
    ] {
        let got = holds_on("aws:TagKeys", operator, team, request);
        assert_eq!(got, expected, "{operator} against {request:?}");
    }
    for (operator, value, request, expected) in [
        ("StringEquals", "", "", true),
        ("StringEquals", "", "capture", false),
        ("ForAllValues:StringEquals", "capture", "", false),
        ("ForAllValues:StringEquals", "capture", "capture", true),
        ("ForAnyValue:StringEquals", "", "", true),
        ("ForAnyValue:StringEquals", "", "capture", false),
    ] {
        let got = holds_on("aws:RequestTag/team", operator, &[value], Some(&[request]));
        assert_eq!(got, expected, "{operator} {value:?} against {request:?}");
    }
}

/// guide: condition operators, Null: `true` asks for a key that is missing, `false` for one that is
/// there and has a value.
#[test]
fn null() {
    for (policy, request, expected, source) in [
        (&["true"][..], None, true, "guide: Null"),
        (&["true"], Some(&["x"][..]), false, "guide: Null"),
        (&["false"], None, false, "guide: Null"),
        (&["false"], Some(&["x"]), true, "guide: Null"),
        (&["false"], Some(&["x", "y"]), true, "guide: Null"),
        (&["true"], Some(&[]), true, "unverified: a key without values is no key"),
        (&["false"], Some(&[]), false, "unverified: a key without values is no key"),
        (&["true"], Some(&[""]), false, EMPTY),
        (&["TRUE"], Some(&["x"]), false, VALUES),
        (&["TRUE"], None, true, VALUES),
        (&["true", "false"], None, true, "guide: values are joined by OR"),
        (&["true", "false"], Some(&["x"]), true, "guide: values are joined by OR"),
        (&["maybe"], None, false, VALUES),
        (&["maybe"], Some(&["x"]), true, VALUES),
        (&[], None, false, "no value, no match"),
    ] {
        let got = holds("Null", policy, request);
        assert_eq!(got, expected, "Null {policy:?} against {request:?} ({source})");
        // IAM's own validation objects to these forms; they say the same.
        for prefix in ["ForAllValues:", "ForAnyValue:"] {
            let got = holds(&format!("{prefix}Null"), policy, request);
            assert_eq!(got, expected, "{prefix}Null {policy:?} against {request:?} (unverified)");
        }
    }
}

/// guide: "Evaluation logic for conditions with multiple keys or values".
#[test]
fn operators_and_keys_are_joined_by_and_values_by_or() {
    let condition = r#"{
        "StringEquals": {"test:Team": ["red", "blue"], "test:Stage": "prod"},
        "NumericLessThan": {"test:Size": 10}}"#;
    for (team, stage, size, expected) in [
        ("red", "prod", "9", true),
        ("blue", "prod", "9", true),
        ("green", "prod", "9", false),
        ("red", "test", "9", false),
        ("red", "prod", "10", false),
    ] {
        let ask = under("2012-10-17", condition)
            .key("test:Team", team)
            .key("test:Stage", stage)
            .key("test:Size", size);
        assert_eq!(ask.is_allowed(), expected, "{team} {stage} {size}");
    }
    // Several values of a negated operator: none of them may match.
    for (team, expected) in [("red", false), ("blue", false), ("green", true)] {
        let got = holds("StringNotEquals", &["red", "blue"], Some(&[team]));
        assert_eq!(got, expected, "neither red nor blue: {team}");
    }
    // An empty block asks for nothing.
    assert!(under("2012-10-17", "{}").is_allowed());
    assert!(under("2012-10-17", r#"{"StringEquals": {}}"#).is_allowed());
}

/// guide: Condition: "Context key names are not case-sensitive"; of tag keys behind the `/` the page
/// on tags says the same.
#[test]
fn names_of_keys_have_no_case_and_values_have() {
    for (name, value, expected) in [
        ("aws:SourceVpc", "vpc-1", true),
        ("AWS:sourcevpc", "vpc-1", true),
        ("aws:SourceVpc", "VPC-1", false),
    ] {
        let condition = format!(r#"{{"StringEquals": {{"{name}": "{value}"}}}}"#);
        let ask = under("2012-10-17", &condition).key("aws:SourceVpc", "vpc-1");
        assert_eq!(ask.is_allowed(), expected, "{name} {value}");
    }
    let condition = r#"{"StringEquals": {"aws:RequestTag/Team": "red"}}"#;
    assert!(under("2012-10-17", condition).key("aws:requesttag/TEAM", "red").is_allowed());
}
