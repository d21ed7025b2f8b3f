# What instances, their networks and launch templates can be given beside the least of it.

variable "later" {
  default = false
}

data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}

data "aws_region" "here" {}

data "aws_ec2_managed_prefix_list" "s3" {
  name = "com.amazonaws.${data.aws_region.here.name}.s3"
}

resource "aws_iam_role" "worn" {
  name = "worn"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_instance_profile" "wear" {
  name = "wear"
  role = aws_iam_role.worn.name
}

resource "aws_key_pair" "mine" {
  key_name_prefix = "mine-"
  public_key      = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAoBVyd8chh8NuRET6pHy+9bQTIuK/ca4NpcmBkGsXTb mine"
  tags            = { Team = "data" }
}

resource "aws_vpc" "main" {
  cidr_block                           = "10.0.0.0/16"
  instance_tenancy                     = "default"
  enable_dns_support                   = true
  enable_dns_hostnames                 = !var.later
  enable_network_address_usage_metrics = var.later
  tags                                 = { Name = "main" }
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_subnet" "main" {
  vpc_id                                         = aws_vpc.main.id
  cidr_block                                     = "10.0.1.0/24"
  availability_zone_id                           = "use1-az1"
  map_public_ip_on_launch                        = true
  private_dns_hostname_type_on_launch            = "resource-name"
  enable_resource_name_dns_a_record_on_launch    = !var.later
  tags                                           = { Name = "main", Later = tostring(var.later) }
}

resource "aws_security_group" "main" {
  name_prefix            = "main-"
  description            = "All kinds of rules"
  vpc_id                 = aws_vpc.main.id
  revoke_rules_on_delete = true

  ingress {
    description = var.later ? "ping, later" : "ping"
    protocol    = "icmp"
    from_port   = 8
    to_port     = -1
    cidr_blocks = ["10.0.0.0/8", "192.168.0.0/16"]
  }
  ingress {
    protocol         = "tcp"
    from_port        = 443
    to_port          = 443
    cidr_blocks      = ["10.0.0.0/16"]
    ipv6_cidr_blocks = ["::/0"]
    security_groups  = [aws_security_group.other.id]
    self             = true
  }
  egress {
    protocol         = "-1"
    from_port        = 0
    to_port          = 0
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }
  egress {
    protocol        = "tcp"
    from_port       = 443
    to_port         = 443
    prefix_list_ids = [data.aws_ec2_managed_prefix_list.s3.id]
  }
  tags = { Team = "data" }
}

resource "aws_security_group" "other" {
  name   = "other"
  vpc_id = aws_vpc.main.id
}

resource "aws_security_group_rule" "described" {
  security_group_id = aws_security_group.other.id
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_blocks       = ["10.0.0.0/8"]
  description       = var.later ? "ssh, later" : "ssh"
}

resource "aws_security_group_rule" "out" {
  security_group_id        = aws_security_group.other.id
  type                     = "egress"
  protocol                 = "tcp"
  from_port                = 0
  to_port                  = 65535
  source_security_group_id = aws_security_group.main.id
  description              = var.later ? "out, later" : "out"
}

resource "aws_vpc_security_group_ingress_rule" "v6" {
  security_group_id = aws_security_group.other.id
  cidr_ipv6         = "2001:db8::/32"
  ip_protocol       = "udp"
  from_port         = 53
  to_port           = 53
  description       = var.later ? "names, later" : "names"
}

