//! Databricks' documentation advises to allow `sts:AssumeRole` in service control policies. Whom that
//! concerns:
//!
//! An SCP binds the users and roles of the accounts of its organization. It has no effect on those of
//! other accounts, nor of itself on resource-based policies, even where these let other accounts in
//! (Organizations user guide, "Service control policies", "Effects on permissions"). A trust policy is
//! a resource-based policy, and Databricks' account is no member of the customer's organization. So
//! the customer's SCPs do not stand between Databricks and the cross-account role; but the session
//! that Databricks then holds is one of the customer's role, and all that it does is bound, its
//! assuming of further roles included. What does stand there is a resource control policy: those bind
//! whoever uses the resources of the organization's accounts, and roles are among them (same guide,
//! "Resource control policies").
//!
//! The engine is given the SCPs that bind the caller; which these are is for its caller to know.
//! [`Organization::refuses`] finds them as a service would.

use iam::{Gate, Level, NamedPolicy, PolicyKind, Surroundings, Verdict};

use super::launch::launch;
use super::trust::assume;
use super::world::{
    CONTROL_PLANE, CROSS_ACCOUNT_ROLE, CUSTOMER, Demand, EXTERNAL_ID, INSTANCE_ROLE, LAUNCHER,
    Refusal, caller, level, named, refusal, set, shipped,
};

const ORGANIZATION: &str = "o-customer00";
/// Another account of the customer's organization, and its management account.
const SECOND_MEMBER: &str = "222233334444";
const MANAGEMENT: &str = "333344445555";

/// The customer's organization.
#[derive(Default)]
struct Organization {
    scps: Vec<Level>,
    rcps: Vec<Level>,
}

impl Organization {
    /// With these SCPs on its root.
    fn with_scps(policies: Vec<NamedPolicy>) -> Self {
        Self { scps: vec![level("r-cust", policies)], rcps: Vec::new() }
    }

    /// Is the account one that SCPs and RCPs bind? The management account is none.
    fn binds(account: &str) -> bool {
        [CUSTOMER, SECOND_MEMBER].contains(&account)
    }

    /// How the request is refused when everything but the organization allows it. A service belongs
    /// to no account; where it acts for the customer, it is the customer's SCPs that are at hand.
    fn refuses(&self, who: &str, demand: &Demand, trust: Option<NamedPolicy>) -> Option<Refusal> {
        let account = caller(who).account();
        let own = account.as_ref().map_or(CUSTOMER, |account| account.as_str());
        let owner = demand.resource.split(':').nth(4).unwrap_or_default();
        let around = Surroundings {
            identity: set([named("everything", &allow("*"), PolicyKind::Identity)]),
            resource: trust.map(|trust| set([trust])),
            service_control: if Self::binds(own) { self.scps.clone() } else { Vec::new() },
            resource_control: if Self::binds(owner) { self.rcps.clone() } else { Vec::new() },
            ..Surroundings::default()
        };
        // Services come without this key. The id of Databricks' own organization is made up.
        let demand = match account {
            None => demand.clone(),
            Some(_) if Self::binds(own) || own == MANAGEMENT => {
                demand.clone().with("aws:PrincipalOrgID", ORGANIZATION)
            }
            Some(_) => demand.clone().with("aws:PrincipalOrgID", "o-databricks"),
        };
        refusal(who, &demand, &around)
    }
}

fn allow(action: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}}}"#
    )
}

fn full_access() -> NamedPolicy {
    shipped("scp-full-aws-access", PolicyKind::ServiceControl)
}

/// Everything but assuming roles.
fn denylist() -> Organization {
    let deny = shipped("scp-deny-assume-role", PolicyKind::ServiceControl);
    Organization::with_scps(vec![full_access(), deny])
}

/// EC2 and nothing else: `sts:AssumeRole` is not "allowlisted".
fn allowlist() -> Organization {
    Organization::with_scps(vec![named("ec2-only", &allow("ec2:*"), PolicyKind::ServiceControl)])
}

/// A trust policy for whoever is named.
fn trusting(kind: &str, principal: &str) -> Option<NamedPolicy> {
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {{"{kind}": "{principal}"}}}}}}"#
    );
    Some(named("trust", &text, PolicyKind::Trust))
}

fn cross_account_trust() -> Option<NamedPolicy> {
    Some(shipped("cross-account-trust", PolicyKind::Trust))
}

fn unexplained(verdict: Verdict, gate: Gate, who: &str, role: &str) -> Option<Refusal> {
    Some(Refusal::unexplained(verdict, &[gate], who, role))
}

#[test]
fn databricks_assuming_the_role_is_not_bound_by_the_customers_scps() {
    for organization in [denylist(), allowlist()] {
        let demand = assume(CROSS_ACCOUNT_ROLE, Some(EXTERNAL_ID));
        assert_eq!(organization.refuses(CONTROL_PLANE, &demand, cross_account_trust()), None);
    }
}

