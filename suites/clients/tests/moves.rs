//! States that move between the official Databricks provider and rolecall's: written as the one writes them, read by
//! the other, with nothing to change after.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

use clients::signed::{self, Connection, Key};
use clients::{Server, Terraform};
use serde_json::{Value, json};

const OURS: &str = "registry.terraform.io/rolecall/databricks";
const OFFICIAL: &str = "registry.terraform.io/databricks/databricks";

const MAIN: &str = r#"
terraform {
  required_providers {
    databricks = {
      source = "rolecall/databricks"
    }
  }
}

variable "account_host" {}

provider "databricks" {}

provider "databricks" {
  alias         = "account"
  host          = var.account_host
  account_id    = "11111111-2222-4333-8444-555555555555"
  client_id     = "rolecall-admin"
  client_secret = "rolecall-secret"
}

data "databricks_current_user" "me" {}

data "databricks_spark_version" "lts" {
  long_term_support = true
}

data "databricks_node_type" "small" {
  local_disk = true
}

resource "databricks_instance_profile" "reader" {
  instance_profile_arn = "arn:aws:iam::000000000000:instance-profile/reader"
}

resource "databricks_group" "data" {
  display_name         = "data"
  allow_cluster_create = true
}

resource "databricks_group_member" "me" {
  group_id  = databricks_group.data.id
  member_id = data.databricks_current_user.me.id
}

resource "databricks_group_instance_profile" "reader" {
  group_id            = databricks_group.data.id
  instance_profile_id = databricks_instance_profile.reader.id
}

resource "databricks_user_role" "reader" {
  user_id = data.databricks_current_user.me.id
  role    = databricks_instance_profile.reader.id
}

resource "databricks_cluster_policy" "reader" {
  name = "reader"
  definition = jsonencode({
    "aws_attributes.instance_profile_arn" = { type = "fixed", value = databricks_instance_profile.reader.id }
  })
}

resource "databricks_instance_pool" "idle" {
  instance_pool_name                    = "idle"
  idle_instance_autotermination_minutes = 10
  node_type_id                          = data.databricks_node_type.small.id
}

resource "databricks_cluster" "wearing" {
  cluster_name  = "wearing"
  spark_version = data.databricks_spark_version.lts.id
  node_type_id  = data.databricks_node_type.small.id
  policy_id     = databricks_cluster_policy.reader.id
  autoscale {
    min_workers = 1
    max_workers = 4
  }
  aws_attributes {
    instance_profile_arn = databricks_instance_profile.reader.id
    availability         = "SPOT_WITH_FALLBACK"
    zone_id              = "auto"
  }
  timeouts {
    create = "10m"
  }
}

resource "databricks_cluster" "plain" {
  cluster_name  = "plain"
  spark_version = data.databricks_spark_version.lts.id
  node_type_id  = data.databricks_node_type.small.id
  num_workers   = 1
}

resource "databricks_sql_global_config" "this" {
  instance_profile_arn = databricks_instance_profile.reader.id
}

resource "databricks_sql_endpoint" "small" {
  name           = "small"
  cluster_size   = "2X-Small"
  warehouse_type = "CLASSIC"
  depends_on     = [databricks_sql_global_config.this]
}

resource "databricks_storage_credential" "lake" {
  name = "lake"
  aws_iam_role {
    role_arn = "arn:aws:iam::000000000000:role/lake"
  }
}

resource "databricks_external_location" "lake" {
  name            = "lake"
  url             = "s3://example-lake/raw"
  credential_name = databricks_storage_credential.lake.id
  skip_validation = true
}

resource "databricks_mws_credentials" "cross" {
  provider         = databricks.account
  credentials_name = "cross"
  role_arn         = "arn:aws:iam::000000000000:role/databricks-cross-account"
}

resource "databricks_mws_storage_configurations" "root" {
  provider                   = databricks.account
  storage_configuration_name = "root"
  bucket_name                = "databricks-root-000000000000"
}

