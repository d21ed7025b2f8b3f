variable "cross_account_role" {
  description = "The role with which Databricks launches instances in this account."
  type        = string
  default     = "databricks-cross-account"
}

variable "name" {
  description = "What the role, its instance profile and the policy that passes it are called by."
  type        = string
  default     = "lakehouse-reader"
}

# What the instances may do, and that they are instances.
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "reader" {
  name               = var.name
  description        = "What clusters read the lakehouse with"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

# Databricks may hand the role to the instances that it launches.
data "aws_iam_policy_document" "pass" {
  statement {
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.reader.arn]
  }
}

resource "aws_iam_policy" "pass" {
  name   = "pass-${var.name}"
  policy = data.aws_iam_policy_document.pass.json
}

resource "aws_iam_role_policy_attachment" "pass" {
  role       = var.cross_account_role
  policy_arn = aws_iam_policy.pass.arn
}

# The role reaches EC2 in an instance profile, which has an ARN of its own.
resource "aws_iam_instance_profile" "reader" {
  name = var.name
  role = aws_iam_role.reader.name
}

resource "databricks_instance_profile" "reader" {
  instance_profile_arn = aws_iam_instance_profile.reader.arn

  # Databricks tries a launch: it must be allowed to pass the role by then.
  depends_on = [aws_iam_role_policy_attachment.pass]
}

resource "aws_iam_role_policy" "read" {
  name = "read-lakehouse"
  role = aws_iam_role.reader.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:ListBucket", Resource = "arn:aws:s3:::example-lakehouse" },
      { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::example-lakehouse/*" },
    ]
  })
}

data "databricks_spark_version" "lts" {
  long_term_support = true
}

data "databricks_node_type" "small" {
  local_disk = true
}

resource "databricks_cluster" "shared" {
  cluster_name            = "lakehouse"
  spark_version           = data.databricks_spark_version.lts.id
  node_type_id            = data.databricks_node_type.small.id
  autotermination_minutes = 30

  autoscale {
    min_workers = 1
    max_workers = 8
  }

  aws_attributes {
    instance_profile_arn   = databricks_instance_profile.reader.id
    availability           = "SPOT_WITH_FALLBACK"
    zone_id                = "auto"
    first_on_demand        = 1
    spot_bid_price_percent = 100
  }
}

# The nodes of the cluster, which wear the instance profile.
data "aws_instances" "nodes" {
  instance_tags = {
    ClusterId = databricks_cluster.shared.id
  }
}

output "cluster" {
  value = databricks_cluster.shared.id
}

output "instance" {
  value = try(data.aws_instances.nodes.ids[0], null)
}

output "role" {
  value = aws_iam_role.reader.arn
}
