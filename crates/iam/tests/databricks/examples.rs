//! The files in `examples` are what they claim to be: policies that parse, commands and batches that
//! get the answers printed beside them.
//!
//! Commands and batches are read here a second time, in the form that the command line documents, so
//! that the documents are held against the engine itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use iam::json::{self, Node};
use iam::{Caller, Level, NamedPolicy, PolicyKind, Surroundings, message};

use super::world::{Demand, caller, decide, example, level, named, set, shipped};

/// Every shipped policy, and what it is.
const POLICIES: [(&str, PolicyKind); 14] = [
    ("control-plane-assume-role", PolicyKind::Identity),
    ("cross-account-bucket", PolicyKind::Resource),
    ("cross-account-trust", PolicyKind::Trust),
    ("customer-managed-vpc-restricted", PolicyKind::Identity),
    ("customer-managed-vpc", PolicyKind::Identity),
    ("databricks-managed-vpc", PolicyKind::Identity),
    ("ec2-trust", PolicyKind::Trust),
    ("pass-instance-role", PolicyKind::Identity),
    ("permissions-boundary", PolicyKind::Boundary),
    ("s3-access", PolicyKind::Identity),
    ("scp-deny-assume-role", PolicyKind::ServiceControl),
    ("scp-full-aws-access", PolicyKind::ServiceControl),
    ("scp-require-cost-center-tag", PolicyKind::ServiceControl),
    ("sql-serverless-trust", PolicyKind::Trust),
];

/// What IAM stores at most, in characters that are not white space (IAM user guide, "IAM and STS
/// quotas"; Organizations user guide, "Quotas"; S3 user guide, "Bucket policies").
fn largest(kind: PolicyKind) -> usize {
    match kind {
        PolicyKind::Identity => 10_240,
        PolicyKind::Trust => 2_048,
        PolicyKind::Resource => 20_480,
        PolicyKind::Boundary => 6_144,
        PolicyKind::ServiceControl => 5_120,
        other => panic!("no example is of kind {other}"),
    }
}

#[test]
fn every_shipped_policy_is_one_of_its_kind_and_fits() {
    let files = files("policies", "json");
    let listed: Vec<String> = POLICIES.iter().map(|(name, _)| format!("{name}.json")).collect();
    assert_eq!(files.keys().cloned().collect::<Vec<_>>(), listed);
    let readme = fs::read_to_string(example("README.md")).unwrap();
    for (name, kind) in POLICIES {
        let policy = shipped(name, kind).policy;
        let size = policy.text().chars().filter(|character| !character.is_whitespace()).count();
        assert!(size <= largest(kind), "{name}: {size}");
        let row = readme.lines().find(|line| line.contains(&format!("`{name}.json` | ")));
        assert!(row.is_some_and(|row| row.contains(&format!("| {} |", kind.name()))), "{name}");
    }
}

/// Every command in the stories, against the exit status and the sentence that follow it.
#[test]
fn the_stories_end_as_they_say() {
    let mut commands = 0;
    for (file, text) in files("simulate", "md") {
        for story in text.split("```sh\n").skip(1) {
            let (command, outcome) = story.split_once("```").expect("the end of the command");
            let (request, around) = simulation(command);
            let decision = decide(&request, &around);
            let quoted: Vec<&str> =
                outcome.lines().filter_map(|line| line.strip_prefix("> ")).collect();
            let said = message::denial(&decision, &request, &around).unwrap_or_default();
            assert_eq!(quoted.join(" "), said, "{file}\n{command}");
            let status = if decision.is_allowed() {
                "Allowed: exit status 0."
            } else {
                "Denied: exit status 1."
            };
            assert_eq!(outcome.trim_start().lines().next(), Some(status), "{file}\n{command}");
            commands += 1;
        }
    }
    assert_eq!(commands, 9);
}

#[test]
fn the_batch_is_answered_as_printed() {
    let read = |name: &str| fs::read_to_string(example("simulate").join(name)).unwrap();
    let (requests, answers) = (read("batch.jsonl"), read("batch-answers.jsonl"));
    assert_eq!((requests.lines().count(), answers.lines().count()), (24, 24));
    for (line, answer) in requests.lines().zip(answers.lines()) {
        let node = json::parse(line.as_bytes()).unwrap();
        let (request, around) = batch_entry(&node, line);
        let decision = decide(&request, &around);
        let mut found = String::from("{\"id\":");
        json::write_string(&mut found, node.get("id").and_then(Node::as_str).unwrap());
        found += &format!(",\"decision\":\"{}\",\"blockedBy\":[", decision.verdict.name());
        let gates: Vec<String> =
            decision.blocked_by.iter().map(|gate| format!("\"{}\"", gate.name())).collect();
        found += &format!("{}],\"message\":", gates.join(","));
        match message::denial(&decision, &request, &around) {
            Some(sentence) => json::write_string(&mut found, &sentence),
            None => found += "null",
        }
        assert_eq!(format!("{found}}}"), answer);
    }
}

