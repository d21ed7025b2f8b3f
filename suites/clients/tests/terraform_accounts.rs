//! Terraform with the real AWS provider: an organization with guardrails, and a user who goes with everything
//! that is theirs.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

use clients::{Clients, Server, Terraform};

const ORGANIZATION: &str = r#"
variable "denied" {
  default = "iam:CreateUser"
}

resource "aws_organizations_organization" "ours" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_organizational_unit" "data" {
  name      = "data"
  parent_id = aws_organizations_organization.ours.roots[0].id
}

resource "aws_organizations_policy" "guardrail" {
  name = "guardrail"
  type = "SERVICE_CONTROL_POLICY"
  content = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = var.denied, Resource = "*" }]
  })
  depends_on = [aws_organizations_organization.ours]
}

resource "aws_organizations_policy_attachment" "data" {
  policy_id = aws_organizations_policy.guardrail.id
  target_id = aws_organizations_organizational_unit.data.id
}
"#;

#[test]
fn an_organization_with_guardrails() {
    let Some(terraform) = Terraform::of("an organization with guardrails") else { return };
    let server = Server::start(&["--ephemeral"]);
    terraform.write("main.tf", ORGANIZATION);
    terraform.init(&server);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.write("terraform.tfvars", "denied = \"s3:DeleteBucket\"\n");
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}

const USER: &str = r#"
variable "status" {
  default = "Active"
}

resource "aws_iam_user" "deployer" {
  name          = "deployer"
  force_destroy = true
}

resource "aws_iam_user_ssh_key" "deployer" {
  username   = aws_iam_user.deployer.name
  encoding   = "SSH"
  public_key = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7vbqajDw4o6gJy8UtmIbkcpnkO3Kwc4qsEnSZp/TR+fQi62F79RHWmwKOtFmwteURgLbj7D/WGuNLGOfa/2vse3G2eHnHl5CB8ruRX9fBl/KgwCVr2JaEuUm66bBQeP5XeBotdR4cvX38uPYivCDdPjJ1QWPdspTBKcxeFbccDw=="
  status     = var.status
}

resource "aws_iam_service_specific_credential" "deployer" {
  user_name    = aws_iam_user.deployer.name
  service_name = "codecommit.amazonaws.com"
  status       = var.status
}
"#;

#[test]
fn a_user_goes_with_everything() {
    let Some(terraform) = Terraform::of("a user goes with everything") else { return };
    let Some(clients) = Clients::of("a user goes with everything") else { return };
    let server = Server::start(&["--ephemeral"]);
    terraform.write("main.tf", USER);
    terraform.init(&server);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.write("terraform.tfvars", "status = \"Inactive\"\n");
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    // What Terraform did not make goes with the user, too: that is what `force_destroy` is for.
    for made in [
        &["create-access-key", "--user-name", "deployer"][..],
        &["create-login-profile", "--user-name", "deployer", "--password", "a Long-enough 1"],
        &[
            "create-service-specific-credential",
            "--user-name",
            "deployer",
            "--service-name",
            "cassandra.amazonaws.com",
        ],
    ] {
        clients.aws(&server, &[&["iam"], made].concat()).succeeds();
    }
    terraform.destroy(&server);
    clients
        .aws(&server, &["iam", "get-user", "--user-name", "deployer"])
        .fails_with("The user with name deployer cannot be found.");
}
