//! Definitions held against descriptions.

use serde_json::{Map, Value, json};

use super::definition::{Definition, MAX_DEFINITION_BYTES, Unusable, check_text};
use super::enforce::enforce;
use crate::testing::{WORKSPACE_ADMIN, World};

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn enforced(definition: &Value, fields: Value, defaults: bool) -> Result<Value, String> {
    let definition =
        Definition::read(&definition.to_string()).map_err(|error| error.to_string())?;
    let mut fields = object(fields);
    enforce(&definition, &mut fields, defaults).map_err(|fault| fault.message)?;
    Ok(Value::Object(fields))
}

fn check(definition: Value, fields: Value, expected: Result<Value, &str>) {
    let expected = expected.map_err(|text| format!("Cluster validation error: {text}"));
    assert_eq!(enforced(&definition, fields, false), expected, "{definition}");
}

#[test]
fn fixed() {
    let arn = "arn:aws:iam::123456789012:instance-profile/shared";
    let policy = json!({"aws_attributes.instance_profile_arn": {"type": "fixed", "value": arn}});
    let fixed = json!({"aws_attributes": {"instance_profile_arn": arn}});
    check(policy.clone(), json!({}), Ok(fixed.clone()));
    check(policy.clone(), fixed.clone(), Ok(fixed));
    check(
        policy,
        json!({"aws_attributes": {"instance_profile_arn": "x"}}),
        Err("Validation failed for aws_attributes.instance_profile_arn, the value must be \
             arn:aws:iam::123456789012:instance-profile/shared (is \"x\")"),
    );
    let policy = json!({"num_workers": {"type": "fixed", "value": "2", "hidden": true}});
    check(policy.clone(), json!({"num_workers": 2}), Ok(json!({"num_workers": 2})));
    let optional = json!({"x": {"type": "fixed", "value": 1, "isOptional": true}});
    check(optional.clone(), json!({}), Ok(json!({})));
    check(
        optional,
        json!({"x": 2}),
        Err("Validation failed for x, the value must be 1 (is \"2\")"),
    );
}

#[test]
fn names_of_maps_have_dots() {
    let policy = json!({"spark_conf.spark.speculation": {"type": "fixed", "value": "true"}});
    check(policy.clone(), json!({}), Ok(json!({"spark_conf": {"spark.speculation": "true"}})));
    check(
        policy,
        json!({"spark_conf": {"spark.speculation": "false"}}),
        Err(
            "Validation failed for spark_conf.spark.speculation, the value must be true (is \"false\")",
        ),
    );
    let policy = json!({"custom_tags.team": {"type": "unlimited"}});
    check(policy, json!({}), Err("Validation failed for custom_tags, team must be present"));
}

#[test]
fn limits() {
    let forbidden = json!({"docker_image.url": {"type": "forbidden"}});
    check(forbidden.clone(), json!({}), Ok(json!({})));
    check(
        forbidden,
        json!({"docker_image": {"url": "x"}}),
        Err("Validation failed for docker_image.url, the value must not be present (is \"x\")"),
    );
    let list = json!({"node_type_id": {"type": "allowlist", "values": ["a", "b"]}});
    check(list.clone(), json!({"node_type_id": "b"}), Ok(json!({"node_type_id": "b"})));
    check(
        list.clone(),
        json!({"node_type_id": "c"}),
        Err("Validation failed for node_type_id, the value must be one of a, b (is \"c\")"),
    );
    check(list, json!({}), Err("Validation failed for node_type_id, the value must be present"));
    let block = json!({"n": {"type": "blocklist", "values": ["a"], "isOptional": true}});
    check(block.clone(), json!({}), Ok(json!({})));
    check(block.clone(), json!({"n": "b"}), Ok(json!({"n": "b"})));
    check(
        block,
        json!({"n": "a"}),
        Err("Validation failed for n, the value must not be one of a (is \"a\")"),
    );
    let regex = json!({"n": {"type": "regex", "pattern": "[rm]5.*"}});
    check(regex.clone(), json!({"n": "r5.large"}), Ok(json!({"n": "r5.large"})));
    check(
        regex,
        json!({"n": "xr5.large"}),
        Err("Validation failed for n, the value must match the regular expression [rm]5.* \
             (is \"xr5.large\")"),
    );
    let range = json!({"n": {"type": "range", "minValue": 10, "maxValue": 60}});
    for (value, expected) in [
        (json!(9), Err("Validation failed for n, the value must be at least 10 (is \"9\")")),
        (json!(10), Ok(json!({"n": 10}))),
        (json!("60"), Ok(json!({"n": "60"}))),
        (json!(61), Err("Validation failed for n, the value must be at most 60 (is \"61\")")),
        (json!("x"), Err("Validation failed for n, the value must be a number (is \"x\")")),
    ] {
        check(range.clone(), json!({"n": value}), expected);
    }
}

