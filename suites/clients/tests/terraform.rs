//! Terraform with the real AWS provider.

use clients::{Server, Terraform};

const ROLE: &str = r#"
resource "aws_iam_role" "etl" {
  name               = "etl"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_instance_profile" "etl" {
  name = "etl"
  role = aws_iam_role.etl.name
}
"#;

#[test]
fn a_role_in_its_instance_profile() {
    let Some(terraform) = Terraform::of("a role in its instance profile") else { return };
    let server = Server::start(&["--ephemeral"]);
    terraform.write("main.tf", ROLE);
    terraform.init(&server);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.import_anew(
        &server,
        &[("aws_iam_role.etl", "etl"), ("aws_iam_instance_profile.etl", "etl")],
    );
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}
