//! A workspace from the credentials that it is made with to its end, with clusters of each kind in between.

use clients::databricks::Host;
use clients::signed::{Answer, ec2};
use serde_json::{Value, json};

use crate::policy::Kind;
use crate::world::{World, account_path};

/// What went wrong first.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What was asked for.
    pub(crate) place: &'static str,
    pub(crate) code: String,
    pub(crate) text: String,
    /// The request that `rolecall why` can be asked about.
    pub(crate) request_id: String,
}

/// A workspace that runs.
#[derive(Debug)]
pub(crate) struct Deployed<'w> {
    world: &'w World,
    id: String,
    pub(crate) host: Host,
}

fn failure(place: &'static str, code: &str, text: &str, answer: &Answer) -> Failure {
    let request_id = answer.header("x-request-id").to_owned();
    Failure { place, code: code.to_owned(), text: text.to_owned(), request_id }
}

/// Asks, and takes a refusal for the failure.
fn ask(
    host: &Host,
    place: &'static str,
    (method, path): (&str, &str),
    input: &Value,
) -> Result<Answer, Failure> {
    let answer = host.ask(method, path, input);
    if answer.status == 200 {
        return Ok(answer);
    }
    let body = answer.json();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let code = format!("{} {}", answer.status, text("error_code"));
    Err(failure(place, &code, &text("message"), &answer))
}

/// All of it.
pub(crate) fn live(world: &World) -> Result<(), Failure> {
    let deployed = deploy(world, &world.group_id, "one")?;
    let on_demand = json!({
        "availability": "ON_DEMAND", "ebs_volume_count": 1, "ebs_volume_size": 100,
        "ebs_volume_type": "GENERAL_PURPOSE_SSD",
    });
    let fixed = launch(&deployed, &on_demand)?;
    let arn = world.profile_arn();
    let add = ("POST", "/api/2.0/instance-profiles/add");
    ask(&deployed.host, "register the profile", add, &json!({"instance_profile_arn": arn}))?;
    let spot = launch(&deployed, &json!({"availability": "SPOT", "instance_profile_arn": arn}))?;
    let (pool, pooled) = launch_from_pool(&deployed)?;
    resize(&deployed, &fixed, 2)?;
    resize(&deployed, &fixed, 1)?;
    for cluster in [&pooled, &spot, &fixed] {
        terminate(&deployed, cluster)?;
    }
    let delete = ("POST", "/api/2.0/instance-pools/delete");
    let answer =
        ask(&deployed.host, "delete the pool", delete, &json!({"instance_pool_id": pool}))?;
    nothing_runs(world, "delete the pool", &answer)?;
    end(&deployed)
}

/// Credentials, network and workspace.
pub(crate) fn deploy<'w>(
    world: &'w World,
    group_id: &str,
    name: &str,
) -> Result<Deployed<'w>, Failure> {
    let group_id = (world.kind != Kind::Managed).then_some(group_id);
    let input = workspace_input(world, group_id, name)?;
    let workspaces = account_path("workspaces");
    let made = ask(&world.account, "make the workspace", ("POST", &workspaces), &input)?;
    let id = made.json()["workspace_id"].to_string();
    let shown = world.account.must("GET", &format!("{workspaces}/{id}"), &Value::Null);
    let text = |name: &str| shown[name].as_str().unwrap().to_owned();
    if text("workspace_status") != "RUNNING" {
        let status = text("workspace_status");
        let message = text("workspace_status_message");
        return Err(failure("make the workspace", &status, &message, &made));
    }
    Ok(Deployed { world, id, host: Host::workspace(&text("workspace_url")) })
}

/// The workspace that there is, in whichever state.
pub(crate) fn only(world: &World) -> Deployed<'_> {
    let listed = world.account.must("GET", &account_path("workspaces"), &Value::Null);
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "{listed}");
    let host = Host::workspace(listed[0]["workspace_url"].as_str().unwrap());
    Deployed { world, id: listed[0]["workspace_id"].to_string(), host }
}

impl Deployed<'_> {
    /// Tries again, as the provider does after a change of credentials; the state that it ends in.
    pub(crate) fn again(&self) -> String {
        let path = account_path(&format!("workspaces/{}", self.id));
        let tried = self.world.account.ask("PATCH", &path, &json!({"custom_tags": {}}));
        assert_eq!(tried.status, 200, "{}", tried.body);
        let shown = self.world.account.must("GET", &path, &Value::Null);
        shown["workspace_status"].as_str().unwrap().to_owned()
    }
}

