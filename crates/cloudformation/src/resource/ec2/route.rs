//! `AWS::EC2::Route`

use cloud::Fault;
use ec2::route_table::route::{CreateRoute, DeleteRoute, ReplaceRoute};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::attributes;
use crate::resource::{Physical, Provision, ResourceType};

/// A route.
#[derive(Debug)]
pub struct Route;

/// Its properties, which are the parameters of `CreateRoute`: what that does not model it refuses by name.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Properties {
    route_table_id: String,
    destination_cidr_block: Option<String>,
    destination_ipv6_cidr_block: Option<String>,
    destination_prefix_list_id: Option<String>,
    gateway_id: Option<String>,
    nat_gateway_id: Option<String>,
    network_interface_id: Option<String>,
    instance_id: Option<String>,
    egress_only_internet_gateway_id: Option<String>,
    transit_gateway_id: Option<String>,
    vpc_peering_connection_id: Option<String>,
    vpc_endpoint_id: Option<String>,
    local_gateway_id: Option<String>,
    carrier_gateway_id: Option<String>,
    core_network_arn: Option<String>,
}

impl Properties {
    fn destination(&self) -> &str {
        let given = [
            &self.destination_cidr_block,
            &self.destination_ipv6_cidr_block,
            &self.destination_prefix_list_id,
        ];
        given.into_iter().flatten().next().map(String::as_str).unwrap_or_default()
    }
}

impl ResourceType for Route {
    const NAME: &'static str = "AWS::EC2::Route";
    type Properties = Properties;

    /// The id joins what identifies it (the schema's `primaryIdentifier`).
    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        on.write::<CreateRoute>(json!(properties))?;
        let id = format!("{}|{}", properties.route_table_id, properties.destination());
        let attributes = attributes([("CidrBlock", json!(properties.destination()))]);
        Ok(Physical { id, attributes })
    }

    fn update(
        _: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        on.write::<ReplaceRoute>(json!(new))?;
        Ok(physical.clone())
    }

    fn delete(
        properties: Properties,
        _: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let outcome = on.write::<DeleteRoute>(json!({
            "RouteTableId": properties.route_table_id,
            "DestinationCidrBlock": properties.destination_cidr_block,
            "DestinationIpv6CidrBlock": properties.destination_ipv6_cidr_block,
            "DestinationPrefixListId": properties.destination_prefix_list_id,
        }));
        on.unless_gone(outcome, &["InvalidRoute.NotFound", "InvalidRouteTableID.NotFound"])
    }
}
