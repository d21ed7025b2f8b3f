//! Every rule's own examples: what is said to fail is found by that rule, and what is said to pass has no error.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail loudly")]

use std::collections::BTreeMap;

use check::{Extra, Finding, RULES, Severity};
use source::{Graph, Memory, Options};

fn graph(name: &str, text: &str) -> Graph {
    let memory = Memory(BTreeMap::from([(name.to_owned(), text.to_owned())]));
    source::read(&memory, name, &Options::default()).remove(0)
}

fn told(findings: &[Finding]) -> String {
    let line = |it: &Finding| format!("{} {} {}\n", it.rule.id, it.severity.name(), it.message);
    findings.iter().map(line).collect()
}

/// What IP103 needs beside the code.
fn extra() -> Extra {
    let text = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "CostCenter", "Effect": "Deny",
        "Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:*:*:instance/*",
        "Condition": {"Null": {"aws:RequestTag/CostCenter": "true"}}}]}"#;
    let tree = source::parse_json(text, None, template::Place::default()).unwrap();
    Extra { scps: vec![("cost-center.json".to_owned(), tree)] }
}

#[test]
fn examples_do_what_they_say() {
    let mut wrong = String::new();
    for rule in RULES {
        let extra = if rule.id == "IP103" { extra() } else { Extra::default() };
        for (name, text, fails) in
            [("failing", rule.failing, true), ("passing", rule.passing, false)]
        {
            let graph = graph("main.tf", text);
            for notice in &graph.notices {
                wrong.push_str(&format!("{} {name}: {}\n", rule.id, notice.message));
            }
            let findings = check::run(&graph, &extra);
            let own: Vec<&Finding> = findings.iter().filter(|it| it.rule.id == rule.id).collect();
            let own_bad = own.iter().filter(|it| it.severity > Severity::Note).count();
            let errors = findings.iter().filter(|it| it.severity == Severity::Error);
            let others = errors.filter(|it| it.rule.id != rule.id).count();
            if (own_bad > 0) != fails || others > 0 {
                wrong.push_str(&format!("{} {name} gives:\n{}", rule.id, told(&findings)));
            }
            if fails && !own.iter().any(|it| it.fix.is_some()) {
                wrong.push_str(&format!("{} {name}: no fix\n", rule.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
