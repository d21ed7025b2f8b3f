//! Parameters as clients meet them, against the cloud in memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use cloud::testing::{Answer, Cloud, allow};
use serde_json::{Value, json};

const AMAZON_LINUX: &str = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
const UBUNTU: &str =
    "/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id";

fn cloud() -> Cloud {
    Cloud::with(
        cloud::schema::schema(),
        |name, call| crate::table::visit(name, call),
        |name, call| crate::table::visit(name, call),
    )
}

fn refused(answer: Answer) -> (String, String) {
    answer.expect_err("must be refused")
}

#[test]
fn a_public_parameter_names_an_image() {
    let cloud = cloud();
    let found = cloud.run("GetParameter", json!({"Name": AMAZON_LINUX})).unwrap();
    assert_eq!(
        found,
        json!({"Parameter": {
            "Name": AMAZON_LINUX, "Type": "String", "Value": "ami-0ed094fb1304fd857", "Version": 1,
            "LastModifiedDate": 1_777_248_000,
            "ARN": format!("arn:aws:ssm:us-east-1::parameter{AMAZON_LINUX}"), "DataType": "text",
        }})
    );
    let both = json!({"Names": [UBUNTU, "/mine", AMAZON_LINUX], "WithDecryption": true});
    let found = cloud.run("GetParameters", both).unwrap();
    let types: Vec<&Value> =
        found["Parameters"].as_array().unwrap().iter().map(|one| &one["DataType"]).collect();
    assert_eq!(types, ["aws:ec2:image", "text"]);
    assert_eq!(found["InvalidParameters"], json!(["/mine"]));
    let missing = refused(cloud.run("GetParameter", json!({"Name": "/mine"})));
    assert_eq!(missing, ("ParameterNotFound".to_owned(), String::new()));
}

#[test]
fn a_path_is_read_page_by_page() {
    let cloud = cloud();
    let by_path = |more: Value| {
        let mut input = json!({"Path": "/aws/service/ami-amazon-linux-latest"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        cloud.run("GetParametersByPath", input).unwrap()
    };
    let (mut names, mut token) = (Vec::new(), Value::Null);
    loop {
        let page = match &token {
            Value::Null => by_path(json!({})),
            token => by_path(json!({"NextToken": token})),
        };
        let parameters = page["Parameters"].as_array().unwrap();
        assert!(parameters.len() <= 10);
        names.extend(parameters.iter().map(|one| one["Name"].as_str().unwrap().to_owned()));
        token = page["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(names.len(), 40);
    assert!(names.contains(&AMAZON_LINUX.to_owned()));
    assert_eq!(by_path(json!({"MaxResults": 3}))["Parameters"].as_array().unwrap().len(), 3);
    let of = |path: &str, recursive: bool| {
        let input = json!({"Path": path, "Recursive": recursive});
        cloud.run("GetParametersByPath", input).unwrap()["Parameters"].as_array().unwrap().len()
    };
    assert_eq!(of("/aws/service/canonical", false), 0);
    assert_eq!(of("/aws/service/canonical/", true), 10);
    // Half of a part is no path.
    assert_eq!(of("/aws/service/ami-amazon-linux", true), 0);
}

#[test]
fn malformed_requests() {
    let cloud = cloud();
    let check = |operation: &str, input: Value, code: &str, text: &str| {
        let (found, message) = refused(cloud.run(operation, input));
        assert_eq!(found, code, "{message}");
        assert!(message.contains(text), "{message}");
    };
    let many = |number: usize| json!({"Names": vec!["/n"; number]});
    cloud.run("GetParameters", many(10)).unwrap();
    check("GetParameters", many(11), "ValidationException", "less than or equal to 10");
    check("GetParameters", many(0), "ValidationException", "greater than or equal to 1");
    let long = |characters: usize| json!({"Name": "n".repeat(characters)});
    check("GetParameter", long(2048), "ParameterNotFound", "");
    check("GetParameter", long(2049), "ValidationException", "less than or equal to 2048");
    let versioned = json!({"Name": format!("{AMAZON_LINUX}:3")});
    check("GetParameter", versioned, "NotImplemented", AMAZON_LINUX);
    let path = |more: Value| {
        let mut input = json!({"Path": "/aws/service"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let by_path = "GetParametersByPath";
    check(by_path, path(json!({"MaxResults": 11})), "ValidationException", "equal to 10");
    check(by_path, path(json!({"Path": "aws"})), "ValidationException", "forward slash");
    check(by_path, path(json!({"NextToken": "/x"})), "InvalidNextToken", "token");
    let filter = json!({"ParameterFilters": [{"Key": "Type", "Values": ["String"]}]});
    check(by_path, path(filter), "NotImplemented", "`Type`");
}

/// What AWS publishes is in no account: a policy names it so.
#[test]
fn public_parameters_are_asked_for_without_an_account() {
    let cloud = cloud();
    let public = cloud.user(
        "public",
        &allow("ssm:GetParameter*", "arn:aws:ssm:us-east-1::parameter/aws/service/*"),
    );
    cloud.run_as(&public, "GetParameter", json!({"Name": AMAZON_LINUX})).unwrap();
    cloud.run_as(&public, "GetParameters", json!({"Names": [UBUNTU]})).unwrap();
    let own = allow("ssm:*", "arn:aws:ssm:us-east-1:123456789012:parameter/*");
    let own = cloud.user("own", &own);
    let (code, text) = refused(cloud.run_as(&own, "GetParameter", json!({"Name": AMAZON_LINUX})));
    assert_eq!(code, "AccessDeniedException");
    assert!(
        text.contains(&format!(
            "ssm:GetParameter on resource: arn:aws:ssm:us-east-1::parameter{AMAZON_LINUX}"
        )),
        "{text}"
    );
}
