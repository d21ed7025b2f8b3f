//! Service control policies and resource control policies: levels, and whom they bind.
//!
//! `org:` in a row is the AWS Organizations user guide, "SCP evaluation", "RCP evaluation" and the
//! pages on either kind. A level is the organization's root, an organizational unit or the account.

use crate::support::*;

const ALLOW_S3: &str = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#;
const ALLOW_EC2: &str = r#"{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}"#;

fn anna() -> Ask {
    Ask::new(ANNA, "s3:GetObject", OBJECT).owned_by(ACCOUNT).identity(ALLOW_ALL)
}

fn root() -> Ask {
    Ask::new(ROOT, "s3:GetObject", OBJECT).owned_by(ACCOUNT)
}

/// org: "SCP evaluation": an Allow at every level, a Deny at any.
#[test]
fn scps_join_within_a_level_and_intersect_across() {
    check([
        ("no organization", anna(), "Allowed"),
        ("one level that allows", anna().scps(&[ALLOW_ALL]), "Allowed"),
        ("one level that does not", anna().scps(&[ALLOW_EC2]), "ImplicitlyDenied by scp"),
        ("two policies of a level join", anna().scps(&[ALLOW_EC2, ALLOW_S3]), "Allowed"),
        (
            "three levels that allow",
            anna().scps(&[ALLOW_ALL]).scps(&[ALLOW_S3]).scps(&[ALLOW_ALL]),
            "Allowed",
        ),
        (
            "the first does not",
            anna().scps(&[ALLOW_EC2]).scps(&[ALLOW_ALL]).scps(&[ALLOW_ALL]),
            "ImplicitlyDenied by scp",
        ),
        (
            "the middle one does not",
            anna().scps(&[ALLOW_ALL]).scps(&[ALLOW_EC2]).scps(&[ALLOW_ALL]),
            "ImplicitlyDenied by scp",
        ),
        (
            "the last does not",
            anna().scps(&[ALLOW_ALL]).scps(&[ALLOW_ALL]).scps(&[ALLOW_EC2]),
            "ImplicitlyDenied by scp",
        ),
        (
            "what one level does not allow, another cannot add",
            anna().scps(&[ALLOW_EC2]).scps(&[ALLOW_S3]),
            "ImplicitlyDenied by scp",
        ),
        (
            "a level whose last policy was detached",
            anna().scps(&[ALLOW_ALL]).scps(&[]),
            "ImplicitlyDenied by scp",
        ),
        (
            "a Deny at the top",
            anna().scps(&[ALLOW_ALL, DENY_ALL]).scps(&[ALLOW_ALL]),
            "ExplicitlyDenied by scp",
        ),
        (
            "a Deny at the bottom",
            anna().scps(&[ALLOW_ALL]).scps(&[ALLOW_ALL, DENY_ALL]),
            "ExplicitlyDenied by scp",
        ),
        (
            "a Deny below a level that does not allow either",
            anna().scps(&[ALLOW_EC2]).scps(&[DENY_ALL]),
            "ExplicitlyDenied by scp",
        ),
        (
            "SCPs grant nothing",
            Ask::new(ANNA, "s3:GetObject", OBJECT).scps(&[ALLOW_ALL]),
            "ImplicitlyDenied by identity",
        ),
        (
            "they limit what a resource's policy grants, too",
            Ask::new(ANNA, "s3:GetObject", OBJECT)
                .resource_policy(grant_to(ANNA))
                .scps(&[ALLOW_EC2]),
            "ImplicitlyDenied by scp",
        ),
    ]);
}

/// AWS security blog, 2025-09: SCPs take the whole policy language.
#[test]
fn scps_take_the_whole_language() {
    let only_data =
        r#"{"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::data/*"}"#;
    let not_action = r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#;
    let not_resource = r#"{"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::data*"}"#;
    let middle = r#"{"Effect": "Allow", "Action": "s3:*Obj*", "Resource": "*"}"#;
    let region = r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition":
        {"StringNotEquals": {"aws:RequestedRegion": "eu-central-1"}}}"#;
    check([
        ("Allow with an ARN", anna().scps(&[only_data]), "Allowed"),
        ("Allow with NotAction", anna().scps(&[not_action]), "Allowed"),
        ("wildcards within an action", anna().scps(&[middle]), "Allowed"),
        ("Deny with NotResource", anna().scps(&[ALLOW_ALL, not_resource]), "Allowed"),
        (
            "Deny with NotResource, another resource",
            Ask::new(ANNA, "s3:GetObject", "arn:aws:s3:::other/k")
                .identity(ALLOW_ALL)
                .scps(&[ALLOW_ALL, not_resource]),
            "ExplicitlyDenied by scp",
        ),
        (
            "Deny with a condition that holds",
            anna().scps(&[ALLOW_ALL, region]).key("aws:RequestedRegion", "us-east-1"),
            "ExplicitlyDenied by scp",
        ),
        (
            "Deny with a condition that does not",
            anna().scps(&[ALLOW_ALL, region]).key("aws:RequestedRegion", "eu-central-1"),
            "Allowed",
        ),
    ]);
}

