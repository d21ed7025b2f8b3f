variable "bucket" { default = "acme-lakehouse" }
data "aws_caller_identity" "current" {}
locals { role_name = "acme-uc" }
resource "databricks_storage_credential" "lake" {
  name = "lake"
  aws_iam_role {
    role_arn = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/${local.role_name}"
  }
  skip_validation = true # the role is made from this credential's external id
}
data "databricks_aws_unity_catalog_assume_role_policy" "lake" {
  aws_account_id = data.aws_caller_identity.current.account_id
  role_name      = local.role_name
  external_id    = databricks_storage_credential.lake.aws_iam_role[0].external_id
}
data "databricks_aws_unity_catalog_policy" "lake" {
  aws_account_id = data.aws_caller_identity.current.account_id
  bucket_name    = var.bucket
  role_name      = local.role_name
}
resource "aws_iam_policy" "lake" {
  name   = "acme-uc"
  policy = data.databricks_aws_unity_catalog_policy.lake.json
}
resource "aws_iam_role" "lake" {
  name               = local.role_name
  assume_role_policy = data.databricks_aws_unity_catalog_assume_role_policy.lake.json
}
resource "aws_iam_role_policy_attachment" "lake" {
  role       = aws_iam_role.lake.name
  policy_arn = aws_iam_policy.lake.arn
}
resource "time_sleep" "iam" {
  create_duration = "30s"
  depends_on      = [aws_iam_role_policy_attachment.lake]
}
resource "databricks_external_location" "lake" {
  name            = "lake"
  url             = "s3://${var.bucket}/"
  credential_name = databricks_storage_credential.lake.name
  depends_on      = [time_sleep.iam]
}
