//! Fixtures beside the rules' own examples: CloudFormation and real plans for each rule that they can show, the
//! corpus of sound code, and the pages of the rules in `docs/rules`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail loudly")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use check::{Extra, Finding, Language, RULES, Severity};
use source::{Folder, Memory, Options};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Every file below `folder`, by its path as seen from there.
fn files(folder: &Path) -> Memory {
    fn add(folder: &Path, prefix: &str, out: &mut BTreeMap<String, String>) {
        let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(Result::unwrap).collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
            if entry.path().is_dir() {
                add(&entry.path(), &format!("{name}/"), out);
            } else {
                out.insert(name, fs::read_to_string(entry.path()).unwrap());
            }
        }
    }
    let mut out = BTreeMap::new();
    add(folder, "", &mut out);
    Memory(out)
}

fn findings(memory: &Memory, path: &str) -> Vec<String> {
    findings_with(memory, path, &Extra::default())
}

/// What IP103 needs beside the code.
fn scp() -> Extra {
    let text = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "CostCenter", "Effect": "Deny",
        "Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:*:*:instance/*",
        "Condition": {"Null": {"aws:RequestTag/CostCenter": "true"}}}]}"#;
    let tree = source::parse_json(text, None, template::Place::default()).unwrap();
    Extra { scps: vec![("cost-center.json".to_owned(), tree)] }
}

fn findings_with(memory: &Memory, path: &str, extra: &Extra) -> Vec<String> {
    let mut out = Vec::new();
    for graph in source::read(memory, path, &Options::default()) {
        let broken = graph.notices.iter().filter(|notice| notice.is_error);
        out.extend(broken.map(|notice| format!("error broken: {}", notice.message)));
        let line = |it: &Finding| format!("{} {} {}", it.severity.name(), it.rule.id, it.message);
        out.extend(check::run(&graph, extra).iter().map(line));
    }
    out
}

#[test]
fn fixtures_in_other_languages_do_what_they_say() {
    let memory = files(&here("tests/fixtures"));
    let mut wrong = String::new();
    let mut seen = 0;
    for path in memory.0.keys().filter(|path| is_fixture(path)) {
        let (id, name) = path.split_once('/').unwrap();
        let extra = if id == "IP103" { scp() } else { Extra::default() };
        let found = findings_with(&memory, path, &extra);
        let own = found.iter().any(|line| line.contains(id) && !line.starts_with("note"));
        let others = found.iter().any(|line| line.starts_with("error") && !line.contains(id));
        let fails = name.starts_with("fail");
        if own != fails || others {
            wrong.push_str(&format!("{path}: {found:#?}\n"));
        }
        seen += 1;
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(seen >= 78, "{seen}");
}

/// What plans are made of is no fixture itself.
fn is_fixture(path: &str) -> bool {
    !path.ends_with(".plan.tf") && !path.ends_with(".plan.tfstate")
}

#[test]
fn every_rule_has_fixtures_in_every_language_that_it_is_seen_in() {
    let memory = files(&here("tests/fixtures"));
    let mut wrong = String::new();
    for rule in RULES {
        for (language, ending) in
            [(Language::Plan, "plan.json"), (Language::CloudFormation, "yaml")]
        {
            let unseen = rule.is_unseen_in(language);
            for name in ["fail", "pass"] {
                let path = format!("{}/{name}.{ending}", rule.id);
                if memory.0.contains_key(&path) == unseen.is_some() {
                    wrong.push_str(&format!("{path}: {unseen:?}\n"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What the pages say of plans: the same argument in one, which no comment can explain.
#[test]
fn what_is_not_seen_in_plans_is_not_found_there() {
    for rule in RULES.iter().filter(|rule| rule.is_unseen_in(Language::Plan).is_some()) {
        let plan = r#"{"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": [{
            "address": "databricks_instance_profile.etl", "mode": "managed",
            "type": "databricks_instance_profile", "name": "etl",
            "change": {"actions": ["create"], "before": null, "after": {
                "instance_profile_arn": "arn:aws:iam::123456789012:instance-profile/etl",
                "skip_validation": true}, "after_unknown": {}}}]}"#;
        let memory = Memory(BTreeMap::from([("plan.json".to_owned(), plan.to_owned())]));
        assert_eq!(rule.id, "IP104");
        assert_eq!(findings(&memory, "plan.json"), Vec::<String>::new());
    }
}

/// No resource of Databricks' can be in a template, and those of AWS alone have none of these findings.
#[test]
fn what_is_not_seen_in_cloudformation_is_databricks() {
    for rule in RULES.iter().filter(|rule| rule.is_unseen_in(Language::CloudFormation).is_some()) {
        let made = rule.failing.lines().filter(|line| line.starts_with("resource "));
        let of_databricks = made.filter(|line| line.contains("\"databricks_")).count();
        assert!(of_databricks > 0, "{}", rule.id);
    }
}

#[test]
fn sound_code_has_no_errors() {
    let memory = files(&here("tests/corpus"));
    let mut wrong = String::new();
    let mut roots: Vec<String> = memory.list("");
    let folders = memory
        .0
        .keys()
        .filter_map(|path| path.split_once('/'))
        .map(|(folder, _)| folder.to_owned());
    roots.extend(folders);
    roots.dedup();
    for root in &roots {
        let errors: Vec<String> =
            findings(&memory, root).into_iter().filter(|line| line.starts_with("error")).collect();
        if !errors.is_empty() {
            wrong.push_str(&format!("{root}: {errors:#?}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(roots.len() >= 30, "only {} modules", roots.len());
}

#[test]
fn the_largest_module_is_read_in_full() {
    let memory = files(&here("tests/corpus"));
    let graph = source::read(&memory, "31-many-teams", &Options::default()).remove(0);
    let made = graph.resources.iter().filter(|resource| !resource.is_data).count();
    assert_eq!(made, 22 * 9 + 3);
    assert!(graph.notices.is_empty(), "{:?}", graph.notices);
}

/// `ROLECALL_UPDATE=1 cargo test -p check pages`, or `cargo xtask rules`, renews them.
#[test]
fn the_rules_pages_are_current() {
    let folder = here("../../docs/rules");
    let mut index =
        String::from("# Rules of `rolecall check`\n\n| rule | finds | worst |\n|---|---|---|\n");
    let mut pages = BTreeMap::new();
    for rule in RULES {
        let (id, name) = (rule.id, rule.name);
        index.push_str(&format!(
            "| [{id}]({id}.md) {name} | {} | {} |\n",
            rule.summary,
            rule.severity.name()
        ));
        pages.insert(format!("{id}.md"), check::page(rule));
    }
    pages.insert("README.md".to_owned(), index);
    if std::env::var_os("ROLECALL_UPDATE").is_some() {
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in &pages {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    for (name, text) in &pages {
        let found = fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(found == *text, "docs/rules/{name} is not current: run `cargo xtask rules`");
    }
    let there = fs::read_dir(&folder).unwrap().count();
    assert_eq!(there, pages.len(), "docs/rules has a page of a rule that is gone");
}

#[test]
fn every_rule_says_enough() {
    for rule in RULES {
        assert!(
            !rule.references.is_empty() && rule.what.len() > 80 && rule.why.len() > 80,
            "{}",
            rule.id
        );
        assert!(check::find(rule.name).is_some_and(|found| found.id == rule.id));
        assert!(rule.severity > Severity::Note, "{}", rule.id);
    }
}
