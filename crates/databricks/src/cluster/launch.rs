//! From a cluster's description to EC2 instances, by way of the workspace's cross-account role.

use cloud::Fault as AwsFault;
use serde_json::{Map, Value, json};

use crate::aws::{self, Session, list};
use crate::cluster::catalogue;
use crate::cluster::node::Node;
use crate::cluster::spec::{Availability, AwsAttributes, Spec};
use crate::cluster::termination::Termination;
use crate::cluster::{ClusterRow, event};
use crate::fault::Fault;
use crate::instance_pool::lend;
use crate::operation::Act;
use crate::workspace::{self, Subnet, WorkspaceRow};

/// Some nodes that are alike.
#[derive(Debug, Clone, Copy)]
struct Batch<'s> {
    count: usize,
    node_type_id: &'s str,
    is_spot: bool,
}

/// What nodes are launched with, wherever they end up.
pub(crate) struct Launch<'l> {
    /// Where nodes of the workspace go.
    pub(crate) workspace: &'l WorkspaceRow,
    /// In which subnet.
    pub(crate) subnet: &'l Subnet,
    /// What is AWS's.
    pub(crate) aws: &'l AwsAttributes,
    /// What they wear.
    pub(crate) profile: Option<&'l str>,
    /// Their tags.
    pub(crate) tags: Value,
}

/// Launches driver and workers.
///
/// # Errors
/// Why not, as the cluster's end; nothing is left running.
pub fn launch(act: &mut Act<'_, '_>, row: &mut ClusterRow, spec: &Spec) -> Result<(), Termination> {
    let workspace = workspace::of(&act.ask()).map(|row| WorkspaceRow::clone(row));
    let workspace = workspace.map_err(|fault| of_databricks(&fault))?;
    let session =
        workspace::session(act, &workspace).map_err(|fault| Termination::no_session(&fault))?;
    row.driver = None;
    row.workers.clear();
    if spec.instance_pool_id.is_some() {
        let borrowed = lend::borrow(act, &session, &workspace, spec)?;
        row.driver = Some(borrowed.0);
        row.workers = borrowed.1;
        return Ok(());
    }
    let subnets = subnets(&workspace, spec).map_err(|fault| of_databricks(&fault))?;
    let mut last = None;
    for subnet in subnets {
        let launch = Launch::of_cluster(&workspace, subnet, row, spec);
        match all(act, &session, &launch, spec) {
            Ok((driver, workers)) => {
                row.driver = Some(driver);
                row.workers = workers;
                return Ok(());
            }
            Err(fault) if is_of_zone(&fault) => last = Some(fault),
            Err(fault) => return Err(Termination::no_instances(&fault)),
        }
    }
    let none = AwsFault::new("InvalidSubnet", "the workspace has no subnet in that zone");
    Err(Termination::no_instances(&last.unwrap_or(none)))
}

/// Launches more workers.
///
/// # Errors
/// Why not.
pub fn more(
    act: &mut Act<'_, '_>,
    row: &mut ClusterRow,
    spec: &Spec,
    count: usize,
) -> Result<(), Termination> {
    let workspace = workspace::of(&act.ask()).map(|row| WorkspaceRow::clone(row));
    let workspace = workspace.map_err(|fault| of_databricks(&fault))?;
    let session =
        workspace::session(act, &workspace).map_err(|fault| Termination::no_session(&fault))?;
    if spec.instance_pool_id.is_some() {
        let nodes = lend::borrow_workers(act, &session, &workspace, spec, count)?;
        row.workers.extend(nodes);
        return Ok(());
    }
    let subnets = subnets(&workspace, spec).map_err(|fault| of_databricks(&fault))?;
    let mut last = AwsFault::new("InvalidSubnet", "the workspace has no subnet in that zone");
    for subnet in subnets {
        let launch = Launch::of_cluster(&workspace, subnet, row, spec);
        let node_type_id = spec.node_type_id.as_deref().unwrap_or_default();
        let is_spot = spec.aws_attributes.market() != Availability::OnDemand;
        let batch = Batch { count, node_type_id, is_spot };
        match some(act, &session, &launch, batch) {
            Ok(nodes) => {
                row.workers.extend(nodes);
                return Ok(());
            }
            Err(fault) => last = fault,
        }
        if !is_of_zone(&last) {
            break;
        }
    }
    Err(Termination::no_instances(&last))
}

