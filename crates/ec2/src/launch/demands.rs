//! What a launch demands of IAM: each resource on its own, with its own condition keys ("Actions, resources,
//! and condition keys for Amazon EC2", `RunInstances`), the role in the profile, and the tags.

use cloud::tag::Tag;
use cloud::{Ask, Demand};

use crate::demand::{self, Key};
use crate::image::parameter;
use crate::kind::Kind;
use crate::launch::device::DevicePlan;
use crate::launch::interface::InterfacePlan;
use crate::launch::{Plan, TAGGABLE};
use crate::tag;

const ACTION: &str = "ec2:RunInstances";

/// Everything that a launch demands. In which order AWS looks at the resources is unverified; it decides
/// which denial is told of if there are several.
#[must_use]
pub fn of(ask: &Ask<'_>, plan: &Plan) -> Vec<Demand> {
    let tags = |kind: Kind| tag::specified(&plan.data.tag_specification, kind);
    let mut demands =
        vec![new(ask, plan, Kind::Instance, instance_keys(plan), &tags(Kind::Instance))];
    for device in &plan.devices {
        let keys = volume_keys(plan, device);
        demands.push(new(ask, plan, Kind::Volume, keys, &tags(Kind::Volume)));
    }
    for interface in &plan.interfaces {
        demands.push(match &interface.existing {
            Some(row) => {
                on(ask, plan, Kind::NetworkInterface, &row.id, &plan.own.network_interface)
            }
            None => {
                let keys = interface_keys(ask, interface);
                let tags = tags(Kind::NetworkInterface);
                new(ask, plan, Kind::NetworkInterface, keys, &tags)
            }
        });
    }
    demands.extend(existing(ask, plan));
    let image_id = plan.data.image_id.as_deref().unwrap_or_default();
    if let Ok(Some(name)) = parameter::of_launch(image_id) {
        // "You must have IAM permissions that include the ssm:GetParameters API action" (Systems Manager user guide,
        // "Native parameter support for Amazon Machine Image IDs").
        demands.push(Demand::new("ssm:GetParameters", parameter::arn(ask, name)));
    }
    if plan.spot.is_some() {
        let tags = tags(Kind::SpotInstancesRequest);
        demands.push(new(ask, plan, Kind::SpotInstancesRequest, Vec::new(), &tags));
    }
    if let Some(profile) = &plan.profile {
        demands.push(profile.pass_role(Kind::Instance.arn(ask.region, ask.account(), "*")));
    }
    let made = TAGGABLE.into_iter();
    demands.extend(
        made.filter_map(|kind| demand::tags_of_new(ask, kind, "RunInstances", &tags(kind))),
    );
    demands.dedup_by(|one, other| is_same(one, other));
    demands
}

/// What is there already and is used: each once.
fn existing(ask: &Ask<'_>, plan: &Plan) -> Vec<Demand> {
    let mut demands = Vec::new();
    let mut used: Vec<(Kind, &str)> = Vec::new();
    used.extend(plan.interfaces.iter().map(|one| (Kind::Subnet, one.subnet.id.as_str())));
    let groups = plan.interfaces.iter().flat_map(|one| &one.groups);
    used.extend(groups.map(|group| (Kind::SecurityGroup, group.id.as_str())));
    used.push((Kind::Image, plan.image.id.as_str()));
    used.extend(plan.key.iter().map(|key| (Kind::KeyPair, key.id.as_str())));
    used.extend(plan.template.iter().map(|(one, _)| (Kind::LaunchTemplate, one.id.as_str())));
    let snapshots = plan.devices.iter().filter(|device| device.names_snapshot);
    let own_root = plan.image.snapshot_id.as_str();
    let ids = snapshots.filter_map(|device| device.snapshot_id.as_deref());
    used.extend(ids.filter(|id| *id != own_root).map(|id| (Kind::Snapshot, id)));
    let mut seen = Vec::new();
    for (kind, id) in used {
        if seen.contains(&(kind, id)) {
            continue;
        }
        seen.push((kind, id));
        let own = match kind {
            Kind::Image => plan.own.image_id.is_some(),
            Kind::KeyPair => plan.own.key_name.is_some(),
            Kind::SecurityGroup => {
                !plan.own.security_group_id.is_empty() || !plan.own.security_group.is_empty()
            }
            Kind::LaunchTemplate => true,
            _ => !plan.own.network_interface.is_empty() || plan.data.network_interface.is_empty(),
        };
        let keys = template_keys(plan, !own);
        // In RunInstances a key pair is named in its ARN, not numbered (service authorization reference).
        let name = plan.key.as_ref().filter(|_| kind == Kind::KeyPair).map(|key| key.name.as_str());
        demands.push(match name {
            Some(name) => key_demand(ask, name, id, keys),
            None => demand::on_with(ask, ACTION, kind, id, keys, &[]),
        });
    }
    demands
}

