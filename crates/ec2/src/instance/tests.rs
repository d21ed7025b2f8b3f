use std::sync::Arc;

use cloud::latency::Latency;
use cloud::testing::{Cloud, code, failure};
use serde_json::{Value, json};

use crate::launch::tests::{launch, profile, seen, start, with};
use crate::testing::{cloud, text};

fn state(cloud: &Cloud, id: &str) -> String {
    text(&seen(cloud, id), "/instanceState/name")
}

fn ids(answer: &Value) -> Vec<String> {
    let reservations = answer["reservationSet"].as_array().unwrap();
    let instances = reservations.iter().flat_map(|one| one["instancesSet"].as_array().unwrap());
    instances.map(|one| text(one, "/instanceId")).collect()
}

#[test]
fn a_life() {
    let cloud = cloud();
    let id = start(&cloud, json!({}));
    let of = json!({"InstanceId": [id]});
    let change = |operation: &str| {
        let answer = cloud.run(operation, of.clone()).unwrap();
        let change = &answer["instancesSet"][0];
        (text(change, "/previousState/name"), text(change, "/currentState/name"))
    };
    let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
    let public = seen(&cloud, &id)["ipAddress"].clone();
    cloud.run("RebootInstances", of.clone()).unwrap();
    assert_eq!(change("StopInstances"), pair("running", "stopping"));
    assert_eq!(state(&cloud, &id), "stopped");
    let stopped = seen(&cloud, &id);
    assert_eq!(stopped["ipAddress"], Value::Null);
    assert_eq!(stopped["stateReason"]["code"], "Client.UserInitiatedShutdown");
    assert!(text(&stopped, "/reason").starts_with("User initiated (20"));
    assert_eq!(change("StopInstances"), pair("stopped", "stopped"));
    assert_eq!(code(cloud.run("RebootInstances", of.clone())), "IncorrectInstanceState");
    cloud.sleep(60);
    assert_eq!(change("StartInstances"), pair("stopped", "pending"));
    let again = seen(&cloud, &id);
    assert_eq!(text(&again, "/instanceState/name"), "running");
    assert_ne!((&again["ipAddress"], &again["launchTime"]), (&public, &stopped["launchTime"]));
    assert_eq!(change("StartInstances"), pair("running", "running"));
    assert_eq!(change("TerminateInstances"), pair("running", "shutting-down"));
    assert_eq!(change("TerminateInstances"), pair("terminated", "terminated"));
    let over = seen(&cloud, &id);
    assert_eq!((&over["subnetId"], &over["networkInterfaceSet"]), (&Value::Null, &json!([])));
    let start = cloud.run("StartInstances", of.clone());
    let message = format!("The instance '{id}' is not in a state from which it can be started.");
    assert_eq!(start, failure("IncorrectInstanceState", &message));
    cloud.sleep(3599);
    assert_eq!(state(&cloud, &id), "terminated");
    cloud.sleep(1);
    let gone = format!("The instance ID '{id}' does not exist");
    assert_eq!(cloud.run("DescribeInstances", of), failure("InvalidInstanceID.NotFound", &gone));
    assert_eq!(ids(&cloud.run("DescribeInstances", json!({})).unwrap()), [""; 0]);
}

#[test]
fn states_last_where_time_is_taken() {
    let mut cloud = cloud();
    Arc::get_mut(&mut cloud.secrets).unwrap().latency = Latency::Real;
    profile(&cloud, "app");
    let id = start(&cloud, json!({"IamInstanceProfile": {"Name": "app"}}));
    let of = json!({"InstanceId": [id]});
    let association = || {
        let shown = cloud.run("DescribeIamInstanceProfileAssociations", json!({})).unwrap();
        text(&shown, "/iamInstanceProfileAssociationSet/0/state")
    };
    assert_eq!((state(&cloud, &id), association()), ("pending".into(), "associating".into()));
    cloud.sleep(15);
    assert_eq!((state(&cloud, &id), association()), ("running".into(), "associated".into()));
    cloud.run("StopInstances", of.clone()).unwrap();
    cloud.sleep(29);
    assert_eq!(state(&cloud, &id), "stopping");
    assert_eq!(code(cloud.run("StartInstances", of.clone())), "IncorrectInstanceState");
    cloud.sleep(1);
    assert_eq!(state(&cloud, &id), "stopped");
    cloud.run("StartInstances", of.clone()).unwrap();
    assert_eq!(state(&cloud, &id), "pending");
    cloud.run("TerminateInstances", of).unwrap();
    assert_eq!(state(&cloud, &id), "shutting-down");
    cloud.sleep(30);
    assert_eq!(state(&cloud, &id), "terminated");
}

