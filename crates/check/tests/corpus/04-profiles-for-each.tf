variable "databricks_account_id" {}
locals {
  teams = {
    finance = { bucket = "acme-finance", read_only = true }
    ml      = { bucket = "acme-ml", read_only = false }
    ops     = { bucket = "acme-ops", read_only = false }
  }
}
data "aws_iam_policy_document" "ec2" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}
data "aws_iam_policy_document" "data" {
  for_each = local.teams
  statement {
    actions   = ["s3:ListBucket", "s3:GetBucketLocation"]
    resources = ["arn:aws:s3:::${each.value.bucket}"]
  }
  statement {
    actions   = each.value.read_only ? ["s3:GetObject"] : ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = ["arn:aws:s3:::${each.value.bucket}/*"]
  }
}
resource "aws_iam_role" "team" {
  for_each           = local.teams
  name               = "databricks-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.ec2.json
}
resource "aws_iam_role_policy" "team" {
  for_each = local.teams
  role     = aws_iam_role.team[each.key].id
  policy   = data.aws_iam_policy_document.data[each.key].json
}
resource "aws_iam_instance_profile" "team" {
  for_each = local.teams
  name     = aws_iam_role.team[each.key].name
  role     = aws_iam_role.team[each.key].name
}
data "databricks_aws_crossaccount_policy" "this" {
  pass_roles = [for role in aws_iam_role.team : role.arn]
}
data "databricks_aws_assume_role_policy" "this" { external_id = var.databricks_account_id }
resource "aws_iam_role" "cross_account" {
  name               = "cross-account"
  assume_role_policy = data.databricks_aws_assume_role_policy.this.json
}
resource "aws_iam_role_policy" "cross_account" {
  role   = aws_iam_role.cross_account.id
  policy = data.databricks_aws_crossaccount_policy.this.json
}
resource "databricks_mws_credentials" "this" {
  credentials_name = "c"
  role_arn         = aws_iam_role.cross_account.arn
  depends_on       = [aws_iam_role_policy.cross_account]
}
resource "databricks_instance_profile" "team" {
  for_each             = aws_iam_instance_profile.team
  instance_profile_arn = each.value.arn
  depends_on           = [aws_iam_role_policy.cross_account]
}
data "databricks_group" "team" {
  for_each     = local.teams
  display_name = each.key
}
resource "databricks_group_instance_profile" "team" {
  for_each            = local.teams
  group_id            = data.databricks_group.team[each.key].id
  instance_profile_id = databricks_instance_profile.team[each.key].id
}
