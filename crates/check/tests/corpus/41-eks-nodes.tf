variable "cluster_name" { default = "analytics" }
variable "oidc_issuer" {
  type    = string
  default = "https://oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E"
}

data "aws_iam_openid_connect_provider" "this" {
  url = var.oidc_issuer
}

locals {
  issuer   = replace(var.oidc_issuer, "https://", "")
  accounts = { karpenter = "kube-system:karpenter", spark = "jobs:spark", loki = "logs:loki" }
  policies = ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly"]
}

resource "aws_iam_role" "node" {
  name = "${var.cluster_name}-node"
  assume_role_policy = jsonencode({
    Version = "2012-10-17",
    Statement = [{
      Effect = "Allow", Action = "sts:AssumeRole",
      Principal = { Service = "ec2.amazonaws.com" },
    }],
  })
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each   = toset(local.policies)
  role       = aws_iam_role.node.name
  policy_arn = format("arn:aws:iam::aws:policy/%s", each.value)
}

resource "aws_iam_instance_profile" "node" {
  name = aws_iam_role.node.name
  role = aws_iam_role.node.name
}

resource "aws_iam_role" "account" {
  for_each = local.accounts
  name     = "${var.cluster_name}-${each.key}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = data.aws_iam_openid_connect_provider.this.arn }
      Condition = {
        StringEquals = {
          "${local.issuer}:aud" = "sts.amazonaws.com"
          "${local.issuer}:sub" = "system:serviceaccount:${each.value}"
        }
      }
    }]
  })
}

resource "aws_iam_role_policy" "karpenter" {
  role = aws_iam_role.account["karpenter"].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Launch"
        Effect   = "Allow"
        Action   = ["ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:CreateTags", "ec2:Describe*"]
        Resource = "*"
      },
      {
        Sid       = "Terminate"
        Effect    = "Allow"
        Action    = ["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"]
        Resource  = "*"
        Condition = { StringLike = { "ec2:ResourceTag/karpenter.sh/nodepool" = "*" } }
      },
      {
        Sid       = "Pass"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = aws_iam_role.node.arn
        Condition = { StringEquals = { "iam:PassedToService" = ["ec2.amazonaws.com"] } }
      },
      {
        Sid      = "Profiles"
        Effect   = "Allow"
        Action   = ["iam:GetInstanceProfile", "iam:CreateInstanceProfile", "iam:TagInstanceProfile", "iam:AddRoleToInstanceProfile"]
        Resource = "arn:aws:iam::*:instance-profile/${var.cluster_name}*"
      },
    ]
  })
}

resource "aws_launch_template" "node" {
  name     = "${var.cluster_name}-node"
  image_id = "ami-0abcdef1234567890"
  iam_instance_profile {
    name = aws_iam_instance_profile.node.name
  }
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }
  user_data = base64encode(<<-EOT
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="BOUNDARY"

    --BOUNDARY
    Content-Type: application/node.eks.aws

    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      cluster: { name: ${var.cluster_name} }
    --BOUNDARY--
  EOT
  )
}

resource "aws_eks_node_group" "this" {
  cluster_name  = var.cluster_name
  node_role_arn = aws_iam_role.node.arn
  subnet_ids    = []
  scaling_config {
    desired_size = 1
    max_size     = 3
    min_size     = 1
  }
  launch_template {
    id      = aws_launch_template.node.id
    version = aws_launch_template.node.latest_version
  }
  depends_on = [aws_iam_role_policy_attachment.node]
}
