//! The shipped examples, applied by Terraform with the real AWS provider and rolecall's Databricks provider:
//! apply, nothing left to plan, import, destroy; and what a person is told where something is missing.
#![allow(clippy::expect_used, reason = "tests")]

use clients::databricks::Host;
use clients::{Finished, Server, Terraform};
use serde_json::{Value, json};

const VERSIONS: &str = include_str!("../../../examples/terraform/everyone/versions.tf");
const EVERYONE: &str = include_str!("../../../examples/terraform/everyone/main.tf");
const SERVERLESS: &str = include_str!("../../../examples/terraform/serverless/main.tf");
const CLUSTER: &str = include_str!("../../../examples/terraform/cluster/main.tf");
const ACCESS: &str = include_str!("../../../examples/terraform/cluster/tests/access.tftest.hcl");
const ASKED: &str = include_str!("../../../examples/terraform/cluster/tests/access/main.tf");
const POLICY: &str = include_str!("../../../examples/terraform/cluster-policy/main.tf");
const LOCATION: &str = include_str!("../../../examples/terraform/external-location/main.tf");

/// The resources that no example has, in the workspace and in the account.
const REST: &str = include_str!("provider/rest.tf");

/// A server, and a configuration that is ready.
fn prepared(scenario: &str, main: &str) -> Option<(Server, Terraform)> {
    let server = Server::with_workspace(&["--ephemeral"]);
    let terraform = Terraform::with_databricks(scenario, &server)?;
    terraform.write("versions.tf", VERSIONS);
    terraform.write("main.tf", main);
    terraform.init(&server);
    Some((server, terraform))
}

#[test]
fn a_registration_is_granted_to_everybody() {
    let Some((server, terraform)) = prepared("databricks: everyone", EVERYONE) else { return };
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    let arn = "arn:aws:iam::000000000000:instance-profile/lakehouse-reader";
    // The registration alone is forgotten and imported.
    let forget = ["state", "rm", "databricks_instance_profile.reader"];
    terraform.run(&server, &forget).succeeds();
    let twice = terraform.try_apply(&server);
    twice.fails_with("terraform import databricks_instance_profile.NAME");
    let import = ["import", "-no-color", "databricks_instance_profile.reader", arn];
    terraform.run(&server, &import).succeeds();
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}

#[test]
fn a_cluster_wears_the_instance_profile() {
    let Some((server, terraform)) = prepared("databricks: cluster", CLUSTER) else { return };
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    let instances =
        server.rolecall(&["instances", "--json", "--aws-port", server.aws_port()]).output();
    assert!(instances.contains("instance-profile/lakehouse-reader"), "{instances}");
    terraform.write("main.tf", &CLUSTER.replace("max_workers = 8", "max_workers = 4"));
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}

/// The tests that come with the example, by `terraform test`; and that they notice what they are to notice.
#[test]
fn a_module_is_tested() {
    let Some((server, terraform)) = prepared("databricks: terraform test", CLUSTER) else { return };
    terraform.write("tests/access.tftest.hcl", ACCESS);
    terraform.write("tests/access/main.tf", ASKED);
    terraform.init(&server);
    // Beside what is applied.
    terraform.apply(&server);
    let test = || terraform.run(&server, &["test", "-no-color"]);
    test().mentions(&["Success! 3 passed, 0 failed."]);
    terraform.write("main.tf", &CLUSTER.replace("Action = \"s3:GetObject\"", "Action = \"s3:*\""));
    test().explains(&["the cluster can change the lakehouse"]);
}

#[test]
fn what_no_example_has_is_applied_all_the_same() {
    let main = format!("{EVERYONE}{REST}");
    let Some((server, terraform)) = prepared("databricks: the rest", &main) else { return };
    let host = format!("account_host = \"{}\"\n", server.address("account"));
    terraform.write("terraform.tfvars", &host);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.write("terraform.tfvars", &format!("{host}minutes = 45\n"));
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}

