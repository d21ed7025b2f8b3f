//! `DescribeInstances`

use std::sync::Arc;

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use crate::demand;
use crate::filter::{Field, Filter, Filters};
use crate::instance::InstanceRow;
use crate::instance::shape::{ReservationShape, groups};
use crate::kind::Kind;
use crate::network_interface::NetworkInterfaceRow;
use crate::page::{self, LEAST};
use crate::regional;
use crate::{dns_name, image, instance_type, region};

/// `DescribeInstances`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeInstances {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// These instances.
    #[serde(default)]
    pub instance_id: Vec<String>,
    /// Those that match.
    #[serde(default)]
    pub filter: Vec<Filter>,
    /// At most so many.
    pub max_results: Option<i32>,
    /// From where the last answer ended.
    pub next_token: Option<String>,
    /// Those of services, too; there are none.
    pub include_managed_resources: Option<bool>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstancesOutput {
    /// The instances, by what was launched together.
    pub reservation_set: Vec<ReservationShape>,
    next_token: Option<String>,
}

impl Operation for DescribeInstances {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeInstances";
    type Output = InstancesOutput;

    fn check(&self) -> Result<(), Fault> {
        check_listed(&self.instance_id, self.max_results, self.next_token.as_deref())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeInstances")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Read for DescribeInstances {
    fn read(self, ask: &Ask<'_>) -> Result<InstancesOutput, Fault> {
        let filters = Filters::new(&self.filter, FIELDS, true)?;
        let rows = listed(ask, &self.instance_id, self.next_token.as_deref())?;
        let wanted = rows.into_iter().filter(|row| filters.match_all(ask, row, &row.id));
        let page =
            page::cut(wanted.collect(), self.max_results, |row: &Arc<InstanceRow>| row.id.clone());
        let reservation_set = ReservationShape::group(ask, &page.items);
        Ok(InstancesOutput { reservation_set, next_token: page.next_token })
    }
}

/// Checks the parameters that all operations have which list instances.
///
/// # Errors
/// For ids that are malformed or asked for in pages, and for too small ones.
pub(super) fn check_listed(
    ids: &[String],
    max_results: Option<i32>,
    next_token: Option<&str>,
) -> Result<(), Fault> {
    page::check_max_results(max_results, LEAST)?;
    page::check_no_pages("instancesSet", ids, max_results, next_token)?;
    ids.iter().try_for_each(|id| Kind::Instance.check(id))
}

/// The instances that can be seen, all or these, after a token.
///
/// # Errors
/// For ids that are nobody's and bad tokens.
pub(super) fn listed(
    ask: &Ask<'_>,
    ids: &[String],
    token: Option<&str>,
) -> Result<Vec<Arc<InstanceRow>>, Fault> {
    let after = token.filter(|token| !token.is_empty()).map(page::read_token).transpose()?;
    let after = after.unwrap_or_default();
    if ids.is_empty() {
        let mut rows = regional::after::<InstanceRow>(ask, &after);
        rows.retain(|row| !row.life.is_forgotten(ask.now));
        return Ok(rows);
    }
    let gone = |id: &&str| {
        let row = regional::get::<InstanceRow>(ask, id);
        row.is_none_or(|row| row.life.is_forgotten(ask.now))
    };
    let unknown: Vec<&str> = ids.iter().map(String::as_str).filter(gone).collect();
    if !unknown.is_empty() {
        return Err(Kind::Instance.none_of(&unknown));
    }
    let mut rows = page::by_ids::<InstanceRow>(ask, ids)?;
    rows.retain(|row| row.id > after);
    Ok(rows)
}

/// The interfaces of an instance.
fn interfaces(ask: &Ask<'_>, row: &InstanceRow) -> Vec<Arc<NetworkInterfaceRow>> {
    let ids = row.network_interface_ids.iter();
    ids.filter_map(|id| regional::get::<NetworkInterfaceRow>(ask, id)).collect()
}

/// What each interface has, of all of them.
fn of_interfaces<T: ToString>(
    ask: &Ask<'_>,
    row: &InstanceRow,
    has: impl Fn(&NetworkInterfaceRow) -> Option<T>,
) -> Vec<String> {
    interfaces(ask, row).iter().filter_map(|one| Some(has(one)?.to_string())).collect()
}

/// Whatever is public of the first interface.
fn public(ask: &Ask<'_>, row: &InstanceRow) -> Option<std::net::Ipv4Addr> {
    Some(interfaces(ask, row).first()?.public.as_ref()?.address)
}

fn own(text: impl ToString) -> Vec<String> {
    vec![text.to_string()]
}

const FIELDS: &[Field<Arc<InstanceRow>>] = &[
    ("architecture", |_, row| {
        let image = image::get(&row.region, &row.image_id);
        image.iter().map(|image| image.architecture.clone()).collect()
    }),
    ("availability-zone", |_, row| own(&row.placement.zone)),
    ("availability-zone-id", |_, row| {
        region::zone(&row.region, &row.placement.zone).into_iter().map(|zone| zone.id).collect()
    }),
    ("block-device-mapping.attach-time", |_, row| {
        row.devices.iter().map(|device| device.attached.to_string()).collect()
    }),
    ("block-device-mapping.delete-on-termination", |_, row| {
        row.devices.iter().map(|device| device.delete_on_termination.to_string()).collect()
    }),
    ("block-device-mapping.device-name", |_, row| {
        row.devices.iter().map(|device| device.name.to_string()).collect()
    }),
    ("block-device-mapping.status", |_, row| {
        row.devices.iter().map(|_| "attached".to_owned()).collect()
    }),
    ("block-device-mapping.volume-id", |_, row| {
        row.devices.iter().map(|device| device.volume_id.clone()).collect()
    }),
    ("client-token", |_, row| row.client_token.iter().map(ToString::to_string).collect()),
    ("dns-name", |ask, row| {
        public(ask, row).map(|address| dns_name::public(&row.region, address)).into_iter().collect()
    }),
    ("ebs-optimized", |_, row| own(row.attributes.ebs_optimized)),
    ("ena-support", |_, row| own(instance_type::find(&row.instance_type).is_some_and(|it| it.ena))),
    ("enclave-options.enabled", |_, row| own(row.attributes.enclave)),
    ("hibernation-options.configured", |_, row| own(row.attributes.hibernation)),
    ("hypervisor", |_, _| own("xen")),
    ("iam-instance-profile.arn", |_, row| {
        row.profile.iter().map(|profile| profile.profile_arn.to_string()).collect()
    }),
    ("iam-instance-profile.id", |_, row| {
        row.profile.iter().map(|profile| profile.profile_id.to_string()).collect()
    }),
    ("image-id", |_, row| own(&row.image_id)),
    ("instance-id", |_, row| own(&row.id)),
    ("instance-lifecycle", |_, row| {
        row.spot_request_id.iter().map(|_| "spot".to_owned()).collect()
    }),
    ("instance-state-code", |ask, row| own(row.life.state(ask.now).code())),
    ("instance-state-name", |ask, row| own(row.life.state(ask.now).name())),
    ("instance-type", |_, row| own(&row.instance_type)),
    ("instance.group-id", |ask, row| first_groups(ask, row, |group| group.0)),
    ("instance.group-name", |ask, row| first_groups(ask, row, |group| group.1)),
    ("ip-address", |ask, row| public(ask, row).iter().map(ToString::to_string).collect()),
    ("key-name", |_, row| row.key_name.iter().map(ToString::to_string).collect()),
    ("launch-index", |_, row| own(row.launch_index)),
    ("launch-time", |_, row| own(row.launched)),
    ("metadata-options.http-endpoint", |_, row| own(row.metadata.http_endpoint())),
    ("metadata-options.http-put-response-hop-limit", |_, row| own(row.metadata.hop_limit)),
    ("metadata-options.http-tokens", |_, row| own(row.metadata.http_tokens())),
    ("metadata-options.instance-metadata-tags", |_, row| {
        own(row.metadata.instance_metadata_tags())
    }),
    ("monitoring-state", |_, row| own(super::shape::monitoring(row.attributes.monitoring))),
    ("network-interface.addresses.private-ip-address", |ask, row| {
        let rows = interfaces(ask, row);
        rows.iter().flat_map(|one| &one.addresses).map(ToString::to_string).collect()
    }),
    ("network-interface.association.public-ip", |ask, row| {
        of_interfaces(ask, row, |one| Some(one.public.as_ref()?.address))
    }),
    ("network-interface.attachment.attachment-id", |ask, row| {
        of_interfaces(ask, row, |one| Some(one.attachment.as_ref()?.id.clone()))
    }),
    ("network-interface.attachment.device-index", |ask, row| {
        of_interfaces(ask, row, |one| Some(one.attachment.as_ref()?.device_index))
    }),
    ("network-interface.availability-zone", |ask, row| {
        of_interfaces(ask, row, |one| Some(one.zone.clone()))
    }),
    ("network-interface.description", |ask, row| {
        of_interfaces(ask, row, |one| Some(one.description.clone()))
    }),
    ("network-interface.group-id", |ask, row| {
        interfaces(ask, row).iter().flat_map(|one| one.groups.clone()).collect()
    }),
    ("network-interface.mac-address", |ask, row| {
        of_interfaces(ask, row, |one| Some(one.mac.clone()))
    }),
    ("network-interface.network-interface-id", |_, row| row.network_interface_ids.clone()),
    ("network-interface.private-ip-address", |ask, row| {
        of_interfaces(ask, row, |one| Some(one.primary()))
    }),
    ("network-interface.status", |ask, row| of_interfaces(ask, row, |one| Some(one.status()))),
    ("network-interface.subnet-id", |ask, row| {
        of_interfaces(ask, row, |one| Some(one.subnet_id.clone()))
    }),
    ("network-interface.vpc-id", |ask, row| {
        of_interfaces(ask, row, |one| Some(one.vpc_id.clone()))
    }),
    ("owner-id", |_, row| own(row.account)),
    ("placement-group-name", |_, row| {
        row.placement.group_name.iter().map(ToString::to_string).collect()
    }),
    ("platform", |_, row| {
        let image = image::get(&row.region, &row.image_id);
        image.and_then(|image| image.platform.clone()).into_iter().collect()
    }),
    ("platform-details", |_, row| {
        own(image::get(&row.region, &row.image_id).map_or("Linux/UNIX", |it| it.platform_details()))
    }),
    ("private-dns-name", |_, row| own(row.private_dns_name())),
    ("private-ip-address", |_, row| own(row.private_ip)),
    ("reason", |_, row| own(row.life.transition_reason())),
    ("reservation-id", |_, row| own(&row.reservation_id)),
    ("root-device-name", |_, row| {
        let image = image::get(&row.region, &row.image_id);
        image.iter().map(|image| image.root_device_name.clone()).collect()
    }),
    ("root-device-type", |_, _| own("ebs")),
    ("source-dest-check", |ask, row| {
        of_interfaces(ask, row, |one| Some(one.source_dest_check)).into_iter().take(1).collect()
    }),
    ("spot-instance-request-id", |_, row| row.spot_request_id.iter().cloned().collect()),
    ("state-reason-code", |ask, row| {
        let reason = row.life.state_reason(row.life.state(ask.now));
        reason.iter().map(|reason| reason.code().to_owned()).collect()
    }),
    ("subnet-id", |_, row| if row.life.is_over() { Vec::new() } else { own(&row.subnet_id) }),
    ("tenancy", |_, row| own(&row.placement.tenancy)),
    ("virtualization-type", |_, row| {
        let image = image::get(&row.region, &row.image_id);
        image.iter().map(|image| image.virtualization_type.clone()).collect()
    }),
    ("vpc-id", |_, row| if row.life.is_over() { Vec::new() } else { own(&row.vpc_id) }),
];

fn first_groups(
    ask: &Ask<'_>,
    row: &InstanceRow,
    part: fn((String, String)) -> String,
) -> Vec<String> {
    let rows = interfaces(ask, row);
    let ids = rows.first().map(|one| one.groups.as_slice()).unwrap_or_default();
    groups(ask, ids).into_iter().map(|group| part((group.group_id, group.group_name))).collect()
}
