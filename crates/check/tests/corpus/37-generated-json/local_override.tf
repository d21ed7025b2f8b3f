# What is the same everywhere is written once, and overridden here.
resource "aws_instance" "app" {
  iam_instance_profile = aws_iam_instance_profile.app.name
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }
}

resource "aws_iam_role" "app" {
  max_session_duration = 7200
}

locals {
  name = "overridden"
}
