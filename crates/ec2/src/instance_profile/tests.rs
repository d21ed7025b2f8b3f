use cloud::testing::{ACCOUNT, Cloud, code, failure, statement};
use serde_json::{Value, json};

use crate::launch::tests::{profile, seen, start};
use crate::testing::{cloud, text, told};

fn associations(cloud: &Cloud, filter: Value) -> Vec<Value> {
    let input = json!({"Filter": filter});
    let answer = cloud.run("DescribeIamInstanceProfileAssociations", input).unwrap();
    answer["iamInstanceProfileAssociationSet"].as_array().unwrap().clone()
}

fn associate(cloud: &Cloud, instance: &str, profile: &str) -> cloud::testing::Answer {
    let input = json!({"InstanceId": instance, "IamInstanceProfile": {"Name": profile}});
    cloud.run("AssociateIamInstanceProfile", input)
}

#[test]
fn a_profile_is_put_on_changed_and_taken_off() {
    let cloud = cloud();
    let (one, two) = (profile(&cloud, "one"), profile(&cloud, "two"));
    let id = start(&cloud, json!({}));
    assert_eq!(associations(&cloud, json!([])), Vec::<Value>::new());
    let answer = associate(&cloud, &id, "one").unwrap();
    let first = &answer["iamInstanceProfileAssociation"];
    assert_eq!(first["state"], "associating");
    assert_eq!(first["iamInstanceProfile"]["arn"], one);
    assert!(text(first, "/iamInstanceProfile/id").starts_with("AIPA"));
    assert_eq!(seen(&cloud, &id)["iamInstanceProfile"]["arn"], one);
    let listed = associations(
        &cloud,
        json!([{"Name": "instance-id", "Value": [id]}, {"Name": "state", "Value": ["associated"]}]),
    );
    assert_eq!(listed[0]["associationId"], first["associationId"]);
    let again = format!("There is an existing association for instance {id}");
    assert_eq!(associate(&cloud, &id, "two"), failure("IncorrectState", &again));

    let input =
        json!({"AssociationId": first["associationId"], "IamInstanceProfile": {"Arn": two}});
    let answer = cloud.run("ReplaceIamInstanceProfileAssociation", input.clone()).unwrap();
    let second = &answer["iamInstanceProfileAssociation"];
    assert_ne!(second["associationId"], first["associationId"]);
    assert_eq!(seen(&cloud, &id)["iamInstanceProfile"]["arn"], two);
    let old = format!("An invalid association-id of '{}' was given", text(first, "/associationId"));
    assert_eq!(
        cloud.run("ReplaceIamInstanceProfileAssociation", input),
        failure("InvalidAssociationID.NotFound", &old)
    );

    let off = json!({"AssociationId": second["associationId"]});
    let answer = cloud.run("DisassociateIamInstanceProfile", off.clone()).unwrap();
    assert_eq!(answer["iamInstanceProfileAssociation"]["state"], "disassociating");
    assert_eq!(seen(&cloud, &id)["iamInstanceProfile"], Value::Null);
    assert_eq!(associations(&cloud, json!([])), Vec::<Value>::new());
    assert_eq!(
        code(cloud.run("DisassociateIamInstanceProfile", off)),
        "InvalidAssociationID.NotFound"
    );
}

#[test]
fn the_association_of_a_launch_is_listed() {
    let cloud = cloud();
    let arn = profile(&cloud, "app");
    let id = start(&cloud, json!({"IamInstanceProfile": {"Arn": arn}}));
    let listed = associations(&cloud, json!([]));
    assert_eq!((&listed[0]["instanceId"], &listed[0]["state"]), (&json!(id), &json!("associated")));
    let by_id = json!({"AssociationId": [listed[0]["associationId"]]});
    let by_id = cloud.run("DescribeIamInstanceProfileAssociations", by_id).unwrap();
    assert_eq!(by_id["iamInstanceProfileAssociationSet"][0], listed[0]);
    cloud.run("TerminateInstances", json!({"InstanceId": [id]})).unwrap();
    assert_eq!(associations(&cloud, json!([])), Vec::<Value>::new());
}

