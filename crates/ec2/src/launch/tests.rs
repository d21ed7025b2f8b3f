use cloud::testing::{ACCOUNT, Cloud, code, failure};
use serde_json::{Value, json};

use crate::testing::cloud;

/// An image for x86_64 that asks for IMDSv2, and one that does not.
pub(crate) const AMI: &str = "ami-0ed094fb1304fd857";
const OLD_AMI: &str = "ami-0255fc7589ffb9711";
const ARM_AMI: &str = "ami-0d6fc8f787cd9a417";

/// A launch of one instance.
pub(crate) fn launch() -> Value {
    json!({"ImageId": AMI, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1})
}

/// `input` with more members.
pub(crate) fn with(mut input: Value, more: Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        input[key] = value.clone();
    }
    input
}

/// A profile with a role of the same name; its ARN.
pub(crate) fn profile(cloud: &Cloud, name: &str) -> String {
    let trust = cloud::testing::trust_ec2();
    let role = json!({"RoleName": name, "AssumeRolePolicyDocument": trust});
    cloud.run("CreateRole", role).unwrap();
    let made = cloud.run("CreateInstanceProfile", json!({"InstanceProfileName": name})).unwrap();
    let both = json!({"InstanceProfileName": name, "RoleName": name});
    cloud.run("AddRoleToInstanceProfile", both).unwrap();
    made["InstanceProfile"]["Arn"].as_str().unwrap().to_owned()
}

/// Launches one instance; its id.
pub(crate) fn start(cloud: &Cloud, more: Value) -> String {
    let answer = cloud.run("RunInstances", with(launch(), more)).unwrap();
    answer["instancesSet"][0]["instanceId"].as_str().unwrap().to_owned()
}

/// An instance as `DescribeInstances` shows it.
pub(crate) fn seen(cloud: &Cloud, id: &str) -> Value {
    let answer = cloud.run("DescribeInstances", json!({"InstanceId": [id]})).unwrap();
    answer["reservationSet"][0]["instancesSet"][0].clone()
}

#[test]
fn a_launch_and_what_it_makes() {
    let cloud = cloud();
    let arn = profile(&cloud, "app");
    let more = json!({
        "IamInstanceProfile": {"Name": "app"},
        "MaxCount": 2,
        "TagSpecification": [
            {"ResourceType": "instance", "Tag": [{"Key": "Name", "Value": "one"}]},
            {"ResourceType": "volume", "Tag": [{"Key": "Name", "Value": "disk"}]},
        ],
    });
    let answer = cloud.run("RunInstances", with(launch(), more)).unwrap();
    let instances = answer["instancesSet"].as_array().unwrap();
    assert_eq!(instances.len(), 2);
    assert_eq!(instances[0]["instanceState"], json!({"code": 0, "name": "pending"}));
    assert_eq!(instances[1]["amiLaunchIndex"], 1);

    let id = instances[0]["instanceId"].as_str().unwrap();
    let shown = seen(&cloud, id);
    assert_eq!(shown["instanceState"], json!({"code": 16, "name": "running"}));
    assert_eq!(shown["iamInstanceProfile"]["arn"], arn);
    assert_eq!(shown["metadataOptions"]["httpTokens"], "required");
    assert_eq!(shown["metadataOptions"]["httpPutResponseHopLimit"], 2);
    assert_eq!(shown["tagSet"], json!([{"key": "Name", "value": "one"}]));
    assert_eq!(shown["placement"]["availabilityZone"], "us-east-1a");
    let address = shown["privateIpAddress"].as_str().unwrap();
    assert!(address.starts_with("172.31."), "{address}");
    let host = format!("ip-{}.ec2.internal", address.replace('.', "-"));
    assert_eq!(shown["privateDnsName"], host);
    // A default subnet gives public addresses.
    assert!(
        shown["ipAddress"].is_string() && shown["dnsName"].as_str().unwrap().contains("ec2-54")
    );
    assert_eq!(shown["groupSet"][0]["groupName"], "default");
    let interface = &shown["networkInterfaceSet"][0];
    assert_eq!(interface["privateIpAddress"], address);
    assert_eq!(interface["attachment"]["deviceIndex"], 0);
    let device = &shown["blockDeviceMapping"][0];
    assert_eq!(device["deviceName"], "/dev/xvda");
    let volume = device["ebs"]["volumeId"].as_str().unwrap();
    let tags = json!({"Filter": [{"Name": "resource-id", "Value": [volume]}]});
    let tags = cloud.run("DescribeTags", tags).unwrap();
    assert_eq!(tags["tagSet"][0]["value"], "disk");

    cloud.run("TerminateInstances", json!({"InstanceId": [id]})).unwrap();
    let gone = json!({"NetworkInterfaceId": [interface["networkInterfaceId"]]});
    assert_eq!(
        code(cloud.run("DescribeNetworkInterfaces", gone)),
        "InvalidNetworkInterfaceID.NotFound"
    );
}

