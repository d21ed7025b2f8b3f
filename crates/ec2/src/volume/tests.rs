use cloud::testing::{Answer, Cloud, failure, statement};
use serde_json::{Value, json};

use super::modify::REST_SECONDS;
use crate::testing::{cloud, text, told};

fn create(cloud: &Cloud, more: Value) -> Answer {
    let mut input = json!({"AvailabilityZone": "us-east-1a"});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    cloud.run("CreateVolume", input)
}

fn read(cloud: &Cloud, id: &str) -> Value {
    let answer = cloud.run("DescribeVolumes", json!({"VolumeId": [id]})).unwrap();
    answer["volumeSet"][0].clone()
}

/// An instance in us-east-1a.
fn instance(cloud: &Cloud) -> String {
    let filter = json!([{"Name": "availability-zone", "Value": ["us-east-1a"]}]);
    let subnets = cloud.run("DescribeSubnets", json!({"Filter": filter})).unwrap();
    let images = crate::image::all("us-east-1").iter();
    let image = images.clone().find(|image| image.architecture == "x86_64").unwrap().id.clone();
    let input = json!({
        "ImageId": image, "InstanceType": "m5.large", "MinCount": 1, "MaxCount": 1,
        "SubnetId": text(&subnets, "/subnetSet/0/subnetId")
    });
    let made = cloud.run("RunInstances", input).unwrap();
    cloud.sleep(60);
    text(&made, "/instancesSet/0/instanceId")
}

#[test]
fn volumes_come_and_go() {
    let cloud = cloud();
    let tags =
        json!([{"ResourceType": "volume", "Tag": [{"Key": "Vendor", "Value": "Databricks"}]}]);
    let made = create(&cloud, json!({"Size": 100, "VolumeType": "gp3", "TagSpecification": tags}))
        .unwrap();
    assert_eq!(text(&made, "/status"), "creating");
    let id = text(&made, "/volumeId");
    let volume = read(&cloud, &id);
    assert_eq!(text(&volume, "/status"), "available");
    assert_eq!((&volume["iops"], &volume["throughput"]), (&json!(3000), &json!(125)));
    let filter = json!([{"Name": "tag:Vendor", "Value": ["Databricks"]}, {"Name": "size", "Value": ["100"]}]);
    let found = cloud.run("DescribeVolumes", json!({"Filter": filter})).unwrap();
    assert_eq!(found["volumeSet"].as_array().unwrap().len(), 1);
    cloud.run("DeleteVolume", json!({"VolumeId": id})).unwrap();
    let message = format!("The volume '{id}' does not exist.");
    let gone = cloud.run("DeleteVolume", json!({"VolumeId": id}));
    assert_eq!(gone, failure("InvalidVolume.NotFound", &message));
    let both = cloud.run("DescribeVolumes", json!({"VolumeId": [id], "MaxResults": 5}));
    let message = "The parameter volumeSet cannot be used with the parameter maxResults";
    assert_eq!(both, failure("InvalidParameterCombination", message));
}