#[test]
fn states_that_do_not_fit_and_bad_ids() {
    let cloud = cloud();
    profile(&cloud, "one");
    let id = start(&cloud, json!({"IamInstanceProfile": {"Name": "one"}}));
    let association = associations(&cloud, json!([]))[0]["associationId"].clone();
    cloud.run("StopInstances", json!({"InstanceId": [id]})).unwrap();
    let replace = |association: Value| {
        let input = json!({"AssociationId": association, "IamInstanceProfile": {"Name": "one"}});
        cloud.run("ReplaceIamInstanceProfileAssociation", input)
    };
    let text =
        format!("The association {} is not the active association", association.as_str().unwrap());
    assert_eq!(replace(association.clone()), failure("IncorrectState", &text));
    // A stopped instance can be given another one all the same.
    cloud.run("DisassociateIamInstanceProfile", json!({"AssociationId": association})).unwrap();
    associate(&cloud, &id, "one").unwrap();
    let bad = failure("InvalidParameterValue", "Invalid value for associationId.");
    assert_eq!(replace(json!("i-1")), bad);
    assert_eq!(
        cloud.run("DisassociateIamInstanceProfile", json!({"AssociationId": "iip-assoc-"})),
        bad
    );
    cloud.run("TerminateInstances", json!({"InstanceId": [id]})).unwrap();
    let over = format!("The instance '{id}' is not in the 'running' or 'stopped' states.");
    assert_eq!(associate(&cloud, &id, "one"), failure("IncorrectInstanceState", &over));
    assert_eq!(code(associate(&cloud, "i-0000000000000000a", "one")), "InvalidInstanceID.NotFound");
    assert_eq!(code(associate(&cloud, "i-x", "one")), "InvalidInstanceID.Malformed");
    let unknown = "Value (none) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name";
    assert_eq!(associate(&cloud, &id, "none"), failure("InvalidParameterValue", unknown));
}

#[test]
fn lists_of_associations_are_checked_in_their_own_words() {
    let cloud = cloud();
    let arn = profile(&cloud, "app");
    let id = start(&cloud, json!({"IamInstanceProfile": {"Arn": arn}}));
    let list = |input: Value| cloud.run("DescribeIamInstanceProfileAssociations", input);
    let filter =
        |name: &str, values: Value| list(json!({"Filter": [{"Name": name, "Value": values}]}));
    let invalid = |text: &str| failure("InvalidParameterValue", text);
    let unknown = invalid("An unknown filter 'association-id' was given");
    assert_eq!(filter("association-id", json!(["x"])), unknown);
    assert_eq!(filter("tag:a", json!(["x"])), invalid("An unknown filter 'tag:a' was given"));
    let only = invalid("Only 'associated', 'associating' and 'disassociating' are allowed");
    assert_eq!(filter("state", json!(["associated", "disassociated"])), only);
    let state = invalid("A filter for an unknown association state of 'assoc*' was given");
    assert_eq!(filter("state", json!(["assoc*"])), state);
    let instance = invalid("A filter with an invalid instance-id of 'i-*' was given");
    assert_eq!(filter("instance-id", json!(["i-*"])), instance);
    let incomplete = "Invalid value 'null/empty' for 'filter'. Invalid filter - one of more name/value pair was incomplete";
    assert_eq!(filter("instance-id", json!([])), invalid(incomplete));
    let zero = "Invalid value '0' for 'maxResults'. MaxResult must be a positive integer";
    assert_eq!(list(json!({"MaxResults": 0})), invalid(zero));
    let bad = invalid("Invalid value for association-id.");
    assert_eq!(list(json!({"AssociationId": ["bad"]})), bad);
    let gone = "iip-assoc-0d55828d11628c9cf";
    let text = format!("An invalid association-id of '{gone}' was given");
    let missing = failure("InvalidAssociationID.NotFound", &text);
    assert_eq!(list(json!({"AssociationId": [gone]})), missing);
    let one = list(json!({"MaxResults": 1})).unwrap();
    let shown = &one["iamInstanceProfileAssociationSet"][0];
    assert_eq!((&shown["instanceId"], shown.get("timestamp")), (&json!(id), None));
    assert_eq!(code(list(json!({"DryRun": true}))), "DryRunOperation");
}

