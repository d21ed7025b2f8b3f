use cloud::testing::{Cloud, code, failure};
use serde_json::{Value, json};

use super::entry::MAX_ENTRIES;
use crate::launch::tests::with;
use crate::testing::{cloud, subnet, text, vpc};

fn create(cloud: &Cloud, vpc_id: &str) -> String {
    let made = cloud.run("CreateNetworkAcl", json!({"VpcId": vpc_id})).unwrap();
    text(&made, "/networkAcl/networkAclId")
}

fn shown(cloud: &Cloud, id: &str) -> Value {
    let answer = cloud.run("DescribeNetworkAcls", json!({"NetworkAclId": [id]})).unwrap();
    answer["networkAclSet"][0].clone()
}

fn default_of(cloud: &Cloud, vpc_id: &str) -> String {
    let filters = json!([
        {"Name": "vpc-id", "Value": [vpc_id]}, {"Name": "default", "Value": ["true"]}
    ]);
    let answer = cloud.run("DescribeNetworkAcls", json!({"Filter": filters})).unwrap();
    text(&answer, "/networkAclSet/0/networkAclId")
}

fn entry(id: &str, number: i32, more: Value) -> Value {
    let input = json!({
        "NetworkAclId": id, "RuleNumber": number, "Egress": false, "RuleAction": "allow", "Protocol": "-1",
        "CidrBlock": "10.0.0.0/8"
    });
    with(input, more)
}

