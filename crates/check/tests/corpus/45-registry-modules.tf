# Roles from modules of a registry: what they make is not seen.
module "cross_account" {
  source  = "terraform-aws-modules/iam/aws//modules/iam-assumable-role"
  version = "5.30.0"

  create_role       = true
  role_name         = "databricks"
  role_requires_mfa = false
  trusted_role_arns = ["arn:aws:iam::414351767826:root"]
  role_sts_externalid = [
    var.databricks_account_id,
  ]
  custom_role_policy_arns = [aws_iam_policy.cross_account.arn]
}
variable "databricks_account_id" {}
data "terraform_remote_state" "network" {
  backend = "s3"
  config  = { bucket = "state", key = "network.tfstate", region = "us-east-1" }
}
data "databricks_aws_crossaccount_policy" "this" {
  policy_type = "customer"
}
resource "aws_iam_policy" "cross_account" {
  name   = "databricks"
  policy = data.databricks_aws_crossaccount_policy.this.json
}
resource "databricks_mws_credentials" "this" {
  credentials_name = "databricks"
  role_arn         = module.cross_account.iam_role_arn
}
resource "databricks_mws_networks" "this" {
  account_id         = var.databricks_account_id
  network_name       = "shared"
  vpc_id             = data.terraform_remote_state.network.outputs.vpc_id
  subnet_ids         = data.terraform_remote_state.network.outputs.private_subnets
  security_group_ids = [data.terraform_remote_state.network.outputs.security_group]
}
resource "databricks_mws_workspaces" "this" {
  account_id               = var.databricks_account_id
  workspace_name           = "shared"
  aws_region               = "us-east-1"
  credentials_id           = databricks_mws_credentials.this.credentials_id
  storage_configuration_id = "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"
  network_id               = databricks_mws_networks.this.network_id
}
module "instance_profile" {
  source = "git::https://example.com/modules/profile.git?ref=v1.2.0"
  name   = "etl"
}
resource "databricks_instance_profile" "etl" {
  instance_profile_arn = module.instance_profile.arn
}
resource "aws_instance" "edge" {
  count                = length(data.terraform_remote_state.network.outputs.private_subnets)
  ami                  = "ami-0abcdef1234567890"
  instance_type        = "t3.micro"
  subnet_id            = data.terraform_remote_state.network.outputs.private_subnets[count.index]
  iam_instance_profile = module.instance_profile.name
}
