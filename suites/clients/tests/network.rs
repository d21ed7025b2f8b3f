//! Networks: Terraform with the real AWS provider, and boto3 over every operation.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

use clients::{Clients, Server, Terraform};

/// The network of a workspace in a VPC of one's own: private subnets behind a NAT gateway, endpoints.
const NETWORK: &str = r#"
variable "team" {
  default = "data"
}

variable "open" {
  default = false
}

data "aws_availability_zones" "available" {
  state = "available"
}

data "aws_region" "here" {}

data "aws_prefix_list" "s3" {
  name = "com.amazonaws.${data.aws_region.here.name}.s3"
}

resource "aws_vpc" "workspace" {
  cidr_block           = "10.4.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "workspace", Team = var.team }
}

resource "aws_subnet" "private" {
  count                   = 2
  vpc_id                  = aws_vpc.workspace.id
  cidr_block              = cidrsubnet(aws_vpc.workspace.cidr_block, 3, count.index)
  availability_zone       = data.aws_availability_zones.available.names[count.index]
  map_public_ip_on_launch = var.open
  tags                    = { Name = "private-${count.index}", Team = var.team }
}

resource "aws_subnet" "public" {
  vpc_id     = aws_vpc.workspace.id
  cidr_block = "10.4.128.0/20"
}

resource "aws_internet_gateway" "gateway" {
  vpc_id = aws_vpc.workspace.id
}

resource "aws_eip" "nat" {
  domain     = "vpc"
  depends_on = [aws_internet_gateway.gateway]
}

resource "aws_nat_gateway" "nat" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.public.id
  tags          = { Team = var.team }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.workspace.id
  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.nat.id
  }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.workspace.id
}

resource "aws_route" "internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.gateway.id
}

resource "aws_route_table_association" "private" {
  count          = 2
  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private.id
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = var.open ? aws_route_table.public.id : aws_route_table.private.id
}

resource "aws_security_group" "nodes" {
  name        = "nodes"
  description = "Nodes of clusters"
  vpc_id      = aws_vpc.workspace.id

  ingress {
    description = "Nodes talk to each other"
    from_port   = 0
    to_port     = 65535
    protocol    = "tcp"
    self        = true
  }

  egress {
    from_port       = 443
    to_port         = var.open ? 8443 : 443
    protocol        = "tcp"
    cidr_blocks     = ["0.0.0.0/0"]
    prefix_list_ids = [data.aws_prefix_list.s3.id]
  }

  dynamic "ingress" {
    for_each = var.open ? ["10.0.0.0/8"] : []
    content {
      from_port   = 22
      to_port     = 22
      protocol    = "tcp"
      cidr_blocks = [ingress.value]
    }
  }
}

resource "aws_security_group" "endpoints" {
  name_prefix = "endpoints-"
  vpc_id      = aws_vpc.workspace.id
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id            = aws_security_group.endpoints.id
  referenced_security_group_id = aws_security_group.nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = var.open ? 444 : 443
  tags                         = { Team = var.team }
}

resource "aws_vpc_security_group_egress_rule" "all" {
  security_group_id = aws_security_group.endpoints.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.workspace.id
  service_name    = "com.amazonaws.${data.aws_region.here.name}.s3"
  route_table_ids = var.open ? [aws_route_table.private.id, aws_route_table.public.id] : [aws_route_table.private.id]
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:*", Resource = "*" }]
  })
}

resource "aws_vpc_endpoint" "sts" {
  vpc_id              = aws_vpc.workspace.id
  service_name        = "com.amazonaws.${data.aws_region.here.name}.sts"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = aws_subnet.private[*].id
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true
  tags                = { Team = var.team }
}

resource "aws_vpc_dhcp_options" "names" {
  domain_name         = "example.internal"
  domain_name_servers = ["AmazonProvidedDNS"]
}

resource "aws_vpc_dhcp_options_association" "names" {
  vpc_id          = aws_vpc.workspace.id
  dhcp_options_id = aws_vpc_dhcp_options.names.id
}

resource "aws_network_interface" "spare" {
  subnet_id       = aws_subnet.private[0].id
  security_groups = [aws_security_group.nodes.id]
  description     = var.team
}

resource "aws_ebs_volume" "data" {
  availability_zone = data.aws_availability_zones.available.names[0]
  size              = var.open ? 20 : 10
  type              = "gp3"
  tags              = { Team = var.team }
}

resource "aws_key_pair" "deployer" {
  key_name   = "deployer"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAoBVyd8chh8NuRET6pHy+9bQTIuK/ca4NpcmBkGsXTb deployer"
}
"#;

#[test]
fn a_network_is_applied_changed_and_destroyed() {
    let Some(terraform) = Terraform::of("a network of one's own") else { return };
    let server = Server::start(&["--ephemeral"]);
    terraform.write("main.tf", NETWORK);
    terraform.init(&server);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.write("terraform.tfvars", "team = \"platform\"\nopen = true\n");
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}

#[test]
fn every_operation_through_boto3() {
    let Some(clients) = Clients::of("networks, volumes and tags through boto3") else { return };
    let server = Server::start(&["--ephemeral"]);
    clients.python(&server, "network/smoke.py");
}
