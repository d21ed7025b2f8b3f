//! `AttachInternetGateway` and `DetachInternetGateway`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use super::{InternetGatewayRow, of_vpc};
use crate::kind::Kind;
use crate::network_interface::NetworkInterfaceRow;
use crate::vpc::VpcRow;
use crate::{demand, regional};

/// `AttachInternetGateway`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachInternetGateway {
    internet_gateway_id: String,
    vpc_id: String,
    #[serde(default)]
    dry_run: bool,
}

impl Operation for AttachInternetGateway {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "AttachInternetGateway";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.internet_gateway_id, &self.vpc_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:AttachInternetGateway";
        Ok(demands(ask, action, &self.internet_gateway_id, &self.vpc_id))
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for AttachInternetGateway {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let gateway = regional::find::<InternetGatewayRow>(&act.ask(), &self.internet_gateway_id)?;
        let vpc = regional::find::<VpcRow>(&act.ask(), &self.vpc_id)?;
        if let Some(other) = &gateway.vpc_id {
            let text = format!("resource {} is already attached to network {other}", gateway.id);
            return Err(Fault::new("Resource.AlreadyAssociated", text));
        }
        if of_vpc(&act.ask(), &vpc.id).is_some() {
            let text = format!("Network {} already has an internet gateway attached", vpc.id);
            return Err(Fault::new("InvalidParameterValue", text));
        }
        let vpc_id = Some(vpc.id.clone());
        regional::put(act, InternetGatewayRow { vpc_id, ..(*gateway).clone() })
    }
}

/// `DetachInternetGateway`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DetachInternetGateway {
    internet_gateway_id: String,
    vpc_id: String,
    #[serde(default)]
    dry_run: bool,
}

impl Operation for DetachInternetGateway {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DetachInternetGateway";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check(&self.internet_gateway_id, &self.vpc_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:DetachInternetGateway";
        Ok(demands(ask, action, &self.internet_gateway_id, &self.vpc_id))
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for DetachInternetGateway {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let gateway = regional::find::<InternetGatewayRow>(&act.ask(), &self.internet_gateway_id)?;
        let vpc = regional::find::<VpcRow>(&act.ask(), &self.vpc_id)?;
        if gateway.vpc_id.as_ref() != Some(&vpc.id) {
            let text = format!("resource {} is not attached to network {}", gateway.id, vpc.id);
            return Err(Fault::new("Gateway.NotAttached", text));
        }
        let interfaces = regional::all::<NetworkInterfaceRow>(&act.ask());
        if interfaces.iter().any(|it| it.vpc_id == vpc.id && it.public.is_some()) {
            let text = format!(
                "Network {} has some mapped public address(es). Please unmap those public address(es) \
                 before detaching the gateway.",
                vpc.id
            );
            return Err(Fault::new("DependencyViolation", text));
        }
        regional::put(act, InternetGatewayRow { vpc_id: None, ..(*gateway).clone() })
    }
}

fn check(gateway_id: &str, vpc_id: &str) -> Result<(), Fault> {
    Kind::InternetGateway.check(gateway_id)?;
    Kind::Vpc.check(vpc_id)
}

fn demands(ask: &Ask<'_>, action: &'static str, gateway_id: &str, vpc_id: &str) -> Vec<Demand> {
    let gateway = demand::on(ask, action, Kind::InternetGateway, gateway_id);
    vec![gateway, demand::on(ask, action, Kind::Vpc, vpc_id)]
}
