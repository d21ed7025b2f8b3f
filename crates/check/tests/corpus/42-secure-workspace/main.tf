variable "databricks_account_id" {}
variable "prefix" { default = "secure" }
variable "region" { default = "ap-southeast-2" }
variable "profiles" {
  type    = list(string)
  default = ["etl", "ml"]
}
provider "aws" { region = var.region }
provider "databricks" {
  alias      = "mws"
  host       = "https://accounts.cloud.databricks.com"
  account_id = var.databricks_account_id
}
provider "databricks" {
  host = databricks_mws_workspaces.this.workspace_url
}
data "aws_caller_identity" "this" {}
data "databricks_aws_assume_role_policy" "this" {
  external_id = var.databricks_account_id
}
data "databricks_aws_crossaccount_policy" "this" {
  policy_type       = "restricted"
  aws_account_id    = data.aws_caller_identity.this.account_id
  vpc_id            = aws_vpc.this.id
  region            = var.region
  security_group_id = aws_security_group.this.id
}
resource "aws_vpc" "this" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_hostnames = true
}
resource "aws_subnet" "this" {
  for_each          = { a = 0, b = 1 }
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 4, each.value)
  availability_zone = "${var.region}${each.key}"
}
resource "aws_security_group" "this" {
  vpc_id = aws_vpc.this.id
  dynamic "egress" {
    for_each = [443, 3306, 6666, 8443, 8444, 8445]
    content {
      from_port   = egress.value
      to_port     = egress.value
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}
data "aws_iam_policy_document" "cross_account" {
  source_policy_documents = [data.databricks_aws_crossaccount_policy.this.json]
  statement {
    sid       = "PassProfiles"
    actions   = ["iam:PassRole"]
    resources = values(aws_iam_role.profile)[*].arn
    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ec2.amazonaws.com"]
    }
  }
}
resource "aws_iam_role" "cross_account" {
  name                 = "${var.prefix}-cross-account"
  assume_role_policy   = data.databricks_aws_assume_role_policy.this.json
  permissions_boundary = null
}
resource "aws_iam_role_policy" "cross_account" {
  name   = "${var.prefix}-policy"
  role   = aws_iam_role.cross_account.id
  policy = data.aws_iam_policy_document.cross_account.json
}
resource "aws_iam_role" "profile" {
  for_each           = toset(var.profiles)
  name               = "${var.prefix}-${each.key}"
  path               = "/databricks/"
  assume_role_policy = file("${path.module}/trust.json")
}
resource "aws_iam_instance_profile" "profile" {
  for_each = aws_iam_role.profile
  name     = each.value.name
  path     = "/databricks/"
  role     = each.value.name
}
resource "time_sleep" "cross_account" {
  depends_on      = [aws_iam_role_policy.cross_account]
  create_duration = "20s"
}
resource "databricks_mws_credentials" "this" {
  provider         = databricks.mws
  credentials_name = "${var.prefix}-credentials"
  role_arn         = aws_iam_role.cross_account.arn
  depends_on       = [time_sleep.cross_account]
}
resource "aws_s3_bucket" "root" {
  bucket        = "${var.prefix}-root"
  force_destroy = true
}
data "databricks_aws_bucket_policy" "root" {
  bucket = aws_s3_bucket.root.bucket
}
resource "aws_s3_bucket_policy" "root" {
  bucket = aws_s3_bucket.root.id
  policy = data.databricks_aws_bucket_policy.root.json
}
resource "databricks_mws_storage_configurations" "this" {
  provider                   = databricks.mws
  account_id                 = var.databricks_account_id
  storage_configuration_name = "${var.prefix}-storage"
  bucket_name                = aws_s3_bucket.root.bucket
  depends_on                 = [aws_s3_bucket_policy.root]
}
resource "databricks_mws_networks" "this" {
  provider           = databricks.mws
  account_id         = var.databricks_account_id
  network_name       = "${var.prefix}-network"
  vpc_id             = aws_vpc.this.id
  subnet_ids         = [for subnet in aws_subnet.this : subnet.id]
  security_group_ids = [aws_security_group.this.id]
}
resource "databricks_mws_workspaces" "this" {
  provider                 = databricks.mws
  account_id               = var.databricks_account_id
  workspace_name           = var.prefix
  aws_region               = var.region
  credentials_id           = databricks_mws_credentials.this.credentials_id
  storage_configuration_id = databricks_mws_storage_configurations.this.storage_configuration_id
  network_id               = databricks_mws_networks.this.network_id
}
resource "databricks_instance_profile" "profile" {
  for_each             = aws_iam_instance_profile.profile
  instance_profile_arn = each.value.arn
  depends_on           = [databricks_mws_workspaces.this, time_sleep.cross_account]
}
