//! What a person is told when Databricks' side of a configuration does not go through, by Terraform with the real
//! AWS provider where it takes part: each message names what is wrong and what to do.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use clients::signed::{self, Connection, Key};
use clients::{Finished, Server, Terraform, pages};

const VERSIONS: &str = include_str!("../../../examples/terraform/everyone/versions.tf");
const SERVERLESS: &str = include_str!("../../../examples/terraform/serverless/main.tf");
const CROSS_ACCOUNT: &str = "crossaccount_role_name = \"databricks-cross-account\"\n";
const REGISTERED: &str = "  instance_profile_arn = aws_iam_instance_profile.";
/// A configuration without AWS needs no AWS provider, and is quick.
const DATABRICKS: &str = r#"
terraform {
  required_providers {
    databricks = {
      source = "rolecall/databricks"
    }
  }
}
"#;

/// The configurations of the reference page on `databricks_instance_profile`.
fn examples() -> Vec<String> {
    pages::examples(&pages::read("000_"), "hcl")
}

/// The first configuration of the page up to the registration.
fn registration() -> String {
    let wanted = |line: &str| {
        line.starts_with("variable ")
            || line.contains(" \"aws_")
            || line.starts_with("resource \"databricks_instance_profile\"")
    };
    pages::blocks(&examples()[0], wanted).concat()
}

