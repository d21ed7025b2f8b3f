use serde_json::{Value, json};

use crate::testing::Stacks;

/// A stack with a nested one of the template `child`, and what else there is.
fn parent(child: &str, more: &Value) -> String {
    let url = format!("https://templates.s3.amazonaws.com/{child}");
    let inner = json!({"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}});
    let mut resources = json!({"Inner": inner});
    for (id, resource) in more.as_object().unwrap() {
        resources[id] = resource.clone();
    }
    json!({"Resources": resources}).to_string()
}

/// A resource that cannot be made.
fn broken(after: &[&str]) -> Value {
    json!({"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": ["nobody"]}, "DependsOn": after})
}

/// Stacks with templates of one group, at `/a/` and at `/b/`.
fn stacks() -> Stacks {
    let stacks = Stacks::new();
    for path in ["a", "b"] {
        let properties = json!({"Path": format!("/{path}/"), "GroupName": "inner"});
        let group = json!({"Type": "AWS::IAM::Group", "Properties": properties});
        let template = json!({"Resources": {"Group": group}}).to_string();
        stacks.cloud.put_object("templates", path, template.as_bytes());
    }
    stacks
}

fn path(stacks: &Stacks) -> String {
    let answer = stacks.run("GetGroup", json!({"GroupName": "inner"})).unwrap();
    answer["Group"]["Path"].as_str().unwrap().to_owned()
}

#[test]
fn a_nested_stack_follows_its_parent() {
    let stacks = stacks();
    let before = stacks.others();
    stacks.create("s", &parent("a", &json!({}))).unwrap();
    assert_eq!((stacks.status("s"), path(&stacks)), ("CREATE_COMPLETE", "/a/".to_owned()));
    stacks.update("s", &parent("b", &json!({}))).unwrap();
    assert_eq!((stacks.status("s"), path(&stacks)), ("UPDATE_COMPLETE", "/b/".to_owned()));
    stacks.run("DeleteStack", json!({"StackName": "s"})).unwrap();
    assert_eq!(stacks.others(), before);
}

/// Whether it was changed when another resource fails, or is being changed just then.
#[test]
fn a_nested_stack_goes_back_with_its_parent() {
    for after in [&["Inner"][..], &[]] {
        let stacks = stacks();
        stacks.create("s", &parent("a", &json!({}))).unwrap();
        stacks.update("s", &parent("b", &json!({"Z": broken(after)}))).unwrap();
        let events = stacks.events("s");
        assert_eq!(stacks.status("s"), "UPDATE_ROLLBACK_COMPLETE", "{events:#?}");
        assert_eq!(path(&stacks), "/a/", "{events:#?}");
    }
}