#[test]
fn every_item_of_a_list() {
    let rule = json!({"type": "allowlist", "values": ["/ok"], "isOptional": true});
    let policy = json!({"init_scripts.*.workspace.destination": rule});
    let scripts = |name: &str| json!({"init_scripts": [{"workspace": {"destination": name}}]});
    check(policy.clone(), scripts("/ok"), Ok(scripts("/ok")));
    check(
        policy,
        scripts("/bad"),
        Err(
            "Validation failed for init_scripts.0.workspace.destination, the value must be one of \
             /ok (is \"/bad\")",
        ),
    );
}

/// "Array attributes" of the compute policy reference: each item obeys one rule, its own before that of all.
#[test]
fn an_item_with_a_rule_of_its_own() {
    let policy = json!({
        "init_scripts.0.workspace.destination": {"type": "fixed", "value": "/first"},
        "init_scripts.*.workspace.destination": {"type": "forbidden"},
    });
    let scripts = |names: &[&str]| {
        let list = names.iter().map(|name| json!({"workspace": {"destination": name}}));
        json!({"init_scripts": list.collect::<Vec<_>>()})
    };
    check(policy.clone(), scripts(&["/first"]), Ok(scripts(&["/first"])));
    // What is fixed is filled in as the item of a list.
    check(policy.clone(), json!({}), Ok(scripts(&["/first"])));
    check(
        policy,
        scripts(&["/first", "/more"]),
        Err("Validation failed for init_scripts.1.workspace.destination, the value must not be \
             present (is \"/more\")"),
    );
    let key = json!({"ssh_public_keys.0": {"type": "fixed", "value": "k"}});
    check(key, json!({}), Ok(json!({"ssh_public_keys": ["k"]})));
    let far = json!({"ssh_public_keys.1": {"type": "fixed", "value": "k", "isOptional": false}});
    check(far, json!({}), Err("Validation failed for ssh_public_keys.1, the value must be k"));
    let tag = json!({"custom_tags.7": {"type": "fixed", "value": "k"}});
    check(tag, json!({}), Ok(json!({"custom_tags": {"7": "k"}})));
}

#[test]
fn patterns_of_java() {
    for pattern in ["(?!.*admin).*", "(a)\\1", "(?>a)b"] {
        let policy = json!({"n": {"type": "regex", "pattern": pattern}}).to_string();
        let unusable = Definition::read(&policy).unwrap_err();
        assert!(matches!(unusable, Unusable::Pattern { .. }), "{pattern}: {unusable}");
    }
}

#[test]
fn defaults_where_somebody_asks_for_them() {
    let policy = json!({"n": {"type": "unlimited", "defaultValue": 7}});
    assert_eq!(enforced(&policy, json!({}), true), Ok(json!({"n": 7})));
    assert_eq!(enforced(&policy, json!({"n": 1}), true), Ok(json!({"n": 1})));
    check(policy, json!({}), Err("Validation failed for n, the value must be present"));
}

#[test]
fn kinds_and_prices() {
    let policy = |value: &str| json!({"cluster_type": {"type": "fixed", "value": value}});
    check(policy("all-purpose"), json!({}), Ok(json!({})));
    check(
        policy("job"),
        json!({}),
        Err("Validation failed for cluster_type, the value must be job (is \"all-purpose\")"),
    );
    let priced = json!({"dbus_per_hour": {"type": "range", "maxValue": 10}});
    assert!(enforced(&priced, json!({}), false).unwrap_err().contains("dbus_per_hour"));
}