/// A token in the provider's block and a login in the account's are in no log and in no state.
#[test]
fn nothing_secret_is_written() {
    let main = r#"
variable "token" {
  sensitive = true
}

variable "host" {}

provider "databricks" {
  host  = var.host
  token = var.token
}

resource "databricks_group" "data" {
  display_name = "data"
}
"#;
    let server = Server::with_workspace(&["--ephemeral"]);
    let scenario = "databricks: nothing secret is written";
    let Some(terraform) = Terraform::with_databricks(scenario, &server) else { return };
    terraform.write(
        "versions.tf",
        &VERSIONS.replace("    aws = {\n      source = \"hashicorp/aws\"\n    }\n", ""),
    );
    terraform.write("main.tf", main);
    terraform.init(&server);
    let arguments = ["apply", "-auto-approve", "-input=false", "-no-color"];
    let mut command = terraform.command(&arguments);
    server.point(&mut command);
    let log = terraform.path().join("trace.log");
    command.env("TF_LOG", "TRACE").env("TF_LOG_PATH", &log);
    command.env("TF_VAR_host", server.address("workspace"));
    command.env("TF_VAR_token", "dapi-rolecall-admin");
    Finished::run(&mut command).succeeds();
    for file in [log, terraform.path().join("terraform.tfstate")] {
        let text = std::fs::read_to_string(&file).expect("what Terraform wrote");
        assert!(text.contains("databricks_group"), "{}", file.display());
        assert!(!text.contains("dapi-rolecall-admin"), "{}", file.display());
    }
}

#[test]
fn what_is_left_out_is_refused_by_its_name() {
    let main = r#"
resource "databricks_group" "data" {
  display_name = "data"
  api          = "workspace"
}

resource "databricks_cluster" "shared" {
  spark_version = "1"
  gcp_attributes {
    zone_id = "auto"
  }
}

resource "databricks_job" "nightly" {
  name = "nightly"
}
"#;
    let server = Server::with_workspace(&["--ephemeral"]);
    let scenario = "databricks: what is left out";
    let Some(terraform) = Terraform::with_databricks(scenario, &server) else { return };
    terraform.write(
        "versions.tf",
        &VERSIONS.replace("    aws = {\n      source = \"hashicorp/aws\"\n    }\n", ""),
    );
    terraform.write("main.tf", main);
    terraform.init(&server);
    terraform.run(&server, &["validate", "-no-color"]).explains(&[
        "An argument named \"api\" is not expected here.",
        "Blocks of type \"gcp_attributes\" are not expected here.",
        "does not support resource type \"databricks_job\".",
    ]);
}

#[test]
fn a_policy_fixes_the_instance_profile() {
    let Some((server, terraform)) = prepared("databricks: cluster policy", POLICY) else { return };
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}

#[test]
fn what_is_missing_is_named_with_its_remedy() {
    let without = SERVERLESS
        .replace("depends_on = [aws_iam_role_policy.pass]", "timeouts { create = \"0s\" }")
        .replace("iam:PassRole", "iam:GetRole");
    let Some((server, terraform)) = prepared("databricks: no iam:PassRole", &without) else {
        return;
    };
    let refused = terraform.try_apply(&server);
    refused.fails_with("Databricks may not pass the role in this instance profile");
    refused.fails_with("\"Action\":\"iam:PassRole\"");
    // With the permission the same configuration goes on from there.
    terraform.write("main.tf", SERVERLESS);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}

/// Ctrl+C reaches Terraform and the providers alike. The one that waits says how far it came.
#[test]
fn an_interrupted_apply_ends_with_what_is_missing() {
    let without = SERVERLESS
        .replace("depends_on = [aws_iam_role_policy.pass]", "timeouts { create = \"1h\" }")
        .replace("iam:PassRole", "iam:GetRole");
    let Some((server, terraform)) = prepared("databricks: interrupted", &without) else { return };
    let told =
        terraform.interrupted_apply(&server, "databricks_instance_profile.warehouse: Creating");
    told.fails_with("Databricks may not pass the role in this instance profile");
    // What was made is known, and goes.
    terraform.destroy(&server);
}

#[test]
fn a_roles_arn_is_refused_before_anything_is_applied() {
    let role = EVERYONE.replace(
        "instance_profile_arn = aws_iam_instance_profile.reader.arn",
        "instance_profile_arn = \"arn:aws:iam::000000000000:role/lakehouse-reader\"",
    );
    let Some((server, terraform)) = prepared("databricks: a role's ARN", &role) else { return };
    let refused = terraform.run(&server, &["plan", "-input=false", "-no-color"]);
    refused.fails_with("An instance profile's ARN is needed");
}

/// A bucket, and the cluster's mount of it.
const MOUNT: &str = r#"
resource "aws_s3_bucket" "lake" {
  bucket = "example-lakehouse"
}

resource "databricks_mount" "lake" {
  name       = "lake"
  cluster_id = databricks_cluster.shared.id
  s3 {
    bucket_name = aws_s3_bucket.lake.bucket
  }
  depends_on = [aws_iam_role_policy.read]
}
"#;