#[test]
fn protections() {
    let cloud = cloud();
    let id = start(&cloud, json!({"DisableApiTermination": true, "DisableApiStop": true}));
    let of = json!({"InstanceId": [id]});
    let message = format!(
        "The instance '{id}' may not be terminated. Modify its 'disableApiTermination' instance attribute \
         and try again."
    );
    let terminate = || cloud.run("TerminateInstances", of.clone());
    assert_eq!(terminate(), failure("OperationNotPermitted", &message));
    let stop = cloud.run("StopInstances", of.clone()).unwrap_err();
    assert!(stop.1.contains("'disableApiStop'"), "{}", stop.1);
    assert_eq!(state(&cloud, &id), "running");
    for attribute in ["DisableApiStop", "DisableApiTermination"] {
        let off = json!({"InstanceId": id, attribute: {"Value": false}});
        cloud.run("ModifyInstanceAttribute", off).unwrap();
    }
    cloud.run("StopInstances", of.clone()).unwrap();
    terminate().unwrap();
}

#[test]
fn attributes_are_read_and_changed() {
    let cloud = cloud();
    let id = start(
        &cloud,
        json!({"UserData": "aGVsbG8=", "InstanceInitiatedShutdownBehavior": "terminate"}),
    );
    let read = |attribute: &str| {
        let input = json!({"InstanceId": id, "Attribute": attribute});
        cloud.run("DescribeInstanceAttribute", input).unwrap()
    };
    let modify = |change: Value| {
        cloud.run("ModifyInstanceAttribute", with(json!({"InstanceId": id}), change))
    };
    let value = |attribute: &str| read(attribute)[attribute]["value"].clone();
    assert_eq!(value("instanceInitiatedShutdownBehavior"), "terminate");
    modify(json!({"InstanceInitiatedShutdownBehavior": {"Value": "stop"}})).unwrap();
    assert_eq!(value("instanceInitiatedShutdownBehavior"), "stop");
    assert_eq!(value("sourceDestCheck"), true);
    modify(json!({"SourceDestCheck": {"Value": false}})).unwrap();
    assert_eq!(value("sourceDestCheck"), false);
    assert_eq!(value("userData"), "aGVsbG8=");
    assert_eq!(value("rootDeviceName"), "/dev/xvda");
    for (change, attribute, after) in [
        (json!({"UserData": {"Value": "d29ybGQ="}}), "userData", json!("d29ybGQ=")),
        (json!({"InstanceType": {"Value": "m5.large"}}), "instanceType", json!("m5.large")),
        (json!({"Attribute": "ebsOptimized", "Value": "true"}), "ebsOptimized", json!(true)),
    ] {
        assert_eq!(code(modify(change.clone())), "IncorrectInstanceState", "{attribute}");
        cloud.run("StopInstances", json!({"InstanceId": [id]})).unwrap();
        modify(change).unwrap();
        assert_eq!(value(attribute), after);
        cloud.run("StartInstances", json!({"InstanceId": [id]})).unwrap();
    }
    let device = json!({"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": false}});
    modify(json!({"BlockDeviceMapping": [device]})).unwrap();
    let mapping = read("blockDeviceMapping")["blockDeviceMapping"][0]["ebs"].clone();
    assert_eq!(mapping["deleteOnTermination"], false);
    let vpc = seen(&cloud, &id)["vpcId"].clone();
    let group = json!({"GroupName": "web", "GroupDescription": "web", "VpcId": vpc});
    let group = cloud.run("CreateSecurityGroup", group).unwrap()["groupId"].clone();
    modify(json!({"GroupId": [group]})).unwrap();
    assert_eq!(read("groupSet")["groupSet"][0]["groupId"], group);
    for (change, code_of) in [
        (json!({}), "InvalidParameterCombination"),
        (
            json!({"DisableApiStop": {"Value": true}, "EbsOptimized": {"Value": true}}),
            "InvalidParameterCombination",
        ),
        (json!({"InstanceType": {"Value": "t9.tiny"}}), "InvalidParameterValue"),
        (json!({"Kernel": {"Value": "aki-1"}}), "NotImplemented"),
        (json!({"GroupId": ["sg-0000000000000000a"]}), "InvalidGroup.NotFound"),
    ] {
        assert_eq!(code(modify(change.clone())), code_of, "{change}");
    }
    let bad = json!({"InstanceId": id, "Attribute": "colour"});
    assert_eq!(code(cloud.run("DescribeInstanceAttribute", bad)), "InvalidParameterValue");
    let unknown = json!({"InstanceId": "i-0000000000000000a", "Attribute": "userData"});
    assert_eq!(code(cloud.run("DescribeInstanceAttribute", unknown)), "InvalidInstanceID.NotFound");
}

