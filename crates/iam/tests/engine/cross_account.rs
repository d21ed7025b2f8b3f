//! Caller and resource in different accounts: both accounts must allow.
//!
//! guide: "Cross-account policy evaluation logic".

use crate::support::*;

/// A user asks for an object in somebody else's bucket.
fn anna() -> Ask {
    Ask::new(ANNA, "s3:GetObject", OBJECT).owned_by(OTHER_ACCOUNT)
}

fn etl() -> Ask {
    Ask::new(ETL_SESSION, "s3:GetObject", OBJECT).owned_by(OTHER_ACCOUNT)
}

#[test]
fn both_accounts_must_allow() {
    check([
        ("neither does", anna(), "ImplicitlyDenied by identity, resource"),
        (
            "only the caller's account does",
            anna().identity(ALLOW_ALL),
            "ImplicitlyDenied by resource",
        ),
        (
            "only the resource's account does, by the user",
            anna().resource_policy(grant_to(ANNA)),
            "ImplicitlyDenied by identity",
        ),
        (
            "only the resource's account does, by *",
            anna().resource_policy(ALLOW_EVERYONE),
            "ImplicitlyDenied by identity",
        ),
        (
            "both, the user by its ARN",
            anna().identity(ALLOW_ALL).resource_policy(grant_to(ANNA)),
            "Allowed",
        ),
        (
            "both, the user by its account's ARN",
            anna().identity(ALLOW_ALL).resource_policy(grant_to(ROOT)),
            "Allowed",
        ),
        (
            "both, the user by its account's id",
            anna().identity(ALLOW_ALL).resource_policy(grant_to(ACCOUNT)),
            "Allowed",
        ),
        (
            "both, the user by *",
            anna().identity(ALLOW_ALL).resource_policy(ALLOW_EVERYONE),
            "Allowed",
        ),
        (
            "the resource's policy allows its own account only",
            anna().identity(ALLOW_ALL).resource_policy(grant_to(OTHER_ROOT)),
            "ImplicitlyDenied by resource",
        ),
        (
            "the caller's account denies",
            anna().identity(DENY_ALL).resource_policy(grant_to(ANNA)),
            "ExplicitlyDenied by identity",
        ),
        (
            "the resource's account denies",
            anna().identity(ALLOW_ALL).resource_policy(DENY_EVERYONE),
            "ExplicitlyDenied by resource",
        ),
    ]);
}

/// What limits the caller in its own account does so whatever the other account's policy names:
/// that policy grants nothing in the caller's account.
#[test]
fn the_callers_account_keeps_its_limits() {
    for principal in [ETL_SESSION, ETL_ROLE, ROOT, "*"] {
        let granted = || etl().identity(ALLOW_ALL).resource_policy(grant_to(principal));
        check([
            (principal, granted(), "Allowed"),
            (principal, granted().boundary(UNRELATED), "ImplicitlyDenied by boundary"),
            (principal, granted().session(UNRELATED), "ImplicitlyDenied by session"),
            (principal, granted().scps(&[UNRELATED]), "ImplicitlyDenied by scp"),
            (principal, granted().boundary(DENY_ALL), "ExplicitlyDenied by boundary"),
            (principal, etl().resource_policy(grant_to(principal)), "ImplicitlyDenied by identity"),
        ]);
    }
}

/// The resource's account keeps its own: RCPs bind whoever comes.
#[test]
fn the_resources_account_keeps_its_limits() {
    let granted = || anna().identity(ALLOW_ALL).resource_policy(grant_to(ANNA));
    check([
        ("an RCP that allows", granted().rcps(&[ALLOW_EVERYONE]), "Allowed"),
        (
            "an RCP that denies",
            granted().rcps(&[ALLOW_EVERYONE, DENY_EVERYONE]),
            "ExplicitlyDenied by rcp",
        ),
    ]);
}

/// guide: "Principal", AWS account principals. Root of another account needs that the resource's
/// policy names its account; in its own account it needs nothing.
#[test]
fn root_across_accounts() {
    let root = || Ask::new(ROOT, "s3:GetObject", OBJECT).owned_by(OTHER_ACCOUNT);
    check([
        ("nothing allows", root(), "ImplicitlyDenied by resource"),
        ("its account is named", root().resource_policy(grant_to(ROOT)), "Allowed"),
        ("everybody is", root().resource_policy(ALLOW_EVERYONE), "Allowed"),
        (
            "an SCP binds it",
            root().resource_policy(grant_to(ROOT)).scps(&[UNRELATED]),
            "ImplicitlyDenied by scp",
        ),
    ]);
}

