//! Assuming roles: the role's trust policy must allow, and says whether it alone is enough.
//!
//! guide: "Policy evaluation logic": trust policies "must explicitly allow access for principals";
//! "IAM role trust policies"; STS API reference, `AssumeRole`.

use crate::support::*;

const TARGET: &str = "arn:aws:iam::111122223333:role/target";
const OTHER_TARGET: &str = "arn:aws:iam::444455556666:role/target";

const ALLOW_ASSUME: &str = r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}"#;

/// A trust policy that lets `principal` (JSON) use `action`.
fn trust(action: &str, principal: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "{action}"}}"#)
}

fn trusts(arn: &str) -> String {
    trust("sts:AssumeRole", &format!(r#"{{"AWS": "{arn}"}}"#))
}

/// STS API reference, `AssumeRole`: "To allow a user to assume a role in the same account": a policy
/// of the user for a role that trusts the account, or the user as a principal in the trust policy.
#[test]
fn in_the_same_account() {
    let assume = |who: &str, trust: String| Ask::assume(who, TARGET, trust);
    check([
        (
            "the role trusts the user: enough",
            assume(ANNA, trusts(ANNA)),
            "Allowed",
        ),
        (
            "the role trusts the account, and the user has a policy",
            assume(ANNA, trusts(ROOT)).identity(ALLOW_ASSUME),
            "Allowed",
        ),
        (
            "the role trusts the account, and the user has none",
            assume(ANNA, trusts(ROOT)),
            "ImplicitlyDenied by identity",
        ),
        (
            "the user has a policy, and the role trusts somebody else",
            assume(ANNA, trusts("arn:aws:iam::111122223333:user/bert")).identity(ALLOW_ALL),
            "ImplicitlyDenied by trust",
        ),
        (
            "the role trusts a service only: no administrator assumes it",
            assume(ANNA, trust("sts:AssumeRole", r#"{"Service": "lambda.amazonaws.com"}"#))
                .identity(ALLOW_ALL),
            "ImplicitlyDenied by trust",
        ),
        (
            "the role trusts everybody: \"for IAM users and role principals within your account, no \
             other permissions are required\" (guide: all principals)",
            assume(ANNA, trust("sts:AssumeRole", r#""*""#)),
            "Allowed",
        ),
        (
            "the user's policy denies",
            assume(ANNA, trusts(ANNA)).identity(DENY_ALL),
            "ExplicitlyDenied by identity",
        ),
        (
            "the trust policy denies",
            assume(
                ANNA,
                r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"},
                   {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}"#.to_owned(),
            )
            .identity(ALLOW_ASSUME),
            "ExplicitlyDenied by trust",
        ),
        (
            "one role to the next: the trust policy names the role",
            assume(ETL_SESSION, trusts(ETL_ROLE)),
            "Allowed",
        ),
        (
            "the trusted role's boundary limits its session",
            assume(ETL_SESSION, trusts(ETL_ROLE)).boundary(UNRELATED),
            "ImplicitlyDenied by boundary",
        ),
        (
            "the trusted role's session policy does",
            assume(ETL_SESSION, trusts(ETL_ROLE)).session(UNRELATED),
            "ImplicitlyDenied by session",
        ),
        (
            "the trust policy names the session: neither does",
            assume(ETL_SESSION, trusts(ETL_SESSION)).boundary(UNRELATED).session(UNRELATED),
            "Allowed",
        ),
        ("an SCP", assume(ANNA, trusts(ANNA)).scps(&[UNRELATED]), "ImplicitlyDenied by scp"),
        (
            "an RCP: STS supports them",
            assume(ANNA, trusts(ANNA)).rcps(&[ALLOW_EVERYONE, DENY_EVERYONE]),
            "ExplicitlyDenied by rcp",
        ),
    ]);
}

/// STS API reference, `AssumeRole`: across accounts the user must also have a policy.
#[test]
fn across_accounts() {
    let assume = |trust: String| Ask::assume(ANNA, OTHER_TARGET, trust);
    check([
        ("only the trust policy", assume(trusts(ANNA)), "ImplicitlyDenied by identity"),
        (
            "only the user's policy",
            assume(trusts(OTHER_ROOT)).identity(ALLOW_ASSUME),
            "ImplicitlyDenied by trust",
        ),
        ("both, by the user's ARN", assume(trusts(ANNA)).identity(ALLOW_ASSUME), "Allowed"),
        ("both, by the account", assume(trusts(ROOT)).identity(ALLOW_ASSUME), "Allowed"),
        (
            "the user's policy names another role",
            assume(trusts(ROOT)).identity(
                r#"{"Effect": "Allow", "Action": "sts:AssumeRole",
                    "Resource": "arn:aws:iam::444455556666:role/else"}"#,
            ),
            "ImplicitlyDenied by identity",
        ),
        ("neither", assume(trusts(OTHER_ROOT)), "ImplicitlyDenied by identity, trust"),
    ]);
}

/// guide: "How to use an external ID when granting access to your AWS resources to a third party".
#[test]
fn external_id() {
    let trust = r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"},
        "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "Example987"}}}"#;
    let assume = || Ask::assume(ANNA, OTHER_TARGET, trust).identity(ALLOW_ASSUME);
    check([
        ("the right one", assume().key("sts:ExternalId", "Example987"), "Allowed"),
        ("another one", assume().key("sts:ExternalId", "example987"), "ImplicitlyDenied by trust"),
        ("none", assume(), "ImplicitlyDenied by trust"),
    ]);
}

/// AWS security blog, 2022-09, "role trust policy behavior": a role no longer trusts itself
/// implicitly; it must be named.
#[test]
fn a_role_trusts_itself_only_if_it_says_so() {
    let assume = |trust: String| Ask::assume(ETL_SESSION, ETL_ROLE, trust).identity(ALLOW_ALL);
    check([
        ("it does", assume(trusts(ETL_ROLE)), "Allowed"),
        (
            "it does not",
            assume(trust("sts:AssumeRole", r#"{"Service": "ec2.amazonaws.com"}"#)),
            "ImplicitlyDenied by trust",
        ),
    ]);
}

/// STS API reference, `AssumeRole`: "You cannot use AWS account root user credentials to call
/// AssumeRole." AWS answers "Roles may not be assumed by root accounts."
#[test]
fn root_cannot_assume_roles() {
    for trust in [trusts(ROOT), trust("sts:AssumeRole", r#""*""#)] {
        for role in [TARGET, OTHER_TARGET] {
            let ask = Ask::assume(ROOT, role, trust.clone());
            ask.gives("ImplicitlyDenied by trust");
            assert_eq!(ask.message(), "Roles may not be assumed by root accounts.");
        }
    }
}

/// Services assume roles by the trust policy alone.
#[test]
fn services_assume_roles() {
    let ec2 = || trust("sts:AssumeRole", r#"{"Service": "ec2.amazonaws.com"}"#);
    let assume = |who: &str| Ask::assume(who, TARGET, ec2());
    check([
        ("the one that is trusted", assume("ec2.amazonaws.com"), "Allowed"),
        ("another one", assume("lambda.amazonaws.com"), "ImplicitlyDenied by trust"),
        ("SCPs do not bind it", assume("ec2.amazonaws.com").scps(&[DENY_ALL]), "Allowed"),
    ]);
}

/// guide: "Web identity session principals" and "SAML session principals": who comes with a token has
/// no identity-based policies.
#[test]
fn federation() {
    let google = "web:accounts.google.com";
    let oidc = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    let saml = "arn:aws:iam::111122223333:saml-provider/corp";
    let federated = |provider: &str| format!(r#"{{"Federated": "{provider}"}}"#);
    let with_web = |who: &str, trust: &str| {
        Ask::new(who, "sts:AssumeRoleWithWebIdentity", TARGET).trust(trust)
    };
    let repository = r#"{"Effect": "Allow",
        "Principal": {"Federated":
            "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
            "StringLike": {"token.actions.githubusercontent.com:sub": "repo:octo/data:*"}}}"#;
    let github = |subject: &str| {
        with_web(&format!("web:{oidc}"), repository)
            .key("token.actions.githubusercontent.com:aud", "sts.amazonaws.com")
            .key("token.actions.githubusercontent.com:sub", subject)
    };
    let web = trust("sts:AssumeRoleWithWebIdentity", &federated("accounts.google.com"));
    check([
        ("a provider that is trusted", with_web(google, &web), "Allowed"),
        ("another provider", with_web("web:graph.facebook.com", &web), "ImplicitlyDenied by trust"),
        (
            "the trust policy allows AssumeRole only",
            with_web(google, &trust("sts:AssumeRole", &federated("accounts.google.com"))),
            "ImplicitlyDenied by trust",
        ),
        (
            "a user has no web identity",
            with_web(ANNA, &web).identity(ALLOW_ALL),
            "ImplicitlyDenied by trust",
        ),
        ("a subject that is trusted", github("repo:octo/data:ref:refs/heads/main"), "Allowed"),
        ("another subject", github("repo:evil/data:x"), "ImplicitlyDenied by trust"),
        (
            "SAML",
            Ask::new(&format!("web:{saml}"), "sts:AssumeRoleWithSAML", TARGET)
                .trust(trust("sts:AssumeRoleWithSAML", &federated(saml)))
                .key("SAML:aud", "https://signin.aws.amazon.com/saml"),
            "Allowed",
        ),
        (
            "SAML, another provider",
            Ask::new(&format!("web:{saml}"), "sts:AssumeRoleWithSAML", TARGET).trust(trust(
                "sts:AssumeRoleWithSAML",
                &federated("arn:aws:iam::111122223333:saml-provider/other"),
            )),
            "ImplicitlyDenied by trust",
        ),
    ]);
}

/// guide: "Pass session tags in AWS STS": a permission of its own, asked of the role that is assumed.
/// The guide's example lets a user pass tags by the trust policy alone.
#[test]
fn session_tags() {
    let tag =
        |who: &str, role: &str, trust: String| Ask::new(who, "sts:TagSession", role).trust(trust);
    let tagging =
        |principal: &str| trust("sts:TagSession", &format!(r#"{{"AWS": "{principal}"}}"#));
    check([
        ("the trust policy names the user", tag(ANNA, TARGET, tagging(ANNA)), "Allowed"),
        (
            "the trust policy allows AssumeRole only",
            tag(ANNA, TARGET, trusts(ANNA)).identity(ALLOW_ALL),
            "ImplicitlyDenied by trust",
        ),
        (
            "the trust policy names the account: both are needed",
            tag(ANNA, TARGET, tagging(ROOT)),
            "ImplicitlyDenied by identity",
        ),
        (
            "across accounts: both are needed",
            tag(ANNA, OTHER_TARGET, tagging(ANNA)),
            "ImplicitlyDenied by identity",
        ),
        (
            "across accounts: both",
            tag(ANNA, OTHER_TARGET, tagging(ANNA)).identity(ALLOW_ALL),
            "Allowed",
        ),
        (
            "for a federated user, where no role is involved, the user's policy decides",
            Ask::new(ANNA, "sts:TagSession", ANNA_FEDERATED).identity(ALLOW_ALL),
            "Allowed",
        ),
    ]);
}

/// guide: "Monitor and control actions taken with assumed roles", permissions to set a source
/// identity: when a role assumes a role, "both the permissions policy of the principal who is
/// assuming the role and the role trust policy of the target role".
#[test]
fn source_identity() {
    let set = |who: &str, principal: &str| {
        let principal = format!(r#"{{"AWS": "{principal}"}}"#);
        Ask::new(who, "sts:SetSourceIdentity", TARGET)
            .trust(trust("sts:SetSourceIdentity", &principal))
    };
    check([
        ("a user that the trust policy names", set(ANNA, ANNA), "Allowed"),
        (
            "a role: the trust policy alone",
            set(ETL_SESSION, ETL_ROLE),
            "ImplicitlyDenied by identity",
        ),
        (
            "a session: the trust policy alone",
            set(ETL_SESSION, ETL_SESSION),
            "ImplicitlyDenied by identity",
        ),
        ("a role: both", set(ETL_SESSION, ETL_ROLE).identity(ALLOW_ALL), "Allowed"),
        (
            "a role: its own policy alone",
            set(ETL_SESSION, ANNA).identity(ALLOW_ALL),
            "ImplicitlyDenied by trust",
        ),
    ]);
}

/// guide: "Granting a user permissions to pass a role": not an API call, and asked of the role's ARN
/// like any other action; the trust policy has no say in it. A role of another account cannot be
/// passed.
#[test]
fn passing_a_role() {
    let pass = |role: &str, service: &str| {
        Ask::new(ANNA, "iam:PassRole", role).key("iam:PassedToService", service).identity(
            r#"{"Effect": "Allow", "Action": "iam:PassRole",
                "Resource": "arn:aws:iam::*:role/target",
                "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}"#,
        )
    };
    check([
        ("to the service", pass(TARGET, "ec2.amazonaws.com"), "Allowed"),
        ("to another", pass(TARGET, "lambda.amazonaws.com"), "ImplicitlyDenied by identity"),
        ("another role", pass(ETL_ROLE, "ec2.amazonaws.com"), "ImplicitlyDenied by identity"),
        (
            "another account's role",
            pass(OTHER_TARGET, "ec2.amazonaws.com"),
            "ImplicitlyDenied by resource",
        ),
    ]);
}
