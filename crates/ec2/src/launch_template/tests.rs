use cloud::testing::{Cloud, code, failure};
use serde_json::{Value, json};

use crate::launch::tests::{AMI, profile, start, with};
use crate::testing::{cloud, text};

fn create(cloud: &Cloud, name: &str, data: Value) -> cloud::testing::Answer {
    let input = json!({"LaunchTemplateName": name, "LaunchTemplateData": data});
    cloud.run("CreateLaunchTemplate", input)
}

fn versions(cloud: &Cloud, more: Value) -> Vec<Value> {
    let input = with(json!({"LaunchTemplateName": "base"}), more);
    let answer = cloud.run("DescribeLaunchTemplateVersions", input).unwrap();
    answer["launchTemplateVersionSet"].as_array().unwrap().clone()
}

#[test]
fn versions_come_and_go() {
    let cloud = cloud();
    let data = json!({"ImageId": AMI, "InstanceType": "t3.micro", "SecurityGroupId": ["sg-1"]});
    let made = create(&cloud, "base", data).unwrap();
    let id = text(&made, "/launchTemplate/launchTemplateId");
    assert!(id.starts_with("lt-"));
    assert_eq!(
        create(&cloud, "base", json!({"ImageId": AMI})),
        failure(
            "InvalidLaunchTemplateName.AlreadyExistsException",
            "Launch template name already in use."
        )
    );
    let next = json!({"LaunchTemplateId": id, "SourceVersion": "1", "VersionDescription": "two", "LaunchTemplateData": {"InstanceType": "t3.small"}});
    let answer = cloud.run("CreateLaunchTemplateVersion", next).unwrap();
    let second = &answer["launchTemplateVersion"];
    assert_eq!((&second["versionNumber"], &second["defaultVersion"]), (&json!(2), &json!(false)));
    assert_eq!(second["launchTemplateData"]["imageId"], AMI);
    assert_eq!(second["launchTemplateData"]["instanceType"], "t3.small");
    assert_eq!(second["launchTemplateData"]["securityGroupIdSet"], json!(["sg-1"]));
    assert_eq!(versions(&cloud, json!({})).len(), 2);
    assert_eq!(
        versions(&cloud, json!({"LaunchTemplateVersion": ["$Latest"]}))[0]["versionNumber"],
        2
    );
    assert_eq!(
        versions(&cloud, json!({"LaunchTemplateVersion": ["$Default"]}))[0]["versionNumber"],
        1
    );
    assert_eq!(versions(&cloud, json!({"MinVersion": "2"})).len(), 1);
    assert_eq!(
        versions(&cloud, json!({"Filter": [{"Name": "instance-type", "Value": ["t3.micro"]}]}))
            .len(),
        1
    );
    let unknown = json!({"LaunchTemplateName": "base", "LaunchTemplateVersion": ["7"]});
    let text_of =
        format!("Could not find the specified version 7 for the launch template with ID {id}.");
    assert_eq!(
        cloud.run("DescribeLaunchTemplateVersions", unknown),
        failure("InvalidLaunchTemplateId.VersionNotFound", &text_of)
    );

    let modify = json!({"LaunchTemplateId": id, "SetDefaultVersion": "2"});
    let answer = cloud.run("ModifyLaunchTemplate", modify).unwrap();
    assert_eq!(answer["launchTemplate"]["defaultVersionNumber"], 2);
    let delete = json!({"LaunchTemplateId": id, "LaunchTemplateVersion": ["1", "2", "9"]});
    let answer = cloud.run("DeleteLaunchTemplateVersions", delete).unwrap();
    assert_eq!(answer["successfullyDeletedLaunchTemplateVersionSet"][0]["versionNumber"], 1);
    let kept = answer["unsuccessfullyDeletedLaunchTemplateVersionSet"].as_array().unwrap();
    let codes: Vec<&Value> = kept.iter().map(|one| &one["responseError"]["code"]).collect();
    assert_eq!(codes, ["unexpectedError", "launchTemplateVersionDoesNotExist"]);
    assert_eq!(versions(&cloud, json!({})).len(), 1);

    let list = |input: Value| cloud.run("DescribeLaunchTemplates", input);
    assert_eq!(
        list(json!({"LaunchTemplateName": ["base"]})).unwrap()["launchTemplates"][0]["launchTemplateId"],
        id
    );
    cloud.run("DeleteLaunchTemplate", json!({"LaunchTemplateName": "base"})).unwrap();
    assert_eq!(list(json!({})).unwrap()["launchTemplates"], json!([]));
    assert_eq!(code(list(json!({"LaunchTemplateId": [id]}))), "InvalidLaunchTemplateId.NotFound");
    assert_eq!(
        list(json!({"LaunchTemplateName": ["base"]})),
        failure(
            "InvalidLaunchTemplateName.NotFoundException",
            "At least one of the launch templates specified in the request does not exist."
        )
    );
}

