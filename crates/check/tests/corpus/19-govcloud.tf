provider "aws" { region = "us-gov-west-1" }
data "aws_caller_identity" "current" {}
variable "databricks_account_id" {}
data "databricks_aws_assume_role_policy" "this" {
  aws_partition = "aws-us-gov"
  external_id   = var.databricks_account_id
}
data "databricks_aws_crossaccount_policy" "this" {
  aws_partition = "aws-us-gov"
  policy_type   = "customer"
}
resource "aws_iam_role" "cross_account" {
  name               = "gov"
  assume_role_policy = data.databricks_aws_assume_role_policy.this.json
}
resource "aws_iam_role_policy" "cross_account" {
  role   = aws_iam_role.cross_account.id
  policy = data.databricks_aws_crossaccount_policy.this.json
}
resource "databricks_mws_credentials" "this" {
  credentials_name = "gov"
  role_arn         = aws_iam_role.cross_account.arn
  depends_on       = [aws_iam_role_policy.cross_account]
}
