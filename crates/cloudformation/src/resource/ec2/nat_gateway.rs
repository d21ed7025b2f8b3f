//! `AWS::EC2::NatGateway`

use cloud::Fault;
use cloud::tag::Tag;
use ec2::nat_gateway::create::CreateNatGateway;
use ec2::nat_gateway::delete::DeleteNatGateway;
use ec2::nat_gateway::describe::DescribeNatGateways;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{attributes, retag, tagged, text, told};
use crate::resource::{Attributes, Physical, Progress, Provision, ResourceType};

/// A NAT gateway.
#[derive(Debug)]
pub struct NatGateway;

/// Its properties.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Properties {
    subnet_id: Option<String>,
    allocation_id: Option<String>,
    connectivity_type: Option<String>,
    private_ip_address: Option<String>,
    vpc_id: Option<String>,
    availability_mode: Option<String>,
    tags: Option<Vec<Tag>>,
}

fn look(physical: &Physical, on: &mut Provision<'_, '_, '_>) -> Result<Value, Fault> {
    let input = json!({"NatGatewayId": [physical.id]});
    told::<DescribeNatGateways>(on, input, "natGatewaySet")
}

impl ResourceType for NatGateway {
    const NAME: &'static str = "AWS::EC2::NatGateway";
    type Properties = Properties;

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let answer = on.write::<CreateNatGateway>(json!({
            "SubnetId": properties.subnet_id,
            "AllocationId": properties.allocation_id,
            "ConnectivityType": properties.connectivity_type,
            "PrivateIpAddress": properties.private_ip_address,
            "VpcId": properties.vpc_id,
            "AvailabilityMode": properties.availability_mode,
            "TagSpecification": tagged("natgateway", properties.tags.as_deref()),
        }))?;
        let id = text(&answer, "/natGateway/natGatewayId")?;
        let attributes = attributes([("NatGatewayId", json!(id))]);
        Ok(Physical { id, attributes })
    }

    fn created(physical: &Physical, on: &mut Provision<'_, '_, '_>) -> Result<Progress, Fault> {
        let gateway = look(physical, on)?;
        let state = gateway.get("state").and_then(Value::as_str).unwrap_or_default();
        match state {
            "available" => {
                let interface = gateway.pointer("/natGatewayAddressSet/0/networkInterfaceId");
                Ok(Progress::Done(attributes([("EniId", json!(interface))])))
            }
            "pending" => Ok(Progress::Pending),
            _ => {
                let why = gateway.get("failureMessage").and_then(Value::as_str);
                let why = why.unwrap_or_default();
                let text = format!("NatGateway {} is in state {state}: {why}", physical.id);
                Err(Fault::new("NotStabilized", text))
            }
        }
    }

    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        retag(on, &physical.id, old.tags.as_deref(), new.tags.as_deref())?;
        Ok(physical.clone())
    }

    fn delete(
        _: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let outcome = on.write::<DeleteNatGateway>(json!({"NatGatewayId": physical.id}));
        on.unless_gone(outcome, &["NatGatewayNotFound", "InvalidNatGatewayID.NotFound"])
    }

    fn deleted(physical: &Physical, on: &mut Provision<'_, '_, '_>) -> Result<Progress, Fault> {
        match look(physical, on) {
            Ok(gateway) if gateway.get("state") != Some(&json!("deleted")) => Ok(Progress::Pending),
            // One that nobody knows of any more is gone, too.
            _ => Ok(Progress::Done(Attributes::new())),
        }
    }
}
