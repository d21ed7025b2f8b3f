//! Who an instance is, from the rows of EC2.

use ec2::instance::{Device, InstanceRow};
use ec2::tag::TagsRow;
use ec2::{instance_type, region, regional};
use imds::Instance;
use imds::instance::{self, Profile};
use store::View;

use super::worn::Worn;

/// What its metadata tells of the instance. What it wears is only there if somebody looked.
pub(super) fn of(view: &View, row: &InstanceRow, worn: Option<&Worn>) -> Instance {
    let kind = instance_type::find(&row.instance_type);
    let architecture = kind.and_then(|kind| kind.architectures.last().cloned());
    Instance {
        id: row.id.clone(),
        account: row.account.to_string(),
        region: row.region.clone(),
        zone: row.placement.zone.clone(),
        zone_id: region::zone(&row.region, &row.placement.zone).map(|zone| zone.id),
        image_id: row.image_id.clone(),
        instance_type: row.instance_type.clone(),
        architecture: architecture.unwrap_or_default(),
        launch_index: row.launch_index,
        reservation_id: row.reservation_id.clone(),
        started: row.launched,
        life_cycle: row.market_type(),
        private_dns_name: row.private_dns_name(),
        public_dns_name: None,
        private_ip: row.private_ip.clone(),
        public_ip: None,
        interfaces: Vec::new(),
        security_groups: Vec::new(),
        devices: row.devices.iter().enumerate().map(device).collect(),
        placement_group: row.placement.group_name.clone(),
        partition_number: row.placement.partition_number,
        key: row.key_name.as_ref().map(|name| (name.clone(), None)),
        tags: row.metadata.tags.then(|| tags(view, row)),
        has_user_data: row.user_data.is_some(),
        profile: row
            .profile
            .as_ref()
            .map(|_| Profile { role: worn.and_then(|worn| worn.role.clone()) }),
    }
}

/// The root volume comes first.
fn device((number, device): (usize, &Device)) -> instance::Device {
    instance::Device { name: device.name.clone(), root: number == 0 }
}

fn tags(view: &View, row: &InstanceRow) -> Vec<(String, String)> {
    let key = regional::key(&row.region, &row.id);
    let tags = view.get::<TagsRow>(row.account.as_str(), &key);
    let tags = tags.map(|tags| tags.tags.as_slice()).unwrap_or_default();
    tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect()
}
