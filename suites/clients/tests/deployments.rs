//! The three deployments of Databricks' guide "Create a cross-account IAM role": what becomes of a workspace,
//! its clusters and its end with the policy as it is, and without each action and statement that this uses.
//!
//! The tables are in `deployments/snapshots`. Each row is what a policy with that much less leads to: the
//! request that fails, Databricks' code and text, and what `rolecall why` says of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

#[path = "deployments/life.rs"]
mod life;
#[path = "deployments/policy.rs"]
mod policy;
#[path = "deployments/table.rs"]
mod table;
#[path = "deployments/told.rs"]
mod told;
#[path = "deployments/world.rs"]
mod world;

use clients::signed::ec2;
use databricks_policy::{CrossAccount, PolicyType, cross_account};
use serde_json::json;

use policy::Kind;
use world::World;

fn check(kind: Kind) {
    let world = World::new(kind);
    insta::with_settings!({snapshot_path => "deployments/snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!(kind.name(), table::table(&world, &policy::example(&world)));
    });
}

#[test]
fn in_a_vpc_of_databricks_making() {
    check(Kind::Managed);
}

#[test]
fn in_a_customers_vpc() {
    check(Kind::Customer);
}

#[test]
fn in_a_customers_vpc_with_restrictions() {
    check(Kind::Restricted);
}

/// As `cargo xtask ci` runs it where the pages are: see `crates/iam/tests/databricks_pages.rs`.
#[test]
#[ignore = "reads the pages that ROLECALL_PAGES names"]
fn with_the_policies_of_the_page() {
    for kind in Kind::ALL {
        let world = World::new(kind);
        let text = table::table(&world, &policy::on_page(&world));
        insta::with_settings!({snapshot_path => "deployments/snapshots", prepend_module_to_snapshot => false}, {
            insta::assert_snapshot!(kind.name(), text);
        });
    }
}

/// The policies that the Databricks provider's data source makes, which allow some more.
#[test]
fn with_the_policies_of_the_data_source() {
    for (kind, policy_type) in [
        (Kind::Managed, PolicyType::Managed),
        (Kind::Customer, PolicyType::Customer),
        (Kind::Restricted, PolicyType::Restricted),
    ] {
        let world = World::new(kind);
        let text = cross_account(&CrossAccount {
            policy_type,
            pass_roles: vec![world.role_arn("data")],
            aws_account_id: world::ACCOUNT.to_owned(),
            vpc_id: world.vpc_id.clone(),
            region: world::REGION.to_owned(),
            security_group_id: world.group_id.clone(),
            ..CrossAccount::default()
        });
        world.allow(&serde_json::from_str(&text.unwrap()).unwrap());
        let outcome = life::live(&world);
        assert!(outcome.is_ok(), "{kind:?}: {outcome:?}");
    }
}

/// Another workspace's security group is not in the policy.
#[test]
fn restricted_credentials_serve_one_workspace() {
    let world = World::new(Kind::Restricted);
    world.allow(&policy::example(&world));
    let one = life::deploy(&world, &world.group_id, "one").unwrap();
    let failure = life::deploy(&world, &world.other_group_id, "two").unwrap_err();
    let denied = told::denied(&world, &failure.request_id);
    assert_eq!(failure.code, "FAILED", "{failure:?}");
    assert!(failure.text.contains("ec2:AuthorizeSecurityGroupIngress"), "{failure:?}");
    let calls: Vec<(&str, &str)> =
        denied.iter().map(|call| (call.operation.as_str(), call.resource.as_str())).collect();
    let group =
        format!("arn:aws:ec2:us-east-1:{}:security-group/{}", world::ACCOUNT, world.other_group_id);
    let expected = ["ec2:AuthorizeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupEgress"];
    assert_eq!(calls, expected.map(|operation| (operation, group.as_str())));
    // The first one is as it was.
    life::launch(&one, &json!({"availability": "ON_DEMAND"})).unwrap();
}

#[test]
fn what_a_failed_deployment_made_is_not_left() {
    let world = World::new(Kind::Managed);
    let policy = policy::example(&world);
    for action in ["ec2:CreateNatGateway", "ec2:CreateSecurityGroup"] {
        world.begin_again();
        world.allow(&policy::without_action(&policy, action));
        assert_eq!(life::deploy(&world, &world.group_id, "one").unwrap_err().code, "FAILED");
        let failed = life::only(&world);
        assert_eq!(failed.again(), "FAILED");
        life::end(&failed).unwrap();
        // With all of the policy the next try is a deployment like any other.
        life::deploy(&world, &world.group_id, "two").unwrap_err();
        world.allow(&policy);
        let deployed = life::only(&world);
        assert_eq!(deployed.again(), "RUNNING");
        life::launch(&deployed, &json!({"availability": "ON_DEMAND"})).unwrap();
        life::end(&deployed).unwrap();
    }
}

#[test]
fn what_runs_goes_with_its_workspace() {
    let world = World::new(Kind::Managed);
    world.allow(&policy::example(&world));
    let deployed = life::deploy(&world, &world.group_id, "one").unwrap();
    let host = &deployed.host;
    let profile = json!({"instance_profile_arn": world.profile_arn()});
    host.must("POST", "/api/2.0/instance-profiles/add", &profile);
    life::launch(&deployed, &json!({"availability": "ON_DEMAND"})).unwrap();
    life::launch_from_pool(&deployed).unwrap();
    life::start_warehouse(&deployed).unwrap();
    assert_eq!(life::instances(&world), 2 + 2 + 2);
    life::end(&deployed).unwrap();
}

/// The dry run of a registration fails for other reasons than permissions, too, in EC2's words.
#[test]
fn a_registration_fails_where_the_zone_has_no_such_instances() {
    let mut world = World::new(Kind::Customer);
    world.allow(&policy::example(&world));
    let place = [
        ("VpcId", world.vpc_id.as_str()),
        ("CidrBlock", "10.9.32.0/20"),
        ("AvailabilityZone", "us-east-1e"),
    ];
    let made = world.aws("ec2", &ec2("CreateSubnet", &place));
    world.subnet_ids[0] = made.element("subnetId").to_owned();
    let deployed = life::deploy(&world, &world.group_id, "one").unwrap();
    let add = "/api/2.0/instance-profiles/add";
    let profile = json!({"instance_profile_arn": world.profile_arn()});
    let refused = deployed.host.ask("POST", add, &profile);
    assert_eq!((refused.status, &refused.json()["error_code"]), (400, &json!("DRY_RUN_FAILED")));
    let text = "Verification of the instance profile failed. AWS error: Your requested instance type (m5.large) is \
                not supported in your requested Availability Zone (us-east-1e).";
    assert!(refused.body.contains(text), "{}", refused.body);
    // Databricks' documented way around it.
    let unseen = json!({"instance_profile_arn": world.profile_arn(), "skip_validation": true});
    deployed.host.must("POST", add, &unseen);
}

#[test]
fn without_secure_cluster_connectivity_nothing_is_deployed() {
    let world = World::new(Kind::Managed);
    world.allow(&policy::example(&world));
    let mut input = life::workspace_input(&world, None, "open").unwrap();
    input["is_no_public_ip_enabled"] = false.into();
    let answer = world.account.ask("POST", &world::account_path("workspaces"), &input);
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert_eq!(answer.json()["error_code"], "INVALID_PARAMETER_VALUE");
    let text = answer.json()["message"].as_str().unwrap().to_owned();
    assert!(text.contains("secure cluster connectivity"), "{text}");
    assert!(text.contains("`is_no_public_ip_enabled`"), "{text}");
}
