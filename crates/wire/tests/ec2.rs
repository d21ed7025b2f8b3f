//! The ec2 protocol, as tables of bytes and values.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use serde::{Deserialize, Serialize};
use wire::{Form, Service, ec2};

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct DescribeThings {
    thing_id: Vec<String>,
    filter: Vec<Filter>,
    max_results: Option<i32>,
    dry_run: Option<bool>,
    profile: Option<Profile>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Filter {
    name: String,
    value: Vec<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Profile {
    name: String,
}

#[test]
fn requests() {
    let none = DescribeThings::default;
    let filter = |name: &str, value: &[&str]| Filter {
        name: name.to_owned(),
        value: value.iter().map(|text| (*text).to_owned()).collect(),
    };
    for (body, expected) in [
        ("Action=DescribeThings&Version=2016-11-15", none()),
        (
            "ThingId.2=b&ThingId.1=a",
            DescribeThings { thing_id: vec!["a".into(), "b".into()], ..none() },
        ),
        // EC2 lists may have gaps.
        (
            "ThingId.7=a&ThingId.1000=b",
            DescribeThings { thing_id: vec!["a".into(), "b".into()], ..none() },
        ),
        ("ThingId=", none()),
        (
            "Filter.1.Name=tag:Name&Filter.1.Value.1=x&Filter.1.Value.2=y+z&Filter.2.Name=e",
            DescribeThings {
                filter: vec![filter("tag:Name", &["x", "y z"]), filter("e", &[])],
                ..none()
            },
        ),
        (
            "DryRun=true&MaxResults=5",
            DescribeThings { dry_run: Some(true), max_results: Some(5), ..none() },
        ),
        (
            "Profile.Name=p",
            DescribeThings { profile: Some(Profile { name: "p".into() }), ..none() },
        ),
    ] {
        let form = Form::parse("", body.as_bytes()).unwrap();
        let decoded = ec2::decode::<DescribeThings>(&form).unwrap();
        assert_eq!(decoded.input, expected, "{body}");
        assert_eq!(decoded.unknown, [], "{body}");
    }
}

#[test]
fn refusals() {
    for (body, code, text) in [
        (
            "Profile.Arn=a",
            "MissingParameter",
            "The request must contain the parameter Profile.Name",
        ),
        ("MaxResults=x", "InvalidParameterValue", "Value (x) for parameter maxResults is invalid."),
        (
            "DryRun=yes",
            "InvalidParameterValue",
            "Value (yes) for parameter dryRun is invalid. Expecting true or false.",
        ),
        ("Profile=p", "InvalidRequest", "The request received was invalid."),
        ("ThingId=a", "InvalidRequest", "The request received was invalid."),
        ("MaxResults.1=2", "InvalidRequest", "The request received was invalid."),
        (
            "ThingId.x=a",
            "InvalidParameterValue",
            "`ThingId` has a member numbered `x`: count 1, 2, 3",
        ),
    ] {
        let form = Form::parse("", body.as_bytes()).unwrap();
        let fault = ec2::fault(&ec2::decode::<DescribeThings>(&form).unwrap_err());
        assert_eq!((&*fault.code, fault.message.as_deref()), (code, Some(text)), "{body}");
    }
}

#[test]
fn unknown_parameters() {
    for (body, expected) in [
        ("Colour=red", "The parameter Colour is not recognized"),
        ("Filter.1.Name=a&Filter.1.Values.1=b", "The parameter Values is not recognized"),
        ("Profile.Name=a&Profile.Id=b", "The parameter Id is not recognized"),
    ] {
        let form = Form::parse("", body.as_bytes()).unwrap();
        let decoded = ec2::decode::<DescribeThings>(&form).unwrap();
        let fault = ec2::unknown_parameter(&decoded.unknown[0]);
        assert_eq!(fault.code, "UnknownParameter");
        assert_eq!(fault.message.as_deref(), Some(expected), "{body}");
    }
}

#[test]
fn only_structures_are_outputs() {
    #[derive(Serialize)]
    struct Unit;
    let service = Service::named("ec2").unwrap();
    let unit = String::from_utf8(ec2::answer(service, "Op", "r", &Unit).unwrap()).unwrap();
    assert!(unit.contains("<return>true</return>"), "{unit}");
    assert!(ec2::answer(service, "Op", "r", "text").is_err());
    assert!(ec2::answer(service, "Op", "r", &[1]).is_err());
}
