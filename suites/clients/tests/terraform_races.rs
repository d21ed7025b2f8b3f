//! Terraform with the real AWS provider, in a race with IAM: it tries again until EC2 has heard of the profile.

use std::time::Duration;

use clients::{Server, Terraform};

const INSTANCE: &str = r#"
data "aws_ami" "linux" {
  owners      = ["amazon"]
  most_recent = true
  filter {
    name   = "architecture"
    values = ["x86_64"]
  }
}

resource "aws_iam_role" "worn" {
  name = "worn"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_instance_profile" "wear" {
  name = "wear"
  role = aws_iam_role.worn.name
}

resource "aws_instance" "one" {
  ami                  = data.aws_ami.linux.id
  instance_type        = "m5.large"
  iam_instance_profile = aws_iam_instance_profile.wear.name
}
"#;

#[test]
fn a_profile_that_is_too_new_is_tried_again() {
    let Some(terraform) = Terraform::of("an instance in a race with its profile") else { return };
    // EC2 hears of the profile after 3.6 s, and of the role in it 4.7 s after that was put there.
    let server = Server::start(&["--ephemeral", "--propagation", "seed:34"]);
    terraform.write("main.tf", INSTANCE);
    terraform.init(&server);
    // However slow the machine is: those seconds pass once the race was lost.
    server.control("clock/freeze", "");
    let why = std::thread::scope(|scope| {
        let applying = scope.spawn(|| terraform.apply(&server));
        let why = loop {
            let why = server.rolecall(&["why", "last", "--aws-port", server.aws_port()]);
            if why.stdout.contains("a race") || applying.is_finished() {
                break why;
            }
            std::thread::sleep(Duration::from_millis(200));
        };
        server.control("clock/advance", r#"{"seconds": 10}"#);
        server.control("clock/resume", "");
        why
    });
    assert!(why.stdout.contains("the instance profile `wear` exists since"), "{why:?}");
    assert!(why.stdout.contains("EC2 sees it at 3.6 s: a race, not a typo"), "{why:?}");
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}
