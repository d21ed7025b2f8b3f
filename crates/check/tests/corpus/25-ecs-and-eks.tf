locals { services = ["ecs-tasks.amazonaws.com", "eks.amazonaws.com", "pods.eks.amazonaws.com"] }
resource "aws_iam_role" "service" {
  for_each = toset(local.services)
  name     = split(".", each.value)[0]
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sts:AssumeRole"], Principal = { Service = each.value } }]
  })
}
resource "aws_iam_role" "node" {
  name = "node"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sts:AssumeRole"], Principal = { Service = "ec2.amazonaws.com" } }]
  })
  managed_policy_arns = ["arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"]
}
resource "aws_iam_instance_profile" "node" {
  name = "node"
  role = aws_iam_role.node.name
}
resource "aws_launch_template" "node" {
  name = "node"
  iam_instance_profile { name = aws_iam_instance_profile.node.name }
}
