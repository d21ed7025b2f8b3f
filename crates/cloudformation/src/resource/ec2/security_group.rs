//! `AWS::EC2::SecurityGroup`, with the rules in its own properties.

use cloud::tag::Tag;
use cloud::{Fault, Write};
use ec2::security_group::authorize::{AuthorizeSecurityGroupEgress, AuthorizeSecurityGroupIngress};
use ec2::security_group::create::CreateSecurityGroup;
use ec2::security_group::delete::DeleteSecurityGroup;
use ec2::security_group::describe::DescribeSecurityGroups;
use ec2::security_group::revoke::{RevokeSecurityGroupEgress, RevokeSecurityGroupIngress};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{attributes, retag, tagged, text, told};
use crate::resource::{Physical, Provision, ResourceType};

/// Characters of a group's name.
const MAX_NAME: usize = 255;

/// A security group.
#[derive(Debug)]
pub struct SecurityGroup;

/// Its properties.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Properties {
    group_name: Option<String>,
    group_description: String,
    vpc_id: Option<String>,
    security_group_ingress: Option<Vec<Rule>>,
    security_group_egress: Option<Vec<Rule>>,
    tags: Option<Vec<Tag>>,
}

/// A rule, in either direction.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Rule {
    /// The protocol; everything for `-1`.
    pub ip_protocol: String,
    /// The first port.
    pub from_port: Option<i64>,
    /// The last port.
    pub to_port: Option<i64>,
    /// The peers in IPv4.
    pub cidr_ip: Option<String>,
    /// The peers in IPv6.
    pub cidr_ipv6: Option<String>,
    /// The peers in a prefix list.
    #[serde(alias = "DestinationPrefixListId")]
    pub source_prefix_list_id: Option<String>,
    /// The peers in a group.
    #[serde(alias = "DestinationSecurityGroupId")]
    pub source_security_group_id: Option<String>,
    /// The same by its name.
    pub source_security_group_name: Option<String>,
    /// The account of that group.
    pub source_security_group_owner_id: Option<String>,
    /// What it is for.
    pub description: Option<String>,
}

impl Rule {
    /// What a new group lets out: everything (EC2 user guide, "default security groups").
    fn everything() -> Self {
        Self {
            ip_protocol: "-1".to_owned(),
            cidr_ip: Some("0.0.0.0/0".to_owned()),
            ..Self::default()
        }
    }

    /// It as a parameter of EC2's operations.
    #[must_use]
    pub fn permission(&self) -> Value {
        let described = |name: &str, value: &Option<String>| match value {
            Some(value) => json!([{name: value, "Description": self.description}]),
            None => json!([]),
        };
        let group =
            self.source_security_group_id.is_some() || self.source_security_group_name.is_some();
        let groups = json!([{
            "GroupId": self.source_security_group_id,
            "GroupName": self.source_security_group_name,
            "UserId": self.source_security_group_owner_id,
            "Description": self.description,
        }]);
        json!({
            "IpProtocol": self.ip_protocol,
            "FromPort": self.from_port,
            "ToPort": self.to_port,
            "IpRanges": described("CidrIp", &self.cidr_ip),
            "Ipv6Ranges": described("CidrIpv6", &self.cidr_ipv6),
            "PrefixListIds": described("PrefixListId", &self.source_prefix_list_id),
            "Groups": if group { groups } else { json!([]) },
        })
    }
}

/// What `Ref` gives for a group that is in the default VPC, kept among its attributes.
const REFERENCE: &str = "Ref";

/// Changes the rules of one direction.
fn change<Revoke: Write, Authorize: Write>(
    on: &mut Provision<'_, '_, '_>,
    id: &str,
    old: &[Rule],
    new: &[Rule],
) -> Result<(), Fault> {
    let without = |these: &[Rule], those: &[Rule]| -> Vec<Value> {
        these.iter().filter(|rule| !those.contains(rule)).map(Rule::permission).collect()
    };
    let (gone, added) = (without(old, new), without(new, old));
    if !gone.is_empty() {
        on.write::<Revoke>(json!({"GroupId": id, "IpPermissions": gone}))?;
    }
    if !added.is_empty() {
        on.write::<Authorize>(json!({"GroupId": id, "IpPermissions": added}))?;
    }
    Ok(())
}

fn ingress(
    on: &mut Provision<'_, '_, '_>,
    id: &str,
    old: Option<&[Rule]>,
    new: &Properties,
) -> Result<(), Fault> {
    let new = new.security_group_ingress.as_deref().unwrap_or_default();
    change::<RevokeSecurityGroupIngress, AuthorizeSecurityGroupIngress>(
        on,
        id,
        old.unwrap_or_default(),
        new,
    )
}

/// Without any egress rule there is the one that new groups have; with one it is gone (user guide,
/// `AWS::EC2::SecurityGroup`).
fn egress(
    on: &mut Provision<'_, '_, '_>,
    id: &str,
    old: Option<&[Rule]>,
    new: &Properties,
) -> Result<(), Fault> {
    let usual = [Rule::everything()];
    change::<RevokeSecurityGroupEgress, AuthorizeSecurityGroupEgress>(
        on,
        id,
        old.unwrap_or(&usual),
        new.security_group_egress.as_deref().unwrap_or(&usual),
    )
}

impl ResourceType for SecurityGroup {
    const NAME: &'static str = "AWS::EC2::SecurityGroup";
    type Properties = Properties;

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let name = properties.group_name.clone().unwrap_or_else(|| on.name(MAX_NAME));
        let answer = on.write::<CreateSecurityGroup>(json!({
            "GroupName": name,
            "GroupDescription": properties.group_description,
            "VpcId": properties.vpc_id,
            "TagSpecification": tagged("security-group", properties.tags.as_deref()),
        }))?;
        let id = text(&answer, "/groupId")?;
        ingress(on, &id, None, &properties)?;
        egress(on, &id, None, &properties)?;
        let mut attributes = attributes([("GroupId", json!(id)), ("Id", json!(id))]);
        let vpc_id = match &properties.vpc_id {
            Some(vpc_id) => json!(vpc_id),
            None => {
                attributes.insert(REFERENCE.to_owned(), json!(name));
                let group = json!({"GroupId": [id]});
                let group = told::<DescribeSecurityGroups>(on, group, "securityGroupInfo")?;
                json!(group.get("vpcId"))
            }
        };
        attributes.insert("VpcId".to_owned(), vpc_id);
        Ok(Physical { id, attributes })
    }

    /// "Ref returns the ID of the security group if you specified the VpcId property. Otherwise, it returns the name of
    /// the security group" (user guide).
    fn reference(physical: &Physical) -> Value {
        physical.attributes.get(REFERENCE).cloned().unwrap_or_else(|| json!(physical.id))
    }

    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        ingress(on, &physical.id, old.security_group_ingress.as_deref(), &new)?;
        egress(on, &physical.id, old.security_group_egress.as_deref(), &new)?;
        retag(on, &physical.id, old.tags.as_deref(), new.tags.as_deref())?;
        Ok(physical.clone())
    }

    fn delete(
        _: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let outcome = on.write::<DeleteSecurityGroup>(json!({"GroupId": physical.id}));
        on.unless_gone(outcome, &["InvalidGroup.NotFound"])
    }
}
