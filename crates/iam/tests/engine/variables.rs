//! Policy variables in the values of conditions: where they count, what they stand for, and special characters.

use iam::operator::OPERATORS;

use crate::operators::{FAMILIES, KEY, is_negated, under};
use crate::support::{ANNA, Ask, OBJECT};

const VARIABLES: &str = "guide: policy variables";

/// Operators in whose values policy variables count.
const WITH_VARIABLES: [&str; 10] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
];

#[test]
fn variables_in_values() {
    for (operator, ..) in OPERATORS.iter().filter(|(name, ..)| *name != "Null") {
        let negated = is_negated(operator);
        let arn = operator.starts_with("Arn");
        let expands = WITH_VARIABLES.contains(operator);
        let family = FAMILIES.iter().find(|family| family.operator == *operator).unwrap();
        // The variable stands for a value that would match if it were written out.
        let (pattern, request, value) = if arn {
            (
                "arn:aws:iam::111122223333:role/${VARIABLE}",
                "arn:aws:iam::111122223333:role/etl",
                "etl",
            )
        } else if expands {
            ("team-${VARIABLE}", "team-etl", "etl")
        } else {
            ("${VARIABLE}", family.holds[0], family.policy[0])
        };
        for (variable, tag, positive, source) in [
            ("aws:PrincipalTag/team", Some(value), true, VARIABLES),
            ("AWS:principaltag/TEAM", Some(value), true, "guide: names of keys have no case"),
            ("aws:PrincipalTag/team", Some("other"), false, VARIABLES),
            ("aws:PrincipalTag/team", None, false, "guide: policy variables with no value"),
            ("aws:PrincipalTag/team, 'etl'", None, true, "guide: specifying default values"),
            (
                "aws:PrincipalTag/team, 'etl'",
                Some("other"),
                false,
                "guide: specifying default values",
            ),
            ("aws:PrincipalTag/team, 'no'", None, false, "guide: specifying default values"),
        ] {
            // Numeric, Date, Binary and IpAddress know no variables (guide: condition operators).
            // For Bool the guide's pages contradict each other: unverified.
            let expected = (positive && expands) != negated;
            let policy = pattern.replace("VARIABLE", variable);
            let condition = format!(r#"{{"{operator}": {{"{KEY}": "{policy}"}}}}"#);
            let ask = under("2012-10-17", &condition).key(KEY, request);
            let ask = match tag {
                Some(tag) => ask.key("aws:PrincipalTag/team", tag),
                None => ask,
            };
            assert_eq!(
                ask.is_allowed(),
                expected,
                "{operator} {policy} against {request}, tag {tag:?} ({source})"
            );
        }
    }
}

#[test]
fn variables_in_detail() {
    for (operator, value, request, expected, source) in [
        ("StringLike", "${aws:username}*", "anna/x", true, VARIABLES),
        (
            "StringLike",
            "${test:Star}",
            "anything",
            false,
            "unverified: wildcards in a value are letters",
        ),
        ("StringLike", "${test:Star}", "*", true, "unverified: wildcards in a value are letters"),
        ("StringLike", "a${*}c", "a*c", true, "guide: special characters"),
        ("StringLike", "a${*}c", "abc", false, "guide: special characters"),
        ("StringLike", "a${?}c", "a?c", true, "guide: special characters"),
        ("StringLike", "a${?}c", "abc", false, "guide: special characters"),
        ("StringEquals", "a${$}{b}", "a${b}", true, "guide: special characters"),
        (
            "StringEquals",
            "${test:Many}",
            "one",
            false,
            "guide: only single-valued keys are variables",
        ),
        (
            "StringNotEquals",
            "${test:Many}",
            "one",
            true,
            "guide: only single-valued keys are variables",
        ),
        (
            "StringEquals",
            "${aws:username",
            "${aws:username",
            true,
            "unverified: unclosed is plain text",
        ),
        ("StringEquals", "${aws:nothing, ''}", "", true, "guide: specifying default values"),
        ("StringEquals", "${aws:username}${aws:username}", "annaanna", true, VARIABLES),
        ("StringEqualsIgnoreCase", "${aws:username}", "ANNA", true, VARIABLES),
        (
            "ArnLike",
            "arn:aws:iam::${aws:PrincipalAccount}:role/*",
            "arn:aws:iam::111122223333:role/etl",
            true,
            VARIABLES,
        ),
        ("ArnLike", "${aws:PrincipalArn}", ANNA, true, "unverified: the whole ARN from a variable"),
        (
            "ArnLike",
            "${aws:PrincipalArn}",
            "arn:aws:iam::111122223333:user/bert",
            false,
            "unverified",
        ),
        (
            "ArnNotLike",
            "${aws:PrincipalArn}",
            ANNA,
            false,
            "unverified: the whole ARN from a variable",
        ),
        (
            "ArnNotLike",
            "${aws:PrincipalArn}",
            "arn:aws:iam::111122223333:user/bert",
            true,
            "unverified",
        ),
        ("ArnNotLike", "${test:Absent}", ANNA, true, "guide: policy variables with no value"),
        (
            "ArnEquals",
            "${test:Absent, 'arn:aws:iam::111122223333:user/anna'}",
            ANNA,
            true,
            "guide: specifying default values",
        ),
    ] {
        let condition = format!(r#"{{"{operator}": {{"{KEY}": "{value}"}}}}"#);
        let ask = under("2012-10-17", &condition)
            .key(KEY, request)
            .key("test:Star", "*")
            .keys("test:Many", &["one", "two"]);
        assert_eq!(ask.is_allowed(), expected, "{operator} {value} against {request} ({source})");
    }
}

/// guide: Version: before 2012-10-17, `${aws:username}` is a literal string.
#[test]
fn version_2008_knows_no_variables() {
    for (version, request, expected) in [
        ("2012-10-17", "anna", true),
        ("2012-10-17", "${aws:username}", false),
        ("2008-10-17", "anna", false),
        ("2008-10-17", "${aws:username}", true),
    ] {
        for operator in ["StringEquals", "StringLike", "StringEqualsIgnoreCase"] {
            let condition = format!(r#"{{"{operator}": {{"{KEY}": "${{aws:username}}"}}}}"#);
            let ask = under(version, &condition).key(KEY, request);
            assert_eq!(ask.is_allowed(), expected, "{operator}, version {version}, {request}");
        }
    }
    let unversioned = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
        "Condition": {"StringEquals": {"test:Key": "${aws:username}"}}}}"#;
    let ask = Ask::new(ANNA, "s3:GetObject", OBJECT).identity(unversioned);
    assert!(ask.clone().key(KEY, "${aws:username}").is_allowed(), "no Version is 2008-10-17");
    assert!(!ask.key(KEY, "anna").is_allowed());
}
