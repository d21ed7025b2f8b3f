resource "databricks_instance_profile" "legacy" {
  instance_profile_arn = "arn:aws:iam::123456789012:instance-profile/legacy"
}
resource "databricks_mount" "legacy" {
  name = "legacy"
  s3 {
    instance_profile = databricks_instance_profile.legacy.id
    bucket_name      = "legacy-data"
  }
}
resource "databricks_user" "anna" { user_name = "anna@example.com" }
resource "databricks_user_role" "anna" {
  user_id = databricks_user.anna.id
  role    = databricks_instance_profile.legacy.id
}