/// As Terraform's `aws_default_network_acl` goes about it.
#[test]
fn entries_of_a_default_acl_are_changed() {
    let cloud = cloud();
    let id = default_of(&cloud, &vpc(&cloud));
    let numbers = || {
        let shown = shown(&cloud, &id);
        let entries = shown["entrySet"].as_array().unwrap().clone();
        entries
            .iter()
            .map(|it| (it["egress"].as_bool().unwrap(), it["ruleNumber"].as_i64().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(numbers(), [(true, 100), (true, 32767), (false, 100), (false, 32767)]);
    let delete = |number: i32, egress: bool| {
        let input = json!({"NetworkAclId": id, "RuleNumber": number, "Egress": egress});
        cloud.run("DeleteNetworkAclEntry", input)
    };
    delete(100, true).unwrap();
    delete(100, false).unwrap();
    assert_eq!(numbers(), [(true, 32767), (false, 32767)]);
    let gone = "The network acl entry identified by 100 does not exist.";
    assert_eq!(delete(100, true), failure("InvalidNetworkAclEntry.NotFound", gone));
    assert_eq!(code(delete(32767, true)), "InvalidParameterValue");

    let add =
        |number: i32, more: Value| cloud.run("CreateNetworkAclEntry", entry(&id, number, more));
    add(101, json!({"CidrBlock": null, "Ipv6CidrBlock": "::/0"})).unwrap();
    let ports = json!({"Protocol": "tcp", "PortRange": {"From": 443, "To": 443}});
    // The same again changes nothing.
    for _ in 0..2 {
        add(90, with(ports.clone(), json!({"Egress": true}))).unwrap();
    }
    add(90, json!({"CidrBlock": "10.1.2.3/16", "PortRange": {"From": 0, "To": 0}})).unwrap();
    assert_eq!(numbers(), [(true, 90), (true, 32767), (false, 90), (false, 101), (false, 32767)]);
    let all = shown(&cloud, &id)["entrySet"].clone();
    assert_eq!(
        (&all[0]["protocol"], &all[0]["portRange"]),
        (&json!("6"), &json!({"from": 443, "to": 443}))
    );
    assert_eq!((&all[2]["cidrBlock"], &all[2]["portRange"]), (&json!("10.1.0.0/16"), &Value::Null));
    assert_eq!((&all[3]["ipv6CidrBlock"], &all[3]["cidrBlock"]), (&json!("::/0"), &Value::Null));
    let there = "The network acl entry identified by 90 already exists.";
    assert_eq!(add(90, json!({})), failure("NetworkAclEntryAlreadyExists", there));
    let replace = |number: i32| {
        cloud.run("ReplaceNetworkAclEntry", entry(&id, number, json!({"RuleAction": "deny"})))
    };
    replace(90).unwrap();
    assert_eq!(shown(&cloud, &id)["entrySet"][2]["ruleAction"], "deny");
    assert_eq!(code(replace(91)), "InvalidNetworkAclEntry.NotFound");
}

#[test]
fn entries_are_checked_and_counted() {
    let cloud = cloud();
    let id = create(&cloud, &vpc(&cloud));
    let add =
        |number: i32, more: Value| cloud.run("CreateNetworkAclEntry", entry(&id, number, more));
    for (more, expected) in [
        (json!({"RuleAction": "pass"}), "InvalidParameterValue"),
        (json!({"Protocol": "ftp"}), "InvalidParameterValue"),
        (json!({"Protocol": "256"}), "InvalidParameterValue"),
        (json!({"CidrBlock": "10.0.0.0"}), "InvalidParameterValue"),
        (json!({"CidrBlock": null}), "MissingParameter"),
        (json!({"Ipv6CidrBlock": "::/0"}), "InvalidParameterCombination"),
        (json!({"Protocol": "6"}), "MissingParameter"),
        (json!({"Protocol": "17", "PortRange": {"From": 2, "To": 1}}), "InvalidParameterValue"),
        (json!({"Protocol": "1"}), "MissingParameter"),
        (json!({"NetworkAclId": "acl-0000000000000000a"}), "InvalidNetworkAclID.NotFound"),
    ] {
        assert_eq!(code(add(1, more.clone())), expected, "{more}");
    }
    assert_eq!(code(add(0, json!({}))), "InvalidParameterValue");
    assert_eq!(code(add(32767, json!({}))), "InvalidParameterValue");
    add(32766, json!({"Protocol": "icmp", "Icmp": {"Type": -1, "Code": -1}})).unwrap();
    assert_eq!(shown(&cloud, &id)["entrySet"][1]["icmpTypeCode"], json!({"code": -1, "type": -1}));
    for number in 1..i32::try_from(MAX_ENTRIES).unwrap() {
        add(number, json!({})).unwrap();
    }
    assert_eq!(code(add(99, json!({}))), "NetworkAclEntryLimitExceeded");
    add(99, json!({"Egress": true})).unwrap();
}

#[test]
fn subnets_move_between_acls() {
    let cloud = cloud();
    let vpc_id = vpc(&cloud);
    let (id, first) = (create(&cloud, &vpc_id), default_of(&cloud, &vpc_id));
    let entries = shown(&cloud, &id)["entrySet"].clone();
    assert_eq!((entries.as_array().unwrap().len(), &entries[0]["ruleAction"]), (2, &json!("deny")));
    let subnet_id = subnet(&cloud, &vpc_id, "10.0.0.0/24");
    let association = text(&shown(&cloud, &first), "/associationSet/0/networkAclAssociationId");
    let replace = |association: &str, id: &str| {
        let input = json!({"AssociationId": association, "NetworkAclId": id});
        cloud.run("ReplaceNetworkAclAssociation", input)
    };
    let new = text(&replace(&association, &id).unwrap(), "/newAssociationId");
    assert_ne!(new, association);
    assert_eq!(shown(&cloud, &first)["associationSet"], json!([]));
    assert_eq!(text(&shown(&cloud, &id), "/associationSet/0/subnetId"), subnet_id);
    assert_eq!(code(replace(&association, &id)), "InvalidAssociationID.NotFound");
    let elsewhere = cloud.run("CreateVpc", json!({"CidrBlock": "10.9.0.0/16"})).unwrap();
    let elsewhere = create(&cloud, &text(&elsewhere, "/vpc/vpcId"));
    assert_eq!(code(replace(&new, &elsewhere)), "InvalidParameterValue");

    let delete = |id: &str| cloud.run("DeleteNetworkAcl", json!({"NetworkAclId": id}));
    let default = format!("cannot delete default network ACL {first}");
    assert_eq!(delete(&first), failure("InvalidParameterValue", &default));
    let used = format!("The networkAcl '{id}' has dependencies and cannot be deleted.");
    assert_eq!(delete(&id), failure("DependencyViolation", &used));
    cloud.run("DeleteSubnet", json!({"SubnetId": subnet_id})).unwrap();
    let delete_vpc = || cloud.run("DeleteVpc", json!({"VpcId": vpc_id}));
    assert_eq!(code(delete_vpc()), "DependencyViolation");
    delete(&id).unwrap();
    delete_vpc().unwrap();
}
