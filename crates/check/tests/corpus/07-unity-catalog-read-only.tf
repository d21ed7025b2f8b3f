data "aws_caller_identity" "current" {}
resource "aws_s3_bucket" "vendor" { bucket = "vendor-drop" }
resource "databricks_storage_credential" "vendor" {
  name      = "vendor"
  read_only = true
  aws_iam_role {
    role_arn = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/vendor-read"
  }
  # made before its role
  skip_validation = true
}
data "databricks_aws_unity_catalog_assume_role_policy" "vendor" {
  aws_account_id = data.aws_caller_identity.current.account_id
  role_name      = "vendor-read"
  external_id    = databricks_storage_credential.vendor.aws_iam_role[0].external_id
}
resource "aws_iam_role" "vendor" {
  name               = "vendor-read"
  assume_role_policy = data.databricks_aws_unity_catalog_assume_role_policy.vendor.json
}
resource "aws_iam_role_policy" "vendor" {
  role = aws_iam_role.vendor.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:GetObject"], Resource = ["${aws_s3_bucket.vendor.arn}/*"] },
      { Effect = "Allow", Action = ["s3:ListBucket", "s3:GetBucketLocation"], Resource = [aws_s3_bucket.vendor.arn] },
      { Effect = "Allow", Action = ["sts:AssumeRole"], Resource = [aws_iam_role.vendor.arn] },
    ]
  })
}
resource "databricks_external_location" "vendor" {
  name            = "vendor"
  url             = "s3://${aws_s3_bucket.vendor.bucket}/incoming"
  credential_name = databricks_storage_credential.vendor.id
  read_only       = true
  depends_on      = [aws_iam_role_policy.vendor]
}
