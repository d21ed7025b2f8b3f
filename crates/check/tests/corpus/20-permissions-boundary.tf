data "aws_iam_policy_document" "boundary" {
  statement {
    actions   = ["s3:*", "ec2:*", "kms:*", "sts:AssumeRole", "iam:PassRole", "iam:CreateServiceLinkedRole", "iam:PutRolePolicy"]
    resources = ["*"]
    condition {
      test     = "StringEqualsIfExists"
      variable = "iam:PassedToService"
      values   = ["ec2.amazonaws.com"]
    }
  }
}
resource "aws_iam_policy" "boundary" {
  name   = "boundary"
  policy = data.aws_iam_policy_document.boundary.json
}
variable "databricks_account_id" {}
data "databricks_aws_assume_role_policy" "this" { external_id = var.databricks_account_id }
data "databricks_aws_crossaccount_policy" "this" { pass_roles = [aws_iam_role.etl.arn] }
resource "aws_iam_role" "cross_account" {
  name                 = "bounded"
  assume_role_policy   = data.databricks_aws_assume_role_policy.this.json
  permissions_boundary = aws_iam_policy.boundary.arn
}
resource "aws_iam_role_policy" "cross_account" {
  role   = aws_iam_role.cross_account.id
  policy = data.databricks_aws_crossaccount_policy.this.json
}
resource "databricks_mws_credentials" "this" {
  credentials_name = "bounded"
  role_arn         = aws_iam_role.cross_account.arn
  depends_on       = [aws_iam_role_policy.cross_account]
}
resource "aws_iam_role" "etl" {
  name = "etl"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }
  })
}
resource "aws_iam_instance_profile" "etl" {
  name = "etl"
  role = aws_iam_role.etl.name
}
resource "databricks_instance_profile" "etl" {
  instance_profile_arn = aws_iam_instance_profile.etl.arn
  depends_on           = [aws_iam_role_policy.cross_account]
}
