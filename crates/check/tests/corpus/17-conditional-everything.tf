variable "create" {
  type    = bool
  default = true
}
variable "existing_role" { default = null }
variable "extra_policies" {
  type    = map(string)
  default = {}
}
data "aws_iam_policy_document" "ec2" {
  count = var.create ? 1 : 0
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}
resource "aws_iam_role" "this" {
  count              = var.create ? 1 : 0
  name               = "conditional"
  assume_role_policy = one(data.aws_iam_policy_document.ec2[*].json)
}
resource "aws_iam_role_policy_attachment" "extra" {
  for_each   = { for name, arn in var.extra_policies : name => arn if var.create }
  role       = try(aws_iam_role.this[0].name, "")
  policy_arn = each.value
}
resource "aws_iam_instance_profile" "this" {
  name = "conditional"
  role = coalesce(var.existing_role, try(aws_iam_role.this[0].name, null))
}
resource "aws_instance" "this" {
  count                = var.create ? 2 : 0
  ami                  = "ami-0abcdef1234567890"
  instance_type        = "t3.micro"
  iam_instance_profile = aws_iam_instance_profile.this.name
}
