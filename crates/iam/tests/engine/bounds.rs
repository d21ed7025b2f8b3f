//! Policies made to hurt: the work that they cost is bounded, and nothing that they say is lost.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use iam::json;
use iam::policy::{Effect, MAX_DIAGNOSTICS};
use iam::template::{Matched, Syntax, Template};
use iam::{Context, NamedPolicy, Policy, PolicyKind, PolicySet};

use crate::bad_input::statement_with;
use crate::support::{ALLOW_ALL, ANNA, Ask, DENY_ALL, OBJECT, policy};

/// How long a test may take before it counts as hanging.
const HANG: Duration = Duration::from_secs(300);

/// Runs `work` and fails if it hangs. The bounds that matter are the numbers of steps that each test
/// states; what is waited is far above what any of them takes.
fn without_hanging<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    let worker = thread::spawn(move || sender.send(work()).unwrap());
    let result = receiver.recv_timeout(HANG);
    let result = result.expect("the work panicked, or hangs");
    worker.join().unwrap();
    result
}

/// A document can be wrong in as many places as it has bytes; saying it all would cost the product
/// of the two, as each place has to be found. The first 100 are said.
#[test]
fn diagnostics_are_bounded() {
    let with_unknown = |count: usize| {
        let members: Vec<String> = (0..count).map(|n| format!("\"{n:05}\":0")).collect();
        format!("{{{}}}", members.join(","))
    };
    for (unknown, said) in [
        (0, 1), // the missing `Statement`
        (MAX_DIAGNOSTICS - 1, MAX_DIAGNOSTICS),
        (MAX_DIAGNOSTICS, MAX_DIAGNOSTICS),
        (100_000, MAX_DIAGNOSTICS),
    ] {
        let document = with_unknown(unknown);
        let found = Policy::parse(document.as_bytes(), PolicyKind::Identity).unwrap_err();
        assert_eq!(found.len(), said, "{unknown} unknown elements");
    }
    // 100 places in 1 MiB: at most 10^8 bytes are looked at.
    without_hanging(move || {
        let document = with_unknown(100_000);
        for found in Policy::parse(document.as_bytes(), PolicyKind::Identity).unwrap_err() {
            assert!(found.one_line(&document).contains(": error: "));
        }
    });
}

/// 100,000 keys in one object, each looked up once in a set of those before it.
#[test]
fn many_keys() {
    without_hanging(|| {
        let keys = |prefix: &str| -> Vec<String> {
            (0..80_000).map(|n| format!("\"{prefix}{n:05}\":\"\"")).collect()
        };
        let document = statement_with(&format!(
            r#""Condition": {{"StringEquals": {{{}}}}}"#,
            keys("").join(",")
        ));
        let policy = Policy::parse(document.as_bytes(), PolicyKind::Identity).unwrap();
        assert_eq!(policy.statements()[0].conditions.len(), 80_000);
        let again = Policy::parse(policy.to_json().as_bytes(), PolicyKind::Identity);
        assert!(again.is_ok());
        assert!(json::parse(format!("{{{}}}", keys("").join(",")).as_bytes()).is_ok());
    });
}

