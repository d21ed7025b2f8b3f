use cloud::testing::{allow, root};
use serde_json::{Value, json};

use crate::testing::Stacks;

/// A role called as the template says.
fn role(name: &str) -> String {
    format!(
        "Resources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties:\n      {name}\n      \
         AssumeRolePolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          \
         - {{Effect: Allow, Principal: {{Service: ec2.amazonaws.com}}, Action: 'sts:AssumeRole'}}\n"
    )
}

#[test]
fn a_role_comes_and_goes() {
    let stacks = Stacks::new();
    let before = stacks.others();
    let template =
        format!("{}Outputs:\n  Arn: {{Value: !GetAtt Role.Arn}}\n", role("RoleName: etl"));
    stacks.create("s", &template).unwrap();
    assert_eq!(
        stacks.events("s"),
        [
            "s CREATE_IN_PROGRESS User Initiated",
            "Role CREATE_IN_PROGRESS",
            "Role CREATE_IN_PROGRESS Resource creation Initiated",
            "Role CREATE_COMPLETE",
            "s CREATE_COMPLETE",
        ]
    );
    let answer = stacks.run("DescribeStacks", json!({"StackName": "s"})).unwrap();
    let output = &answer["Stacks"][0]["Outputs"][0]["OutputValue"];
    assert_eq!(output, "arn:aws:iam::123456789012:role/etl");
    assert!(stacks.run("GetRole", json!({"RoleName": "etl"})).is_ok());
    stacks.run("DeleteStack", json!({"StackName": "s"})).unwrap();
    assert_eq!(stacks.status("s"), "DELETE_COMPLETE");
    assert_eq!(stacks.others(), before);
}

#[test]
fn who_may_not_make_the_role_is_told_at_the_role() {
    let stacks = Stacks::new();
    let caller = stacks.cloud.user("deployer", &allow("cloudformation:*", "*"));
    let before = stacks.others();
    let input = Stacks::input("s", &role("RoleName: etl"));
    stacks.run_as(&caller, "CreateStack", input).unwrap();
    assert_eq!(
        stacks.events("s")[2..],
        [
            "Role CREATE_FAILED Resource handler returned message: \"User: \
             arn:aws:iam::123456789012:user/deployer is not authorized to perform: iam:CreateRole on \
             resource: arn:aws:iam::123456789012:role/etl because no identity-based policy allows the \
             iam:CreateRole action",
            "s ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Role]. Rollback requested \
             by user.",
            "s ROLLBACK_COMPLETE",
        ]
    );
    assert_eq!(stacks.others(), before);
    let again = Stacks::input("s", &role("RoleName: etl"));
    assert_eq!(stacks.run("CreateStack", again).unwrap_err().0, "AlreadyExistsException");
}

