//! `AWS::EC2::EIP`

use cloud::Fault;
use cloud::tag::Tag;
use ec2::elastic_ip::allocate::AllocateAddress;
use ec2::elastic_ip::associate::{AssociateAddress, DisassociateAddress};
use ec2::elastic_ip::describe::DescribeAddresses;
use ec2::elastic_ip::release::ReleaseAddress;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{attributes, retag, tagged, text, told};
use crate::resource::{Physical, Provision, ResourceType};

/// An Elastic IP address.
#[derive(Debug)]
pub struct Eip;

/// Its properties.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Properties {
    domain: Option<String>,
    instance_id: Option<String>,
    address: Option<String>,
    ipam_pool_id: Option<String>,
    network_border_group: Option<String>,
    #[serde(rename = "PublicIpv4Pool")]
    public_ipv4_pool: Option<String>,
    tags: Option<Vec<Tag>>,
}

fn allocation(physical: &Physical) -> Option<&Value> {
    physical.attributes.get("AllocationId")
}

fn associate(
    on: &mut Provision<'_, '_, '_>,
    allocation: Option<&Value>,
    instance: &str,
) -> Result<(), Fault> {
    let input = json!({"AllocationId": allocation, "InstanceId": instance});
    on.write::<AssociateAddress>(input).map(drop)
}

fn disassociate(on: &mut Provision<'_, '_, '_>, physical: &Physical) -> Result<(), Fault> {
    let input = json!({"AllocationId": [allocation(physical)]});
    let address = told::<DescribeAddresses>(on, input, "addressesSet")?;
    let Some(association) = address.get("associationId").filter(|id| id.is_string()) else {
        return Ok(());
    };
    on.write::<DisassociateAddress>(json!({"AssociationId": association})).map(drop)
}

impl ResourceType for Eip {
    const NAME: &'static str = "AWS::EC2::EIP";
    type Properties = Properties;

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let answer = on.write::<AllocateAddress>(json!({
            "Domain": properties.domain.as_deref().unwrap_or("vpc"),
            "Address": properties.address,
            "IpamPoolId": properties.ipam_pool_id,
            "NetworkBorderGroup": properties.network_border_group,
            "PublicIpv4Pool": properties.public_ipv4_pool,
            "TagSpecification": tagged("elastic-ip", properties.tags.as_deref()),
        }))?;
        let id = text(&answer, "/publicIp")?;
        let allocation = answer.get("allocationId");
        if let Some(instance) = &properties.instance_id {
            associate(on, allocation, instance)?;
        }
        let attributes = attributes([("AllocationId", json!(allocation)), ("PublicIp", json!(id))]);
        Ok(Physical { id, attributes })
    }

    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        let moved = old.domain != new.domain || old.public_ipv4_pool != new.public_ipv4_pool;
        on.not_modelled("a change of Domain or PublicIpv4Pool", moved)?;
        if old.instance_id != new.instance_id {
            disassociate(on, physical)?;
            if let Some(instance) = &new.instance_id {
                associate(on, allocation(physical), instance)?;
            }
        }
        let id = allocation(physical).and_then(Value::as_str).unwrap_or_default();
        retag(on, id, old.tags.as_deref(), new.tags.as_deref())?;
        Ok(physical.clone())
    }

    fn delete(
        properties: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let gone = &["InvalidAllocationID.NotFound"];
        if properties.instance_id.is_some() {
            let outcome = disassociate(on, physical).map(|()| Value::Null);
            on.unless_gone(outcome, gone)?;
        }
        let outcome = on.write::<ReleaseAddress>(json!({"AllocationId": allocation(physical)}));
        on.unless_gone(outcome, gone)
    }
}