/// Has the registrations of a configuration give up after `duration`.
fn given_up_after(duration: &str, main: &str) -> String {
    let lines = main.lines().map(|line| {
        let timeouts = format!("{line}\n  timeouts {{\n    create = \"{duration}\"\n  }}");
        if line.starts_with(REGISTERED) { timeouts } else { line.to_owned() }
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    assert_ne!(text.trim(), main.trim(), "there is a registration");
    text
}

/// A configuration that is ready.
fn prepared(scenario: &str, server: &Server, versions: &str, main: &str) -> Option<Terraform> {
    let terraform = Terraform::with_databricks(scenario, server)?;
    terraform.write("versions.tf", versions);
    terraform.write("main.tf", main);
    if main.contains("crossaccount_role_name") {
        terraform.write("terraform.tfvars", CROSS_ACCOUNT);
    }
    terraform.init(server);
    Some(terraform)
}

fn plan(terraform: &Terraform, server: &Server) -> Finished {
    terraform.run(server, &["plan", "-input=false", "-no-color"])
}

#[test]
#[ignore = "needs the reference pages: set ROLECALL_PAGES"]
fn one_arn_is_registered_twice() {
    let server = Server::with_workspace(&["--ephemeral"]);
    let both = registration() + &examples()[2];
    let Some(terraform) = prepared("failure: registered twice", &server, VERSIONS, &both) else {
        return;
    };
    terraform.try_apply(&server).explains(&[
        "The instance profile is registered already",
        "arn:aws:iam::000000000000:instance-profile/shared-instance-profile",
        "If it is another block, leave one of them out.",
        "terraform import databricks_instance_profile.NAME arn:aws:iam::",
    ]);
}

#[test]
#[ignore = "needs the reference pages: set ROLECALL_PAGES"]
fn without_a_grant_the_role_cannot_be_passed() {
    let server = Server::with_workspace(&["--ephemeral"]);
    let main = given_up_after("0s", &examples()[3]);
    let Some(terraform) = prepared("failure: no grant", &server, VERSIONS, &main) else { return };
    terraform.try_apply(&server).explains(&[
        "Databricks may not pass the role in this instance profile",
        "works in your account with the role `databricks-cross-account`",
        "is not allowed iam:PassRole on `arn:aws:iam::000000000000:role/my-databricks-sql-serverless-role`",
        r#"{"Action":"iam:PassRole","Effect":"Allow","Resource":"arn:aws:iam::000000000000:role/my-databricks-sql-serverless-role"}"#,
        "`depends_on`",
    ]);
}

#[test]
#[ignore = "needs the reference pages: set ROLECALL_PAGES"]
fn without_the_attachment_the_role_cannot_be_passed() {
    let server = Server::with_workspace(&["--ephemeral"]);
    let attachment = |line: &str| line.contains("\"aws_iam_role_policy_attachment\"");
    let first = registration();
    let main = given_up_after("4s", &first.replace(&pages::blocks(&first, attachment)[0], ""));
    let Some(terraform) = prepared("failure: no attachment", &server, VERSIONS, &main) else {
        return;
    };
    terraform.try_apply(&server).explains(&[
        "Databricks may not pass the role in this instance profile",
        "is not allowed iam:PassRole on `arn:aws:iam::000000000000:role/shared-ec2-role-for-s3`",
        r#"{"Action":"iam:PassRole","Effect":"Allow","Resource":"arn:aws:iam::000000000000:role/shared-ec2-role-for-s3"}"#,
        "It was tried 3 times in 3 s",
    ]);
}

/// A server on which IAM's changes take their time, and time stands still.
fn in_a_race() -> Server {
    let server = Server::with_workspace(&["--ephemeral", "--propagation", "seed:42"]);
    // What the first start made has arrived.
    server.control("clock/advance", "{\"seconds\": 60}");
    server.control("clock/freeze", "");
    server
}

#[test]
#[ignore = "needs the reference pages: set ROLECALL_PAGES"]
fn a_registration_that_comes_too_early_is_carried() {
    let server = in_a_race();
    let main = registration();
    let Some(terraform) = prepared("failure: a race, carried", &server, VERSIONS, &main) else {
        return;
    };
    std::thread::scope(|scope| {
        let apply = scope.spawn(|| terraform.try_apply(&server));
        // Time passes once the registration was refused.
        while !apply.is_finished() {
            let last = server.rolecall(&["why", "last", "--aws-port", server.aws_port()]);
            if last.stdout.contains("race, not a typo") {
                server.control("clock/advance", "{\"seconds\": 60}");
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        let applied = apply.join().expect("it ends");
        applied.mentions(&[
            "Warning: The registration came too early at first",
            "AWS needs some seconds until a new role, profile or policy is known everywhere",
            "`depends_on`",
        ]);
    });
    terraform.plan_is_empty(&server);
}

#[test]
#[ignore = "needs the reference pages: set ROLECALL_PAGES"]
fn without_retries_a_race_is_lost_and_told_as_what_it_may_be() {
    let server = in_a_race();
    let main = given_up_after("0s", &registration());
    let Some(terraform) = prepared("failure: a race, lost", &server, VERSIONS, &main) else {
        return;
    };
    terraform.try_apply(&server).explains(&[
        "EC2 does not know this instance profile",
        "instance-profile/shared-instance-profile",
        "If it exists, it is too new",
    ]);
    let why = server.rolecall(&["why", "last", "--aws-port", server.aws_port()]);
    assert!(why.stdout.contains("a race, not a typo"), "{}", why.stdout);
    // Later the same configuration goes through.
    server.control("clock/advance", "{\"seconds\": 60}");
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
}

/// A role whose name is given where the instance profile's belongs, as on the reference page on instance
/// profiles and infrastructure as code.
const ROLE_FOR_PROFILE: &str = r#"
data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}

resource "aws_iam_role" "instance" {
  name = "Yuta20220815"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_instance" "EC2Instance" {
  ami                  = data.aws_ami.linux.id
  instance_type        = "t3.micro"
  iam_instance_profile = aws_iam_role.instance.name
}
"#;

#[test]
#[ignore = "needs the reference pages: set ROLECALL_PAGES"]
fn a_roles_name_where_a_profiles_belongs() {
    // The page's own words.
    let page = pages::read("003_");
    let told = "InvalidParameterValue: Value (Yuta20220815) for parameter iamInstanceProfile.name is invalid. \
                Invalid IAM Instance Profile name";
    assert!(page.contains(told), "{page}");
    let server = Server::with_workspace(&["--ephemeral"]);
    let scenario = "failure: a role's name for a profile's";
    let Some(terraform) = prepared(scenario, &server, VERSIONS, ROLE_FOR_PROFILE) else { return };
    // Before anything is applied.
    let folder = terraform.path();
    let folder = folder.to_str().expect("a path");
    let checked = server.rolecall(&["check", folder]);
    checked.has_status(1);
    assert!(checked.stdout.contains("IP003"), "{}", checked.stdout);
    // The AWS provider tries for two minutes, as it cannot know that this is no race.
    terraform.try_apply(&server).explains(&["creating EC2 Instance", told]);
}

#[test]
fn what_is_no_instance_profile_is_refused_by_the_plan() {
    let server = Server::with_workspace(&["--ephemeral"]);
    let main = r#"
variable "instance_profile" {}

resource "databricks_instance_profile" "this" {
  instance_profile_arn = var.instance_profile
}
"#;
    let scenario = "failure: no instance profile's ARN";
    let Some(terraform) = prepared(scenario, &server, DATABRICKS, main) else { return };
    let check = |given: &str, expected: &str| {
        terraform.write("terraform.tfvars", &format!("instance_profile = \"{given}\"\n"));
        plan(&terraform, &server).explains(&["An instance profile's ARN is needed", expected]);
    };
    check("lakehouse-reader", "is not an ARN. An instance profile is meant by its ARN here");
    check(
        "arn:aws:iam::000000000000:role/lakehouse-reader",
        "use `aws_iam_instance_profile.NAME.arn`, not `aws_iam_role.NAME.arn`",
    );
}

#[test]
fn an_instance_profile_that_is_not_there_and_one_without_a_role() {
    let server = Server::with_workspace(&["--ephemeral"]);
    let mut iam = Connection::open(server.aws()).expect("the server listens");
    let form = signed::iam("CreateInstanceProfile", &[("InstanceProfileName", "empty")]);
    iam.must(&Key::root("000000000000"), "iam", &form);
    let main = r#"
resource "databricks_instance_profile" "this" {
  for_each             = toset(["nobody", "empty"])
  instance_profile_arn = "arn:aws:iam::000000000000:instance-profile/${each.key}"
  timeouts {
    create = "0s"
  }
}
"#;
    let scenario = "failure: an unknown and an empty profile";
    let Some(terraform) = prepared(scenario, &server, DATABRICKS, main) else { return };
    terraform.try_apply(&server).explains(&[
        "EC2 does not know this instance profile",
        "EC2 knows no instance profile `arn:aws:iam::000000000000:instance-profile/nobody`",
        "an instance profile's name can differ from its role's",
        "This instance profile has no role",
        "`arn:aws:iam::000000000000:instance-profile/empty` has no role in it: give `role` in its `aws_iam_instance_profile`",
    ]);
}

#[test]
fn a_serverless_warehouse_does_not_find_a_role_of_another_name() {
    let warehouse = r#"
resource "databricks_sql_global_config" "this" {
  instance_profile_arn      = databricks_instance_profile.warehouse.id
  enable_serverless_compute = true
}

resource "databricks_sql_endpoint" "small" {
  name                      = "small"
  cluster_size              = "2X-Small"
  enable_serverless_compute = true
  warehouse_type            = "PRO"
  depends_on                = [databricks_sql_global_config.this]
}
"#;
    let server = Server::with_workspace(&["--ephemeral"]);
    let named = "  iam_role_arn         = aws_iam_role.warehouse.arn\n";
    assert!(SERVERLESS.contains(named));
    let main = SERVERLESS.replace(named, "") + warehouse;
    let scenario = "failure: serverless, another name";
    let Some(terraform) = prepared(scenario, &server, VERSIONS, &main) else { return };
    terraform.try_apply(&server).explains(&[
        "The warehouse did not start",
        "not authorized to perform: sts:AssumeRole",
        "Databricks takes the role to be called as the profile is: \
         `arn:aws:iam::000000000000:role/lakehouse-warehouse-profile`",
        "say `iam_role_arn = aws_iam_role.NAME.arn`",
    ]);
    // With the role's name it starts.
    terraform.write("main.tf", &(SERVERLESS.to_owned() + warehouse));
    terraform.apply(&server);
    terraform.plan_is_empty(&server);
    terraform.destroy(&server);
}

#[test]
fn a_cluster_with_a_profile_that_is_not_registered() {
    let server = Server::with_workspace(&["--ephemeral"]);
    let main = r#"
data "databricks_spark_version" "lts" {}

resource "databricks_cluster" "this" {
  spark_version = data.databricks_spark_version.lts.id
  node_type_id  = "m5d.large"
  num_workers   = 1
  aws_attributes {
    instance_profile_arn = "arn:aws:iam::000000000000:instance-profile/nobody"
  }
}
"#;
    let scenario = "failure: a profile that is not registered";
    let Some(terraform) = prepared(scenario, &server, DATABRICKS, main) else { return };
    terraform.try_apply(&server).explains(&[
        "Cannot create the cluster",
        "`arn:aws:iam::000000000000:instance-profile/nobody` is not registered with this workspace, or not granted to \
         whoever this provider logs in as",
        "Register it with `databricks_instance_profile`",
    ]);
}

/// A registration that nobody tried says nothing of the launch.
#[test]
fn a_cluster_whose_role_may_not_be_passed() {
    let server = Server::with_workspace(&["--ephemeral"]);
    let mut iam = Connection::open(server.aws()).expect("the server listens");
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;
    let (role, profile) = (("RoleName", "reader"), ("InstanceProfileName", "reader"));
    for (action, parameters) in [
        ("CreateRole", &[role, ("AssumeRolePolicyDocument", trust)][..]),
        ("CreateInstanceProfile", &[profile]),
        ("AddRoleToInstanceProfile", &[profile, role]),
    ] {
        iam.must(&Key::root("000000000000"), "iam", &signed::iam(action, parameters));
    }
    let main = r#"
data "databricks_spark_version" "lts" {}

resource "databricks_instance_profile" "this" {
  instance_profile_arn = "arn:aws:iam::000000000000:instance-profile/reader"
  skip_validation      = true
}

resource "databricks_cluster" "this" {
  spark_version = data.databricks_spark_version.lts.id
  node_type_id  = "m5d.large"
  num_workers   = 1
  aws_attributes {
    instance_profile_arn = databricks_instance_profile.this.id
  }
}
"#;
    let scenario = "failure: a launch without iam:PassRole";
    let Some(terraform) = prepared(scenario, &server, DATABRICKS, main) else { return };
    let refused = terraform.try_apply(&server);
    refused.explains(&[
        "The cluster did not start",
        "Termination reason: AWS_AUTHORIZATION_FAILURE (CLIENT_ERROR)",
        r#"{"Action":"iam:PassRole","Effect":"Allow","Resource":"arn:aws:iam::000000000000:role/reader"}"#,
    ]);
    assert!(!refused.stderr.contains("Encoded"), "{}", refused.stderr);
}

/// Databricks tells the checks that failed by names of its own.
#[test]
fn a_cross_account_role_that_may_too_little_and_one_with_another_external_id() {
    let server = Server::with_workspace(&["--ephemeral"]);
    let mut iam = Connection::open(server.aws()).expect("the server listens");
    let mut make = |name: &str, external_id: &str| {
        let trust = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{{"AWS":"414351767826"}},"Condition":{{"StringEquals":{{"sts:ExternalId":"{external_id}"}}}}}}}}"#
        );
        let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"ec2:Describe*","Resource":"*"}}"#;
        let role = ("RoleName", name);
        for (action, parameters) in [
            ("CreateRole", &[role, ("AssumeRolePolicyDocument", trust.as_str())][..]),
            ("PutRolePolicy", &[role, ("PolicyName", "look"), ("PolicyDocument", policy)]),
        ] {
            iam.must(&Key::root("000000000000"), "iam", &signed::iam(action, parameters));
        }
    };
    make("looks", clients::databricks::ACCOUNT_ID);
    make("elsewhere", "another");
    let main = r#"