#[test]
fn updates_change_in_place_or_replace_and_go_back_when_they_fail() {
    let stacks = Stacks::new();
    stacks.create("s", &role("MaxSessionDuration: 3600")).unwrap();
    let first = physical_id(&stacks);
    assert_eq!(stacks.update("s", &role("MaxSessionDuration: 7200")), stacks.create_answer("s"));
    assert_eq!(stacks.status("s"), "UPDATE_COMPLETE");
    assert_eq!(physical_id(&stacks), first);
    // Another path takes another role.
    stacks.update("s", &role("Path: /x/")).unwrap();
    let second = physical_id(&stacks);
    assert_ne!(first, second);
    assert_eq!(
        stacks.events("s").split_off(10),
        [
            "s UPDATE_IN_PROGRESS User Initiated",
            "Role UPDATE_IN_PROGRESS Requested update requires the creation of a new physical resource; \
             hence creating one.",
            "Role UPDATE_IN_PROGRESS Resource creation Initiated",
            "Role UPDATE_COMPLETE",
            "s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "Role DELETE_IN_PROGRESS",
            "Role DELETE_COMPLETE",
            "s UPDATE_COMPLETE",
        ]
    );
    let before = stacks.others();
    let no_role = "Path: /x/\n      MaxSessionDuration: 7200\n      ManagedPolicyArns: ['arn:aws:iam::aws:policy/Nothing']";
    stacks.update("s", &role(no_role)).unwrap();
    assert_eq!(stacks.status("s"), "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(stacks.others(), before);
    let answer = stacks.update("s", &role("Path: /x/"));
    assert_eq!(answer.unwrap_err().1, "No updates are to be performed.");
}

#[test]
fn what_was_made_before_a_failure_goes_or_stays() {
    let two = format!(
        "{}  Second:\n    Type: AWS::IAM::Role\n    DependsOn: Role\n    Properties: {{RoleName: 'a b', \
         AssumeRolePolicyDocument: {{}}}}\n",
        role("RoleName: etl")
    );
    for (on_failure, status, stays) in [
        ("ROLLBACK", "ROLLBACK_COMPLETE", false),
        ("DELETE", "DELETE_COMPLETE", false),
        ("DO_NOTHING", "CREATE_FAILED", true),
    ] {
        let stacks = Stacks::new();
        let mut input = Stacks::input("s", &two);
        input["OnFailure"] = on_failure.into();
        stacks.run("CreateStack", input).unwrap();
        assert_eq!(stacks.status("s"), status);
        assert_eq!(
            stacks.run("GetRole", json!({"RoleName": "etl"})).is_ok(),
            stays,
            "{on_failure}"
        );
        stacks.run("DeleteStack", json!({"StackName": "s"})).unwrap();
        assert!(stacks.run("GetRole", json!({"RoleName": "etl"})).is_err());
    }
}

#[test]
fn a_rollback_that_fails_says_so() {
    let stacks = Stacks::new();
    // The role can be made and not be deleted.
    let may = cloud::testing::statement(json!([
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "iam:DeleteRole", "Resource": "*"},
    ]));
    let caller = stacks.cloud.user("deployer", &may);
    let two = format!(
        "{}  Second:\n    Type: AWS::IAM::Role\n    DependsOn: Role\n    Properties: {{RoleName: 'a b', \
         AssumeRolePolicyDocument: {{}}}}\n",
        role("RoleName: etl")
    );
    stacks.run_as(&caller, "CreateStack", Stacks::input("s", &two)).unwrap();
    let stack = stacks.stack("s");
    assert_eq!(stack.status.name(), "ROLLBACK_FAILED");
    assert_eq!(
        stack.reason.as_deref(),
        Some("The following resource(s) failed to delete: [Role]. ")
    );
    // Somebody else may.
    stacks.run_as(&root(), "DeleteStack", json!({"StackName": "s"})).unwrap();
    assert_eq!(stacks.status("s"), "DELETE_COMPLETE");
}

#[test]
fn one_operation_at_a_time() {
    let stacks = Stacks::new();
    // Nobody takes turns yet.
    let create = Stacks::input("s", &role("RoleName: etl"));
    stacks.cloud.run("CreateStack", create.clone()).unwrap();
    let text = format!(
        "Stack:{} is in CREATE_IN_PROGRESS state and can not be updated.",
        stacks.stack("s").arn()
    );
    let update = Stacks::input("s", &role("RoleName: other"));
    assert_eq!(stacks.cloud.run("UpdateStack", update.clone()).unwrap_err().1, text);
    assert_eq!(stacks.cloud.run("CreateStack", create).unwrap_err().0, "AlreadyExistsException");
    stacks.settle();
    stacks.cloud.run("UpdateStack", update).unwrap();
    let text = stacks.cloud.run("DeleteStack", json!({"StackName": "s"})).unwrap_err().1;
    assert!(text.ends_with("cannot be deleted while in status UPDATE_IN_PROGRESS"), "{text}");
    stacks.settle();
    assert_eq!(stacks.status("s"), "UPDATE_COMPLETE");
    // A creation can be given up.
    stacks.cloud.run("CreateStack", Stacks::input("t", &role("RoleName: t"))).unwrap();
    stacks.run("DeleteStack", json!({"StackName": "t"})).unwrap();
    assert_eq!(stacks.status("t"), "DELETE_COMPLETE");
}

