//! Whatever is sent to Databricks' hosts, the answer is an error in Databricks' own form, and the state stays as
//! it was.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

#[path = "databricks_bad_input/world.rs"]
mod world;

use clients::databricks::ACCOUNT_ID;
use serde_json::{Value, json};

use world::{Form, PROFILE, World};

/// Bytes of the longest body that is read.
const MAX_BODY_BYTES: usize = 2 << 20;
const CLUSTERS: &str = "/api/2.1/clusters";
const SCIM: &str = "/api/2.0/preview/scim/v2";

#[test]
fn bodies_that_are_no_json_of_the_right_kind() {
    let world = World::new();
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(500), "]".repeat(500));
    for path in [
        "POST /api/2.1/clusters/create",
        "POST /api/2.0/instance-profiles/add",
        "POST /api/2.0/policies/clusters/create",
        "POST /api/2.0/instance-pools/create",
        "POST /api/2.0/sql/warehouses",
        "POST /api/2.0/token/create",
        "PUT /api/2.0/permissions/clusters/<CLUSTER>",
        "PUT /api/2.0/sql/config/warehouses",
        "POST /api/2.0/accounts/<ACCOUNT>/credentials",
        "POST /api/2.0/accounts/<ACCOUNT>/networks",
        "POST /api/2.0/accounts/<ACCOUNT>/workspaces",
        "PATCH /api/2.0/accounts/<ACCOUNT>/workspaces/1234567890123456",
    ] {
        for body in ["{", "nonsense", "{\"a\":1} x", "{'a': 1}", "{\"a\":\"\\uD800\"}", &deep] {
            let text = "Invalid JSON given in the body of the request";
            world.check(path, body, Form::Standard, 400, "MALFORMED_REQUEST", text);
        }
        for body in ["[]", "\"x\"", "7", "true"] {
            let text = "Could not parse request object";
            world.check(path, body, Form::Standard, 400, "MALFORMED_REQUEST", text);
        }
    }
    for path in ["Users", "Groups", "ServicePrincipals"] {
        let asked = format!("POST {SCIM}/{path}");
        for body in ["{", "[]", "nonsense"] {
            world.check(&asked, body, Form::Scim, 400, "invalidSyntax", "");
        }
    }
    for (asked, body) in [
        ("POST /api/2.1/clusters/create", r#"{"spark_version":{"a":1}}"#),
        (
            "POST /api/2.1/clusters/create",
            r#"{"spark_version":"15.4.x-scala2.12","node_type_id":"m5d.large","num_workers":"many"}"#,
        ),
        ("POST /api/2.0/instance-profiles/add", r#"{"instance_profile_arn":{"a":1}}"#),
        (
            "POST /api/2.0/instance-profiles/add",
            r#"{"instance_profile_arn":"x","skip_validation":"perhaps"}"#,
        ),
        ("POST /api/2.0/token/create", r#"{"lifetime_seconds":[]}"#),
    ] {
        let text = "Could not parse request object";
        world.check(asked, body, Form::Standard, 400, "MALFORMED_REQUEST", text);
    }
}

#[test]
fn what_is_missing_or_out_of_range() {
    let world = World::new();
    let cluster = |more: &str| {
        format!(r#"{{"spark_version":"15.4.x-scala2.12","node_type_id":"m5d.large",{more}}}"#)
    };
    for (asked, body, text) in [
        ("POST /api/2.0/instance-profiles/add", "{}".to_owned(), "instance_profile_arn"),
        ("POST /api/2.0/instance-profiles/edit", "{}".to_owned(), "instance_profile_arn"),
        ("POST /api/2.1/clusters/create", "{}".to_owned(), "spark_version"),
        (
            "POST /api/2.1/clusters/create",
            r#"{"spark_version":"15.4.x-scala2.12"}"#.to_owned(),
            "node_type_id",
        ),
        ("POST /api/2.1/clusters/create", cluster(r#""num_workers":-1"#), "num_workers"),
        ("POST /api/2.1/clusters/create", cluster(r#""num_workers":1001"#), "num_workers"),
        (
            "POST /api/2.1/clusters/create",
            cluster(r#""num_workers":1,"autoscale":{"min_workers":1,"max_workers":2}"#),
            "Only one of",
        ),
        (
            "POST /api/2.1/clusters/create",
            cluster(r#""autoscale":{"min_workers":3,"max_workers":2}"#),
            "autoscale",
        ),
        (
            "POST /api/2.1/clusters/create",
            cluster(r#""autotermination_minutes":9"#),
            "autotermination_minutes",
        ),
        (
            "POST /api/2.1/clusters/create",
            cluster(r#""autotermination_minutes":10001"#),
            "autotermination_minutes",
        ),
        (
            "POST /api/2.1/clusters/create",
            cluster(r#""aws_attributes":{"zone_id":"mars-1a"}"#),
            "zone_id",
        ),
        (
            "POST /api/2.1/clusters/create",
            cluster(r#""aws_attributes":{"spot_bid_price_percent":0}"#),
            "spot_bid_price_percent",
        ),
        (
            "POST /api/2.1/clusters/create",
            cluster(
                r#""aws_attributes":{"instance_profile_arn":"arn:aws:iam::000000000000:instance-profile/unknown"}"#,
            ),
            "not registered",
        ),
        (
            "POST /api/2.1/clusters/create",
            cluster(r#""driver_instance_pool_id":"<POOL>""#),
            "driver_instance_pool_id",
        ),
        (
            "POST /api/2.1/clusters/create",
            r#"{"spark_version":"none","node_type_id":"m5d.large"}"#.to_owned(),
            "spark version none",
        ),
        (
            "POST /api/2.1/clusters/create",
            r#"{"spark_version":"15.4.x-scala2.12","node_type_id":"x9.huge"}"#.to_owned(),
            "x9.huge",
        ),
        (
            "POST /api/2.1/clusters/resize",
            r#"{"cluster_id":"<CLUSTER>"}"#.to_owned(),
            "num_workers",
        ),
        (
            "POST /api/2.0/instance-pools/create",
            r#"{"instance_pool_name":"x","node_type_id":"x9.huge"}"#.to_owned(),
            "x9.huge",
        ),
        (
            "POST /api/2.0/instance-pools/create",
            r#"{"instance_pool_name":"p","node_type_id":"m5.large"}"#.to_owned(),
            "already exists",
        ),
        (
            "POST /api/2.0/sql/warehouses",
            r#"{"name":"x","cluster_size":"Huge"}"#.to_owned(),
            "Huge is not a valid cluster size",
        ),
    ] {
        world.check(asked, &body, Form::Standard, 400, "INVALID_PARAMETER_VALUE", text);
    }
}

#[test]
fn filters_that_cannot_be_read() {
    let world = World::new();
    let deep = format!("{}userName%20pr{}", "(".repeat(33), ")".repeat(33));
    let long = format!("userName%20eq%20%22{}%22", "a".repeat(8192));
    for filter in [
        "userName",
        "userName%20eq",
        "userName%20eq%20%22a",
        "userName%20is%20%22a%22",
        "eq%20%22a%22",
        "userName%20eq%20%22a%22%20and",
        "userName%20eq%20%22a%22%20xor%20id%20pr",
        "(userName%20eq%20%22a%22",
        "userName%20eq%20%22a%22)",
        "not",
        "%5B",
        &deep,
        &long,
    ] {
        for collection in ["Users", "Groups", "ServicePrincipals"] {
            let asked = format!("GET {SCIM}/{collection}?filter={filter}");
            world.check(&asked, "", Form::Scim, 400, "invalidFilter", "");
        }
    }
    let asked = "GET /api/2.0/accounts/<ACCOUNT>/scim/v2/Users?filter=userName%20eq";
    world.check(asked, "", Form::Scim, 400, "invalidFilter", "");
    let asked = format!("GET {SCIM}/Users?count=many");
    world.check(&asked, "", Form::Scim, 400, "invalidSyntax", "");
}

#[test]
fn patches_that_cannot_be_applied() {
    let world = World::new();
    let patch = |operation: Value| {
        let schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
        json!({"schemas": [schema], "Operations": [operation]}).to_string()
    };
    let roles = json!([{"value": PROFILE}]);
    for (operation, kind) in [
        (json!({"op": "add", "path": "nothing", "value": "x"}), "invalidPath"),
        (json!({"op": "add", "path": "roles[value eq", "value": roles}), "invalidPath"),
        (json!({"op": "remove", "path": "roles[value eq \"x\""}), "invalidPath"),
        (json!({"op": "remove", "path": "roles[display eq \"x\"]"}), "invalidPath"),
        (json!({"op": "remove", "path": "active[value eq \"x\"]"}), "invalidPath"),
        (json!({"op": "remove"}), "invalidPath"),
        (json!({"op": "add", "path": "roles"}), "invalidValue"),
        (json!({"op": "move", "path": "roles", "value": roles}), "invalidValue"),
        (json!({"op": "replace", "path": "userName", "value": ""}), "invalidValue"),
    ] {
        let asked = format!("PATCH {SCIM}/Users/<USER>");
        world.check(&asked, &patch(operation), Form::Scim, 400, kind, "");
    }
    let member = json!({"op": "add", "path": "members", "value": [{"value": "1"}]});
    let asked = format!("PATCH {SCIM}/Groups/<GROUP>");
    world.check(&asked, &patch(member), Form::Scim, 400, "invalidValue", "Member 1");
    let itself = json!({"op": "add", "path": "members", "value": [{"value": "<GROUP>"}]});
    world.check(&asked, &patch(itself), Form::Scim, 400, "invalidValue", "");
    for body in ["{\"schemas\":[]}", "{\"Operations\":[]}", "{\"Operations\":{}}"] {
        let asked = format!("PATCH {SCIM}/Users/<USER>");
        let answer = world.workspace.send(&world.workspace.request(
            "PATCH",
            &world.filled(&asked[6..]),
            body,
        ));
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
    }
    // The first of two is not applied if the second cannot be.
    let two = json!({"Operations": [
        {"op": "add", "path": "roles", "value": [{"value": "one"}]},
        {"op": "add", "path": "nothing", "value": "x"},
    ]});
    let asked = format!("PATCH {SCIM}/Users/<USER>");
    world.check(&asked, &two.to_string(), Form::Scim, 400, "invalidPath", "");
}

#[test]
fn definitions_that_do_not_parse() {
    let world = World::new();
    for definition in ["{", "nonsense", "{\"a\":}", "{\"a\": {\"type\": \"fixed\"} x"] {
        for (asked, more) in [
            ("POST /api/2.0/policies/clusters/create", json!({"name": "new"})),
            ("POST /api/2.0/policies/clusters/edit", json!({"name": "p", "policy_id": "<POLICY>"})),
        ] {
            let mut body = more;
            body["definition"] = definition.into();
            let text = "Policy definition is not valid JSON";
            world.check(
                asked,
                &body.to_string(),
                Form::Standard,
                400,
                "INVALID_PARAMETER_VALUE",
                text,
            );
        }
    }
    let long = json!({"name": "new", "definition": format!("\"{}\"", "x".repeat(256 * 1024))});
    let asked = "POST /api/2.0/policies/clusters/create";
    world.check(asked, &long.to_string(), Form::Standard, 400, "INVALID_PARAMETER_VALUE", "bytes");
    // JSON of the wrong shape is kept, and no cluster can be made by it.
    for definition in [
        "[]",
        "{\"num_workers\": 1}",
        "{\"num_workers\": {\"type\": \"fixed\"}}",
        "{\"num_workers\": {\"type\": \"whatever\", \"value\": 1}}",
        "{\"cluster_name\": {\"type\": \"regex\", \"pattern\": \"(\"}}",
    ] {
        let made = json!({"name": definition, "definition": definition});
        let made = world.workspace.must("POST", "/api/2.0/policies/clusters/create", &made);
        let cluster = json!({
            "spark_version": "15.4.x-scala2.12", "node_type_id": "m5d.large", "num_workers": 1,
            "policy_id": made["policy_id"],
        });
        let asked = "POST /api/2.1/clusters/create";
        let text = "cannot be satisfied due to the malformed policy definition";
        world.check(
            asked,
            &cluster.to_string(),
            Form::Standard,
            400,
            "INVALID_PARAMETER_VALUE",
            text,
        );
    }
}

#[test]
fn arns_of_the_wrong_kind() {
    let world = World::new();
    for arn in [
        "",
        "p",
        "arn:aws:iam::000000000000:role/p",
        "arn:aws:iam::000000000000:user/p",
        "arn:aws:iam::1:instance-profile/p",
        "arn:aws:iam::000000000000:instance-profile/",
        "arn:aws:iam::000000000000:instance-profile",
        "arn:aws:s3:::bucket",
        "arn:aws:ec2:us-east-1:000000000000:instance-profile/p",
    ] {
        let body = json!({"instance_profile_arn": arn, "skip_validation": true}).to_string();
        let asked = "POST /api/2.0/instance-profiles/add";
        let text = "Invalid instance profile ARN";
        world.check(asked, &body, Form::Standard, 400, "INVALID_PARAMETER_VALUE", text);
    }
    for arn in [
        "p",
        "arn:aws:iam::000000000000:instance-profile/other",
        "arn:aws:iam::000000000000:role/",
        "arn:aws:iam::0:role/p",
        "arn:aws:s3:::bucket",
    ] {
        let new = PROFILE.replace("/p", "/new");
        for (asked, profile) in [
            ("POST /api/2.0/instance-profiles/add", new.as_str()),
            ("POST /api/2.0/instance-profiles/edit", PROFILE),
        ] {
            let body = json!({
                "instance_profile_arn": profile, "iam_role_arn": arn, "skip_validation": true,
            });
            let text = "Invalid IAM role ARN";
            world.check(
                asked,
                &body.to_string(),
                Form::Standard,
                400,
                "INVALID_PARAMETER_VALUE",
                text,
            );
        }
        let role = json!({"sts_role": {"role_arn": arn}});
        let body = json!({"credentials_name": "name", "aws_credentials": role}).to_string();
        let asked = "POST /api/2.0/accounts/<ACCOUNT>/credentials";
        world.check(asked, &body, Form::Standard, 400, "MALFORMED_REQUEST", "Invalid role ARN");
    }
}

#[test]
fn ids_of_nothing() {
    let world = World::new();
    for verb in ["start", "restart", "delete", "permanent-delete", "pin", "unpin", "resize", "edit"]
    {
        let body = r#"{"cluster_id":"none","num_workers":1}"#;
        let asked = format!("POST {CLUSTERS}/{verb}");
        let text = "Cluster none does not exist";
        world.check(&asked, body, Form::Standard, 400, "INVALID_PARAMETER_VALUE", text);
    }
    let asked = format!("GET {CLUSTERS}/get?cluster_id=none");
    let text = "Cluster none does not exist";
    world.check(&asked, "", Form::Standard, 400, "INVALID_PARAMETER_VALUE", text);
    let pool = r#"{"spark_version":"15.4.x-scala2.12","instance_pool_id":"none","num_workers":1}"#;
    let policy =
        r#"{"spark_version":"15.4.x-scala2.12","node_type_id":"m5d.large","policy_id":"none"}"#;
    for (asked, body) in [
        ("GET /api/2.0/policies/clusters/get?policy_id=none", ""),
        (
            "POST /api/2.0/policies/clusters/edit",
            r#"{"policy_id":"none","name":"x","definition":"{}"}"#,
        ),
        ("POST /api/2.0/policies/clusters/delete", r#"{"policy_id":"none"}"#),
        ("GET /api/2.0/instance-pools/get?instance_pool_id=none", ""),
        (
            "POST /api/2.0/instance-pools/edit",
            r#"{"instance_pool_id":"none","instance_pool_name":"x","node_type_id":"m5.large"}"#,
        ),
        ("POST /api/2.0/instance-pools/delete", r#"{"instance_pool_id":"none"}"#),
        (
            "POST /api/2.0/instance-profiles/edit",
            r#"{"instance_profile_arn":"arn:aws:iam::000000000000:instance-profile/none"}"#,
        ),
        (
            "POST /api/2.0/instance-profiles/remove",
            r#"{"instance_profile_arn":"arn:aws:iam::000000000000:instance-profile/none"}"#,
        ),
        ("POST /api/2.1/clusters/create", pool),
        ("POST /api/2.1/clusters/create", policy),
        ("GET /api/2.0/sql/warehouses/none", ""),
        ("POST /api/2.0/sql/warehouses/none/start", ""),
        ("POST /api/2.0/sql/warehouses/none/edit", r#"{"name":"x"}"#),
        ("DELETE /api/2.0/sql/warehouses/none", ""),
        ("GET /api/2.0/permissions/cluster-policies/none", ""),
        ("PUT /api/2.0/permissions/instance-pools/none", r#"{"access_control_list":[]}"#),
        ("POST /api/2.0/token/delete", r#"{"token_id":"none"}"#),
        ("DELETE /api/2.0/token-management/tokens/none", ""),
        ("GET /api/2.0/accounts/<ACCOUNT>/credentials/none", ""),
        ("DELETE /api/2.0/accounts/<ACCOUNT>/credentials/none", ""),
        ("GET /api/2.0/accounts/<ACCOUNT>/storage-configurations/none", ""),
        ("DELETE /api/2.0/accounts/<ACCOUNT>/storage-configurations/none", ""),
        ("GET /api/2.0/accounts/<ACCOUNT>/networks/none", ""),
        ("DELETE /api/2.0/accounts/<ACCOUNT>/networks/none", ""),
        ("GET /api/2.0/accounts/<ACCOUNT>/workspaces/1", ""),
        ("PATCH /api/2.0/accounts/<ACCOUNT>/workspaces/1", "{}"),
        ("DELETE /api/2.0/accounts/<ACCOUNT>/workspaces/1", ""),
        ("GET /api/2.0/accounts/00000000-0000-0000-0000-000000000000/workspaces", ""),
    ] {
        world.check(asked, body, Form::Standard, 404, "RESOURCE_DOES_NOT_EXIST", "");
    }
    for collection in ["Users", "Groups", "ServicePrincipals"] {
        let body =
            r#"{"userName":"x","displayName":"x","Operations":[{"op":"remove","path":"roles"}]}"#;
        for (method, body) in [("GET", ""), ("PUT", body), ("PATCH", body), ("DELETE", "")] {
            let asked = format!("{method} {SCIM}/{collection}/1");
            world.check(&asked, body, Form::Scim, 404, "", "1 not found");
        }
    }
    let asked = "GET /api/2.0/accounts/<ACCOUNT>/workspaces/first";
    world.check(asked, "", Form::Standard, 400, "MALFORMED_REQUEST", "");
}

#[test]
fn bodies_that_are_too_large() {
    let world = World::new();
    let padded = |length: usize| {
        let rest = r#"{"instance_profile_arn":"x","padding":""}"#.len();
        format!(r#"{{"instance_profile_arn":"x","padding":"{}"}}"#, "x".repeat(length - rest))
    };
    let asked = "POST /api/2.0/instance-profiles/add";
    let text = "Invalid instance profile ARN";
    world.check(
        asked,
        &padded(MAX_BODY_BYTES),
        Form::Standard,
        400,
        "INVALID_PARAMETER_VALUE",
        text,
    );
    let too_large = padded(MAX_BODY_BYTES + 1);
    world.check(asked, &too_large, Form::Standard, 413, "MAX_REQUEST_SIZE_EXCEEDED", "");
    let asked = "POST /api/2.0/accounts/<ACCOUNT>/credentials";
    world.check(asked, &too_large, Form::Standard, 413, "MAX_REQUEST_SIZE_EXCEEDED", "");
}

#[test]
fn tokens_that_open_nothing() {
    let world = World::new();
    let me = format!("{SCIM}/Me");
    let made = |lifetime: u32| {
        let input = json!({"lifetime_seconds": lifetime, "comment": "c"});
        let made = world.workspace.must("POST", "/api/2.0/token/create", &input);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&made["token_value"]), text(&made["token_info"]["token_id"]))
    };
    let (short, _) = made(60);
    let (revoked, id) = made(3600);
    for token in [&short, &revoked] {
        world.workspace.as_holder_of(token).must("GET", &me, &Value::Null);
    }
    world.workspace.must("POST", "/api/2.0/token/delete", &json!({"token_id": id}));
    world.server.control("clock/advance", r#"{"seconds":61}"#);
    // Of somebody who is gone.
    let user = json!({"displayName": "robot"});
    let robot = world.workspace.must("POST", &format!("{SCIM}/ServicePrincipals"), &user);
    let input = json!({"application_id": robot["applicationId"], "lifetime_seconds": 3600});
    let path = "/api/2.0/token-management/on-behalf-of/tokens";
    let robots = world.workspace.must("POST", path, &input);
    let robots = robots["token_value"].as_str().unwrap();
    world.workspace.as_holder_of(robots).must("GET", &me, &Value::Null);
    let path = format!("{SCIM}/ServicePrincipals/{}", robot["id"].as_str().unwrap());
    world.workspace.must("DELETE", &path, &Value::Null);
    let before = world.export();
    let workspaces = format!("/api/2.0/accounts/{ACCOUNT_ID}/workspaces");
    let (workspace, account) = (&world.workspace, &world.account);
    for (host, path, token, status, text) in [
        (workspace, &me, "", 401, "Credential was not sent"),
        (workspace, &me, "dapi-nobody", 403, "Invalid access token"),
        (workspace, &me, "nonsense", 403, "Invalid access token"),
        (workspace, &me, short.as_str(), 403, "Access token has expired"),
        (workspace, &me, revoked.as_str(), 403, "Invalid access token"),
        (workspace, &me, robots, 403, "Invalid access token"),
        (account, &workspaces, "", 401, "Credential was not sent"),
        // A workspace's tokens do not open the account.
        (account, &workspaces, "dapi-rolecall-admin", 403, "Invalid access token"),
    ] {
        let answer = host.as_holder_of(token).ask("GET", path, &Value::Null);
        assert_eq!(answer.status, status, "{token}: {}", answer.body);
        assert_eq!(answer.json()["error_code"], status, "{token}: {}", answer.body);
        assert!(answer.json()["message"].as_str().unwrap().contains(text), "{}", answer.body);
        assert_eq!(answer.header("x-databricks-reason-phrase"), answer.json()["message"]);
        let written = host.as_holder_of(token).ask("POST", "/api/2.0/token/create", &json!({}));
        assert!(written.status >= 400, "{}", written.body);
    }
    assert_eq!(world.export(), before, "the state changed");
}