#[test]
fn what_is_not_there_is_told_in_ec2s_words() {
    let cloud = cloud();
    // A dry run tells the same.
    let check = |more: Value, code: &str, message: &str| {
        for dry_run in [false, true] {
            let input = with(with(launch(), more.clone()), json!({"DryRun": dry_run}));
            assert_eq!(cloud.run("RunInstances", input), failure(code, message), "{dry_run}");
        }
    };
    check(
        json!({"IamInstanceProfile": {"Name": "app"}}),
        "InvalidParameterValue",
        "Value (app) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
    );
    let arn = format!("arn:aws:iam::{ACCOUNT}:instance-profile/app");
    check(
        json!({"IamInstanceProfile": {"Arn": arn}}),
        "InvalidParameterValue",
        &format!(
            "Value ({arn}) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN"
        ),
    );
    check(
        json!({"IamInstanceProfile": {"Arn": arn, "Name": "app"}}),
        "InvalidParameterCombination",
        "The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'",
    );
    cloud.run("CreateInstanceProfile", json!({"InstanceProfileName": "app"})).unwrap();
    check(
        json!({"IamInstanceProfile": {"Name": "app"}}),
        "InvalidParameterValue",
        &format!("IAM Instance Profile \"{arn}\" has no associated IAM Roles"),
    );
    check(
        json!({"ImageId": "ami-0000000000000000a"}),
        "InvalidAMIID.NotFound",
        "The image id '[ami-0000000000000000a]' does not exist",
    );
    check(
        json!({"SubnetId": "subnet-0000000000000000a"}),
        "InvalidSubnetID.NotFound",
        "The subnet ID 'subnet-0000000000000000a' does not exist",
    );
    check(
        json!({"SecurityGroupId": ["sg-0000000000000000a"]}),
        "InvalidGroup.NotFound",
        "The security group 'sg-0000000000000000a' does not exist",
    );
    let zone = json!([{"Name": "availability-zone", "Value": ["us-east-1a"]}]);
    let subnets = cloud.run("DescribeSubnets", json!({"Filter": zone})).unwrap();
    check(
        json!({"SubnetId": subnets["subnetSet"][0]["subnetId"], "SecurityGroup": ["default"]}),
        "InvalidParameterCombination",
        "The parameter groupName cannot be used with the parameter subnet",
    );
    check(
        json!({"KeyName": "none"}),
        "InvalidKeyPair.NotFound",
        "The key pair 'none' does not exist",
    );
    check(
        json!({"InstanceType": "t3.tiny"}),
        "InvalidParameterValue",
        "Invalid value 't3.tiny' for InstanceType.",
    );
    check(
        json!({"Placement": {"AvailabilityZone": "us-east-1z"}}),
        "InvalidParameterValue",
        "Invalid availability zone: [us-east-1z]",
    );
    check(
        json!({"Placement": {"AvailabilityZone": "us-east-1e"}}),
        "Unsupported",
        "Your requested instance type (t3.micro) is not supported in your requested Availability Zone \
         (us-east-1e). Please retry your request by not specifying an Availability Zone or choosing \
         us-east-1a, us-east-1b, us-east-1c, us-east-1d, us-east-1f.",
    );
    check(
        json!({"ImageId": null}),
        "MissingParameter",
        "The request must contain the parameter ImageId",
    );
    check(
        json!({"LaunchTemplate": {"LaunchTemplateName": "none"}}),
        "InvalidLaunchTemplateName.NotFoundException",
        "The specified launch template, with template name none, does not exist.",
    );
    let arm = cloud.run("RunInstances", with(launch(), json!({"ImageId": ARM_AMI}))).unwrap_err();
    assert!(
        arm.1.starts_with("The architecture 'x86_64' of the specified instance type"),
        "{}",
        arm.1
    );
    // Nothing was left behind.
    let none = cloud.run("DescribeInstances", json!({})).unwrap();
    assert_eq!(none["reservationSet"], json!([]));
    let interfaces = cloud.run("DescribeNetworkInterfaces", json!({})).unwrap();
    assert_eq!(interfaces["networkInterfaceSet"], json!([]));
}

