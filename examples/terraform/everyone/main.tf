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

data "databricks_group" "users" {
  display_name = "users"
}

resource "databricks_group_instance_profile" "users" {
  group_id            = data.databricks_group.users.id
  instance_profile_id = databricks_instance_profile.reader.id
}
