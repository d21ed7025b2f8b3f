//! Recipes of IAM.

use serde_json::{Value, json};

use super::recipe::Need::{Any, Own};
use super::recipe::{Given, Recipe, nothing};

pub(super) fn trust() -> Value {
    let services = json!({"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]});
    let statement = json!({"Effect": "Allow", "Principal": services, "Action": "sts:AssumeRole"});
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

/// A policy, and one for functions that work within a VPC.
pub(super) fn policy(variation: u8) -> Value {
    let actions = json!([format!("s3:Get{variation}*"), "ec2:*NetworkInterface*"]);
    let statement = json!({"Effect": "Allow", "Action": actions, "Resource": "*"});
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn path(given: &Given<'_>) -> &'static str {
    if given.variation(5) == 0 { "/x/" } else { "/" }
}

fn inline(given: &Given<'_>) -> Value {
    let all = (0..given.variation(3)).map(|number| {
        json!({"PolicyName": format!("own{number}"), "PolicyDocument": policy(given.variation(2))})
    });
    all.collect()
}

fn role(given: &Given<'_>) -> Value {
    json!({
        "AssumeRolePolicyDocument": trust(), "Path": path(given), "Policies": inline(given),
        "MaxSessionDuration": 3600 + u32::from(given.variation(u8::MAX)), "Tags": given.tags(),
    })
}

fn user(given: &Given<'_>) -> Value {
    let profile = json!({"Password": format!("Aa1!aaaaaaa{}", given.variation(2))});
    json!({
        "Path": path(given), "Policies": inline(given), "Tags": given.tags(),
        "LoginProfile": if given.variation(4) < 2 { profile } else { nothing() },
    })
}

/// Whoever a policy is for: the first of these always, the others in some variations.
fn holders(given: &Given<'_>, mut properties: Value) -> Value {
    properties["Roles"] = json!([given.of(0)]);
    for (at, list) in [(1, "Users"), (2, "Groups")] {
        if given.variation(4) & at != 0 {
            properties[list] = json!([given.of(usize::from(at))]);
        }
    }
    properties
}

/// A policy of a role's, a user's or a group's own.
fn embedded(given: &Given<'_>, holder: &str) -> Value {
    json!({
        holder: given.of(0), "PolicyName": format!("{}-{}", given.id(), given.variation(2)),
        "PolicyDocument": policy(given.variation(3)),
    })
}

pub(super) const RECIPES: &[Recipe] = &[
    Recipe::new("AWS::IAM::Role", &[], role),
    Recipe::new("AWS::IAM::Role", &[Any("AWS::IAM::ManagedPolicy")], |given| {
        let mut properties = role(given);
        properties["ManagedPolicyArns"] = json!([given.of(0)]);
        properties
    }),
    Recipe::new("AWS::IAM::User", &[], user),
    Recipe::new("AWS::IAM::User", &[Any("AWS::IAM::Group")], |given| {
        let mut properties = user(given);
        properties["Groups"] = json!([given.of(0)]);
        properties
    }),
    // A group that a nested stack tells of.
    Recipe::new("AWS::IAM::User", &[Any("AWS::CloudFormation::Stack")], |given| {
        let mut properties = user(given);
        properties["Groups"] = json!([given.attribute(0, "Outputs.Group")]);
        properties
    }),
    Recipe::new(
        "AWS::IAM::Group",
        &[],
        |given| json!({"Path": path(given), "Policies": inline(given)}),
    ),
    Recipe::new(
        "AWS::IAM::InstanceProfile",
        &[Any("AWS::IAM::Role")],
        |given| json!({"Roles": [given.of(0)], "Path": path(given)}),
    ),
    Recipe::new(
        "AWS::IAM::Policy",
        &[Any("AWS::IAM::Role"), Any("AWS::IAM::User"), Any("AWS::IAM::Group")],
        |given| {
            let name = format!("{}-{}", given.id(), given.variation(2));
            let document = policy(given.variation(3));
            holders(given, json!({"PolicyName": name, "PolicyDocument": document}))
        },
    ),
    Recipe::new(
        "AWS::IAM::ManagedPolicy",
        &[Any("AWS::IAM::Role"), Any("AWS::IAM::User"), Any("AWS::IAM::Group")],
        |given| {
            let document = policy(given.variation(3));
            holders(given, json!({"Path": path(given), "PolicyDocument": document}))
        },
    ),
    Recipe::new("AWS::IAM::RolePolicy", &[Any("AWS::IAM::Role")], |given| {
        embedded(given, "RoleName")
    }),
    Recipe::new("AWS::IAM::UserPolicy", &[Any("AWS::IAM::User")], |given| {
        embedded(given, "UserName")
    }),
    Recipe::new("AWS::IAM::GroupPolicy", &[Any("AWS::IAM::Group")], |given| {
        embedded(given, "GroupName")
    }),
    Recipe::new("AWS::IAM::AccessKey", &[Own("AWS::IAM::User")], |given| {
        let status = if given.variation(2) == 0 { "Active" } else { "Inactive" };
        json!({"UserName": given.of(0), "Status": status})
    }),
    // Two of the same issuer collide.
    Recipe::new("AWS::IAM::OIDCProvider", &[], |given| {
        json!({
            "Url": format!("https://idp{}.example.com", given.variation(5)),
            "ClientIdList": [format!("client{}", given.variation(3))],
            "ThumbprintList": ["0123456789abcdef0123456789abcdef01234567"], "Tags": given.tags(),
        })
    }),
    Recipe::new("AWS::IAM::ServiceLinkedRole", &[], |given| {
        json!({
            "AWSServiceName": "autoscaling.amazonaws.com", "CustomSuffix": format!("law{}", given.nth()),
            "Description": format!("of variation {}", given.variation(4)),
        })
    }),
];
