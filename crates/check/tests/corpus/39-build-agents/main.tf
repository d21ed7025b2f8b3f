variable "queues" {
  type    = set(string)
  default = ["default", "gpu"]
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "agent" {
  for_each             = var.queues
  name_prefix          = "agent-${each.value}-"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600
}

resource "aws_iam_role_policy_attachment" "managed" {
  for_each = {
    for pair in setproduct(var.queues, ["AmazonSSMManagedInstanceCore", "CloudWatchAgentServerPolicy"]) :
    "${pair[0]}/${pair[1]}" => { queue = pair[0], policy = pair[1] }
  }
  role       = aws_iam_role.agent[each.value.queue].name
  policy_arn = "arn:aws:iam::aws:policy/${each.value.policy}"
}

resource "aws_iam_role_policy" "agent" {
  for_each = var.queues
  role     = aws_iam_role.agent[each.value].id
  policy   = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        %{~for at, action in ["ecr:GetAuthorizationToken", "ecr:BatchGetImage"]~}
        %{if at > 0},%{endif}{"Effect": "Allow", "Action": "${action}", "Resource": "*"}
        %{~endfor~}
        ,
        {
          "Effect": "Allow",
          "Action": ["s3:GetObject", "s3:PutObject"],
          "Resource": "arn:aws:s3:::artifacts-${each.value}/*"
        }
      ]
    }
  JSON
}

resource "aws_iam_instance_profile" "agent" {
  for_each    = aws_iam_role.agent
  name_prefix = "agent-${each.key}-"
  role        = each.value.name
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_launch_template" "agent" {
  for_each      = var.queues
  name_prefix   = "agent-${each.key}-"
  image_id      = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type = each.key == "gpu" ? "g5.xlarge" : "m6i.large"

  iam_instance_profile {
    arn = aws_iam_instance_profile.agent[each.key].arn
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }

  user_data = base64encode(templatefile("${path.module}/agent.sh.tftpl", {
    queue   = each.key
    volumes = ["/cache", "/work"]
  }))

  dynamic "tag_specifications" {
    for_each = ["instance", "volume"]
    content {
      resource_type = tag_specifications.value
      tags          = { Queue = each.key }
    }
  }
}

resource "aws_autoscaling_group" "agent" {
  for_each = aws_launch_template.agent
  name     = "agent-${each.key}"
  min_size = 0
  max_size = 10

  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = each.value.id
        version            = "$Latest"
      }
      dynamic "override" {
        for_each = each.key == "gpu" ? ["g5.xlarge", "g5.2xlarge"] : ["m6i.large"]
        content {
          instance_type = override.value
        }
      }
    }
  }
}
