//! The shipped trust policies: see [`super::trust`].

use iam::PolicyKind;

use super::trust::{around, assume, check_cross_account, check_instance, check_serverless};
use super::world::{CONTROL_PLANE, CROSS_ACCOUNT_ROLE, named, refusal, shipped, shipped_text};

#[test]
fn databricks_assumes_the_cross_account_role_with_the_external_id() {
    check_cross_account(&shipped("cross-account-trust", PolicyKind::Trust));
}

#[test]
fn a_bare_account_id_is_the_root_of_the_account() {
    let bare = shipped_text("cross-account-trust");
    let root = bare.replace("\"414351767826\"", "\"arn:aws:iam::414351767826:root\"");
    assert_ne!(bare, root);
    check_cross_account(&named("cross-account-trust", &root, PolicyKind::Trust));
}

/// One sentence letter for letter, in case the helper and the engine err together.
#[test]
fn a_refusal_is_not_explained() {
    let trust = shipped("cross-account-trust", PolicyKind::Trust);
    let found = refusal(CONTROL_PLANE, &assume(CROSS_ACCOUNT_ROLE, None), &around(&trust, true));
    assert_eq!(
        found.unwrap().sentence,
        "User: arn:aws:sts::414351767826:assumed-role/control-plane/launcher is not authorized to \
         perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/databricks-cross-account"
    );
}

#[test]
fn only_ec2_assumes_the_instance_role() {
    check_instance(&shipped("ec2-trust", PolicyKind::Trust));
}

#[test]
fn serverless_sql_assumes_its_role_for_the_named_workspaces() {
    check_serverless(&shipped("sql-serverless-trust", PolicyKind::Trust));
}
