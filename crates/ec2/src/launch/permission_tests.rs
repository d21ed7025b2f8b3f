//! What launches demand of IAM, and what whoever may not launch is told.

use cloud::Caller;
use cloud::testing::{ACCOUNT, Cloud, code, failure, statement};
use serde_json::{Value, json};

use super::tests::{AMI, launch, profile, seen, with};
use crate::testing::{cloud, told};

/// What a full launch demands, one line each.
fn demands_of(cloud: &Cloud, input: Value) -> Vec<String> {
    cloud.demands("RunInstances", input).iter().map(told).collect()
}

#[test]
fn each_resource_is_asked_for_with_its_own_keys() {
    let cloud = cloud();
    profile(&cloud, "app");
    let input = with(
        launch(),
        json!({
            "IamInstanceProfile": {"Name": "app"},
            "TagSpecification": [{"ResourceType": "instance", "Tag": [{"Key": "Vendor", "Value": "Databricks"}]}],
        }),
    );
    let demands = demands_of(&cloud, input);
    let one = |start: &str| {
        let found: Vec<&String> = demands.iter().filter(|line| line.starts_with(start)).collect();
        assert_eq!(found.len(), 1, "{start}: {demands:#?}");
        found[0].clone()
    };
    let has = |line: &str, keys: &[&str]| {
        for key in keys {
            assert!(line.split(' ').any(|part| part == *key), "{key} in {line}");
        }
    };
    let region = format!("arn:aws:ec2:us-east-1:{ACCOUNT}:");
    has(
        &one(&format!("ec2:RunInstances {region}instance/*")),
        &[
            "ec2:InstanceType=t3.micro",
            &format!("ec2:InstanceProfile=arn:aws:iam::{ACCOUNT}:instance-profile/app"),
            "ec2:MetadataHttpTokens=required",
            "ec2:AvailabilityZone=us-east-1a",
            "ec2:InstanceMarketType=on-demand",
            "ec2:Tenancy=default",
            "ec2:Region=us-east-1",
            "aws:RequestTag/Vendor=Databricks",
            "aws:TagKeys=Vendor",
        ],
    );
    let volume = one(&format!("ec2:RunInstances {region}volume/*"));
    has(&volume, &["ec2:VolumeSize=8", "ec2:VolumeType=gp3", "ec2:Encrypted=false"]);
    assert!(!volume.contains("RequestTag"), "{volume}");
    let interface = one(&format!("ec2:RunInstances {region}network-interface/*"));
    assert!(
        interface.contains("ec2:Vpc=arn:aws:ec2:us-east-1:123456789012:vpc/vpc-"),
        "{interface}"
    );
    assert!(one(&format!("ec2:RunInstances {region}subnet/subnet-")).contains("ec2:SubnetID="));
    assert!(one(&format!("ec2:RunInstances {region}security-group/sg-")).contains("ec2:Vpc="));
    has(
        &one(&format!("ec2:RunInstances arn:aws:ec2:us-east-1::image/{AMI}")),
        &["ec2:Owner=amazon", "ec2:Public=true"],
    );
    has(
        &one(&format!("iam:PassRole arn:aws:iam::{ACCOUNT}:role/app")),
        &["iam:PassedToService=ec2.amazonaws.com"],
    );
    has(
        &one(&format!("ec2:CreateTags {region}instance/*")),
        &["ec2:CreateAction=RunInstances", "aws:RequestTag/Vendor=Databricks"],
    );
    assert_eq!(demands.len(), 8, "{demands:#?}");
}

/// A policy with exactly these demands.
fn policy_of(demands: &[&cloud::Demand]) -> String {
    let allow = |demand: &&cloud::Demand| json!({"Effect": "Allow", "Action": demand.action, "Resource": demand.resource});
    statement(Value::Array(demands.iter().map(allow).collect()))
}

