//! Who can assume the roles of the deployment.
//!
//! Across accounts both halves must allow: the trust policy of the role and the policies of whoever
//! assumes it (user guide, "Cross-account policy evaluation logic"; "AWS account principals": naming
//! an account leaves it to that account to grant its users and roles the action). An account named by
//! its 12 digits is the same as one named by its root's ARN (same source). AWS gives no reason for a
//! refused `sts:AssumeRole`.

use iam::{Gate, NamedPolicy, PolicyKind, Surroundings, Verdict};

use super::world::{
    CONTROL_PLANE, CROSS_ACCOUNT_ROLE, Demand, EXTERNAL_ID, INSTANCE_ROLE, LAUNCHER, Refusal,
    refusal, set, shipped,
};

const BOTH: &[Gate] = &[Gate::Identity, Gate::Trust];
const TRUST: &[Gate] = &[Gate::Trust];
const CALLER: &[Gate] = &[Gate::Identity];
const NOTHING: &[Gate] = &[];
const SERVERLESS_ROLE: &str = "arn:aws:iam::111122223333:role/sql-serverless";

/// `sts:AssumeRole` on `role`, with an external id or without.
pub(crate) fn assume(role: &str, external_id: Option<&str>) -> Demand {
    let demand = Demand::new("sts:AssumeRole", role).with("sts:RoleSessionName", "databricks");
    match external_id {
        Some(id) => demand.with("sts:ExternalId", id),
        None => demand,
    }
}

/// The trust policy of a role, and whether the caller holds the policy to assume roles.
pub(crate) fn around(trust: &NamedPolicy, may_assume: bool) -> Surroundings {
    let identity = may_assume.then(|| shipped("control-plane-assume-role", PolicyKind::Identity));
    Surroundings {
        identity: set(identity),
        resource: Some(set([trust.clone()])),
        ..Surroundings::default()
    }
}

/// Each row: caller, may it assume roles, external id, the gates in the way.
type Row<'a> = (&'a str, bool, Option<&'a str>, &'a [Gate]);

fn check(role: &str, trust: &NamedPolicy, rows: &[Row<'_>]) {
    for (who, may_assume, external_id, blocked) in rows {
        let found = refusal(who, &assume(role, *external_id), &around(trust, *may_assume));
        let expected = (!blocked.is_empty())
            .then(|| Refusal::unexplained(Verdict::ImplicitlyDenied, blocked, who, role));
        assert_eq!(found, expected, "{who} {may_assume} {external_id:?}");
    }
}

/// The role that Databricks assumes. `trust` names its account and asks for the external id.
pub(crate) fn check_cross_account(trust: &NamedPolicy) {
    let user = "arn:aws:iam::414351767826:user/operator";
    let stranger = "arn:aws:sts::999900001111:assumed-role/control-plane/launcher";
    let insider = "arn:aws:iam::111122223333:role/Admin";
    let right = Some(EXTERNAL_ID);
    let wrong = Some("11111111-2222-4333-8444-666666666666");
    let rows: [Row<'_>; 12] = [
        (CONTROL_PLANE, true, right, NOTHING),
        (CONTROL_PLANE, true, wrong, TRUST),
        (CONTROL_PLANE, true, None, TRUST),
        (CONTROL_PLANE, true, Some(""), TRUST),
        (CONTROL_PLANE, false, right, CALLER),
        (CONTROL_PLANE, false, wrong, BOTH),
        (user, true, right, NOTHING),
        (user, false, right, CALLER),
        (stranger, true, right, TRUST),
        (stranger, false, None, BOTH),
        // The external id alone opens nothing, not even to the role's own account.
        (insider, true, right, TRUST),
        // Nor can the role be assumed by a session of itself.
        (LAUNCHER, true, right, TRUST),
    ];
    check(CROSS_ACCOUNT_ROLE, trust, &rows);
}

/// The role of the instances. Services have no policies of their own: the trust policy is all.
pub(crate) fn check_instance(trust: &NamedPolicy) {
    check(
        INSTANCE_ROLE,
        trust,
        &[
            ("ec2.amazonaws.com", false, None, NOTHING),
            ("lambda.amazonaws.com", false, None, TRUST),
            ("ec2.amazonaws.com.cn", false, None, TRUST),
            (CONTROL_PLANE, true, Some(EXTERNAL_ID), TRUST),
            (LAUNCHER, true, None, TRUST),
        ],
    );
}

/// The role of serverless SQL. `trust` names one role of Databricks' and the external ids of two
/// workspaces.
pub(crate) fn check_serverless(trust: &NamedPolicy) {
    let serverless =
        "arn:aws:sts::790110701330:assumed-role/serverless-customer-resource-role/warehouse";
    let other_role = "arn:aws:sts::790110701330:assumed-role/another-role/warehouse";
    let (first, second) =
        ("databricks-serverless-1234567890123456", "databricks-serverless-6543210987654321");
    check(
        SERVERLESS_ROLE,
        trust,
        &[
            (serverless, true, Some(first), NOTHING),
            (serverless, true, Some(second), NOTHING),
            (serverless, true, Some("databricks-serverless-1"), TRUST),
            (serverless, true, Some("Databricks-Serverless-1234567890123456"), TRUST),
            (serverless, true, None, TRUST),
            (serverless, false, Some(first), CALLER),
            (other_role, true, Some(first), TRUST),
            (CONTROL_PLANE, true, Some(first), TRUST),
        ],
    );
}
