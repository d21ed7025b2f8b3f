//! Who may use what in a workspace: instance profiles, cluster policies, pools, and what lists show to whom.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use clients::Server;
use clients::databricks::Host;
use clients::signed::{Connection, Key, ec2, iam};
use serde_json::{Value, json};

const SCIM: &str = "/api/2.0/preview/scim/v2";
const CREATE: &str = "/api/2.1/clusters/create";
/// What answers to those who may.
const OK: (u16, &str) = (200, "");
/// And to those who may not.
const DENIED: (u16, &str) = (403, "PERMISSION_DENIED");

struct World {
    server: Server,
    admin: Host,
}

/// A service principal that is no admin.
struct Robot {
    id: String,
    application_id: String,
    host: Host,
}

fn arn(profile: &str) -> String {
    format!("arn:aws:iam::000000000000:instance-profile/{profile}")
}

fn cluster(more: Value) -> Value {
    let mut cluster = json!({
        "cluster_name": "c", "spark_version": "15.4.x-scala2.12", "node_type_id": "m5d.large",
        "num_workers": 0,
    });
    cluster.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    cluster
}

fn wearing(profile: &str) -> Value {
    json!({"instance_profile_arn": arn(profile), "availability": "ON_DEMAND"})
}

impl World {
    /// With the profiles `one` and `two`, which Databricks may pass.
    fn new() -> Self {
        let server = Server::with_workspace(&["--ephemeral"]);
        let admin = Host::first_workspace(&server);
        let world = Self { server, admin };
        let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;
        let pass = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}}"#;
        let role = ("RoleName", "databricks-cross-account");
        world.aws(
            "iam",
            &iam("PutRolePolicy", &[role, ("PolicyName", "p"), ("PolicyDocument", pass)]),
        );
        for name in ["one", "two"] {
            let role = ("RoleName", name);
            world.aws("iam", &iam("CreateRole", &[role, ("AssumeRolePolicyDocument", trust)]));
            let profile = ("InstanceProfileName", name);
            world.aws("iam", &iam("CreateInstanceProfile", &[profile]));
            world.aws("iam", &iam("AddRoleToInstanceProfile", &[profile, role]));
            let add = json!({"instance_profile_arn": arn(name)});
            world.admin.must("POST", "/api/2.0/instance-profiles/add", &add);
        }
        world
    }

    fn aws(&self, service: &str, form: &clients::signed::Form) -> String {
        let mut connection = Connection::open(self.server.aws()).unwrap();
        connection.must(&Key::root("000000000000"), service, form).body
    }

    fn robot(&self, name: &str, entitlements: &[&str]) -> Robot {
        let values: Vec<Value> = entitlements.iter().map(|name| json!({"value": name})).collect();
        let input = json!({"displayName": name, "entitlements": values});
        let made = self.admin.must("POST", &format!("{SCIM}/ServicePrincipals"), &input);
        let application_id = made["applicationId"].as_str().unwrap().to_owned();
        let input = json!({"application_id": application_id, "lifetime_seconds": 3600});
        let path = "/api/2.0/token-management/on-behalf-of/tokens";
        let token = self.admin.must("POST", path, &input);
        let host = self.admin.as_holder_of(token["token_value"].as_str().unwrap());
        Robot { id: made["id"].as_str().unwrap().to_owned(), application_id, host }
    }

    /// Changes the roles of an identity, such as `Groups/1`.
    fn grant(&self, who: &str, profile: &str) {
        let operation = json!({"op": "add", "path": "roles", "value": [{"value": arn(profile)}]});
        self.patch(who, operation);
    }

    fn revoke(&self, who: &str, profile: &str) {
        let path = format!("roles[value eq \"{}\"]", arn(profile));
        self.patch(who, json!({"op": "remove", "path": path}));
    }

    fn patch(&self, who: &str, operation: Value) {
        let schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
        let input = json!({"schemas": [schema], "Operations": [operation]});
        self.admin.must("PATCH", &format!("{SCIM}/{who}"), &input);
    }

    fn group(&self, name: &str, members: &[&str]) -> String {
        let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
        let input = json!({"displayName": name, "members": members});
        let made = self.admin.must("POST", &format!("{SCIM}/Groups"), &input);
        made["id"].as_str().unwrap().to_owned()
    }

    fn allow(&self, object: &str, robot: &Robot, level: &str) {
        let entry =
            json!({"service_principal_name": robot.application_id, "permission_level": level});
        let input = json!({"access_control_list": [entry]});
        self.admin.must("PATCH", &format!("/api/2.0/permissions/{object}"), &input);
    }

    fn make(&self, path: &str, input: &Value, id: &str) -> String {
        self.admin.must("POST", path, input)[id].as_str().unwrap().to_owned()
    }
}

