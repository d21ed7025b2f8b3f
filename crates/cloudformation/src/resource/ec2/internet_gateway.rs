//! `AWS::EC2::InternetGateway` and `AWS::EC2::VPCGatewayAttachment`

use cloud::Fault;
use cloud::tag::Tag;
use ec2::internet_gateway::attach::{AttachInternetGateway, DetachInternetGateway};
use ec2::internet_gateway::create::CreateInternetGateway;
use ec2::internet_gateway::delete::DeleteInternetGateway;
use serde::Deserialize;
use serde_json::json;

use super::{attributes, retag, tagged, text};
use crate::resource::{Physical, Provision, ResourceType};

/// An internet gateway.
#[derive(Debug)]
pub struct InternetGateway;

/// Its properties.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GatewayProperties {
    tags: Option<Vec<Tag>>,
}

impl ResourceType for InternetGateway {
    const NAME: &'static str = "AWS::EC2::InternetGateway";
    type Properties = GatewayProperties;

    fn create(
        properties: GatewayProperties,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        let tags = tagged("internet-gateway", properties.tags.as_deref());
        let answer = on.write::<CreateInternetGateway>(json!({"TagSpecification": tags}))?;
        let id = text(&answer, "/internetGateway/internetGatewayId")?;
        let attributes = attributes([("InternetGatewayId", json!(id))]);
        Ok(Physical { id, attributes })
    }

    fn update(
        old: GatewayProperties,
        new: GatewayProperties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        retag(on, &physical.id, old.tags.as_deref(), new.tags.as_deref())?;
        Ok(physical.clone())
    }

    fn delete(
        _: GatewayProperties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let input = json!({"InternetGatewayId": physical.id});
        let outcome = on.write::<DeleteInternetGateway>(input);
        on.unless_gone(outcome, &["InvalidInternetGatewayID.NotFound"])
    }
}

/// That a gateway is attached to a VPC.
#[derive(Debug)]
pub struct VpcGatewayAttachment;

/// Its properties.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AttachmentProperties {
    vpc_id: String,
    internet_gateway_id: Option<String>,
}

const NOT_ATTACHED: &[&str] =
    &["Gateway.NotAttached", "InvalidInternetGatewayID.NotFound", "InvalidVpcID.NotFound"];

impl VpcGatewayAttachment {
    fn attach(
        properties: &AttachmentProperties,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let Some(gateway) = &properties.internet_gateway_id else {
            let text = "Either 'InternetGatewayId' or 'VpnGatewayId' must be provided.";
            return Err(Fault::new("InvalidRequest", text));
        };
        let input = json!({"InternetGatewayId": gateway, "VpcId": properties.vpc_id});
        on.write::<AttachInternetGateway>(input).map(drop)
    }

    fn detach(
        properties: &AttachmentProperties,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let gateway = &properties.internet_gateway_id;
        let input = json!({"InternetGatewayId": gateway, "VpcId": properties.vpc_id});
        let outcome = on.write::<DetachInternetGateway>(input);
        on.unless_gone(outcome, NOT_ATTACHED)
    }
}

impl ResourceType for VpcGatewayAttachment {
    const NAME: &'static str = "AWS::EC2::VPCGatewayAttachment";
    type Properties = AttachmentProperties;

    /// The id joins what identifies it (the schema's `primaryIdentifier`).
    fn create(
        properties: AttachmentProperties,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        Self::attach(&properties, on)?;
        let id = format!("IGW|{}", properties.vpc_id);
        Ok(Physical { id, attributes: attributes([("AttachmentType", json!("IGW"))]) })
    }

    fn update(
        old: AttachmentProperties,
        new: AttachmentProperties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        Self::detach(&old, on)?;
        Self::attach(&new, on)?;
        Ok(physical.clone())
    }

    fn delete(
        properties: AttachmentProperties,
        _: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        Self::detach(&properties, on)
    }
}
