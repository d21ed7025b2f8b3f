//! Laws, held against random templates of all types: what is made can be taken away again, and a failure leaves
//! nothing.

mod account;
mod elsewhere;
mod iam;
mod machine;
mod network;
mod recipe;

use std::collections::BTreeSet;

use cloud::Caller;
use cloud::testing::{root, statement};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::stack::StackRow;
use crate::stack_resource::ResourceRow;
use crate::testing::Stacks;
use account::{account, difference};
use recipe::{Choice, Draft};

/// Choices of a template at most; each has what it needs beside it.
const MOST: usize = 4;

/// Actions by which resources are made and none is deleted. Most of them are not the first of their resource.
const MAKING: &[&str] = &[
    "ec2:AssociateAddress",
    "ec2:AssociateRouteTable",
    "ec2:AttachVolume",
    "ec2:AuthorizeSecurityGroup*",
    "ec2:CreateNatGateway",
    "ec2:CreateRoute",
    "ec2:CreateTags",
    "ec2:ModifyInstanceAttribute",
    "ec2:ModifySubnetAttribute",
    "ec2:ModifyVpcAttribute",
    "ec2:RunInstances",
    "iam:AddRoleToInstanceProfile",
    "iam:AddUserToGroup",
    "iam:AttachRolePolicy",
    "iam:CreateLoginProfile",
    "iam:PassRole",
    "iam:Put*Policy",
    "iam:UpdateAccessKey",
    "lambda:AddPermission",
    "lambda:CreateAlias",
    "lambda:PublishVersion",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
];

/// A resource or an output that cannot be made.
#[derive(Debug, Clone)]
struct Broken {
    what: u8,
    /// Which resources are made before.
    after: u64,
}

impl Broken {
    /// Whether it is something that can be made otherwise: then it breaks when it is changed.
    fn can_be_whole(&self) -> bool {
        self.what % 7 == 5
    }

    /// What is added to the template of `draft`.
    fn members(&self, draft: &Draft) -> Value {
        let resource = match self.what % 7 {
            0 => (
                "AWS::IAM::Role",
                json!({"AssumeRolePolicyDocument": {}, "RoleName": "not a name"}),
            ),
            1 => (
                "AWS::Lambda::Permission",
                json!({"FunctionName": "missing", "Action": "lambda:InvokeFunction", "Principal": "*"}),
            ),
            2 => ("AWS::CloudFormation::Stack", json!({"TemplateURL": elsewhere::BROKEN_CHILD})),
            3 => (
                "AWS::EC2::Instance",
                json!({"ImageId": "ami-0ed094fb1304fd857", "IamInstanceProfile": "nobody"}),
            ),
            4 => ("AWS::EC2::VPC", json!({"CidrBlock": "10.0.0.0/8"})),
            5 => ("AWS::IAM::Role", session(1)),
            // After everything else.
            _ => return json!({"Outputs": {"Broken": {"Value": {"Fn::ImportValue": "nothing"}}}}),
        };
        let ids = draft.ids().into_iter().enumerate();
        let before = ids.filter(|(index, _)| self.after >> (index % 64) & 1 == 1);
        let before: Vec<String> = before.map(|(_, id)| id).collect();
        let (kind, properties) = resource;
        json!({"Resources": {"Broken": {"Type": kind, "Properties": properties, "DependsOn": before}}})
    }
}

/// The properties of a role whose sessions last so long.
fn session(seconds: u32) -> Value {
    json!({"AssumeRolePolicyDocument": iam::trust(), "MaxSessionDuration": seconds})
}

/// A template with a whole role that may become [`Broken`].
fn whole(choices: &[Choice]) -> String {
    let role = json!({"Type": "AWS::IAM::Role", "Properties": session(3600)});
    Draft::of(choices).template(&json!({"Resources": {"Broken": role}}))
}

fn template(choices: &[Choice], broken: Option<&Broken>) -> String {
    let draft = Draft::of(choices);
    draft.template(&broken.map_or(json!({}), |broken| broken.members(&draft)))
}

fn choices() -> impl Strategy<Value = Vec<Choice>> {
    prop::collection::vec((any::<usize>(), any::<u8>(), any::<usize>()), 1..=MOST)
}

