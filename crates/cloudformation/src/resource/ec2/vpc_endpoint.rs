//! `AWS::EC2::VPCEndpoint`

use cloud::Fault;
use cloud::tag::Tag;
use ec2::vpc_endpoint::create::CreateVpcEndpoint;
use ec2::vpc_endpoint::delete::DeleteVpcEndpoints;
use ec2::vpc_endpoint::describe::DescribeVpcEndpoints;
use ec2::vpc_endpoint::modify::ModifyVpcEndpoint;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{attributes, retag, tagged, text, told};
use crate::resource::iam::{difference, document};
use crate::resource::{Attributes, Physical, Progress, Provision, ResourceType};

/// An endpoint of a VPC.
#[derive(Debug)]
pub struct VpcEndpoint;

/// Its properties.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Properties {
    vpc_id: String,
    service_name: Option<String>,
    vpc_endpoint_type: Option<String>,
    policy_document: Option<Value>,
    #[serde(default)]
    route_table_ids: Vec<String>,
    #[serde(default)]
    subnet_ids: Vec<String>,
    #[serde(default)]
    security_group_ids: Vec<String>,
    private_dns_enabled: Option<bool>,
    ip_address_type: Option<String>,
    dns_options: Option<Value>,
    service_network_arn: Option<String>,
    resource_configuration_arn: Option<String>,
    service_region: Option<String>,
    tags: Option<Vec<Tag>>,
}

impl Properties {
    fn policy(&self) -> Option<String> {
        self.policy_document.as_ref().map(document)
    }
}

fn look(physical: &Physical, on: &mut Provision<'_, '_, '_>) -> Result<Value, Fault> {
    let input = json!({"VpcEndpointId": [physical.id]});
    told::<DescribeVpcEndpoints>(on, input, "vpcEndpointSet")
}

/// What changes of an endpoint; `null` for what does not.
fn change(id: &str, old: &Properties, new: &Properties) -> Value {
    let (tables, no_tables) = difference(&old.route_table_ids, &new.route_table_ids);
    let (subnets, no_subnets) = difference(&old.subnet_ids, &new.subnet_ids);
    let (groups, no_groups) = difference(&old.security_group_ids, &new.security_group_ids);
    let is_open = old.policy_document.is_some() && new.policy_document.is_none();
    let differs = |is: bool| is.then_some(());
    json!({
        "VpcEndpointId": id,
        "ResetPolicy": is_open,
        "PolicyDocument": differs(old.policy_document != new.policy_document).and(new.policy()),
        "AddRouteTableId": tables,
        "RemoveRouteTableId": no_tables,
        "AddSubnetId": subnets,
        "RemoveSubnetId": no_subnets,
        "AddSecurityGroupId": groups,
        "RemoveSecurityGroupId": no_groups,
        "PrivateDnsEnabled": differs(old.private_dns_enabled != new.private_dns_enabled)
            .map(|()| new.private_dns_enabled.unwrap_or(false)),
        "IpAddressType": differs(old.ip_address_type != new.ip_address_type)
            .and(new.ip_address_type.as_ref()),
        "DnsOptions": differs(old.dns_options != new.dns_options).and(new.dns_options.as_ref()),
    })
}

impl ResourceType for VpcEndpoint {
    const NAME: &'static str = "AWS::EC2::VPCEndpoint";
    type Properties = Properties;

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let answer = on.write::<CreateVpcEndpoint>(json!({
            "VpcId": properties.vpc_id,
            "ServiceName": properties.service_name,
            "VpcEndpointType": properties.vpc_endpoint_type,
            "PolicyDocument": properties.policy(),
            "RouteTableId": properties.route_table_ids,
            "SubnetId": properties.subnet_ids,
            "SecurityGroupId": properties.security_group_ids,
            "PrivateDnsEnabled": properties.private_dns_enabled,
            "IpAddressType": properties.ip_address_type,
            "DnsOptions": properties.dns_options,
            "ServiceNetworkArn": properties.service_network_arn,
            "ResourceConfigurationArn": properties.resource_configuration_arn,
            "ServiceRegion": properties.service_region,
            "TagSpecification": tagged("vpc-endpoint", properties.tags.as_deref()),
        }))?;
        let id = text(&answer, "/vpcEndpoint/vpcEndpointId")?;
        let attributes = attributes([("Id", json!(id))]);
        Ok(Physical { id, attributes })
    }

    /// One that its service's owner must accept first is made; the owner may take days (AWS PrivateLink guide,
    /// "Accept or reject connection requests").
    fn created(physical: &Physical, on: &mut Provision<'_, '_, '_>) -> Result<Progress, Fault> {
        let endpoint = look(physical, on)?;
        let entries = endpoint.get("dnsEntrySet").and_then(Value::as_array);
        let part = |entry: &Value, name: &str| {
            entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        // "HostedZoneId:DnsName" (user guide, `AWS::EC2::VPCEndpoint`, return values)
        let names = entries
            .into_iter()
            .flatten()
            .map(|entry| format!("{}:{}", part(entry, "hostedZoneId"), part(entry, "dnsName")));
        Ok(Progress::Done(attributes([
            ("CreationTimestamp", json!(endpoint.get("creationTimestamp"))),
            ("NetworkInterfaceIds", json!(endpoint.get("networkInterfaceIdSet"))),
            ("DnsEntries", names.collect()),
        ])))
    }

    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        on.write::<ModifyVpcEndpoint>(change(&physical.id, &old, &new))?;
        retag(on, &physical.id, old.tags.as_deref(), new.tags.as_deref())?;
        Ok(physical.clone())
    }

    fn delete(
        _: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let answer = on.write::<DeleteVpcEndpoints>(json!({"VpcEndpointId": [physical.id]}))?;
        let error = answer.pointer("/unsuccessful/0/error");
        let part = |name: &str| error.and_then(|error| error.get(name)).and_then(Value::as_str);
        match part("code") {
            None | Some("InvalidVpcEndpoint.NotFound" | "InvalidVpcEndpointId.NotFound") => Ok(()),
            Some(_) => Err(Fault::new("InvalidRequest", part("message").unwrap_or_default())),
        }
    }

    fn deleted(physical: &Physical, on: &mut Provision<'_, '_, '_>) -> Result<Progress, Fault> {
        match look(physical, on) {
            Ok(endpoint) if endpoint.get("state") != Some(&json!("deleted")) => {
                Ok(Progress::Pending)
            }
            // One that nobody knows of any more is gone.
            _ => Ok(Progress::Done(Attributes::new())),
        }
    }
}
