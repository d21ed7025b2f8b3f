//! Agreement: fixtures that are IAM alone are applied to rolecall's own IAM, in memory, in the order in which Terraform
//! and CloudFormation would. A finding of severity error must end in a refusal there, and code without errors must not.
//!
//! Which rules have which oracle, and which of them wait for the Databricks half: `docs/fidelity/check.md`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail loudly")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use check::{Extra, Oracle, RULES, Severity};
use cloud::testing::{ACCOUNT, Cloud};
use serde_json::json;
use source::{Graph, Memory, Options, Resource};
use template::{Node, Pseudo, write_json};

/// Kinds that are applied; code with others is left to the tests of the whole server.
const APPLIED: [&str; 12] = [
    "aws_iam_role",
    "aws_iam_policy",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_iam_instance_profile",
    "aws_iam_policy_document",
    "AWS::IAM::Role",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::Policy",
    "aws_caller_identity",
    "aws_partition",
];

/// Applies a graph and tells the first refusal.
struct Apply<'g> {
    graph: &'g Graph,
    cloud: Cloud,
    refused: Option<String>,
}

impl<'g> Apply<'g> {
    fn run(graph: &'g Graph) -> Option<String> {
        let mut apply = Self { graph, cloud: Cloud::new(), refused: None };
        for kinds in [
            ["aws_iam_policy", "AWS::IAM::ManagedPolicy"],
            ["aws_iam_role", "AWS::IAM::Role"],
            ["aws_iam_role_policy", "AWS::IAM::Policy"],
            ["aws_iam_instance_profile", "AWS::IAM::InstanceProfile"],
        ] {
            for resource in
                graph.resources.iter().filter(|it| !it.is_data && kinds.contains(&&*it.kind))
            {
                apply.resource(resource);
            }
        }
        apply.refused
    }

    fn resource(&mut self, resource: &Resource) {
        let name = self.name(resource);
        match &*resource.kind {
            "aws_iam_role" | "AWS::IAM::Role" => {
                let trust = resource
                    .get("assume_role_policy")
                    .or_else(|| resource.get("AssumeRolePolicyDocument"));
                let document = self.text(trust.unwrap());
                self.ask(
                    "CreateRole",
                    json!({"RoleName": name, "AssumeRolePolicyDocument": document}),
                );
                for block in
                    resource.blocks("inline_policy").iter().chain(resource.blocks("Policies"))
                {
                    let node = block.get("policy").or_else(|| block.get("PolicyDocument")).unwrap();
                    self.put(&name, node);
                }
            }
            "aws_iam_policy" | "AWS::IAM::ManagedPolicy" => {
                let node =
                    resource.get("policy").or_else(|| resource.get("PolicyDocument")).unwrap();
                let document = self.text(node);
                self.ask("CreatePolicy", json!({"PolicyName": name, "PolicyDocument": document}));
            }
            "aws_iam_role_policy" => {
                let role = self.text(resource.get("role").unwrap());
                self.put(&role, resource.get("policy").unwrap());
            }
            "AWS::IAM::Policy" => {
                for role in resource.blocks("Roles") {
                    let role = self.text(role);
                    self.put(&role, resource.get("PolicyDocument").unwrap());
                }
            }
            _ => {
                self.ask("CreateInstanceProfile", json!({"InstanceProfileName": name}));
                for role in resource.blocks("role").iter().chain(resource.blocks("Roles")) {
                    let role = self.text(role);
                    let input = json!({"InstanceProfileName": name, "RoleName": role});
                    self.ask("AddRoleToInstanceProfile", input);
                }
            }
        }
    }

    fn put(&mut self, role: &str, document: &Node) {
        let document = self.text(document);
        self.ask(
            "PutRolePolicy",
            json!({"RoleName": role, "PolicyName": "inline", "PolicyDocument": document}),
        );
    }

    fn ask(&mut self, operation: &str, input: serde_json::Value) {
        if let Err((code, message)) = self.cloud.run(operation, input)
            && self.refused.is_none()
        {
            self.refused = Some(format!("{operation}: {code}: {message}"));
        }
    }

    /// The name that is written, or one that the provider would make.
    fn name(&self, resource: &Resource) -> String {
        let names = ["name", "RoleName", "InstanceProfileName", "ManagedPolicyName"];
        let written = names.iter().find_map(|name| resource.get(name));
        written.map_or_else(|| resource.label().to_owned(), |node| self.text(node))
    }

    /// A document or a name, with what the cloud would know filled in.
    fn text(&self, node: &Node) -> String {
        let text = node.as_text().unwrap_or_else(|| {
            let mut json = String::new();
            write_json(node, &mut json);
            template::Text::from_marked(json)
        });
        text.fill(|id| match self.graph.origin_of(id) {
            Some((resource, "arn" | "Arn")) => {
                format!("arn:aws:iam::{ACCOUNT}:role/{}", self.name(resource))
            }
            Some((resource, _)) => self.name(resource),
            None => "0000".to_owned(),
        })
        .into_owned()
    }
}

/// Every fixture and example: its name, its file and its text.
fn all() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for rule in RULES {
        for (name, text) in [("fail", rule.failing), ("pass", rule.passing)] {
            found.push((format!("{} {name}", rule.id), "main.tf".to_owned(), text.to_owned()));
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for rule in fs::read_dir(folder).unwrap() {
        for file in fs::read_dir(rule.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if name.ends_with(".yaml") {
                found.push((path.display().to_string(), name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

#[test]
fn what_is_an_error_is_refused_and_what_is_clean_is_not() {
    let mut wrong = String::new();
    let (mut refusals, mut successes) = (0, 0);
    for (name, file, text) in all() {
        let memory = Memory(BTreeMap::from([(file.clone(), text)]));
        let pseudo = Pseudo {
            account_id: Some(ACCOUNT.to_owned()),
            partition: Some("aws".to_owned()),
            url_suffix: Some("amazonaws.com".to_owned()),
            region: Some("us-east-1".to_owned()),
            ..Pseudo::default()
        };
        let options = Options { pseudo, ..Options::default() };
        let graph = source::read(&memory, &file, &options).remove(0);
        if graph.resources.iter().any(|resource| !APPLIED.contains(&&*resource.kind)) {
            continue;
        }
        let findings = check::run(&graph, &Extra::default());
        let errors = findings.iter().filter(|it| {
            it.severity == Severity::Error && matches!(it.rule.oracle, Oracle::ApplyRefused)
        });
        let errors: Vec<&str> = errors.map(|it| it.message.as_str()).collect();
        match (errors.is_empty(), Apply::run(&graph)) {
            (false, Some(_)) => refusals += 1,
            (true, None) => successes += 1,
            (false, None) => {
                wrong.push_str(&format!("{name}: nothing was refused, and {errors:?}\n"))
            }
            (true, Some(refusal)) => wrong.push_str(&format!("{name}: no error, and {refusal}\n")),
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(refusals >= 5 && successes >= 15, "{refusals} refused, {successes} applied");
}
