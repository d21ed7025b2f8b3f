//! `AWS::EC2::SecurityGroupIngress` and `AWS::EC2::SecurityGroupEgress`: rules of groups that are made elsewhere.

use cloud::{Fault, Write};
use ec2::security_group::authorize::{AuthorizeSecurityGroupEgress, AuthorizeSecurityGroupIngress};
use ec2::security_group::revoke::{RevokeSecurityGroupEgress, RevokeSecurityGroupIngress};
use ec2::security_group::rule::modify::ModifySecurityGroupRules;
use serde::Deserialize;
use serde_json::json;

use super::security_group::Rule;
use super::{attributes, text};
use crate::resource::{Physical, Provision, ResourceType};

/// A rule on what comes in.
#[derive(Debug)]
pub struct SecurityGroupIngress;

/// A rule on what goes out.
#[derive(Debug)]
pub struct SecurityGroupEgress;

/// Properties of either.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Properties {
    group_id: Option<String>,
    group_name: Option<String>,
    ip_protocol: String,
    from_port: Option<i64>,
    to_port: Option<i64>,
    cidr_ip: Option<String>,
    cidr_ipv6: Option<String>,
    #[serde(alias = "DestinationPrefixListId")]
    source_prefix_list_id: Option<String>,
    #[serde(alias = "DestinationSecurityGroupId")]
    source_security_group_id: Option<String>,
    source_security_group_name: Option<String>,
    source_security_group_owner_id: Option<String>,
    description: Option<String>,
}

impl Properties {
    fn rule(&self) -> Rule {
        Rule {
            ip_protocol: self.ip_protocol.clone(),
            from_port: self.from_port,
            to_port: self.to_port,
            cidr_ip: self.cidr_ip.clone(),
            cidr_ipv6: self.cidr_ipv6.clone(),
            source_prefix_list_id: self.source_prefix_list_id.clone(),
            source_security_group_id: self.source_security_group_id.clone(),
            source_security_group_name: self.source_security_group_name.clone(),
            source_security_group_owner_id: self.source_security_group_owner_id.clone(),
            description: self.description.clone(),
        }
    }
}

fn create<O: Write>(
    properties: &Properties,
    on: &mut Provision<'_, '_, '_>,
) -> Result<Physical, Fault> {
    let answer = on.write::<O>(json!({
        "GroupId": properties.group_id,
        "GroupName": properties.group_name,
        "IpPermissions": [properties.rule().permission()],
    }))?;
    let id = text(&answer, "/securityGroupRuleSet/0/securityGroupRuleId")?;
    let group_id = text(&answer, "/securityGroupRuleSet/0/groupId")?;
    let attributes = attributes([("Id", json!(id)), (GROUP, json!(group_id))]);
    Ok(Physical { id, attributes })
}

/// Where the group of a rule is kept, which may be named otherwise in its properties.
const GROUP: &str = "GroupId";

/// Only the description can be changed.
fn update(
    new: &Properties,
    physical: &Physical,
    on: &mut Provision<'_, '_, '_>,
) -> Result<Physical, Fault> {
    let group = new.source_security_group_id.clone();
    on.write::<ModifySecurityGroupRules>(json!({
        "GroupId": physical.attributes.get(GROUP),
        "SecurityGroupRule": [{
            "SecurityGroupRuleId": physical.id,
            "SecurityGroupRule": {
                "IpProtocol": new.ip_protocol,
                "FromPort": new.from_port,
                "ToPort": new.to_port,
                "CidrIpv4": new.cidr_ip,
                "CidrIpv6": new.cidr_ipv6,
                "PrefixListId": new.source_prefix_list_id,
                "ReferencedGroupId": group,
                "Description": new.description,
            },
        }],
    }))?;
    Ok(physical.clone())
}

fn delete<O: Write>(physical: &Physical, on: &mut Provision<'_, '_, '_>) -> Result<(), Fault> {
    let outcome = on.write::<O>(json!({
        "GroupId": physical.attributes.get(GROUP),
        "SecurityGroupRuleId": [physical.id],
    }));
    on.unless_gone(
        outcome,
        &[
            "InvalidGroup.NotFound",
            "InvalidPermission.NotFound",
            "InvalidSecurityGroupRuleId.NotFound",
        ],
    )
}

macro_rules! rule_type {
    ($kind:ident, $name:literal, $authorize:ty, $revoke:ty) => {
        impl ResourceType for $kind {
            const NAME: &'static str = $name;
            type Properties = Properties;

            fn create(
                properties: Properties,
                on: &mut Provision<'_, '_, '_>,
            ) -> Result<Physical, Fault> {
                create::<$authorize>(&properties, on)
            }

            fn update(
                _: Properties,
                new: Properties,
                physical: &Physical,
                on: &mut Provision<'_, '_, '_>,
            ) -> Result<Physical, Fault> {
                update(&new, physical, on)
            }

            fn delete(
                _: Properties,
                physical: &Physical,
                on: &mut Provision<'_, '_, '_>,
            ) -> Result<(), Fault> {
                delete::<$revoke>(physical, on)
            }
        }
    };
}

rule_type!(
    SecurityGroupIngress,
    "AWS::EC2::SecurityGroupIngress",
    AuthorizeSecurityGroupIngress,
    RevokeSecurityGroupIngress
);
rule_type!(
    SecurityGroupEgress,
    "AWS::EC2::SecurityGroupEgress",
    AuthorizeSecurityGroupEgress,
    RevokeSecurityGroupEgress
);