#[test]
fn malformed_requests() {
    let cloud = cloud();
    let code_of = |more: Value| code(cloud.run("RunInstances", with(launch(), more)));
    for (more, code) in [
        (json!({"MinCount": 0}), "InvalidParameterValue"),
        (json!({"MinCount": 2}), "InvalidParameterValue"),
        (json!({"MinCount": null}), "MissingParameter"),
        (json!({"MinCount": 1001, "MaxCount": 1001}), "InstanceLimitExceeded"),
        (json!({"ImageId": "ami-x"}), "InvalidAMIID.Malformed"),
        (json!({"SubnetId": "net-1"}), "InvalidSubnetID.Malformed"),
        (json!({"UserData": "!"}), "InvalidParameterValue"),
        (json!({"ClientToken": "x".repeat(65)}), "InvalidParameterValue"),
        (json!({"MetadataOptions": {"HttpTokens": "sometimes"}}), "InvalidParameterValue"),
        (json!({"MetadataOptions": {"HttpPutResponseHopLimit": 65}}), "InvalidParameterValue"),
        (json!({"MetadataOptions": {"HttpPutResponseHopLimit": 0}}), "InvalidParameterValue"),
        (
            json!({"TagSpecification": [{"ResourceType": "vpc", "Tag": []}]}),
            "InvalidParameterValue",
        ),
        (
            json!({"TagSpecification": [{"ResourceType": "instance", "Tag": [{"Key": "aws:x", "Value": ""}]}]}),
            "InvalidParameterValue",
        ),
        (json!({"Placement": {"GroupName": "g"}}), "NotImplemented"),
        (json!({"Ipv6AddressCount": 1}), "NotImplemented"),
        (json!({"PrivateIpAddress": "10.0.0.1"}), "InvalidParameterValue"),
        (
            json!({"SubnetId": "subnet-1", "NetworkInterface": [{"DeviceIndex": 0}]}),
            "InvalidParameterCombination",
        ),
        (json!({"NetworkInterface": [{"DeviceIndex": 1}]}), "InvalidParameterCombination"),
        (
            json!({"NetworkInterface": [{"DeviceIndex": 0}, {"DeviceIndex": 0}]}),
            "InvalidParameterValue",
        ),
        (
            json!({"BlockDeviceMapping": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 4}}]}),
            "InvalidBlockDeviceMapping",
        ),
        (json!({"InstanceMarketOptions": {"MarketType": "capacity-block"}}), "NotImplemented"),
    ] {
        assert_eq!(code_of(more.clone()), code, "{more}");
    }
    let least = with(launch(), json!({"MetadataOptions": {"HttpPutResponseHopLimit": 64}}));
    cloud.run("RunInstances", least).unwrap();
}

#[test]
fn a_token_makes_a_launch_happen_once() {
    let cloud = cloud();
    let input = with(launch(), json!({"ClientToken": "t"}));
    let first = cloud.run("RunInstances", input.clone()).unwrap();
    let again = cloud.run("RunInstances", input.clone()).unwrap();
    assert_eq!(first["reservationId"], again["reservationId"]);
    let other = with(input, json!({"InstanceType": "t3.small"}));
    assert_eq!(code(cloud.run("RunInstances", other)), "IdempotentParameterMismatch");
    let all = cloud.run("DescribeInstances", json!({})).unwrap();
    assert_eq!(all["reservationSet"].as_array().unwrap().len(), 1);
}

