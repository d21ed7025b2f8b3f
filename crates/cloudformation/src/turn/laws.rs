//! Laws, held against random templates: what is made can be taken away again, and a failure leaves nothing.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::testing::Stacks;

/// Resources of a template at most.
const MOST: usize = 7;

fn trust() -> Value {
    let statement = json!({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"});
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn policy(action: u8) -> Value {
    let statement =
        json!({"Effect": "Allow", "Action": format!("s3:Get{action}*"), "Resource": "*"});
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

/// One resource: of which kind, with which variation, and which earlier one it refers to.
type Choice = (u8, u8, usize);

/// The newest resource of a type before `index`.
fn earlier(kinds: &[&'static str], kind: &str, nth: usize) -> Option<Value> {
    let fitting: Vec<usize> = (0..kinds.len()).filter(|index| kinds[*index] == kind).collect();
    let chosen = fitting.get(nth % fitting.len().max(1))?;
    Some(json!({"Ref": format!("R{chosen}")}))
}

fn template(choices: &[Choice], fails: bool) -> String {
    let mut resources = serde_json::Map::new();
    let mut kinds: Vec<&'static str> = Vec::new();
    for (index, (kind, variation, nth)) in choices.iter().enumerate() {
        let role = earlier(&kinds, "AWS::IAM::Role", *nth);
        let user = earlier(&kinds, "AWS::IAM::User", *nth);
        let group = earlier(&kinds, "AWS::IAM::Group", *nth);
        let inline = json!([{"PolicyName": "own", "PolicyDocument": policy(variation % 2)}]);
        let path = if variation % 3 == 0 { "/" } else { "/x/" };
        let role_of_own = || {
            (
                "AWS::IAM::Role",
                json!({
                    "AssumeRolePolicyDocument": trust(), "Path": path,
                    "MaxSessionDuration": 3600 + u32::from(*variation),
                    "Tags": [{"Key": "v", "Value": variation.to_string()}],
                }),
            )
        };
        let (kind, properties) = match (kind % 9, role, user, group) {
            (0, ..) => role_of_own(),
            (1, ..) => ("AWS::IAM::User", json!({"Path": path, "Policies": inline})),
            (2, ..) => ("AWS::IAM::Group", json!({"Policies": inline})),
            (3, Some(role), ..) => {
                ("AWS::IAM::InstanceProfile", json!({"Roles": [role], "Path": path}))
            }
            (4, Some(role), ..) => (
                "AWS::IAM::Policy",
                json!({
                    "PolicyName": format!("p{}", variation % 2), "PolicyDocument": policy(*variation),
                    "Roles": [role],
                }),
            ),
            (5, _, Some(user), _) => ("AWS::IAM::AccessKey", json!({"UserName": user})),
            (6, _, _, Some(group)) => (
                "AWS::IAM::GroupPolicy",
                json!({
                    "PolicyName": format!("g{index}"), "PolicyDocument": policy(*variation), "GroupName": group,
                }),
            ),
            (7, Some(role), ..) => (
                "AWS::IAM::ManagedPolicy",
                json!({
                    "PolicyDocument": policy(*variation), "Roles": [role],
                }),
            ),
            (8, ..) => (
                "AWS::IAM::OIDCProvider",
                json!({
                    "Url": format!("https://idp{}.example.com", variation % 2), "ClientIdList": ["a"],
                    "ThumbprintList": ["0123456789abcdef0123456789abcdef01234567"],
                }),
            ),
            _ => role_of_own(),
        };
        kinds.push(kind);
        resources.insert(format!("R{index}"), json!({"Type": kind, "Properties": properties}));
    }
    if fails {
        let needs: Vec<String> = (0..choices.len() / 2).map(|index| format!("R{index}")).collect();
        let broken = json!({"AssumeRolePolicyDocument": trust(), "RoleName": "not a name"});
        let broken = json!({"Type": "AWS::IAM::Role", "DependsOn": needs, "Properties": broken});
        resources.insert("Broken".to_owned(), broken);
    }
    json!({"Resources": resources}).to_string()
}

fn choices() -> impl Strategy<Value = Vec<Choice>> {
    prop::collection::vec((any::<u8>(), any::<u8>(), 0..MOST), 1..=MOST)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn create_then_delete_is_nothing(choices in choices(), fails in any::<bool>()) {
        let stacks = Stacks::new();
        let before = stacks.others();
        stacks.create("s", &template(&choices, fails)).unwrap();
        let status = stacks.status("s");
        // Two providers of the same issuer collide.
        prop_assert!(status == "CREATE_COMPLETE" && !fails || status == "ROLLBACK_COMPLETE", "{status}");
        if status == "ROLLBACK_COMPLETE" {
            prop_assert_eq!(stacks.others(), before.clone());
        }
        stacks.run("DeleteStack", json!({"StackName": "s"})).unwrap();
        prop_assert_eq!(stacks.status("s"), "DELETE_COMPLETE");
        prop_assert_eq!(stacks.others(), before);
    }

    #[test]
    fn an_update_that_fails_changes_nothing(old in choices(), new in choices(), fails in any::<bool>()) {
        let stacks = Stacks::new();
        let before = stacks.others();
        stacks.create("s", &template(&old, false)).unwrap();
        let made = ids(&stacks);
        if stacks.status("s") == "CREATE_COMPLETE" {
            // The type of a resource cannot change, and there may be nothing to be done.
            if stacks.update("s", &template(&new, fails)).is_ok() {
                let status = stacks.status("s");
                let failed = status == "UPDATE_ROLLBACK_COMPLETE";
                prop_assert!(failed || status == "UPDATE_COMPLETE" && !fails, "{status}");
                if failed {
                    prop_assert_eq!(ids(&stacks), made);
                }
            }
        }
        stacks.run("DeleteStack", json!({"StackName": "s"})).unwrap();
        prop_assert_eq!(stacks.status("s"), "DELETE_COMPLETE");
        prop_assert_eq!(stacks.others(), before);
    }
}

/// Which resources there are, and with which properties.
fn ids(stacks: &Stacks) -> Vec<(String, String, Value)> {
    let view = stacks.cloud.view();
    let rows = view.everywhere::<crate::stack_resource::ResourceRow>();
    rows.filter_map(|row| {
        let now = row.now.as_ref()?;
        Some((row.logical_id.clone(), now.physical.id.clone(), now.properties.clone()))
    })
    .collect()
}