resource "aws_vpc_security_group_egress_rule" "list" {
  security_group_id = aws_security_group.other.id
  prefix_list_id    = data.aws_ec2_managed_prefix_list.s3.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_instance" "one" {
  ami                                  = data.aws_ami.linux.id
  instance_type                        = var.later ? "t3.small" : "t3.micro"
  subnet_id                            = aws_subnet.main.id
  vpc_security_group_ids               = var.later ? [aws_security_group.main.id] : [aws_security_group.main.id, aws_security_group.other.id]
  iam_instance_profile                 = aws_iam_instance_profile.wear.name
  key_name                             = aws_key_pair.mine.key_name
  associate_public_ip_address          = true
  private_ip                           = "10.0.1.20"
  secondary_private_ips                = var.later ? ["10.0.1.22"] : ["10.0.1.21"]
  source_dest_check                    = var.later
  monitoring                           = var.later
  ebs_optimized                        = true
  disable_api_stop                     = false
  disable_api_termination              = false
  instance_initiated_shutdown_behavior = var.later ? "terminate" : "stop"
  tenancy                              = "default"
  user_data_base64                     = base64encode(var.later ? "#!/bin/sh\necho later" : "#!/bin/sh\necho now")
  hibernation                          = false

  root_block_device {
    volume_size           = var.later ? 30 : 20
    volume_type           = "gp3"
    iops                  = var.later ? 4000 : 3000
    throughput            = 125
    encrypted             = true
    delete_on_termination = true
    tags                  = { Kind = "root", Later = tostring(var.later) }
  }

  ebs_block_device {
    device_name           = "/dev/sdf"
    volume_size           = 8
    volume_type           = "io2"
    iops                  = 100
    delete_on_termination = true
    tags                  = { Kind = "data" }
  }

  ephemeral_block_device {
    device_name = "/dev/sdg"
    no_device   = true
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = var.later ? "required" : "optional"
    http_put_response_hop_limit = var.later ? 3 : 2
    instance_metadata_tags      = var.later ? "enabled" : "disabled"
  }

  credit_specification {
    cpu_credits = var.later ? "standard" : "unlimited"
  }

  cpu_options {
    core_count       = 1
    threads_per_core = 2
  }

  maintenance_options {
    auto_recovery = var.later ? "disabled" : "default"
  }

  private_dns_name_options {
    hostname_type                     = "resource-name"
    enable_resource_name_dns_a_record = true
  }

  capacity_reservation_specification {
    capacity_reservation_preference = var.later ? "none" : "open"
  }

  enclave_options {
    enabled = false
  }

  tags = { Name = "one", Later = tostring(var.later) }
}

resource "aws_instance" "volumes_tagged" {
  ami                    = data.aws_ami.linux.id
  instance_type          = "m5.large"
  subnet_id              = aws_subnet.main.id
  vpc_security_group_ids = [aws_security_group.main.id]
  volume_tags            = { Team = var.later ? "platform" : "data" }
  user_data              = "hello"
  user_data_replace_on_change = false
}

resource "aws_network_interface" "own" {
  subnet_id         = aws_subnet.main.id
  private_ips       = ["10.0.1.40", "10.0.1.41"]
  security_groups   = [aws_security_group.main.id]
  source_dest_check = false
}

resource "aws_instance" "with_interface" {
  ami           = data.aws_ami.linux.id
  instance_type = "m5.large"
  network_interface {
    network_interface_id = aws_network_interface.own.id
    device_index         = 0
  }
}

resource "aws_instance" "spot" {
  ami           = data.aws_ami.linux.id
  instance_type = "m5.large"
  subnet_id     = aws_subnet.main.id
  instance_market_options {
    market_type = "spot"
    spot_options {
      max_price                      = "1.0"
      spot_instance_type             = "one-time"
      instance_interruption_behavior = "terminate"
    }
  }
}

resource "aws_launch_template" "full" {
  name_prefix                          = "full-"
  description                          = "All of it"
  update_default_version               = true
  image_id                             = data.aws_ami.linux.id
  instance_type                        = var.later ? "t3.large" : "t3.medium"
  key_name                             = aws_key_pair.mine.key_name
  ebs_optimized                        = "true"
  disable_api_termination              = false
  disable_api_stop                     = false
  instance_initiated_shutdown_behavior = "terminate"
  user_data                            = base64encode("hello")

  iam_instance_profile {
    name = aws_iam_instance_profile.wear.name
  }
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size           = 30
      volume_type           = "gp3"
      iops                  = 3000
      throughput            = 125
      delete_on_termination = "true"
      encrypted             = "true"
    }
  }
  network_interfaces {
    device_index                = 0
    subnet_id                   = aws_subnet.main.id
    security_groups             = [aws_security_group.main.id]
    associate_public_ip_address = "true"
    delete_on_termination       = "true"
    description                 = "first"
  }
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }
  credit_specification {
    cpu_credits = "standard"
  }
  monitoring {
    enabled = true
  }
  placement {
    tenancy = "default"
  }
  maintenance_options {
    auto_recovery = "disabled"
  }
  private_dns_name_options {
    hostname_type                     = "ip-name"
    enable_resource_name_dns_a_record = true
  }
  cpu_options {
    core_count       = 1
    threads_per_core = 2
  }
  capacity_reservation_specification {
    capacity_reservation_preference = "open"
  }
  hibernation_options {
    configured = false
  }
  enclave_options {
    enabled = false
  }
  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "from template" }
  }
  tag_specifications {
    resource_type = "volume"
    tags          = { Name = "from template" }
  }
  tags = { Team = "data" }
}

