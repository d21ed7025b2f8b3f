//! Resources that were made elsewhere: what is imported is neither made anew nor changed for nothing.

use provider::value::{Members, Value};
use serde_json::json;

use super::terraform::{Terraform, read, replaced, told, value};
use provider::protocol as p;

const POOL: &str = "databricks_instance_pool";

#[test]
fn what_is_imported_is_neither_made_anew_nor_forgotten() {
    let pool = json!({
        "instance_pool_id": "p", "instance_pool_name": "idle", "idle_instance_autotermination_minutes": 10,
        "node_type_id": "m5.large", "enable_elastic_disk": false, "state": "ACTIVE",
        "aws_attributes": {"availability": "ON_DEMAND", "zone_id": "us-east-1a", "spot_bid_price_percent": 100},
    });
    let terraform = Terraform::new(vec![("GET", "/api/2.0/instance-pools/get", 200, pool)]);
    let imported = terraform
        .provider
        .import(p::ImportResourceStateRequest { type_name: POOL.to_owned(), id: "p".to_owned() });
    assert_eq!(told(&imported.diagnostics), [""; 0]);
    let state = read(imported.imported_resources[0].state.clone()).unwrap();
    let aws = |zone: &str, availability: &str| {
        let members = [
            ("availability", availability.into()),
            ("zone_id", zone.into()),
            ("spot_bid_price_percent", Value::int(100)),
            ("instance_profile_arn", Value::Null),
        ];
        let members = members.map(|(name, value)| (name.to_owned(), value));
        Value::List(vec![Value::Map(members.into())])
    };
    assert_eq!(state["aws_attributes"], aws("us-east-1a", "ON_DEMAND"));
    let replaced_by = |aws_attributes: Value, elastic: bool| {
        let given = [
            ("instance_pool_name", "idle".into()),
            ("idle_instance_autotermination_minutes", Value::int(10)),
            ("node_type_id", "m5.large".into()),
            ("enable_elastic_disk", elastic.into()),
            ("aws_attributes", aws_attributes),
        ];
        replaced(&terraform.plan(POOL, Some(state.clone()), &given))
    };
    assert_eq!(replaced_by(aws("us-east-1a", "ON_DEMAND"), false), [""; 0]);
    // What the configuration leaves to Databricks stays.
    assert_eq!(replaced_by(Value::List(vec![]), false), [""; 0]);
    assert_eq!(replaced_by(aws("us-east-1a", "SPOT"), false), ["aws_attributes"]);
    assert_eq!(replaced_by(aws("us-east-1a", "ON_DEMAND"), true), ["enable_elastic_disk"]);

    // A zone that Databricks was to choose is not held against the configuration.
    let mut auto = state.clone();
    auto.insert("aws_attributes".to_owned(), aws("auto", "ON_DEMAND"));
    let refreshed = terraform.provider.read(p::ReadResourceRequest {
        type_name: POOL.to_owned(),
        current_state: value(auto.clone()),
        private: Vec::new(),
    });
    assert_eq!(read(refreshed.new_state), Some(auto));
}

#[test]
fn a_warehouse_that_is_stopped_can_be_changed() {
    const API: &str = "/api/2.0/sql/warehouses/w";
    let warehouse = json!({
        "id": "w", "name": "n", "cluster_size": "Small", "state": "STOPPED", "auto_stop_mins": 10,
        "odbc_params": {"hostname": "h", "path": "/p", "protocol": "https", "port": 443},
    });
    let terraform = Terraform::new(vec![
        ("GET", API, 200, warehouse),
        ("POST", "/api/2.0/sql/warehouses/w/edit", 200, json!({})),
        ("GET", "/api/2.0/preview/sql/data_sources", 200, json!([])),
    ]);
    let kind = "databricks_sql_endpoint";
    let state = terraform.block(kind, &[("id", "w".into()), ("name", "n".into())]);
    let mut planned = state.clone();
    planned.insert("auto_stop_mins".to_owned(), Value::int(10));
    let (after, found) = terraform.apply(kind, Some(state), Some(planned));
    assert_eq!(told(&found), [""; 0]);
    let parts = [("hostname", "h".into()), ("path", "/p".into()), ("protocol", "https".into())];
    let mut parts: Members = parts.map(|(name, part)| (name.to_owned(), part)).into();
    parts.insert("port".to_owned(), Value::int(443));
    assert_eq!(after.unwrap()["odbc_params"], Value::List(vec![Value::Map(parts)]));
    let check = |given: &[(&str, Value)], expected: &[&str]| {
        let config = value(terraform.block(kind, given));
        let request = p::ValidateRequest { type_name: kind.to_owned(), config };
        assert_eq!(told(&terraform.provider.validate_resource(request).diagnostics), expected);
    };
    check(&[("cluster_size", "5X-Large".into())], &[]);
    check(&[("cluster_size", "6X-Large".into())], &["!There is no such warehouse"]);
    let timeouts = |text: &str| Value::Map([("create".to_owned(), text.into())].into());
    check(&[("timeouts", timeouts("30m"))], &[]);
    check(&[("timeouts", timeouts("soon"))], &["!A duration is needed"]);
}

