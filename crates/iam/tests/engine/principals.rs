//! `Principal` and `NotPrincipal`: whom they name, and what being named does.
//!
//! guide: "Principal", "NotPrincipal", and the table in "Policy evaluation logic" of what a
//! resource-based policy's grant bypasses in the same account.

use crate::support::*;

/// guide: "Resource-based policies and implicit denies in other policy types (same account)".
#[test]
fn what_each_way_of_naming_bypasses() {
    const EVERYONE: &str = r#""*""#;
    const EVERYONE_AWS: &str = r#"{"AWS": "*"}"#;
    let aws = |arn: &str| format!(r#"{{"AWS": "{arn}"}}"#);
    let (yes, no) = (true, false);
    for (caller, principal, identity, boundary, session) in [
        // caller, how it is named; does the grant do without identity, boundary, session policy?
        (ANNA, aws(ANNA), yes, yes, None),
        (ANNA, EVERYONE.into(), yes, yes, None),
        (ANNA, EVERYONE_AWS.into(), yes, yes, None),
        (ANNA, aws(ROOT), no, no, None),
        (ANNA, aws(ACCOUNT), no, no, None),
        (ETL_SESSION, aws(ETL_ROLE), yes, no, Some(no)),
        (ETL_SESSION, aws(ETL_SESSION), yes, yes, Some(yes)),
        // "Permissions boundaries and session policies do not limit permissions granted using the
        // aws:PrincipalArn condition key with a wildcard in the Principal element": IAM role
        // principals, and so with the wildcard alone.
        (ETL_SESSION, EVERYONE.into(), yes, yes, Some(yes)),
        (ETL_SESSION, EVERYONE_AWS.into(), yes, yes, Some(yes)),
        (ETL_SESSION, aws(ROOT), no, no, Some(no)),
        (ETL_SESSION, aws(ACCOUNT), no, no, Some(no)),
        (ANNA_FEDERATED, aws(ANNA), yes, no, Some(no)),
        (ANNA_FEDERATED, aws(ANNA_FEDERATED), yes, yes, Some(yes)),
        (ANNA_FEDERATED, EVERYONE.into(), yes, yes, Some(yes)),
        (ANNA_FEDERATED, aws(ROOT), no, no, Some(no)),
    ] {
        let row = format!("{caller} named by {principal}");
        let allow = |bypasses: bool, gate: &str| {
            if bypasses { "Allowed".to_owned() } else { format!("ImplicitlyDenied by {gate}") }
        };
        let granted = || {
            let ask = Ask::new(caller, "s3:GetObject", OBJECT);
            let ask = ask.resource_policy(statement("Allow", &principal));
            if session.is_some() { ask.session(ALLOW_ALL) } else { ask }
        };
        granted().gives_for(&allow(identity, "identity"), &row);
        let bounded = granted().identity(ALLOW_ALL).boundary(UNRELATED);
        bounded.gives_for(&allow(boundary, "boundary"), &row);
        if let Some(session) = session {
            let limited = Ask::new(caller, "s3:GetObject", OBJECT)
                .resource_policy(statement("Allow", &principal))
                .identity(ALLOW_ALL)
                .session(UNRELATED);
            limited.gives_for(&allow(session, "session"), &row);
        }
        // No grant gets past a denial, an SCP or an RCP.
        let row = format!("{row}, denied");
        granted()
            .boundary(DENY_ALL)
            .identity(ALLOW_ALL)
            .gives_for("ExplicitlyDenied by boundary", &row);
        granted().identity(DENY_ALL).gives_for("ExplicitlyDenied by identity", &row);
        granted().identity(ALLOW_ALL).scps(&[UNRELATED]).gives_for("ImplicitlyDenied by scp", &row);
        granted().identity(ALLOW_ALL).rcps(&[]).gives_for("ImplicitlyDenied by rcp", &row);
    }
}

/// Of several statements that allow, the one that names the caller most closely counts, wherever it
/// stands.
#[test]
fn the_closest_naming_counts() {
    let statements = [ROOT, ETL_ROLE, ETL_SESSION].map(grant_to);
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let all = order.map(|index| statements[index].clone()).join(", ");
        Ask::new(ETL_SESSION, "s3:GetObject", OBJECT)
            .boundary(UNRELATED)
            .resource_policy(all)
            .gives_for("Allowed", &format!("{order:?}"));
        let without_session = order.iter().filter(|index| **index < 2);
        let role: Vec<&str> = without_session.map(|index| statements[*index].as_str()).collect();
        Ask::new(ETL_SESSION, "s3:GetObject", OBJECT)
            .resource_policy(role.join(", "))
            .gives_for("Allowed", &format!("{order:?} without the session"));
    }
}