#[test]
fn metadata_options_are_changed() {
    let cloud = cloud();
    let id = start(&cloud, json!({}));
    let input = json!({"InstanceId": id, "HttpTokens": "optional", "HttpPutResponseHopLimit": 3, "InstanceMetadataTags": "enabled"});
    let answer = cloud.run("ModifyInstanceMetadataOptions", input).unwrap();
    assert_eq!(answer["instanceMetadataOptions"]["state"], "pending");
    let shown = seen(&cloud, &id)["metadataOptions"].clone();
    assert_eq!(
        (&shown["state"], &shown["httpTokens"], &shown["instanceMetadataTags"]),
        (&json!("applied"), &json!("optional"), &json!("enabled"))
    );
    let bad = json!({"InstanceId": id, "HttpEndpoint": "maybe"});
    assert_eq!(code(cloud.run("ModifyInstanceMetadataOptions", bad)), "InvalidParameterValue");
    let ipv6 = json!({"InstanceId": id, "HttpProtocolIpv6": "enabled"});
    assert_eq!(code(cloud.run("ModifyInstanceMetadataOptions", ipv6)), "NotImplemented");
    assert_eq!(seen(&cloud, &id)["metadataOptions"]["httpProtocolIpv6"], "disabled");
}

#[test]
fn options_with_an_operation_each() {
    let cloud = cloud();
    let id = start(&cloud, json!({}));
    let run =
        |operation: &str, more: Value| cloud.run(operation, with(json!({"InstanceId": id}), more));
    let now = |path: &str| seen(&cloud, &id).pointer(path).cloned();

    let many = json!({"InstanceId": [id]});
    let answer = cloud.run("MonitorInstances", many.clone()).unwrap();
    assert_eq!(answer["instancesSet"][0]["monitoring"]["state"], "pending");
    assert_eq!(now("/monitoring/state"), Some(json!("enabled")));
    let answer = cloud.run("UnmonitorInstances", many.clone()).unwrap();
    assert_eq!(answer["instancesSet"][0]["monitoring"]["state"], "disabling");
    assert_eq!(now("/monitoring/state"), Some(json!("disabled")));

    let maintenance = "ModifyInstanceMaintenanceOptions";
    let answer = run(maintenance, json!({"AutoRecovery": "disabled"})).unwrap();
    assert_eq!(answer["autoRecovery"], "disabled");
    assert_eq!(now("/maintenanceOptions/autoRecovery"), Some(json!("disabled")));
    assert_eq!(code(run(maintenance, json!({"AutoRecovery": "no"}))), "InvalidParameterValue");
    let reboot = json!({"RebootMigration": "disabled"});
    assert_eq!(code(run(maintenance, reboot)), "NotImplemented");

    let names = "ModifyPrivateDnsNameOptions";
    run(names, json!({"EnableResourceNameDnsARecord": true})).unwrap();
    let record = "/privateDnsNameOptions/enableResourceNameDnsARecord";
    assert_eq!(now(record), Some(json!(true)));
    let by_id = json!({"PrivateDnsHostnameType": "resource-name"});
    let reservations = "ModifyInstanceCapacityReservationAttributes";
    let none =
        json!({"CapacityReservationSpecification": {"CapacityReservationPreference": "none"}});
    // These two wait until it is stopped.
    assert_eq!(code(run(names, by_id.clone())), "IncorrectInstanceState");
    assert_eq!(code(run(reservations, none.clone())), "IncorrectInstanceState");
    cloud.run("StopInstances", many.clone()).unwrap();
    run(names, by_id).unwrap();
    run(reservations, none).unwrap();
    assert_eq!(now("/privateDnsName"), Some(json!(format!("{id}.us-east-1.compute.internal"))));
    let preference = "/capacityReservationSpecification/capacityReservationPreference";
    assert_eq!(now(preference), Some(json!("none")));

    cloud.run("TerminateInstances", many.clone()).unwrap();
    let over = cloud.run("MonitorInstances", many);
    let text = format!("The instance '{id}' is terminated.");
    assert_eq!(over, failure("IncorrectInstanceState", &text));
}

