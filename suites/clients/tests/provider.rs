//! The shipped examples, applied by Terraform with the real AWS provider and rolecall's Databricks provider:
//! apply, nothing left to plan, import, destroy; and what a person is told where something is missing.
#![allow(clippy::expect_used, reason = "tests")]

use clients::{Server, Terraform};

const VERSIONS: &str = include_str!("../../../examples/terraform/everyone/versions.tf");
const EVERYONE: &str = include_str!("../../../examples/terraform/everyone/main.tf");
const SERVERLESS: &str = include_str!("../../../examples/terraform/serverless/main.tf");
const POLICY: &str = include_str!("../../../examples/terraform/cluster-policy/main.tf");

/// A server, and a configuration that is ready.
fn prepared(scenario: &str, main: &str) -> Option<(Server, Terraform)> {
    let server = Server::with_workspace(&["--ephemeral"]);
    let terraform = Terraform::with_databricks(scenario, &server)?;
    terraform.write("versions.tf", VERSIONS);
    terraform.write("main.tf", main);
    terraform.init(&server);
    Some((server, terraform))
}

#[test]
fn a_registration_is_granted_to_everybody() {
    let Some((server, terraform)) = prepared("databricks: everyone", EVERYONE) else { return };
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    let arn = "arn:aws:iam::000000000000:instance-profile/lakehouse-reader";
    // The registration alone is forgotten and imported.
    let forget = ["state", "rm", "databricks_instance_profile.reader"];
    terraform.run(&server, &forget).succeeds();
    let twice = terraform.try_apply(&server);
    twice.fails_with("terraform import databricks_instance_profile.NAME");
    let import = ["import", "-no-color", "databricks_instance_profile.reader", arn];
    terraform.run(&server, &import).succeeds();
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}

#[test]
fn a_policy_fixes_the_instance_profile() {
    let Some((server, terraform)) = prepared("databricks: cluster policy", POLICY) else { return };
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}

#[test]
fn what_is_missing_is_named_with_its_remedy() {
    let without = SERVERLESS
        .replace("depends_on = [aws_iam_role_policy.pass]", "timeouts { create = \"0s\" }")
        .replace("iam:PassRole", "iam:GetRole");
    let Some((server, terraform)) = prepared("databricks: no iam:PassRole", &without) else {
        return;
    };
    let refused = terraform.try_apply(&server);
    refused.fails_with("Databricks may not pass the role in this instance profile");
    refused.fails_with("\"Action\":\"iam:PassRole\"");
    // With the permission the same configuration goes on from there.
    terraform.write("main.tf", SERVERLESS);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}

#[test]
fn a_roles_arn_is_refused_before_anything_is_applied() {
    let role = EVERYONE.replace(
        "instance_profile_arn = aws_iam_instance_profile.reader.arn",
        "instance_profile_arn = \"arn:aws:iam::000000000000:role/lakehouse-reader\"",
    );
    let Some((server, terraform)) = prepared("databricks: a role's ARN", &role) else { return };
    let refused = terraform.run(&server, &["plan", "-input=false", "-no-color"]);
    refused.fails_with("An instance profile's ARN is needed");
}
