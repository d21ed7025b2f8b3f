variable "workspace_ids" {
  type    = list(string)
  default = ["1234567890123456", "6543210987654321"]
}
data "aws_iam_policy_document" "sql" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::790110701330:role/serverless-customer-resource-role"]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalID"
      values   = formatlist("databricks-serverless-%s", var.workspace_ids)
    }
  }
}
resource "aws_iam_role" "sql" {
  name               = "sql"
  assume_role_policy = data.aws_iam_policy_document.sql.json
}
resource "aws_iam_instance_profile" "sql" {
  name = "sql"
  role = aws_iam_role.sql.name
}
resource "databricks_instance_profile" "sql" { instance_profile_arn = aws_iam_instance_profile.sql.arn }