/// org: "SCP effects on permissions": whom SCPs bind.
#[test]
fn whom_scps_bind() {
    let linked_role = "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/\
                       AWSServiceRoleForAutoScaling";
    let linked_session =
        "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForAutoScaling/AutoScaling";
    let ask =
        |who: &str| Ask::new(who, "s3:GetObject", OBJECT).owned_by(ACCOUNT).identity(ALLOW_ALL);
    let public = |who: &str| ask(who).resource_policy(ALLOW_EVERYONE);
    check([
        ("users", ask(ANNA).scps(&[DENY_ALL]), "ExplicitlyDenied by scp"),
        ("role sessions", ask(ETL_SESSION).scps(&[DENY_ALL]), "ExplicitlyDenied by scp"),
        (
            "federated users",
            ask(ANNA_FEDERATED).session(ALLOW_ALL).scps(&[DENY_ALL]),
            "ExplicitlyDenied by scp",
        ),
        ("root of a member account", root().scps(&[DENY_ALL]), "ExplicitlyDenied by scp"),
        ("not service-linked roles", ask(linked_role).scps(&[DENY_ALL]), "Allowed"),
        ("nor their sessions", ask(linked_session).scps(&[DENY_ALL]), "Allowed"),
        ("not services", public("ec2.amazonaws.com").scps(&[DENY_ALL]), "Allowed"),
        ("not anonymous callers", public(ANONYMOUS).scps(&[DENY_ALL]), "Allowed"),
    ]);
}

/// org: "RCP evaluation". `RCPFullAWSAccess` is attached at every level and cannot be detached, so
/// that in practice RCPs deny.
#[test]
fn rcps() {
    let no_delete =
        r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:Delete*", "Resource": "*"}"#;
    let outsiders = r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
        "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"},
                      "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}"#;
    let oskar = || {
        Ask::new(OTHER_USER, "s3:GetObject", OBJECT)
            .owned_by(ACCOUNT)
            .identity(ALLOW_ALL)
            .resource_policy(ALLOW_EVERYONE)
    };
    check([
        ("a level that allows", anna().rcps(&[ALLOW_EVERYONE]), "Allowed"),
        ("an unrelated Deny", anna().rcps(&[ALLOW_EVERYONE, no_delete]), "Allowed"),
        ("a Deny", anna().rcps(&[ALLOW_EVERYONE, DENY_EVERYONE]), "ExplicitlyDenied by rcp"),
        (
            "a Deny further down",
            anna().rcps(&[ALLOW_EVERYONE]).rcps(&[ALLOW_EVERYONE, DENY_EVERYONE]),
            "ExplicitlyDenied by rcp",
        ),
        ("a level that does not allow", anna().rcps(&[no_delete]), "ImplicitlyDenied by rcp"),
        (
            "a level without any policy",
            anna().rcps(&[ALLOW_EVERYONE]).rcps(&[]),
            "ImplicitlyDenied by rcp",
        ),
        (
            "RCPs grant nothing",
            Ask::new(ANNA, "s3:GetObject", OBJECT).rcps(&[ALLOW_EVERYONE]),
            "ImplicitlyDenied by identity",
        ),
        (
            "they bind root",
            root().rcps(&[ALLOW_EVERYONE, DENY_EVERYONE]),
            "ExplicitlyDenied by rcp",
        ),
        (
            "a member of the organization",
            oskar().rcps(&[ALLOW_EVERYONE, outsiders]).key("aws:PrincipalOrgID", "o-1"),
            "Allowed",
        ),
        (
            "somebody from another organization",
            oskar().rcps(&[ALLOW_EVERYONE, outsiders]).key("aws:PrincipalOrgID", "o-2"),
            "ExplicitlyDenied by rcp",
        ),
        (
            "SCP and RCP both",
            anna().scps(&[UNRELATED]).rcps(&[DENY_EVERYONE]),
            "ExplicitlyDenied by scp, rcp",
        ),
        (
            "a statement without a principal applies to nobody",
            anna().rcps(&[ALLOW_EVERYONE, DENY_ALL]),
            "Allowed",
        ),
    ]);
}

/// org: "RCPs": which services and callers they leave alone.
#[test]
fn what_rcps_do_not_bind() {
    let key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let denied = |ask: Ask| ask.identity(ALLOW_ALL).rcps(&[ALLOW_EVERYONE, DENY_EVERYONE]);
    let on_key = |action: &str| denied(Ask::new(ANNA, action, key).resource_policy(grant_to(ROOT)));
    check([
        (
            "a service that does not support them",
            denied(Ask::new(
                ANNA,
                "ec2:StopInstances",
                "arn:aws:ec2:us-east-1:111122223333:instance/i-1",
            )),
            "Allowed",
        ),
        ("IAM does not", denied(Ask::new(ANNA, "iam:ListUsers", "*")), "Allowed"),
        (
            "a service-linked role",
            denied(Ask::new(
                "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForAutoScaling/AutoScaling",
                "s3:GetObject",
                OBJECT,
            )),
            "Allowed",
        ),
        ("a KMS key", on_key("kms:Decrypt"), "ExplicitlyDenied by rcp"),
        // KMS developer guide, "Resource control policies in AWS KMS": "not effective in an RCP,
        // even if the Action element specifies an asterisk".
        ("kms:RetireGrant", on_key("kms:RetireGrant"), "Allowed"),
    ]);
}
