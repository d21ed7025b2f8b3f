# Workspaces from a map of objects, each with profiles of its own; policies from template files; blocks that move, take
# over, give up and check.
terraform {
  required_version = ">= 1.7"
  required_providers {
    aws        = { source = "hashicorp/aws", version = "~> 5.80" }
    databricks = { source = "databricks/databricks", version = "~> 1.60" }
    time       = { source = "hashicorp/time" }
  }
  backend "s3" {}
}

variable "databricks_account_id" {
  type      = string
  sensitive = true
}
variable "region" {
  type    = string
  default = "eu-west-1"
}
variable "tags" {
  type    = map(string)
  default = {}
}
variable "workspaces" {
  type = map(object({
    cidr     = optional(string, "10.4.0.0/16")
    tier     = optional(string, "ENTERPRISE")
    compute  = optional(object({ spot = optional(bool, true), fleet = optional(bool, false) }), {})
    profiles = optional(map(object({
      buckets  = list(string)
      write    = optional(bool, false)
      path     = optional(string, "/")
      managed  = optional(list(string), [])
      kms_keys = optional(set(string), [])
    })), {})
  }))
  default = {
    analytics = {
      profiles = {
        etl    = { buckets = ["raw", "curated"], write = true, path = "/databricks/" }
        report = { buckets = ["curated"] }
      }
    }
    science = {
      cidr    = "10.5.0.0/16"
      compute = { fleet = true }
      profiles = {
        train = { buckets = ["features"], managed = ["arn:aws:iam::aws:policy/AmazonSageMakerReadOnly"] }
      }
    }
  }
  validation {
    condition     = alltrue([for w in values(var.workspaces) : can(cidrhost(w.cidr, 0))])
    error_message = "Every workspace needs a CIDR."
  }
}

locals {
  prefix   = replace(lower("Acme Data"), " ", "-")
  defaults = { Owner = "platform", Terraform = "true" }
  tags     = merge(local.defaults, var.tags, { Region = var.region })
  buckets  = toset(flatten([for w in var.workspaces : [for p in values(w.profiles) : p.buckets]]))
  profiles = merge([
    for name, workspace in var.workspaces : {
      for key, profile in workspace.profiles : "${name}/${key}" => merge(profile, { workspace = name, key = key })
    }
  ]...)
}

provider "aws" {
  region = var.region
  default_tags { tags = local.tags }
}
provider "aws" {
  alias  = "data"
  region = var.region
  assume_role { role_arn = "arn:aws:iam::210987654321:role/deployer" }
}
provider "databricks" {
  alias      = "mws"
  host       = "https://accounts.cloud.databricks.com"
  account_id = var.databricks_account_id
}
provider "databricks" {
  alias = "analytics"
  host  = module.workspace["analytics"].url
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

module "workspace" {
  source   = "./modules/workspace"
  for_each = var.workspaces
  providers = {
    aws            = aws
    databricks.mws = databricks.mws
  }
  name                  = "${local.prefix}-${each.key}"
  databricks_account_id = var.databricks_account_id
  settings              = each.value
  pass_roles            = [for key, profile in module.profile : profile.role_arn if startswith(key, "${each.key}/")]
  tags                  = local.tags
}

module "profile" {
  source   = "./modules/profile"
  for_each = local.profiles
  name     = join("-", [local.prefix, each.value.workspace, each.value.key])
  path     = each.value.path
  policy = templatefile("${path.module}/policies/buckets.json.tftpl", {
    partition = data.aws_partition.current.partition
    buckets   = [for bucket in each.value.buckets : aws_s3_bucket.data[bucket].bucket]
    write     = each.value.write
  })
  managed_policies = concat(each.value.managed, [aws_iam_policy.baseline.arn])
}

resource "aws_s3_bucket" "data" {
  for_each      = local.buckets
  bucket        = format("%s-%s-%s", local.prefix, each.key, data.aws_caller_identity.current.account_id)
  force_destroy = false
}

resource "aws_iam_policy" "baseline" {
  name_prefix = "${local.prefix}-baseline-"
  policy      = file("${path.module}/policies/baseline.json")
}

resource "time_sleep" "iam" {
  create_duration = "25s"
  triggers        = { for key, profile in module.profile : key => profile.policy_id }
}

resource "databricks_instance_profile" "analytics" {
  for_each             = { for key, profile in module.profile : key => profile if startswith(key, "analytics/") }
  provider             = databricks.analytics
  instance_profile_arn = each.value.profile_arn
  iam_role_arn         = each.value.role_arn
  depends_on           = [time_sleep.iam, module.workspace]
}

moved {
  from = module.profiles
  to   = module.profile
}
import {
  to = aws_iam_policy.baseline
  id = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:policy/acme-data-baseline-0001"
}
removed {
  from = aws_iam_role.legacy
  lifecycle { destroy = false }
}
check "profiles_have_roles" {
  assert {
    condition     = length(databricks_instance_profile.analytics) == length([for k in keys(local.profiles) : k if startswith(k, "analytics/")])
    error_message = "A profile is missing."
  }
}
output "urls" {
  value = { for name, workspace in module.workspace : name => workspace.url }
}
