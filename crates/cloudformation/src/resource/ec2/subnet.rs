//! `AWS::EC2::Subnet`

use cloud::Fault;
use cloud::tag::Tag;
use ec2::network_acl::describe::DescribeNetworkAcls;
use ec2::subnet::attribute::ModifySubnetAttribute;
use ec2::subnet::create::CreateSubnet;
use ec2::subnet::delete::DeleteSubnet;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{attributes, retag, tagged, text, told};
use crate::resource::{Physical, Provision, ResourceType};

/// A subnet.
#[derive(Debug)]
pub struct Subnet;

/// Its properties.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Properties {
    vpc_id: String,
    cidr_block: Option<String>,
    availability_zone: Option<String>,
    availability_zone_id: Option<String>,
    map_public_ip_on_launch: Option<bool>,
    assign_ipv6_address_on_creation: Option<bool>,
    #[serde(rename = "EnableDns64")]
    enable_dns64: Option<bool>,
    ipv6_native: Option<bool>,
    private_dns_name_options_on_launch: Option<PrivateDnsName>,
    tags: Option<Vec<Tag>>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct PrivateDnsName {
    hostname_type: Option<String>,
    #[serde(rename = "EnableResourceNameDnsARecord")]
    a_record: Option<bool>,
    #[serde(rename = "EnableResourceNameDnsAAAARecord")]
    aaaa_record: Option<bool>,
}

/// The attributes that are set one call each.
fn changes(properties: &Properties) -> Vec<Value> {
    let flag = |value: Option<bool>| json!({"Value": value.unwrap_or(false)});
    let options = properties.private_dns_name_options_on_launch.clone().unwrap_or_default();
    let hostname_type = options.hostname_type.unwrap_or_else(|| "ip-name".to_owned());
    vec![
        json!({"MapPublicIpOnLaunch": flag(properties.map_public_ip_on_launch)}),
        json!({"PrivateDnsHostnameTypeOnLaunch": hostname_type}),
        json!({"EnableResourceNameDnsARecordOnLaunch": flag(options.a_record)}),
        json!({"EnableResourceNameDnsAAAARecordOnLaunch": flag(options.aaaa_record)}),
    ]
}

fn set(
    on: &mut Provision<'_, '_, '_>,
    id: &str,
    old: &[Value],
    new: &Properties,
) -> Result<(), Fault> {
    for mut change in changes(new).into_iter().filter(|change| !old.contains(change)) {
        if let Some(members) = change.as_object_mut() {
            members.insert("SubnetId".to_owned(), json!(id));
        }
        on.write::<ModifySubnetAttribute>(change)?;
    }
    Ok(())
}

fn check(properties: &Properties, on: &Provision<'_, '_, '_>) -> Result<(), Fault> {
    let is_set = |flag: Option<bool>| flag == Some(true);
    let ipv6 = is_set(properties.assign_ipv6_address_on_creation);
    on.not_modelled("AssignIpv6AddressOnCreation", ipv6)?;
    on.not_modelled("EnableDns64", is_set(properties.enable_dns64))?;
    on.not_modelled("Ipv6Native", is_set(properties.ipv6_native))
}

impl ResourceType for Subnet {
    const NAME: &'static str = "AWS::EC2::Subnet";
    type Properties = Properties;

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        check(&properties, on)?;
        let answer = on.write::<CreateSubnet>(json!({
            "VpcId": properties.vpc_id,
            "CidrBlock": properties.cidr_block,
            "AvailabilityZone": properties.availability_zone,
            "AvailabilityZoneId": properties.availability_zone_id,
            "TagSpecification": tagged("subnet", properties.tags.as_deref()),
        }))?;
        let id = text(&answer, "/subnet/subnetId")?;
        set(on, &id, &changes(&Properties::default()), &properties)?;
        let of_it = json!({"Filter": [{"Name": "association.subnet-id", "Value": [id]}]});
        let acl = told::<DescribeNetworkAcls>(on, of_it, "networkAclSet")?;
        let associations = acl.get("associationSet").and_then(Value::as_array);
        let is_its = |one: &&Value| one.get("subnetId") == Some(&json!(id));
        let association = associations.into_iter().flatten().find(is_its);
        let association = association.and_then(|one| one.get("networkAclAssociationId"));
        let attributes = attributes([
            ("SubnetId", json!(id)),
            ("VpcId", json!(properties.vpc_id)),
            ("CidrBlock", json!(answer.pointer("/subnet/cidrBlock"))),
            ("AvailabilityZone", json!(answer.pointer("/subnet/availabilityZone"))),
            ("AvailabilityZoneId", json!(answer.pointer("/subnet/availabilityZoneId"))),
            ("NetworkAclAssociationId", json!(association)),
            ("Ipv6CidrBlocks", json!([])),
        ]);
        Ok(Physical { id, attributes })
    }

    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        check(&new, on)?;
        set(on, &physical.id, &changes(&old), &new)?;
        retag(on, &physical.id, old.tags.as_deref(), new.tags.as_deref())?;
        Ok(physical.clone())
    }

    fn delete(
        _: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let outcome = on.write::<DeleteSubnet>(json!({"SubnetId": physical.id}));
        on.unless_gone(outcome, &["InvalidSubnetID.NotFound"])
    }
}
