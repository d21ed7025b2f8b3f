//! The four configurations of the reference page on `databricks_instance_profile`, as they stand on it, applied by
//! Terraform with the real AWS provider and rolecall's Databricks provider. Added is what a page leaves out:
//! where the providers come from, the cross-account role (which the workspace has), and for the last one the
//! grant by which that role may be passed.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

use clients::{Server, Terraform, inventory, pages};

const VERSIONS: &str = include_str!("../../../examples/terraform/everyone/versions.tf");
/// The role that the page takes as given.
const CROSS_ACCOUNT: &str = "crossaccount_role_name = \"databricks-cross-account\"\n";
/// By which Databricks may pass the role of the last configuration.
const GRANT: &str = r#"
resource "aws_iam_role_policy" "pass" {
  name = "pass"
  role = "databricks-cross-account"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:PassRole", Resource = aws_iam_role.this.arn }]
  })
}
"#;

/// The configurations of the page, in its order.
fn examples() -> Vec<String> {
    let examples = pages::examples(&pages::read("000_"), "hcl");
    assert_eq!(examples.len(), 4, "{examples:#?}");
    examples
}

/// The part of the first one that the second and third refer to: all that is AWS's, and the registration if it
/// is wanted.
fn beginning(first: &str, registered: bool) -> String {
    let wanted = |line: &str| {
        let registers = line.starts_with("resource \"databricks_instance_profile\"");
        line.starts_with("variable ") || line.contains(" \"aws_") || registered && registers
    };
    pages::blocks(first, wanted).concat()
}

/// A life: made, changed by replacing texts, imported, destroyed; and nothing is left.
fn lives(scenario: &str, text: &str, changes: &[(&str, &str)]) {
    let server = Server::with_workspace(&["--ephemeral"]);
    let Some(terraform) = Terraform::with_databricks(scenario, &server) else { return };
    let before = inventory(&server);
    terraform.write("versions.tf", VERSIONS);
    terraform.write("main.tf", text);
    if text.contains("crossaccount_role_name") {
        terraform.write("terraform.tfvars", CROSS_ACCOUNT);
    }
    terraform.init(&server);
    terraform.validate(&server);
    terraform.plan_is_not_empty(&server);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    assert_ne!(inventory(&server), before, "the inventory sees what was made");

    let mut changed = text.to_owned();
    for (from, to) in changes {
        assert!(changed.contains(from), "`{from}` in {changed}");
        changed = changed.replace(from, to);
    }
    terraform.write("main.tf", &changed);
    terraform.plan_is_not_empty(&server);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);

    terraform.import_everything(&server);
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
    assert_eq!(inventory(&server), before, "nothing is left");
}

#[test]
#[ignore = "needs the reference pages: set ROLECALL_PAGES"]
fn an_instance_profile_and_a_cluster_that_wears_it() {
    lives(
        "the reference page: a cluster",
        &examples()[0],
        &[("Role for shared access", "Role for all"), ("max_workers = 50", "max_workers = 10")],
    );
}

#[test]
#[ignore = "needs the reference pages: set ROLECALL_PAGES"]
fn a_cluster_policy() {
    let examples = examples();
    lives(
        "the reference page: a cluster policy",
        &(beginning(&examples[0], true) + &examples[1]),
        &[
            ("Policy with predefined instance profile", "Readers"),
            ("\"type\" : \"fixed\",", "\"type\" : \"fixed\", \"hidden\" : true,"),
        ],
    );
}

#[test]
#[ignore = "needs the reference pages: set ROLECALL_PAGES"]
fn a_grant_to_everybody() {
    let examples = examples();
    let arn = "instance_profile_arn = aws_iam_instance_profile.shared.arn\n";
    let with_role = format!("{arn}  iam_role_arn = aws_iam_role.role_for_s3_access.arn\n");
    lives(
        "the reference page: everybody",
        &(beginning(&examples[0], false) + &examples[2]),
        &[(arn, &with_role)],
    );
}

#[test]
#[ignore = "needs the reference pages: set ROLECALL_PAGES"]
fn serverless_sql() {
    lives(
        "the reference page: serverless SQL",
        &format!("{}{GRANT}", examples()[3]),
        &[("  iam_role_arn         = aws_iam_role.this.arn\n", "")],
    );
}
