//! `CreateSubnet`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::{MAX_SUBNETS, SubnetRow, SubnetShape};
use crate::cidr::{self, Cidr};
use crate::kind::{Kind, new_digits};
use crate::region::{self, Zone};
use crate::tag::TagSpecification;
use crate::unmodelled::Unmodelled;
use crate::vpc::VpcRow;
use crate::{demand, network_acl, regional, tag};

/// `CreateSubnet`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateSubnet {
    vpc_id: String,
    cidr_block: Option<String>,
    availability_zone: Option<String>,
    availability_zone_id: Option<String>,
    #[serde(default)]
    tag_specification: Vec<TagSpecification>,
    ipv6_cidr_block: Option<String>,
    #[serde(default)]
    ipv6_native: bool,
    outpost_arn: Option<String>,
    ipv4_ipam_pool_id: Option<String>,
    ipv6_ipam_pool_id: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `CreateSubnet` answers.
#[derive(Debug, Serialize)]
pub struct CreateSubnetOutput {
    subnet: SubnetShape,
}

impl Operation for CreateSubnet {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "CreateSubnet";
    type Output = CreateSubnetOutput;

    fn check(&self) -> Result<(), Fault> {
        Unmodelled::new(Self::NAME)
            .value("Ipv6CidrBlock", self.ipv6_cidr_block.as_ref())
            .flag("Ipv6Native", self.ipv6_native)
            .value("OutpostArn", self.outpost_arn.as_ref())
            .value("Ipv4IpamPoolId", self.ipv4_ipam_pool_id.as_ref())
            .value("Ipv6IpamPoolId", self.ipv6_ipam_pool_id.as_ref())
            .finish()?;
        Kind::Vpc.check(&self.vpc_id)?;
        let Some(block) = &self.cidr_block else {
            let text = "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.";
            return Err(Fault::new("MissingParameter", text));
        };
        let cidr = cidr::parameter("cidrBlock", block)?;
        if !(16..=28).contains(&cidr.length()) {
            return Err(out_of_range(block));
        }
        if self.availability_zone.is_some() && self.availability_zone_id.is_some() {
            let text = "Only one of AvailabilityZone and AvailabilityZoneId can be specified";
            return Err(Fault::new("InvalidParameterCombination", text));
        }
        tag::check_specifications(&self.tag_specification, &[Kind::Subnet])
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let tags = tag::specified(&self.tag_specification, Kind::Subnet);
        let mut demands = demand::create(ask, "ec2:CreateSubnet", Kind::Subnet, Vec::new(), &tags);
        demands.push(demand::on(ask, "ec2:CreateSubnet", Kind::Vpc, &self.vpc_id));
        Ok(demands)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for CreateSubnet {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreateSubnetOutput, Fault> {
        let vpc = regional::find::<VpcRow>(&act.ask(), &self.vpc_id)?;
        let zone = self.zone(act.region)?;
        let block = self.cidr_block.as_deref().unwrap_or_default();
        let cidr = cidr::parameter("cidrBlock", block)?;
        check_place(&act.ask(), &vpc, cidr, block)?;
        let acl_id = network_acl::default_of(&act.ask(), &vpc.id)?.id.clone();
        let subnet = SubnetRow {
            account: act.account(),
            region: act.region.to_owned(),
            id: Kind::Subnet.new_id(act.entropy),
            vpc_id: vpc.id.clone(),
            cidr,
            zone: zone.name,
            zone_id: zone.id,
            default_for_az: false,
            map_public_ip: false,
            hostname_type: "ip-name".to_owned(),
            resource_name_a: false,
            resource_name_aaaa: false,
            acl_id,
            acl_association_id: format!("aclassoc-{}", new_digits(act.entropy)),
        };
        regional::put(act, subnet.clone())?;
        tag::set(act, &subnet.id, &tag::specified(&self.tag_specification, Kind::Subnet))?;
        Ok(CreateSubnetOutput { subnet: SubnetShape::new(&act.ask(), &subnet) })
    }
}

impl CreateSubnet {
    /// The zone that is asked for, or the first.
    fn zone(&self, region: &str) -> Result<Zone, Fault> {
        let zones = region::zones(region);
        let names = zones.iter().map(|zone| zone.name.as_str()).collect::<Vec<_>>().join(", ");
        let (name, id) = (self.availability_zone.as_ref(), self.availability_zone_id.as_ref());
        let is_asked_for = |zone: &Zone| {
            name.is_none_or(|name| *name == zone.name) && id.is_none_or(|id| *id == zone.id)
        };
        zones.into_iter().find(is_asked_for).ok_or_else(|| {
            let asked = name.or(id).map(String::as_str).unwrap_or_default();
            let text = format!(
                "Value ({asked}) for parameter availabilityZone is invalid. Subnets can currently only be \
                 created in the following availability zones: {names}."
            );
            Fault::new("InvalidParameterValue", text)
        })
    }
}

fn check_place(ask: &Ask<'_>, vpc: &VpcRow, cidr: Cidr, block: &str) -> Result<(), Fault> {
    if !vpc.cidr.contains(cidr) {
        return Err(out_of_range(block));
    }
    let mut others = regional::all::<SubnetRow>(ask);
    others.retain(|other| other.vpc_id == vpc.id);
    if others.iter().any(|other| other.cidr.overlaps(cidr)) {
        let text = format!("The CIDR '{block}' conflicts with another subnet");
        return Err(Fault::new("InvalidSubnet.Conflict", text));
    }
    if others.len() >= MAX_SUBNETS {
        let text = "The maximum number of subnets has been reached.";
        return Err(Fault::new("SubnetLimitExceeded", text));
    }
    Ok(())
}

fn out_of_range(block: &str) -> Fault {
    Fault::new("InvalidSubnet.Range", format!("The CIDR '{block}' is invalid."))
}
