resource "aws_iam_role" "worker" {
  name = "worker"
  assume_role_policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
      ]
    }
  EOT
}
resource "aws_iam_instance_profile" "worker" {
  name = "worker"
  role = aws_iam_role.worker.name
}
resource "aws_launch_configuration" "worker" {
  name_prefix          = "worker-"
  image_id             = "ami-0abcdef1234567890"
  instance_type        = "m5.large"
  iam_instance_profile = aws_iam_instance_profile.worker.arn
}
