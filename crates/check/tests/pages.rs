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

#[test]
#[ignore = "reads the reference pages: set ROLECALL_PAGES"]
fn the_blocks_of_the_profile_page_are_sound() {
    let blocks = blocks(&page(PROFILE_PAGE), &["hcl"]);
    let all: Vec<Vec<String>> = blocks.iter().map(|block| told("main.tf", block)).collect();
    assert_eq!(all.len(), 4);
    assert_eq!(
        all[0],
        [
            "40: warning IP002 this may fail on the first apply: nothing orders `databricks_instance_profile.shared` \
             after `aws_iam_role_policy_attachment.cross_account`",
            "59: warning IP105 `us-east-1` is a region, and `zone_id` of `databricks_cluster.this` takes a zone",
        ]
    );
    assert_eq!(all[1..], [[""; 0], [""; 0], [""; 0]]);
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
fn the_page_that_explains_has_no_code() {
    assert!(blocks(&page(EXPLAINING_PAGE), &["hcl", "terraform", "yaml", "yml"]).is_empty());
}

#[test]
#[ignore = "reads the reference pages: set ROLECALL_PAGES"]
fn the_mistake_of_the_fourth_page_is_found() {
    let page = page(MISTAKE_PAGE);
    for block in blocks(&page, &["terraform"]) {
        assert_eq!(told("main.tf", &block), [""; 0]);
    }
    // Its templates lack blanks behind colons, so that no YAML parser reads them.
    for block in blocks(&page, &["yaml", "yml"]) {
        let told = told("template.yaml", &block);
        assert_eq!(
            told,
            ["16: broken: not YAML: mapping values are not allowed in this context; \
              a space is missing after the colon: write `Version: …`"]
        );
    }
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
