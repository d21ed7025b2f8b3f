variable "profile_arn" {
  default = "arn:aws:iam::123456789012:instance-profile/shared"
}
resource "databricks_instance_profile" "shared" { instance_profile_arn = var.profile_arn }
resource "databricks_cluster_policy" "fixed" {
  name = "fixed"
  definition = jsonencode({
    "aws_attributes.instance_profile_arn" = { type = "fixed", value = databricks_instance_profile.shared.id }
    "autotermination_minutes"             = { type = "fixed", value = 20 }
  })
}
resource "databricks_cluster" "shared" {
  cluster_name            = "shared"
  spark_version           = "15.4.x-scala2.12"
  node_type_id            = "i3.xlarge"
  policy_id               = databricks_cluster_policy.fixed.id
  autotermination_minutes = 20
  autoscale {
    min_workers = 1
    max_workers = 4
  }
  aws_attributes {
    instance_profile_arn = databricks_instance_profile.shared.id
    availability         = "SPOT_WITH_FALLBACK"
    zone_id              = "auto"
  }
}
resource "databricks_instance_pool" "pool" {
  instance_pool_name                    = "pool"
  min_idle_instances                    = 0
  max_capacity                          = 10
  node_type_id                          = "i3.xlarge"
  idle_instance_autotermination_minutes = 10
  aws_attributes { zone_id = "us-east-1a" }
}