/// Makes what a workspace is made of, and tells what to ask for.
pub(crate) fn workspace_input(
    world: &World,
    group_id: Option<&str>,
    name: &str,
) -> Result<Value, Failure> {
    let make = |place, what: &str, input: Value, id: &str| {
        let answer = ask(&world.account, place, ("POST", &account_path(what)), &input)?;
        Ok::<String, Failure>(answer.json()[id].as_str().unwrap().to_owned())
    };
    let known = world.account.must("GET", &account_path("credentials"), &Value::Null);
    let known = known.as_array().into_iter().flatten();
    let known = known.filter(|known| known["credentials_name"] == "cross");
    let credentials_id = match known.map(|known| &known["credentials_id"]).next() {
        Some(id) => id.as_str().unwrap().to_owned(),
        None => {
            let role = json!({"sts_role": {"role_arn": world.cross_account_role_arn()}});
            let input = json!({"credentials_name": "cross", "aws_credentials": role});
            make("make the credentials", "credentials", input, "credentials_id")?
        }
    };
    let mut input = json!({
        "workspace_name": name, "aws_region": "us-east-1", "credentials_id": credentials_id,
        "storage_configuration_id": world.storage_id,
    });
    if let Some(group_id) = group_id {
        let network = json!({
            "network_name": format!("network-{name}"), "vpc_id": world.vpc_id,
            "subnet_ids": world.subnet_ids, "security_group_ids": [group_id],
        });
        input["network_id"] = make("make the network", "networks", network, "network_id")?.into();
    }
    Ok(input)
}

/// A cluster of one worker; its id.
pub(crate) fn launch(deployed: &Deployed<'_>, aws_attributes: &Value) -> Result<String, Failure> {
    let place = match aws_attributes["availability"].as_str() {
        Some("SPOT") => "launch on spot",
        _ => "launch on demand",
    };
    let input = json!({
        "cluster_name": "c", "spark_version": "15.4.x-scala2.12", "node_type_id": "m5d.large",
        "num_workers": 1, "aws_attributes": aws_attributes, "custom_tags": {"CostCenter": "1"},
    });
    start(deployed, place, &input)
}

fn start(deployed: &Deployed<'_>, place: &'static str, input: &Value) -> Result<String, Failure> {
    let made = ask(&deployed.host, place, ("POST", "/api/2.1/clusters/create"), input)?;
    let id = made.json()["cluster_id"].as_str().unwrap().to_owned();
    let path = format!("/api/2.1/clusters/get?cluster_id={id}");
    let shown = deployed.host.must("GET", &path, &Value::Null);
    if shown["state"] == "RUNNING" {
        return Ok(id);
    }
    let reason = &shown["termination_reason"];
    Err(failure(place, reason["code"].as_str().unwrap(), &aws_error(&reason["parameters"]), &made))
}

fn aws_error(parameters: &Value) -> String {
    let text = |name: &str| parameters[name].as_str().unwrap_or_default().to_owned();
    format!("{}: {}", text("aws_api_error_code"), text("aws_error_message"))
}

/// A warehouse with servers.
pub(crate) fn start_warehouse(deployed: &Deployed<'_>) -> Result<(), Failure> {
    let input = json!({"name": "w", "cluster_size": "2X-Small", "warehouse_type": "CLASSIC"});
    ask(&deployed.host, "start a warehouse", ("POST", "/api/2.0/sql/warehouses"), &input)?;
    Ok(())
}

/// A pool with an instance that waits, and a cluster that dresses it; their ids.
pub(crate) fn launch_from_pool(deployed: &Deployed<'_>) -> Result<(String, String), Failure> {
    let input = json!({
        "instance_pool_name": "p", "node_type_id": "m5.large", "min_idle_instances": 1,
        "idle_instance_autotermination_minutes": 10, "aws_attributes": {"availability": "ON_DEMAND"},
    });
    let made =
        ask(&deployed.host, "fill a pool", ("POST", "/api/2.0/instance-pools/create"), &input)?;
    let pool = made.json()["instance_pool_id"].as_str().unwrap().to_owned();
    let path = format!("/api/2.0/instance-pools/get?instance_pool_id={pool}");
    let shown = deployed.host.must("GET", &path, &Value::Null);
    if let Some(text) = shown["status"]["pending_instance_errors"][0]["message"].as_str() {
        return Err(failure("fill a pool", "no instances", text, &made));
    }
    let input = json!({
        "cluster_name": "p", "spark_version": "15.4.x-scala2.12", "instance_pool_id": pool,
        "num_workers": 1, "aws_attributes": {"instance_profile_arn": deployed.world.profile_arn()},
    });
    let cluster = start(deployed, "launch from the pool", &input)?;
    Ok((pool, cluster))
}

