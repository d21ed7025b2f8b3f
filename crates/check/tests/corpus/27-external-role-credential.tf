variable "role_arn" {}
resource "databricks_storage_credential" "given" {
  name = "given"
  aws_iam_role { role_arn = var.role_arn }
}
resource "databricks_external_location" "given" {
  name            = "given"
  url             = "s3://given-bucket/path"
  credential_name = databricks_storage_credential.given.id
}
resource "databricks_grants" "given" {
  external_location = databricks_external_location.given.id
  grant {
    principal  = "data-engineers"
    privileges = ["READ_FILES", "WRITE_FILES"]
  }
}