/// The same with `aws:PrincipalArn`: the key of a session holds the ARN of its role.
///
/// guide: "IAM role principals".
#[test]
fn everyone_with_a_condition_on_the_principal() {
    let everyone_if = |operator: &str, arn: &str| {
        format!(
            r#"{{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
                "Condition": {{"{operator}": {{"aws:PrincipalArn": "{arn}"}}}}}}"#
        )
    };
    let etl = |policy: String| {
        Ask::new(ETL_SESSION, "s3:GetObject", OBJECT).boundary(UNRELATED).resource_policy(policy)
    };
    check([
        ("the role", etl(everyone_if("ArnEquals", ETL_ROLE)), "Allowed"),
        (
            "the session: not what the key holds",
            etl(everyone_if("ArnEquals", ETL_SESSION)),
            "ImplicitlyDenied by identity, boundary",
        ),
        (
            "the roles of the account",
            etl(everyone_if("ArnLike", "arn:aws:iam::111122223333:role/*")),
            "Allowed",
        ),
        (
            "a role with a path: whoever knows it says so",
            etl(everyone_if("ArnEquals", "arn:aws:iam::111122223333:role/jobs/etl"))
                .key("aws:PrincipalArn", "arn:aws:iam::111122223333:role/jobs/etl"),
            "Allowed",
        ),
    ]);
}

/// Whether `principal` names `caller` at all: a denial reaches whoever is named.
#[track_caller]
fn check_names(principal: &str, caller: &str, userid: Option<&str>, named: bool) {
    let ask = Ask::new(caller, "s3:GetObject", OBJECT)
        .owned_by(ACCOUNT)
        .resource_policy(statement("Deny", principal));
    let ask = match userid {
        Some(id) => ask.key("aws:userid", id),
        None => ask,
    };
    let denied = ask.outcome().starts_with("ExplicitlyDenied");
    assert_eq!(denied, named, "{principal} names {caller} ({userid:?})");
}