#[test]
fn what_is_to_stay_stays() {
    let kept = |policy: &str| {
        role("RoleName: etl")
            .replace("    Type:", &format!("    DeletionPolicy: {policy}\n    Type:"))
    };
    let exists = |stacks: &Stacks| stacks.run("GetRole", json!({"RoleName": "etl"})).is_ok();
    for (policy, stays) in [("Retain", true), ("RetainExceptOnCreate", true), ("Delete", false)] {
        let stacks = Stacks::new();
        stacks.create("s", &kept(policy)).unwrap();
        stacks.run("DeleteStack", json!({"StackName": "s"})).unwrap();
        assert_eq!(exists(&stacks), stays, "{policy}");
        let skipped = stacks.events("s").contains(&"Role DELETE_SKIPPED".to_owned());
        assert_eq!(skipped, stays, "{policy}");
    }
    // When the creation itself is rolled back.
    for (policy, except, stays) in
        [("Retain", false, true), ("Retain", true, false), ("RetainExceptOnCreate", false, false)]
    {
        let stacks = Stacks::new();
        let broken = format!(
            "{}  Second:\n    Type: AWS::IAM::Role\n    DependsOn: Role\n    Properties: {{RoleName: 'a b', \
             AssumeRolePolicyDocument: {{}}}}\n",
            kept(policy)
        );
        let mut input = Stacks::input("s", &broken);
        input["RetainExceptOnCreate"] = except.into();
        stacks.run("CreateStack", input).unwrap();
        assert_eq!(stacks.status("s"), "ROLLBACK_COMPLETE");
        assert_eq!(exists(&stacks), stays, "{policy} {except}");
    }
    let stacks = Stacks::new();
    let error = stacks.create("s", &kept("Snapshot")).unwrap_err();
    assert_eq!(error.0, "NotImplemented");
}

#[test]
fn an_export_in_use_stays() {
    let stacks = Stacks::new();
    let exporting = |value: &str| {
        format!("Resources:\n  H: {{Type: 'AWS::CloudFormation::WaitConditionHandle'}}\n{value}")
    };
    let output = "Outputs:\n  O: {Value: one, Export: {Name: x}}\n";
    stacks.create("a", &exporting(output)).unwrap();
    let import = "Outputs:\n  O: {Value: !ImportValue x}\n";
    stacks.create("b", &exporting(import)).unwrap();
    assert_eq!(stacks.stack("b").outputs[0].output_value, "one");
    for (outputs, verb) in [(output.replace("one", "two"), "updated"), (String::new(), "deleted")] {
        stacks.update("a", &exporting(&outputs)).unwrap();
        assert_eq!(stacks.status("a"), "UPDATE_ROLLBACK_COMPLETE");
        let reason = format!(
            "a UPDATE_ROLLBACK_IN_PROGRESS Export x cannot be {verb} as it is in use by b."
        );
        assert!(stacks.events("a").contains(&reason), "{:#?}", stacks.events("a"));
        assert_eq!(stacks.run("ListExports", json!({})).unwrap()["Exports"][0]["Value"], "one");
    }
    // The same name twice, and one that nobody exports.
    stacks.create("c", &exporting(output)).unwrap();
    assert_eq!(stacks.status("c"), "ROLLBACK_COMPLETE");
    stacks.create("d", &exporting(&import.replace(" x}", " y}"))).unwrap();
    let reason = "d ROLLBACK_IN_PROGRESS No export named y found. Rollback requested by user.";
    assert!(stacks.events("d").contains(&reason.to_owned()), "{:#?}", stacks.events("d"));
}

