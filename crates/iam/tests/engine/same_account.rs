//! Caller and resource in one account: how identity-based and resource-based policies add up, and
//! what permissions boundaries, session policies and VPC endpoint policies take away.

use crate::support::*;

fn anna() -> Ask {
    Ask::new(ANNA, "s3:GetObject", OBJECT)
}

fn etl() -> Ask {
    Ask::new(ETL_SESSION, "s3:GetObject", OBJECT)
}

fn root() -> Ask {
    Ask::new(ROOT, "s3:GetObject", OBJECT)
}

/// guide: "How AWS enforcement code logic evaluates requests": nothing is allowed by default, either
/// side can allow, one denial is enough.
#[test]
fn either_policy_can_allow_and_any_can_deny() {
    let grant = grant_to(ANNA);
    check([
        ("no policy at all", anna(), "ImplicitlyDenied by identity"),
        ("an unrelated policy", anna().identity(UNRELATED), "ImplicitlyDenied by identity"),
        ("the caller's policy", anna().identity(ALLOW_ALL), "Allowed"),
        ("the resource's policy", anna().resource_policy(&grant), "Allowed"),
        ("both", anna().identity(ALLOW_ALL).resource_policy(&grant), "Allowed"),
        (
            "the resource's policy speaks of somebody else",
            anna().resource_policy(grant_to("arn:aws:iam::111122223333:user/bert")),
            "ImplicitlyDenied by identity",
        ),
        (
            "the caller's policy denies what the resource's allows",
            anna().identity(DENY_ALL).resource_policy(&grant),
            "ExplicitlyDenied by identity",
        ),
        (
            "the resource's policy denies what the caller's allows",
            anna().identity(ALLOW_ALL).resource_policy(DENY_EVERYONE),
            "ExplicitlyDenied by resource",
        ),
        (
            "both deny",
            anna().identity(DENY_ALL).resource_policy(DENY_EVERYONE),
            "ExplicitlyDenied by identity, resource",
        ),
        (
            "the resource's policy denies, and nothing allows",
            anna().resource_policy(DENY_EVERYONE),
            "ExplicitlyDenied by identity, resource",
        ),
    ]);
}

/// guide: "Multiple statements and multiple policies": they are joined by OR.
#[test]
fn policies_and_statements_add_up() {
    let list = r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}"#;
    let read = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#;
    let both = format!("{list}, {read}");
    let contradiction = format!("{ALLOW_ALL}, {DENY_ALL}");
    check([
        ("a user's policy and its group's", anna().identity(list).identity(read), "Allowed"),
        ("the other way round", anna().identity(read).identity(list), "Allowed"),
        ("two statements", anna().identity(both), "Allowed"),
        (
            "a group's denial against the user's policy",
            anna().identity(ALLOW_ALL).identity(DENY_ALL),
            "ExplicitlyDenied by identity",
        ),
        ("within one policy", anna().identity(contradiction), "ExplicitlyDenied by identity"),
    ]);
}

/// guide: "Permissions boundaries for IAM entities": what both allow.
#[test]
fn a_boundary_limits_and_never_grants() {
    check([
        ("both allow", anna().identity(ALLOW_ALL).boundary(ALLOW_ALL), "Allowed"),
        (
            "the boundary does not",
            anna().identity(ALLOW_ALL).boundary(UNRELATED),
            "ImplicitlyDenied by boundary",
        ),
        ("the identity does not", anna().boundary(ALLOW_ALL), "ImplicitlyDenied by identity"),
        ("neither does", anna().boundary(UNRELATED), "ImplicitlyDenied by identity, boundary"),
        (
            "the boundary denies",
            anna().identity(ALLOW_ALL).boundary(DENY_ALL),
            "ExplicitlyDenied by boundary",
        ),
        (
            "its denial holds against the resource's policy too",
            anna().resource_policy(grant_to(ANNA)).boundary(DENY_ALL),
            "ExplicitlyDenied by boundary",
        ),
        (
            "its policy was deleted: it allows nothing (unverified)",
            anna().identity(ALLOW_ALL).dangling_boundary(),
            "ImplicitlyDenied by boundary",
        ),
        (
            "a role's boundary limits its sessions",
            etl().identity(ALLOW_ALL).boundary(UNRELATED),
            "ImplicitlyDenied by boundary",
        ),
        (
            "a service-linked role has none (IAM API reference, PutRolePermissionsBoundary)",
            Ask::new(
                "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForAutoScaling/AutoScaling",
                "s3:GetObject",
                OBJECT,
            )
            .identity(ALLOW_ALL)
            .boundary(DENY_ALL),
            "Allowed",
        ),
        (
            "root, services and anonymous callers have none",
            Ask::new(ANONYMOUS, "s3:GetObject", OBJECT)
                .resource_policy(ALLOW_EVERYONE)
                .boundary(DENY_ALL),
            "Allowed",
        ),
    ]);
}