#[test]
fn bad_input() {
    let cloud = cloud();
    let data = json!({"InstanceType": "t3.micro"});
    for (name, data, code_of) in [
        ("ab", data.clone(), "InvalidLaunchTemplateName.MalformedException"),
        ("a b c", data.clone(), "InvalidLaunchTemplateName.MalformedException"),
        ("abc", json!({}), "MissingParameter"),
        ("abc", json!({"UserData": "A".repeat(30_000)}), "InvalidUserData.Malformed"),
        (
            "abc",
            json!({"IamInstanceProfile": {"Arn": "a", "Name": "b"}}),
            "InvalidParameterCombination",
        ),
        ("abc", json!({"InstanceRequirements": {}}), "NotImplemented"),
    ] {
        assert_eq!(code(create(&cloud, name, data)), code_of, "{name}");
    }
    create(&cloud, "abc", data).unwrap();
    let both = json!({"LaunchTemplateName": "abc", "LaunchTemplateId": "lt-0000000000000000a"});
    assert_eq!(code(cloud.run("DeleteLaunchTemplate", both)), "InvalidParameterCombination");
    assert_eq!(code(cloud.run("DeleteLaunchTemplate", json!({}))), "MissingParameter");
}

#[test]
fn a_token_makes_a_template_once() {
    let cloud = cloud();
    let input = json!({"ClientToken": "t", "LaunchTemplateName": "abc", "LaunchTemplateData": {"InstanceType": "t3.micro"}});
    let first = cloud.run("CreateLaunchTemplate", input.clone()).unwrap();
    assert_eq!(cloud.run("CreateLaunchTemplate", input.clone()).unwrap(), first);
    let other = with(input, json!({"LaunchTemplateName": "xyz"}));
    assert_eq!(code(cloud.run("CreateLaunchTemplate", other)), "IdempotentParameterMismatch");
}

#[test]
fn the_template_of_an_instance_launches_it_again() {
    let cloud = cloud();
    let arn = profile(&cloud, "app");
    let tags = json!([{"ResourceType": "instance", "Tag": [{"Key": "Name", "Value": "one"}]}]);
    let id = start(
        &cloud,
        json!({"IamInstanceProfile": {"Name": "app"}, "UserData": "aGVsbG8=", "TagSpecification": tags}),
    );
    let answer = cloud.run("GetLaunchTemplateData", json!({"InstanceId": id})).unwrap();
    let data = &answer["launchTemplateData"];
    assert_eq!(data["iamInstanceProfile"]["arn"], arn);
    assert_eq!(data["userData"], "aGVsbG8=");
    assert_eq!(data["metadataOptions"]["httpTokens"], "required");
    assert_eq!(data["blockDeviceMappingSet"][0]["ebs"]["volumeSize"], 8);
    assert!(text(data, "/networkInterfaceSet/0/subnetId").starts_with("subnet-"));
    assert_eq!(data["tagSpecificationSet"][0]["tagSet"][0]["value"], "one");
    let unknown = cloud.run("GetLaunchTemplateData", json!({"InstanceId": "i-0000000000000000a"}));
    assert_eq!(code(unknown), "InvalidInstanceID.NotFound");
}
