use cloud::testing::{Cloud, failure, statement};
use serde_json::{Value, json};

use super::change::MAX_RESOURCES;
use super::{MAX_KEY, MAX_VALUE};
use crate::testing::{cloud, text};

fn vpc(cloud: &Cloud) -> String {
    text(&cloud.run("CreateVpc", json!({"CidrBlock": "10.0.0.0/16"})).unwrap(), "/vpc/vpcId")
}

fn tags(cloud: &Cloud, input: Value) -> Vec<String> {
    let answer = cloud.run("DescribeTags", input).unwrap();
    let tags = answer["tagSet"].as_array().unwrap();
    tags.iter().map(|tag| format!("{}={}", text(tag, "/key"), text(tag, "/value"))).collect()
}

#[test]
fn tags_come_and_go() {
    let cloud = cloud();
    let id = vpc(&cloud);
    let both = json!([{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]);
    cloud.run("CreateTags", json!({"ResourceId": [id], "Tag": both})).unwrap();
    let again = json!([{"Key": "a", "Value": "3"}, {"Key": "A", "Value": ""}]);
    cloud.run("CreateTags", json!({"ResourceId": [id], "Tag": again})).unwrap();
    assert_eq!(tags(&cloud, json!({})), ["A=", "a=3", "b=2"]);
    let shown = cloud.run("DescribeVpcs", json!({"VpcId": [id]})).unwrap();
    assert_eq!(text(&shown, "/vpcSet/0/tagSet/1/value"), "3");
    // Only with the value that is named.
    let named = json!([{"Key": "a", "Value": "1"}, {"Key": "b"}]);
    cloud.run("DeleteTags", json!({"ResourceId": [id], "Tag": named})).unwrap();
    assert_eq!(tags(&cloud, json!({})), ["A=", "a=3"]);
    cloud.run("DeleteTags", json!({"ResourceId": [id]})).unwrap();
    assert_eq!(tags(&cloud, json!({})), [] as [&str; 0]);
}

#[test]
fn tags_go_with_their_resource() {
    let cloud = cloud();
    let id = vpc(&cloud);
    let tag = json!([{"Key": "a", "Value": "1"}]);
    cloud.run("CreateTags", json!({"ResourceId": [id], "Tag": tag})).unwrap();
    cloud.run("DeleteVpc", json!({"VpcId": id})).unwrap();
    assert_eq!(tags(&cloud, json!({})), [] as [&str; 0]);
}

#[test]
fn filters_and_pages() {
    let cloud = cloud();
    let (one, other) = (vpc(&cloud), vpc(&cloud));
    for (id, value) in [(&one, "x"), (&other, "y")] {
        let keys = (0..4).map(|n| json!({"Key": format!("k{n}"), "Value": value}));
        let tag: Vec<Value> = keys.collect();
        cloud.run("CreateTags", json!({"ResourceId": [id], "Tag": tag})).unwrap();
    }
    let filter = |name: &str, value: &str| json!({"Filter": [{"Name": name, "Value": [value]}]});
    assert_eq!(tags(&cloud, filter("resource-id", &one)).len(), 4);
    assert_eq!(tags(&cloud, filter("key", "k1")).len(), 2);
    assert_eq!(tags(&cloud, filter("tag:k1", "y")), ["k1=y"]);
    assert_eq!(tags(&cloud, filter("value", "x")).len(), 4);
    assert_eq!(tags(&cloud, filter("resource-type", "subnet")), [] as [&str; 0]);
    let vpcs = cloud.run("DescribeVpcs", filter("tag:k0", "x")).unwrap();
    assert_eq!(text(&vpcs, "/vpcSet/0/vpcId"), one);
    assert_eq!(vpcs["vpcSet"].as_array().unwrap().len(), 1);

    let first = cloud.run("DescribeTags", json!({"MaxResults": 5})).unwrap();
    assert_eq!(first["tagSet"].as_array().unwrap().len(), 5);
    let token = text(&first, "/nextToken");
    let rest = cloud.run("DescribeTags", json!({"NextToken": token})).unwrap();
    assert_eq!(rest["tagSet"].as_array().unwrap().len(), 3);
    assert_eq!(rest["nextToken"], Value::Null);
    let bad = cloud.run("DescribeTags", json!({"NextToken": "?"}));
    assert_eq!(bad, failure("InvalidNextToken", "The token '?' is invalid"));
    let bad = cloud.run("DescribeTags", filter("colour", "red"));
    assert_eq!(bad, failure("InvalidParameterValue", "The filter 'colour' is invalid"));
}

#[test]
fn limits() {
    let cloud = cloud();
    let id = vpc(&cloud);
    let create = |tags: Vec<Value>| {
        cloud.run("CreateTags", json!({"ResourceId": [id], "Tag": tags})).map_err(|fault| fault.0)
    };
    let tag = |key: &str, value: &str| json!({"Key": key, "Value": value});
    let invalid = Err("InvalidParameterValue".to_owned());
    assert!(create(vec![tag(&"k".repeat(MAX_KEY), &"v".repeat(MAX_VALUE))]).is_ok());
    assert_eq!(create(vec![tag(&"k".repeat(MAX_KEY + 1), "")]), invalid);
    assert_eq!(create(vec![tag("k", &"v".repeat(MAX_VALUE + 1))]), invalid);
    assert_eq!(create(vec![tag("aws:x", "")]), invalid);
    assert_eq!(create(vec![tag("", "")]), invalid);
    assert_eq!(create(vec![tag("k", ""), tag("k", "")]), invalid);
    let many = |count: usize| (0..count).map(|n| tag(&format!("n{n}"), "")).collect::<Vec<_>>();
    // One is there.
    assert!(create(many(49)).is_ok());
    assert_eq!(create(many(50)), Err("TagLimitExceeded".to_owned()));
    let unknown = json!({"ResourceId": ["thing-1"], "Tag": [tag("k", "")]});
    let text = "The ID 'thing-1' is not valid";
    assert_eq!(cloud.run("CreateTags", unknown), failure("InvalidID", text));
    let unknown = json!({"ResourceId": ["vpc-12345678"], "Tag": [tag("k", "")]});
    assert_eq!(cloud.run("CreateTags", unknown).unwrap_err().0, "InvalidVpcID.NotFound");
}

#[test]
fn conditions_see_old_and_new_tags() {
    let cloud = cloud();
    let (mine, other) = (vpc(&cloud), vpc(&cloud));
    let owned = json!([{"Key": "Owner", "Value": "me"}]);
    cloud.run("CreateTags", json!({"ResourceId": [mine], "Tag": owned})).unwrap();
    let policy = statement(json!({
        "Effect": "Allow", "Action": ["ec2:CreateTags", "ec2:DeleteTags"], "Resource": "*",
        "Condition": {
            "StringEquals": {"ec2:ResourceTag/Owner": "me"},
            "ForAllValues:StringEquals": {"aws:TagKeys": ["Colour"]}
        }
    }));
    let user = cloud.user("owner", &policy);
    let tag = |id: &str, key: &str| {
        let tags = json!([{"Key": key, "Value": "red"}]);
        let input = json!({"ResourceId": [id], "Tag": tags});
        cloud.run_as(&user, "CreateTags", input).map_err(|fault| fault.0)
    };
    let denied = Err("UnauthorizedOperation".to_owned());
    assert!(tag(&mine, "Colour").is_ok());
    assert_eq!(tag(&mine, "Owner"), denied);
    assert_eq!(tag(&other, "Colour"), denied);
    let dry =
        json!({"ResourceId": [mine], "Tag": [{"Key": "Colour", "Value": "blue"}], "DryRun": true});
    let answer = cloud.run_as(&user, "CreateTags", dry);
    assert_eq!(answer.unwrap_err().0, "DryRunOperation");
    assert_eq!(tags(&cloud, json!({})), ["Colour=red", "Owner=me"]);
}

#[test]
fn at_most_a_thousand_resources_are_tagged_at_once() {
    let cloud = cloud();
    let id = vpc(&cloud);
    let create = |count: usize| {
        let ids = vec![id.clone(); count];
        let input = json!({"ResourceId": ids, "Tag": [{"Key": "k", "Value": ""}]});
        cloud.run("CreateTags", input).map_err(|fault| fault.0)
    };
    create(MAX_RESOURCES).unwrap();
    assert_eq!(create(MAX_RESOURCES + 1), Err("InvalidParameterValue".to_owned()));
}