impl Robot {
    /// Status and code.
    fn check(&self, asked: &str, input: &Value, expected: (u16, &str)) -> Value {
        let (method, path) = asked.split_once(' ').unwrap();
        let answer = self.host.ask(method, path, input);
        let body = answer.json();
        let code = body["error_code"].as_str().unwrap_or_default();
        assert_eq!((answer.status, code), expected, "{asked} {input}: {}", answer.body);
        body
    }

    fn creates(&self, input: &Value, expected: (u16, &str)) -> String {
        let answer = self.check(&format!("POST {CREATE}"), input, expected);
        answer["cluster_id"].as_str().unwrap_or_default().to_owned()
    }

    /// The names of the profiles that it is shown.
    fn profiles(&self) -> Vec<String> {
        let listed = self.host.must("GET", "/api/2.0/instance-profiles/list", &Value::Null);
        let arns = listed["instance_profiles"].as_array().into_iter().flatten();
        let arns = arns.map(|profile| profile["instance_profile_arn"].as_str().unwrap());
        arns.map(|arn| arn.rsplit('/').next().unwrap().to_owned()).collect()
    }

    /// How many it is shown.
    fn count(&self, path: &str, list: &str) -> usize {
        let listed = self.host.must("GET", path, &Value::Null);
        listed[list].as_array().map_or(0, Vec::len)
    }
}

#[test]
fn profiles_are_for_those_whom_they_are_granted_to() {
    let world = World::new();
    let robot = world.robot("robot", &["allow-cluster-create"]);
    assert!(robot.profiles().is_empty());
    let one = cluster(json!({"aws_attributes": wearing("one")}));
    robot.creates(&one, DENIED);
    robot.creates(&cluster(json!({})), OK);

    // To itself, to its group, to a group of that group, to everybody.
    let inner = world.group("inner", &[&robot.id]);
    let outer = world.group("outer", &[&inner]);
    let users = world.admin.must(
        "GET",
        &format!("{SCIM}/Groups?filter=displayName%20eq%20%22users%22"),
        &Value::Null,
    );
    let users = users["Resources"][0]["id"].as_str().unwrap().to_owned();
    for who in [
        format!("ServicePrincipals/{}", robot.id),
        format!("Groups/{inner}"),
        format!("Groups/{outer}"),
        format!("Groups/{users}"),
    ] {
        world.grant(&who, "one");
        assert_eq!(robot.profiles(), ["one"], "{who}");
        robot.creates(&one, OK);
        robot.creates(&cluster(json!({"aws_attributes": wearing("two")})), DENIED);
        world.revoke(&who, "one");
        assert!(robot.profiles().is_empty(), "{who}");
        robot.creates(&one, DENIED);
    }
    // A group that it is not in says nothing.
    let other = world.group("other", &[]);
    world.grant(&format!("Groups/{other}"), "one");
    robot.creates(&one, DENIED);
    assert_eq!(world.admin.must("GET", "/api/2.0/instance-profiles/list", &Value::Null)["instance_profiles"].as_array().unwrap().len(), 2);
}