#[test]
fn values_come_from_parameters_mappings_and_conditions() {
    let stacks = Stacks::new();
    let template = format!(
        "Parameters:\n  Kind: {{Type: String, Default: small}}\n  Secret: {{Type: String, NoEcho: true}}\n\
         Mappings:\n  Seconds: {{small: {{s: 3600}}, large: {{s: 7200}}}}\n\
         Conditions:\n  Large: !Equals [!Ref Kind, large]\n\
         {}  Second:\n    Type: AWS::IAM::User\n    Condition: Large\n\
         Outputs:\n  Zones: {{Value: !Join [',', !GetAZs '']}}\n  Second: {{Condition: Large, Value: !Ref Second}}\n",
        role("MaxSessionDuration: !FindInMap [Seconds, !Ref Kind, s]")
    );
    let with = |kind: &str| {
        let mut input = Stacks::input("s", &template);
        input["Parameters"] = json!([
            {"ParameterKey": "Kind", "ParameterValue": kind},
            {"ParameterKey": "Secret", "ParameterValue": "hidden"},
        ]);
        input
    };
    stacks.run("CreateStack", with("small")).unwrap();
    let answer = stacks.run("DescribeStacks", json!({"StackName": "s"})).unwrap();
    assert!(!answer.to_string().contains("hidden"), "{answer}");
    let outputs = answer["Stacks"][0]["Outputs"].as_array().unwrap();
    assert_eq!(outputs.len(), 1);
    let zones = outputs[0]["OutputValue"].as_str().unwrap();
    assert!(zones.starts_with("us-east-1a,us-east-1b"), "{zones}");
    stacks.run("UpdateStack", with("large")).unwrap();
    assert_eq!(stacks.status("s"), "UPDATE_COMPLETE");
    assert_eq!(stacks.stack("s").outputs.len(), 2);
    let made = stacks.run("GetRole", json!({"RoleName": physical_id(&stacks)})).unwrap();
    assert_eq!(made["Role"]["MaxSessionDuration"], 7200);
}

fn physical_id(stacks: &Stacks) -> String {
    let view = stacks.cloud.view();
    let rows = view.everywhere::<crate::stack_resource::ResourceRow>();
    let rows: Vec<_> = rows.filter_map(|row| row.now.as_ref()).collect();
    rows[0].physical.id.clone()
}

impl Stacks {
    /// What `CreateStack` answered.
    fn create_answer(&self, name: &str) -> cloud::testing::Answer {
        Ok(json!({"StackId": Value::String(self.stack(name).arn())}))
    }
}

/// What is repeated may not grow beyond what a row holds: it fails by name, and nothing is asked again and again.
#[test]
fn what_is_too_long_fails() {
    use crate::turn::{MAX_OUTPUTS_BYTES, MAX_PROPERTIES_BYTES};

    let text = "x".repeat(4096);
    let long = |bytes: usize| {
        let whole = vec![json!({"Ref": "P"}); bytes / 4096];
        let rest = "y".repeat(bytes % 4096);
        let parts = [whole, vec![json!(rest)]].concat();
        json!({"Fn::Join": ["", parts]})
    };
    let stacks = Stacks::new();
    let create = |name: &str, members: Value| {
        let mut template = json!({"Parameters": {"P": {"Type": "String", "Default": text}}});
        template.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let created = stacks.create(name, &template.to_string());
        created.unwrap();
        stacks.status(name)
    };
    let handle = json!({"H": {"Type": "AWS::CloudFormation::WaitConditionHandle"}});
    let outputs =
        |bytes: usize| json!({"Resources": handle, "Outputs": {"O": {"Value": long(bytes)}}});
    assert_eq!(create("fits", outputs(MAX_OUTPUTS_BYTES)), "CREATE_COMPLETE");
    assert_eq!(create("long", outputs(MAX_OUTPUTS_BYTES + 1)), "ROLLBACK_COMPLETE");
    let told = stacks.events("long").join("\n");
    assert!(told.contains("rolecall keeps at most 262144 bytes of a stack's outputs"), "{told}");

    let group = |bytes: usize| {
        let frame = json!({"LaunchTemplateData": {"UserData": ""}}).to_string().len();
        let data = json!({"UserData": long(bytes - frame)});
        json!({"Resources": {"T": {
            "Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": data},
        }}})
    };
    create("template", group(MAX_PROPERTIES_BYTES));
    let told = stacks.events("template").join("\n");
    assert!(!told.contains("rolecall keeps"), "{told}");
    assert_eq!(create("too-long", group(MAX_PROPERTIES_BYTES + 1)), "ROLLBACK_COMPLETE");
    let told = stacks.events("too-long").join("\n");
    assert!(
        told.contains("rolecall keeps at most 262144 bytes of a resource's properties"),
        "{told}"
    );
}
