//! What boundaries, session policies and service control policies take from the cross-account role,
//! and `iam:PassedToService`.

use iam::{Gate, Level, NamedPolicy, PolicyKind, Surroundings};

use super::launch::{Tags, VENDOR, launch, pass_role};
use super::operations::{SPOT_ROLE, anywhere, create_linked_role};
use super::world::{
    Demand, IDENTITY, INSTANCE_ROLE, LAUNCHER, OTHER_REGION, Refusal, arn, holding, level, named,
    refusals, set, shipped,
};

/// The name that Organizations would give the policy: AWS quotes it in its refusal.
const TAG_POLICY: &str =
    "arn:aws:organizations::333344445555:policy/o-customer00/service_control_policy/p-costcenter";

/// The customer-managed VPC policy and the one to pass the instance role.
fn launcher() -> Surroundings {
    holding([
        shipped("customer-managed-vpc", PolicyKind::Identity),
        shipped("pass-instance-role", PolicyKind::Identity),
    ])
}

fn levels(policies: &[&[NamedPolicy]]) -> Vec<Level> {
    policies.iter().map(|policies| level("r-cust", policies.iter().cloned())).collect()
}

fn full_access() -> NamedPolicy {
    shipped("scp-full-aws-access", PolicyKind::ServiceControl)
}

fn require_tag() -> NamedPolicy {
    let policy = shipped("scp-require-cost-center-tag", PolicyKind::ServiceControl);
    NamedPolicy { name: TAG_POLICY.into(), ..policy }
}

#[test]
fn an_scp_that_requires_a_tag() {
    const COSTED: Tags = &[("Vendor", "Databricks"), ("CostCenter", "cc-42")];
    let denied = |resource: &str| {
        let policy = TAG_POLICY;
        let gate = Gate::ServiceControl;
        Refusal::denies(gate, LAUNCHER, "ec2:RunInstances", resource, policy)
    };
    let around = Surroundings {
        service_control: levels(&[&[full_access(), require_tag()], &[full_access()]]),
        ..launcher()
    };
    let with_tags = |tags: Tags| {
        let demands = launch().tagged(tags, VENDOR).with_profile().demands();
        refusals(LAUNCHER, &demands, &around)
    };
    assert_eq!(with_tags(VENDOR), [denied("instance/*")]);
    assert_eq!(with_tags(&[]), [denied("instance/*")]);
    assert_eq!(with_tags(COSTED), []);
}

/// One sentence letter for letter.
#[test]
fn the_scp_is_named_by_its_arn() {
    let around =
        Surroundings { service_control: levels(&[&[full_access(), require_tag()]]), ..launcher() };
    let found = refusals(LAUNCHER, &launch().demands(), &around);
    assert_eq!(
        found.iter().map(|refusal| &*refusal.sentence).collect::<Vec<_>>(),
        [
            "User: arn:aws:sts::111122223333:assumed-role/databricks-cross-account/databricks is not \
          authorized to perform: ec2:RunInstances on resource: \
          arn:aws:ec2:us-west-2:111122223333:instance/* with an explicit deny in a service control \
          policy: arn:aws:organizations::333344445555:policy/o-customer00/service_control_policy/\
          p-costcenter"
        ]
    );
}

/// A guardrail that only denies needs `FullAWSAccess` beside it: each level must allow.
#[test]
fn a_level_without_full_access_allows_nothing() {
    let around = Surroundings {
        service_control: levels(&[&[full_access()], &[require_tag()]]),
        ..launcher()
    };
    let demands = anywhere("ec2:DescribeInstances");
    let lacks = Refusal::lacks(Gate::ServiceControl, LAUNCHER, "ec2:DescribeInstances", "*");
    assert_eq!(refusals(LAUNCHER, &demands, &around), [lacks]);
}