#[test]
fn whom_a_principal_names() {
    let everybody = [
        ANNA,
        ANNA_FEDERATED,
        ETL_ROLE,
        ETL_SESSION,
        ROOT,
        OTHER_USER,
        OTHER_SESSION,
        OTHER_ROOT,
        "ec2.amazonaws.com",
        "web:accounts.google.com",
        ANONYMOUS,
    ];
    let of_the_account = [ANNA, ANNA_FEDERATED, ETL_ROLE, ETL_SESSION, ROOT];
    let rows: Vec<(&str, Vec<&str>)> = vec![
        (r#""*""#, everybody.to_vec()),
        (r#"{"AWS": "*"}"#, everybody.to_vec()),
        (r#"{"AWS": "111122223333"}"#, of_the_account.to_vec()),
        (r#"{"AWS": "arn:aws:iam::111122223333:root"}"#, of_the_account.to_vec()),
        (
            r#"{"AWS": ["111122223333", "444455556666"]}"#,
            [&of_the_account[..], &[OTHER_USER, OTHER_SESSION, OTHER_ROOT]].concat(),
        ),
        // A federated session of the same name as the user counts as that user's: unverified, its
        // ARN is "based on the original identity" (guide: federated user session principals).
        (r#"{"AWS": "arn:aws:iam::111122223333:user/anna"}"#, vec![ANNA, ANNA_FEDERATED]),
        (r#"{"AWS": "arn:aws:iam::111122223333:role/etl"}"#, vec![ETL_ROLE, ETL_SESSION]),
        (r#"{"AWS": "arn:aws:sts::111122223333:assumed-role/etl/i-0"}"#, vec![ETL_SESSION]),
        (r#"{"AWS": "arn:aws:sts::111122223333:federated-user/anna"}"#, vec![ANNA_FEDERATED]),
        (r#"{"Service": "ec2.amazonaws.com"}"#, vec!["ec2.amazonaws.com"]),
        (r#"{"Service": ["s3.amazonaws.com", "ec2.amazonaws.com"]}"#, vec!["ec2.amazonaws.com"]),
        (r#"{"Federated": "accounts.google.com"}"#, vec!["web:accounts.google.com"]),
        (
            r#"{"AWS": "arn:aws:iam::444455556666:user/oskar", "Service": "ec2.amazonaws.com"}"#,
            vec![OTHER_USER, "ec2.amazonaws.com"],
        ),
        // guide: "You cannot use a wildcard to match part of a principal name or ARN".
        (r#"{"AWS": "arn:aws:iam::111122223333:*"}"#, vec![]),
        (r#"{"AWS": "arn:aws:iam::111122223333:user/*"}"#, vec![]),
        (r#"{"AWS": "arn:aws:iam::*:user/anna"}"#, vec![]),
        (r#"{"AWS": "arn:aws:sts::111122223333:assumed-role/etl/*"}"#, vec![]),
        (r#"{"AWS": "11112222*"}"#, vec![]),
        (r#"{"Service": "*"}"#, vec![]),
        // guide: names in a Principal are case-sensitive; groups are no principals.
        (r#"{"AWS": "arn:aws:iam::111122223333:user/Anna"}"#, vec![]),
        (r#"{"AWS": "arn:aws:iam::111122223333:role/ETL"}"#, vec![]),
        (r#"{"AWS": "arn:aws:iam::111122223333:group/team"}"#, vec![]),
        (r#"{"AWS": "arn:aws-cn:iam::111122223333:role/etl"}"#, vec![]),
        (r#"{"AWS": "arn:aws:s3:::data"}"#, vec![]),
        // An S3 notion: nothing here says whose id it is.
        (
            r#"{"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}"#,
            vec![],
        ),
        // A name of one kind is none of another.
        (r#"{"AWS": "ec2.amazonaws.com"}"#, vec![]),
        (r#"{"Service": "accounts.google.com"}"#, vec![]),
        (r#"{"Federated": "ec2.amazonaws.com"}"#, vec![]),
        (r#"{"AWS": []}"#, vec![]),
        ("{}", vec![]),
    ];
    for (principal, named) in rows {
        for caller in everybody {
            check_names(principal, caller, None, named.contains(&caller));
        }
    }
}

/// A role's path is not part of its sessions' ARNs, so that a role is known by partition, account and
/// last part of the path; a user's ARN has its path.
#[test]
fn paths() {
    for (principal, caller, named) in [
        ("role/jobs/nightly/etl", ETL_SESSION, true),
        ("role/jobs/nightly/etl", "arn:aws:iam::111122223333:role/jobs/nightly/etl", true),
        ("role/jobs/etl-2", ETL_SESSION, false),
        ("role/etl/jobs", ETL_SESSION, false),
        ("user/staff/anna", "arn:aws:iam::111122223333:user/staff/anna", true),
        ("user/staff/anna", ANNA, false),
        ("user/anna", "arn:aws:iam::111122223333:user/staff/anna", false),
    ] {
        let principal = format!(r#"{{"AWS": "arn:aws:iam::111122223333:{principal}"}}"#);
        check_names(&principal, caller, None, named);
    }
}

/// guide: "IAM role principals", Important: a saved policy holds the unique id of whom it named; an
/// entity made later under the same name has another one.
#[test]
fn unique_ids() {
    let (user, role) = ("AIDAEXAMPLE1ANNA00001", "AROAEXAMPLE1ETL000001");
    for (id, caller, userid, named) in [
        (user, ANNA, Some(user), true),
        (user, ANNA, Some("AIDAEXAMPLE1ANNA00002"), false),
        (user, ANNA, None, false),
        (role, ETL_SESSION, Some("AROAEXAMPLE1ETL000001:i-0"), true),
        (role, ETL_SESSION, Some("AROAEXAMPLE1ETL000002:i-0"), false),
        (role, ETL_ROLE, Some(role), true),
        (role, ANNA, Some(user), false),
        // A session's user id holds the session's name.
        (role, ETL_SESSION, Some(role), false),
        // A session called like an id is not that id.
        (role, ETL_SESSION, Some("AROAEXAMPLE1ETL000002:AROAEXAMPLE1ETL000001"), false),
    ] {
        check_names(&format!(r#"{{"AWS": "{id}"}}"#), caller, userid, named);
    }
    // What it bypasses is what the name would: a user is named directly, a role as a role.
    let granted = |caller: &str, id: &str, userid: &str| {
        Ask::new(caller, "s3:GetObject", OBJECT)
            .key("aws:userid", userid)
            .resource_policy(grant_to(id))
            .boundary(UNRELATED)
    };
    granted(ANNA, user, user).gives("Allowed");
    granted(ETL_SESSION, role, "AROAEXAMPLE1ETL000001:i-0").gives("ImplicitlyDenied by boundary");
    granted(ETL_ROLE, role, role).gives("ImplicitlyDenied by boundary");
}

/// guide: "NotPrincipal with Deny": everybody but those listed, and a user must be listed with its
/// account, a role session with its role and its account.
#[test]
fn not_principal_with_deny() {
    let [anna, root, etl, session] = [ANNA, ROOT, ETL_ROLE, ETL_SESSION];
    let rows: Vec<(Vec<&str>, &str, bool)> = vec![
        // listed, caller, whether it is denied
        (vec![anna, root], ANNA, false),
        (vec![anna], ANNA, true),
        (vec![root], ANNA, true),
        (vec![ACCOUNT, anna], ANNA, false),
        (vec!["arn:aws:iam::111122223333:user/bert", root], ANNA, true),
        (vec![session, etl, root], ETL_SESSION, false),
        (vec![session, etl], ETL_SESSION, true),
        (vec![session, root], ETL_SESSION, true),
        (vec![etl, root], ETL_SESSION, true),
        (vec![etl, root], ETL_ROLE, false),
        (vec![etl], ETL_ROLE, true),
        (vec![root], ROOT, false),
        (vec![anna, root], OTHER_USER, true),
        (vec![anna, root], "ec2.amazonaws.com", true),
        (vec![anna, root], ANONYMOUS, true),
        (vec!["*"], ANNA, false),
        (vec!["*"], ANONYMOUS, false),
        (vec!["*"], ETL_SESSION, false),
    ];
    let deny_all_but = |principal: &str| {
        format!(
            r#"{ALLOW_EVERYONE}, {{"Effect": "Deny", "NotPrincipal": {principal},
                "Action": "*", "Resource": "*"}}"#
        )
    };
    for (listed, caller, denied) in rows {
        let listed = format!(r#"{{"AWS": ["{}"]}}"#, listed.join("\", \""));
        let ask = Ask::new(caller, "s3:GetObject", OBJECT)
            .identity(ALLOW_ALL)
            .resource_policy(deny_all_but(&listed));
        let expected = if denied { "ExplicitlyDenied by resource" } else { "Allowed" };
        ask.gives_for(expected, &format!("all but {listed}"));
        // guide: the element "will always deny any IAM principal that has a permissions boundary
        // policy attached, regardless of the values specified". Root, services and anonymous
        // callers have none.
        let can_have_boundary = caller.contains("user/") || caller.contains("role/");
        let expected = if can_have_boundary { "ExplicitlyDenied by resource" } else { expected };
        if caller != ROOT {
            ask.boundary(ALLOW_ALL).gives_for(expected, &format!("bounded, all but {listed}"));
        }
    }
    for (listed, caller, expected) in [
        (r#"{"Service": "ec2.amazonaws.com"}"#, "ec2.amazonaws.com", "Allowed"),
        (r#"{"Service": "s3.amazonaws.com"}"#, "ec2.amazonaws.com", "ExplicitlyDenied by resource"),
        (r#"{"Federated": "accounts.google.com"}"#, "web:accounts.google.com", "Allowed"),
        (r#""*""#, ANNA, "Allowed"),
    ] {
        let ask = Ask::new(caller, "s3:GetObject", OBJECT).identity(ALLOW_ALL);
        ask.resource_policy(deny_all_but(listed)).gives_for(expected, listed);
    }
}

/// guide: "NotPrincipal with Allow" (no longer supported by AWS, and still read): everybody else,
/// "including anonymous". That a listed account takes its principals with it is unverified.
#[test]
fn not_principal_with_allow() {
    let allow_all_but = |principal: &str| {
        format!(
            r#"{{"Effect": "Allow", "NotPrincipal": {principal}, "Action": "*", "Resource": "*"}}"#
        )
    };
    for (listed, caller, granted) in [
        (r#"{"AWS": "arn:aws:iam::111122223333:user/anna"}"#, ANNA, false),
        (r#"{"AWS": "arn:aws:iam::111122223333:user/anna"}"#, ETL_SESSION, true),
        (r#"{"AWS": "arn:aws:iam::111122223333:user/anna"}"#, ANONYMOUS, true),
        (r#"{"AWS": "arn:aws:iam::111122223333:root"}"#, ANNA, false),
        (r#"{"AWS": "arn:aws:iam::111122223333:role/etl"}"#, ETL_SESSION, false),
        (r#"{"AWS": "arn:aws:sts::111122223333:assumed-role/etl/i-1"}"#, ETL_SESSION, true),
        (r#"{"Service": "ec2.amazonaws.com"}"#, "ec2.amazonaws.com", false),
        (r#""*""#, ANONYMOUS, false),
    ] {
        let ask = Ask::new(caller, "s3:GetObject", OBJECT).resource_policy(allow_all_but(listed));
        assert_eq!(ask.is_allowed(), granted, "{caller}, all but {listed}");
    }
}

/// A statement of a resource-based policy that names nobody applies to nobody.
#[test]
fn a_resource_statement_without_principal() {
    check([
        (
            "an Allow grants nothing",
            Ask::new(ANNA, "s3:GetObject", OBJECT).resource_policy(ALLOW_ALL),
            "ImplicitlyDenied by identity",
        ),
        (
            "a Deny denies nothing",
            Ask::new(ANNA, "s3:GetObject", OBJECT).identity(ALLOW_ALL).resource_policy(DENY_ALL),
            "Allowed",
        ),
    ]);
}

/// guide: global condition keys, "principal key values".
#[test]
fn what_follows_from_the_caller() {
    for (caller, key, value) in [
        (ANNA, "aws:PrincipalArn", Some(ANNA)),
        (ANNA, "aws:PrincipalAccount", Some(ACCOUNT)),
        (ANNA, "aws:PrincipalType", Some("User")),
        (ANNA, "aws:username", Some("anna")),
        (ANNA, "aws:PrincipalIsAWSService", Some("false")),
        ("arn:aws:iam::111122223333:user/staff/anna", "aws:username", Some("anna")),
        (ROOT, "aws:PrincipalArn", Some(ROOT)),
        (ROOT, "aws:PrincipalType", Some("Account")),
        (ROOT, "aws:username", None),
        (ETL_SESSION, "aws:PrincipalArn", Some(ETL_ROLE)),
        (ETL_SESSION, "aws:PrincipalType", Some("AssumedRole")),
        (ETL_SESSION, "aws:username", None),
        (ANNA_FEDERATED, "aws:PrincipalArn", Some(ANNA_FEDERATED)),
        (ANNA_FEDERATED, "aws:PrincipalType", Some("FederatedUser")),
        (ANNA_FEDERATED, "aws:username", None),
        ("ec2.amazonaws.com", "aws:PrincipalIsAWSService", Some("true")),
        ("ec2.amazonaws.com", "aws:PrincipalServiceName", Some("ec2.amazonaws.com")),
        ("ec2.amazonaws.com", "aws:PrincipalArn", None),
        ("web:accounts.google.com", "aws:FederatedProvider", Some("accounts.google.com")),
        (ANONYMOUS, "aws:PrincipalType", Some("Anonymous")),
        (ANONYMOUS, "aws:PrincipalArn", None),
        (ANONYMOUS, "aws:PrincipalAccount", None),
        (ANONYMOUS, "aws:PrincipalIsAWSService", None),
    ] {
        let request = Ask::new(caller, "s3:GetObject", OBJECT).request();
        let got = request.context().get_named(key).and_then(|values| values.single());
        assert_eq!(got, value, "{key} of {caller}");
    }
}

/// guide: global condition keys, `aws:ResourceAccount`.
#[test]
fn what_follows_from_the_resource() {
    let queue = "arn:aws:sqs:us-east-1:444455556666:q";
    for (ask, account) in [
        (Ask::new(ANNA, "sqs:SendMessage", queue), Some(OTHER_ACCOUNT)),
        (Ask::new(ANNA, "s3:GetObject", OBJECT), None),
        (Ask::new(ANNA, "s3:GetObject", OBJECT).owned_by(OTHER_ACCOUNT), Some(OTHER_ACCOUNT)),
        (Ask::new(ANNA, "sqs:ListQueues", "*"), None),
        // What the caller of the engine says stands.
        (Ask::new(ANNA, "sqs:SendMessage", queue).key("aws:ResourceAccount", "x"), Some("x")),
    ] {
        let request = ask.request();
        let got = request.context().get_named("aws:ResourceAccount");
        assert_eq!(got.and_then(|values| values.single()), account, "{ask:?}");
    }
}
