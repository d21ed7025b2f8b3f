//! `AllocateAddress`

use std::net::Ipv4Addr;

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::{ElasticIpRow, MAX_ADDRESSES, of_address};
use crate::kind::Kind;
use crate::network_interface::address;
use crate::tag::TagSpecification;
use crate::unmodelled::Unmodelled;
use crate::{demand, regional, tag};

/// `AllocateAddress`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AllocateAddress {
    domain: Option<String>,
    network_border_group: Option<String>,
    address: Option<String>,
    public_ipv4_pool: Option<String>,
    customer_owned_ipv4_pool: Option<String>,
    ipam_pool_id: Option<String>,
    #[serde(default)]
    tag_specification: Vec<TagSpecification>,
    #[serde(default)]
    dry_run: bool,
}

/// What `AllocateAddress` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AllocateAddressOutput {
    public_ip: Ipv4Addr,
    allocation_id: String,
    domain: &'static str,
    public_ipv4_pool: &'static str,
    network_border_group: String,
}

impl Operation for AllocateAddress {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "AllocateAddress";
    type Output = AllocateAddressOutput;

    fn check(&self) -> Result<(), Fault> {
        let pool = self.public_ipv4_pool.as_ref().filter(|pool| *pool != "amazon");
        Unmodelled::new(Self::NAME)
            .value("Address", self.address.as_ref())
            .value("PublicIpv4Pool", pool)
            .value("CustomerOwnedIpv4Pool", self.customer_owned_ipv4_pool.as_ref())
            .value("IpamPoolId", self.ipam_pool_id.as_ref())
            .finish()?;
        // EC2-Classic is no more, and its domain with it.
        if let Some(other) = self.domain.as_ref().filter(|domain| *domain != "vpc") {
            let text = format!("Value ({other}) for parameter domain is invalid.");
            return Err(Fault::new("InvalidParameterValue", text));
        }
        tag::check_specifications(&self.tag_specification, &[Kind::ElasticIp])
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let tags = tag::specified(&self.tag_specification, Kind::ElasticIp);
        Ok(demand::create(ask, "ec2:AllocateAddress", Kind::ElasticIp, Vec::new(), &tags))
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for AllocateAddress {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<AllocateAddressOutput, Fault> {
        if let Some(other) = self.network_border_group.as_ref().filter(|it| *it != act.region) {
            let text = format!("Invalid NetworkBorderGroup: {other}");
            return Err(Fault::new("InvalidParameterValue", text));
        }
        if regional::all::<ElasticIpRow>(&act.ask()).len() >= MAX_ADDRESSES {
            let text = "The maximum number of addresses has been reached.";
            return Err(Fault::new("AddressLimitExceeded", text));
        }
        let mut address = address::public(act.entropy);
        while of_address(&act.ask(), &address.to_string()).is_some() {
            address = address::public(act.entropy);
        }
        let elastic = ElasticIpRow {
            account: act.account(),
            region: act.region.to_owned(),
            id: Kind::ElasticIp.new_id(act.entropy),
            address,
            interface_id: None,
        };
        regional::put(act, elastic.clone())?;
        tag::set(act, &elastic.id, &tag::specified(&self.tag_specification, Kind::ElasticIp))?;
        Ok(AllocateAddressOutput {
            public_ip: elastic.address,
            allocation_id: elastic.id,
            domain: "vpc",
            public_ipv4_pool: "amazon",
            network_border_group: act.region.to_owned(),
        })
    }
}
