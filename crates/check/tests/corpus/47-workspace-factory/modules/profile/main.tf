variable "name" {}
variable "path" { default = "/" }
variable "policy" {}
variable "managed_policies" {
  type    = list(string)
  default = []
}
resource "aws_iam_role" "this" {
  name = var.name
  path = var.path
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = ["sts:AssumeRole"]
        Principal = { Service = ["ec2.amazonaws.com"] }
      },
    ]
  })
}
resource "aws_iam_role_policy" "this" {
  name   = "access"
  role   = aws_iam_role.this.name
  policy = var.policy
}
resource "aws_iam_role_policy_attachment" "managed" {
  count      = length(var.managed_policies)
  role       = aws_iam_role.this.name
  policy_arn = element(var.managed_policies, count.index)
}
resource "aws_iam_instance_profile" "this" {
  name = var.name
  path = var.path
  role = aws_iam_role.this.name
}
output "role_arn" { value = aws_iam_role.this.arn }
output "profile_arn" { value = aws_iam_instance_profile.this.arn }
output "policy_id" { value = aws_iam_role_policy.this.id }
