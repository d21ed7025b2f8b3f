use cloud::testing::failure;
use serde_json::json;

use crate::testing::{cloud, text};

#[test]
fn volumes_of_snapshots_of_volumes() {
    let cloud = cloud();
    let volume = |more: serde_json::Value| {
        let mut input = json!({"AvailabilityZone": "us-east-1a"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        cloud.run("CreateVolume", input)
    };
    let first = text(&volume(json!({"Size": 10})).unwrap(), "/volumeId");
    let tags = json!([{"ResourceType": "snapshot", "Tag": [{"Key": "a", "Value": "b"}]}]);
    let input = json!({"VolumeId": first, "Description": "x", "TagSpecification": tags});
    let made = cloud.run("CreateSnapshot", input).unwrap();
    assert_eq!(text(&made, "/status"), "pending");
    let id = text(&made, "/snapshotId");
    let filter = json!([{"Name": "tag:a", "Value": ["b"]}]);
    let found =
        cloud.run("DescribeSnapshots", json!({"Filter": filter, "Owner": ["self"]})).unwrap();
    assert_eq!(text(&found, "/snapshotSet/0/status"), "completed");
    let others = cloud.run("DescribeSnapshots", json!({"Owner": ["amazon"]})).unwrap();
    assert_eq!(others["snapshotSet"], json!([]));
    let second = volume(json!({"SnapshotId": id})).unwrap();
    assert_eq!(second["size"], 10);
    assert_eq!(text(&second, "/snapshotId"), id);
    assert_eq!(
        volume(json!({"SnapshotId": id, "Size": 9})).unwrap_err().0,
        "InvalidParameterValue"
    );
    cloud.run("DeleteSnapshot", json!({"SnapshotId": id})).unwrap();
    let message = format!("The snapshot '{id}' does not exist.");
    let gone = volume(json!({"SnapshotId": id}));
    assert_eq!(gone, failure("InvalidSnapshot.NotFound", &message));
}