#[test]
fn volumes_are_attached_to_instances_of_their_zone() {
    let cloud = cloud();
    let instance_id = instance(&cloud);
    let id = text(&create(&cloud, json!({"Size": 10})).unwrap(), "/volumeId");
    let attach = |volume: &str, device: &str| {
        let input = json!({"VolumeId": volume, "InstanceId": instance_id, "Device": device});
        cloud.run("AttachVolume", input)
    };
    let attached = attach(&id, "/dev/sdf").unwrap();
    assert_eq!(text(&attached, "/status"), "attaching");
    assert_eq!(text(&read(&cloud, &id), "/attachmentSet/0/status"), "attached");
    let message = format!("{id} is already attached to an instance");
    assert_eq!(attach(&id, "/dev/sdg"), failure("VolumeInUse", &message));
    let message = format!("Volume {id} is currently attached to {instance_id}");
    let refused = cloud.run("DeleteVolume", json!({"VolumeId": id}));
    assert_eq!(refused, failure("VolumeInUse", &message));
    let other = text(&create(&cloud, json!({"Size": 10})).unwrap(), "/volumeId");
    let message =
        "Invalid value '/dev/sdf' for unixDevice. Attachment point /dev/sdf is already in use";
    assert_eq!(attach(&other, "/dev/sdf"), failure("InvalidParameterValue", message));
    let far = json!({"Size": 10, "AvailabilityZone": "us-east-1b"});
    let far = text(&create(&cloud, far).unwrap(), "/volumeId");
    let message = format!(
        "The volume '{far}' is not in the same availability zone as instance '{instance_id}'"
    );
    assert_eq!(attach(&far, "/dev/sdh"), failure("InvalidVolume.ZoneMismatch", &message));
    let detach = |more: Value| {
        let mut input = json!({"VolumeId": id});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        cloud.run("DetachVolume", input)
    };
    let wrong = detach(json!({"Device": "/dev/sdz"})).unwrap_err();
    assert_eq!(wrong.0, "InvalidAttachment.NotFound");
    assert_eq!(text(&detach(json!({})).unwrap(), "/status"), "detaching");
    let message = format!("Volume '{id}' is in the 'available' state.");
    assert_eq!(detach(json!({})), failure("IncorrectState", &message));
    // The root volume of an instance that runs stays.
    let filter = json!([{"Name": "attachment.instance-id", "Value": [instance_id]}]);
    let root = cloud.run("DescribeVolumes", json!({"Filter": filter})).unwrap();
    let root = text(&root, "/volumeSet/0/volumeId");
    let refused = cloud.run("DetachVolume", json!({"VolumeId": root})).unwrap_err();
    assert_eq!(refused.0, "OperationNotPermitted");
}

#[test]
fn modifications_need_six_hours_of_rest() {
    let cloud = cloud();
    let id = text(&create(&cloud, json!({"Size": 10})).unwrap(), "/volumeId");
    let modify = |change: Value| {
        let mut input = json!({"VolumeId": id});
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        cloud.run("ModifyVolume", input)
    };
    let none = cloud.run("DescribeVolumesModifications", json!({"VolumeId": [id]})).unwrap_err();
    assert_eq!(none.0, "InvalidVolumeModification.NotFound");
    let message = "New size cannot be smaller than existing size";
    assert_eq!(modify(json!({"Size": 5})), failure("InvalidParameterValue", message));
    let made = modify(json!({"Size": 20, "VolumeType": "gp3", "Iops": 4000})).unwrap();
    assert_eq!(text(&made, "/volumeModification/modificationState"), "modifying");
    let volume = read(&cloud, &id);
    assert_eq!((&volume["size"], &volume["iops"]), (&json!(20), &json!(4000)));
    let done = cloud.run("DescribeVolumesModifications", json!({"VolumeId": [id]})).unwrap();
    assert_eq!(text(&done, "/volumeModificationSet/0/modificationState"), "completed");
    assert_eq!(done["volumeModificationSet"][0]["originalSize"], 10);
    assert_eq!(modify(json!({"Size": 30})).unwrap_err().0, "VolumeModificationRateExceeded");
    cloud.sleep(REST_SECONDS);
    modify(json!({"Size": 30})).unwrap();
    // What it had it keeps.
    assert_eq!(read(&cloud, &id)["iops"], 4000);
}

