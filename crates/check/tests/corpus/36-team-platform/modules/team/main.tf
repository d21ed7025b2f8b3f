variable "name" { type = string }
variable "path" { type = string }
variable "buckets" { type = list(string) }
variable "can_write" { type = bool }
variable "extra" {
  type = list(object({ actions = set(string), resources = list(string) }))
}

locals {
  full_name = "team-${var.name}"
  objects   = formatlist("%s/*", var.buckets)
  actions   = concat(["s3:GetObject", "s3:GetObjectVersion"], var.can_write ? ["s3:PutObject", "s3:DeleteObject"] : [])
}

resource "aws_iam_role" "this" {
  name = local.full_name
  path = var.path
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Launch"
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = ["ec2.amazonaws.com"] }
    }]
  })
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "List"
    actions   = ["s3:ListBucket", "s3:GetBucketLocation"]
    resources = var.buckets
  }
  statement {
    sid       = "Objects"
    actions   = local.actions
    resources = local.objects
  }
  dynamic "statement" {
    for_each = var.extra
    content {
      actions   = statement.value.actions
      resources = statement.value.resources
    }
  }
}

resource "aws_iam_role_policy" "this" {
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.this.json
}

resource "aws_iam_instance_profile" "this" {
  name = local.full_name
  path = var.path
  role = aws_iam_role.this.name
}

output "role_arn" { value = aws_iam_role.this.arn }
output "profile_arn" { value = aws_iam_instance_profile.this.arn }
