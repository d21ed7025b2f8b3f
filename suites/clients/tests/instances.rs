//! Instances, asked by boto3, by `aws` and by Terraform with the real AWS provider.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

use clients::{Clients, Server, Terraform};

#[test]
fn launches_by_boto3() {
    let Some(clients) = Clients::of("instances: launches by boto3") else { return };
    let server = Server::start(&["--ephemeral"]);
    clients.python(&server, "instances/launches.py");
}

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// The commands and the error of the reference page on instance profiles for EC2.
#[test]
fn the_command_line_of_aws() {
    let Some(clients) = Clients::of("instances: the command line of aws") else { return };
    let server = Server::start(&["--ephemeral"]);
    let aws = |arguments: &[&str]| clients.aws(&server, arguments);
    let name = "Yuta20220815";
    let role = ["iam", "create-role", "--role-name", name, "--assume-role-policy-document", TRUST];
    aws(&role).succeeds();
    let query = ["--query", "sort_by(Images, &CreationDate)[-1].ImageId", "--output", "text"];
    let filter = "Name=name,Values=al2023-ami-2023*-x86_64";
    let images = ["ec2", "describe-images", "--owners", "amazon", "--filters", filter];
    let image = aws(&[&images[..], &query].concat()).output();
    let run = ["ec2", "run-instances", "--image-id", image.trim(), "--instance-type", "t3.micro"];
    let worn = format!("Name={name}");
    let launch = [&run[..], &["--iam-instance-profile", &worn]].concat();
    // A role's name where a profile's is needed.
    aws(&launch).fails_with(
        "An error occurred (InvalidParameterValue) when calling the RunInstances operation: Value \
         (Yuta20220815) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
    );
    let profile = ["--instance-profile-name", name];
    aws(&[&["iam", "create-instance-profile"][..], &profile].concat()).succeeds();
    let add = ["iam", "add-role-to-instance-profile", "--role-name", name];
    aws(&[&add[..], &profile].concat()).succeeds();
    aws(&launch).succeeds();
    let query = "Reservations[].Instances[].IamInstanceProfile.Arn";
    let arns = aws(&["ec2", "describe-instances", "--query", query, "--output", "json"]).output();
    assert_eq!(arns, format!("[\n    \"arn:aws:iam::000000000000:instance-profile/{name}\"\n]\n"));
    aws(&[&run[..], &["--dry-run"]].concat()).fails_with(
        "An error occurred (DryRunOperation) when calling the RunInstances operation: Request would have \
         succeeded, but DryRun flag is set.",
    );
}

/// An instance in a VPC of its own, with a profile that changes.
const EXAMPLE: &str = r#"
variable "profile" {
  default = "one"
}

data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}

resource "aws_iam_role" "etl" {
  for_each = toset(["one", "two"])
  name     = each.key
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_instance_profile" "etl" {
  for_each = aws_iam_role.etl
  name     = each.key
  role     = each.value.name
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "main" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "us-east-1a"
}

resource "aws_security_group" "main" {
  name   = "main"
  vpc_id = aws_vpc.main.id
}

resource "aws_instance" "etl" {
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.main.id
  vpc_security_group_ids = [aws_security_group.main.id]
  iam_instance_profile   = aws_iam_instance_profile.etl[var.profile].name
  user_data              = "hello"
  root_block_device {
    volume_size = 20
  }
  tags = {
    Name = "etl"
  }
}

resource "aws_launch_template" "etl" {
  name          = "etl"
  image_id      = data.aws_ami.linux.id
  instance_type = "m5.large"
  iam_instance_profile {
    arn = aws_iam_instance_profile.etl["one"].arn
  }
}

resource "aws_instance" "from_template" {
  subnet_id = aws_subnet.main.id
  launch_template {
    id      = aws_launch_template.etl.id
    version = "$Latest"
  }
}

output "profile" {
  value = aws_instance.etl.iam_instance_profile
}
"#;

#[test]
fn an_instance_whose_profile_changes() {
    let Some(terraform) = Terraform::of("an instance whose profile changes") else { return };
    let server = Server::start(&["--ephemeral"]);
    terraform.write("main.tf", EXAMPLE);
    terraform.init(&server);
    // The provider keeps a profile that a configuration no longer names: it cannot be taken off with it.
    for profile in ["one", "two", "one"] {
        terraform.write("terraform.tfvars", &format!("profile = \"{profile}\"\n"));
        terraform.apply(&server);
        terraform.plan_is_empty(&server);
        let shown = terraform.run(&server, &["output", "-json", "profile"]).output();
        assert_eq!(shown.trim(), format!("\"{profile}\""));
    }
    terraform.destroy(&server);
}
