variable "databricks_account_id" {}
data "databricks_aws_assume_role_policy" "this" { external_id = var.databricks_account_id }
resource "aws_iam_role" "cross_account" {
  name               = "admin-cross-account"
  assume_role_policy = data.databricks_aws_assume_role_policy.this.json
}
resource "aws_iam_role_policy_attachment" "admin" {
  role       = aws_iam_role.cross_account.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
resource "databricks_mws_credentials" "this" {
  credentials_name = "admin"
  role_arn         = aws_iam_role.cross_account.arn
  depends_on       = [aws_iam_role_policy_attachment.admin]
}
resource "aws_iam_role" "etl" {
  name = "etl"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
resource "aws_iam_instance_profile" "etl" {
  name = "etl-profile"
  role = aws_iam_role.etl.name
}
resource "databricks_instance_profile" "etl" {
  instance_profile_arn = aws_iam_instance_profile.etl.arn
  depends_on           = [aws_iam_role_policy_attachment.admin]
}
