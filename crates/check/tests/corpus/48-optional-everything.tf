# Nearly everything is optional: `count` by flags, `one(…[*])`, `try`, `coalesce`, dynamic statements.
variable "create_cross_account" {
  type    = bool
  default = true
}
variable "existing_role_arn" {
  type    = string
  default = null
}
variable "create_lake" {
  type    = bool
  default = true
}
variable "serverless" {
  type    = bool
  default = false
}
variable "extra_statements" {
  type = list(object({
    sid        = optional(string)
    actions    = list(string)
    resources  = optional(list(string), ["*"])
    conditions = optional(list(object({ test = string, variable = string, values = list(string) })), [])
  }))
  default = [
    { actions = ["kms:Decrypt", "kms:GenerateDataKey"], conditions = [{ test = "StringLike", variable = "kms:ViaService", values = ["s3.*.amazonaws.com"] }] },
    { sid = "Logs", actions = ["logs:PutLogEvents", "logs:CreateLogStream"] },
  ]
}
variable "databricks_account_id" { type = string }

locals {
  account  = one(data.aws_caller_identity.this[*].account_id)
  role_arn = coalesce(var.existing_role_arn, one(aws_iam_role.cross_account[*].arn), "none")
  lake     = var.create_lake ? "${local.account}-lake" : null
  trusted  = concat(["ec2.amazonaws.com"], var.serverless ? [] : [])
}
data "aws_caller_identity" "this" { count = 1 }
data "databricks_aws_assume_role_policy" "this" {
  count       = var.create_cross_account ? 1 : 0
  external_id = var.databricks_account_id
}
data "databricks_aws_crossaccount_policy" "this" {
  count      = var.create_cross_account ? 1 : 0
  pass_roles = [aws_iam_role.data.arn]
}
resource "aws_iam_role" "cross_account" {
  count              = var.create_cross_account && var.existing_role_arn == null ? 1 : 0
  name               = "optional-cross-account"
  assume_role_policy = data.databricks_aws_assume_role_policy.this[0].json
}
resource "aws_iam_role_policy" "cross_account" {
  count  = length(aws_iam_role.cross_account)
  name   = "policy"
  role   = aws_iam_role.cross_account[count.index].id
  policy = data.databricks_aws_crossaccount_policy.this[0].json
}
resource "terraform_data" "wait" {
  input = try(aws_iam_role_policy.cross_account[0].id, null)
  provisioner "local-exec" { command = "sleep 20" }
}
resource "databricks_mws_credentials" "this" {
  count            = var.create_cross_account ? 1 : 0
  credentials_name = "optional"
  role_arn         = local.role_arn
  depends_on       = [terraform_data.wait]
}
data "aws_iam_policy_document" "trust" {
  dynamic "statement" {
    for_each = toset(local.trusted)
    iterator = service
    content {
      effect  = "Allow"
      actions = ["sts:AssumeRole"]
      principals {
        type        = "Service"
        identifiers = [service.value]
      }
    }
  }
}
data "aws_iam_policy_document" "data" {
  dynamic "statement" {
    for_each = { for at, statement in var.extra_statements : format("%02d", at) => statement }
    content {
      sid       = try(coalesce(statement.value.sid), "Extra${statement.key}")
      actions   = statement.value.actions
      resources = statement.value.resources
      dynamic "condition" {
        for_each = statement.value.conditions
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value["values"]
        }
      }
    }
  }
  statement {
    actions   = ["s3:ListBucket", "s3:GetBucketLocation"]
    resources = [for arn in aws_s3_bucket.lake[*].arn : arn]
  }
  statement {
    actions   = ["s3:*Object"]
    resources = formatlist("%s/*", aws_s3_bucket.lake[*].arn)
  }
}
resource "aws_s3_bucket" "lake" {
  count  = local.lake == null ? 0 : 1
  bucket = local.lake
}
resource "aws_s3_bucket_server_side_encryption_configuration" "lake" {
  count  = length(aws_s3_bucket.lake) > 0 ? 1 : 0
  bucket = aws_s3_bucket.lake[0].id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = one(aws_kms_alias.lake[*].target_key_arn)
    }
    bucket_key_enabled = true
  }
}
resource "aws_kms_key" "lake" {
  count       = var.create_lake ? 1 : 0
  description = "of the lake"
}
resource "aws_kms_alias" "lake" {
  count         = var.create_lake ? 1 : 0
  name          = "alias/lake"
  target_key_id = aws_kms_key.lake[0].key_id
}
resource "aws_iam_role" "data" {
  name_prefix        = "data-"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
resource "aws_iam_policy" "data" {
  name_prefix = "data-"
  policy      = data.aws_iam_policy_document.data.json
}
resource "aws_iam_role_policy_attachment" "data" {
  role       = aws_iam_role.data.name
  policy_arn = aws_iam_policy.data.arn
}
resource "aws_iam_instance_profile" "data" {
  name_prefix = "data-"
  role        = aws_iam_role.data.name
  lifecycle { create_before_destroy = true }
}
resource "databricks_instance_profile" "data" {
  instance_profile_arn = aws_iam_instance_profile.data.arn
  iam_role_arn         = aws_iam_role.data.arn
  depends_on           = [aws_iam_role_policy.cross_account, terraform_data.wait]
}
