//! Condition keys in the access policies that do not do what they seem to.

use iam::{PolicyKind, Surroundings, Trace, evaluate_traced};

use super::launch::launch;
use super::operations::{SPOT_ROLE, create_linked_role, group_rule, put_role_policy};
use super::world::{
    Demand, GROUP, IDENTITY, LAUNCHER, Refusal, VPC, arn, caller, holding, named, refusals,
    shipped, shipped_text,
};

const ACCESS_POLICIES: [&str; 3] =
    ["databricks-managed-vpc", "customer-managed-vpc", "customer-managed-vpc-restricted"];

fn access(name: &str) -> Surroundings {
    holding([shipped(name, PolicyKind::Identity)])
}

/// The spot statement grants two actions under `StringLike` on `iam:AWSServiceName`. Only
/// `iam:CreateServiceLinkedRole` supplies that key; `iam:PutRolePolicy` supplies
/// `iam:PermissionsBoundary` and `iam:RoleTemplateARN` (service authorization reference, IAM). A key
/// that is not there satisfies no `StringLike` (user guide, "condition operators"). So that half of
/// the statement grants nothing. The user guide ("Service-linked role permissions") has
/// `iam:PutRolePolicy` in a statement of its own, without the condition.
#[test]
fn the_grant_of_put_role_policy_is_dead() {
    for name in ACCESS_POLICIES {
        let around = access(name);
        let demands = put_role_policy(SPOT_ROLE);
        let role = "role AWSServiceRoleForEC2Spot";
        let expected = vec![Refusal::lacks(IDENTITY, LAUNCHER, "iam:PutRolePolicy", role)];
        assert_eq!(refusals(LAUNCHER, &demands, &around), expected, "{name}");

        // Everything but the condition matches.
        let mut trace = Trace::new();
        evaluate_traced(&demands[0].request(&caller(LAUNCHER)), &around, &mut trace);
        let statements = trace.statements(&trace.gates()[0]);
        let near: Vec<_> = statements
            .iter()
            .filter(|statement| statement.action.covers && statement.resource.covers)
            .collect();
        assert_eq!(near.len(), 1, "{name}");
        assert_eq!(trace.conditions(near[0]), [false], "{name}");
    }
}

#[test]
fn only_the_missing_key_keeps_put_role_policy_from_being_granted() {
    for name in ACCESS_POLICIES {
        let supplied = put_role_policy(SPOT_ROLE)
            .into_iter()
            .map(|demand| demand.with("iam:AWSServiceName", "spot.amazonaws.com"));
        assert_eq!(refusals(LAUNCHER, &supplied.collect::<Vec<_>>(), &access(name)), [], "{name}");

        let text = shipped_text(name).replace("\"StringLike\"", "\"StringLikeIfExists\"");
        let if_exists = holding([named(name, &text, PolicyKind::Identity)]);
        assert_eq!(refusals(LAUNCHER, &put_role_policy(SPOT_ROLE), &if_exists), [], "{name}");
        assert_eq!(
            refusals(LAUNCHER, &create_linked_role(SPOT_ROLE, "ecs.amazonaws.com"), &if_exists)
                .len(),
            1
        );
    }
}

/// The page writes `ec2:vpc`, the reference `ec2:Vpc`: the names of condition keys are not
/// case-sensitive (user guide, "Condition"). The value is: `StringEquals` compares it exactly.
#[test]
fn ec2_vpc_in_lower_case_is_ec2_vpc() {
    let text = shipped_text("customer-managed-vpc-restricted");
    assert!(text.contains("\"ec2:vpc\"") && !text.contains("\"ec2:Vpc\""));
    let around = access("customer-managed-vpc-restricted");
    let open = group_rule("ec2:AuthorizeSecurityGroupIngress", GROUP, VPC);
    let vpc = arn(&format!("vpc/{VPC}"));
    for (key, value, granted) in [
        ("ec2:Vpc", vpc.clone(), true),
        ("ec2:vpc", vpc.clone(), true),
        ("EC2:VPC", vpc.clone(), true),
        ("ec2:Vpc", vpc.to_uppercase(), false),
        ("ec2:Vpc", VPC.to_owned(), false),
        ("ec2:VpcID", vpc, false),
    ] {
        let demands = spelled(&open, key, &value);
        assert_eq!(refusals(LAUNCHER, &demands, &around).is_empty(), granted, "{key} {value}");
    }
}

/// The same for the three resources of a launch that are held to the VPC.
#[test]
fn launches_are_held_to_ec2_vpc_in_any_spelling() {
    let around = access("customer-managed-vpc-restricted");
    for key in ["ec2:Vpc", "ec2:vpc", "EC2:VPC"] {
        let vpc = arn(&format!("vpc/{VPC}"));
        let demands = spelled(&launch().demands(), key, &vpc);
        assert_eq!(refusals(LAUNCHER, &demands, &around), [], "{key}");
        let elsewhere = spelled(&launch().demands(), key, &format!("{vpc}0"));
        assert_eq!(refusals(LAUNCHER, &elsewhere, &around).len(), 3, "{key}");
    }
}

/// The demands with the VPC under `key`, where there is one.
fn spelled(demands: &[Demand], key: &str, value: &str) -> Vec<Demand> {
    let respell = |demand: &Demand| {
        let mut demand = demand.clone();
        for entry in &mut demand.context {
            if entry.0 == "ec2:Vpc" {
                *entry = (key.to_owned(), vec![value.to_owned()]);
            }
        }
        demand
    };
    demands.iter().map(respell).collect()
}