/// SCPs bind by the caller's account: were Databricks in this organization, they would bind it.
#[test]
fn the_same_scps_bind_callers_of_the_organization() {
    let role_of_member = format!("arn:aws:iam::{SECOND_MEMBER}:role/deployer");
    let user = format!("arn:aws:iam::{CUSTOMER}:user/anna");
    for who in [role_of_member.as_str(), user.as_str()] {
        let demand = assume(CROSS_ACCOUNT_ROLE, None);
        let trust = || trusting("AWS", who);
        let denied = Verdict::ExplicitlyDenied;
        let expected = unexplained(denied, Gate::ServiceControl, who, CROSS_ACCOUNT_ROLE);
        assert_eq!(denylist().refuses(who, &demand, trust()), expected);
        let missing = Verdict::ImplicitlyDenied;
        let expected = unexplained(missing, Gate::ServiceControl, who, CROSS_ACCOUNT_ROLE);
        assert_eq!(allowlist().refuses(who, &demand, trust()), expected);
        assert_eq!(Organization::default().refuses(who, &demand, trust()), None);
    }
}

#[test]
fn the_session_that_databricks_holds_is_bound_in_what_it_does() {
    let nothing_but_s3 =
        Organization::with_scps(vec![named("s3-only", &allow("s3:*"), PolicyKind::ServiceControl)]);
    for demand in launch().demands() {
        let (action, resource) = (demand.action, &*demand.resource);
        assert_eq!(
            nothing_but_s3.refuses(LAUNCHER, &demand, None),
            Some(Refusal::lacks(Gate::ServiceControl, LAUNCHER, action, resource))
        );
        assert_eq!(allowlist().refuses(LAUNCHER, &demand, None), None);
    }
}

/// Role chaining: the session assumes a further role of the customer's.
#[test]
fn the_session_that_databricks_holds_is_bound_in_assuming_further_roles() {
    let trust = || trusting("AWS", CROSS_ACCOUNT_ROLE);
    let demand = assume(INSTANCE_ROLE, None);
    assert_eq!(Organization::default().refuses(LAUNCHER, &demand, trust()), None);
    let denied =
        unexplained(Verdict::ExplicitlyDenied, Gate::ServiceControl, LAUNCHER, INSTANCE_ROLE);
    assert_eq!(denylist().refuses(LAUNCHER, &demand, trust()), denied);
    let missing =
        unexplained(Verdict::ImplicitlyDenied, Gate::ServiceControl, LAUNCHER, INSTANCE_ROLE);
    assert_eq!(allowlist().refuses(LAUNCHER, &demand, trust()), missing);
}

/// SCPs bind member accounts alone (same source).
#[test]
fn the_management_account_is_not_bound() {
    let who = format!("arn:aws:iam::{MANAGEMENT}:role/deployer");
    let demand = assume(CROSS_ACCOUNT_ROLE, None);
    assert_eq!(denylist().refuses(&who, &demand, trusting("AWS", &who)), None);
}

/// EC2 fetching the instance role's credentials is a service, not a user or role: the engine leaves
/// the customer's SCPs out.
#[test]
fn ec2_assuming_the_instance_role_is_not_bound() {
    let trust = Some(shipped("ec2-trust", PolicyKind::Trust));
    let demand = assume(INSTANCE_ROLE, None);
    assert_eq!(denylist().refuses("ec2.amazonaws.com", &demand, trust), None);
}

/// A data perimeter that keeps strangers from the organization's roles shuts Databricks out too,
/// until its account is left out of it.
#[test]
fn databricks_assuming_the_role_is_bound_by_the_customers_rcps() {
    let perimeter = |exempt: &str| {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Deny", "Principal": "*",
            "Action": "sts:AssumeRole", "Resource": "*", "Condition": {{
            "StringNotEqualsIfExists": {{"aws:PrincipalOrgID": "{ORGANIZATION}"{exempt}}},
            "BoolIfExists": {{"aws:PrincipalIsAWSService": "false"}}}}}}}}"#
        );
        let full = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*",
            "Action": "*", "Resource": "*"}}"#;
        let kind = PolicyKind::ResourceControl;
        let policies = [named("RCPFullAWSAccess", full, kind), named("perimeter", &text, kind)];
        Organization { scps: Vec::new(), rcps: vec![level("r-cust", policies)] }
    };
    let demand = assume(CROSS_ACCOUNT_ROLE, Some(EXTERNAL_ID));
    let denied = unexplained(
        Verdict::ExplicitlyDenied,
        Gate::ResourceControl,
        CONTROL_PLANE,
        CROSS_ACCOUNT_ROLE,
    );
    let closed = perimeter("");
    assert_eq!(closed.refuses(CONTROL_PLANE, &demand, cross_account_trust()), denied);
    let opened = perimeter(r#", "aws:PrincipalAccount": "414351767826""#);
    assert_eq!(opened.refuses(CONTROL_PLANE, &demand, cross_account_trust()), None);
    let trust = Some(shipped("ec2-trust", PolicyKind::Trust));
    assert_eq!(closed.refuses("ec2.amazonaws.com", &assume(INSTANCE_ROLE, None), trust), None);
}
