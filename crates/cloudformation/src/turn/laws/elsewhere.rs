//! Recipes of S3, Lambda and CloudFormation itself.

use cloud::testing::Cloud;
use serde_json::{Value, json};

use super::iam::policy;
use super::recipe::Need::{Any, Own};
use super::recipe::{Given, Recipe};

/// The bucket that templates of nested stacks are in.
const BUCKET: &str = "templates";
/// How many of them can be made.
const CHILDREN: u8 = 3;
/// One that cannot.
pub(super) const BROKEN_CHILD: &str = "https://templates.s3.amazonaws.com/broken.json";

/// Puts the templates of nested stacks where they are looked for.
pub(super) fn put_children(cloud: &Cloud) {
    let child = |number: u8| {
        let inline = json!([{"PolicyName": "own", "PolicyDocument": policy(number)}]);
        let (role, group) = (json!({"Ref": "Role"}), json!({"Ref": "Group"}));
        let properties = json!({
            "PolicyName": {"Ref": "Name"}, "PolicyDocument": policy(number), "Roles": [role], "Groups": [group],
        });
        json!({
            "Parameters": {"Role": {"Type": "String"}, "Name": {"Type": "String"}},
            "Resources": {
                "Group": {"Type": "AWS::IAM::Group", "Properties": {"Policies": inline}},
                "Policy": {"Type": "AWS::IAM::Policy", "Properties": properties},
            },
            "Outputs": {"Group": {"Value": group}},
        })
    };
    for number in 0..CHILDREN {
        let key = format!("child{number}.json");
        cloud.put_object(BUCKET, &key, child(number).to_string().as_bytes());
    }
    let nobody = json!({"Properties": {"Roles": ["nobody"]}, "Type": "AWS::IAM::InstanceProfile"});
    let mut broken = child(0);
    broken["Resources"]["Profile"] = nobody;
    broken["Resources"]["Profile"]["DependsOn"] = json!("Policy");
    for parameter in ["Role", "Name"] {
        broken["Parameters"][parameter]["Default"] = json!("broken");
    }
    let policy = broken["Resources"]["Policy"]["Properties"].as_object_mut().unwrap();
    policy.remove("Roles");
    cloud.put_object(BUCKET, "broken.json", broken.to_string().as_bytes());
}

fn bucket(given: &Given<'_>) -> Value {
    let versioning = if given.variation(2) == 0 { "Enabled" } else { "Suspended" };
    json!({
        "VersioningConfiguration": {"Status": versioning}, "Tags": given.tags(),
        "PublicAccessBlockConfiguration": {"BlockPublicAcls": true, "BlockPublicPolicy": given.variation(3) == 0},
    })
}

fn function(given: &Given<'_>) -> Value {
    json!({
        "Role": given.attribute(0, "Arn"), "Runtime": "python3.13", "Handler": "index.handler",
        "Code": {"ZipFile": format!("x = {}", given.variation(3))}, "Tags": given.tags(),
        "Timeout": 3 + given.variation(9), "Environment": {"Variables": {"STAGE": given.variation(4)}},
    })
}

pub(super) const RECIPES: &[Recipe] = &[
    Recipe::new("AWS::S3::Bucket", &[], bucket),
    Recipe::new("AWS::S3::Bucket", &[], |given| {
        let mut properties = bucket(given);
        let name = format!("law-{}-{}", given.nth(), given.variation(3));
        properties["BucketName"] = json!(name);
        properties
    }),
    Recipe::new(
        "AWS::S3::BucketPolicy",
        &[Own("AWS::S3::Bucket"), Any("AWS::IAM::Role")],
        |given| {
            let statement = json!({
                "Effect": "Allow", "Principal": {"AWS": given.attribute(1, "Arn")},
                "Action": if given.variation(2) == 0 { "s3:GetObject" } else { "s3:PutObject" },
                "Resource": {"Fn::Sub": ["${Arn}/*", {"Arn": given.attribute(0, "Arn")}]},
            });
            let document = json!({"Version": "2012-10-17", "Statement": [statement]});
            json!({"Bucket": given.of(0), "PolicyDocument": document})
        },
    ),
    Recipe::new("AWS::Lambda::Function", &[Any("AWS::IAM::Role")], function),
    Recipe::new("AWS::Lambda::Version", &[Own("AWS::Lambda::Function")], |given| {
        let about = format!("of variation {}", given.variation(2));
        json!({"FunctionName": given.of(0), "Description": about})
    }),
    Recipe::new("AWS::Lambda::Alias", &[Any("AWS::Lambda::Version")], |given| {
        json!({
            "FunctionName": given.needed(0).of(0), "FunctionVersion": given.attribute(0, "Version"),
            "Name": format!("alias{}-{}", given.nth(), given.variation(2)),
            "Description": format!("of variation {}", given.variation(3)),
        })
    }),
    Recipe::new("AWS::Lambda::Permission", &[Any("AWS::Lambda::Function")], |given| {
        let principal = if given.variation(2) == 0 { "s3" } else { "events" };
        json!({
            "FunctionName": given.of(0), "Action": "lambda:InvokeFunction",
            "Principal": format!("{principal}.amazonaws.com"),
        })
    }),
    Recipe::new("AWS::CloudFormation::Stack", &[Any("AWS::IAM::Role")], |given| {
        let child = given.variation(CHILDREN);
        json!({
            "TemplateURL": format!("https://{BUCKET}.s3.amazonaws.com/child{child}.json"),
            "Parameters": {"Role": given.of(0), "Name": given.id()}, "Tags": given.tags(),
        })
    }),
    Recipe::new("AWS::CloudFormation::WaitConditionHandle", &[], |_| json!({})),
];