#[test]
fn exactly_its_demands_allow_a_launch() {
    let cloud = cloud();
    profile(&cloud, "app");
    let key = "c3NoLWVkMjU1MTkgQUFBQUMzTnphQzFsWkRJMU5URTVBQUFBSUE9PSBh";
    cloud.run("ImportKeyPair", json!({"KeyName": "k", "PublicKeyMaterial": key})).unwrap();
    let template =
        json!({"LaunchTemplateName": "base", "LaunchTemplateData": {"InstanceType": "t3.micro"}});
    cloud.run("CreateLaunchTemplate", template).unwrap();
    let tags = |kind: &str| json!({"ResourceType": kind, "Tag": [{"Key": "a", "Value": "b"}]});
    let input = with(
        launch(),
        json!({
            "IamInstanceProfile": {"Name": "app"},
            "KeyName": "k",
            "LaunchTemplate": {"LaunchTemplateName": "base"},
            "TagSpecification": [tags("instance"), tags("volume"), tags("network-interface")],
        }),
    );
    let demands = cloud.demands("RunInstances", input.clone());
    let all: Vec<&cloud::Demand> = demands.iter().collect();
    let may = cloud.user("may", &policy_of(&all));
    let dry = with(input, json!({"DryRun": true}));
    let would = cloud.run_as(&may, "RunInstances", dry.clone());
    assert_eq!(
        would,
        failure("DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
    );
    for (at, left_out) in demands.iter().enumerate() {
        let rest: Vec<&cloud::Demand> = demands
            .iter()
            .filter(|one| (&one.action, &one.resource) != (&left_out.action, &left_out.resource))
            .collect();
        let name = format!("without{at}");
        let caller = cloud.user(&name, &policy_of(&rest));
        let (code, message) = cloud.run_as(&caller, "RunInstances", dry.clone()).unwrap_err();
        assert_eq!(code, "UnauthorizedOperation");
        let told =
            format!("to perform: {} on resource: {} because", left_out.action, left_out.resource);
        assert!(message.contains(&told), "{message}");
        let encoded = message.split("failure message: ").nth(1).unwrap();
        let input = json!({"EncodedMessage": encoded});
        let opened = decode(&cloud, input);
        assert_eq!(opened["context"]["action"], left_out.action);
        assert_eq!(opened["context"]["resource"], left_out.resource);
    }
}

/// What `DecodeAuthorizationMessage` opens.
fn decode(cloud: &Cloud, input: Value) -> Value {
    let root = cloud::testing::root();
    let answer =
        cloud.read::<cloud::sts::authorization_message::DecodeAuthorizationMessage>(&root, input);
    serde_json::from_str(answer.unwrap()["DecodedMessage"].as_str().unwrap()).unwrap()
}

#[test]
fn conditions_see_what_a_launch_is() {
    let cloud = cloud();
    profile(&cloud, "app");
    let vpc = cloud.run("DescribeVpcs", json!({})).unwrap()["vpcSet"][0]["vpcId"].clone();
    let vpc = format!("arn:aws:ec2:us-east-1:{ACCOUNT}:vpc/{}", vpc.as_str().unwrap());
    let check = |name: &str, condition: Value, resource: &str, more: Value, allowed: bool| {
        let policy = statement(json!([
            {"Effect": "Allow", "Action": "ec2:RunInstances", "NotResource": resource},
            {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": resource, "Condition": condition},
            {"Effect": "Allow", "Action": ["iam:PassRole", "ec2:CreateTags"], "Resource": "*"},
        ]));
        let caller = cloud.user(name, &policy);
        let input = with(with(launch(), more), json!({"DryRun": true}));
        let expected = if allowed { "DryRunOperation" } else { "UnauthorizedOperation" };
        assert_eq!(code(cloud.run_as(&caller, "RunInstances", input)), expected, "{name}");
    };
    let instance = "arn:aws:ec2:*:*:instance/*";
    let kind = json!({"StringEquals": {"EC2:instancetype": "t3.micro"}});
    check("type", kind.clone(), instance, json!({}), true);
    check("other-type", kind, instance, json!({"InstanceType": "t3.small"}), false);
    let worn = json!({"ArnLike": {"ec2:InstanceProfile": "arn:aws:iam::*:instance-profile/app"}});
    check("profile", worn.clone(), instance, json!({"IamInstanceProfile": {"Name": "app"}}), true);
    check("no-profile", worn, instance, json!({}), false);
    let tokens = json!({"StringEquals": {"ec2:MetadataHttpTokens": "required"}});
    check("v2", tokens.clone(), instance, json!({}), true);
    check("v1", tokens, instance, json!({"MetadataOptions": {"HttpTokens": "optional"}}), false);
    let tagged = json!({"StringEquals": {"aws:RequestTag/Vendor": "Databricks"}});
    let vendor = |kind: &str| json!({"TagSpecification": [{"ResourceType": kind, "Tag": [{"Key": "Vendor", "Value": "Databricks"}]}]});
    check("tagged", tagged.clone(), instance, vendor("instance"), true);
    check("tagged-volume", tagged, instance, vendor("volume"), false);
    for (name, key) in [("vpc", "ec2:Vpc"), ("lower", "ec2:vpc"), ("upper", "EC2:VPC")] {
        for (kind, suffix) in [("subnet", "s"), ("security-group", "g"), ("network-interface", "i")]
        {
            let resource = format!("arn:aws:ec2:*:*:{kind}/*");
            let name = format!("{name}{suffix}");
            check(&name, json!({"StringEquals": {key: vpc}}), &resource, json!({}), true);
            let other = json!({"StringEquals": {key: format!("{vpc}0")}});
            check(&format!("{name}x"), other, &resource, json!({}), false);
        }
    }
    let owner = json!({"StringEquals": {"ec2:Owner": "amazon"}});
    check("owner", owner, "arn:aws:ec2:*::image/*", json!({}), true);
}

#[test]
fn a_dry_run_tells_of_the_profile_first() {
    let cloud = cloud();
    let arn = profile(&cloud, "app");
    let nobody = cloud.user(
        "nobody",
        &statement(json!({"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"})),
    );
    let dry = |profile: Value| {
        let more = json!({"DryRun": true, "IamInstanceProfile": profile});
        cloud.run_as(&nobody, "RunInstances", with(launch(), more)).unwrap_err()
    };
    let (code, message) = dry(json!({"Arn": arn}));
    assert_eq!(code, "UnauthorizedOperation");
    let start = format!(
        "You are not authorized to perform this operation. User: arn:aws:iam::{ACCOUNT}:user/nobody is not \
         authorized to perform: iam:PassRole on resource: arn:aws:iam::{ACCOUNT}:role/app because no \
         identity-based policy allows the iam:PassRole action. Encoded authorization failure message: "
    );
    assert!(message.starts_with(&start), "{message}");
    let (code, message) = dry(json!({"Arn": format!("{arn}2")}));
    assert_eq!(code, "InvalidParameterValue");
    assert!(message.ends_with("Invalid IAM Instance Profile ARN"), "{message}");
}

#[test]
fn a_template_is_launched_with_what_the_request_adds() {
    let cloud = cloud();
    let arn = profile(&cloud, "app");
    let data = json!({
        "ImageId": AMI, "InstanceType": "t3.small", "IamInstanceProfile": {"Arn": arn},
        "TagSpecification": [{"ResourceType": "instance", "Tag": [{"Key": "from", "Value": "template"}]}],
    });
    let made = json!({"LaunchTemplateName": "base", "LaunchTemplateData": data});
    let made = cloud.run("CreateLaunchTemplate", made).unwrap();
    let template = made["launchTemplate"]["launchTemplateId"].as_str().unwrap().to_owned();
    let input = json!({
        "MinCount": 1, "MaxCount": 1, "InstanceType": "t3.micro",
        "LaunchTemplate": {"LaunchTemplateId": template, "Version": "$Latest"},
    });
    let lines = demands_of(&cloud, input.clone());
    let key =
        format!("ec2:LaunchTemplate=arn:aws:ec2:us-east-1:{ACCOUNT}:launch-template/{template}");
    let asked = lines.iter().filter(|line| line.starts_with("ec2:RunInstances"));
    assert!(asked.clone().all(|line| line.contains(&key)), "{lines:#?}");
    let image = lines.iter().find(|line| line.contains("::image/")).unwrap();
    assert!(image.contains("ec2:IsLaunchTemplateResource=true"), "{image}");
    let answer = cloud.run("RunInstances", input).unwrap();
    let shown = seen(&cloud, answer["instancesSet"][0]["instanceId"].as_str().unwrap());
    assert_eq!(shown["instanceType"], "t3.micro");
    assert_eq!(shown["iamInstanceProfile"]["arn"], arn);
    let tags: Vec<String> = shown["tagSet"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| format!("{}={}", tag["key"].as_str().unwrap(), tag["value"].as_str().unwrap()))
        .collect();
    let id = format!("aws:ec2launchtemplate:id={template}");
    assert_eq!(tags, [id.as_str(), "aws:ec2launchtemplate:version=1", "from=template"]);
    // Whoever launches must be allowed to pass the role of the template's profile.
    let caller: Caller = cloud
        .user("ann", &statement(json!({"Effect": "Allow", "Action": "ec2:*", "Resource": "*"})));
    let input =
        json!({"MinCount": 1, "MaxCount": 1, "LaunchTemplate": {"LaunchTemplateId": template}});
    let (code, message) = cloud.run_as(&caller, "RunInstances", input).unwrap_err();
    assert_eq!(code, "UnauthorizedOperation");
    assert!(message.contains("iam:PassRole"), "{message}");
}
