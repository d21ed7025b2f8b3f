//! `rolecall check` and `rolecall rule` as a person and a program run them: what they print, and their exit status.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "support/run.rs"]
mod support;

use support::{Folder, rolecall};

const ROLE_FOR_PROFILE: &str = r#"resource "aws_iam_role" "app" {
  name = "app"
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
"#;

fn folder() -> Folder {
    Folder::with(&[("main.tf", ROLE_FOR_PROFILE)])
}

#[test]
fn people_see_the_line_the_reason_and_what_to_do() {
    let run = rolecall(&folder(), &["check"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert_eq!(
        run.stdout,
        "\
error[IP003]: this is the name of a role, and `iam_instance_profile` of `aws_instance.app` takes the name of an instance profile
  --> main.tf:14:26
   |
14 |   iam_instance_profile = aws_iam_role.app.name
   |                          ^^^^^^^^^^^^^^^^^^^^^ the name of a role (`app`)
   |
   = note: an instance is not given a role, but an instance profile that holds one
   = chain: `aws_iam_role.app` is the role (main.tf:1)
   = help: refer to it by the right attribute
               aws_iam_instance_profile.app.name
           (`--fix` does this)

1 file: 1 error
"
    );
}

#[test]
fn fixes_that_are_certain_are_made() {
    let folder = folder();
    let run = rolecall(&folder, &["check", "--fix"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, "1 file: 1 fixed\n"), "{}", run.stderr);
    let text = std::fs::read_to_string(folder.path().join("main.tf")).unwrap();
    assert!(text.contains("iam_instance_profile = aws_iam_instance_profile.app.name\n"), "{text}");
    assert_eq!(rolecall(&folder, &["check", "--fix"]).status, 0);
}

#[test]
fn templates_are_mended_too() {
    let template = |reference: &str| {
        format!(
            "Resources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n        \
             Version: \"2012-10-17\"\n        Statement:\n          - {{Effect: Allow, Principal: {{Service: \
             ec2.amazonaws.com}}, Action: sts:AssumeRole}}\n  Profile:\n    Type: AWS::IAM::InstanceProfile\n    \
             Properties:\n      Roles: [!Ref Role]\n  Instance:\n    Type: AWS::EC2::Instance\n    Properties:\n      \
             ImageId: ami-0abcdef1234567890\n      IamInstanceProfile: {reference} # of the app\n"
        )
    };
    for wrong in ["!GetAtt Profile.Arn", "!Ref Role", "!GetAtt Role.Arn"] {
        let folder = Folder::with(&[("template.yaml", &template(wrong))]);
        let run = rolecall(&folder, &["check", "--fix"]);
        assert_eq!((run.status, run.stdout.as_str()), (0, "1 file: 1 fixed\n"), "{wrong}");
        let text = std::fs::read_to_string(folder.path().join("template.yaml")).unwrap();
        assert_eq!(text, template("!Ref Profile"), "{wrong}");
    }
}

#[test]
fn rules_are_chosen_and_suppressed() {
    let folder = folder();
    assert_eq!(rolecall(&folder, &["check", "--ignore", "IP003"]).status, 0);
    assert_eq!(rolecall(&folder, &["check", "--only", "role-does-not-trust-ec2"]).status, 0);
    assert_eq!(rolecall(&folder, &["check", "--only", "ip003,IP004"]).status, 1);
    let unknown = rolecall(&folder, &["check", "--only", "IP999"]);
    assert_eq!(unknown.status, 2);
    assert!(unknown.stderr.contains("there is no rule `IP999`: `rolecall rule` lists them all"));

    let with = |comment: &str| {
        let line = "  iam_instance_profile = aws_iam_role";
        let text = ROLE_FOR_PROFILE.replace(line, &format!("  {comment}\n{line}"));
        rolecall(&Folder::with(&[("main.tf", &text)]), &["check"])
    };
    assert_eq!(with("# rolecall:ignore IP003 the console made a profile of that name").status, 0);
    assert_eq!(with("# rolecall:ignore IP004 another rule").status, 1);
    let silent = with("# rolecall:ignore IP003");
    assert_eq!(silent.status, 1);
    assert!(silent.stdout.contains("this comment suppresses nothing"), "{}", silent.stdout);
}

#[test]
fn a_configuration_file_counts() {
    let files = |config| [("main.tf", ROLE_FOR_PROFILE), (".rolecall.yaml", config)];
    let ignored =
        Folder::with(&files("ignore:\n  IP003: the console made a profile of that name\n"));
    assert_eq!(rolecall(&ignored, &["check"]).status, 0);
    let unreasoned = rolecall(&Folder::with(&files("ignore:\n  IP003:\n")), &["check"]);
    assert_eq!(unreasoned.status, 2);
    assert!(unreasoned.stderr.contains("needs a reason"), "{}", unreasoned.stderr);
    let excluded = Folder::with(&files("exclude: [main.tf]\n"));
    assert_eq!(rolecall(&excluded, &["check"]).status, 0);
}

#[test]
fn broken_files_are_told_and_the_rest_is_checked() {
    let broken =
        Folder::with(&[("main.tf", ROLE_FOR_PROFILE), ("broken.tf", "resource \"x\" {\n")]);
    let run = rolecall(&broken, &["check", "--format", "concise"]);
    assert_eq!(run.status, 2);
    assert!(run.stdout.contains("broken.tf:") && run.stdout.contains("IP003"), "{}", run.stdout);
    let gone = rolecall(&broken, &["check", "nowhere"]);
    assert_eq!(gone.status, 2);
    assert!(gone.stderr.contains("cannot read `nowhere`"), "{}", gone.stderr);
}

#[test]
fn nothing_to_check_is_no_success() {
    let run = rolecall(&Folder::with(&[("notes.txt", "")]), &["check"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    let said = "error: there is nothing to check in `.`: no Terraform, no plan in JSON";
    assert!(run.stderr.starts_with(said), "{}", run.stderr);
}

#[test]
fn an_account_shows_what_the_code_does_not_hold() {
    let code = r#"
variable "cross_account_role" {}
resource "databricks_mws_credentials" "this" {
  role_arn = "arn:aws:iam::123456789012:role/${var.cross_account_role}"
}
resource "databricks_instance_profile" "etl" {
  instance_profile_arn = "arn:aws:iam::123456789012:instance-profile/etl"
}
"#;
    let snapshot = |statement: &str| {
        format!(
            r#"{{"RoleDetailList": [
  {{"RoleName": "cross", "Path": "/", "Arn": "arn:aws:iam::123456789012:role/cross",
    "AssumeRolePolicyDocument": {{"Version": "2012-10-17", "Statement": []}},
    "RolePolicyList": [{{"PolicyName": "p", "PolicyDocument": {{"Version": "2012-10-17", "Statement": [{statement}]}}}}],
    "AttachedManagedPolicies": [], "InstanceProfileList": []}},
  {{"RoleName": "etl", "Path": "/", "Arn": "arn:aws:iam::123456789012:role/etl",
    "AssumeRolePolicyDocument": {{"Version": "2012-10-17", "Statement": []}},
    "RolePolicyList": [], "AttachedManagedPolicies": [],
    "InstanceProfileList": [{{"InstanceProfileName": "etl", "Path": "/"}}]}}
], "Policies": []}}"#
        )
    };
    let check = |statement: &str| {
        let folder = Folder::with(&[("main.tf", code), ("account.snapshot", &snapshot(statement))]);
        let arguments = [
            "check",
            "--account-snapshot",
            "account.snapshot",
            "--var",
            "cross_account_role=cross",
            "--only",
            "IP001",
        ];
        rolecall(&folder, &arguments)
    };
    let lacking = check(r#"{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}"#);
    assert_eq!(lacking.status, 1, "{}{}", lacking.stdout, lacking.stderr);
    assert!(lacking.stdout.contains("may not pass the role"), "{}", lacking.stdout);
    let passing = check(
        r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/etl"}"#,
    );
    assert_eq!(passing.status, 0, "{}", passing.stdout);
}

#[test]
fn guardrails_that_refuse_the_dry_run() {
    let code = "resource \"databricks_instance_profile\" \"etl\" {\n  \
                instance_profile_arn = \"arn:aws:iam::123456789012:instance-profile/etl\"\n}\n";
    let scp = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "ec2:RunInstances",
        "Resource": "arn:aws:ec2:*:*:instance/*", "Condition": {"Null": {"aws:RequestTag/CostCenter": "true"}}}}"#;
    let folder = Folder::with(&[("main.tf", code), ("scp.policy", scp)]);
    let run = rolecall(&folder, &["check", "--scp", "scp.policy", "--format", "concise"]);
    assert!(run.stdout.contains("warning IP103"), "{}{}", run.stdout, run.stderr);
    assert_eq!(rolecall(&folder, &["check"]).status, 0);
}

#[test]
fn rules_have_pages() {
    let folder = Folder::with(&[]);
    let page = rolecall(&folder, &["rule", "IP001"]);
    assert_eq!(page.status, 0);
    assert!(page.stdout.starts_with("# IP001: role-not-passable\n"), "{}", page.stdout);
    assert!(rolecall(&folder, &["rule"]).stdout.lines().count() > 20);
    assert_eq!(rolecall(&folder, &["rule", "IP999"]).status, 2);
}