/// guide: "Session policies": the intersection with the role's policies.
#[test]
fn a_session_policy_limits_and_never_grants() {
    check([
        ("no session policy was passed", etl().identity(ALLOW_ALL), "Allowed"),
        ("both allow", etl().identity(ALLOW_ALL).session(ALLOW_ALL), "Allowed"),
        (
            "the session policy does not",
            etl().identity(ALLOW_ALL).session(UNRELATED),
            "ImplicitlyDenied by session",
        ),
        ("the role's does not", etl().session(ALLOW_ALL), "ImplicitlyDenied by identity"),
        (
            "several policies were passed (an inline one and PolicyArns): they add up",
            etl().identity(ALLOW_ALL).session(UNRELATED).session(ALLOW_ALL),
            "Allowed",
        ),
        (
            "one of several denies",
            etl().identity(ALLOW_ALL).session(DENY_ALL).session(ALLOW_ALL),
            "ExplicitlyDenied by session",
        ),
        (
            "boundary and session policy both limit",
            etl().identity(ALLOW_ALL).session(UNRELATED).boundary(UNRELATED),
            "ImplicitlyDenied by boundary, session",
        ),
    ]);
}

/// guide: "Policy evaluation logic", step "session policies": a federated user's session without a
/// session policy is denied, unless a resource's policy names the session.
#[test]
fn a_federated_user_needs_a_session_policy() {
    let federated = || Ask::new(ANNA_FEDERATED, "s3:GetObject", OBJECT);
    check([
        ("none was passed", federated().identity(ALLOW_ALL), "ImplicitlyDenied by session"),
        (
            "one was passed that allows",
            federated().identity(ALLOW_ALL).session(ALLOW_ALL),
            "Allowed",
        ),
        (
            "the user's own policies must allow as well",
            federated().session(ALLOW_ALL),
            "ImplicitlyDenied by identity",
        ),
        (
            "a resource's policy names the session",
            federated().resource_policy(grant_to(ANNA_FEDERATED)),
            "Allowed",
        ),
        (
            "a resource's policy names the user, and no session policy was passed",
            federated().resource_policy(grant_to(ANNA)),
            "ImplicitlyDenied by session",
        ),
    ]);
}

/// The three formulas of the guide, in full:
/// - a grant to a role: (session ∩ resource) ∪ (session ∩ identity), within the boundary;
/// - a grant to a session: resource ∪ (session ∩ identity), the latter within the boundary;
/// - a grant to a user: resource ∪ (identity ∩ boundary).
///
/// guide: "Session policies", "Permissions boundaries", "Policy evaluation logic".
#[test]
fn what_a_grant_can_do_without() {
    let pick = |allows: bool| if allows { ALLOW_ALL } else { UNRELATED };
    for bits in 0u8..16 {
        let [identity, resource, session, boundary] = [1, 2, 4, 8].map(|bit| bits & bit != 0);
        let row = format!(
            "identity {identity}, resource {resource}, session {session}, boundary {boundary}"
        );
        let etl = || etl().identity(pick(identity)).session(pick(session)).boundary(pick(boundary));
        let resource_for = |arn: &str| if resource { grant_to(arn) } else { DENIES_NOBODY.into() };

        let to_role = etl().resource_policy(resource_for(ETL_ROLE));
        let expected = session && boundary && (identity || resource);
        assert_eq!(to_role.is_allowed(), expected, "to the role: {row}");

        let to_session = etl().resource_policy(resource_for(ETL_SESSION));
        let expected = resource || (session && boundary && identity);
        assert_eq!(to_session.is_allowed(), expected, "to the session: {row}");

        let to_user = anna()
            .identity(pick(identity))
            .boundary(pick(boundary))
            .resource_policy(resource_for(ANNA));
        let expected = resource || (boundary && identity);
        assert_eq!(to_user.is_allowed(), expected, "to the user: {row}");
    }
}

