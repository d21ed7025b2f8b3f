variable "instance_profile_names" {
  type    = map(string)
  default = { etl = "etl-profile", ml = "ml-profile" }
}
data "aws_caller_identity" "this" {}
data "databricks_spark_version" "lts" { long_term_support = true }
data "databricks_node_type" "small" { local_disk = true }
data "databricks_group" "users" { display_name = "users" }

locals {
  # Profiles that another team keeps.
  arns = {
    for key, name in var.instance_profile_names :
    key => "arn:aws:iam::${data.aws_caller_identity.this.account_id}:instance-profile/${name}"
  }
  base_policy = {
    "spark_version"           = { type = "regex", pattern = "1[45]\\.[0-9]+\\.x-scala.*" }
    "autotermination_minutes" = { type = "range", maxValue = 60, defaultValue = 20 }
  }
}

resource "databricks_instance_profile" "all" {
  for_each             = local.arns
  instance_profile_arn = each.value
}

resource "databricks_cluster_policy" "all" {
  for_each = databricks_instance_profile.all
  name     = "${each.key} policy"
  definition = jsonencode(merge(local.base_policy, {
    "aws_attributes.instance_profile_arn" = { type = "fixed", value = each.value.id, hidden = true }
    "aws_attributes.zone_id"              = { type = "unlimited", defaultValue = "auto" }
    "custom_tags.Team"                    = { type = "fixed", value = each.key }
  }))
}

resource "databricks_service_principal" "runner" {
  display_name = "runner"
}

resource "databricks_service_principal_role" "runner" {
  service_principal_id = databricks_service_principal.runner.id
  role                 = databricks_instance_profile.all["etl"].id
}

resource "databricks_group_role" "users" {
  group_id = data.databricks_group.users.id
  role     = databricks_instance_profile.all["ml"].id
}

resource "databricks_instance_pool" "etl" {
  instance_pool_name                    = "etl"
  min_idle_instances                    = 0
  max_capacity                          = 20
  node_type_id                          = data.databricks_node_type.small.id
  idle_instance_autotermination_minutes = 15
  aws_attributes {
    availability           = "ON_DEMAND"
    zone_id                = "eu-west-1a"
    spot_bid_price_percent = 100
  }
}

resource "databricks_job" "nightly" {
  name = "nightly"
  run_as {
    service_principal_name = databricks_service_principal.runner.application_id
  }
  dynamic "job_cluster" {
    for_each = { small = 2, large = 16 }
    content {
      job_cluster_key = job_cluster.key
      new_cluster {
        spark_version    = data.databricks_spark_version.lts.id
        num_workers      = job_cluster.value
        instance_pool_id = databricks_instance_pool.etl.id
        policy_id        = databricks_cluster_policy.all["etl"].id
        aws_attributes {
          instance_profile_arn = databricks_instance_profile.all["etl"].instance_profile_arn
        }
      }
    }
  }
  task {
    task_key        = "load"
    job_cluster_key = "small"
    notebook_task { notebook_path = "/jobs/load" }
  }
  depends_on = [databricks_service_principal_role.runner]
}

resource "databricks_cluster" "ml" {
  cluster_name            = "ml"
  spark_version           = data.databricks_spark_version.lts.id
  node_type_id            = data.databricks_node_type.small.id
  autotermination_minutes = 30
  autoscale {
    min_workers = 1
    max_workers = 4
  }
  aws_attributes {
    instance_profile_arn = databricks_instance_profile.all["ml"].id
    zone_id              = "auto"
    availability         = "SPOT_WITH_FALLBACK"
    first_on_demand      = 1
  }
}
