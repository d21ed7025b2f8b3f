variable "repositories" {
  type    = list(string)
  default = ["acme/infra", "acme/app"]
}
data "tls_certificate" "github" { url = "https://token.actions.githubusercontent.com" }
resource "aws_iam_openid_connect_provider" "github" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = [data.tls_certificate.github.certificates[0].sha1_fingerprint]
}
data "aws_iam_policy_document" "github" {
  for_each = toset(var.repositories)
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }
    condition {
      test     = "StringLike"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:${each.value}:*"]
    }
  }
}
resource "aws_iam_role" "github" {
  for_each           = toset(var.repositories)
  name               = "github-${replace(each.value, "/", "-")}"
  assume_role_policy = data.aws_iam_policy_document.github[each.value].json
}