/// A resource-based policy that says nothing to anybody here.
const DENIES_NOBODY: &str = r#"{"Effect": "Deny", "Principal": {"AWS": "999999999999"},
    "Action": "*", "Resource": "*"}"#;

/// VPC guide: "Control access using endpoint policies": the policy does not override or replace
/// identity- or resource-based policies; it is one more that must allow.
#[test]
fn an_endpoint_policy_is_one_more_gate() {
    let everybody_reads = r#"{"Effect": "Allow", "Principal": "*",
        "Action": "s3:GetObject", "Resource": "*"}"#;
    let only_bert = r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/bert"},
        "Action": "*", "Resource": "*"}"#;
    check([
        (
            "the default policy allows everything",
            anna().identity(ALLOW_ALL).endpoint(ALLOW_EVERYONE),
            "Allowed",
        ),
        ("it allows the action", anna().identity(ALLOW_ALL).endpoint(everybody_reads), "Allowed"),
        ("it grants nothing", anna().endpoint(ALLOW_EVERYONE), "ImplicitlyDenied by identity"),
        (
            "it does not allow the action",
            anna().identity(ALLOW_ALL).endpoint(UNRELATED),
            "ImplicitlyDenied by vpce",
        ),
        (
            "it speaks of another principal (unverified: matched as in a resource's policy)",
            anna().identity(ALLOW_ALL).endpoint(only_bert),
            "ImplicitlyDenied by vpce",
        ),
        (
            "it denies",
            anna().identity(ALLOW_ALL).endpoint(DENY_EVERYONE),
            "ExplicitlyDenied by vpce",
        ),
        (
            "no grant to the caller gets past it",
            anna().resource_policy(grant_to(ANNA)).endpoint(UNRELATED),
            "ImplicitlyDenied by vpce",
        ),
        ("nor does root", root().endpoint(UNRELATED), "ImplicitlyDenied by vpce"),
    ]);
}

/// guide: "Policy evaluation logic": denied by default "with the exception of the AWS account root
/// user, which has full access".
#[test]
fn root_needs_no_policy() {
    check([
        ("no policy", root(), "Allowed"),
        ("on a resource that knows no ARNs", Ask::new(ROOT, "iam:ListUsers", "*"), "Allowed"),
        (
            "a resource's policy can deny it",
            root().resource_policy(DENY_EVERYONE),
            "ExplicitlyDenied by resource",
        ),
        (
            "also by the account's ARN",
            root().resource_policy(statement("Deny", r#"{"AWS": "111122223333"}"#)),
            "ExplicitlyDenied by resource",
        ),
        (
            "a stray identity-based policy says nothing: root can have none",
            root().identity(DENY_ALL),
            "Allowed",
        ),
        (
            "an SCP binds it in a member account",
            root().scps(&[UNRELATED]),
            "ImplicitlyDenied by scp",
        ),
    ]);
}

/// A bucket's ARN does not tell its account; as long as nobody says otherwise it is the caller's.
#[test]
fn a_resource_of_unknown_owner_counts_as_ones_own() {
    check([
        ("unknown", anna().identity(ALLOW_ALL), "Allowed"),
        ("the caller's", anna().identity(ALLOW_ALL).owned_by(ACCOUNT), "Allowed"),
        (
            "another's",
            anna().identity(ALLOW_ALL).owned_by(OTHER_ACCOUNT),
            "ImplicitlyDenied by resource",
        ),
    ]);
}
