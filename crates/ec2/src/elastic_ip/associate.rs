//! `AssociateAddress` and `DisassociateAddress`

use std::sync::Arc;

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::describe::not_found;
use super::{ElasticIpRow, bind, of_address, unbind};
use crate::internet_gateway;
use crate::kind::Kind;
use crate::network_interface::NetworkInterfaceRow;
use crate::{demand, regional};

/// `AssociateAddress`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssociateAddress {
    allocation_id: Option<String>,
    public_ip: Option<String>,
    instance_id: Option<String>,
    network_interface_id: Option<String>,
    private_ip_address: Option<String>,
    allow_reassociation: Option<bool>,
    #[serde(default)]
    dry_run: bool,
}

/// What `AssociateAddress` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociateAddressOutput {
    association_id: String,
}

impl AssociateAddress {
    fn address(&self, ask: &Ask<'_>) -> Result<Arc<ElasticIpRow>, Fault> {
        match (&self.allocation_id, &self.public_ip) {
            (Some(id), _) => regional::find(ask, id),
            (None, Some(address)) => of_address(ask, address).ok_or_else(|| not_found(address)),
            (None, None) => Err(missing("AllocationId")),
        }
    }

    /// The interface that is named, or the only one of the instance that is. Where both are named, which the API
    /// reference forbids, the instance counts: Terraform's `aws_eip` sends the interface of an instance that is gone
    /// beside the new instance, and the other way round hashicorp/terraform issue 31744 is told of the instance.
    fn interface(&self, ask: &Ask<'_>) -> Result<Arc<NetworkInterfaceRow>, Fault> {
        let id = match (&self.instance_id, &self.network_interface_id) {
            (Some(id), _) => id,
            (None, id) => return regional::find(ask, id.as_deref().unwrap_or_default()),
        };
        let mut all = regional::all::<NetworkInterfaceRow>(ask);
        all.retain(|it| it.instance_id() == Some(id));
        match all.as_slice() {
            [] => Err(Kind::Instance.not_found(id)),
            [only] => Ok(Arc::clone(only)),
            // hashicorp/terraform issue 31744, cilium/cilium pull request 39654.
            _ => {
                let text = format!(
                    "There are multiple interfaces attached to instance '{id}'. Please specify an interface ID \
                     for the operation instead."
                );
                Err(Fault::new("InvalidInstanceID", text))
            }
        }
    }
}

impl Operation for AssociateAddress {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "AssociateAddress";
    type Output = AssociateAddressOutput;

    fn check(&self) -> Result<(), Fault> {
        match (&self.allocation_id, &self.public_ip) {
            (Some(id), _) => Kind::ElasticIp.check(id)?,
            (None, Some(_)) => {}
            (None, None) => return Err(missing("AllocationId")),
        }
        match (&self.instance_id, &self.network_interface_id) {
            (Some(id), _) => Kind::Instance.check(id),
            (None, Some(id)) => Kind::NetworkInterface.check(id),
            (None, None) => Err(missing("InstanceId")),
        }
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:AssociateAddress";
        let mut demands = vec![demand::on(ask, action, Kind::ElasticIp, &self.address(ask)?.id)];
        demands.extend(match (&self.instance_id, &self.network_interface_id) {
            (Some(id), _) => Some(demand::on(ask, action, Kind::Instance, id)),
            (None, id) => id.as_ref().map(|id| demand::on(ask, action, Kind::NetworkInterface, id)),
        });
        Ok(demands)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for AssociateAddress {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<AssociateAddressOutput, Fault> {
        let elastic = self.address(&act.ask())?;
        let interface = self.interface(&act.ask())?;
        if let Some(text) = &self.private_ip_address
            && *text != interface.primary().to_string()
        {
            // Only primary addresses are mapped here.
            let text = format!(
                "rolecall does not map secondary addresses such as `{text}` yet: name the primary one"
            );
            return Err(Fault::new("NotImplemented", text));
        }
        if internet_gateway::of_vpc(&act.ask(), &interface.vpc_id).is_none() {
            let text =
                format!("Network {} is not attached to any internet gateway", interface.vpc_id);
            return Err(Fault::new("Gateway.NotAttached", text));
        }
        if let Some((holder, association)) = elastic.holder(&act.ask()) {
            if holder.id == interface.id {
                return Ok(AssociateAddressOutput { association_id: association.association_id });
            }
            // "AllowReassociation [...] is the default in a VPC" for what is named by its allocation.
            if self.allow_reassociation == Some(false) {
                let (id, association) = (&elastic.id, &association.association_id);
                let text =
                    format!("resource {id} is already associated with associate-id {association}");
                return Err(Fault::new("Resource.AlreadyAssociated", text));
            }
        }
        let association_id = bind(act, &elastic, &interface)?;
        Ok(AssociateAddressOutput { association_id })
    }
}

/// `DisassociateAddress`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DisassociateAddress {
    association_id: Option<String>,
    public_ip: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

impl DisassociateAddress {
    fn address(&self, ask: &Ask<'_>) -> Result<Arc<ElasticIpRow>, Fault> {
        if let Some(id) = &self.association_id {
            let all = regional::all::<ElasticIpRow>(ask);
            let has = |it: &ElasticIpRow| {
                it.holder(ask).is_some_and(|(_, association)| association.association_id == *id)
            };
            return all.into_iter().find(|it| has(it)).ok_or_else(|| {
                let text = format!("The association ID '{id}' does not exist");
                Fault::new("InvalidAssociationID.NotFound", text)
            });
        }
        let address = self.public_ip.as_deref().unwrap_or_default();
        of_address(ask, address).ok_or_else(|| not_found(address))
    }
}

impl Operation for DisassociateAddress {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DisassociateAddress";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        if self.association_id.is_none() && self.public_ip.is_none() {
            return Err(missing("AssociationId"));
        }
        Ok(())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (action, elastic) = ("ec2:DisassociateAddress", self.address(ask)?);
        let mut demands = vec![demand::on(ask, action, Kind::ElasticIp, &elastic.id)];
        let interface = elastic.interface_id.as_ref();
        demands.extend(interface.map(|id| demand::on(ask, action, Kind::NetworkInterface, id)));
        Ok(demands)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for DisassociateAddress {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let elastic = self.address(&act.ask())?;
        unbind(act, &elastic)
    }
}

pub(super) fn missing(parameter: &str) -> Fault {
    let text = format!("The request must contain the parameter {parameter}");
    Fault::new("MissingParameter", text)
}