/// 100,000 statements in one set. A request looks at those only that its action and resource could
/// match: here one of 20,000 different ones in each of five policies.
#[test]
fn many_statements() {
    without_hanging(|| {
        let statements: Vec<String> = (0..20_000)
            .map(|n| format!(r#"{{"Effect":"Deny","Action":"a:{n}","Resource":"*"}}"#))
            .collect();
        let text = statements.join(",");
        let mut policies = vec![NamedPolicy::new(
            "all",
            policy(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#, PolicyKind::Identity),
        )];
        let denying = NamedPolicy::new("denying", policy(&text, PolicyKind::Identity));
        policies.extend(std::iter::repeat_n(denying, 5));
        let set = PolicySet::new(policies);
        for (action, denied) in
            [("a:19999", true), ("a:20000", false), ("a:0", true), ("b:0", false)]
        {
            let answer = set.ask(&Ask::new(ANNA, action, OBJECT).request(), false);
            assert_eq!(answer.effect == Some(Effect::Deny), denied, "{action}");
        }
    });
}

/// More policies, and more patterns in one element, than 16 bits count: all of them speak.
#[test]
fn more_than_16_bits_can_count() {
    const MORE: usize = 70_000;
    without_hanging(|| {
        // The last of 70,000 actions, and of 70,000 resources, is the one that matters.
        let list = |last: &str, other: &str| {
            let mut values = vec![format!("\"{other}\""); MORE];
            values.push(format!("\"{last}\""));
            values.join(",")
        };
        let by_action =
            format!(r#"{{"Effect":"Deny","Action":[{}],"Resource":"*"}}"#, list("s3:Get*", "a:b"));
        let by_resource = format!(
            r#"{{"Effect":"Deny","Action":"*","Resource":[{}]}}"#,
            list("arn:aws:s3:::data/*", "x")
        );
        for denying in [by_action, by_resource] {
            let ask = Ask::new(ANNA, "s3:GetObject", OBJECT);
            ask.identity(ALLOW_ALL).identity(denying).gives("ExplicitlyDenied by identity");
        }
        // The last of 70,000 policies.
        let allow = NamedPolicy::new("allow", policy(ALLOW_ALL, PolicyKind::Identity));
        let deny = NamedPolicy::new("deny", policy(DENY_ALL, PolicyKind::Identity));
        let mut policies = vec![allow; MORE];
        policies.push(deny);
        let set = PolicySet::new(policies);
        let answer = set.ask(&Ask::new(ANNA, "s3:GetObject", OBJECT).request(), false);
        assert_eq!(answer.effect, Some(Effect::Deny));
        // And of 70,000 levels of an organization.
        let mut ask = Ask::new(ANNA, "s3:GetObject", OBJECT).identity(ALLOW_ALL);
        for _ in 0..MORE {
            ask = ask.scps(&[]);
        }
        ask.scps(&[DENY_ALL]).gives("ExplicitlyDenied by scp");
    });
}

/// Wildcards: each piece of a pattern is tried at most once at each character of the text, so that
/// 10,000 characters against 10,000 cost at most 10^8 steps, not 2^10,000.
#[test]
fn wildcards_that_backtrack() {
    const LENGTH: usize = 10_000;
    without_hanging(|| {
        let text = "a".repeat(LENGTH);
        for (pattern, matches) in [
            ("*a".repeat(LENGTH / 2) + "b", Matched::No),
            ("*a".repeat(LENGTH / 2) + "*", Matched::Yes),
            ("*".repeat(LENGTH) + "b", Matched::No),
            ("*".repeat(LENGTH), Matched::Yes),
            ("?".repeat(LENGTH), Matched::Yes),
            ("?".repeat(LENGTH + 1), Matched::No),
            (format!("*{}b", "a".repeat(LENGTH - 1)), Matched::No),
            (format!("*{}b*", "?a".repeat(LENGTH / 4)), Matched::No),
            (format!("*{}*", "?a".repeat(LENGTH / 4)), Matched::Yes),
            ("a*".repeat(LENGTH / 2) + "?b", Matched::No),
        ] {
            let template = Template::new(&pattern, Syntax::WILDCARDS);
            let got = template.matches(&text, &Context::new());
            assert_eq!(got, matches, "{}…", &pattern[..8]);
        }
    });
}

/// The same in each place of a policy that knows wildcards.
#[test]
fn wildcards_that_backtrack_in_policies() {
    without_hanging(|| {
        let text = "a".repeat(10_000);
        let pattern = "*a".repeat(5_000) + "b";
        let allow = |action: &str, resource: &str, condition: &str| {
            format!(
                r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}",
                    "Condition": {condition}}}"#
            )
        };
        let ask = Ask::new(ANNA, &format!("s3:{text}"), &format!("arn:aws:s3:::{text}"))
            .key("test:Key", &text);
        for policy in [
            allow(&format!("s3:{pattern}"), "*", "{}"),
            allow("*", &format!("arn:aws:s3:::{pattern}"), "{}"),
            allow("*", "*", &format!(r#"{{"StringLike": {{"test:Key": "{pattern}"}}}}"#)),
        ] {
            ask.clone().identity(policy).gives("ImplicitlyDenied by identity");
        }
    });
}

/// Policy variables: the search for a closing brace looks at each byte once, also if there is none.
#[test]
fn variables_without_an_end() {
    without_hanging(|| {
        for body in ["${", "${a", "${}", "${a}", "${*}", "${a, '", "}${", "$", "{"] {
            let value = body.repeat(1_000_000 / body.len());
            let statement = format!(
                r#"{{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::{value}"}}"#
            );
            let ask = Ask::new(ANNA, "s3:GetObject", OBJECT).identity(statement);
            ask.gives("ImplicitlyDenied by identity");
            let condition = format!(
                r#"{{"Effect": "Allow", "Action": "*", "Resource": "*",
                    "Condition": {{"ArnLike": {{"aws:PrincipalArn": "{value}"}}}}}}"#
            );
            let ask = Ask::new(ANNA, "s3:GetObject", OBJECT).identity(condition);
            ask.gives("ImplicitlyDenied by identity");
        }
    });
}

/// Numbers, dates, addresses and base64 of a megabyte are read once, and are none.
#[test]
fn long_values() {
    without_hanging(|| {
        let long = "9".repeat(1_000_000);
        for operator in [
            "NumericEquals",
            "DateEquals",
            "IpAddress",
            "BinaryEquals",
            "Bool",
            "ArnEquals",
            "Null",
            "StringEqualsIgnoreCase",
            "StringLike",
        ] {
            let statement = format!(
                r#"{{"Effect": "Allow", "Action": "*", "Resource": "*",
                    "Condition": {{"{operator}": {{"test:Key": "{long}"}}}}}}"#
            );
            let ask = Ask::new(ANNA, "s3:GetObject", OBJECT).identity(statement);
            // What is not true is false: the request's values, and that the key is absent.
            let is_false = matches!(operator, "Bool" | "Null");
            let is_read = matches!(
                operator,
                "NumericEquals" | "BinaryEquals" | "StringEqualsIgnoreCase" | "StringLike"
            );
            let same = is_read || is_false;
            assert_eq!(ask.clone().key("test:Key", &long).is_allowed(), same, "{operator}");
            assert_eq!(ask.key("test:Key", "9").is_allowed(), is_false, "{operator}");
        }
    });
}
