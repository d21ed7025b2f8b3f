variable "bucket" {
  description = "The bucket that Unity Catalog reaches."
  type        = string
  default     = "lakehouse-landing"
}

data "aws_caller_identity" "this" {}

locals {
  account_id = data.aws_caller_identity.this.account_id
  role_name  = "lakehouse-unity-catalog"
}

resource "aws_s3_bucket" "landing" {
  bucket = var.bucket
}

# The credential comes before its role: it knows the external id that the role must ask for.
resource "databricks_storage_credential" "landing" {
  name    = "landing"
  comment = "What Unity Catalog reaches the landing zone with"
  aws_iam_role {
    role_arn = "arn:aws:iam::${local.account_id}:role/${local.role_name}"
  }
}

data "databricks_aws_unity_catalog_assume_role_policy" "trust" {
  aws_account_id = local.account_id
  role_name      = local.role_name
  external_id    = databricks_storage_credential.landing.aws_iam_role[0].external_id
}

resource "aws_iam_role" "landing" {
  name               = local.role_name
  assume_role_policy = data.databricks_aws_unity_catalog_assume_role_policy.trust.json
}

data "databricks_aws_unity_catalog_policy" "reach" {
  aws_account_id = local.account_id
  bucket_name    = aws_s3_bucket.landing.bucket
  role_name      = local.role_name
}

resource "aws_iam_role_policy" "reach" {
  name   = "reach-landing"
  role   = aws_iam_role.landing.name
  policy = data.databricks_aws_unity_catalog_policy.reach.json
}

resource "databricks_external_location" "landing" {
  name            = "landing"
  url             = "s3://${aws_s3_bucket.landing.bucket}/raw"
  credential_name = databricks_storage_credential.landing.name
  comment         = "What arrives"

  # Unity Catalog lists, writes, reads and deletes an object: the role must be allowed to by then.
  depends_on = [aws_iam_role_policy.reach]
}
