//! Where a launch goes: which subnet, and with it which zone and VPC.

use std::sync::Arc;

use cloud::{Ask, Fault};

use crate::instance_type;
use crate::launch::LaunchData;
use crate::region;
use crate::regional;
use crate::subnet::SubnetRow;

/// The subnet of a launch: the one that is named, or a default one of the zone that is named or of the first
/// that offers the type.
///
/// # Errors
/// For a zone or a subnet that does not exist, two that do not fit together, a zone that does not offer the
/// type, and an account without default subnets.
pub fn subnet(
    ask: &Ask<'_>,
    data: &LaunchData,
    subnet_id: Option<&str>,
    instance_type: &str,
) -> Result<Arc<SubnetRow>, Fault> {
    let zone = zone(ask, data)?;
    let subnet = match subnet_id {
        Some(id) => regional::find::<SubnetRow>(ask, id)?,
        None => default_subnet(ask, zone.as_deref(), instance_type)?,
    };
    if let Some(zone) = zone.filter(|zone| *zone != subnet.zone) {
        // unverified: code and text.
        let text = format!(
            "The subnet '{}' is in availability zone {}, not in {zone}",
            subnet.id, subnet.zone
        );
        return Err(Fault::new("InvalidParameterValue", text));
    }
    instance_type::check_offered(ask.region, &subnet.zone, instance_type)?;
    Ok(subnet)
}

/// Refuses to start an instance whose type its zone does not offer.
///
/// # Errors
/// `Unsupported`
pub fn check_still_offered(instance: &crate::instance::InstanceRow) -> Result<(), Fault> {
    let (region, zone) = (&instance.region, &instance.placement.zone);
    instance_type::check_offered(region, zone, &instance.instance_type)
}

/// The name of the zone that is asked for, by name or by id.
fn zone(ask: &Ask<'_>, data: &LaunchData) -> Result<Option<String>, Fault> {
    let Some(placement) = &data.placement else { return Ok(None) };
    let name = placement.availability_zone.as_deref().filter(|name| !name.is_empty());
    let id = placement.availability_zone_id.as_deref().filter(|id| !id.is_empty());
    let unknown = |zone: &str| {
        // github.com/newsapps/beeswithmachineguns issue 90
        Fault::new("InvalidParameterValue", format!("Invalid availability zone: [{zone}]"))
    };
    let zones = region::zones(ask.region);
    match (name, id) {
        (Some(name), _) => match zones.into_iter().find(|zone| zone.name == name) {
            Some(zone) => Ok(Some(zone.name)),
            None => Err(unknown(name)),
        },
        (None, Some(id)) => match zones.into_iter().find(|zone| zone.id == id) {
            Some(zone) => Ok(Some(zone.name)),
            None => Err(unknown(id)),
        },
        (None, None) => Ok(None),
    }
}

fn default_subnet(
    ask: &Ask<'_>,
    zone: Option<&str>,
    instance_type: &str,
) -> Result<Arc<SubnetRow>, Fault> {
    let mut subnets = regional::all::<SubnetRow>(ask);
    subnets.retain(|subnet| subnet.default_for_az && zone.is_none_or(|zone| zone == subnet.zone));
    subnets.sort_by(|one, other| one.zone.cmp(&other.zone));
    let offers = |subnet: &&Arc<SubnetRow>| {
        crate::catalogue::offers(ask.region, &subnet.zone, instance_type)
    };
    let first = subnets.iter().find(offers).or(subnets.first());
    first.cloned().ok_or_else(|| match zone {
        Some(zone) => {
            let text = format!("No default subnet for availability zone: '{zone}'.");
            Fault::new("MissingInput", text)
        }
        // Error codes of the EC2 API, "VPCIdNotSpecified"; the text is from public reports.
        None => Fault::new("VPCIdNotSpecified", "No default VPC for this user"),
    })
}
