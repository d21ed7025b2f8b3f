variable "account_host" {
  type = string
}

variable "minutes" {
  default = 30
}

provider "databricks" {
  alias         = "account"
  host          = var.account_host
  account_id    = "11111111-2222-4333-8444-555555555555"
  client_id     = "rolecall-admin"
  client_secret = "rolecall-secret"
}

data "databricks_current_user" "me" {}

resource "databricks_group" "data" {
  display_name         = "data"
  allow_cluster_create = true
}

resource "databricks_group_member" "me" {
  group_id  = databricks_group.data.id
  member_id = data.databricks_current_user.me.id
}

resource "databricks_group_role" "reader" {
  group_id = databricks_group.data.id
  role     = databricks_instance_profile.reader.id
}

resource "databricks_user_role" "reader" {
  user_id = data.databricks_current_user.me.id
  role    = databricks_instance_profile.reader.id
}

data "databricks_node_type" "small" {}

resource "databricks_instance_pool" "idle" {
  instance_pool_name                    = "idle"
  min_idle_instances                    = 0
  max_capacity                          = 5
  node_type_id                          = data.databricks_node_type.small.id
  idle_instance_autotermination_minutes = 10
  custom_tags                           = { team = "team-${var.minutes}" }
  aws_attributes {
    availability = "ON_DEMAND"
  }
}

resource "databricks_sql_global_config" "this" {
  instance_profile_arn = databricks_instance_profile.reader.id
}

resource "databricks_sql_endpoint" "small" {
  name           = "small"
  cluster_size   = "2X-Small"
  warehouse_type = "CLASSIC"
  auto_stop_mins = var.minutes
  depends_on     = [databricks_sql_global_config.this]

  channel {}

  timeouts {
    create = "10m"
  }
}

resource "databricks_cluster" "pooled" {
  cluster_name            = "pooled"
  spark_version           = data.databricks_spark_version.lts.id
  instance_pool_id        = databricks_instance_pool.idle.id
  num_workers             = 1
  autotermination_minutes = var.minutes
  is_pinned               = true

  timeouts {
    create = "10m"
    update = "10m"
    delete = "10m"
  }
}

data "databricks_spark_version" "lts" {
  long_term_support = true
}

output "odbc" {
  value = databricks_sql_endpoint.small.odbc_params[0].path
}

resource "databricks_mws_credentials" "cross" {
  provider         = databricks.account
  credentials_name = "cross"
  role_arn         = "arn:aws:iam::000000000000:role/${var.cross_account_role}"
}

resource "aws_s3_bucket" "root" {
  bucket = "second-root"
}

data "databricks_aws_bucket_policy" "root" {
  bucket                   = aws_s3_bucket.root.bucket
  databricks_e2_account_id = "11111111-2222-4333-8444-555555555555"
}

resource "aws_s3_bucket_policy" "root" {
  bucket = aws_s3_bucket.root.id
  policy = data.databricks_aws_bucket_policy.root.json
}

resource "databricks_mws_storage_configurations" "root" {
  provider                   = databricks.account
  storage_configuration_name = "root"
  bucket_name                = aws_s3_bucket_policy.root.bucket
}

resource "databricks_mws_workspaces" "second" {
  provider                 = databricks.account
  workspace_name           = "second"
  aws_region               = "us-east-1"
  credentials_id           = databricks_mws_credentials.cross.credentials_id
  storage_configuration_id = databricks_mws_storage_configurations.root.storage_configuration_id
}
