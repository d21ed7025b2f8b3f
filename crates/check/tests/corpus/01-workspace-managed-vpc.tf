variable "databricks_account_id" { type = string }
variable "prefix" { default = "acme" }
variable "region" { default = "us-west-2" }
provider "aws" { region = var.region }
provider "databricks" {
  alias      = "mws"
  host       = "https://accounts.cloud.databricks.com"
  account_id = var.databricks_account_id
}
data "databricks_aws_assume_role_policy" "this" { external_id = var.databricks_account_id }
data "databricks_aws_crossaccount_policy" "this" {}
data "databricks_aws_bucket_policy" "root" { bucket = aws_s3_bucket.root.bucket }
resource "aws_iam_role" "cross_account" {
  name               = "${var.prefix}-crossaccount"
  assume_role_policy = data.databricks_aws_assume_role_policy.this.json
  tags               = { Owner = "platform" }
}
resource "aws_iam_role_policy" "cross_account" {
  name   = "${var.prefix}-policy"
  role   = aws_iam_role.cross_account.id
  policy = data.databricks_aws_crossaccount_policy.this.json
}
resource "time_sleep" "wait" {
  depends_on      = [aws_iam_role_policy.cross_account]
  create_duration = "20s"
}
resource "databricks_mws_credentials" "this" {
  provider         = databricks.mws
  credentials_name = "${var.prefix}-creds"
  role_arn         = aws_iam_role.cross_account.arn
  depends_on       = [time_sleep.wait]
}
resource "aws_s3_bucket" "root" {
  bucket        = "${var.prefix}-rootbucket"
  force_destroy = true
}
resource "aws_s3_bucket_policy" "root" {
  bucket = aws_s3_bucket.root.id
  policy = data.databricks_aws_bucket_policy.root.json
}
resource "databricks_mws_storage_configurations" "this" {
  provider                   = databricks.mws
  account_id                 = var.databricks_account_id
  bucket_name                = aws_s3_bucket.root.bucket
  storage_configuration_name = "${var.prefix}-storage"
}
resource "databricks_mws_workspaces" "this" {
  provider                 = databricks.mws
  account_id               = var.databricks_account_id
  aws_region               = var.region
  workspace_name           = var.prefix
  credentials_id           = databricks_mws_credentials.this.credentials_id
  storage_configuration_id = databricks_mws_storage_configurations.this.storage_configuration_id
}
