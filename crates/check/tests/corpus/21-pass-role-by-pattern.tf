variable "databricks_account_id" {}
data "aws_caller_identity" "me" {}
data "databricks_aws_assume_role_policy" "this" { external_id = var.databricks_account_id }
data "databricks_aws_crossaccount_policy" "base" {}
data "aws_iam_policy_document" "all" {
  source_policy_documents = [data.databricks_aws_crossaccount_policy.base.json]
  statement {
    sid       = "PassDatabricksRoles"
    actions   = ["iam:PassRole"]
    resources = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/databricks/*"]
    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ec2.amazonaws.com"]
    }
  }
}
resource "aws_iam_role" "cross_account" {
  name               = "patterned"
  assume_role_policy = data.databricks_aws_assume_role_policy.this.json
  inline_policy {
    name   = "all"
    policy = data.aws_iam_policy_document.all.json
  }
}
resource "databricks_mws_credentials" "this" {
  credentials_name = "patterned"
  role_arn         = aws_iam_role.cross_account.arn
}
resource "aws_iam_role" "etl" {
  name = "etl"
  path = "/databricks/"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
resource "aws_iam_instance_profile" "etl" {
  name = "etl"
  role = aws_iam_role.etl.name
}
resource "databricks_instance_profile" "etl" { instance_profile_arn = aws_iam_instance_profile.etl.arn }