#[test]
fn a_bucket_is_mounted_by_a_cluster() {
    let main = format!("{CLUSTER}{MOUNT}");
    let Some((server, terraform)) = prepared("databricks: mount", &main) else { return };
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    // Forgotten and imported, which changes nothing.
    let shown = terraform.run(&server, &["state", "show", "-no-color", "databricks_mount.lake"]);
    let shown = shown.output();
    let cluster = shown.lines().find_map(|line| line.trim().strip_prefix("cluster_id"));
    let cluster = cluster.and_then(|rest| rest.split('"').nth(1)).expect("the cluster's id");
    terraform.run(&server, &["state", "rm", "databricks_mount.lake"]).succeeds();
    let import = ["import", "-no-color", "databricks_mount.lake", "lake"];
    terraform.run(&server, &import).fails_with("`CLUSTER_ID|NAME`");
    let id = format!("{cluster}|lake");
    terraform.run(&server, &["import", "-no-color", "databricks_mount.lake", &id]).succeeds();
    terraform.plan_is_empty(&server);
    // Another part of the bucket is another mount.
    let part = "uri = \"s3a://example-lakehouse/raw\"\n  depends_on = [aws_s3_bucket.lake, ";
    let block = "s3 {\n    bucket_name = aws_s3_bucket.lake.bucket\n  }\n  depends_on = [";
    let changed = main.replace(block, part);
    assert_ne!(changed, main);
    terraform.write("main.tf", &changed);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    // A second mount at the same place is refused, and the first one stays.
    let second = MOUNT.replace("\"lake\" {\n  name ", "\"second\" {\n  name ");
    let second = second.split_once("\n\n").map_or("", |(_, mount)| mount);
    terraform.write("second.tf", second);
    terraform.try_apply(&server).fails_with("Something else is mounted");
    terraform.write("second.tf", "");
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}

/// A cluster without an instance profile.
const BARE: &str = r#"
resource "databricks_cluster" "bare" {
  cluster_name  = "bare"
  spark_version = data.databricks_spark_version.lts.id
  node_type_id  = data.databricks_node_type.small.id
  num_workers   = 1
}
"#;

#[test]
fn a_mount_that_is_refused_says_what_to_do() {
    let without = CLUSTER.replace("\"s3:ListBucket\"", "\"s3:GetBucketLocation\"");
    let main = format!("{without}{MOUNT}");
    let Some((server, terraform)) = prepared("databricks: mount refused", &main) else { return };
    let refused = terraform.try_apply(&server);
    refused.fails_with("s3:ListBucket on arn:aws:s3:::example-lakehouse");
    let why = server.rolecall(&["why", "last", "--aws-port", server.aws_port()]).output();
    assert!(why.contains("s3:ListBucket") && why.contains("lakehouse-reader"), "{why}");
    // With the permission the same configuration goes on from there, by a cluster that is made for it.
    let profile =
        MOUNT.replace("cluster_id = databricks_cluster.shared.id\n  s3 {", "s3 {").replace(
            "bucket_name =",
            "instance_profile = databricks_instance_profile.reader.id\n    bucket_name =",
        );
    assert!(profile.contains("instance_profile") && !profile.contains("cluster_id"));
    terraform.write("main.tf", &format!("{CLUSTER}{profile}"));
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    // A cluster without a profile has nothing to mount with.
    let bare = MOUNT.replace("databricks_cluster.shared.id", "databricks_cluster.bare.id");
    terraform.write("main.tf", &format!("{CLUSTER}{BARE}{bare}"));
    let refused = terraform.try_apply(&server);
    refused.fails_with("The cluster has no instance profile");
    terraform.destroy(&server);
}

#[test]
fn unity_catalog_reaches_a_bucket() {
    let Some((server, terraform)) = prepared("databricks: external location", LOCATION) else {
        return;
    };
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    let comment = "  comment         = \"What arrives\"\n";
    let changed =
        "  comment         = \"What arrived\"\n  isolation_mode  = \"ISOLATION_MODE_ISOLATED\"\n";
    let moved = LOCATION.replace("/raw\"", "/new\"").replace(comment, changed);
    terraform.write("main.tf", &moved);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    let made = ["databricks_storage_credential.landing", "databricks_external_location.landing"];
    terraform.run(&server, &["state", "rm", made[0], made[1]]).succeeds();
    for resource in made {
        let import = ["import", "-input=false", "-no-color", resource, "landing"];
        terraform.run(&server, &import).succeeds();
    }
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}

