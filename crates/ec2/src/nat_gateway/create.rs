//! `CreateNatGateway`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::{MAX_IN_ZONE, NatAddress, NatElastic, NatGatewayRow, NatGatewayShape};
use crate::elastic_ip::{self, ElasticIpRow};
use crate::internet_gateway;
use crate::kind::Kind;
use crate::network_interface::create::parse;
use crate::network_interface::{self, NewInterface, Purpose, attachment};
use crate::subnet::SubnetRow;
use crate::tag::TagSpecification;
use crate::unmodelled::Unmodelled;
use crate::{client_token, demand, regional, tag};

/// `CreateNatGateway`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateNatGateway {
    subnet_id: Option<String>,
    allocation_id: Option<String>,
    connectivity_type: Option<String>,
    private_ip_address: Option<String>,
    availability_mode: Option<String>,
    vpc_id: Option<String>,
    #[serde(default)]
    secondary_allocation_id: Vec<String>,
    #[serde(default)]
    secondary_private_ip_address: Vec<String>,
    secondary_private_ip_address_count: Option<i32>,
    #[serde(default)]
    tag_specification: Vec<TagSpecification>,
    client_token: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `CreateNatGateway` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateNatGatewayOutput {
    nat_gateway: NatGatewayShape,
    client_token: Option<String>,
}

impl CreateNatGateway {
    fn is_public(&self) -> bool {
        self.connectivity_type.as_deref() != Some("private")
    }
}

impl Operation for CreateNatGateway {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "CreateNatGateway";
    type Output = CreateNatGatewayOutput;

