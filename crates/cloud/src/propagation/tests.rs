use serde_json::json;

use super::*;
use crate::iam::instance_profile;
use crate::iam::role::RoleRow;
use crate::testing::{ACCOUNT, Cloud, account, allow, code, statement, trust_ec2};

fn delayed(seconds: i64) -> Cloud {
    let mut cloud = Cloud::new();
    cloud.propagation = Mode::Fixed(seconds * 1000);
    cloud
}

fn trust(principal: &str) -> String {
    let principal = json!({"AWS": principal});
    statement(json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}))
}

fn make_role(cloud: &Cloud, name: &str, trust: &str) {
    let input = json!({"RoleName": name, "AssumeRolePolicyDocument": trust});
    cloud.run("CreateRole", input).unwrap();
}

#[test]
fn modes_are_written_as_they_are_read() {
    for (text, mode) in [
        ("off", Mode::Off),
        ("fixed:0", Mode::Fixed(0)),
        ("fixed:2.5", Mode::Fixed(2500)),
        ("fixed:0.05", Mode::Fixed(50)),
        ("fixed:3600", Mode::Fixed(MAX_DELAY_MS)),
        ("seed:42", Mode::Seed(42)),
    ] {
        assert_eq!(text.parse(), Ok(mode), "{text}");
        assert_eq!(mode.to_string(), text);
    }
    for bad in [
        "",
        "on",
        "fixed",
        "fixed:",
        "fixed:-1",
        "fixed:+1",
        "fixed:1.0005",
        "fixed:3600.001",
        "fixed:1.",
        "fixed:99999999999999999999",
        "seed:",
        "seed:-1",
        "seed:x",
        "Off",
        "off:1",
    ] {
        assert!(bad.parse::<Mode>().is_err(), "{bad}");
    }
}

#[test]
fn seeded_delays_are_the_same_in_every_run_and_differ_by_change_and_reader() {
    let change = |key, number| Change { table: "iam_role", account: ACCOUNT, key, number };
    let delay = |seed, key, number, reader| Mode::Seed(seed).delay_ms(&change(key, number), reader);
    assert_eq!(delay(1, "etl", 1, Reader::Ec2), delay(1, "etl", 1, Reader::Ec2));
    let mut all = std::collections::BTreeSet::new();
    for seed in [1, 2] {
        for key in ["etl", "elt"] {
            for number in [1, 2] {
                all.extend(Reader::ALL.map(|reader| delay(seed, key, number, reader)));
            }
        }
    }
    assert!(all.len() > 24, "{all:?}");
    assert!(all.iter().all(|delay| (0..=MAX_SEEDED_DELAY_MS).contains(delay)));
    // What a number means must not change from version to version.
    assert_eq!(delay(1, "etl", 1, Reader::Ec2), 2107);
}

#[test]
fn a_new_role_is_there_for_iam_at_once_and_for_sts_later() {
    let cloud = delayed(9);
    let anna = cloud.user("anna", &allow("sts:AssumeRole", "*"));
    make_role(&cloud, "etl", &trust(ACCOUNT));
    cloud.run("GetRole", json!({"RoleName": "etl"})).unwrap();
    let input = json!({
        "RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/etl"), "RoleSessionName": "now",
    });
    cloud.sleep(8);
    assert_eq!(code(cloud.run_as(&anna, "AssumeRole", input.clone())), "AccessDenied");
    let told = cloud.unseen.tell();
    assert_eq!(told, ["the role `etl` exists since 8 s, STS sees it at 9 s: a race, not a typo"]);
    cloud.sleep(1);
    cloud.run_as(&anna, "AssumeRole", input).unwrap();
}

#[test]
fn a_changed_trust_policy_and_a_deletion_take_time_too() {
    let cloud = delayed(9);
    let anna = cloud.user("anna", &allow("sts:AssumeRole", "*"));
    make_role(&cloud, "etl", &trust(ACCOUNT));
    cloud.sleep(9);
    let assume = json!({
        "RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/etl"), "RoleSessionName": "now",
    });
    let update = json!({"RoleName": "etl", "PolicyDocument": trust_ec2()});
    cloud.run("UpdateAssumeRolePolicy", update).unwrap();
    cloud.run_as(&anna, "AssumeRole", assume.clone()).unwrap();
    cloud.sleep(4);
    // The newer change comes at 13 s, the older one at 9 s.
    cloud.run("DeleteRole", json!({"RoleName": "etl"})).unwrap();
    assert_eq!(code(cloud.run("GetRole", json!({"RoleName": "etl"}))), "NoSuchEntity");
    cloud.run_as(&anna, "AssumeRole", assume.clone()).unwrap();
    cloud.sleep(5);
    assert_eq!(code(cloud.run_as(&anna, "AssumeRole", assume.clone())), "AccessDenied");
    let told = cloud.unseen.tell();
    let last = "the role `etl` was deleted 9 s ago, STS sees it until 9 s: a race";
    assert!(!told.iter().any(|line| line == last), "{told:?}");
    cloud.sleep(4);
    assert_eq!(code(cloud.run_as(&anna, "AssumeRole", assume)), "AccessDenied");
}

