# Teams in a YAML file; roles, profiles, cluster policies and grants for each.
locals {
  config = yamldecode(file("${path.module}/teams.yaml"))
  teams  = { for team in local.config.teams : team.name => team }
  profiles = {
    for pair in flatten([
      for team in local.config.teams : [
        for profile in team.profiles : {
          key      = "${team.name}-${profile.name}"
          team     = team.name
          prefixes = profile.prefixes
          write    = lookup(profile, "mode", "ro") == "rw"
        }
      ]
    ]) : pair.key => pair
  }
  members = merge([for team in local.config.teams : { for member in team.members : "${team.name}:${member}" => { team = team.name, user = member } }]...)
  actions = {
    true  = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject"]
    false = ["s3:GetObject", "s3:GetObjectVersion"]
  }
}
variable "cross_account_role_name" { type = string }
data "aws_iam_role" "cross_account" { name = var.cross_account_role_name }
resource "aws_s3_bucket" "lake" { bucket = "lake-of-the-teams" }
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}
data "aws_iam_policy_document" "access" {
  for_each = local.profiles
  statement {
    sid       = "List"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.lake.arn]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = flatten([for prefix in each.value.prefixes : [prefix, "${prefix}/*"]])
    }
  }
  statement {
    sid       = "Objects"
    actions   = local.actions[tostring(each.value.write)]
    resources = [for prefix in each.value.prefixes : "${aws_s3_bucket.lake.arn}/${prefix}/*"]
  }
}
resource "aws_iam_role" "team" {
  for_each           = local.profiles
  name               = each.key
  assume_role_policy = data.aws_iam_policy_document.trust.json
  inline_policy {
    name   = "access"
    policy = data.aws_iam_policy_document.access[each.key].json
  }
}
resource "aws_iam_instance_profile" "team" {
  for_each = aws_iam_role.team
  name     = each.value.name
  role     = each.value.name
}
resource "aws_iam_role_policy" "pass" {
  for_each = aws_iam_role.team
  name     = "pass-${each.key}"
  role     = data.aws_iam_role.cross_account.name
  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [{
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": "${each.value.arn}",
        "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
      }]
    }
  EOT
}
resource "databricks_instance_profile" "team" {
  for_each             = aws_iam_instance_profile.team
  instance_profile_arn = each.value.arn
  depends_on           = [aws_iam_role_policy.pass]
}
resource "databricks_group" "team" {
  for_each     = local.teams
  display_name = each.key
}
resource "databricks_user" "member" {
  for_each  = toset([for member in values(local.members) : member.user])
  user_name = each.key
}
resource "databricks_group_member" "team" {
  for_each  = local.members
  group_id  = databricks_group.team[each.value.team].id
  member_id = databricks_user.member[each.value.user].id
}
resource "databricks_group_role" "team" {
  for_each = local.profiles
  group_id = databricks_group.team[each.value.team].id
  role     = databricks_instance_profile.team[each.key].id
}
resource "databricks_cluster_policy" "team" {
  for_each = local.profiles
  name     = each.key
  definition = jsonencode(merge(
    {
      "spark_version"             = { type = "unlimited", defaultValue = "auto:latest-lts" }
      "aws_attributes.zone_id"    = { type = "fixed", value = "auto" }
      "aws_attributes.instance_profile_arn" = {
        type  = "fixed"
        value = databricks_instance_profile.team[each.key].instance_profile_arn
      }
    },
    each.value.write ? { "autotermination_minutes" = { type = "fixed", value = 60, hidden = true } } : {},
  ))
}
resource "databricks_permissions" "team" {
  for_each          = local.profiles
  cluster_policy_id = databricks_cluster_policy.team[each.key].id
  access_control {
    group_name       = databricks_group.team[each.value.team].display_name
    permission_level = "CAN_USE"
  }
}
