//! A cloud in memory with stacks whose turns are taken.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::sync::Arc;

use cloud::latency::Latency;
use cloud::testing::{Answer, Call, Cloud, Demands, account, root};
use cloud::{Caller, Demand, Fault, SealingKey, Secrets, Service};
use serde_json::{Value, json};

use crate::stack::StackRow;
use crate::turn::{self, Note, Objects, Outcome};

pub(crate) struct Stacks {
    pub(crate) cloud: Cloud,
}

fn find(name: &str, call: Call<'_>) -> Option<Answer> {
    if crate::table::OPERATIONS.iter().any(|entry| entry.name == name) {
        return crate::table::visit(name, call);
    }
    let has = |part: &[cloud::table::Entry]| part.iter().any(|entry| entry.name == name);
    // Of the names that several services have, IAM's are meant, then Lambda's.
    match cloud::testing::own(name) {
        Some(service) => cloud::table::visit(service, name, call),
        None if has(lambda::table::OPERATIONS) => lambda::table::visit(name, call),
        None if has(s3::table::OPERATIONS) => s3::table::visit(name, call),
        None if has(ssm::table::OPERATIONS) => ssm::table::visit(name, call),
        None => ec2::table::visit(name, call),
    }
}

fn demands(name: &str, call: Demands<'_>) -> Option<Vec<Demand>> {
    crate::table::visit(name, call)
}

impl Stacks {
    pub(crate) fn new() -> Self {
        let schema =
            crate::add_rows(lambda::add_rows(s3::add_rows(ec2::add_rows(cloud::schema::schema()))));
        Self { cloud: Cloud::with(schema, find, demands) }
    }

    /// What takes time on AWS takes time.
    pub(crate) fn take_time(&mut self) {
        let mut secrets = Secrets::new(SealingKey::new(&[1; 32]));
        secrets.latency = Latency::Real;
        self.cloud.secrets = Arc::new(secrets);
    }

    pub(crate) fn run(&self, name: &str, input: Value) -> Answer {
        self.run_as(&root(), name, input)
    }

    /// Runs an operation, then takes turns until nothing can be done any more.
    pub(crate) fn run_as(&self, caller: &Caller, name: &str, input: Value) -> Answer {
        let answer = self.cloud.run_as(caller, name, input);
        self.settle();
        answer
    }

    pub(crate) fn settle(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        loop {
            let mut progressed = false;
            let view = self.cloud.view();
            let stacks = view.everywhere::<StackRow>().filter(|stack| stack.work.is_some());
            let ids: Vec<String> = stacks.map(|stack| stack.id.clone()).collect();
            for id in ids {
                progressed |= self.turn(&id, &mut notes);
            }
            if !progressed {
                return notes;
            }
        }
    }

    /// Takes a turn, with the objects that it wants.
    pub(crate) fn turn(&self, id: &str, notes: &mut Vec<Note>) -> bool {
        let mut outcome = self.turn_with(id, Objects::new());
        if !outcome.wants.is_empty() {
            notes.append(&mut outcome.notes);
            let wants = outcome.wants.iter();
            let seen = wants.map(|(id, wanted, _)| (id.clone(), self.cloud.object(wanted)));
            outcome = self.turn_with(id, seen.collect());
        }
        notes.extend(outcome.notes);
        outcome.progressed
    }

    fn turn_with(&self, id: &str, objects: Objects) -> Outcome {
        let itself = Caller::Service { name: "cloudformation.amazonaws.com", account: account() };
        let id = id.to_owned();
        let outcome = self.cloud.act(&itself, Service::CloudFormation, move |act| {
            let status =
                |_: Service, fault: &Fault| if fault.code == "AccessDenied" { 403 } else { 400 };
            turn::turn(act, &id, &objects, status)
        });
        outcome.expect("rows are stored")
    }

    /// Takes turns until the stack is done with what it does, while time passes.
    pub(crate) fn finish(&self, name: &str) {
        for _ in 0..100 {
            if self.stack(name).work.is_none() {
                return;
            }
            self.cloud.sleep(30);
            self.settle();
        }
        panic!("{name} is still {}", self.status(name));
    }

    pub(crate) fn create(&self, name: &str, template: &str) -> Answer {
        self.run("CreateStack", Self::input(name, template))
    }

    pub(crate) fn update(&self, name: &str, template: &str) -> Answer {
        self.run("UpdateStack", Self::input(name, template))
    }

    pub(crate) fn input(name: &str, template: &str) -> Value {
        json!({
            "StackName": name, "TemplateBody": template, "Capabilities": ["CAPABILITY_NAMED_IAM"],
        })
    }

    pub(crate) fn stack(&self, name: &str) -> StackRow {
        let view = self.cloud.view();
        let found = view.everywhere::<StackRow>().filter(|stack| stack.name == name);
        StackRow::clone(found.last().expect("there is such a stack"))
    }

    pub(crate) fn status(&self, name: &str) -> &'static str {
        self.stack(name).status.name()
    }

    /// `ID STATUS reason` of every event, oldest first; what differs from run to run is left out.
    pub(crate) fn events(&self, name: &str) -> Vec<String> {
        let stack = self.stack(name);
        let view = self.cloud.view();
        let events = view.everywhere::<crate::event::EventRow>();
        let of_stack = events.filter(|event| event.stack == stack.id);
        of_stack
            .map(|event| {
                let reason = event.reason.as_deref().unwrap_or_default();
                let reason = reason.split(" (Service").next().unwrap_or_default();
                format!("{} {} {reason}", event.logical_id, event.status).trim_end().to_owned()
            })
            .collect()
    }

    /// The first thing of a region brings its default VPC along: from here on nothing does.
    pub(crate) fn visit_region(&self) {
        let vpc = self.run("CreateVpc", json!({"CidrBlock": "10.9.0.0/16"})).unwrap();
        self.run("DeleteVpc", json!({"VpcId": vpc["vpc"]["vpcId"]})).unwrap();
    }

    /// All rows that are not CloudFormation's own, as text.
    pub(crate) fn others(&self) -> String {
        let mut all: Value = serde_json::from_str(&self.cloud.export()).unwrap();
        let tables = all["tables"].as_object_mut().unwrap();
        tables.retain(|name, _| !name.starts_with("cloudformation_"));
        all.to_string()
    }
}
