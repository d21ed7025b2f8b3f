//! The reference pages: every block of HCL and YAML on them is read, what is sound has no error, and what a page
//! calls a mistake is found.
//!
//! The pages are no part of this repository: `ROLECALL_PAGES` names their folder, as in the tests of `iam`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail loudly"
)]

use std::collections::BTreeMap;
use std::path::Path;

use check::Extra;
use source::{Memory, Options};

const PROFILE_PAGE: &str = "000_d18583c784dca82f.txt";
const ACCESS_PAGE: &str = "001_d66ff2f83510bdb7.txt";
const EXPLAINING_PAGE: &str = "002_0f6236aa7d834d57.txt";
const MISTAKE_PAGE: &str = "003_90253e9f93ec03f3.txt";

fn page(name: &str) -> String {
    let folder =
        std::env::var("ROLECALL_PAGES").expect("ROLECALL_PAGES names the folder of the pages");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The blocks of a page in one of these languages.
fn blocks(page: &str, languages: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once("\n```") {
        let (language, body) = after.split_once('\n').unwrap();
        let Some((body, tail)) = body.split_once("\n```") else { break };
        if languages.contains(&language.trim()) {
            found.push(format!("{body}\n"));
        }
        rest = tail;
    }
    found
}

/// Problems and findings, one a line.
fn told(name: &str, text: &str) -> Vec<String> {
    let memory = Memory(BTreeMap::from([(name.to_owned(), text.to_owned())]));
    let mut out = Vec::new();
    for graph in source::read(&memory, name, &Options::default()) {
        for notice in graph.notices.iter().filter(|notice| notice.is_error) {
            let line = graph.sources.position(notice.place).line;
            out.push(format!(
                "{line}: broken: {}; {}",
                notice.message,
                notice.help.clone().unwrap_or_default()
            ));
        }
        for finding in check::run(&graph, &Extra::default()) {
            let line = graph.sources.position(finding.place).line;
            out.push(format!(
                "{line}: {} {} {}",
                finding.severity.name(),
                finding.rule.id,
                finding.message
            ));
        }
    }
    out
}

/// The templates of one page lack blanks behind colons: the same with them.
fn spaced(text: &str) -> String {
    text.replace("Version:'", "Version: '").replace("Effect:Allow", "Effect: Allow")
}

#[test]
#[ignore = "reads the reference pages: set ROLECALL_PAGES"]
fn every_block_is_read_and_its_findings_are_pinned() {
    let mut out = String::new();
    let mut blocks_read = 0;
    for name in [PROFILE_PAGE, ACCESS_PAGE, EXPLAINING_PAGE, MISTAKE_PAGE] {
        let page = page(name);
        let short = name.split('_').next().unwrap();
        for (languages, file) in
            [(&["hcl", "terraform"], "main.tf"), (&["yaml", "yml"], "template.yaml")]
        {
            for (at, block) in blocks(&page, languages).iter().enumerate() {
                blocks_read += 1;
                let mut tell = |how: &str, text: &str| {
                    out.push_str(&format!("page {short}, {file} {at}{how}\n"));
                    for line in told(file, text) {
                        out.push_str(&format!("  {line}\n"));
                    }
                };
                tell("", block);
                if file == "template.yaml" {
                    tell(", with blanks behind colons", &spaced(block));
                }
            }
        }
    }
    assert_eq!(blocks_read, 8);
    insta::assert_snapshot!(out);
}

#[test]
#[ignore = "reads the reference pages: set ROLECALL_PAGES"]
fn the_policies_of_the_access_page_are_complete() {
    let page = page(ACCESS_PAGE);
    let policies: Vec<&str> =
        page.lines().filter(|line| line.starts_with("{ \"Version\"")).collect();
    assert_eq!(policies.len(), 4);
    for policy in &policies {
        let filled = policy
            .replace("YOUR_EXTERNAL_ID", "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9")
            .replace("ACCOUNTID", "123456789012")
            .replace("REGION", "us-west-2")
            .replace("VPCID", "vpc-0a1b2c3d")
            .replace("SECURITYGROUPID", "sg-0a1b2c3d");
        assert_eq!(told("policy.json", &filled), [""; 0], "{policy}");
    }
    // Each access policy with the page's trust policy makes a cross-account role that lacks nothing.
    for (at, policy) in policies.iter().enumerate().skip(1) {
        let policy = policy.replace("ACCOUNTID", "123456789012").replace("REGION", "us-west-2");
        let network = if at == 1 { "" } else { "network_id = \"x\"" };
        let code = format!(
            "resource \"aws_iam_role\" \"c\" {{\n  name = \"c\"\n  assume_role_policy = <<EOT\n{}\nEOT\n}}\n\
             resource \"aws_iam_role_policy\" \"c\" {{\n  role = aws_iam_role.c.id\n  policy = <<EOT\n{policy}\nEOT\n}}\n\
             resource \"databricks_mws_credentials\" \"c\" {{\n  role_arn = aws_iam_role.c.arn\n  \
             depends_on = [aws_iam_role_policy.c]\n}}\n\
             resource \"databricks_mws_workspaces\" \"c\" {{\n  {network}\n}}\n",
            policies[0]
        );
        let errors: Vec<String> =
            told("main.tf", &code).into_iter().filter(|it| it.contains("error")).collect();
        assert_eq!(errors, [""; 0], "policy {at}");
    }
}

#[test]
#[ignore = "reads the reference pages: set ROLECALL_PAGES"]
fn the_mistake_of_the_fourth_page_is_found() {
    let page = page(MISTAKE_PAGE);
    // What it warns of: the role of the page, given to an instance.
    let instance = "resource \"aws_instance\" \"EC2Instance\" {\n  ami = \"ami-1\"\n  \
                    iam_instance_profile = aws_iam_role.IAMRole.name\n}\n";
    let code = format!("{}{instance}", blocks(&page, &["terraform"])[0]);
    let found = told("main.tf", &code);
    assert!(
        found.iter().any(|line| line.contains("error IP003 this is the name of a role")),
        "{found:?}"
    );
}
