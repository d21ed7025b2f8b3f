//! `AWS::EC2::EIPAssociation`

use cloud::Fault;
use ec2::elastic_ip::associate::{AssociateAddress, DisassociateAddress};
use serde::Deserialize;
use serde_json::json;

use super::{attributes, text};
use crate::resource::{Physical, Provision, ResourceType};

/// That an Elastic IP address is an instance's or an interface's.
#[derive(Debug)]
pub struct EipAssociation;

/// Its properties.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Properties {
    allocation_id: Option<String>,
    #[serde(rename = "EIP")]
    eip: Option<String>,
    instance_id: Option<String>,
    network_interface_id: Option<String>,
    private_ip_address: Option<String>,
}

impl ResourceType for EipAssociation {
    const NAME: &'static str = "AWS::EC2::EIPAssociation";
    type Properties = Properties;

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let answer = on.write::<AssociateAddress>(json!({
            "AllocationId": properties.allocation_id,
            "PublicIp": properties.eip,
            "InstanceId": properties.instance_id,
            "NetworkInterfaceId": properties.network_interface_id,
            "PrivateIpAddress": properties.private_ip_address,
        }))?;
        let id = text(&answer, "/associationId")?;
        let attributes = attributes([("Id", json!(id))]);
        Ok(Physical { id, attributes })
    }

    /// Every property replaces it.
    fn update(
        _: Properties,
        _: Properties,
        physical: &Physical,
        _: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        Ok(physical.clone())
    }

    fn delete(
        _: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let outcome = on.write::<DisassociateAddress>(json!({"AssociationId": physical.id}));
        on.unless_gone(outcome, &["InvalidAssociationID.NotFound"])
    }
}
