//! Fixtures beside the rules' own examples: CloudFormation and real plans for each rule that they can show, the
//! corpus of sound code, and the pages of the rules in `docs/rules`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail loudly")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use check::{Extra, Finding, RULES, Severity};
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
    let mut out = Vec::new();
    for graph in source::read(memory, path, &Options::default()) {
        let broken = graph.notices.iter().filter(|notice| notice.is_error);
        out.extend(broken.map(|notice| format!("error broken: {}", notice.message)));
        let line = |it: &Finding| format!("{} {} {}", it.severity.name(), it.rule.id, it.message);
        out.extend(check::run(&graph, &Extra::default()).iter().map(line));
    }
    out
}

#[test]
fn fixtures_in_other_languages_do_what_they_say() {
    let memory = files(&here("tests/fixtures"));
    let mut wrong = String::new();
    let mut seen = 0;
    for path in memory.0.keys() {
        let (id, name) = path.split_once('/').unwrap();
        let found = findings(&memory, path);
        let own = found.iter().any(|line| line.contains(id) && !line.starts_with("note"));
        let others = found.iter().any(|line| line.starts_with("error") && !line.contains(id));
        let fails = name.starts_with("fail");
        if own != fails || others {
            wrong.push_str(&format!("{path}: {found:#?}\n"));
        }
        seen += 1;
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(seen >= 40, "only {seen} fixtures");
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
    assert_eq!(made, 20 * 8 + 23);
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
