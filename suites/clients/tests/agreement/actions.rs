//! Which of a cross-account role's actions are missed at once, and which later: IP010.

use check::{Extra, Severity};
use clients::Server;
use serde_json::{Value, json};

use crate::ACCOUNT;
use crate::apply::Apply;
use crate::fixture::Fixture;

/// A role with these actions, for a workspace in a VPC that Databricks makes.
fn code(actions: &[&str]) -> String {
    let start = check::find("IP010").unwrap().failing;
    let own = r#"["ec2:RunInstances", "ec2:Describe*"]"#;
    assert!(start.contains(own));
    let workspace =
        "resource \"databricks_mws_workspaces\" \"this\" {\n  credentials_id = \"\"\n}\n";
    start.replace(own, &json!(actions).to_string()) + workspace
}

/// The actions on EC2 of the policy that Databricks documents.
fn documented() -> Vec<String> {
    let passing = Fixture::example("IP010", check::find("IP010").unwrap().passing);
    let graph = passing.graph();
    let policy = graph.resource("aws_iam_role_policy.cross_account").unwrap();
    let policy: Value = serde_json::from_str(policy.text("policy").unwrap()).unwrap();
    let statements = policy["Statement"].as_array().unwrap();
    let actions = statements.iter().filter_map(|it| it["Action"].as_array()).flatten();
    let all: Vec<String> = actions.map(|it| it.as_str().unwrap().to_owned()).collect();
    all.into_iter().filter(|action| action.starts_with("ec2:")).collect()
}

#[test]
fn a_missing_action_is_an_error_exactly_if_it_is_missed_at_once() {
    let server = Server::with_workspace(&["--ephemeral", "--account", ACCOUNT]);
    let all = documented();
    assert!(all.len() > 40, "{all:?}");
    let (mut wrong, mut seen) = (String::new(), 0);
    for missing in &all {
        let actions: Vec<&str> = all.iter().filter(|it| *it != missing).map(|it| &**it).collect();
        let fixture = Fixture::example("IP010", &code(&actions));
        let graph = fixture.graph();
        let findings = check::run(&graph, &Extra::default());
        // Actions of fleets are wanted where there are fleets.
        let Some(own) = findings.iter().find(|it| it.rule.id == "IP010") else { continue };
        let is_error = own.severity == Severity::Error;
        server.control("reset", "");
        let mut apply = Apply::new(&server, &graph, &fixture);
        let outcome = apply.run().and_then(|()| apply.launches());
        if is_error != outcome.is_err() {
            wrong.push_str(&format!("{missing}: {}, {outcome:?}\n", own.message));
        }
        seen += 1;
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(seen > 40, "{seen}");
}