#[test]
fn an_association_is_asked_about_beforehand_and_goes_by_the_arn() {
    let cloud = cloud();
    let (one, _) = (profile(&cloud, "one"), profile(&cloud, "two"));
    let id = start(&cloud, json!({}));
    let both = json!({"Arn": one, "Name": "two"});
    let mut input = json!({"InstanceId": id, "IamInstanceProfile": both, "DryRun": true});
    assert_eq!(code(cloud.run("AssociateIamInstanceProfile", input.clone())), "DryRunOperation");
    assert_eq!(associations(&cloud, json!([])), Vec::<Value>::new());
    input["DryRun"] = json!(false);
    let made = cloud.run("AssociateIamInstanceProfile", input.clone()).unwrap();
    assert_eq!(made["iamInstanceProfileAssociation"]["iamInstanceProfile"]["arn"], one);
    let pass = &cloud.demands("AssociateIamInstanceProfile", input)[1];
    let any = format!("iam:AssociatedResourceArn=arn:aws:ec2:us-east-1:{ACCOUNT}:instance/*");
    assert!(told(pass).contains(&any), "{}", told(pass));
}

#[test]
fn the_old_and_the_new_profile_are_condition_keys() {
    let cloud = cloud();
    let (one, two) = (profile(&cloud, "one"), profile(&cloud, "two"));
    let id = start(&cloud, json!({"IamInstanceProfile": {"Name": "one"}}));
    let association = associations(&cloud, json!([]))[0]["associationId"].clone();
    let input = json!({"AssociationId": association, "IamInstanceProfile": {"Name": "two"}});
    let demands: Vec<String> = cloud
        .demands("ReplaceIamInstanceProfileAssociation", input.clone())
        .iter()
        .map(told)
        .collect();
    let has = |line: &str, part: &str| assert!(line.contains(part), "{part} in {line}");
    has(
        &demands[0],
        &format!(
            "ec2:ReplaceIamInstanceProfileAssociation arn:aws:ec2:us-east-1:{ACCOUNT}:instance/{id} "
        ),
    );
    has(&demands[0], &format!("ec2:InstanceProfile={one}"));
    has(&demands[0], &format!("ec2:NewInstanceProfile={two}"));
    has(
        &demands[1],
        &format!(
            "iam:PassRole arn:aws:iam::{ACCOUNT}:role/two iam:PassedToService=ec2.amazonaws.com"
        ),
    );
    let policy = |role: &str| {
        statement(json!([
            {"Effect": "Allow", "Action": "ec2:ReplaceIamInstanceProfileAssociation", "Resource": "*",
             "Condition": {"ArnEquals": {"ec2:NewInstanceProfile": two}}},
            {"Effect": "Allow", "Action": "iam:PassRole", "Resource": format!("arn:aws:iam::{ACCOUNT}:role/{role}")},
        ]))
    };
    let wrong_role = cloud.user("ann", &policy("one"));
    let denied = cloud
        .run_as(&wrong_role, "ReplaceIamInstanceProfileAssociation", input.clone())
        .unwrap_err();
    assert!(denied.1.contains("to perform: iam:PassRole on resource"), "{}", denied.1);
    let right = cloud.user("bob", &policy("two"));
    cloud.run_as(&right, "ReplaceIamInstanceProfileAssociation", input).unwrap();
    let nobody = cloud.user("eve", &cloud::testing::allow("iam:PassRole", "*"));
    let off = json!({"AssociationId": associations(&cloud, json!([]))[0]["associationId"]});
    assert_eq!(
        code(cloud.run_as(&nobody, "DisassociateIamInstanceProfile", off)),
        "UnauthorizedOperation"
    );
    let one_more = start(&cloud, json!({}));
    let input = json!({"InstanceId": one_more, "IamInstanceProfile": {"Name": "one"}});
    let demands = cloud.demands("AssociateIamInstanceProfile", input);
    assert_eq!(
        demands.iter().map(|one| one.action).collect::<Vec<_>>(),
        ["ec2:AssociateIamInstanceProfile", "iam:PassRole"]
    );
}
