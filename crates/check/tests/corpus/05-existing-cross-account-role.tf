variable "crossaccount_role_name" {}
data "aws_iam_role" "cross_account" { name = var.crossaccount_role_name }
data "aws_iam_policy_document" "ec2" {
  statement {
    effect  = "Allow"
    actions = ["sts:AssumeRole"]
    principals {
      identifiers = ["ec2.amazonaws.com"]
      type        = "Service"
    }
  }
}
resource "aws_iam_role" "s3" {
  name               = "shared-s3"
  assume_role_policy = data.aws_iam_policy_document.ec2.json
}
resource "aws_iam_policy" "pass" {
  name = "pass-s3"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["iam:PassRole"], Resource = [aws_iam_role.s3.arn] }]
  })
}
resource "aws_iam_role_policy_attachment" "pass" {
  role       = data.aws_iam_role.cross_account.name
  policy_arn = aws_iam_policy.pass.arn
}
resource "aws_iam_instance_profile" "s3" {
  name = "shared-s3"
  role = aws_iam_role.s3.name
}
resource "databricks_instance_profile" "s3" {
  instance_profile_arn = aws_iam_instance_profile.s3.arn
  depends_on           = [aws_iam_role_policy_attachment.pass]
}
