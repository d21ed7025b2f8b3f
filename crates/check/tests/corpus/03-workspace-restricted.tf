variable "databricks_account_id" {}
variable "vpc_id" {}
variable "security_group_id" {}
data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
data "databricks_aws_assume_role_policy" "this" { external_id = var.databricks_account_id }
data "databricks_aws_crossaccount_policy" "this" {
  policy_type       = "restricted"
  aws_account_id    = data.aws_caller_identity.me.account_id
  vpc_id            = var.vpc_id
  region            = data.aws_region.here.name
  security_group_id = var.security_group_id
  pass_roles        = [aws_iam_role.etl.arn]
}
resource "aws_iam_role" "cross_account" {
  name               = "restricted"
  assume_role_policy = data.databricks_aws_assume_role_policy.this.json
}
resource "aws_iam_policy" "cross_account" {
  name   = "restricted"
  policy = data.databricks_aws_crossaccount_policy.this.json
}
resource "aws_iam_role_policy_attachment" "cross_account" {
  role       = aws_iam_role.cross_account.name
  policy_arn = aws_iam_policy.cross_account.arn
}
resource "databricks_mws_credentials" "this" {
  credentials_name = "restricted"
  role_arn         = aws_iam_role.cross_account.arn
  depends_on       = [aws_iam_role_policy_attachment.cross_account]
}
data "aws_iam_policy_document" "ec2" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}
resource "aws_iam_role" "etl" {
  name               = "etl"
  path               = "/databricks/"
  assume_role_policy = data.aws_iam_policy_document.ec2.json
}
resource "aws_iam_instance_profile" "etl" {
  name = "etl"
  path = "/databricks/"
  role = aws_iam_role.etl.name
}
resource "databricks_instance_profile" "etl" {
  instance_profile_arn = aws_iam_instance_profile.etl.arn
  iam_role_arn         = aws_iam_role.etl.arn
  depends_on           = [aws_iam_role_policy_attachment.cross_account]
}