#[test]
fn what_unity_catalog_lacks_is_named() {
    let trust = "data.databricks_aws_unity_catalog_assume_role_policy.trust.json";
    let alone = format!(
        "jsonencode({{ Version = \"2012-10-17\", Statement = [jsondecode({trust}).Statement[0]] }})"
    );
    let not_itself = LOCATION.replace(trust, &alone);
    let Some((server, terraform)) = prepared("databricks: non self-assuming role", &not_itself)
    else {
        return;
    };
    let why = || server.rolecall(&["why", "last", "--aws-port", server.aws_port()]).stdout;
    terraform.try_apply(&server).fails_with("found to be non self-assuming");
    let story = why();
    assert!(
        story.contains("CreateExternalLocation") && story.contains("sts:AssumeRole"),
        "{story}"
    );
    let reach = "data.databricks_aws_unity_catalog_policy.reach.json";
    let less = format!("replace({reach}, \"s3:PutObject\\\"\", \"s3:GetBucketAcl\\\"\")");
    terraform.write("main.tf", &LOCATION.replace(reach, &less));
    let refused = terraform.try_apply(&server);
    refused.fails_with("AWS IAM role does not have WRITE permissions on url");
    refused.fails_with("no identity-based policy allows the s3:PutObject action");
    let story = why();
    assert!(story.contains("CreateExternalLocation") && story.contains("s3:PutObject"), "{story}");
    // With all of it the same configuration goes on from there.
    terraform.write("main.tf", LOCATION);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}

#[test]
fn a_workspace_comes_with_a_token() {
    let token = |comment: &str| format!("\n  token {{\n    comment = \"{comment}\"\n  }}\n}}\n");
    let (start, _) = REST.split_once("data \"databricks_current_user\"").expect("the account");
    let (_, workspace) = REST.split_once("resource \"databricks_mws_credentials\"").expect("it");
    let without = format!("{start}resource \"databricks_mws_credentials\"{workspace}")
        .replace("${var.cross_account_role}", "databricks-cross-account");
    let output = r#"
output "token" {
  value     = databricks_mws_workspaces.second.token[0].token_value
  sensitive = true
}
"#;
    let with = |comment: &str| {
        let bare = without.trim_end().strip_suffix('}').expect("the workspace is the last");
        format!("{}{}{output}", bare.trim_end(), token(comment))
    };
    let scenario = "databricks: a workspace's token";
    let Some((server, terraform)) = prepared(scenario, &with("one")) else { return };
    let host = format!("account_host = \"{}\"\n", server.address("account"));
    terraform.write("terraform.tfvars", &host);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    let shown = |name: &str| {
        let output = terraform.run(&server, &["output", "-raw", "-no-color", name]);
        output.stdout.trim().to_owned()
    };
    let state = std::fs::read_to_string(terraform.path().join("terraform.tfstate"));
    let state: Value = serde_json::from_str(&state.expect("a state")).expect("JSON");
    let of_workspace = |resource: &&Value| resource["type"] == "databricks_mws_workspaces";
    let resource = state["resources"].as_array().expect("resources").iter().find(of_workspace);
    let url =
        resource.expect("the workspace")["instances"][0]["attributes"]["workspace_url"].clone();
    let url = url.as_str().expect("an address").to_owned();
    let comments = |token: &str| {
        let listed = Host::with_token(&url, token).ask("GET", "/api/2.0/token/list", &Value::Null);
        let tokens = listed.json()["token_infos"].as_array().cloned().unwrap_or_default();
        let comments =
            tokens.iter().map(|token| token["comment"].as_str().unwrap_or_default().to_owned());
        (tokens[0]["token_id"].clone(), comments.collect::<Vec<_>>())
    };
    let one = shown("token");
    let (id, known) = comments(&one);
    assert_eq!(known, ["one"]);
    // Another comment is another token, in place of the old one.
    terraform.write("main.tf", &with("two"));
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    let two = shown("token");
    let (next, known) = comments(&two);
    assert_eq!(known, ["two"]);
    assert_ne!(next, id);
    // One that somebody revoked is made anew by a refresh.
    let revoke = json!({"token_id": next});
    Host::workspace(&url).must("POST", "/api/2.0/token/delete", &revoke);
    terraform.apply(&server);
    let three = shown("token");
    assert_ne!(three, two);
    assert_eq!(comments(&three).1, ["two"]);
    terraform.write("main.tf", &without);
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    let refused = Host::with_token(&url, &three).ask("GET", "/api/2.0/token/list", &Value::Null);
    assert_eq!(refused.status, 403);
    terraform.destroy(&server);
}