#[test]
fn policies_lag_behind_the_roles_that_have_them() {
    let cloud = delayed(9);
    make_role(&cloud, "etl", &trust_ec2());
    let session = cloud.session("etl", "i-1");
    cloud.sleep(9);
    let policy = allow("ec2:DescribeVpcs", "*");
    let put = json!({"RoleName": "etl", "PolicyName": "own", "PolicyDocument": policy});
    cloud.run("PutRolePolicy", put).unwrap();
    assert!(!cloud.decide(&session, "ec2:DescribeVpcs", "*"));
    cloud.sleep(9);
    assert!(cloud.decide(&session, "ec2:DescribeVpcs", "*"));
    // IAM itself does not wait.
    let arn = cloud.policy("/", "roles", &allow("iam:ListRoles", "*"));
    cloud.run("AttachRolePolicy", json!({"RoleName": "etl", "PolicyArn": arn})).unwrap();
    assert!(cloud.decide(&session, "iam:ListRoles", "*"));
}

#[test]
fn a_principal_that_is_new_is_invalid_for_a_while() {
    let cloud = delayed(9);
    make_role(&cloud, "first", &trust_ec2());
    let document = trust(&format!("arn:aws:iam::{ACCOUNT}:role/first"));
    let input = json!({"RoleName": "second", "AssumeRolePolicyDocument": document});
    let (code, message) = cloud.run("CreateRole", input.clone()).unwrap_err();
    assert_eq!(code, "MalformedPolicyDocument");
    assert!(message.starts_with("Invalid principal in policy"), "{message}");
    cloud.sleep(9);
    cloud.run("CreateRole", input).unwrap();
}

#[test]
fn ec2_sees_a_profile_without_its_role_first() {
    let cloud = delayed(9);
    make_role(&cloud, "etl", &trust_ec2());
    cloud.run("CreateInstanceProfile", json!({"InstanceProfileName": "wear"})).unwrap();
    cloud.sleep(5);
    let add = json!({"InstanceProfileName": "wear", "RoleName": "etl"});
    cloud.run("AddRoleToInstanceProfile", add).unwrap();
    let seen = || {
        let view = cloud.view();
        let sight = cloud.standpoint(Service::Ec2).sight(&view);
        instance_profile::find_as(sight, account(), "wear").ok().map(|row| row.role.clone())
    };
    assert_eq!(seen(), None);
    cloud.sleep(4);
    assert_eq!(seen(), Some(None));
    cloud.sleep(5);
    assert_eq!(seen(), Some(Some("etl".to_owned())));
}

#[test]
fn what_everybody_sees_is_dropped() {
    let cloud = delayed(9);
    let kept = |cloud: &Cloud| {
        let view = cloud.view();
        let past = view.range::<Past<RoleRow>>(ACCOUNT, ..);
        past.map(|past| serde_json::to_value(&**past).unwrap()["changes"].as_array().unwrap().len())
            .sum::<usize>()
    };
    for name in ["one", "two", "three"] {
        make_role(&cloud, name, &trust_ec2());
    }
    assert_eq!(kept(&cloud), 3);
    cloud.sleep(9);
    make_role(&cloud, "four", &trust_ec2());
    assert_eq!(kept(&cloud), 1);
    cloud.write(|tx| forget(tx, ACCOUNT).map(|more| assert!(!more)));
    assert_eq!(cloud.view().count::<Past<RoleRow>>(ACCOUNT), 0);
}

#[test]
fn without_propagation_nothing_is_kept() {
    let cloud = Cloud::new();
    make_role(&cloud, "etl", &trust_ec2());
    assert_eq!(cloud.view().count::<Past<RoleRow>>(ACCOUNT), 0);
}
