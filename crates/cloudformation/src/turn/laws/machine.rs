//! Recipes of instances, and of what they are launched with.

use serde_json::{Value, json};

use super::network::ZONE;
use super::recipe::Need::{After, Any, Own};
use super::recipe::{Given, Recipe, nothing};

/// An image of the catalogue.
const AMI: &str = "ami-0ed094fb1304fd857";

/// What every instance has.
fn instance(given: &Given<'_>, more: &[(&str, Value)]) -> Value {
    let mut properties = json!({
        "ImageId": AMI, "InstanceType": "t3.micro", "Tags": given.tags(),
        "InstanceInitiatedShutdownBehavior": if given.variation(2) == 0 { "stop" } else { "terminate" },
    });
    for (name, value) in more {
        properties[name] = value.clone();
    }
    properties
}

/// Other data makes another instance.
fn user_data(given: &Given<'_>) -> (&'static str, Value) {
    let data = if given.variation(6) == 5 { json!("IyEvYmluL3NoCg==") } else { nothing() };
    ("UserData", data)
}

/// What is within a VPC may have a public address, which keeps the VPC's gateway.
const GATEWAY: &str = "AWS::EC2::VPCGatewayAttachment";

pub(super) const RECIPES: &[Recipe] = &[
    Recipe::new(
        "AWS::EC2::Instance",
        &[
            Any("AWS::EC2::Subnet"),
            Any("AWS::EC2::SecurityGroup"),
            Any("AWS::IAM::InstanceProfile"),
            After(GATEWAY),
        ],
        |given| {
            let profile = if given.variation(3) == 0 { nothing() } else { given.of(2) };
            instance(
                given,
                &[
                    user_data(given),
                    ("SubnetId", given.of(0)),
                    ("SecurityGroupIds", json!([given.of(1)])),
                    ("IamInstanceProfile", profile),
                    ("SourceDestCheck", json!(given.variation(2) == 0)),
                ],
            )
        },
    ),
    Recipe::new("AWS::EC2::Instance", &[], |given| {
        let credits =
            json!({"CPUCredits": if given.variation(2) == 0 { "standard" } else { "unlimited" }});
        let zone = ("AvailabilityZone", json!(ZONE));
        instance(given, &[zone, user_data(given), ("CreditSpecification", credits)])
    }),
    Recipe::new(
        "AWS::EC2::Instance",
        &[Any("AWS::EC2::LaunchTemplate"), Any("AWS::EC2::Subnet"), After(GATEWAY)],
        |given| {
            let version = given.attribute(0, "LatestVersionNumber");
            let template = json!({"LaunchTemplateId": given.of(0), "Version": version});
            json!({"LaunchTemplate": template, "SubnetId": given.of(1), "Tags": given.tags()})
        },
    ),
    Recipe::new("AWS::EC2::Instance", &[Own("AWS::EC2::Volume")], |given| {
        let volumes = json!([{"VolumeId": given.of(0), "Device": "/dev/sdh"}]);
        let volumes = if given.variation(4) == 3 { json!([]) } else { volumes };
        instance(given, &[("AvailabilityZone", json!(ZONE)), ("Volumes", volumes)])
    }),
    Recipe::new(
        "AWS::EC2::Instance",
        &[Any("AWS::EC2::Subnet"), Any("AWS::EC2::SecurityGroup"), After(GATEWAY)],
        |given| {
            let interface = json!({
                "DeviceIndex": "0", "SubnetId": given.of(0), "GroupSet": [given.of(1)],
                "AssociatePublicIpAddress": true,
            });
            instance(given, &[("NetworkInterfaces", json!([interface]))])
        },
    ),
    Recipe::new("AWS::EC2::LaunchTemplate", &[], |given| {
        let kind = if given.variation(2) == 0 { "t3.micro" } else { "t3.small" };
        json!({"LaunchTemplateData": {"ImageId": AMI, "InstanceType": kind}})
    }),
    Recipe::new("AWS::EC2::LaunchTemplate", &[Any("AWS::IAM::InstanceProfile")], |given| {
        json!({
            "LaunchTemplateName": format!("law{}-{}", given.nth(), given.variation(3)),
            "LaunchTemplateData": {
                "ImageId": AMI, "InstanceType": "t3.micro",
                "IamInstanceProfile": {"Arn": given.attribute(0, "Arn")},
            },
        })
    }),
    // EC2 changes the measures of a volume once in six hours: changing them back would be refused.
    Recipe::new("AWS::EC2::Volume", &[], |given| {
        json!({
            "AvailabilityZone": ZONE, "Size": 8 + given.nth(), "VolumeType": "gp3", "Tags": given.tags(),
        })
    }),
    Recipe::new(
        "AWS::EC2::VolumeAttachment",
        &[Own("AWS::EC2::Volume"), Any("AWS::EC2::Instance")],
        |given| {
            let letter = char::from(b'h' + u8::try_from(given.nth() % 8).unwrap());
            let device = format!("/dev/xvd{letter}");
            json!({"VolumeId": given.of(0), "InstanceId": given.of(1), "Device": device})
        },
    ),
];
