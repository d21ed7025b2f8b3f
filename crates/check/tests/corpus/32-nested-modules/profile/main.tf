variable "name" {}
variable "service" { default = "ec2.amazonaws.com" }
resource "aws_iam_role" "this" {
  name               = var.name
  assume_role_policy = templatefile("${path.module}/trust.json.tftpl", { service = var.service })
}
resource "aws_iam_instance_profile" "this" {
  name = aws_iam_role.this.name
  role = aws_iam_role.this.name
}
output "profile_name" { value = aws_iam_instance_profile.this.name }
