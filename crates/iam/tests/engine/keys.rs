//! KMS keys: the key policy must allow, or leave it to the account's policies.
//!
//! KMS developer guide, "Key policies in AWS KMS" and "Determining access to AWS KMS keys".

use crate::support::*;

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const OTHER_KEY: &str =
    "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn decrypt(who: &str) -> Ask {
    Ask::new(who, "kms:Decrypt", KEY)
}

/// "Unless the key policy explicitly allows it, you cannot use IAM policies to allow access to a KMS
/// key." A key policy that names the account enables them.
#[test]
fn the_key_policy_decides() {
    let delegates = grant_to(ROOT);
    let names_bert = grant_to("arn:aws:iam::111122223333:user/bert");
    check([
        ("the key policy names the user", decrypt(ANNA).resource_policy(grant_to(ANNA)), "Allowed"),
        ("it names the role", decrypt(ETL_SESSION).resource_policy(grant_to(ETL_ROLE)), "Allowed"),
        (
            "it leaves it to the account, whose policy allows",
            decrypt(ANNA).resource_policy(&delegates).identity(ALLOW_ALL),
            "Allowed",
        ),
        (
            "it leaves it to the account, whose policies do not allow",
            decrypt(ANNA).resource_policy(&delegates),
            "ImplicitlyDenied by identity",
        ),
        (
            "it names somebody else: an administrator's policy is powerless",
            decrypt(ANNA).resource_policy(&names_bert).identity(ALLOW_ALL),
            "ImplicitlyDenied by resource",
        ),
        (
            "no key policy is known",
            decrypt(ANNA).identity(ALLOW_ALL),
            "ImplicitlyDenied by resource",
        ),
        ("root, to whom it is left", decrypt(ROOT).resource_policy(&delegates), "Allowed"),
        (
            "root, if somebody else is named: it has no way in either",
            decrypt(ROOT).resource_policy(&names_bert),
            "ImplicitlyDenied by resource",
        ),
        (
            "the user's policy denies",
            decrypt(ANNA).resource_policy(grant_to(ANNA)).identity(DENY_ALL),
            "ExplicitlyDenied by identity",
        ),
        (
            "the key policy denies",
            decrypt(ANNA).resource_policy(DENY_EVERYONE).identity(ALLOW_ALL),
            "ExplicitlyDenied by resource",
        ),
        (
            "a boundary limits the role that is named",
            decrypt(ETL_SESSION).resource_policy(grant_to(ETL_ROLE)).boundary(UNRELATED),
            "ImplicitlyDenied by boundary",
        ),
    ]);
}

/// "Allowing users in other accounts to use a KMS key": key policy and the user's own policy.
#[test]
fn across_accounts() {
    let decrypt = || Ask::new(ANNA, "kms:Decrypt", OTHER_KEY);
    check([
        (
            "only the key policy",
            decrypt().resource_policy(grant_to(ANNA)),
            "ImplicitlyDenied by identity",
        ),
        (
            "only the user's",
            decrypt().resource_policy(grant_to(OTHER_ROOT)).identity(ALLOW_ALL),
            "ImplicitlyDenied by resource",
        ),
        ("both", decrypt().resource_policy(grant_to(ROOT)).identity(ALLOW_ALL), "Allowed"),
    ]);
}

/// A key policy says `"Resource": "*"`: the key that it is attached to. `kms:ViaService` and
/// `kms:CallerAccount` let every principal of the account use the key through one service.
#[test]
fn conditions_of_key_policies() {
    let via_s3 = r#"{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt",
        "Resource": "*", "Condition": {"StringEquals": {
            "kms:CallerAccount": "111122223333",
            "kms:ViaService": "s3.us-east-1.amazonaws.com"}}}"#;
    let ask = || decrypt(ANNA).resource_policy(via_s3).key("kms:CallerAccount", ACCOUNT);
    check([
        ("through S3", ask().key("kms:ViaService", "s3.us-east-1.amazonaws.com"), "Allowed"),
        (
            "through another service",
            ask().key("kms:ViaService", "ec2.us-east-1.amazonaws.com"),
            "ImplicitlyDenied by resource",
        ),
        ("directly", ask(), "ImplicitlyDenied by resource"),
    ]);
}

/// What has no key policy follows the usual rule: aliases and the account's actions
/// (KMS developer guide, "Controlling access to aliases").
#[test]
fn aliases_and_account_wide_actions() {
    let alias = "arn:aws:kms:us-east-1:111122223333:alias/data";
    check([
        ("an alias", Ask::new(ANNA, "kms:UpdateAlias", alias).identity(ALLOW_ALL), "Allowed"),
        (
            "an alias, no policy",
            Ask::new(ANNA, "kms:UpdateAlias", alias),
            "ImplicitlyDenied by identity",
        ),
        ("kms:ListKeys", Ask::new(ANNA, "kms:ListKeys", "*").identity(ALLOW_ALL), "Allowed"),
        ("kms:CreateKey, root", Ask::new(ROOT, "kms:CreateKey", "*"), "Allowed"),
    ]);
}