resource "aws_instance" "from_template" {
  launch_template {
    id      = aws_launch_template.full.id
    version = aws_launch_template.full.latest_version
  }
  tags = { Name = "named by the instance" }
  # The provider hashes the hash that it has kept once more, where the data are the template's.
  lifecycle {
    ignore_changes = [user_data]
  }
}

resource "aws_volume_attachment" "more" {
  device_name = "/dev/sdh"
  volume_id   = aws_ebs_volume.more.id
  instance_id = aws_instance.spot.id
}

resource "aws_ebs_volume" "more" {
  availability_zone = aws_subnet.main.availability_zone
  size              = 4
}

resource "aws_ec2_tag" "seen" {
  resource_id = aws_instance.spot.primary_network_interface_id
  key         = "Seen"
  value       = "yes"
}

# Replaced in the second step; its address follows.
resource "aws_instance" "replaced" {
  ami                         = data.aws_ami.linux.id
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.main.id
  user_data                   = "later: ${var.later}"
  user_data_replace_on_change = true
}

resource "aws_eip" "follows" {
  domain     = "vpc"
  instance   = aws_instance.replaced.id
  depends_on = [aws_internet_gateway.main]
}

resource "aws_spot_instance_request" "at_any_price" {
  ami                  = data.aws_ami.linux.id
  instance_type        = "t3.micro"
  subnet_id            = aws_subnet.main.id
  wait_for_fulfillment = true
}

data "aws_vpc_endpoint_service" "s3" {
  service      = "s3"
  service_type = "Gateway"
}

# As the module terraform-aws-modules/vpc manages it, unless it is told not to.
resource "aws_default_network_acl" "main" {
  default_network_acl_id = aws_vpc.main.default_network_acl_id

  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    from_port  = 0
    to_port    = 0
    cidr_block = "0.0.0.0/0"
  }
  dynamic "egress" {
    for_each = var.later ? { 100 = "10.0.0.0/8" } : { 100 = "0.0.0.0/0", 110 = "10.0.0.0/8" }
    content {
      rule_no    = egress.key
      action     = "allow"
      protocol   = "-1"
      from_port  = 0
      to_port    = 0
      cidr_block = egress.value
    }
  }
  ingress {
    rule_no         = 101
    action          = "allow"
    protocol        = "-1"
    from_port       = 0
    to_port         = 0
    ipv6_cidr_block = "::/0"
  }
  tags = { Name = "default" }
  lifecycle {
    ignore_changes = [subnet_ids]
  }
}

resource "aws_network_acl" "own" {
  vpc_id     = aws_vpc.main.id
  subnet_ids = var.later ? [] : [aws_subnet.main.id]
}

resource "aws_network_acl_rule" "https" {
  network_acl_id = aws_network_acl.own.id
  rule_number    = 200
  protocol       = "tcp"
  rule_action    = var.later ? "deny" : "allow"
  cidr_block     = "0.0.0.0/0"
  from_port      = 443
  to_port        = 443
}

resource "aws_network_acl_rule" "ping" {
  network_acl_id = aws_network_acl.own.id
  rule_number    = 210
  egress         = true
  protocol       = "icmp"
  rule_action    = "allow"
  cidr_block     = "10.0.0.0/8"
  icmp_type      = -1
  icmp_code      = -1
}