fn resize(deployed: &Deployed<'_>, cluster: &str, workers: u32) -> Result<(), Failure> {
    let input = json!({"cluster_id": cluster, "num_workers": workers});
    let answer = ask(&deployed.host, "resize", ("POST", "/api/2.1/clusters/resize"), &input)?;
    lost(deployed, "resize", cluster, &answer)
}

fn terminate(deployed: &Deployed<'_>, cluster: &str) -> Result<(), Failure> {
    let input = json!({"cluster_id": cluster});
    let answer = ask(&deployed.host, "terminate", ("POST", "/api/2.1/clusters/delete"), &input)?;
    lost(deployed, "terminate", cluster, &answer)
}

/// Whether the last events tell that AWS did not do its part.
fn lost(
    deployed: &Deployed<'_>,
    place: &'static str,
    cluster: &str,
    answer: &Answer,
) -> Result<(), Failure> {
    let input = json!({
        "cluster_id": cluster, "event_types": ["NODES_LOST", "ADD_NODES_FAILED"], "order": "DESC",
    });
    let events = deployed.host.must("POST", "/api/2.1/clusters/events", &input);
    let event = &events["events"][0];
    let reason = &event["details"]["reason"];
    match event["type"].as_str() {
        None => Ok(()),
        Some(kind) => {
            let code = format!("event {kind} {}", reason["code"].as_str().unwrap_or_default());
            Err(failure(place, &code, &aws_error(&reason["parameters"]), answer))
        }
    }
}

/// How many instances run.
pub(crate) fn instances(world: &World) -> usize {
    let filter = [("Filter.1.Name", "instance-state-name"), ("Filter.1.Value.1", "running")];
    let answer = world.aws("ec2", &ec2("DescribeInstances", &filter));
    answer.body.matches("<instanceId>").count()
}

fn nothing_runs(world: &World, place: &'static str, answer: &Answer) -> Result<(), Failure> {
    match instances(world) {
        0 => Ok(()),
        count => Err(failure(place, "200", &format!("{count} instances still run"), answer)),
    }
}

/// Deletes the workspace; whatever Databricks made must go with it.
pub(crate) fn end(deployed: &Deployed<'_>) -> Result<(), Failure> {
    let world = deployed.world;
    let path = account_path(&format!("workspaces/{}", deployed.id));
    let answer = ask(&world.account, "delete the workspace", ("DELETE", &path), &Value::Null)?;
    nothing_runs(world, "delete the workspace", &answer)?;
    let made_by_databricks = [("Filter.1.Name", "tag:Vendor"), ("Filter.1.Value.1", "Databricks")];
    let mut left = Vec::new();
    for (operation, element) in [
        ("DescribeVpcs", "vpcId"),
        ("DescribeDhcpOptions", "dhcpOptionsId"),
        ("DescribeSubnets", "subnetId"),
        ("DescribeInternetGateways", "internetGatewayId"),
        ("DescribeNatGateways", "natGatewayId"),
        ("DescribeRouteTables", "routeTableId"),
        ("DescribeAddresses", "allocationId"),
        ("DescribeVpcEndpoints", "vpcEndpointId"),
        ("DescribeSecurityGroups", "groupId"),
    ] {
        let found = world.aws("ec2", &ec2(operation, &made_by_databricks));
        // NAT gateways are shown for a while after they are deleted.
        let deleted = found.body.matches("<state>deleted</state>").count();
        if found.body.matches(&format!("<{element}>")).count() > deleted {
            left.push(format!("{element}s"));
        }
    }
    // Nor is there a row of its own.
    let export = world.get("/_rolecall/export").body;
    let own = ["account", "key"].map(|part| format!("\"{part}\":\"{}\"", deployed.id));
    let is_own = |row: &&str| own.iter().any(|part| row.contains(part));
    let rows: Vec<&str> = export.lines().filter(is_own).collect();
    assert!(rows.is_empty(), "{rows:?}");
    if left.is_empty() {
        return Ok(());
    }
    let text = format!("left behind: {}", left.join(", "));
    Err(failure("delete the workspace", "200", &text, &answer))
}
