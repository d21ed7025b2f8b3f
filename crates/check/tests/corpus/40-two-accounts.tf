# Data in one account, compute in another.
provider "aws" {
  region = "eu-central-1"
}
provider "aws" {
  alias  = "data"
  region = "eu-central-1"
  assume_role {
    role_arn = "arn:aws:iam::${var.data_account_id}:role/terraform"
  }
}
variable "data_account_id" {
  type    = string
  default = "210987654321"
}
data "aws_caller_identity" "compute" {}
data "aws_caller_identity" "data" {
  provider = aws.data
}

resource "aws_iam_role" "compute" {
  name = "compute"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }
  })
  inline_policy {
    name = "reach"
    policy = jsonencode({
      Version = "2012-10-17"
      Statement = [
        { Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::${var.data_account_id}:role/readers/*" },
        { Effect = "Allow", Action = ["s3:Get*", "s3:List*"], Resource = ["arn:aws:s3:::shared-data", "arn:aws:s3:::shared-data/*"] },
      ]
    })
  }
}

resource "aws_iam_instance_profile" "compute" {
  name = "compute"
  role = aws_iam_role.compute.name
}

resource "aws_iam_role" "reader" {
  provider = aws.data
  name     = "sales"
  path     = "/readers/"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = aws_iam_role.compute.arn }
      Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" } }
    }]
  })
  lifecycle {
    replace_triggered_by = [aws_iam_role.compute.id]
  }
}

resource "aws_s3_bucket" "shared" {
  provider = aws.data
  bucket   = "shared-data"
}

data "aws_iam_policy_document" "shared" {
  statement {
    sid       = "ComputeReads"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = [aws_s3_bucket.shared.arn, "${aws_s3_bucket.shared.arn}/*"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.compute.arn, "arn:aws:iam::${data.aws_caller_identity.compute.account_id}:root"]
    }
  }
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.shared.arn, "${aws_s3_bucket.shared.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "shared" {
  provider = aws.data
  bucket   = aws_s3_bucket.shared.id
  policy   = data.aws_iam_policy_document.shared.json
}

resource "aws_instance" "compute" {
  ami                  = data.aws_ami.linux.id
  instance_type        = "t3.large"
  iam_instance_profile = aws_iam_instance_profile.compute.id
  user_data            = <<-EOT
    #!/bin/bash
    cat >> /home/ec2-user/.aws/config <<CONFIG
    [profile sales]
    role_arn = ${aws_iam_role.reader.arn}
    credential_source = Ec2InstanceMetadata
    CONFIG
  EOT
}

data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}