variable "host" {}

provider "databricks" {
  host          = var.host
  account_id    = "11111111-2222-4333-8444-555555555555"
  client_id     = "rolecall-admin"
  client_secret = "rolecall-secret"
}

resource "databricks_mws_credentials" "this" {
  for_each         = toset(["looks", "elsewhere"])
  credentials_name = each.key
  role_arn         = "arn:aws:iam::000000000000:role/${each.key}"
}

resource "databricks_mws_storage_configurations" "root" {
  storage_configuration_name = "root"
  bucket_name                = "databricks-root-000000000000"
}

resource "databricks_mws_workspaces" "second" {
  workspace_name           = "second"
  aws_region               = "us-east-1"
  credentials_id           = databricks_mws_credentials.this["looks"].credentials_id
  storage_configuration_id = databricks_mws_storage_configurations.root.storage_configuration_id
}
"#;
    let scenario = "failure: cross-account roles that do not pass";
    let Some(terraform) = prepared(scenario, &server, DATABRICKS, main) else { return };
    terraform.write("terraform.tfvars", &format!("host = \"{}\"\n", server.address("account")));
    terraform.try_apply(&server).explains(&[
        "Failed credential validation checks",
        "Its trust policy must let Databricks assume it with your account's external id",
    ]);
    let elsewhere = "toset([\"looks\", \"elsewhere\"])";
    terraform.write("main.tf", &main.replace(elsewhere, "toset([\"looks\"])"));
    terraform.try_apply(&server).explains(&[
        "Failed credentials validation checks: Spot Cancellation, Delete Tags,",
        "ec2:CancelSpotInstanceRequests ec2:DeleteTags ec2:RequestSpotInstances ec2:AllocateAddress",
        "`data \"databricks_aws_crossaccount_policy\"`",
    ]);
}
