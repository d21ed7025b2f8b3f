resource "aws_instance" "app" {
  for_each             = toset(["a", "b"])
  ami                  = "ami-0abcdef1234567890"
  instance_type        = "m5.large"
  availability_zone    = "eu-west-1${each.key}"
  iam_instance_profile = "placeholder"
  metadata_options {
    http_tokens = "optional"
  }
}
