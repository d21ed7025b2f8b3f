terraform {
  required_providers {
    aws        = { source = "hashicorp/aws" }
    databricks = { source = "databricks/databricks", configuration_aliases = [databricks.mws] }
  }
}
variable "name" { type = string }
variable "databricks_account_id" { type = string }
variable "settings" { type = any }
variable "pass_roles" { type = list(string) }
variable "tags" { type = map(string) }

data "aws_availability_zones" "available" { state = "available" }
data "databricks_aws_assume_role_policy" "this" {
  provider    = databricks.mws
  external_id = var.databricks_account_id
}
data "databricks_aws_crossaccount_policy" "this" {
  provider    = databricks.mws
  policy_type = "customer"
  pass_roles  = var.pass_roles
}
data "aws_iam_policy_document" "more" {
  source_policy_documents = compact([data.databricks_aws_crossaccount_policy.this.json])
  dynamic "statement" {
    for_each = try(var.settings.compute.fleet, false) ? ["fleet"] : []
    content {
      sid       = title(statement.value)
      actions   = formatlist("ec2:%s", ["CreateFleet", "DeleteFleets", "DescribeFleets", "DescribeFleetHistory", "DescribeFleetInstances", "ModifyFleet", "GetLaunchTemplateData", "GetSpotPlacementScores", "CreateLaunchTemplate", "CreateLaunchTemplateVersion", "DeleteLaunchTemplate", "DeleteLaunchTemplateVersions", "DescribeLaunchTemplates", "DescribeLaunchTemplateVersions", "ModifyLaunchTemplate"])
      resources = ["*"]
    }
  }
}
resource "aws_iam_role" "cross_account" {
  name                 = "${var.name}-cross-account"
  assume_role_policy   = data.databricks_aws_assume_role_policy.this.json
  max_session_duration = 3600 * 4
  tags                 = merge(var.tags, { Name = "${var.name}-cross-account" })
  lifecycle {
    ignore_changes = [tags["LastUsed"]]
    precondition {
      condition     = length(var.name) < 40
      error_message = "The name is too long."
    }
  }
}
resource "aws_iam_role_policy" "cross_account" {
  name   = "cross-account"
  role   = one(aws_iam_role.cross_account[*].id)
  policy = data.aws_iam_policy_document.more.json
}
resource "time_sleep" "cross_account" {
  create_duration = "20s"
  triggers        = { policy = sha256(aws_iam_role_policy.cross_account.policy) }
}
resource "databricks_mws_credentials" "this" {
  provider         = databricks.mws
  credentials_name = var.name
  role_arn         = aws_iam_role.cross_account.arn
  depends_on       = [time_sleep.cross_account]
}
resource "aws_vpc" "this" {
  cidr_block           = var.settings.cidr
  enable_dns_hostnames = true
}
resource "aws_subnet" "private" {
  count             = min(3, length(data.aws_availability_zones.available.names))
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 3, count.index)
  availability_zone = data.aws_availability_zones.available.names[count.index]
}
resource "aws_security_group" "this" {
  vpc_id = aws_vpc.this.id
}
resource "databricks_mws_networks" "this" {
  provider           = databricks.mws
  account_id         = var.databricks_account_id
  network_name       = var.name
  vpc_id             = aws_vpc.this.id
  subnet_ids         = aws_subnet.private[*].id
  security_group_ids = [aws_security_group.this.id]
}
resource "databricks_mws_workspaces" "this" {
  provider       = databricks.mws
  account_id     = var.databricks_account_id
  workspace_name = var.name
  aws_region     = "eu-west-1"
  credentials_id = databricks_mws_credentials.this.credentials_id
  network_id     = databricks_mws_networks.this.network_id
  pricing_tier   = var.settings.tier
}
output "url" { value = databricks_mws_workspaces.this.workspace_url }