/// Ends nodes. What AWS refuses leaves them running there; the event says so.
///
/// # Errors
/// A limit of the store.
pub fn end(
    act: &mut Act<'_, '_>,
    row: &mut ClusterRow,
    spec: &Spec,
    nodes: &[Node],
) -> Result<(), Fault> {
    if nodes.is_empty() {
        return Ok(());
    }
    let workspace = WorkspaceRow::clone(workspace::of(&act.ask())?);
    let ended = workspace::session(act, &workspace).and_then(|session| {
        if spec.instance_pool_id.is_some() {
            return lend::give_back(act, &session, spec, nodes);
        }
        terminate(act, &session, nodes)
    });
    match ended {
        Ok(()) => Ok(()),
        Err(fault) => {
            let ids: Vec<&str> = nodes.iter().map(|node| node.instance_id.as_str()).collect();
            let details = json!({"reason": {
                "code": "CLOUD_PROVIDER_SHUTDOWN", "type": "CLOUD_FAILURE",
                "parameters": {
                    "aws_api_error_code": fault.code, "aws_error_message": fault.message,
                    "instance_id": ids.join(","),
                },
            }});
            event::note(act, row, "NODES_LOST", details)
        }
    }
}

/// Terminates instances.
pub(crate) fn terminate(
    act: &mut Act<'_, '_>,
    session: &Session,
    nodes: &[Node],
) -> Result<(), AwsFault> {
    let ids: Vec<&str> = nodes.iter().map(|node| node.instance_id.as_str()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    match act.ec2(session, "TerminateInstances", json!({"InstanceId": ids})) {
        // They may be gone: somebody else can terminate them, too.
        Err(fault) if fault.code == "InvalidInstanceID.NotFound" => Ok(()),
        other => other.map(drop),
    }
}

fn of_databricks(fault: &Fault) -> Termination {
    let parameters = [("databricks_error_message", fault.message.as_str())];
    Termination::new("INVALID_ARGUMENT", "CLIENT_ERROR", parameters)
}

/// The subnets that nodes may go to: any, or those of the zone that was asked for. The region's name is taken
/// for any of its zones, as the Databricks provider's own example has it.
///
/// # Errors
/// `INVALID_PARAMETER_VALUE` for a zone in which the workspace has none.
pub fn subnets<'w>(workspace: &'w WorkspaceRow, spec: &Spec) -> Result<Vec<&'w Subnet>, Fault> {
    let placement = workspace::placement(workspace)?;
    let zone = spec.aws_attributes.zone_id.as_deref().unwrap_or("auto");
    if zone.is_empty() || zone == "auto" || zone == workspace.aws_region {
        return Ok(placement.subnets.iter().collect());
    }
    let found: Vec<&Subnet> =
        placement.subnets.iter().filter(|subnet| subnet.zone == zone).collect();
    if found.is_empty() {
        let zones: Vec<&str> =
            placement.subnets.iter().map(|subnet| subnet.zone.as_str()).collect();
        return Err(Fault::invalid(format!(
            "Invalid zone_id {zone}: the workspace's zones are {}.",
            zones.join(", ")
        )));
    }
    Ok(found)
}

/// Whether another zone may do what this one could not.
fn is_of_zone(fault: &AwsFault) -> bool {
    matches!(
        fault.code,
        "Unsupported" | "InsufficientInstanceCapacity" | "InsufficientFreeAddressesInSubnet"
    )
}

fn all(
    act: &mut Act<'_, '_>,
    session: &Session,
    launch: &Launch<'_>,
    spec: &Spec,
) -> Result<(Node, Vec<Node>), AwsFault> {
    let [driver, on_demand, spot] = batches(spec);
    let mut launched = some(act, session, launch, driver)?;
    for batch in [on_demand, spot] {
        match some(act, session, launch, batch) {
            Ok(nodes) => launched.extend(nodes),
            Err(fault) => {
                // Whoever may not terminate either leaves them behind, as at Databricks.
                let _ = terminate(act, session, &launched);
                return Err(fault);
            }
        }
    }
    let workers = launched.split_off(1);
    let none = || AwsFault::new("InternalError", "no instance was launched");
    launched.pop().map(|driver| (driver, workers)).ok_or_else(none)
}

/// The driver, the workers that are not spot, those that are. `first_on_demand` counts the driver first.
fn batches(spec: &Spec) -> [Batch<'_>; 3] {
    let worker = spec.node_type_id.as_deref().unwrap_or_default();
    let driver = spec.driver_node_type_id.as_deref().filter(|name| !name.is_empty());
    let spot = spec.aws_attributes.market() != Availability::OnDemand;
    let first = usize::try_from(spec.aws_attributes.first_on_demand).unwrap_or(0);
    let workers = spec.workers();
    let on_demand = if spot { first.saturating_sub(1).min(workers) } else { workers };
    [
        Batch { count: 1, node_type_id: driver.unwrap_or(worker), is_spot: spot && first == 0 },
        Batch { count: on_demand, node_type_id: worker, is_spot: false },
        Batch { count: workers - on_demand, node_type_id: worker, is_spot: true },
    ]
}