fn broken() -> impl Strategy<Value = Option<Broken>> {
    let broken = (any::<u8>(), any::<u64>()).prop_map(|(what, after)| Broken { what, after });
    prop::option::of(broken)
}

/// Templates as they are and as they become: some choices stay, some vary, some go, some are new.
fn changes() -> impl Strategy<Value = (Vec<Choice>, Vec<Choice>)> {
    let fates = prop::collection::vec((any::<u8>(), any::<u8>()), MOST);
    (choices(), fates, choices()).prop_map(|(old, fates, added)| {
        let mut new = Vec::new();
        for (choice, (fate, variation)) in old.iter().zip(fates) {
            match fate % 8 {
                0 => {}
                1 | 2 => new.push(*choice),
                _ => new.push((choice.0, variation, choice.2)),
            }
        }
        new.extend(added.into_iter().take(MOST / 2));
        (old, new)
    })
}

/// Stacks, with the time that things take if `is_real`.
fn stacks(is_real: bool) -> Stacks {
    let mut stacks = Stacks::new();
    if is_real {
        stacks.take_time();
    }
    elsewhere::put_children(&stacks.cloud);
    stacks.visit_region();
    stacks
}

/// Which resources there are, and with which properties.
fn made(stacks: &Stacks) -> BTreeSet<(String, String, String, String)> {
    let view = stacks.cloud.view();
    let rows = view.everywhere::<ResourceRow>();
    let made = rows.filter_map(|row| {
        let now = row.now.as_ref()?;
        let (stack, id) = (row.stack.clone(), row.logical_id.clone());
        Some((stack, id, now.physical.id.clone(), now.properties.to_string()))
    });
    made.collect()
}

/// Creates the stack; its status and events then.
fn create(stacks: &Stacks, caller: &Caller, template: &str) -> (&'static str, String) {
    stacks.run_as(caller, "CreateStack", Stacks::input("s", template)).unwrap();
    stacks.finish("s");
    (stacks.status("s"), stacks.events("s").join("\n"))
}

/// Updates the stack, if there is anything to be done.
fn update(stacks: &Stacks, template: &str) -> Option<(&'static str, String)> {
    let told = stacks.events("s").len();
    match stacks.update("s", template) {
        Err((_, text)) if text == crate::stack::update::NO_UPDATES => return None,
        answer => answer.unwrap(),
    };
    stacks.finish("s");
    Some((stacks.status("s"), stacks.events("s").split_off(told).join("\n")))
}

/// Deletes the stack: the account is as it was `before`.
fn delete(stacks: &Stacks, before: &str) {
    stacks.run("DeleteStack", json!({"StackName": "s"})).unwrap();
    stacks.finish("s");
    let events = || stacks.events("s").join("\n");
    assert_eq!(stacks.status("s"), "DELETE_COMPLETE", "{}", events());
    let view = stacks.cloud.view();
    let left = view.everywhere::<StackRow>().filter(|stack| stack.deleted.is_none());
    assert_eq!(left.map(|stack| stack.name.clone()).collect::<Vec<_>>(), [""; 0]);
    assert_eq!(made(stacks), BTreeSet::new());
    let after = account(stacks);
    assert!(after == before, "{}{}", difference(before, &after), events());
    account::check_traces_fade(stacks);
}