    fn check(&self) -> Result<(), Fault> {
        client_token::check(self.client_token.as_deref())?;
        let mode = self.availability_mode.as_ref().filter(|mode| *mode != "zonal");
        Unmodelled::new(Self::NAME)
            .value("AvailabilityMode", mode)
            .value("VpcId", self.vpc_id.as_ref())
            .flag("SecondaryAllocationId", !self.secondary_allocation_id.is_empty())
            .flag("SecondaryPrivateIpAddress", !self.secondary_private_ip_address.is_empty())
            .value(
                "SecondaryPrivateIpAddressCount",
                self.secondary_private_ip_address_count.as_ref(),
            )
            .finish()?;
        let invalid = |text: String| Err(Fault::new("InvalidParameterValue", text));
        let missing = |name: &str| {
            let text = format!("The request must contain the parameter {name}");
            Err(Fault::new("MissingParameter", text))
        };
        match (self.connectivity_type.as_deref(), &self.allocation_id) {
            (None | Some("public"), Some(id)) => Kind::ElasticIp.check(id)?,
            (None | Some("public"), None) => return missing("AllocationId"),
            (Some("private"), None) => {}
            (Some("private"), Some(_)) => {
                let text = "AllocationId cannot be specified for a private NAT gateway";
                return Err(Fault::new("InvalidParameterCombination", text));
            }
            (Some(other), _) => {
                return invalid(format!(
                    "Value ({other}) for parameter connectivityType is invalid."
                ));
            }
        }
        let Some(subnet_id) = &self.subnet_id else { return missing("SubnetId") };
        Kind::Subnet.check(subnet_id)?;
        if let Some(text) = &self.private_ip_address {
            parse(text)?;
        }
        tag::check_specifications(&self.tag_specification, &[Kind::NatGateway])
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:CreateNatGateway";
        let tags = tag::specified(&self.tag_specification, Kind::NatGateway);
        let mut demands = demand::create(ask, action, Kind::NatGateway, Vec::new(), &tags);
        let subnet_id = self.subnet_id.as_deref().unwrap_or_default();
        demands.push(demand::on(ask, action, Kind::Subnet, subnet_id));
        if let Some(id) = &self.allocation_id {
            demands.push(demand::on(ask, action, Kind::ElasticIp, id));
        }
        Ok(demands)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for CreateNatGateway {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreateNatGatewayOutput, Fault> {
        let token = self.client_token.as_deref();
        let id = client_token::once(act, Self::NAME, token, self, |act| self.make(act))?;
        let gateway = regional::find::<NatGatewayRow>(&act.ask(), &id)?;
        Ok(CreateNatGatewayOutput {
            nat_gateway: NatGatewayShape::new(&act.ask(), &gateway, "pending"),
            client_token: self.client_token.clone(),
        })
    }
}

impl CreateNatGateway {
    fn make(&self, act: &mut Act<'_, '_>) -> Result<String, Fault> {
        regional::sweep::<NatGatewayRow>(act)?;
        let id = self.subnet_id.as_deref().unwrap_or_default();
        let subnet = regional::get::<SubnetRow>(&act.ask(), id).ok_or_else(|| {
            // github.com/hashicorp/terraform-provider-aws issue 2443
            Fault::new("InvalidSubnet", format!("Subnet {id} was not found"))
        })?;
        let elastic = match &self.allocation_id {
            Some(id) => Some(regional::get::<ElasticIpRow>(&act.ask(), id).ok_or_else(|| {
                let text = format!("Elastic IP address {id} not found");
                Fault::new("InvalidElasticIpID.NotFound", text)
            })?),
            None => None,
        };
        check_number(&act.ask(), &subnet)?;
        let mut gateway = NatGatewayRow {
            account: act.account(),
            region: act.region.to_owned(),
            id: Kind::NatGateway.new_id(act.entropy),
            vpc_id: subnet.vpc_id.clone(),
            subnet_id: subnet.id.clone(),
            is_public: self.is_public(),
            address: None,
            failure: None,
            created: act.now,
            ended: None,
        };
        match failure(&act.ask(), &subnet, elastic.as_deref()) {
            Some(failure) => {
                gateway.failure = Some(failure);
                gateway.ended = Some(act.now);
            }
            None => {
                gateway.address = Some(self.address(act, &gateway, &subnet, elastic.as_deref())?)
            }
        }
        regional::put(act, gateway.clone())?;
        tag::set(act, &gateway.id, &tag::specified(&self.tag_specification, Kind::NatGateway))?;
        Ok(gateway.id)
    }

    fn address(
        &self,
        act: &mut Act<'_, '_>,
        gateway: &NatGatewayRow,
        subnet: &SubnetRow,
        elastic: Option<&ElasticIpRow>,
    ) -> Result<NatAddress, Fault> {
        let private = self.private_ip_address.as_deref().map(parse).transpose()?;
        let attachment = attachment(act.entropy, None, 1, act.now);
        let new = NewInterface {
            addresses: private.into_iter().collect(),
            description: format!("Interface for NAT Gateway {}", gateway.id),
            purpose: Purpose::NatGateway,
            attachment: Some(attachment),
            ..NewInterface::new(subnet)
        };
        let interface = network_interface::make(act, new)?;
        let elastic = match elastic {
            Some(elastic) => Some(NatElastic {
                allocation_id: elastic.id.clone(),
                association_id: elastic_ip::bind(act, elastic, &interface)?,
                address: elastic.address,
            }),
            None => None,
        };
        let private = interface.primary();
        Ok(NatAddress { interface_id: interface.id, private, elastic })
    }
}

/// What makes a gateway fail after it was accepted ("Troubleshoot NAT gateways", VPC user guide).
fn failure(
    ask: &Ask<'_>,
    subnet: &SubnetRow,
    elastic: Option<&ElasticIpRow>,
) -> Option<(String, String)> {
    let elastic = elastic?;
    if elastic.holder(ask).is_some() {
        let text = format!("Elastic IP address [{}] is already associated", elastic.id);
        return Some(("Resource.AlreadyAssociated".to_owned(), text));
    }
    if internet_gateway::of_vpc(ask, &subnet.vpc_id).is_none() {
        let text = format!("Network {} has no Internet gateway attached", subnet.vpc_id);
        return Some(("Gateway.NotAttached".to_owned(), text));
    }
    None
}

fn check_number(ask: &Ask<'_>, subnet: &SubnetRow) -> Result<(), Fault> {
    let in_zone = |gateway: &NatGatewayRow| {
        let other = regional::get::<SubnetRow>(ask, &gateway.subnet_id);
        gateway.is_there() && other.is_some_and(|other| other.zone == subnet.zone)
    };
    let all = regional::all::<NatGatewayRow>(ask);
    if all.iter().filter(|gateway| in_zone(gateway)).count() < MAX_IN_ZONE {
        return Ok(());
    }
    let text = format!(
        "The maximum number of NAT gateways in the Availability Zone {} has been reached.",
        subnet.zone
    );
    Err(Fault::new("NatGatewayLimitExceeded", text))
}
