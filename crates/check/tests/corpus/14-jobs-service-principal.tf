data "aws_iam_policy_document" "ec2" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}
resource "aws_iam_role" "job" {
  name               = "job"
  assume_role_policy = data.aws_iam_policy_document.ec2.json
}
resource "aws_iam_instance_profile" "job" {
  name = "job"
  role = aws_iam_role.job.name
}
resource "databricks_instance_profile" "job" { instance_profile_arn = aws_iam_instance_profile.job.arn }
resource "databricks_service_principal" "runner" { display_name = "runner" }
resource "databricks_service_principal_role" "runner" {
  service_principal_id = databricks_service_principal.runner.id
  role                 = databricks_instance_profile.job.id
}
resource "databricks_job" "nightly" {
  name = "nightly"
  run_as { service_principal_name = databricks_service_principal.runner.application_id }
  job_cluster {
    job_cluster_key = "main"
    new_cluster {
      num_workers   = 2
      spark_version = "15.4.x-scala2.12"
      node_type_id  = "i3.xlarge"
      aws_attributes { instance_profile_arn = databricks_instance_profile.job.id }
    }
  }
  task {
    task_key        = "a"
    job_cluster_key = "main"
    notebook_task { notebook_path = "/a" }
  }
}