#[test]
fn the_boundary_holds_the_role_to_a_region_and_to_instance_roles() {
    let any_role = r#"{"Version": "2012-10-17", "Statement":
        {"Effect": "Allow", "Action": ["iam:PassRole", "iam:CreateUser"], "Resource": "*"}}"#;
    let access = shipped("customer-managed-vpc", PolicyKind::Identity);
    let boundary = shipped("permissions-boundary", PolicyKind::Boundary);
    let around = Surroundings {
        boundary: Some(set([boundary])),
        ..holding([access, named("any-role", any_role, PolicyKind::Identity)])
    };
    let lacks = |action: &str, resource: &str| {
        vec![Refusal::lacks(Gate::Boundary, LAUNCHER, action, resource)]
    };
    let pass = |role: &str| vec![pass_role(role, "ec2.amazonaws.com", &arn("instance/*"))];
    let user = "arn:aws:iam::111122223333:user/anna";
    let elsewhere = anywhere("ec2:DescribeInstances")
        .into_iter()
        .map(|demand| demand.with("aws:RequestedRegion", OTHER_REGION))
        .collect();
    for (demands, expected) in [
        (launch().with_profile().demands(), Vec::new()),
        (elsewhere, lacks("ec2:DescribeInstances", "*")),
        (pass(INSTANCE_ROLE), Vec::new()),
        (pass("role/Admin"), lacks("iam:PassRole", "role/Admin")),
        (create_linked_role(SPOT_ROLE, "spot.amazonaws.com"), Vec::new()),
        (vec![Demand::new("iam:CreateUser", user)], lacks("iam:CreateUser", user)),
    ] {
        assert_eq!(refusals(LAUNCHER, &demands, &around), expected);
    }
}

/// A boundary grants nothing.
#[test]
fn the_boundary_alone_allows_no_launch() {
    let boundary = shipped("permissions-boundary", PolicyKind::Boundary);
    let around = Surroundings { boundary: Some(set([boundary])), ..Surroundings::default() };
    let demands = launch().demands();
    let expected: Vec<Refusal> = demands
        .iter()
        .map(|demand| Refusal::lacks(IDENTITY, LAUNCHER, demand.action, &demand.resource))
        .collect();
    assert_eq!(refusals(LAUNCHER, &demands, &around), expected);
}

#[test]
fn a_session_policy_narrows_what_databricks_can_do() {
    let read_only = r#"{"Version": "2012-10-17", "Statement":
        {"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"}}"#;
    let session = named("read-only", read_only, PolicyKind::Session);
    let around = Surroundings { session: Some(set([session])), ..launcher() };
    assert_eq!(refusals(LAUNCHER, &anywhere("ec2:DescribeInstances"), &around), []);
    let demands = launch().demands();
    let expected: Vec<Refusal> = demands
        .iter()
        .map(|demand| Refusal::lacks(Gate::Session, LAUNCHER, demand.action, &demand.resource))
        .collect();
    assert_eq!(refusals(LAUNCHER, &demands, &around), expected);
}

/// The shipped policy lets the instance role be passed to EC2 alone.
#[test]
fn the_instance_role_is_passed_to_ec2_alone() {
    let around = launcher();
    for (service, granted) in [
        ("ec2.amazonaws.com", true),
        ("lambda.amazonaws.com", false),
        ("EC2.amazonaws.com", false),
        ("ec2.amazonaws.com.cn", false),
    ] {
        let found =
            refusals(LAUNCHER, &launch().passing(INSTANCE_ROLE, service).demands(), &around);
        let lacks = Refusal::lacks(IDENTITY, LAUNCHER, "iam:PassRole", INSTANCE_ROLE);
        assert_eq!(found, if granted { Vec::new() } else { vec![lacks] }, "{service}");
    }
}

/// One sentence letter for letter: the one that people meet when a cluster does not start.
#[test]
fn a_missing_pass_role_in_awss_words() {
    let around = holding([shipped("customer-managed-vpc", PolicyKind::Identity)]);
    let found = refusals(LAUNCHER, &launch().with_profile().demands(), &around);
    assert_eq!(
        found.iter().map(|refusal| &*refusal.sentence).collect::<Vec<_>>(),
        [
            "User: arn:aws:sts::111122223333:assumed-role/databricks-cross-account/databricks is not \
          authorized to perform: iam:PassRole on resource: \
          arn:aws:iam::111122223333:role/databricks/lakehouse-reader because no identity-based \
          policy allows the iam:PassRole action"
        ]
    );
}