#[test]
fn options_of_the_metadata_service() {
    let cloud = cloud();
    let options = |more: Value| seen(&cloud, &start(&cloud, more))["metadataOptions"].clone();
    let old = options(json!({"ImageId": OLD_AMI}));
    assert_eq!(
        (&old["httpTokens"], &old["httpPutResponseHopLimit"]),
        (&json!("optional"), &json!(1))
    );
    let asked = options(
        json!({"MetadataOptions": {"HttpTokens": "optional", "InstanceMetadataTags": "enabled"}}),
    );
    assert_eq!(
        (&asked["httpTokens"], &asked["instanceMetadataTags"]),
        (&json!("optional"), &json!("enabled"))
    );
    let defaults = json!({"HttpTokens": "required", "HttpPutResponseHopLimit": 5});
    cloud.run("ModifyInstanceMetadataDefaults", defaults).unwrap();
    let by_account = options(json!({"ImageId": OLD_AMI}));
    assert_eq!(
        (&by_account["httpTokens"], &by_account["httpPutResponseHopLimit"]),
        (&json!("required"), &json!(5))
    );
    let shown = cloud.run("GetInstanceMetadataDefaults", json!({})).unwrap();
    assert_eq!(shown["accountLevel"]["httpPutResponseHopLimit"], 5);
    let back = json!({"HttpTokens": "no-preference", "HttpPutResponseHopLimit": -1});
    cloud.run("ModifyInstanceMetadataDefaults", back).unwrap();
    assert_eq!(options(json!({"ImageId": OLD_AMI})), old);
}

#[test]
fn interfaces_and_volumes_as_asked() {
    let cloud = cloud();
    let subnets = cloud.run("DescribeSubnets", json!({})).unwrap();
    let subnet = &subnets["subnetSet"][0];
    let kinds = json!([{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 5, "VolumeType": "gp3", "DeleteOnTermination": false}}]);
    let id = start(
        &cloud,
        json!({
            "NetworkInterface": [{
                "DeviceIndex": 0, "SubnetId": subnet["subnetId"], "AssociatePublicIpAddress": false,
                "SecondaryPrivateIpAddressCount": 1,
            }],
            "BlockDeviceMapping": kinds,
            "InstanceType": if subnet["availabilityZone"] == "us-east-1e" { "m4.large" } else { "t3.micro" },
        }),
    );
    let shown = seen(&cloud, &id);
    assert_eq!(shown["subnetId"], subnet["subnetId"]);
    assert_eq!(shown["ipAddress"], Value::Null);
    let addresses = &shown["networkInterfaceSet"][0]["privateIpAddressesSet"];
    assert_eq!(addresses.as_array().unwrap().len(), 2);
    let names: Vec<&Value> = shown["blockDeviceMapping"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["deviceName"])
        .collect();
    assert_eq!(names, ["/dev/xvda", "/dev/sdf"]);
    assert_eq!(shown["blockDeviceMapping"][1]["ebs"]["deleteOnTermination"], false);

    // An interface of one's own is attached, and stays when the instance ends.
    let own = cloud.run("CreateNetworkInterface", json!({"SubnetId": subnet["subnetId"]})).unwrap();
    let eni = own["networkInterface"]["networkInterfaceId"].clone();
    let input = json!({
        "NetworkInterface": [{"DeviceIndex": 0, "NetworkInterfaceId": eni}],
        "InstanceType": shown["instanceType"],
    });
    let id = start(&cloud, input.clone());
    let again = cloud.run("RunInstances", with(launch(), input));
    assert_eq!(code(again), "InvalidNetworkInterface.InUse");
    cloud.run("TerminateInstances", json!({"InstanceId": [id]})).unwrap();
    let left =
        cloud.run("DescribeNetworkInterfaces", json!({"NetworkInterfaceId": [eni]})).unwrap();
    assert_eq!(left["networkInterfaceSet"][0]["status"], "available");
}