resource "databricks_mws_workspaces" "second" {
  provider                 = databricks.account
  workspace_name           = "second"
  aws_region               = "us-east-1"
  credentials_id           = databricks_mws_credentials.cross.credentials_id
  storage_configuration_id = databricks_mws_storage_configurations.root.storage_configuration_id
}
"#;

/// A role in an instance profile, which Databricks may pass.
fn make_profile(server: &Server) {
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;
    let pass = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::000000000000:role/reader"}}"#;
    let (role, profile) = (("RoleName", "reader"), ("InstanceProfileName", "reader"));
    let cross_account = ("RoleName", "databricks-cross-account");
    let mut iam = Connection::open(server.aws()).expect("the server listens");
    for (action, parameters) in [
        ("CreateRole", &[role, ("AssumeRolePolicyDocument", trust)][..]),
        ("CreateInstanceProfile", &[profile]),
        ("AddRoleToInstanceProfile", &[profile, role]),
        ("PutRolePolicy", &[cross_account, ("PolicyName", "pass"), ("PolicyDocument", pass)]),
    ] {
        iam.must(&Key::root("000000000000"), "iam", &signed::iam(action, parameters));
    }
}

fn state(terraform: &Terraform) -> Value {
    let text = std::fs::read_to_string(terraform.path().join("terraform.tfstate"));
    serde_json::from_str(&text.expect("the state")).expect("a state is JSON")
}

/// Each resource instance of a state that is managed: its type, and it.
fn each(state: &mut Value, mut change: impl FnMut(&str, &mut Value)) {
    for resource in state["resources"].as_array_mut().expect("resources") {
        let kind = resource["type"].as_str().expect("a type").to_owned();
        if resource["mode"] == "managed" {
            change(&kind, &mut resource["instances"][0]);
        }
    }
}

