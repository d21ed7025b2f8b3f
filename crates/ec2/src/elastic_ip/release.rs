//! `ReleaseAddress`

use std::sync::Arc;

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use super::associate::missing;
use super::describe::not_found;
use super::{ElasticIpRow, of_address, unbind};
use crate::kind::Kind;
use crate::vpc::VpcRow;
use crate::{demand, regional};

/// `ReleaseAddress`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReleaseAddress {
    allocation_id: Option<String>,
    public_ip: Option<String>,
    network_border_group: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

impl ReleaseAddress {
    fn address(&self, ask: &Ask<'_>) -> Result<Arc<ElasticIpRow>, Fault> {
        match (&self.allocation_id, &self.public_ip) {
            (Some(id), _) => regional::find(ask, id),
            (None, Some(address)) => of_address(ask, address).ok_or_else(|| not_found(address)),
            (None, None) => Err(missing("AllocationId")),
        }
    }
}

impl Operation for ReleaseAddress {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ReleaseAddress";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        match (&self.allocation_id, &self.public_ip) {
            (Some(id), _) => Kind::ElasticIp.check(id),
            (None, Some(_)) => Ok(()),
            (None, None) => Err(missing("AllocationId")),
        }
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let id = match &self.allocation_id {
            Some(id) => id.clone(),
            None => self.address(ask)?.id.clone(),
        };
        Ok(vec![demand::on(ask, "ec2:ReleaseAddress", Kind::ElasticIp, &id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for ReleaseAddress {
    /// "[Default VPC] Releasing an Elastic IP address automatically disassociates it from any instance that
    /// it's associated with. [...] [Nondefault VPC] You must disassociate the Elastic IP address before you
    /// can release it." (API reference)
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let elastic = self.address(&act.ask())?;
        if let Some(other) = self.network_border_group.as_ref().filter(|it| *it != act.region) {
            let text = format!("Invalid NetworkBorderGroup: {other}");
            return Err(Fault::new("InvalidParameterValue", text));
        }
        if let Some((interface, _)) = elastic.holder(&act.ask()) {
            let vpc = regional::get::<VpcRow>(&act.ask(), &interface.vpc_id);
            let is_default = vpc.is_some_and(|vpc| vpc.is_default);
            if !is_default || interface.instance_id().is_none() {
                let text = format!("Address {} is in use.", elastic.address);
                return Err(Fault::new("InvalidIPAddress.InUse", text));
            }
            unbind(act, &elastic)?;
        }
        regional::delete::<ElasticIpRow>(act, &elastic.id)
    }
}
