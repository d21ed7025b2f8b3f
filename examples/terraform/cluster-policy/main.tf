variable "cross_account_role" {
  description = "The role with which Databricks launches instances in this account."
  type        = string
  default     = "databricks-cross-account"
}

# What the instances may do, and that they are instances.
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "reader" {
  name               = "lakehouse-reader"
  description        = "What clusters read the lakehouse with"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

# Databricks may hand the role to the instances that it launches.
data "aws_iam_policy_document" "pass" {
  statement {
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.reader.arn]
  }
}

resource "aws_iam_policy" "pass" {
  name   = "pass-lakehouse-reader"
  policy = data.aws_iam_policy_document.pass.json
}

resource "aws_iam_role_policy_attachment" "pass" {
  role       = var.cross_account_role
  policy_arn = aws_iam_policy.pass.arn
}

# The role reaches EC2 in an instance profile, which has an ARN of its own.
resource "aws_iam_instance_profile" "reader" {
  name = "lakehouse-reader"
  role = aws_iam_role.reader.name
}

resource "databricks_instance_profile" "reader" {
  instance_profile_arn = aws_iam_instance_profile.reader.arn

  # Databricks tries a launch: it must be allowed to pass the role by then.
  depends_on = [aws_iam_role_policy_attachment.pass]
}

# Whoever makes a cluster under this policy gets the instance profile, and no other.
resource "databricks_cluster_policy" "lakehouse" {
  name = "Lakehouse readers"
  definition = jsonencode({
    "aws_attributes.instance_profile_arn" = {
      type   = "fixed"
      value  = databricks_instance_profile.reader.id
      hidden = true
    }
    "autotermination_minutes" = {
      type         = "range"
      maxValue     = 120
      defaultValue = 30
    }
  })
}

output "policy" {
  value = databricks_cluster_policy.lakehouse.id
}
