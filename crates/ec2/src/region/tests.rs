use serde_json::json;

use crate::testing::{cloud, text};

#[test]
fn regions_by_name_and_filter() {
    let cloud = cloud();
    let all = cloud.run("DescribeRegions", json!({})).unwrap();
    assert_eq!(all["regionInfo"].as_array().unwrap().len(), super::REGIONS.len());
    let one = cloud.run("DescribeRegions", json!({"RegionName": ["eu-west-1"]})).unwrap();
    assert_eq!(text(&one, "/regionInfo/0/regionEndpoint"), "ec2.eu-west-1.amazonaws.com");
    let filter = json!([{"Name": "region-name", "Value": ["us-*"]}]);
    let some = cloud.run("DescribeRegions", json!({"Filter": filter})).unwrap();
    assert_eq!(some["regionInfo"].as_array().unwrap().len(), 4);
    let unknown = cloud.run("DescribeRegions", json!({"RegionName": ["mars-1"]})).unwrap_err();
    assert_eq!(unknown.0, "InvalidParameterValue");
}

#[test]
fn zones_by_name_id_and_filter() {
    let cloud = cloud();
    let names = |input| {
        let answer = cloud.run("DescribeAvailabilityZones", input).unwrap();
        let zones = answer["availabilityZoneInfo"].as_array().unwrap().clone();
        zones.iter().map(|zone| text(zone, "/zoneName")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        names(json!({})),
        "us-east-1a us-east-1b us-east-1c us-east-1d us-east-1e us-east-1f"
    );
    assert_eq!(names(json!({"ZoneId": ["use1-az2"]})), "us-east-1b");
    assert_eq!(names(json!({"ZoneName": ["us-east-1c"]})), "us-east-1c");
    let filter = json!([{"Name": "zone-name", "Value": ["*a", "*b"]}]);
    assert_eq!(names(json!({"Filter": filter})), "us-east-1a us-east-1b");
    let filter = json!([{"Name": "state", "Value": ["impaired"]}]);
    assert_eq!(names(json!({"Filter": filter})), "");
    let unknown = cloud.run("DescribeAvailabilityZones", json!({"ZoneName": ["us-east-1x"]}));
    assert_eq!(unknown.unwrap_err().1, "Invalid availability zone: [us-east-1x]");
}
