//! What `rolecall check --format …` prints for programs, with file names and texts that each format has to escape; and
//! that the pre-commit hook and the workflow that ship ask for what there is.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "support/run.rs"]
mod support;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;
use support::{Folder, rolecall};

/// An error with a fix that is certain, a warning, and a name that no format can print as it is.
const CODE: &str = r#"resource "aws_iam_role" "app" {
  name = "a<&\"b"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
resource "aws_iam_instance_profile" "app" {
  name = "app-profile"
  role = aws_iam_role.app.name
}
resource "aws_instance" "app" {
  ami                  = "ami-0abcdef1234567890"
  iam_instance_profile = aws_iam_role.app.name
}
resource "databricks_instance_pool" "pool" {
  aws_attributes {
    zone_id = "us-east-1"
  }
}
"#;

/// A name of a file that is a sentence in a workflow command, an escape in a URI and a mistake in XML.
const ODD: &str = "a,b:<&>%41 é.tf";

fn folder() -> Folder {
    Folder::with(&[(ODD, CODE), ("broken.tf.json", "{\"resource\": <&>}")])
}

fn printed(format: &str) -> String {
    let run = rolecall(&folder(), &["check", "--format", format]);
    assert_eq!(run.status, 2, "{}", run.stderr);
    run.stdout
}

#[test]
fn concise_is_one_line_a_finding() {
    let told = printed("concise");
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 3, "{told}");
    assert!(lines.iter().any(|line| {
        line.starts_with("a,b:<&>%41 é.tf:14:26: error IP003: this is the name of a role")
    }));
}

#[test]
fn annotations_of_github_are_escaped() {
    let told = printed("github");
    assert_eq!(told.lines().count(), 3, "{told}");
    assert!(
        told.lines().all(|line| line.starts_with("::error ") || line.starts_with("::warning ")),
        "{told}"
    );
    let start = "::error file=a%2Cb%3A<&>%2541 é.tf,line=14,endLine=14,col=26,title=IP003 role-for-profile::this is";
    assert!(told.lines().any(|line| line.starts_with(start)), "{told}");
    // What follows the message's first line is part of the message.
    assert!(
        told.contains("%0Arefer to it by the right attribute:%0Aaws_iam_instance_profile.app.name"),
        "{told}"
    );
}

#[test]
fn junit_is_well_formed() {
    let told = printed("junit");
    let mut reader = Reader::from_str(&told);
    let mut counts = [("testcase", 0), ("failure", 0), ("error", 0)];
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                assert!(element.attributes().all(|attribute| attribute.is_ok()), "{told}");
                let name = element.name();
                let name: &str = name.as_ref();
                let slot = counts.iter_mut().find(|(it, _)| *it == name);
                slot.into_iter().for_each(|(_, count)| *count += 1);
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => panic!("{error}\n{told}"),
        }
    }
    let [(_, cases), (_, failures), (_, errors)] = counts;
    assert_eq!((failures, errors), (2, 1), "{told}");
    let said =
        format!("<testsuites tests=\"{cases}\" failures=\"{failures}\" errors=\"{errors}\">");
    assert!(told.contains(&said), "{told}");
    assert!(told.contains(">a,b:&lt;&amp;&gt;%41 é.tf:14:26</failure>"), "{told}");
}

#[test]
fn json_says_where_and_what_to_write() {
    let json: Value = serde_json::from_str(&printed("json")).unwrap();
    let finding = &json["findings"][0];
    assert_eq!((&finding["rule"], &finding["place"]["line"]), (&"IP003".into(), &14.into()));
    assert_eq!(finding["place"]["file"], ODD);
    assert_eq!(finding["fix"]["edits"][0]["text"], "aws_iam_instance_profile.app.name");
    assert_eq!(json["problems"][0]["place"]["file"], "broken.tf.json");
}

/// The properties that SARIF's schema demands of what we print, and no others.
#[test]
fn sarif_has_the_form_of_its_schema() {
    let sarif: Value = serde_json::from_str(&printed("sarif")).unwrap();
    assert_eq!(keys(&sarif), ["$schema", "runs", "version"]);
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    assert_eq!(keys(run), ["columnKind", "results", "tool"]);
    let driver = &run["tool"]["driver"];
    assert_eq!(keys(driver), ["name", "rules", "semanticVersion"]);
    let rules = driver["rules"].as_array().unwrap();
    for rule in rules {
        assert!(rule["id"].is_string() && rule["shortDescription"]["text"].is_string(), "{rule}");
    }
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["note", "warning", "error"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        located(&result["locations"][0]);
        result["relatedLocations"].as_array().into_iter().flatten().for_each(located);
    }
    let result = results.iter().find(|it| it["ruleId"] == "IP003").unwrap();
    assert_eq!(
        keys(result),
        ["fixes", "level", "locations", "message", "relatedLocations", "ruleId", "ruleIndex"]
    );
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%2Cb%3A%3C%26%3E%2541%20%C3%A9.tf");
    assert_eq!(place["region"]["startColumn"], 26);
    let change = &result["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"], place["artifactLocation"]);
    assert_eq!(change["replacements"][0]["deletedRegion"], place["region"]);
    let text = &change["replacements"][0]["insertedContent"]["text"];
    assert_eq!(text, "aws_iam_instance_profile.app.name");
}

fn located(location: &Value) {
    let place = &location["physicalLocation"];
    let uri = place["artifactLocation"]["uri"].as_str().unwrap();
    assert!(!uri.is_empty() && uri.bytes().all(|byte| byte.is_ascii_graphic()), "{uri}");
    for at in ["startLine", "startColumn", "endLine", "endColumn"] {
        assert!(place["region"][at].as_u64().is_some_and(|at| at >= 1), "{place}");
    }
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// What the hook and the workflow run, run here: an option that is gone would end in status 2 and nothing printed.
#[test]
fn the_hook_and_the_workflow_are_current() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let hook = std::fs::read_to_string(format!("{root}/.pre-commit-hooks.yaml")).unwrap();
    let value = |key: &str| {
        let start = format!("  {key}: ");
        hook.lines().find_map(|line| line.strip_prefix(&start)).unwrap().to_owned()
    };
    let arguments = value("args");
    let arguments = arguments.trim_matches(['[', ']']).replace(", ", " ");
    let mut commands = vec![format!("{} {arguments}", value("entry"))];
    let path = format!("{root}/examples/github-actions/rolecall-check.yml");
    let workflow = std::fs::read_to_string(path).unwrap();
    let runs = workflow.lines().filter_map(|line| line.trim().strip_prefix("run: rolecall "));
    commands.extend(runs.map(|line| format!("rolecall {}", line.split(" >").next().unwrap())));
    assert_eq!(commands.len(), 3, "{commands:?}");
    let folder = Folder::with(&[("main.tf", CODE)]);
    for command in commands {
        let words: Vec<&str> = command.split(' ').collect();
        let run = rolecall(&folder, &words[1..]);
        assert_eq!((words[0], run.status), ("rolecall", 1), "{command}: {}", run.stderr);
        assert!(run.stdout.contains("IP003"), "{command}: {}", run.stdout);
    }
    // The files that the hook starts for are those that are read.
    for ending in ["tf", "tf\\.json", "tfvars", "ya?ml", "json"] {
        assert!(value("files").contains(ending), "{ending}");
    }
}
