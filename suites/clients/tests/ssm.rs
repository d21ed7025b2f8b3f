//! Systems Manager's public parameters, asked by boto3 and by Terraform's `data.aws_ssm_parameter`.

use clients::{Clients, Server, Terraform};

#[test]
fn parameters() {
    let Some(clients) = Clients::of("ssm: parameters") else { return };
    let server = Server::start(&["--ephemeral"]);
    clients.python(&server, "ssm/parameters.py");
}

const EXAMPLE: &str = r#"
data "aws_ssm_parameter" "linux" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

data "aws_ssm_parameters_by_path" "windows" {
  path = "/aws/service/ami-windows-latest"
}

data "aws_ami" "linux" {
  filter {
    name   = "image-id"
    values = [nonsensitive(data.aws_ssm_parameter.linux.value)]
  }
}

resource "aws_iam_role" "worker" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_instance_profile" "worker" {
  role = aws_iam_role.worker.name
}

resource "aws_instance" "worker" {
  ami                  = nonsensitive(data.aws_ssm_parameter.linux.value)
  instance_type        = "t3.micro"
  iam_instance_profile = aws_iam_instance_profile.worker.name

  lifecycle {
    postcondition {
      condition     = startswith(data.aws_ami.linux.name, "al2023-ami-2023")
      error_message = "The parameter names another image."
    }
    precondition {
      condition     = length(data.aws_ssm_parameters_by_path.windows.names) == 2
      error_message = "There are two images of Windows."
    }
  }
}
"#;

#[test]
fn terraform_finds_an_image_by_its_parameter() {
    let Some(terraform) = Terraform::of("an image by its parameter") else { return };
    let server = Server::start(&["--ephemeral"]);
    terraform.write("main.tf", EXAMPLE);
    terraform.init(&server);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}
