//! Documents as a whole, and what they are refused for.

use serde_json::{Value, json};

use super::*;

fn read(document: &str) -> Value {
    serde_json::from_str(document).unwrap()
}

#[test]
fn the_trust_policies() {
    let document = assume_role(Partition::Aws, "id", false);
    let expected = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": "arn:aws:iam::414351767826:root"},
        "Condition": {"StringEquals": {"sts:ExternalId": "id"}},
    }]});
    assert_eq!(read(&document), expected);
    assert!(document.starts_with("{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n"));
    let logs = read(&assume_role(Partition::Gov, "id", true));
    let role = "arn:aws-us-gov:iam::044793339203:role/SaasUsageDeliveryRole-prod-aws-gov-IAMRole-L4QM0RCHYQ1G";
    assert_eq!(logs["Statement"][0]["Principal"]["AWS"], role);

    let document = read(&unity_catalog_assume_role(Partition::Aws, "r", "123456789012", "x", None));
    assert_eq!(document["Statement"][0]["Sid"], "UnityCatalogAssumeRole");
    assert_eq!(document["Statement"][1]["Principal"]["AWS"], "arn:aws:iam::123456789012:root");
    let condition = json!({
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/r"},
        "StringEquals": {"sts:ExternalId": "x"},
    });
    assert_eq!(document["Statement"][1]["Condition"], condition);
}

#[test]
fn the_bucket_policy() {
    let document = read(&bucket(Partition::Aws, "root-bucket", Some("a"), None).unwrap());
    let statement = &document["Statement"][0];
    let resources = json!(["arn:aws:s3:::root-bucket/*", "arn:aws:s3:::root-bucket"]);
    assert_eq!(statement["Resource"], resources);
    let condition = json!({"StringEquals": {"aws:PrincipalTag/DatabricksAccountId": "a"}});
    assert_eq!(statement["Condition"], condition);
    let role = "arn:aws:iam::123456789012:role/full";
    let document = read(&bucket(Partition::Aws, "root-bucket", None, Some(role)).unwrap());
    assert_eq!(document["Statement"][0]["Principal"]["AWS"], role);
    assert!(document["Statement"][0].get("Condition").is_none());
    for name in ["", "ab", "Bucket", "a_b", "-ab", "ab.", &"a".repeat(64)] {
        assert!(bucket(Partition::Aws, name, None, None).is_err(), "{name}");
    }
}

#[test]
fn the_cross_account_policies() {
    let of = |policy_type, pass_roles: &[&str]| {
        let pass_roles = pass_roles.iter().map(|arn| (*arn).to_owned()).collect();
        cross_account(&CrossAccount { policy_type, pass_roles, ..CrossAccount::default() })
    };
    let actions = |document: &Value| document["Statement"][0]["Action"].as_array().unwrap().len();
    let managed = read(&of(PolicyType::Managed, &[]).unwrap());
    let customer = read(&of(PolicyType::Customer, &["arn:aws:iam::123456789012:role/r"]).unwrap());
    assert_eq!((actions(&managed), actions(&customer)), (37 + 13 + 26, 37 + 13));
    assert_eq!(managed["Statement"].as_array().unwrap().len(), 2);
    let pass = json!({
        "Effect": "Allow", "Action": "iam:PassRole", "Resource": ["arn:aws:iam::123456789012:role/r"],
    });
    assert_eq!(customer["Statement"][2], pass);
    let refused = of(PolicyType::Restricted, &[]).unwrap_err();
    assert_eq!(refused.argument, "aws_account_id");
}

#[test]
fn the_restricted_policy_stays_in_its_vpc() {
    let wanted = CrossAccount {
        policy_type: PolicyType::Restricted,
        aws_account_id: "123456789012".to_owned(),
        vpc_id: "vpc-1".to_owned(),
        region: "us-east-1".to_owned(),
        security_group_id: "sg-1".to_owned(),
        ..CrossAccount::default()
    };
    let document = read(&cross_account(&wanted).unwrap());
    let statements = document["Statement"].as_array().unwrap();
    assert_eq!(statements.len(), 12);
    let named = |sid: &str| statements.iter().find(|it| it["Sid"] == sid).unwrap();
    let vpc = json!({"StringEquals": {"ec2:vpc": "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1"}});
    assert_eq!(named("AllowEc2RunInstancePerVPCid")["Condition"], vpc);
    let groups = named("VpcNonresourceSpecificActions");
    let group = json!(["arn:aws:ec2:us-east-1:123456789012:security-group/sg-1"]);
    assert_eq!((&groups["Resource"], &groups["Condition"]), (&group, &vpc));
    let other = named("AllowEc2RunInstanceOtherResources");
    assert_eq!(other["NotResource"].as_array().unwrap().len(), 6);
    for broken in [
        CrossAccount { aws_account_id: "1".to_owned(), ..wanted.clone() },
        CrossAccount { vpc_id: "v".to_owned(), ..wanted.clone() },
        CrossAccount { region: String::new(), ..wanted.clone() },
        CrossAccount { security_group_id: "g".to_owned(), ..wanted.clone() },
    ] {
        assert!(cross_account(&broken).is_err());
    }
}

#[test]
fn the_policy_of_unity_catalog() {
    let mut wanted = UnityCatalog {
        bucket_name: "b".to_owned(),
        role_name: "r".to_owned(),
        aws_account_id: "123456789012".to_owned(),
        ..UnityCatalog::default()
    };
    let count =
        |wanted: &UnityCatalog| read(&unity_catalog(wanted))["Statement"].as_array().unwrap().len();
    assert_eq!(count(&wanted), 5);
    wanted.kms_name = Some("us-east-1:123456789012:key/k".to_owned());
    assert_eq!(count(&wanted), 6);
    let key = read(&unity_catalog(&wanted))["Statement"][2]["Resource"].clone();
    assert_eq!(key, "arn:aws:kms:us-east-1:123456789012:key/k");
}
