variable "databricks_account_id" {}
data "databricks_aws_assume_role_policy" "logs" {
  external_id      = var.databricks_account_id
  for_log_delivery = true
}
resource "aws_s3_bucket" "logs" { bucket = "acme-logs" }
resource "aws_iam_role" "logs" {
  name               = "log-delivery"
  assume_role_policy = data.databricks_aws_assume_role_policy.logs.json
}
data "databricks_aws_bucket_policy" "logs" {
  full_access_role = aws_iam_role.logs.arn
  bucket           = aws_s3_bucket.logs.bucket
}
resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = data.databricks_aws_bucket_policy.logs.json
}
resource "databricks_mws_credentials" "logs" {
  credentials_name = "logs"
  role_arn         = aws_iam_role.logs.arn
}