/// An address that was moved to another instance is nobody's once that association is taken back.
fn frees_address(events: &str) -> bool {
    let replaced =
        |line: &str| line.contains("EC2EIPAssociation") && line.contains("hence creating");
    events.lines().any(replaced)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn create_then_delete_is_nothing(choices in choices(), broken in broken(), is_real: bool) {
        let stacks = stacks(is_real);
        let before = account(&stacks);
        let (status, events) = create(&stacks, &root(), &template(&choices, broken.as_ref()));
        match status {
            "CREATE_COMPLETE" => prop_assert!(broken.is_none()),
            // Some collide.
            "ROLLBACK_COMPLETE" => {
                let after = account(&stacks);
                prop_assert!(after == before, "{}{events}", difference(&before, &after));
                prop_assert_eq!(made(&stacks), BTreeSet::new());
            }
            _ => prop_assert!(false, "{}: {}", status, events),
        }
        delete(&stacks, &before);
    }

    #[test]
    fn a_create_that_is_denied_something_leaves_nothing(
        choices in choices(), denied in prop::sample::subsequence(MAKING, 4), is_real: bool,
    ) {
        let stacks = stacks(is_real);
        let may = statement(json!([
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": &denied, "Resource": "*"},
        ]));
        let deployer = stacks.cloud.user("deployer", &may);
        let before = account(&stacks);
        let (status, events) = create(&stacks, &deployer, &template(&choices, None));
        if status != "CREATE_COMPLETE" {
            prop_assert_eq!(status, "ROLLBACK_COMPLETE", "{:?} {}", denied, events);
            let after = account(&stacks);
            prop_assert!(after == before, "{}{events}", difference(&before, &after));
        }
        delete(&stacks, &before);
    }

    #[test]
    fn an_update_that_fails_changes_nothing(
        (old, new) in changes(), broken in broken(), is_real: bool,
    ) {
        let stacks = stacks(is_real);
        let before = account(&stacks);
        let breaks = broken.as_ref().is_some_and(Broken::can_be_whole);
        let old = if breaks { whole(&old) } else { template(&old, None) };
        if create(&stacks, &root(), &old).0 == "CREATE_COMPLETE" {
            let made_before = made(&stacks);
            let settings_before = account::settings(&stacks);
            match update(&stacks, &template(&new, broken.as_ref())) {
                None => prop_assert!(broken.is_none()),
                Some(("UPDATE_COMPLETE", _)) => prop_assert!(broken.is_none()),
                Some(("UPDATE_ROLLBACK_COMPLETE", events)) => {
                    let made = made(&stacks);
                    prop_assert!(made == made_before, "{made_before:#?}\n{made:#?}\n{events}");
                    let settings = account::settings(&stacks);
                    let lost = difference(&settings_before, &settings);
                    prop_assert!(lost.is_empty() || frees_address(&events), "{lost}{events}");
                }
                Some((status, events)) => prop_assert!(false, "{}: {}", status, events),
            }
        }
        delete(&stacks, &before);
    }
}

/// Every recipe alone with what it needs, in several variations, each changed to the next.
#[test]
fn every_type_is_made_changed_and_deleted() {
    let mut complete = BTreeSet::new();
    for (number, recipe) in recipe::all().enumerate() {
        let stacks = stacks(false);
        let before = account(&stacks);
        let (status, events) = create(&stacks, &root(), &template(&[(number, 0, 0)], None));
        assert_eq!(status, "CREATE_COMPLETE", "{}: {events}", recipe.kind);
        for variation in 1..4 {
            if let Some((status, events)) =
                update(&stacks, &template(&[(number, variation, 0)], None))
            {
                assert_eq!(status, "UPDATE_COMPLETE", "{}: {events}", recipe.kind);
                assert!(!events.contains("_FAILED"), "{}: {events}", recipe.kind);
            }
        }
        let view = stacks.cloud.view();
        complete.extend(view.everywhere::<ResourceRow>().map(|row| row.kind.clone()));
        delete(&stacks, &before);
    }
    let supported = crate::resource::table::KINDS.iter().map(|kind| kind.name.to_owned());
    assert_eq!(complete, supported.collect());
}

/// Everything at once.
#[test]
fn all_types_live_in_one_stack() {
    let every = |variation: u8| {
        let numbers = 0..recipe::all().count();
        numbers.map(|number| (number, variation, number)).collect::<Vec<_>>()
    };
    let stacks = stacks(true);
    let before = account(&stacks);
    let draft = Draft::of(&every(0));
    let kinds: BTreeSet<&str> = draft.kinds().collect();
    assert_eq!(kinds.len(), crate::resource::table::KINDS.len());
    let (status, events) = create(&stacks, &root(), &template(&every(0), None));
    assert_eq!(status, "CREATE_COMPLETE", "{events}");
    let (status, events) = update(&stacks, &template(&every(1), None)).unwrap();
    assert_eq!(status, "UPDATE_COMPLETE", "{events}");
    delete(&stacks, &before);
}
