//! `DescribeRegions` and `DescribeAvailabilityZones`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use super::{REGIONS, Region, Zone};
use crate::demand;
use crate::filter::{Field, Filter, Filters};

/// `DescribeRegions`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeRegions {
    #[serde(default)]
    region_name: Vec<String>,
    /// Those that the account has not opted in to, too; there are none.
    #[serde(default)]
    #[expect(dead_code, reason = "an account here is opted in to all regions")]
    all_regions: bool,
    #[serde(default)]
    filter: Vec<Filter>,
    #[serde(default)]
    dry_run: bool,
}

/// What `DescribeRegions` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeRegionsOutput {
    region_info: Vec<RegionShape>,
}

/// A region as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RegionShape {
    region_name: &'static str,
    region_endpoint: String,
    opt_in_status: &'static str,
}

const REGION_FIELDS: &[Field<Region>] = &[
    ("endpoint", |_, region| vec![endpoint(region)]),
    ("opt-in-status", |_, region| vec![region.opt_in_status().to_owned()]),
    ("region-name", |_, region| vec![region.name.to_owned()]),
];

impl Operation for DescribeRegions {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeRegions";
    type Output = DescribeRegionsOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeRegions")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Read for DescribeRegions {
    fn read(self, ask: &Ask<'_>) -> Result<DescribeRegionsOutput, Fault> {
        let filters = Filters::new(&self.filter, REGION_FIELDS, false)?;
        if let Some(unknown) = self.region_name.iter().find(|name| super::named(name).is_none()) {
            let text = format!(
                "Invalid region names: {unknown} does not exist or you do not have access to it"
            );
            // unverified: EC2's text.
            return Err(Fault::new("InvalidParameterValue", text));
        }
        let is_named = |region: &&Region| {
            self.region_name.is_empty() || self.region_name.iter().any(|name| name == region.name)
        };
        let wanted = REGIONS.iter().filter(is_named);
        let region_info = wanted.filter(|region| filters.match_all(ask, region, "")).map(shape);
        Ok(DescribeRegionsOutput { region_info: region_info.collect() })
    }
}

fn shape(region: &Region) -> RegionShape {
    RegionShape {
        region_name: region.name,
        region_endpoint: endpoint(region),
        opt_in_status: region.opt_in_status(),
    }
}

fn endpoint(region: &Region) -> String {
    format!("ec2.{}.amazonaws.com", region.name)
}

/// `DescribeAvailabilityZones`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAvailabilityZones {
    #[serde(default)]
    zone_name: Vec<String>,
    #[serde(default)]
    zone_id: Vec<String>,
    /// Zones in any state of opting in: local zones and Wavelength zones are not modelled, so there are
    /// no more than without it.
    #[serde(default)]
    #[expect(dead_code, reason = "there are no zones to opt in to")]
    all_availability_zones: bool,
    #[serde(default)]
    filter: Vec<Filter>,
    #[serde(default)]
    dry_run: bool,
}

/// What `DescribeAvailabilityZones` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeAvailabilityZonesOutput {
    availability_zone_info: Vec<ZoneShape>,
}

/// A zone as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ZoneShape {
    zone_name: String,
    zone_state: &'static str,
    region_name: String,
    message_set: Vec<()>,
    opt_in_status: &'static str,
    zone_id: String,
    group_name: String,
    network_border_group: String,
    zone_type: &'static str,
}

const ZONE_FIELDS: &[Field<Zone>] = &[
    ("group-name", |ask, _| vec![group(ask.region)]),
    ("message", |_, _| Vec::new()),
    ("opt-in-status", |_, _| vec!["opt-in-not-required".to_owned()]),
    ("region-name", |ask, _| vec![ask.region.to_owned()]),
    ("state", |_, _| vec!["available".to_owned()]),
    ("zone-id", |_, zone| vec![zone.id.clone()]),
    ("zone-name", |_, zone| vec![zone.name.clone()]),
    ("zone-type", |_, _| vec!["availability-zone".to_owned()]),
];

impl Operation for DescribeAvailabilityZones {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeAvailabilityZones";
    type Output = DescribeAvailabilityZonesOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeAvailabilityZones")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Read for DescribeAvailabilityZones {
    fn read(self, ask: &Ask<'_>) -> Result<DescribeAvailabilityZonesOutput, Fault> {
        let filters = Filters::new(&self.filter, ZONE_FIELDS, false)?;
        let zones = super::zones(ask.region);
        let has = |wanted: &str, of: fn(&Zone) -> &str| zones.iter().any(|it| of(it) == wanted);
        let named = self.zone_name.iter().find(|name| !has(name, |zone| &zone.name));
        let unknown = named.or_else(|| self.zone_id.iter().find(|id| !has(id, |zone| &zone.id)));
        if let Some(unknown) = unknown {
            return Err(unknown_zone(unknown));
        }
        let is_asked_for = |zone: &Zone| {
            (self.zone_name.is_empty() || self.zone_name.contains(&zone.name))
                && (self.zone_id.is_empty() || self.zone_id.contains(&zone.id))
        };
        let wanted = zones.iter().filter(|zone| is_asked_for(zone));
        let wanted = wanted.filter(|zone| filters.match_all(ask, zone, ""));
        let shape = |zone: &Zone| ZoneShape {
            zone_name: zone.name.clone(),
            zone_state: "available",
            region_name: ask.region.to_owned(),
            message_set: Vec::new(),
            opt_in_status: "opt-in-not-required",
            zone_id: zone.id.clone(),
            group_name: group(ask.region),
            network_border_group: ask.region.to_owned(),
            zone_type: "availability-zone",
        };
        Ok(DescribeAvailabilityZonesOutput { availability_zone_info: wanted.map(shape).collect() })
    }
}

fn group(region: &str) -> String {
    format!("{region}-zg-1")
}

/// What EC2 says to a zone that the region does not have.
#[must_use]
pub fn unknown_zone(name: &str) -> Fault {
    Fault::new("InvalidParameterValue", format!("Invalid availability zone: [{name}]"))
}
