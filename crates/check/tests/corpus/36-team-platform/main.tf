terraform {
  required_version = ">= 1.7"
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.0" }
    databricks = {
      source                = "databricks/databricks"
      configuration_aliases = [databricks.mws]
    }
  }
}

variable "teams" {
  description = "Who gets a profile of their own."
  type = map(object({
    buckets   = list(string)
    path      = optional(string, "/teams/")
    can_write = optional(bool, false)
    tags      = optional(map(string), {})
    extra = optional(list(object({
      actions   = set(string)
      resources = list(string)
    })), [])
  }))
  default = {
    risk = { buckets = ["risk-raw", "risk-curated"], can_write = true }
    ads = {
      buckets = ["ads"]
      path    = "/teams/marketing/"
      extra   = [{ actions = ["glue:GetTable", "glue:GetDatabase"], resources = ["*"] }]
    }
  }
  validation {
    condition     = alltrue([for name, team in var.teams : can(regex("^[a-z][a-z0-9-]+$", name))])
    error_message = "Names of teams are lower case."
  }
}

variable "cross_account_role_name" {
  type    = string
  default = "databricks-cross-account"
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  writers = { for name, team in var.teams : name => team if team.can_write }
  by_bucket = merge([
    for name, team in var.teams : { for bucket in team.buckets : bucket => name }
  ]...)
}

module "team" {
  source   = "./modules/team"
  for_each = var.teams

  name      = each.key
  path      = each.value.path
  buckets   = [for bucket in each.value.buckets : "arn:${data.aws_partition.current.partition}:s3:::${bucket}"]
  can_write = contains(keys(local.writers), each.key)
  extra     = each.value.extra
}

data "aws_iam_policy_document" "pass" {
  dynamic "statement" {
    for_each = { for name, team in module.team : name => team.role_arn }
    iterator = member
    content {
      sid       = "Pass${title(member.key)}"
      actions   = ["iam:PassRole"]
      resources = [member.value]
      condition {
        test     = "StringEquals"
        variable = "iam:PassedToService"
        values   = ["ec2.amazonaws.com"]
      }
    }
  }
}

resource "aws_iam_role_policy" "pass" {
  name   = "pass-teams"
  role   = var.cross_account_role_name
  policy = data.aws_iam_policy_document.pass.json
}

resource "time_sleep" "iam" {
  create_duration = "15s"
  triggers        = { policy = aws_iam_role_policy.pass.policy }
}

resource "databricks_instance_profile" "team" {
  for_each             = module.team
  instance_profile_arn = each.value.profile_arn
  depends_on           = [time_sleep.iam]
}

resource "databricks_group" "team" {
  for_each     = module.team
  display_name = each.key
}

resource "databricks_group_instance_profile" "team" {
  for_each            = databricks_instance_profile.team
  group_id            = databricks_group.team[each.key].id
  instance_profile_id = each.value.id
}

moved {
  from = databricks_instance_profile.risk
  to   = databricks_instance_profile.team["risk"]
}

import {
  to = aws_iam_role_policy.pass
  id = "${var.cross_account_role_name}:pass-teams"
}

removed {
  from = aws_iam_role.legacy
  lifecycle { destroy = false }
}

check "writers" {
  assert {
    condition     = length(local.writers) > 0
    error_message = "Nobody may write."
  }
}

output "profiles" {
  value = { for name, team in module.team : name => team.profile_arn }
}
