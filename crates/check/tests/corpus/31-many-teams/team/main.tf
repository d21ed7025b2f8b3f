variable "name" { type = string }
variable "buckets" { type = list(string) }
data "aws_iam_policy_document" "ec2" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}
data "aws_iam_policy_document" "data" {
  statement {
    actions   = ["s3:ListBucket", "s3:GetBucketLocation"]
    resources = [for bucket in aws_s3_bucket.data : bucket.arn]
  }
  statement {
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = formatlist("%s/*", [for bucket in aws_s3_bucket.data : bucket.arn])
  }
}
resource "aws_s3_bucket" "data" {
  for_each = toset(var.buckets)
  bucket   = each.value
}
resource "aws_s3_bucket_public_access_block" "data" {
  for_each                = aws_s3_bucket.data
  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
resource "aws_iam_role" "this" {
  name               = "databricks-${var.name}"
  assume_role_policy = data.aws_iam_policy_document.ec2.json
}
resource "aws_iam_policy" "this" {
  name   = "databricks-${var.name}"
  policy = data.aws_iam_policy_document.data.json
}
resource "aws_iam_role_policy_attachment" "this" {
  role       = aws_iam_role.this.name
  policy_arn = aws_iam_policy.this.arn
}
resource "aws_iam_instance_profile" "this" {
  name = "databricks-${var.name}"
  role = aws_iam_role.this.name
}
output "role_arn" { value = aws_iam_role.this.arn }
output "profile_arn" { value = aws_iam_instance_profile.this.arn }