fn key_demand(ask: &Ask<'_>, name: &str, id: &str, keys: Vec<Key>) -> Demand {
    let resource = Kind::KeyPair.arn(ask.region, ask.account(), name);
    Demand { resource, ..demand::on_with(ask, ACTION, Kind::KeyPair, id, keys, &[]) }
}

fn on<T>(ask: &Ask<'_>, plan: &Plan, kind: Kind, id: &str, own: &[T]) -> Demand {
    demand::on_with(ask, ACTION, kind, id, template_keys(plan, own.is_empty()), &[])
}

fn new(ask: &Ask<'_>, plan: &Plan, kind: Kind, mut keys: Vec<Key>, tags: &[Tag]) -> Demand {
    keys.extend(template_keys(plan, false));
    demand::on_new(ask, ACTION, kind, keys, tags)
}

/// `ec2:LaunchTemplate` and whether the template names the resource. For what a launch makes the second is
/// unverified.
fn template_keys(plan: &Plan, from_template: bool) -> Vec<Key> {
    let Some((template, _)) = &plan.template else { return Vec::new() };
    vec![
        ("ec2:LaunchTemplate", template.arn()),
        ("ec2:IsLaunchTemplateResource", from_template.to_string()),
    ]
}

fn instance_keys(plan: &Plan) -> Vec<Key> {
    let market = if plan.spot.is_some() { "spot" } else { "on-demand" };
    let recovery = if plan.attributes.no_auto_recovery { "disabled" } else { "default" };
    let mut keys = vec![
        ("ec2:InstanceType", plan.kind.name.to_owned()),
        ("ec2:AvailabilityZone", plan.subnet.zone.clone()),
        ("ec2:AvailabilityZoneId", plan.subnet.zone_id.clone()),
        ("ec2:Tenancy", plan.tenancy().to_owned()),
        ("ec2:EbsOptimized", plan.attributes.ebs_optimized.to_string()),
        ("ec2:RootDeviceType", plan.image.root_device_type.clone()),
        ("ec2:InstanceMarketType", market.to_owned()),
        ("ec2:InstanceAutoRecovery", recovery.to_owned()),
    ];
    keys.extend(plan.metadata.keys());
    if let Some(profile) = &plan.profile {
        keys.push(("ec2:InstanceProfile", profile.row.arn.clone()));
    }
    keys
}

fn volume_keys(plan: &Plan, device: &DevicePlan) -> Vec<Key> {
    let mut keys = vec![
        ("ec2:VolumeSize", device.size.to_string()),
        ("ec2:VolumeType", device.volume_type.clone()),
        ("ec2:Encrypted", device.encrypted.to_string()),
        ("ec2:AvailabilityZone", plan.subnet.zone.clone()),
        ("ec2:AvailabilityZoneId", plan.subnet.zone_id.clone()),
    ];
    keys.extend(device.iops.map(|iops| ("ec2:VolumeIops", iops.to_string())));
    keys.extend(device.throughput.map(|number| ("ec2:VolumeThroughput", number.to_string())));
    let snapshot = device.snapshot_id.as_ref();
    let region = &plan.subnet.region;
    let parent = snapshot.map(|id| Kind::Snapshot.arn(region, plan.subnet.account, id));
    keys.extend(parent.map(|arn| ("ec2:ParentSnapshot", arn)));
    keys
}

fn interface_keys(ask: &Ask<'_>, interface: &InterfacePlan) -> Vec<Key> {
    let subnet = &interface.subnet;
    vec![
        ("ec2:Subnet", subnet.arn()),
        ("ec2:Vpc", Kind::Vpc.arn(ask.region, ask.account(), &subnet.vpc_id)),
        ("ec2:AvailabilityZone", subnet.zone.clone()),
        ("ec2:AssociatePublicIpAddress", interface.public.to_string()),
    ]
}

/// Volumes that differ in nothing that IAM looks at are asked for once.
fn is_same(one: &Demand, other: &Demand) -> bool {
    let keys = |demand: &Demand| {
        let values = |(key, values): &(String, iam::Values)| {
            (key.clone(), values.iter().map(str::to_owned).collect::<Vec<_>>())
        };
        demand.context.iter().map(values).collect::<Vec<_>>()
    };
    one.action == other.action && one.resource == other.resource && keys(one) == keys(other)
}