#[test]
fn a_cluster_keeps_its_profile_whoever_changes_the_rest() {
    let world = World::new();
    let owner = world.robot("owner", &["allow-cluster-create"]);
    let other = world.robot("other", &["allow-cluster-create"]);
    let who = format!("ServicePrincipals/{}", owner.id);
    world.grant(&who, "one");
    let id = owner.creates(&cluster(json!({"aws_attributes": wearing("one")})), OK);
    world.revoke(&who, "one");
    let on = |more: Value| {
        let mut input = cluster(more);
        input["cluster_id"] = id.as_str().into();
        input
    };
    let edit = "POST /api/2.1/clusters/edit";
    let update = "POST /api/2.1/clusters/update";
    // Others see nothing of it until they are let.
    let get = format!("GET /api/2.1/clusters/get?cluster_id={id}");
    other.check(&get, &Value::Null, DENIED);
    assert_eq!(other.count("/api/2.1/clusters/list", "clusters"), 0);
    assert_eq!(owner.count("/api/2.1/clusters/list", "clusters"), 1);
    world.allow(&format!("clusters/{id}"), &other, "CAN_ATTACH_TO");
    other.check(&get, &Value::Null, OK);
    assert_eq!(other.count("/api/2.1/clusters/list", "clusters"), 1);
    for verb in ["delete", "start", "restart"] {
        other.check(&format!("POST /api/2.1/clusters/{verb}"), &json!({"cluster_id": id}), DENIED);
    }
    world.allow(&format!("clusters/{id}"), &other, "CAN_RESTART");
    for verb in ["restart", "delete", "start"] {
        other.check(&format!("POST /api/2.1/clusters/{verb}"), &json!({"cluster_id": id}), OK);
    }
    other.check(edit, &on(json!({"aws_attributes": wearing("one")})), DENIED);
    world.allow(&format!("clusters/{id}"), &other, "CAN_MANAGE");
    for robot in [&owner, &other] {
        robot.check(edit, &on(json!({"aws_attributes": wearing("one"), "cluster_name": "n"})), OK);
        robot.check(edit, &on(json!({"aws_attributes": wearing("two")})), DENIED);
        let attributes = json!({"aws_attributes": {"instance_profile_arn": arn("two")}});
        let mask = json!({
            "cluster_id": id, "update_mask": "aws_attributes.instance_profile_arn",
            "cluster": attributes,
        });
        robot.check(update, &mask, DENIED);
        robot.check(
            "POST /api/2.1/clusters/resize",
            &json!({"cluster_id": id, "num_workers": 1}),
            OK,
        );
    }
    let shown = owner.check(&get, &Value::Null, OK);
    assert_eq!(shown["aws_attributes"]["instance_profile_arn"], arn("one"));
    // Once it is off, it is off.
    owner.check(edit, &on(json!({})), OK);
    owner.check(edit, &on(json!({"aws_attributes": wearing("one")})), DENIED);
}

#[test]
fn a_policy_gives_nobody_a_profile() {
    let world = World::new();
    let robot = world.robot("robot", &[]);
    let make = |name: &str, element: Value| {
        let definition = json!({"aws_attributes.instance_profile_arn": element}).to_string();
        let input = json!({"name": name, "definition": definition});
        world.make("/api/2.0/policies/clusters/create", &input, "policy_id")
    };
    let fixed = make("fixed", json!({"type": "fixed", "value": arn("one")}));
    let offered = make("offered", json!({"type": "unlimited", "defaultValue": arn("one")}));
    let by = |policy: &str| {
        let more = json!({"policy_id": policy, "apply_policy_default_values": true});
        let mut input = cluster(more);
        input["aws_attributes"] = json!({"availability": "ON_DEMAND"});
        input
    };
    // Without the entitlement a policy that one may use is the only way.
    robot.creates(&cluster(json!({})), DENIED);
    for policy in [&fixed, &offered] {
        robot.creates(&by(policy), DENIED);
        robot.check(
            &format!("GET /api/2.0/policies/clusters/get?policy_id={policy}"),
            &Value::Null,
            DENIED,
        );
    }
    assert_eq!(robot.count("/api/2.0/policies/clusters/list", "policies"), 0);
    for (number, policy) in [&fixed, &offered].into_iter().enumerate() {
        world.allow(&format!("cluster-policies/{policy}"), &robot, "CAN_USE");
        assert_eq!(robot.count("/api/2.0/policies/clusters/list", "policies"), number + 1);
        // What the policy puts in has to be granted as well.
        robot.creates(&by(policy), DENIED);
    }
    world.grant(&format!("ServicePrincipals/{}", robot.id), "one");
    for policy in [&fixed, &offered] {
        let id = robot.creates(&by(policy), OK);
        let get = format!("GET /api/2.1/clusters/get?cluster_id={id}");
        let shown = robot.check(&get, &Value::Null, OK);
        assert_eq!(shown["aws_attributes"]["instance_profile_arn"], arn("one"));
    }
    let mut other = by(&fixed);
    other["aws_attributes"] = wearing("two");
    robot.creates(&other, (400, "INVALID_PARAMETER_VALUE"));
    let definition = json!({"name": "own", "definition": "{}"});
    robot.check("POST /api/2.0/policies/clusters/create", &definition, DENIED);
}

