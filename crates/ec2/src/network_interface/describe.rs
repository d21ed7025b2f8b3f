//! `DescribeNetworkInterfaces`

use super::shape::{NetworkInterfaceShape, groups};
use super::{Attachment, NetworkInterfaceRow, PublicAddress, Purpose};
use crate::describe::describe_operation;
use crate::dns_name;
use crate::filter::Field;

describe_operation!(DescribeNetworkInterfaces { network_interface_id } of NetworkInterfaceRow, FIELDS => DescribeNetworkInterfacesOutput {
    network_interface_set: NetworkInterfaceShape = NetworkInterfaceShape::new
});

const FIELDS: &[Field<NetworkInterfaceRow>] = &[
    ("addresses.association.owner-id", |_, it| public(it, |_| ip_owner(it))),
    ("addresses.association.public-ip", |_, it| public(it, |public| public.address.to_string())),
    ("addresses.primary", |_, it| match it.addresses.len() {
        0 | 1 => vec!["true".to_owned()],
        _ => vec!["true".to_owned(), "false".to_owned()],
    }),
    ("addresses.private-ip-address", |_, it| {
        it.addresses.iter().map(ToString::to_string).collect()
    }),
    ("association.allocation-id", |_, it| {
        elastic(it).map(|elastic| elastic.allocation_id.clone()).into_iter().collect()
    }),
    ("association.association-id", |_, it| {
        elastic(it).map(|elastic| elastic.association_id.clone()).into_iter().collect()
    }),
    ("association.ip-owner-id", |_, it| public(it, |_| ip_owner(it))),
    ("association.public-dns-name", |ask, it| {
        public(it, |public| dns_name::public(ask.region, public.address))
    }),
    ("association.public-ip", |_, it| public(it, |public| public.address.to_string())),
    ("attachment.attachment-id", |_, it| attached(it, |attachment| attachment.id.clone())),
    ("attachment.delete-on-termination", |_, it| {
        attached(it, |attachment| attachment.delete_on_termination.to_string())
    }),
    ("attachment.device-index", |_, it| {
        attached(it, |attachment| attachment.device_index.to_string())
    }),
    ("attachment.instance-id", |_, it| it.instance_id().map(str::to_owned).into_iter().collect()),
    ("attachment.instance-owner-id", |_, it| {
        it.instance_id().map(|_| it.account.to_string()).into_iter().collect()
    }),
    ("attachment.status", |_, it| attached(it, |_| "attached".to_owned())),
    ("availability-zone", |_, it| vec![it.zone.to_string()]),
    ("availability-zone-id", |_, it| vec![it.zone_id.to_string()]),
    ("description", |_, it| vec![it.description.to_string()]),
    ("group-id", |_, it| it.groups.clone()),
    ("group-name", |ask, it| {
        groups(ask, &it.groups).into_iter().map(|group| group.group_name).collect()
    }),
    ("interface-type", |_, it| vec![it.purpose.name().to_owned()]),
    ("mac-address", |_, it| vec![it.mac.clone()]),
    ("network-interface-id", |_, it| vec![it.id.clone()]),
    ("owner-id", |_, it| vec![it.account.to_string()]),
    ("private-dns-name", |ask, it| vec![dns_name::private(ask.region, it.primary())]),
    ("private-ip-address", |_, it| vec![it.primary().to_string()]),
    ("requester-id", |_, it| vec![it.purpose.requester().to_owned()]),
    ("requester-managed", |_, it| vec![(it.purpose != Purpose::Interface).to_string()]),
    ("source-dest-check", |_, it| vec![it.source_dest_check.to_string()]),
    ("status", |_, it| vec![it.status().to_owned()]),
    ("subnet-id", |_, it| vec![it.subnet_id.to_string()]),
    ("vpc-id", |_, it| vec![it.vpc_id.to_string()]),
];

fn public(
    interface: &NetworkInterfaceRow,
    value: impl Fn(&PublicAddress) -> String,
) -> Vec<String> {
    interface.public.iter().map(value).collect()
}

fn attached(interface: &NetworkInterfaceRow, value: impl Fn(&Attachment) -> String) -> Vec<String> {
    interface.attachment.iter().map(value).collect()
}

fn elastic(interface: &NetworkInterfaceRow) -> Option<&super::ElasticAssociation> {
    interface.public.as_ref()?.elastic.as_ref()
}

fn ip_owner(interface: &NetworkInterfaceRow) -> String {
    elastic(interface).map_or_else(|| "amazon".to_owned(), |_| interface.account.to_string())
}