#[test]
fn credits_of_burstable_instances() {
    let cloud = cloud();
    let burst = start(&cloud, json!({}));
    let plain = start(&cloud, json!({"InstanceType": "m5.large"}));
    let credits = |input: Value| {
        let answer = cloud.run("DescribeInstanceCreditSpecifications", input).unwrap();
        answer["instanceCreditSpecificationSet"].clone()
    };
    assert_eq!(credits(json!({})), json!([{"instanceId": burst, "cpuCredits": "unlimited"}]));
    let change = |id: &str| json!({"InstanceId": id, "CpuCredits": "standard"});
    let input = json!({"InstanceCreditSpecification": [change(&burst), change(&plain)]});
    let answer = cloud.run("ModifyInstanceCreditSpecification", input).unwrap();
    let refused = &answer["unsuccessfulInstanceCreditSpecificationSet"][0];
    assert_eq!(refused["error"]["code"], "InstanceCreditSpecification.NotSupported");
    assert_eq!(credits(json!({})), json!([]));
    let both = json!({"InstanceId": [burst, plain]});
    assert_eq!(credits(both), json!([{"instanceId": burst, "cpuCredits": "standard"}]));
}

#[test]
fn status_follows_the_state() {
    let cloud = cloud();
    let (one, two) = (start(&cloud, json!({})), start(&cloud, json!({})));
    cloud.run("StopInstances", json!({"InstanceId": [two]})).unwrap();
    let status = |input: Value| {
        let answer = cloud.run("DescribeInstanceStatus", input).unwrap();
        answer["instanceStatusSet"].as_array().unwrap().clone()
    };
    let running = status(json!({}));
    assert_eq!(running.len(), 1);
    assert_eq!(
        (&running[0]["instanceId"], &running[0]["instanceStatus"]["status"]),
        (&json!(one), &json!("ok"))
    );
    assert_eq!(status(json!({"IncludeAllInstances": true})).len(), 2);
    let stopped = json!({"IncludeAllInstances": true, "Filter": [{"Name": "instance-state-name", "Value": ["stopped"]}]});
    assert_eq!(status(stopped)[0]["instanceStatus"]["status"], "not-applicable");
}

