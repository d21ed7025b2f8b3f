//! Laws, held against random templates: what is made can be taken away again, and a failure leaves nothing.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::testing::Stacks;

/// Resources of a template at most.
const MOST: usize = 7;

fn trust() -> Value {
    let services = json!({"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]});
    let statement = json!({"Effect": "Allow", "Principal": services, "Action": "sts:AssumeRole"});
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn policy(action: u8) -> Value {
    let statement =
        json!({"Effect": "Allow", "Action": format!("s3:Get{action}*"), "Resource": "*"});
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

/// One resource: of which kind, with which variation, and which earlier one it refers to.
type Choice = (u8, u8, usize);

/// The newest resource of a type before `index`.
fn earlier(kinds: &[&'static str], kind: &str, nth: usize) -> Option<Value> {
    let fitting: Vec<usize> = (0..kinds.len()).filter(|index| kinds[*index] == kind).collect();
    let chosen = fitting.get(nth % fitting.len().max(1))?;
    Some(json!({"Ref": format!("R{chosen}")}))
}

fn function(role: &Value, variation: u8) -> Value {
    let Some(name) = role.get("Ref").and_then(Value::as_str) else { return json!({}) };
    json!({
        "Role": {"Fn::GetAtt": [name, "Arn"]}, "Runtime": "python3.13", "Handler": "index.handler",
        "Code": {"ZipFile": format!("x = {variation}")}, "Timeout": 3 + u32::from(variation % 9),
    })
}

/// A resource of EC2 or S3.
fn elsewhere(kind: u8, index: usize, variation: u8, vpc: Option<Value>) -> (&'static str, Value) {
    let tags = json!([{"Key": "v", "Value": variation.to_string()}]);
    match (kind, vpc) {
        (10 | 11, _) => ("AWS::EC2::VPC", json!({"CidrBlock": "10.7.0.0/16", "Tags": tags})),
        (12 | 13, Some(vpc)) => (
            "AWS::EC2::Subnet",
            json!({
                "VpcId": vpc, "CidrBlock": format!("10.7.{index}.0/24"),
                "MapPublicIpOnLaunch": variation.is_multiple_of(2),
            }),
        ),
        (14, Some(vpc)) => (
            "AWS::EC2::SecurityGroup",
            json!({
                "GroupDescription": "d", "VpcId": vpc,
                "SecurityGroupIngress": [{
                    "IpProtocol": "tcp", "FromPort": variation, "ToPort": variation, "CidrIp": "10.0.0.0/8",
                }],
            }),
        ),
        (15, Some(vpc)) => ("AWS::EC2::RouteTable", json!({"VpcId": vpc, "Tags": tags})),
        (16, Some(vpc)) => (
            "AWS::EC2::VPCEndpoint",
            json!({"VpcId": vpc, "ServiceName": "com.amazonaws.us-east-1.s3", "Tags": tags}),
        ),
        (17, _) => ("AWS::EC2::InternetGateway", json!({"Tags": tags})),
        (18, _) => (
            "AWS::EC2::LaunchTemplate",
            json!({"LaunchTemplateData": {"InstanceType": "t3.micro", "KeyName": format!("k{variation}")}}),
        ),
        _ => (
            "AWS::S3::Bucket",
            json!({"VersioningConfiguration": {"Status": if variation.is_multiple_of(2) { "Enabled" } else { "Suspended" }}}),
        ),
    }
}

fn template(choices: &[Choice], fails: bool) -> String {
    let mut resources = serde_json::Map::new();
    let mut kinds: Vec<&'static str> = Vec::new();
    for (index, (kind, variation, nth)) in choices.iter().enumerate() {
        let role = earlier(&kinds, "AWS::IAM::Role", *nth);
        let user = earlier(&kinds, "AWS::IAM::User", *nth);
        let group = earlier(&kinds, "AWS::IAM::Group", *nth);
        let inline = json!([{"PolicyName": "own", "PolicyDocument": policy(variation % 2)}]);
        let path = if variation % 3 == 0 { "/" } else { "/x/" };
        let role_of_own = || {
            (
                "AWS::IAM::Role",
                json!({
                    "AssumeRolePolicyDocument": trust(), "Path": path,
                    "MaxSessionDuration": 3600 + u32::from(*variation),
                    "Tags": [{"Key": "v", "Value": variation.to_string()}],
                }),
            )
        };
        let (kind, properties) = match (kind % 20, role, user, group) {
            (0, ..) => role_of_own(),
            (1, ..) => ("AWS::IAM::User", json!({"Path": path, "Policies": inline})),
            (2, ..) => ("AWS::IAM::Group", json!({"Policies": inline})),
            (3, Some(role), ..) => {
                ("AWS::IAM::InstanceProfile", json!({"Roles": [role], "Path": path}))
            }
            (4, Some(role), ..) => (
                "AWS::IAM::Policy",
                json!({
                    "PolicyName": format!("p{}", variation % 2), "PolicyDocument": policy(*variation),
                    "Roles": [role],
                }),
            ),
            (5, _, Some(user), _) => ("AWS::IAM::AccessKey", json!({"UserName": user})),
            (6, _, _, Some(group)) => (
                "AWS::IAM::GroupPolicy",
                json!({
                    "PolicyName": format!("g{index}"), "PolicyDocument": policy(*variation), "GroupName": group,
                }),
            ),
            (7, Some(role), ..) => (
                "AWS::IAM::ManagedPolicy",
                json!({
                    "PolicyDocument": policy(*variation), "Roles": [role],
                }),
            ),
            (8, ..) => (
                "AWS::IAM::OIDCProvider",
                json!({
                    "Url": format!("https://idp{}.example.com", variation % 2), "ClientIdList": ["a"],
                    "ThumbprintList": ["0123456789abcdef0123456789abcdef01234567"],
                }),
            ),
            (9, Some(role), ..) => ("AWS::Lambda::Function", function(&role, *variation)),
            (other @ 10.., ..) => {
                let vpc = earlier(&kinds, "AWS::EC2::VPC", *nth);
                elsewhere(other, index, *variation, vpc)
            }
            _ => role_of_own(),
        };
        kinds.push(kind);
        resources.insert(format!("R{index}"), json!({"Type": kind, "Properties": properties}));
    }
    if fails {
        let needs: Vec<String> = (0..choices.len() / 2).map(|index| format!("R{index}")).collect();
        let broken = json!({"AssumeRolePolicyDocument": trust(), "RoleName": "not a name"});
        let broken = json!({"Type": "AWS::IAM::Role", "DependsOn": needs, "Properties": broken});
        resources.insert("Broken".to_owned(), broken);
    }
    json!({"Resources": resources}).to_string()
}

fn choices() -> impl Strategy<Value = Vec<Choice>> {
    prop::collection::vec((any::<u8>(), any::<u8>(), 0..MOST), 1..=MOST)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn create_then_delete_is_nothing(choices in choices(), fails in any::<bool>()) {
        let stacks = Stacks::new();
        stacks.visit_region();
        let before = stacks.others();
        stacks.create("s", &template(&choices, fails)).unwrap();
        let status = stacks.status("s");
        // Two providers of the same issuer collide.
        prop_assert!(status == "CREATE_COMPLETE" && !fails || status == "ROLLBACK_COMPLETE", "{status}");
        if status == "ROLLBACK_COMPLETE" {
            prop_assert_eq!(stacks.others(), before.clone());
        }
        stacks.run("DeleteStack", json!({"StackName": "s"})).unwrap();
        prop_assert_eq!(stacks.status("s"), "DELETE_COMPLETE");
        prop_assert_eq!(stacks.others(), before);
    }

    #[test]
    fn an_update_that_fails_changes_nothing(old in choices(), new in choices(), fails in any::<bool>()) {
        let stacks = Stacks::new();
        stacks.visit_region();
        let before = stacks.others();
        stacks.create("s", &template(&old, false)).unwrap();
        let made = ids(&stacks);
        if stacks.status("s") == "CREATE_COMPLETE" {
            // The type of a resource cannot change, and there may be nothing to be done.
            if stacks.update("s", &template(&new, fails)).is_ok() {
                let status = stacks.status("s");
                let failed = status == "UPDATE_ROLLBACK_COMPLETE";
                prop_assert!(failed || status == "UPDATE_COMPLETE" && !fails, "{status}");
                if failed {
                    prop_assert_eq!(ids(&stacks), made);
                }
            }
        }
        stacks.run("DeleteStack", json!({"StackName": "s"})).unwrap();
        prop_assert_eq!(stacks.status("s"), "DELETE_COMPLETE");
        prop_assert_eq!(stacks.others(), before);
    }
}

/// Which resources there are, and with which properties.
fn ids(stacks: &Stacks) -> Vec<(String, String, Value)> {
    let view = stacks.cloud.view();
    let rows = view.everywhere::<crate::stack_resource::ResourceRow>();
    rows.filter_map(|row| {
        let now = row.now.as_ref()?;
        Some((row.logical_id.clone(), now.physical.id.clone(), now.properties.clone()))
    })
    .collect()
}
