locals {
  settings = {
    dev  = { size = "small", buckets = ["dev-a"] }
    prod = { size = "large", buckets = ["prod-a", "prod-b"] }
  }
  environment = "prod"
  current     = lookup(local.settings, local.environment, local.settings["dev"])
  arns        = flatten([for bucket in local.current.buckets : ["arn:aws:s3:::${bucket}", "arn:aws:s3:::${bucket}/*"]])
  policy      = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        %{for index, arn in local.arns~}
        { "Effect": "Allow", "Action": "s3:*", "Resource": "${arn}" }%{if index < length(local.arns) - 1},%{endif}
        %{endfor~}
      ]
    }
  EOT
}
resource "aws_iam_policy" "templated" {
  name   = "templated-${local.current.size}"
  policy = local.policy
}
