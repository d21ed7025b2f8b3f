variable "aws_account_id" {
  default = "123456789012"
}
resource "databricks_storage_credential" "lake" {
  name            = "lake"
  aws_iam_role {
    role_arn = "arn:aws:iam::${var.aws_account_id}:role/lake"
  }
}
data "databricks_aws_unity_catalog_assume_role_policy" "lake" {
  aws_account_id = var.aws_account_id
  role_name      = "lake"
  external_id    = databricks_storage_credential.lake.aws_iam_role[0].external_id
}
resource "aws_iam_role" "lake" {
  name               = "lake"
  assume_role_policy = data.databricks_aws_unity_catalog_assume_role_policy.lake.json
}
resource "aws_iam_role_policy" "lake" {
  role = aws_iam_role.lake.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = aws_iam_role.lake.arn }]
  })
}
