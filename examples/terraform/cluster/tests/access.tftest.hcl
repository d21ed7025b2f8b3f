# `terraform test`: the configuration is applied, asked what it allows, and destroyed.

# Under a name of its own, so that it can be run beside what is applied.
variables {
  name = "lakehouse-reader-tested"
}

run "the_profile_is_registered" {
  assert {
    condition     = databricks_instance_profile.reader.id == aws_iam_instance_profile.reader.arn
    error_message = "another instance profile is registered"
  }

  assert {
    condition     = databricks_cluster.shared.state == "RUNNING"
    error_message = "the cluster does not run"
  }
}

run "the_cluster_reads_the_lakehouse" {
  module {
    source = "./tests/access"
  }

  variables {
    role     = run.the_profile_is_registered.role
    actions  = ["s3:GetObject"]
    resource = "arn:aws:s3:::example-lakehouse/orders"
  }

  assert {
    condition     = output.decisions["s3:GetObject"] == "allowed"
    error_message = "the cluster cannot read the lakehouse"
  }
}

run "and_changes_nothing_in_it" {
  module {
    source = "./tests/access"
  }

  variables {
    role     = run.the_profile_is_registered.role
    actions  = ["s3:PutObject", "s3:DeleteObject"]
    resource = "arn:aws:s3:::example-lakehouse/orders"
  }

  assert {
    condition     = alltrue([for decision in values(output.decisions) : decision == "implicitDeny"])
    error_message = "the cluster can change the lakehouse"
  }
}