#[test]
fn a_policys_rules_come_from_one_place() {
    let terraform = Terraform::new(vec![]);
    let check = |given: &[(&str, Value)], expected: &[&str]| {
        let config = value(terraform.block("databricks_cluster_policy", given));
        let type_name = "databricks_cluster_policy".to_owned();
        let found = terraform.provider.validate_resource(p::ValidateRequest { type_name, config });
        assert_eq!(told(&found.diagnostics), expected, "{given:?}");
    };
    let (rules, family) = (("definition", "{}".into()), ("policy_family_id", "personal-vm".into()));
    let overrides = ("policy_family_definition_overrides", "{}".into());
    check(std::slice::from_ref(&rules), &[]);
    check(&[family.clone(), overrides.clone()], &[]);
    check(&[rules.clone(), family], &["!The policy's rules are given twice"]);
    check(&[rules, overrides], &["!The policy has no family"]);
    check(&[], &["!The policy has no rules"]);
    check(&[("definition", "{".into())], &["!The policy's rules are not JSON"]);
}

#[test]
fn a_cluster_that_is_imported_does_not_restart() {
    const GET: &str = "/api/2.1/clusters/get";
    let kind = "databricks_cluster";
    let cluster = json!({
        "cluster_id": "c", "cluster_name": "n", "spark_version": "v", "node_type_id": "m5.large",
        "driver_node_type_id": "m5.large", "num_workers": 0, "autotermination_minutes": 60, "state": "RUNNING",
        "aws_attributes": {"availability": "SPOT", "zone_id": "us-east-1a"},
        "workload_type": {"clients": {"jobs": false, "notebooks": true}},
    });
    let terraform = Terraform::new(vec![
        ("GET", GET, 200, cluster),
        ("GET", "/api/2.1/clusters/list", 200, json!({})),
    ]);
    let imported = terraform
        .provider
        .import(p::ImportResourceStateRequest { type_name: kind.to_owned(), id: "c".to_owned() });
    assert_eq!(told(&imported.diagnostics), [""; 0]);
    let state = read(imported.imported_resources[0].state.clone()).unwrap();
    assert_eq!(state["num_workers"], Value::int(0));
    let clients = [("jobs", false.into()), ("notebooks", true.into())];
    let clients = clients.map(|(name, value)| (name.to_owned(), value));
    let clients = Value::List(vec![Value::Map(clients.into())]);
    let workload = Value::List(vec![Value::Map([("clients".to_owned(), clients)].into())]);
    assert_eq!(state["workload_type"], workload);
    let given = [
        ("cluster_name", "n".into()),
        ("spark_version", "v".into()),
        ("node_type_id", "m5.large".into()),
        ("workload_type", workload),
    ];
    let plan = terraform.plan(kind, Some(state.clone()), &given);
    terraform.workspace.asked();
    let (_, found) = terraform.apply(kind, Some(state), read(plan.planned_state));
    assert_eq!(told(&found), [""; 0]);
    let asked = terraform.workspace.asked();
    assert!(asked.iter().all(|(line, _)| line.starts_with("GET ")), "{asked:?}");
}