#[test]
fn pools_lend_to_those_who_may_attach() {
    let world = World::new();
    let robot = world.robot("robot", &["allow-cluster-create", "allow-instance-pool-create"]);
    let pool = |name: &str, more: Value| {
        let mut input = json!({
            "instance_pool_name": name, "node_type_id": "m5.large", "min_idle_instances": 0,
            "idle_instance_autotermination_minutes": 60, "aws_attributes": {"availability": "ON_DEMAND"},
        });
        input["aws_attributes"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let create = "/api/2.0/instance-pools/create";
    let make = |name: &str, more: Value| world.make(create, &pool(name, more), "instance_pool_id");
    let plain = make("plain", json!({}));
    let dressed = make("dressed", json!({"instance_profile_arn": arn("one")}));
    let from = |id: &str| {
        json!({
            "cluster_name": "c", "spark_version": "15.4.x-scala2.12", "instance_pool_id": id,
            "num_workers": 0,
        })
    };
    assert_eq!(robot.count("/api/2.0/instance-pools/list", "instance_pools"), 0);
    for id in [&plain, &dressed] {
        robot.creates(&from(id), DENIED);
        world.allow(&format!("instance-pools/{id}"), &robot, "CAN_ATTACH_TO");
        robot.creates(&from(id), OK);
        let delete = json!({"instance_pool_id": id});
        robot.check("POST /api/2.0/instance-pools/delete", &delete, DENIED);
    }
    assert_eq!(robot.count("/api/2.0/instance-pools/list", "instance_pools"), 2);
    let dressing = |id: &str, profile: &str| {
        let mut input = from(id);
        input["aws_attributes"] = json!({"instance_profile_arn": arn(profile)});
        input
    };
    robot.creates(&dressing(&plain, "two"), DENIED);
    world.grant(&format!("ServicePrincipals/{}", robot.id), "two");
    robot.creates(&dressing(&plain, "two"), OK);
    robot.creates(&dressing(&dressed, "two"), (400, "INVALID_PARAMETER_VALUE"));
    // Pools of its own: with what it was granted, and with nothing else later.
    let create = format!("POST {create}");
    robot.check(&create, &pool("own", json!({"instance_profile_arn": arn("one")})), DENIED);
    let own = robot.check(&create, &pool("own", json!({"instance_profile_arn": arn("two")})), OK);
    let mut edit = pool("own", json!({"instance_profile_arn": arn("one")}));
    edit["instance_pool_id"] = own["instance_pool_id"].clone();
    robot.check("POST /api/2.0/instance-pools/edit", &edit, (400, "INVALID_PARAMETER_VALUE"));
    let path = format!(
        "GET /api/2.0/instance-pools/get?instance_pool_id={}",
        own["instance_pool_id"].as_str().unwrap()
    );
    let shown = robot.check(&path, &Value::Null, OK);
    assert_eq!(shown["aws_attributes"]["instance_profile_arn"], arn("two"));
    let nobody = world.robot("nobody", &[]);
    nobody.check(&create, &pool("x", json!({})), DENIED);
}

#[test]
fn nodes_return_to_the_pool_that_they_came_from() {
    let world = World::new();
    let pool = |name: &str, idle: usize| {
        let input = json!({
            "instance_pool_name": name, "node_type_id": "m5.large", "min_idle_instances": idle,
            "idle_instance_autotermination_minutes": 60, "aws_attributes": {"availability": "ON_DEMAND"},
        });
        world.make("/api/2.0/instance-pools/create", &input, "instance_pool_id")
    };
    let (drivers, workers) = (pool("drivers", 1), pool("workers", 1));
    let stats = |id: &str| {
        let path = format!("/api/2.0/instance-pools/get?instance_pool_id={id}");
        let shown = world.admin.must("GET", &path, &Value::Null);
        (shown["stats"]["used_count"].as_u64(), shown["stats"]["idle_count"].as_u64())
    };
    let cluster = json!({
        "cluster_name": "c", "spark_version": "15.4.x-scala2.12", "instance_pool_id": workers,
        "driver_instance_pool_id": drivers, "num_workers": 2,
        "aws_attributes": {"instance_profile_arn": arn("one")},
    });
    let id = world.make(CREATE, &cluster, "cluster_id");
    assert_eq!((stats(&drivers), stats(&workers)), ((Some(1), Some(0)), (Some(2), Some(0))));
    world.admin.must("POST", "/api/2.1/clusters/delete", &json!({"cluster_id": id}));
    assert_eq!((stats(&drivers), stats(&workers)), ((Some(0), Some(1)), (Some(0), Some(2))));
    let worn = world.aws("ec2", &ec2("DescribeIamInstanceProfileAssociations", &[]));
    assert!(!worn.contains("<state>associated</state>"), "{worn}");
    // A launch that AWS refuses leaves those that waited as they were.
    let role = ("RoleName", "databricks-cross-account");
    world.aws("iam", &iam("DeleteRolePolicy", &[role, ("PolicyName", "p")]));
    world.admin.must("POST", "/api/2.1/clusters/start", &json!({"cluster_id": id}));
    let path = format!("/api/2.1/clusters/get?cluster_id={id}");
    let ended = world.admin.must("GET", &path, &Value::Null);
    assert_eq!(ended["termination_reason"]["code"], "AWS_AUTHORIZATION_FAILURE", "{ended}");
    assert_eq!((stats(&drivers), stats(&workers)), ((Some(0), Some(1)), (Some(0), Some(2))));
    let running = [("Filter.1.Name", "instance-state-name"), ("Filter.1.Value.1", "running")];
    let running = world.aws("ec2", &ec2("DescribeInstances", &running));
    assert_eq!(running.matches("<instanceId>").count(), 3, "{running}");
}

#[test]
fn what_is_for_admins() {
    let world = World::new();
    let robot = world.robot("robot", &["allow-cluster-create", "allow-instance-pool-create"]);
    let profile = json!({"instance_profile_arn": arn("one"), "skip_validation": true});
    for (asked, input) in [
        ("POST /api/2.0/instance-profiles/add", &profile),
        ("POST /api/2.0/instance-profiles/edit", &profile),
        ("POST /api/2.0/instance-profiles/remove", &profile),
        ("PUT /api/2.0/sql/config/warehouses", &profile),
        ("POST /api/2.0/policies/clusters/create", &json!({"name": "n", "definition": "{}"})),
        ("GET /api/2.0/token-management/tokens", &Value::Null),
    ] {
        robot.check(asked, input, DENIED);
    }
    let own = format!("{SCIM}/ServicePrincipals/{}", robot.id);
    let grant =
        json!({"Operations": [{"op": "add", "path": "roles", "value": [{"value": arn("one")}]}]});
    assert_eq!(robot.host.ask("PATCH", &own, &grant).status, 403);
    let user = json!({"userName": "x@example.com"});
    assert_eq!(robot.host.ask("POST", &format!("{SCIM}/Users"), &user).status, 403);
    assert!(robot.profiles().is_empty());
}

#[test]
fn meta_profiles_are_kept_and_shown() {
    let world = World::new();
    let meta = |body: Value| {
        let mut input = json!({"instance_profile_arn": arn("meta"), "skip_validation": true});
        input.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        input
    };
    let shown = || {
        let listed = world.admin.must("GET", "/api/2.0/instance-profiles/list", &Value::Null);
        let all = listed["instance_profiles"].as_array().unwrap().clone();
        all.into_iter().find(|one| one["instance_profile_arn"] == arn("meta")).unwrap()
    };
    let (add, edit) = ("/api/2.0/instance-profiles/add", "/api/2.0/instance-profiles/edit");
    world.admin.must("POST", add, &meta(json!({"is_meta_instance_profile": true})));
    let expected = json!({"instance_profile_arn": arn("meta"), "is_meta_instance_profile": true});
    assert_eq!(shown(), expected);
    // As the Databricks provider edits, with no role and with one.
    world.admin.must(
        "POST",
        edit,
        &json!({"instance_profile_arn": arn("meta"), "iam_role_arn": arn("meta")}),
    );
    assert_eq!(shown(), expected);
    let role = "arn:aws:iam::000000000000:role/other";
    world.admin.must(
        "POST",
        edit,
        &json!({"instance_profile_arn": arn("meta"), "iam_role_arn": role}),
    );
    assert_eq!(
        (&shown()["iam_role_arn"], &shown()["is_meta_instance_profile"]),
        (&json!(role), &json!(true))
    );
    let robot = world.robot("robot", &[]);
    world.grant(&format!("ServicePrincipals/{}", robot.id), "meta");
    assert_eq!(robot.profiles(), ["meta"]);
}