/// Where the ARN holds an account, nobody has to say whose the resource is.
#[test]
fn the_arn_tells_the_account() {
    let send = |queue: &str| Ask::new(ANNA, "sqs:SendMessage", queue).identity(ALLOW_ALL);
    check([
        ("an own queue", send("arn:aws:sqs:us-east-1:111122223333:q"), "Allowed"),
        (
            "another account's",
            send("arn:aws:sqs:us-east-1:444455556666:q"),
            "ImplicitlyDenied by resource",
        ),
    ]);
}

/// Everybody reads AWS's managed policies and public parameters by identity-based policies alone:
/// no account but AWS could grant it.
#[test]
fn what_aws_owns_is_read_like_ones_own() {
    let get = |who: &str| Ask::new(who, "iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess");
    check([
        ("with a policy", get(ANNA).identity(ALLOW_ALL), "Allowed"),
        ("without", get(ANNA), "ImplicitlyDenied by identity"),
        ("root", get(ROOT), "Allowed"),
    ]);
}

/// guide: "AWS service principals": a service has no identity-based policies; the resource's policy
/// alone allows it.
#[test]
fn services() {
    let publish =
        || Ask::new("sns.amazonaws.com", "sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:q");
    let service = |effect: &str| statement(effect, r#"{"Service": "sns.amazonaws.com"}"#);
    let from_topic = r#"{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage", "Resource": "*",
        "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:t"}}}"#;
    let topic = |account: &str| format!("arn:aws:sns:us-east-1:{account}:t");
    check([
        ("no policy", publish(), "ImplicitlyDenied by resource"),
        ("named", publish().resource_policy(service("Allow")), "Allowed"),
        ("denied", publish().resource_policy(service("Deny")), "ExplicitlyDenied by resource"),
        ("by *", publish().resource_policy(ALLOW_EVERYONE), "Allowed"),
        (
            "the resource's account is not the service",
            publish().resource_policy(grant_to(ROOT)),
            "ImplicitlyDenied by resource",
        ),
        (
            "no identity-based policy helps",
            publish().identity(ALLOW_ALL),
            "ImplicitlyDenied by resource",
        ),
        (
            "no SCP binds it",
            publish().resource_policy(service("Allow")).scps(&[DENY_ALL]),
            "Allowed",
        ),
        (
            "an RCP does",
            publish().resource_policy(service("Allow")).rcps(&[ALLOW_EVERYONE, DENY_EVERYONE]),
            "ExplicitlyDenied by rcp",
        ),
        (
            "the confused deputy: for the right topic",
            publish().resource_policy(from_topic).key("aws:SourceArn", &topic(ACCOUNT)),
            "Allowed",
        ),
        (
            "the confused deputy: for somebody else's",
            publish().resource_policy(from_topic).key("aws:SourceArn", &topic(OTHER_ACCOUNT)),
            "ImplicitlyDenied by resource",
        ),
    ]);
}

/// guide: "All principals": `*` includes those who do not sign their requests.
#[test]
fn anonymous_requests() {
    let anonymous = || Ask::new(ANONYMOUS, "s3:GetObject", OBJECT).owned_by(ACCOUNT);
    let everyone_aws = statement("Allow", r#"{"AWS": "*"}"#);
    let from_network = r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}"#;
    let members_only = r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}"#;
    let both = format!("{ALLOW_EVERYONE}, {members_only}");
    check([
        ("no policy", anonymous(), "ImplicitlyDenied by resource"),
        (r#""*""#, anonymous().resource_policy(ALLOW_EVERYONE), "Allowed"),
        (r#"{"AWS": "*"}"#, anonymous().resource_policy(everyone_aws), "Allowed"),
        (
            "an account is not everybody",
            anonymous().resource_policy(grant_to(ROOT)),
            "ImplicitlyDenied by resource",
        ),
        (
            "with a condition that holds",
            anonymous().resource_policy(from_network).key("aws:SourceIp", "203.0.113.9"),
            "Allowed",
        ),
        (
            "with a condition that does not",
            anonymous().resource_policy(from_network).key("aws:SourceIp", "198.51.100.9"),
            "ImplicitlyDenied by resource",
        ),
        (
            "an unsigned request has no aws:Principal… keys, so Not… operators hold",
            anonymous().resource_policy(both),
            "ExplicitlyDenied by resource",
        ),
        (
            "no identity-based policy, boundary, session policy or SCP applies",
            anonymous()
                .identity(DENY_ALL)
                .boundary(DENY_ALL)
                .session(DENY_ALL)
                .scps(&[DENY_ALL])
                .resource_policy(ALLOW_EVERYONE),
            "Allowed",
        ),
        (
            "an RCP binds it",
            anonymous().resource_policy(ALLOW_EVERYONE).rcps(&[ALLOW_EVERYONE, DENY_EVERYONE]),
            "ExplicitlyDenied by rcp",
        ),
        (
            "an endpoint's policy does",
            anonymous().resource_policy(ALLOW_EVERYONE).endpoint(UNRELATED),
            "ImplicitlyDenied by vpce",
        ),
    ]);
}
