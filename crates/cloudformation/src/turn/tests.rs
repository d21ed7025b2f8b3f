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