/// Names and texts of the files of `folder` that end in `extension`.
fn files(folder: &str, extension: &str) -> BTreeMap<String, String> {
    fs::read_dir(example(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// A `rolecall simulate` command. Several `--scp` are policies of one level.
fn simulation(command: &str) -> (iam::Request, Surroundings) {
    let words: Vec<String> = command
        .replace("\\\n", " ")
        .split_whitespace()
        .map(|word| word.trim_matches('\'').to_owned())
        .collect();
    assert_eq!(words[..2], ["rolecall", "simulate"]);
    let mut options: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for pair in words[2..].chunks(2) {
        options.entry(pair[0].trim_start_matches("--")).or_default().push(&pair[1]);
    }
    let mut take = |name: &str| options.remove(name).unwrap_or_default();
    let action: &'static str = String::leak(take("action")[0].to_owned());
    let mut demand = bare(action, take("resource")[0]);
    for pair in take("context") {
        let (key, value) = pair.split_once('=').expect("key=value");
        demand = demand.with(key, value);
    }
    let principal = caller(take("principal")[0]);
    let policies =
        |files: Vec<&str>, kind| files.into_iter().map(|path| file(path, kind)).collect();
    let identity: Vec<NamedPolicy> = policies(take("identity"), PolicyKind::Identity);
    let scps: Vec<NamedPolicy> = policies(take("scp"), PolicyKind::ServiceControl);
    let around = Surroundings {
        identity: set(identity),
        service_control: if scps.is_empty() { Vec::new() } else { vec![level("r", scps)] },
        ..Surroundings::default()
    };
    assert!(options.is_empty(), "unread options: {options:?}");
    (demand.request(&principal), around)
}

fn file(path: &str, kind: PolicyKind) -> NamedPolicy {
    let full = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(path);
    named(path, &fs::read_to_string(full).unwrap(), kind)
}

/// A demand with the keys that are given and no other.
fn bare(action: &'static str, resource: &str) -> Demand {
    Demand { context: Vec::new(), ..Demand::new(action, resource) }
}

/// One line of a batch.
fn batch_entry(node: &Node, line: &str) -> (iam::Request, Surroundings) {
    let text = |key: &str| node.get(key).and_then(Node::as_str);
    let leak = |text: &str| -> &'static str { String::leak(text.to_owned()) };
    let mut demand = bare(leak(text("action").unwrap()), text("resource").unwrap());
    for member in node.get("context").unwrap().members() {
        let values: Vec<&str> =
            member.value.one_or_many().iter().filter_map(Node::as_str).collect();
        demand = demand.with_all(&member.key, &values);
    }
    demand.resource_account = text("resourceAccount").map(leak);
    let list = |key: &str, kind| -> Vec<NamedPolicy> {
        let nodes = node.get(key).map(Node::one_or_many).unwrap_or_default();
        nodes.iter().map(|node| embedded(node, line, kind)).collect()
    };
    let gate = |key: &str, kind| Some(list(key, kind)).filter(|list| !list.is_empty()).map(set);
    let trust = text("action").unwrap() == "sts:AssumeRole";
    let resource_kind = if trust { PolicyKind::Trust } else { PolicyKind::Resource };
    let around = Surroundings {
        identity: set(list("identityPolicies", PolicyKind::Identity)),
        resource: gate("resourcePolicy", resource_kind),
        boundary: gate("permissionBoundaries", PolicyKind::Boundary),
        service_control: node.get("scps").map_or_else(Vec::new, |scps| levels(scps, line)),
        ..Surroundings::default()
    };
    (demand.request(&principal(node.get("principal").unwrap())), around)
}

fn principal(node: &Node) -> Caller {
    match (node.as_str(), node.get("service").and_then(Node::as_str)) {
        (Some(text), _) => caller(text),
        (None, Some(service)) => Caller::service(service),
        (None, None) => Caller::anonymous(),
    }
}

fn levels(scps: &Node, line: &str) -> Vec<Level> {
    let entry = |node: &Node| {
        let policies = node.get("policies").unwrap().one_or_many();
        let policies = policies.iter().map(|node| embedded(node, line, PolicyKind::ServiceControl));
        level(node.get("orgIdentifier").and_then(Node::as_str).unwrap(), policies)
    };
    scps.one_or_many().iter().map(entry).collect()
}

/// A document, or one with its name. It must say what one of the shipped files says, so that the
/// batch does not drift away from them.
fn embedded(node: &Node, line: &str, kind: PolicyKind) -> NamedPolicy {
    let name = node.get("name").and_then(Node::as_str).unwrap_or_default();
    let document = node.get("document").unwrap_or(node);
    let policy = named(name, document.span.of(line), kind);
    let known = POLICIES
        .iter()
        .filter(|(_, known)| *known == kind)
        .any(|(file, kind)| shipped(file, *kind).policy.says_the_same(&policy.policy));
    assert!(known, "no shipped policy says {}", policy.policy.text());
    policy
}
