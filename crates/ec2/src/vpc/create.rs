//! `CreateVpc`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::{MAX_VPCS, VpcRow, VpcShape};
use crate::kind::{Kind, new_digits};
use crate::tag::TagSpecification;
use crate::unmodelled::Unmodelled;
use crate::{cidr, default_vpc, demand, regional, tag};

/// `CreateVpc`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateVpc {
    cidr_block: Option<String>,
    instance_tenancy: Option<String>,
    #[serde(default)]
    tag_specification: Vec<TagSpecification>,
    #[serde(default)]
    amazon_provided_ipv6_cidr_block: bool,
    ipv6_pool: Option<String>,
    ipv6_cidr_block: Option<String>,
    ipv4_ipam_pool_id: Option<String>,
    ipv6_ipam_pool_id: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `CreateVpc` answers.
#[derive(Debug, Serialize)]
pub struct CreateVpcOutput {
    vpc: VpcShape,
}

impl Operation for CreateVpc {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "CreateVpc";
    type Output = CreateVpcOutput;

    fn check(&self) -> Result<(), Fault> {
        Unmodelled::new(Self::NAME)
            .flag("AmazonProvidedIpv6CidrBlock", self.amazon_provided_ipv6_cidr_block)
            .value("Ipv6Pool", self.ipv6_pool.as_ref())
            .value("Ipv6CidrBlock", self.ipv6_cidr_block.as_ref())
            .value("Ipv4IpamPoolId", self.ipv4_ipam_pool_id.as_ref())
            .value("Ipv6IpamPoolId", self.ipv6_ipam_pool_id.as_ref())
            .finish()?;
        let Some(block) = &self.cidr_block else {
            let text = "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.";
            return Err(Fault::new("MissingParameter", text));
        };
        let cidr = cidr::parameter("cidrBlock", block)?;
        if !(16..=28).contains(&cidr.length()) {
            let text = format!("The CIDR '{block}' is invalid.");
            return Err(Fault::new("InvalidVpc.Range", text));
        }
        match self.instance_tenancy.as_deref() {
            None | Some("default" | "dedicated") => {}
            Some(other) => {
                let text = format!("The tenancy value {other} is not supported.");
                return Err(Fault::new("UnsupportedTenancy", text));
            }
        }
        tag::check_specifications(&self.tag_specification, &[Kind::Vpc])
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let tags = tag::specified(&self.tag_specification, Kind::Vpc);
        Ok(demand::create(ask, "ec2:CreateVpc", Kind::Vpc, Vec::new(), &tags))
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for CreateVpc {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreateVpcOutput, Fault> {
        if regional::all::<VpcRow>(&act.ask()).len() >= MAX_VPCS {
            let text = "The maximum number of VPCs has been reached.";
            return Err(Fault::new("VpcLimitExceeded", text));
        }
        let block = self.cidr_block.as_deref().unwrap_or_default();
        let vpc = VpcRow {
            account: act.account(),
            region: act.region.to_owned(),
            id: Kind::Vpc.new_id(act.entropy),
            cidr: cidr::parameter("cidrBlock", block)?,
            cidr_association_id: format!("vpc-cidr-assoc-{}", new_digits(act.entropy)),
            tenancy: self.instance_tenancy.clone().unwrap_or_else(|| "default".to_owned()),
            is_default: false,
            dhcp_options_id: default_vpc::dhcp_options_id(act.account(), act.region),
            dns_support: true,
            dns_hostnames: false,
            address_metrics: false,
        };
        regional::put(act, vpc.clone())?;
        default_vpc::furnish(act, &vpc)?;
        tag::set(act, &vpc.id, &tag::specified(&self.tag_specification, Kind::Vpc))?;
        Ok(CreateVpcOutput { vpc: VpcShape::new(&act.ask(), &vpc, "pending") })
    }
}
