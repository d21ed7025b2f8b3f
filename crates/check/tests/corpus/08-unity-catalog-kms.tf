data "aws_caller_identity" "current" {}
resource "aws_kms_key" "lake" { description = "lake" }
resource "aws_s3_bucket" "lake" { bucket = "kms-lake" }
resource "aws_s3_bucket_server_side_encryption_configuration" "lake" {
  bucket = aws_s3_bucket.lake.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.lake.arn
    }
  }
}
resource "databricks_storage_credential" "lake" {
  name            = "kms-lake"
  skip_validation = true # made before its role
  aws_iam_role {
    role_arn = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/kms-lake"
  }
}
data "databricks_aws_unity_catalog_assume_role_policy" "lake" {
  aws_account_id = data.aws_caller_identity.current.account_id
  role_name      = "kms-lake"
  external_id    = databricks_storage_credential.lake.aws_iam_role[0].external_id
}
resource "aws_iam_role" "lake" {
  name               = "kms-lake"
  assume_role_policy = data.databricks_aws_unity_catalog_assume_role_policy.lake.json
}
data "aws_iam_policy_document" "lake" {
  statement {
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = ["${aws_s3_bucket.lake.arn}/*"]
  }
  statement {
    actions   = ["s3:ListBucket", "s3:GetBucketLocation"]
    resources = [aws_s3_bucket.lake.arn]
  }
  statement {
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"]
    resources = [aws_kms_key.lake.arn]
  }
  statement {
    actions   = ["sts:AssumeRole"]
    resources = [aws_iam_role.lake.arn]
  }
}
resource "aws_iam_role_policy" "lake" {
  role   = aws_iam_role.lake.id
  policy = data.aws_iam_policy_document.lake.json
}
resource "databricks_external_location" "lake" {
  name            = "kms-lake"
  url             = "s3://${aws_s3_bucket.lake.id}"
  credential_name = databricks_storage_credential.lake.id
  depends_on      = [aws_iam_role_policy.lake]
}
