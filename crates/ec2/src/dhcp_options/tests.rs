use cloud::testing::failure;
use serde_json::{Value, json};

use crate::testing::{cloud, text, vpc};

#[test]
fn options_come_serve_and_go() {
    let cloud = cloud();
    let given = cloud.run("DescribeDhcpOptions", json!({})).unwrap();
    let configuration = &given["dhcpOptionsSet"][0]["dhcpConfigurationSet"];
    assert_eq!(configuration[0]["valueSet"][0]["value"], "ec2.internal");
    let new = json!({"DhcpConfiguration": [
        {"Key": "domain-name", "Value": ["example.com"]},
        {"Key": "domain-name-servers", "Value": ["10.0.0.2", "10.0.0.3"]}
    ]});
    let made = cloud.run("CreateDhcpOptions", new).unwrap();
    let id = text(&made, "/dhcpOptions/dhcpOptionsId");
    let filter = json!([{"Name": "value", "Value": ["example.*"]}]);
    let found = cloud.run("DescribeDhcpOptions", json!({"Filter": filter})).unwrap();
    assert_eq!(text(&found, "/dhcpOptionsSet/0/dhcpOptionsId"), id);
    let vpc_id = vpc(&cloud);
    let associate = |options: &str| {
        let input = json!({"DhcpOptionsId": options, "VpcId": vpc_id});
        cloud.run("AssociateDhcpOptions", input)
    };
    associate(&id).unwrap();
    let shown = cloud.run("DescribeVpcs", json!({"VpcId": [vpc_id]})).unwrap();
    assert_eq!(text(&shown, "/vpcSet/0/dhcpOptionsId"), id);
    let delete = || cloud.run("DeleteDhcpOptions", json!({"DhcpOptionsId": id}));
    let message = format!("The dhcpOptions '{id}' has dependencies and cannot be deleted.");
    assert_eq!(delete(), failure("DependencyViolation", &message));
    associate("default").unwrap();
    assert_eq!(delete(), Ok(Value::Null));
    let message = format!("The dhcpOption ID '{id}' does not exist");
    assert_eq!(associate(&id), failure("InvalidDhcpOptionID.NotFound", &message));
}

#[test]
fn options_are_checked() {
    let cloud = cloud();
    let create = |key: &str, values: Value| {
        let input = json!({"DhcpConfiguration": [{"Key": key, "Value": values}]});
        cloud.run("CreateDhcpOptions", input).map_err(|fault| fault.0)
    };
    let invalid = Err("InvalidParameterValue".to_owned());
    assert_eq!(create("colour", json!(["red"])), invalid);
    assert_eq!(create("domain-name", json!([])), invalid);
}