#[test]
fn texts() {
    for bad in ["{", "[1", "{\"a\": }"] {
        assert!(check_text(bad).is_err(), "{bad}");
    }
    for kept in ["", " ", "{}", "[]", r#"{"a": {"type": "what"}}"#] {
        assert!(check_text(kept).is_ok(), "{kept}");
    }
    for unusable in [
        "[]",
        r#"{"a": {"type": "what"}}"#,
        r#"{"a": {"value": 1}}"#,
        r#"{"a": {"type": "regex", "pattern": "("}}"#,
        r#"{"a": {"type": "allowlist"}}"#,
    ] {
        assert!(Definition::read(unusable).is_err(), "{unusable}");
    }
    let long = |bytes| format!("\"{}\"", "x".repeat(bytes - 2));
    assert!(check_text(&long(MAX_DEFINITION_BYTES)).is_ok());
    assert!(check_text(&long(MAX_DEFINITION_BYTES + 1)).is_err());
}

/// "Max number of clusters per user that can be active using this policy" (API reference).
#[test]
fn only_active_clusters_count() {
    let world = World::new();
    let policy = json!({"name": "one", "definition": "{}", "max_clusters_per_user": 1});
    let policy = world.done(WORKSPACE_ADMIN, "CreateClusterPolicy", policy);
    let cluster = json!({
        "spark_version": "15.4.x-scala2.12", "node_type_id": "i3.xlarge", "num_workers": 0,
        "policy_id": policy["policy_id"],
    });
    let make = || world.call(WORKSPACE_ADMIN, "CreateCluster", cluster.clone());
    let act = |name, id: &Value| world.call(WORKSPACE_ADMIN, name, json!({"cluster_id": id}));
    let first = make().unwrap()["cluster_id"].clone();
    let refused =
        "The policy one allows 1 active clusters per user, and admin@example.com has as many.";
    assert_eq!(make().unwrap_err().1, refused);
    act("DeleteCluster", &first).unwrap();
    let second = make().unwrap()["cluster_id"].clone();
    assert_eq!(act("StartCluster", &first).unwrap_err().1, refused);
    act("DeleteCluster", &second).unwrap();
    act("StartCluster", &first).unwrap();
}

/// "Installed on the next cluster restart that uses this policy" (API reference).
#[test]
fn clusters_start_with_the_libraries_of_their_policy() {
    let world = World::new();
    let requests = json!({"pypi": {"package": "requests"}});
    let policy = |count: usize| {
        let libraries = vec![requests.clone(); count];
        json!({"name": "libraries", "definition": "{}", "libraries": libraries})
    };
    assert!(world.call(WORKSPACE_ADMIN, "CreateClusterPolicy", policy(501)).is_err());
    let made = world.done(WORKSPACE_ADMIN, "CreateClusterPolicy", policy(500));
    let cluster = json!({
        "spark_version": "15.4.x-scala2.12", "node_type_id": "i3.xlarge", "num_workers": 0,
        "policy_id": made["policy_id"],
    });
    let cluster = world.done(WORKSPACE_ADMIN, "CreateCluster", cluster);
    let shown = || {
        let id = json!({"cluster_id": cluster["cluster_id"]});
        let shown = world.done(WORKSPACE_ADMIN, "GetClusterLibraries", id);
        shown["library_statuses"].as_array().unwrap().len()
    };
    assert_eq!(shown(), 1);
    let mut edit = json!({"policy_id": made["policy_id"], "name": "libraries"});
    edit["libraries"] = json!([requests, {"cran": {"package": "ada"}}]);
    world.done(WORKSPACE_ADMIN, "EditClusterPolicy", edit);
    assert_eq!(shown(), 1);
    world.done(WORKSPACE_ADMIN, "RestartCluster", json!({"cluster_id": cluster["cluster_id"]}));
    assert_eq!(shown(), 2);
}