/// The state as the official provider (1.128) writes it: Terraform's plugin SDK stores null for what was not given
/// and for what is empty, and what Databricks answered for blocks that were not configured.
fn as_official(state: &Value) -> Value {
    let text = state.to_string().replace(OURS, OFFICIAL);
    let mut state: Value = serde_json::from_str(&text).expect("it was JSON");
    each(&mut state, |kind, instance| {
        let attributes = instance["attributes"].as_object_mut().expect("attributes");
        let of_account = kind.starts_with("databricks_mws_");
        if !of_account {
            let config = json!([{"workspace_id": "1234567890123456"}]);
            attributes.insert("provider_config".to_owned(), config);
        }
        let mut set = |name: &str, value: Value| {
            attributes.insert(name.to_owned(), value);
        };
        match kind {
            "databricks_instance_profile" => {
                set("iam_role_arn", Value::Null);
                set("is_meta_instance_profile", Value::Null);
                attributes.remove("arn");
                attributes.remove("timeouts");
            }
            "databricks_group" | "databricks_group_member" | "databricks_user_role" => {
                set("api", Value::Null);
            }
            "databricks_cluster" => {
                for name in ["azure_attributes", "gcp_attributes", "cluster_mount_info"] {
                    set(name, json!([]));
                }
                for name in ["worker_node_type_flexibility", "driver_node_type_flexibility"] {
                    set(name, json!([]));
                }
                set("clear_cloud_attributes_on_remove", false.into());
                set("spark_conf", json!({}));
                set("custom_tags", json!({}));
                set("single_user_name", "".into());
                set("remote_disk_throughput", Value::Null);
                set("total_initial_remote_disk_size", Value::Null);
                let aws = &attributes["aws_attributes"];
                if aws.as_array().is_some_and(Vec::is_empty) {
                    let answered = json!([{
                        "availability": "SPOT_WITH_FALLBACK", "ebs_volume_count": 0, "ebs_volume_iops": 0,
                        "ebs_volume_size": 0, "ebs_volume_throughput": 0, "ebs_volume_type": "",
                        "first_on_demand": 1, "instance_profile_arn": "", "spot_bid_price_percent": 100,
                        "zone_id": "us-east-1a",
                    }]);
                    attributes.insert("aws_attributes".to_owned(), answered);
                }
                // `{"e2bfb730-…":{"create":1800000000000},"schema_version":"4"}`: the SDK's own notes.
                let notes = "eyJlMmJmYjczMC1lY2FhLTExZTYtOGY4OC0zNDM2M2JjN2M0YzAiOnsiY3JlYXRlIjoxODAwMDAwMDAwMDAwfSwic2NoZW1hX3ZlcnNpb24iOiI0In0=";
                instance["private"] = notes.into();
            }
            "databricks_instance_pool" => {
                let answered = json!([{
                    "availability": "SPOT", "instance_profile_arn": "", "spot_bid_price_percent": 100,
                    "zone_id": "us-east-1a",
                }]);
                set("aws_attributes", answered);
                set("azure_attributes", json!([]));
                set("gcp_attributes", json!([]));
                set("instance_pool_fleet_attributes", json!([]));
                set("preloaded_docker_image", json!([]));
                set("custom_tags", json!({}));
                set("min_idle_instances", 0.into());
                set("max_capacity", 0.into());
            }
            "databricks_sql_global_config" => {
                set("data_access_config", json!({}));
                set("sql_config_params", Value::Null);
                set("google_service_account", "".into());
            }
            "databricks_sql_endpoint" => {
                let channel = json!([{"dbsql_version": "", "name": "CHANNEL_NAME_CURRENT"}]);
                set("channel", channel);
                set("health", json!([]));
                set("instance_profile_arn", Value::Null);
            }
            "databricks_storage_credential" | "databricks_external_location" => {
                set("comment", "".into());
                set("force_destroy", false.into());
                set("force_update", false.into());
                set("read_only", false.into());
            }
            "databricks_mws_workspaces" => {
                set("token", json!([]));
                set("cloud", "aws".into());
                set("custom_tags", json!({}));
                set("network_id", "".into());
            }
            _ => {}
        }
    });
    state
}

#[test]
fn states_move_in_both_directions() {
    let server = Server::with_workspace(&["--ephemeral"]);
    let scenario = "databricks: states of the official provider";
    let Some(terraform) = Terraform::with_databricks(scenario, &server) else { return };
    make_profile(&server);
    terraform.write("main.tf", MAIN);
    let host = format!("account_host = \"{}\"\n", server.address("account"));
    terraform.write("terraform.tfvars", &host);
    terraform.init(&server);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);

    // From the official provider: its source address, its attributes, its versions.
    let official = as_official(&state(&terraform));
    terraform.write("terraform.tfstate", &official.to_string());
    let replace = |from: &str, to: &str| {
        let arguments = ["state", "replace-provider", "-no-color", "-auto-approve", from, to];
        terraform.run(&server, &arguments).mentions(&["Successfully replaced provider"]);
    };
    replace(OFFICIAL, OURS);
    terraform.plan_is_empty(&server);
    terraform.apply(&server);

    // And back: as the official provider's version of Terraform's SDK reads it, which leaves out what it does not
    // know and refuses what has another form than its schema says.
    replace(OURS, OFFICIAL);
    let mut back = state(&terraform);
    let versions = [
        ("databricks_cluster", 4),
        ("databricks_cluster_policy", 1),
        ("databricks_mws_workspaces", 3),
    ];
    each(&mut back, |kind, instance| {
        let version = versions.iter().find(|(name, _)| *name == kind).map_or(0, |(_, it)| *it);
        assert_eq!(instance["schema_version"], version, "{kind}");
        let timeouts = &instance["attributes"]["timeouts"];
        assert!(timeouts.is_null() || timeouts.is_object(), "{kind}: {timeouts}");
    });
    replace(OFFICIAL, OURS);
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}
