//! From a plan to instances, with their network interfaces, volumes and tags.

use std::net::Ipv4Addr;

use cloud::tag::Tag;
use cloud::{Act, Fault};
use names::Word;

use crate::instance::life::Target;
use crate::instance::{Device, InstanceRow, Life, Placement};
use crate::kind::{Kind, new_digits};
use crate::launch::{PENDING_SECONDS, Plan};
use crate::network_interface::{self, NetworkInterfaceRow, NewInterface};
use crate::regional;
use crate::tag;
use crate::volume::{self, NewVolume};

/// What instances of one launch have in common.
#[derive(Debug, Clone, Default)]
pub(super) struct Together {
    /// `r-…`
    pub(super) reservation_id: String,
    /// The token of the request.
    pub(super) client_token: Option<String>,
    /// Tags that EC2 sets itself.
    pub(super) system_tags: Vec<Tag>,
}

/// A new reservation's id.
pub(super) fn reservation_id(act: &mut Act<'_, '_>) -> String {
    format!("r-{}", new_digits(act.entropy))
}

/// Makes one instance.
///
/// # Errors
/// EC2's for addresses that are taken and limits.
pub(super) fn instance(
    act: &mut Act<'_, '_>,
    plan: &Plan,
    together: &Together,
    launch_index: u32,
    spot_request_id: Option<String>,
) -> Result<InstanceRow, Fault> {
    let id = Kind::Instance.new_id(act.entropy);
    let interfaces = interfaces(act, plan, &id)?;
    let devices = devices(act, plan, &id)?;
    let first = interfaces.first();
    let profile = plan.profile.as_ref().map(|profile| profile.association(act));
    let pending_seconds = act.secrets.latency.seconds(PENDING_SECONDS);
    let row = InstanceRow {
        account: act.account(),
        region: act.region.into(),
        reservation_id: together.reservation_id.as_str().into(),
        launch_index,
        image_id: plan.image.id.as_str().into(),
        instance_type: plan.kind.name.into(),
        placement: placement(plan),
        launched: act.now,
        life: Life::towards(Target::Running, act.now, pending_seconds, None),
        vpc_id: plan.subnet.vpc_id.as_str().into(),
        subnet_id: plan.subnet.id.as_str().into(),
        private_ip: first.map_or(Ipv4Addr::UNSPECIFIED, NetworkInterfaceRow::primary),
        public_address: plan
            .interfaces
            .first()
            .is_some_and(|it| it.public && it.existing.is_none()),
        network_interface_ids: interfaces.iter().map(|one| one.id.clone()).collect(),
        devices,
        profile,
        metadata: plan.metadata,
        key_name: plan.key.as_ref().map(|key| Word::from(&key.name)),
        public_key: plan.key.as_ref().map(|key| Word::from(&key.public_key)),
        user_data: plan.data.user_data.as_ref().filter(|data| !data.is_empty()).map(Word::from),
        client_token: together.client_token.as_deref().map(Word::from),
        spot_request_id,
        attributes: plan.attributes.clone(),
        id,
    };
    let mut tags = tag::specified(&plan.data.tag_specification, Kind::Instance);
    tags.extend(together.system_tags.iter().cloned());
    regional::put(act, row.clone())?;
    tag::set(act, &row.id, &tags)?;
    Ok(row)
}

fn placement(plan: &Plan) -> Placement {
    Placement {
        zone: plan.subnet.zone.as_str().into(),
        tenancy: plan.tenancy().into(),
        group_name: None,
        partition_number: None,
    }
}

fn interfaces(
    act: &mut Act<'_, '_>,
    plan: &Plan,
    instance_id: &str,
) -> Result<Vec<NetworkInterfaceRow>, Fault> {
    let tags = tag::specified(&plan.data.tag_specification, Kind::NetworkInterface);
    let mut made = Vec::with_capacity(plan.interfaces.len());
    for wanted in &plan.interfaces {
        let (now, index) = (act.now, wanted.device_index);
        let mut attachment =
            network_interface::attachment(act.entropy, Some(instance_id), index, now);
        attachment.delete_on_termination = wanted.delete_on_termination;
        if let Some(existing) = &wanted.existing {
            let mut row = NetworkInterfaceRow::clone(existing);
            row.attachment = Some(attachment);
            regional::put(act, row.clone())?;
            made.push(row);
            continue;
        }
        let new = NewInterface {
            groups: wanted.groups.iter().map(|group| group.id.clone()).collect(),
            addresses: wanted.addresses.clone(),
            more_addresses: wanted.more_addresses,
            description: wanted.description.clone(),
            public: wanted.public,
            attachment: Some(attachment),
            ..NewInterface::new(&wanted.subnet)
        };
        let row = network_interface::make(act, new)?;
        tag::set(act, &row.id, &tags)?;
        made.push(row);
    }
    Ok(made)
}

fn devices(act: &mut Act<'_, '_>, plan: &Plan, instance_id: &str) -> Result<Vec<Device>, Fault> {
    let tags = tag::specified(&plan.data.tag_specification, Kind::Volume);
    let mut made = Vec::with_capacity(plan.devices.len());
    for wanted in &plan.devices {
        let zone = &plan.subnet.zone;
        let new = NewVolume { plan: wanted, zone, instance_id: Some(instance_id) };
        let volume = volume::make(act, new)?;
        tag::set(act, &volume.id, &tags)?;
        made.push(Device {
            name: wanted.name.as_str().into(),
            volume_id: volume.id,
            attached: act.now,
            delete_on_termination: wanted.delete_on_termination,
        });
    }
    Ok(made)
}
