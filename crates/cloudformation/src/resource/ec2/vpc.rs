//! `AWS::EC2::VPC`

use cloud::Fault;
use cloud::tag::Tag;
use ec2::network_acl::describe::DescribeNetworkAcls;
use ec2::security_group::describe::DescribeSecurityGroups;
use ec2::vpc::attribute::ModifyVpcAttribute;
use ec2::vpc::create::CreateVpc;
use ec2::vpc::delete::DeleteVpc;
use serde::Deserialize;
use serde_json::json;

use super::{attributes, retag, tagged, text, told};
use crate::resource::{Physical, Provision, ResourceType};

/// A VPC.
#[derive(Debug)]
pub struct Vpc;

/// Its properties.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Properties {
    cidr_block: Option<String>,
    instance_tenancy: Option<String>,
    enable_dns_support: Option<bool>,
    enable_dns_hostnames: Option<bool>,
    tags: Option<Vec<Tag>>,
}

impl Properties {
    /// The two attributes as they are if nothing is said (EC2 user guide, "DNS attributes for your VPC").
    fn dns(&self) -> (bool, bool) {
        (self.enable_dns_support.unwrap_or(true), self.enable_dns_hostnames.unwrap_or(false))
    }
}

fn set_dns(
    on: &mut Provision<'_, '_, '_>,
    id: &str,
    old: (bool, bool),
    new: (bool, bool),
) -> Result<(), Fault> {
    if old.0 != new.0 {
        let input = json!({"VpcId": id, "EnableDnsSupport": {"Value": new.0}});
        on.write::<ModifyVpcAttribute>(input)?;
    }
    if old.1 != new.1 {
        let input = json!({"VpcId": id, "EnableDnsHostnames": {"Value": new.1}});
        on.write::<ModifyVpcAttribute>(input)?;
    }
    Ok(())
}

impl ResourceType for Vpc {
    const NAME: &'static str = "AWS::EC2::VPC";
    type Properties = Properties;

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let answer = on.write::<CreateVpc>(json!({
            "CidrBlock": properties.cidr_block,
            "InstanceTenancy": properties.instance_tenancy,
            "TagSpecification": tagged("vpc", properties.tags.as_deref()),
        }))?;
        let id = text(&answer, "/vpc/vpcId")?;
        set_dns(on, &id, (true, false), properties.dns())?;
        let of_it = json!({"Name": "vpc-id", "Value": [id]});
        let named = json!({"Name": "group-name", "Value": ["default"]});
        let filter = json!({"Filter": [of_it.clone(), named]});
        let group = told::<DescribeSecurityGroups>(on, filter, "securityGroupInfo")?;
        let named = json!({"Name": "default", "Value": ["true"]});
        let filter = json!({"Filter": [of_it, named]});
        let acl = told::<DescribeNetworkAcls>(on, filter, "networkAclSet")?;
        let association = answer.pointer("/vpc/cidrBlockAssociationSet/0/associationId").cloned();
        let attributes = attributes([
            ("VpcId", json!(id)),
            ("CidrBlock", json!(properties.cidr_block)),
            ("CidrBlockAssociations", json!(association.into_iter().collect::<Vec<_>>())),
            ("Ipv6CidrBlocks", json!([])),
            ("DefaultSecurityGroup", json!(group.get("groupId"))),
            ("DefaultNetworkAcl", json!(acl.get("networkAclId"))),
        ]);
        Ok(Physical { id, attributes })
    }

    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        set_dns(on, &physical.id, old.dns(), new.dns())?;
        retag(on, &physical.id, old.tags.as_deref(), new.tags.as_deref())?;
        Ok(physical.clone())
    }

    fn delete(
        _: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let outcome = on.write::<DeleteVpc>(json!({"VpcId": physical.id}));
        on.unless_gone(outcome, &["InvalidVpcID.NotFound"])
    }
}
