variable "account_id" {}
provider "databricks" {
  alias      = "account"
  host       = "https://accounts.cloud.databricks.com"
  account_id = var.account_id
}
provider "databricks" {
  alias = "workspace"
  host  = "https://acme.cloud.databricks.com"
}
resource "databricks_mws_permission_assignment" "admins" {
  provider     = databricks.account
  workspace_id = 1234567890123456
  principal_id = databricks_group.admins.id
  permissions  = ["ADMIN"]
}
resource "databricks_group" "admins" {
  provider     = databricks.account
  display_name = "platform-admins"
}
resource "databricks_instance_profile" "shared" {
  provider             = databricks.workspace
  instance_profile_arn = "arn:aws:iam::123456789012:instance-profile/shared"
}