/// Launches some nodes. Where there is no spot capacity, or the price is above what may be paid, a fallback
/// buys on demand if the description has one.
fn some(
    act: &mut Act<'_, '_>,
    session: &Session,
    launch: &Launch<'_>,
    batch: Batch<'_>,
) -> Result<Vec<Node>, AwsFault> {
    match launch.run(act, session, batch.count, batch.node_type_id, batch.is_spot) {
        Err(fault)
            if batch.is_spot
                && launch.aws.market() == Availability::SpotWithFallback
                && matches!(
                    fault.code,
                    "InsufficientInstanceCapacity"
                        | "SpotMaxPriceTooLow"
                        | "MaxSpotInstanceCountExceeded"
                ) =>
        {
            launch.run(act, session, batch.count, batch.node_type_id, false)
        }
        other => other,
    }
}

impl<'l> Launch<'l> {
    fn of_cluster(
        workspace: &'l WorkspaceRow,
        subnet: &'l Subnet,
        row: &ClusterRow,
        spec: &'l Spec,
    ) -> Self {
        let custom =
            spec.custom_tags.iter().map(|(name, value)| (name.clone(), value.as_str().into()));
        let mut tags: Map<String, Value> = workspace
            .custom_tags
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect();
        tags.extend(custom);
        tags.extend(row.default_tags.clone());
        Self {
            workspace,
            subnet,
            aws: &spec.aws_attributes,
            profile: spec.aws_attributes.profile(),
            tags: tag_list(&tags),
        }
    }

    /// Launches `count` instances.
    pub(crate) fn run(
        &self,
        act: &mut Act<'_, '_>,
        session: &Session,
        count: usize,
        node_type_id: &str,
        is_spot: bool,
    ) -> Result<Vec<Node>, AwsFault> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let answer = act.ec2(session, "RunInstances", self.input(count, node_type_id, is_spot))?;
        let now = act.now();
        let instances = list(&answer, "/instancesSet");
        let nodes = instances.iter().map(|instance| {
            let id = act.entropy().text(b"0123456789abcdef", 32);
            Node::new(id, instance, is_spot, now)
        });
        Ok(nodes.collect())
    }

    /// The input of `RunInstances`.
    pub(crate) fn input(&self, count: usize, node_type_id: &str, is_spot: bool) -> Value {
        let architecture =
            catalogue::node_type(node_type_id).map_or("x86_64", catalogue::NodeType::architecture);
        let groups = self.workspace.network.as_ref().map(|network| &network.security_group_ids);
        let mut kinds = vec!["instance", "volume"];
        if is_spot {
            kinds.push("spot-instances-request");
        }
        let specifications: Vec<Value> =
            kinds.iter().map(|kind| json!({"ResourceType": kind, "Tag": self.tags})).collect();
        let mut input = json!({
            "ImageId": aws::image_id(&self.workspace.aws_region, architecture),
            "InstanceType": node_type_id,
            "MinCount": count,
            "MaxCount": count,
            "SubnetId": self.subnet.id,
            "SecurityGroupId": groups,
            "TagSpecification": specifications,
        });
        if let Some(fields) = input.as_object_mut() {
            if let Some(arn) = self.profile {
                fields.insert("IamInstanceProfile".to_owned(), json!({"Arn": arn}));
            }
            if is_spot {
                fields.insert("InstanceMarketOptions".to_owned(), self.market(node_type_id));
            }
            let volumes = self.volumes();
            if !volumes.is_empty() {
                fields.insert("BlockDeviceMapping".to_owned(), volumes.into());
            }
        }
        input
    }

    fn market(&self, node_type_id: &str) -> Value {
        // 100 per cent of the on-demand price, unless somebody says otherwise (API reference).
        let percent = self.aws.spot_bid_price_percent.unwrap_or(100);
        let price = ec2::instance_type::find(node_type_id).map(ec2::spot_price::on_demand);
        let price =
            price.map(|price| ec2::spot_price::dollars(price.saturating_mul(percent) / 100));
        json!({
            "MarketType": "spot",
            "SpotOptions": {"SpotInstanceType": "one-time", "MaxPrice": price},
        })
    }

    fn volumes(&self) -> Vec<Value> {
        let count = u8::try_from(self.aws.ebs_volume_count).unwrap_or(0);
        let kind = match self.aws.ebs_volume_type.as_deref() {
            Some("THROUGHPUT_OPTIMIZED_HDD") => "st1",
            _ => "gp3",
        };
        let size = self.aws.ebs_volume_size.unwrap_or(if kind == "st1" { 500 } else { 100 });
        let volume = |number: u8| {
            let name = format!("/dev/sd{}", char::from(b'f' + number));
            let ebs = json!({"VolumeType": kind, "VolumeSize": size, "DeleteOnTermination": true});
            json!({"DeviceName": name, "Ebs": ebs})
        };
        (0..count).map(volume).collect()
    }
}

/// Tags as EC2 takes them.
pub(crate) fn tag_list(tags: &Map<String, Value>) -> Value {
    let one = |(name, value): (&String, &Value)| json!({"Key": name, "Value": value});
    tags.iter().map(one).collect()
}
