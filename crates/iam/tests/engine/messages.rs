//! AWS's own sentence for a denial.
//!
//! guide: "Troubleshoot access denied error messages".

use crate::support::*;

const START: &str = "User: arn:aws:iam::111122223333:user/anna is not authorized to perform: \
                     s3:GetObject on resource: arn:aws:s3:::data/2026/a.csv";

const ARN: &str = "arn:aws:iam::111122223333:policy/guard";
const SCP_ARN: &str = "arn:aws:organizations::999999999999:policy/o-1/service_control_policy/p-1";

fn anna() -> Ask {
    Ask::new(ANNA, "s3:GetObject", OBJECT).owned_by(ACCOUNT)
}

#[track_caller]
fn check_reason(ask: &Ask, reason: &str) {
    assert_eq!(ask.message(), format!("{START} {reason}"), "{ask:#?}");
}

/// "because no … allows the … action"
#[test]
fn implicit_denials() {
    let cross = || Ask::new(ANNA, "s3:GetObject", OBJECT).owned_by(OTHER_ACCOUNT);
    for (ask, policy) in [
        (anna(), "identity-based policy"),
        (anna().identity(ALLOW_ALL).boundary(UNRELATED), "permissions boundary"),
        (anna().identity(ALLOW_ALL).session(UNRELATED), "session policy"),
        (anna().identity(ALLOW_ALL).endpoint(UNRELATED), "VPC endpoint policy"),
        (anna().identity(ALLOW_ALL).scps(&[UNRELATED]), "service control policy"),
        (anna().identity(ALLOW_ALL).rcps(&[]), "resource control policy"),
        (cross().identity(ALLOW_ALL), "resource-based policy"),
        // Several gates are missing: only one is named, in the order of the guide's flow chart.
        (cross(), "identity-based policy"),
        (anna().boundary(UNRELATED), "identity-based policy"),
        (anna().boundary(UNRELATED).scps(&[UNRELATED]), "service control policy"),
    ] {
        check_reason(&ask, &format!("because no {policy} allows the s3:GetObject action"));
    }
    let tag = Ask::new(ANNA, "sts:TagSession", ETL_ROLE)
        .trust(r#"{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}"#);
    assert_eq!(
        tag.message(),
        "User: arn:aws:iam::111122223333:user/anna is not authorized to perform: sts:TagSession on \
         resource: arn:aws:iam::111122223333:role/etl because no role trust policy allows the \
         sts:TagSession action"
    );
}

/// Which of trust policy and identity-based policy is named if neither allows: unverified.
#[test]
fn the_trust_policy_is_named_first() {
    let trust = r#"{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}"#;
    let ask = Ask::new(OTHER_USER, "sts:TagSession", ETL_ROLE).trust(trust);
    ask.gives("ImplicitlyDenied by identity, trust");
    assert!(ask.message().contains("because no role trust policy allows"));
}

/// Where other lists name a path of ARNs: aws/aws-sam-cli issue 394, and later reports with the reason.
#[test]
fn lists_of_policies_name_a_path() {
    assert_eq!(
        Ask::new(ANNA, "iam:ListPolicies", "*").message(),
        "User: arn:aws:iam::111122223333:user/anna is not authorized to perform: iam:ListPolicies on \
         resource: policy path / because no identity-based policy allows the iam:ListPolicies action"
    );
}

/// What is addressed by name is named so, what is about to be made by its ARN: the reports that `iam::message` names.
#[test]
fn iam_names_what_it_keeps_as_it_was_addressed() {
    let account = "arn:aws:iam::111122223333:";
    for (action, resource, shown) in [
        ("GetRole", "role/data/etl", "role etl"),
        ("PutRolePolicy", "role/etl", "role etl"),
        ("CreateRole", "role/etl", ""),
        ("TagRole", "role/etl", ""),
        ("PassRole", "role/etl", ""),
        ("ListRoles", "role/", ""),
        ("GetUser", "user/anna", "user anna"),
        ("CreateAccessKey", "user/anna", "user anna"),
        ("CreateUser", "user/anna", ""),
        ("SimulatePrincipalPolicy", "user/anna", ""),
        ("AddUserToGroup", "group/data", "group data"),
        ("CreateGroup", "group/data", ""),
        ("GetInstanceProfile", "instance-profile/data/etl", "instance profile etl"),
        ("AddRoleToInstanceProfile", "instance-profile/etl", "instance profile etl"),
        ("CreateInstanceProfile", "instance-profile/etl", ""),
        ("ListInstanceProfiles", "instance-profile/data/", ""),
        ("CreatePolicy", "policy/data/read", "policy read"),
        ("GetPolicy", "policy/read", "policy arn:aws:iam::111122223333:policy/read"),
        ("GetOpenIDConnectProvider", "oidc-provider/example.com", ""),
        ("CreateVirtualMFADevice", "mfa/anna", ""),
    ] {
        let arn = format!("{account}{resource}");
        let shown = if shown.is_empty() { arn.as_str() } else { shown };
        assert_eq!(
            Ask::new(ANNA, &format!("iam:{action}"), &arn).message(),
            format!(
                "User: arn:aws:iam::111122223333:user/anna is not authorized to perform: iam:{action} on resource: \
                 {shown} because no identity-based policy allows the iam:{action} action"
            )
        );
    }
}

/// "with an explicit deny in …"
#[test]
fn explicit_denials() {
    let allowed = || anna().identity(ALLOW_ALL);
    for (ask, policy) in [
        (anna().identity(DENY_ALL), "an identity-based policy"),
        (allowed().resource_policy(DENY_EVERYONE), "a resource-based policy"),
        (allowed().boundary(DENY_ALL), "a permissions boundary"),
        (allowed().session(DENY_ALL), "a session policy"),
        (allowed().endpoint(DENY_EVERYONE), "a VPC endpoint policy"),
        (allowed().scps(&[DENY_ALL]), "a service control policy"),
        (allowed().rcps(&[DENY_EVERYONE]), "a resource control policy"),
    ] {
        check_reason(&ask, &format!("with an explicit deny in {policy}"));
    }
    let tag = Ask::new(ANNA, "sts:TagSession", ETL_ROLE)
        .trust(r#"{"Effect": "Deny", "Principal": "*", "Action": "sts:TagSession"}"#);
    assert!(tag.message().ends_with("with an explicit deny in the role trust policy"));
    // An explicit denial is named before anything that is only missing.
    check_reason(
        &anna().boundary(DENY_ALL).scps(&[UNRELATED]),
        "with an explicit deny in a permissions boundary",
    );
}

/// Since January 2026 an explicit denial names the policy, where it has an ARN; of several policies
/// one that denies.
#[test]
fn the_policy_is_named_by_its_arn() {
    let allowed = || anna().identity(ALLOW_ALL);
    for (ask, reason) in [
        (anna().identity((ARN, DENY_ALL)), format!("an identity-based policy: {ARN}")),
        (
            anna().identity(ALLOW_ALL).identity((ARN, DENY_ALL)),
            format!("an identity-based policy: {ARN}"),
        ),
        (anna().identity(("inline", DENY_ALL)), "an identity-based policy".into()),
        (allowed().boundary((ARN, DENY_ALL)), format!("a permissions boundary: {ARN}")),
        (allowed().session((ARN, DENY_ALL)), format!("a session policy: {ARN}")),
        (
            allowed().scps(&[ALLOW_ALL]).scp_named(SCP_ARN, DENY_ALL),
            format!("a service control policy: {SCP_ARN}"),
        ),
        (
            allowed().rcps(&[ALLOW_EVERYONE]).rcp_named(SCP_ARN, DENY_EVERYONE),
            format!("a resource control policy: {SCP_ARN}"),
        ),
    ] {
        check_reason(&ask, &format!("with an explicit deny in {reason}"));
    }
    // Where nothing denies explicitly there is no policy to name.
    let missing = allowed().boundary((ARN, UNRELATED));
    assert!(missing.message().ends_with("allows the s3:GetObject action"));
}

#[test]
fn who_and_what() {
    for (ask, message) in [
        (
            Ask::new(ETL_SESSION, "ec2:DescribeInstances", "*"),
            "User: arn:aws:sts::111122223333:assumed-role/etl/i-0 is not authorized to perform: \
             ec2:DescribeInstances because no identity-based policy allows the \
             ec2:DescribeInstances action",
        ),
        (
            Ask::new(ANONYMOUS, "s3:GetObject", OBJECT),
            "User: anonymous is not authorized to perform: s3:GetObject on resource: \
             arn:aws:s3:::data/2026/a.csv because no resource-based policy allows the s3:GetObject \
             action",
        ),
        (anna().identity(ALLOW_ALL), ""),
    ] {
        assert_eq!(ask.message(), message);
    }
}

/// A refused `AssumeRole` does not tell whether the role exists, nor why.
#[test]
fn assuming_a_role_gets_the_bare_sentence() {
    let trust =
        r#"{"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "sts:AssumeRole"}"#;
    let bare = "User: arn:aws:iam::111122223333:user/anna is not authorized to perform: \
                sts:AssumeRole on resource: arn:aws:iam::111122223333:role/etl";
    let assume = || Ask::assume(ANNA, ETL_ROLE, trust);
    assert_eq!(assume().message(), bare);
    assert_eq!(assume().identity((ARN, DENY_ALL)).message(), bare);
    assert_eq!(assume().scps(&[]).message(), bare);
    // No AWS principal could be named.
    let web = Ask::new("web:accounts.google.com", "sts:AssumeRoleWithWebIdentity", ETL_ROLE);
    assert_eq!(
        web.trust(trust).message(),
        "Not authorized to perform sts:AssumeRoleWithWebIdentity"
    );
}
