//! Who an instance is, from the rows of EC2.

use std::sync::Arc;

use ec2::instance::{Device, InstanceRow};
use ec2::network_interface::NetworkInterfaceRow;
use ec2::security_group::SecurityGroupRow;
use ec2::subnet::SubnetRow;
use ec2::tag::TagsRow;
use ec2::vpc::VpcRow;
use ec2::{dns_name, instance_type, region, regional};
use imds::Instance;
use imds::instance::{self, Interface, Profile};
use store::{Row, View};

use super::worn::Worn;

/// What its metadata tells of the instance. What it wears is only there if somebody looked.
pub(super) fn of(view: &View, row: &InstanceRow, worn: Option<&Worn<'_>>) -> Instance {
    let around = Around { view, row };
    let kind = instance_type::find(&row.instance_type);
    let architecture = kind.and_then(|kind| kind.architectures.last().cloned());
    let interfaces = around.interfaces();
    let first = interfaces.first().cloned().unwrap_or_default();
    Instance {
        id: row.id.clone(),
        account: row.account.to_string(),
        region: row.region.to_string(),
        zone: row.placement.zone.to_string(),
        zone_id: region::zone(&row.region, &row.placement.zone).map(|zone| zone.id),
        image_id: row.image_id.to_string(),
        instance_type: row.instance_type.to_string(),
        architecture: architecture.unwrap_or_default(),
        launch_index: row.launch_index,
        reservation_id: row.reservation_id.to_string(),
        started: row.launched,
        life_cycle: row.market_type(),
        private_dns_name: row.private_dns_name(),
        public_dns_name: first.public_dns_name,
        private_ip: row.private_ip.to_string(),
        public_ip: first.public_ip.map(|(public, _)| public),
        security_groups: first.security_groups,
        interfaces,
        devices: row.devices.iter().enumerate().map(device).collect(),
        placement_group: row.placement.group_name.as_ref().map(ToString::to_string),
        partition_number: row.placement.partition_number,
        key: row
            .key_name
            .as_ref()
            .map(|name| (name.to_string(), row.public_key.as_ref().map(ToString::to_string))),
        tags: row.metadata.tags.then(|| around.tags()),
        has_user_data: row.user_data.is_some(),
        profile: row
            .profile
            .as_ref()
            .map(|_| Profile { role: worn.and_then(Worn::role).map(str::to_owned) }),
    }
}

/// The root volume comes first.
fn device((number, device): (usize, &Device)) -> instance::Device {
    instance::Device { name: device.name.to_string(), root: number == 0 }
}

/// An instance among the other rows of its account and region.
struct Around<'a> {
    view: &'a View,
    row: &'a InstanceRow,
}

impl Around<'_> {
    fn get<R: Row>(&self, id: &str) -> Option<&Arc<R>> {
        let key = regional::key(&self.row.region, id);
        self.view.get::<R>(self.row.account.as_str(), &key)
    }

    fn tags(&self) -> Vec<(String, String)> {
        let tags = self.get::<TagsRow>(&self.row.id);
        let tags = tags.map(|tags| tags.tags.as_slice()).unwrap_or_default();
        tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect()
    }

    fn interfaces(&self) -> Vec<Interface> {
        let ids = &self.row.network_interface_ids;
        let rows = ids.iter().filter_map(|id| self.get::<NetworkInterfaceRow>(id));
        rows.map(|row| self.interface(row)).collect()
    }

    fn interface(&self, row: &NetworkInterfaceRow) -> Interface {
        let region = &self.row.region;
        let vpc = self.get::<VpcRow>(&row.vpc_id);
        let subnet = self.get::<SubnetRow>(&row.subnet_id);
        let public = row.public.as_ref().map(|public| public.address);
        let named = vpc.is_some_and(|vpc| vpc.dns_hostnames);
        let groups = row.groups.iter().filter_map(|id| self.get::<SecurityGroupRow>(id));
        let index = row.attachment.as_ref().map_or(0, |attachment| attachment.device_index);
        Interface {
            mac: row.mac.clone(),
            device_number: u32::try_from(index).unwrap_or_default(),
            id: row.id.clone(),
            private_dns_name: dns_name::private(region, row.primary()),
            private_ips: row.addresses.iter().map(ToString::to_string).collect(),
            public_ip: public.map(|public| (public.to_string(), row.primary().to_string())),
            public_dns_name: public
                .filter(|_| named)
                .map(|public| dns_name::public(region, public)),
            owner: row.account.to_string(),
            security_group_ids: row.groups.clone(),
            security_groups: groups.map(|group| group.name.clone()).collect(),
            subnet_id: row.subnet_id.to_string(),
            subnet_cidr: subnet.map(|subnet| subnet.cidr.to_string()).unwrap_or_default(),
            vpc_id: row.vpc_id.to_string(),
            vpc_cidrs: vpc.map(|vpc| vpc.cidr.to_string()).into_iter().collect(),
        }
    }
}
