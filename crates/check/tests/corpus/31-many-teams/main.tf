variable "databricks_account_id" {}
locals {
  teams = [for index in range(22) : format("team-%02d", index)]
}
module "team" {
  source   = "./team"
  for_each = toset(local.teams)
  name     = each.key
  buckets  = ["${each.key}-raw", "${each.key}-curated"]
}
data "databricks_aws_assume_role_policy" "this" { external_id = var.databricks_account_id }
data "databricks_aws_crossaccount_policy" "this" {
  policy_type = "customer"
  pass_roles  = [for team in module.team : team.role_arn]
}
resource "aws_iam_role" "cross_account" {
  name               = "cross-account"
  assume_role_policy = data.databricks_aws_assume_role_policy.this.json
}
resource "aws_iam_role_policy" "cross_account" {
  role   = aws_iam_role.cross_account.id
  policy = data.databricks_aws_crossaccount_policy.this.json
}
resource "databricks_mws_credentials" "this" {
  credentials_name = "creds"
  role_arn         = aws_iam_role.cross_account.arn
  depends_on       = [aws_iam_role_policy.cross_account]
}
resource "databricks_instance_profile" "team" {
  for_each             = module.team
  instance_profile_arn = each.value.profile_arn
  depends_on           = [aws_iam_role_policy.cross_account]
}