#[test]
fn limits_of_the_types() {
    let cloud = cloud();
    for (input, code) in [
        (json!({"Size": 0}), "InvalidParameterValue"),
        (json!({"Size": 16_385}), "InvalidParameterValue"),
        (json!({"Size": 124, "VolumeType": "st1"}), "InvalidParameterValue"),
        (json!({"Size": 10, "VolumeType": "io1"}), "MissingParameter"),
        (json!({"Size": 10, "VolumeType": "gp3", "Iops": 2999}), "InvalidParameterValue"),
        (json!({"Size": 10, "VolumeType": "gp3", "Throughput": 2001}), "InvalidParameterValue"),
        (json!({"Size": 10, "Iops": 3000}), "InvalidParameterCombination"),
        (json!({"Size": 10, "VolumeType": "floppy"}), "UnknownVolumeType"),
        (json!({"Size": 10, "AvailabilityZone": "us-east-1z"}), "InvalidParameterValue"),
        (json!({}), "MissingParameter"),
        (json!({"Size": 10, "MultiAttachEnabled": true}), "NotImplemented"),
    ] {
        assert_eq!(create(&cloud, input.clone()).unwrap_err().0, code, "{input}");
    }
    create(&cloud, json!({"Size": 16_384})).unwrap();
    create(&cloud, json!({"Size": 10, "VolumeType": "gp3", "Iops": 3000, "Throughput": 2000}))
        .unwrap();
}

#[test]
fn the_restricted_policy_of_databricks() {
    let cloud = cloud();
    let arn = |rest: &str| format!("arn:aws:ec2:us-east-1:123456789012:{rest}");
    let tagged = |key: &str| json!({"StringEquals": {key: "Databricks"}});
    let policy = statement(json!([
        {"Effect": "Allow", "Action": ["ec2:CreateTags"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["ec2:AttachVolume", "ec2:DetachVolume"],
         "Resource": [arn("instance/*"), arn("volume/*")], "Condition": tagged("ec2:ResourceTag/Vendor")},
        {"Effect": "Allow", "Action": ["ec2:CreateVolume"], "Resource": [arn("volume/*")],
         "Condition": tagged("aws:RequestTag/Vendor")},
        {"Effect": "Allow", "Action": ["ec2:DeleteVolume"], "Resource": [arn("volume/*")],
         "Condition": tagged("ec2:ResourceTag/Vendor")}
    ]));
    let user = cloud.user("databricks", &policy);
    let try_as = |name: &str, input: Value| cloud.run_as(&user, name, input);
    let denied = |answer: Answer| assert_eq!(answer.unwrap_err().0, "UnauthorizedOperation");
    let plain = json!({"AvailabilityZone": "us-east-1a", "Size": 10});
    let mut tagged = plain.clone();
    tagged["TagSpecification"] =
        json!([{"ResourceType": "volume", "Tag": [{"Key": "Vendor", "Value": "Databricks"}]}]);
    denied(try_as("CreateVolume", plain.clone()));
    let mine = text(&try_as("CreateVolume", tagged).unwrap(), "/volumeId");
    let foreign = text(&cloud.run("CreateVolume", plain).unwrap(), "/volumeId");
    // Both the volume and the instance must carry the tag.
    let instance_id = instance(&cloud);
    let attach = json!({"VolumeId": mine, "InstanceId": instance_id, "Device": "/dev/sdf"});
    denied(try_as("AttachVolume", attach.clone()));
    let tag = json!([{"Key": "Vendor", "Value": "Databricks"}]);
    cloud.run("CreateTags", json!({"ResourceId": [instance_id], "Tag": tag})).unwrap();
    try_as("AttachVolume", attach).unwrap();
    try_as("DetachVolume", json!({"VolumeId": mine})).unwrap();
    denied(try_as("DeleteVolume", json!({"VolumeId": foreign})));
    try_as("DeleteVolume", json!({"VolumeId": mine})).unwrap();
}

#[test]
fn what_a_volume_is_to_be_can_be_looked_at() {
    let cloud = cloud();
    let input = json!({
        "AvailabilityZone": "us-east-1a", "Size": 10, "VolumeType": "gp3", "Encrypted": true, "Iops": 4000
    });
    let demands = cloud.demands("CreateVolume", input);
    assert_eq!(
        told(&demands[0]),
        "ec2:CreateVolume arn:aws:ec2:us-east-1:123456789012:volume/* ec2:Region=us-east-1 \
         ec2:VolumeType=gp3 ec2:Encrypted=true ec2:AvailabilityZone=us-east-1a \
         ec2:AvailabilityZoneId=use1-az1 ec2:VolumeSize=10 ec2:VolumeIops=4000"
    );
}
