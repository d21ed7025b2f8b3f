# Storage credentials, roles, buckets and locations from one map; the role's ARN is written out, as each needs the other.
variable "aws_account_id" { default = "123456789012" }
variable "lakes" {
  type = map(object({ read_only = optional(bool), paths = optional(list(string), [""]) }))
  default = {
    bronze = { paths = ["landing", "quarantine"] }
    silver = {}
    shared = { read_only = true }
  }
}
provider "aws" {
  region              = "us-west-2"
  allowed_account_ids = [var.aws_account_id]
}
locals {
  roles     = { for name in keys(var.lakes) : name => "uc-${name}" }
  role_arns = { for name, role in local.roles : name => provider::aws::arn_build("aws", "iam", "", var.aws_account_id, "role/${role}") }
  locations = { for pair in flatten([for name, lake in var.lakes : [for path in lake.paths : { lake = name, path = path }]]) :
  trimsuffix("${pair.lake}-${pair.path}", "-") => pair }
}
resource "aws_s3_bucket" "lake" {
  for_each = var.lakes
  bucket   = "lake-${each.key}-${var.aws_account_id}"
}
resource "databricks_storage_credential" "lake" {
  for_each        = var.lakes
  name            = each.key
  read_only       = coalesce(each.value.read_only, false)
  skip_validation = true # the role follows
  aws_iam_role {
    role_arn = local.role_arns[each.key]
  }
}
data "databricks_aws_unity_catalog_assume_role_policy" "lake" {
  for_each       = databricks_storage_credential.lake
  aws_account_id = var.aws_account_id
  role_name      = local.roles[each.key]
  external_id    = each.value.aws_iam_role[0].external_id
}
data "databricks_aws_unity_catalog_policy" "lake" {
  for_each       = aws_s3_bucket.lake
  aws_account_id = var.aws_account_id
  bucket_name    = each.value.id
  role_name      = local.roles[each.key]
}
resource "aws_iam_role" "lake" {
  for_each           = local.roles
  name               = each.value
  assume_role_policy = data.databricks_aws_unity_catalog_assume_role_policy.lake[each.key].json
}
resource "aws_iam_policy" "lake" {
  for_each = local.roles
  name     = "${each.value}-access"
  policy   = data.databricks_aws_unity_catalog_policy.lake[each.key].json
}
resource "aws_iam_role_policy_attachment" "lake" {
  for_each   = local.roles
  role       = aws_iam_role.lake[each.key].name
  policy_arn = aws_iam_policy.lake[each.key].arn
}
resource "time_sleep" "lake" {
  for_each        = aws_iam_role_policy_attachment.lake
  create_duration = "20s"
  triggers        = { policy = each.value.id }
}
resource "databricks_external_location" "lake" {
  for_each        = local.locations
  name            = each.key
  url             = "s3://${aws_s3_bucket.lake[each.value.lake].id}${each.value.path == "" ? "" : "/${each.value.path}"}"
  credential_name = databricks_storage_credential.lake[each.value.lake].name
  read_only       = try(var.lakes[each.value.lake].read_only, false)
  depends_on      = [time_sleep.lake]
}
