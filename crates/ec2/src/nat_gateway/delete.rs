//! `DeleteNatGateway`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::NatGatewayRow;
use crate::elastic_ip;
use crate::kind::Kind;
use crate::network_interface::{NetworkInterfaceRow, remove};
use crate::{demand, regional};

/// `DeleteNatGateway`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteNatGateway {
    nat_gateway_id: String,
    #[serde(default)]
    dry_run: bool,
}

/// What `DeleteNatGateway` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteNatGatewayOutput {
    nat_gateway_id: String,
}

impl Operation for DeleteNatGateway {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DeleteNatGateway";
    type Output = DeleteNatGatewayOutput;

    fn check(&self) -> Result<(), Fault> {
        Kind::NatGateway.check(&self.nat_gateway_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on(ask, "ec2:DeleteNatGateway", Kind::NatGateway, &self.nat_gateway_id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for DeleteNatGateway {
    /// Its routes stay, as black holes (API reference).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<DeleteNatGatewayOutput, Fault> {
        let gateway = regional::find::<NatGatewayRow>(&act.ask(), &self.nat_gateway_id)?;
        if gateway.is_there() {
            let id = gateway.address.as_ref().map(|address| &address.interface_id);
            let interface = id.and_then(|id| regional::get::<NetworkInterfaceRow>(&act.ask(), id));
            if let Some(interface) = interface {
                if let Some(elastic) = elastic_ip::elastic_of(&act.ask(), &interface) {
                    elastic_ip::unbind(act, &elastic)?;
                }
                remove(act, &interface)?;
            }
            let ended = Some(act.now);
            regional::put(act, NatGatewayRow { ended, ..(*gateway).clone() })?;
        }
        regional::sweep::<NatGatewayRow>(act)?;
        Ok(DeleteNatGatewayOutput { nat_gateway_id: gateway.id.clone() })
    }
}
