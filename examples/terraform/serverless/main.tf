variable "cross_account_role" {
  description = "The role with which Databricks launches instances in this account."
  type        = string
  default     = "databricks-cross-account"
}

variable "workspace_ids" {
  description = "The workspaces whose serverless warehouses may assume the role."
  type        = list(string)
  default     = ["1234567890123456"]
}

# Serverless warehouses run in Databricks' own account and assume the role from there.
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::790110701330:role/serverless-customer-resource-role"]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [for id in var.workspace_ids : "databricks-serverless-${id}"]
    }
  }
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "warehouse" {
  name               = "lakehouse-warehouse"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "pass" {
  name = "pass-lakehouse-warehouse"
  role = var.cross_account_role
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:PassRole", Resource = aws_iam_role.warehouse.arn }]
  })
}

resource "aws_iam_instance_profile" "warehouse" {
  name = "lakehouse-warehouse-profile"
  role = aws_iam_role.warehouse.name
}

# Role and profile have different names, so that serverless SQL has to be told the role.
resource "databricks_instance_profile" "warehouse" {
  instance_profile_arn = aws_iam_instance_profile.warehouse.arn
  iam_role_arn         = aws_iam_role.warehouse.arn

  depends_on = [aws_iam_role_policy.pass]
}
