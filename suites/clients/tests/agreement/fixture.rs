//! The fixtures of the rules, in every language.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use check::RULES;
use source::{Graph, Memory, Options};
use template::{Node, Place, Pseudo, Text, Value};

use crate::ACCOUNT;
use crate::databricks::ACCOUNT_ID;

/// One of them.
#[derive(Debug)]
pub(crate) struct Fixture {
    pub(crate) name: String,
    file: String,
    text: String,
}

impl Fixture {
    /// All of them: each rule's own examples, and the files beside the rules' tests.
    pub(crate) fn all() -> Vec<Self> {
        let mut found = Vec::new();
        for rule in RULES {
            for (name, text) in [("fail", rule.failing), ("pass", rule.passing)] {
                found.push(Self::of(format!("{} {name}", rule.id), "main.tf", text));
            }
        }
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/check/tests/fixtures");
        for rule in fs::read_dir(folder).unwrap() {
            let rule = rule.unwrap();
            for file in fs::read_dir(rule.path()).unwrap() {
                let path = file.unwrap().path();
                let file = path.file_name().unwrap().to_str().unwrap();
                if file.ends_with(".tfstate") {
                    continue;
                }
                let name = format!("{} {file}", rule.file_name().display());
                found.push(Self::of(name, file, &fs::read_to_string(&path).unwrap()));
            }
        }
        found
    }

    /// One of the rules' own examples.
    pub(crate) fn example(id: &str, text: &str) -> Self {
        Self::of(id.to_owned(), "main.tf", text)
    }

    fn of(name: String, file: &str, text: &str) -> Self {
        // Plans were made for an account of Databricks that is not the server's.
        let text = text.replace("0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9", ACCOUNT_ID);
        Self { name, file: file.to_owned(), text }
    }

    /// The same in another AWS account.
    pub(crate) fn in_account(mut self, account: &str) -> Self {
        self.text = self.text.replace(ACCOUNT, account);
        self
    }

    pub(crate) fn graph(&self) -> Graph {
        let memory = Memory(BTreeMap::from([(self.file.clone(), self.text.clone())]));
        let variable = |name: &str, value: &str| {
            let node = Node::new(Value::Text(Text::literal(value)), Place::default());
            (name.to_owned(), node)
        };
        let options = Options {
            variables: BTreeMap::from([
                variable("databricks_account_id", ACCOUNT_ID),
                variable("aws_account_id", ACCOUNT),
                variable("ExternalId", ACCOUNT_ID),
            ]),
            pseudo: Pseudo {
                account_id: Some(ACCOUNT.to_owned()),
                partition: Some("aws".to_owned()),
                url_suffix: Some("amazonaws.com".to_owned()),
                region: Some("us-east-1".to_owned()),
                ..Pseudo::default()
            },
        };
        let graph = source::read(&memory, &self.file, &options).remove(0);
        let broken: Vec<_> = graph.notices.iter().filter(|notice| notice.is_error).collect();
        assert!(broken.is_empty(), "{}: {broken:?}", self.name);
        graph
    }
}
