variable "databricks_account_id" {}
variable "vpc_id" {}
variable "subnet_ids" { type = list(string) }
variable "security_group_ids" { type = list(string) }
data "databricks_aws_assume_role_policy" "this" { external_id = var.databricks_account_id }
data "databricks_aws_crossaccount_policy" "this" { policy_type = "customer" }
resource "aws_iam_role" "cross_account" {
  name               = "dbx-cross-account"
  assume_role_policy = data.databricks_aws_assume_role_policy.this.json
}
resource "aws_iam_role_policy" "cross_account" {
  role   = aws_iam_role.cross_account.name
  policy = data.databricks_aws_crossaccount_policy.this.json
}
resource "databricks_mws_credentials" "this" {
  credentials_name = "dbx"
  role_arn         = aws_iam_role.cross_account.arn
  depends_on       = [aws_iam_role_policy.cross_account]
}
resource "databricks_mws_networks" "this" {
  account_id         = var.databricks_account_id
  network_name       = "dbx"
  vpc_id             = var.vpc_id
  subnet_ids         = var.subnet_ids
  security_group_ids = var.security_group_ids
}
resource "databricks_mws_workspaces" "this" {
  account_id     = var.databricks_account_id
  workspace_name = "dbx"
  aws_region     = "eu-west-1"
  credentials_id = databricks_mws_credentials.this.credentials_id
  network_id     = databricks_mws_networks.this.network_id
}