#[test]
fn filters_and_pages() {
    let cloud = cloud();
    let arn = profile(&cloud, "app");
    let one = start(
        &cloud,
        json!({"IamInstanceProfile": {"Name": "app"}, "TagSpecification": [{"ResourceType": "instance", "Tag": [{"Key": "Name", "Value": "one"}]}]}),
    );
    cloud.run("RunInstances", with(launch(), json!({"MaxCount": 6}))).unwrap();
    let find = |name: &str, value: &str| {
        let input = json!({"Filter": [{"Name": name, "Value": [value]}]});
        ids(&cloud.run("DescribeInstances", input).unwrap())
    };
    let shown = seen(&cloud, &one);
    for (name, value) in [
        ("iam-instance-profile.arn", arn.as_str()),
        ("tag:Name", "o*"),
        ("private-ip-address", shown["privateIpAddress"].as_str().unwrap()),
        ("ip-address", shown["ipAddress"].as_str().unwrap()),
        (
            "network-interface.network-interface-id",
            shown["networkInterfaceSet"][0]["networkInterfaceId"].as_str().unwrap(),
        ),
        (
            "block-device-mapping.volume-id",
            shown["blockDeviceMapping"][0]["ebs"]["volumeId"].as_str().unwrap(),
        ),
        ("instance-id", &one),
    ] {
        assert_eq!(find(name, value), [one.as_str()], "{name}");
    }
    for (name, value) in [
        ("instance-state-code", "16"),
        ("instance-type", "t3.*"),
        ("vpc-id", "vpc-*"),
        ("architecture", "x86_64"),
        ("instance.group-name", "default"),
        ("availability-zone", "us-east-1a"),
        ("tenancy", "default"),
        ("metadata-options.http-tokens", "required"),
    ] {
        assert_eq!(find(name, value).len(), 7, "{name}");
        assert_eq!(find(name, "nothing").len(), 0, "{name}");
    }
    let bad = json!({"Filter": [{"Name": "colour", "Value": ["red"]}]});
    assert_eq!(
        cloud.run("DescribeInstances", bad),
        failure("InvalidParameterValue", "The filter 'colour' is invalid")
    );
    let first = cloud.run("DescribeInstances", json!({"MaxResults": 5})).unwrap();
    let second = cloud
        .run("DescribeInstances", json!({"MaxResults": 5, "NextToken": first["nextToken"]}))
        .unwrap();
    assert_eq!((ids(&first).len(), ids(&second).len(), &second["nextToken"]), (5, 2, &Value::Null));
    assert_eq!(
        code(cloud.run("DescribeInstances", json!({"MaxResults": 4}))),
        "InvalidParameterValue"
    );
    let both = json!({"MaxResults": 5, "InstanceId": [one]});
    assert_eq!(code(cloud.run("DescribeInstances", both)), "InvalidParameterCombination");
    assert_eq!(
        code(cloud.run("DescribeInstances", json!({"InstanceId": ["i-x"]}))),
        "InvalidInstanceID.Malformed"
    );
}

#[test]
fn conditions_see_the_instance() {
    let cloud = cloud();
    let tag = |value: &str| json!({"TagSpecification": [{"ResourceType": "instance", "Tag": [{"Key": "Vendor", "Value": value}]}]});
    let (mine, other) = (start(&cloud, tag("Databricks")), start(&cloud, tag("other")));
    let policy = cloud::testing::statement(json!({
        "Effect": "Allow", "Action": "ec2:TerminateInstances", "Resource": "arn:aws:ec2:*:*:instance/*",
        "Condition": {"StringEquals": {"ec2:ResourceTag/Vendor": "Databricks", "ec2:InstanceType": "t3.micro"}},
    }));
    let caller = cloud.user("ann", &policy);
    let terminate =
        |ids: Value| cloud.run_as(&caller, "TerminateInstances", json!({"InstanceId": ids}));
    assert_eq!(code(terminate(json!([mine, other]))), "UnauthorizedOperation");
    assert_eq!(state(&cloud, &mine), "running");
    terminate(json!([mine])).unwrap();
    let hibernate = cloud.run("StopInstances", json!({"InstanceId": [other], "Hibernate": true}));
    let text = format!(
        "The instance can't be hibernated because it was not configured at launch for hibernation: {other}"
    );
    assert_eq!(hibernate, failure("UnsupportedHibernationConfiguration", &text));
    let dry = cloud.run("StopInstances", json!({"InstanceId": [other], "DryRun": true}));
    assert_eq!(code(dry), "DryRunOperation");
    assert_eq!(state(&cloud, &other), "running");
}
