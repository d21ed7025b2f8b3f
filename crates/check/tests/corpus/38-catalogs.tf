variable "databricks_account_id" { type = string }
variable "metastore_id" { type = string }
variable "catalogs" {
  type = map(object({ read_only = optional(bool, false), prefix = optional(string) }))
  default = {
    bronze = {}
    silver = { prefix = "curated" }
    shared = { read_only = true }
  }
}

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  # A role's ARN is known before the role is.
  role_names = { for name, _ in var.catalogs : name => "uc-${name}-${data.aws_region.current.name}" }
  role_arns  = { for name, role in local.role_names : name => "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/${role}" }
  writable   = toset([for name, catalog in var.catalogs : name if !catalog.read_only])
}

resource "aws_kms_key" "lake" {
  description         = "catalogs"
  enable_key_rotation = true
}

resource "aws_s3_bucket" "catalog" {
  for_each = var.catalogs
  bucket   = "acme-${each.key}-${data.aws_caller_identity.current.account_id}"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "catalog" {
  for_each = aws_s3_bucket.catalog
  bucket   = each.value.id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.lake.arn
    }
  }
}

resource "databricks_storage_credential" "catalog" {
  for_each = var.catalogs
  name     = "catalog-${each.key}"
  aws_iam_role {
    role_arn = local.role_arns[each.key]
  }
  read_only = each.value.read_only
  # The role needs the external id of this, and comes after it.
  skip_validation = true
}

data "aws_iam_policy_document" "trust" {
  for_each = databricks_storage_credential.catalog
  statement {
    sid     = "Databricks"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [each.value.aws_iam_role[0].unity_catalog_iam_arn]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [each.value.aws_iam_role[0].external_id]
    }
  }
  statement {
    sid     = "Itself"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = [local.role_arns[each.key]]
    }
  }
}

resource "aws_iam_role" "catalog" {
  for_each           = var.catalogs
  name               = local.role_names[each.key]
  assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
}

data "aws_iam_policy_document" "access" {
  for_each = aws_s3_bucket.catalog
  statement {
    actions   = concat(["s3:GetObject"], contains(local.writable, each.key) ? ["s3:PutObject", "s3:DeleteObject"] : [])
    resources = [join("/", compact([each.value.arn, var.catalogs[each.key].prefix, "*"]))]
  }
  statement {
    actions   = ["s3:ListBucket", "s3:GetBucketLocation"]
    resources = [each.value.arn]
  }
  statement {
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"]
    resources = [aws_kms_key.lake.arn]
  }
  statement {
    actions   = ["sts:AssumeRole"]
    resources = [local.role_arns[each.key]]
  }
}

resource "aws_iam_policy" "access" {
  for_each = aws_s3_bucket.catalog
  name     = "catalog-${each.key}"
  policy   = data.aws_iam_policy_document.access[each.key].json
}

resource "aws_iam_role_policy_attachment" "access" {
  for_each   = aws_iam_policy.access
  role       = aws_iam_role.catalog[each.key].name
  policy_arn = each.value.arn
}

resource "time_sleep" "iam" {
  create_duration = "20s"
  depends_on      = [aws_iam_role_policy_attachment.access]
}

resource "databricks_external_location" "catalog" {
  for_each        = var.catalogs
  name            = "catalog-${each.key}"
  url             = trimsuffix("s3://${aws_s3_bucket.catalog[each.key].bucket}/${coalesce(each.value.prefix, "/")}", "/")
  credential_name = databricks_storage_credential.catalog[each.key].id
  read_only       = each.value.read_only
  depends_on      = [time_sleep.iam]
}

resource "databricks_catalog" "catalog" {
  for_each     = local.writable
  name         = each.key
  storage_root = databricks_external_location.catalog[each.value].url
}
