//! `AWS::EC2::RouteTable` and `AWS::EC2::SubnetRouteTableAssociation`

use cloud::Fault;
use cloud::tag::Tag;
use ec2::route_table::association::{AssociateRouteTable, DisassociateRouteTable};
use ec2::route_table::create::CreateRouteTable;
use ec2::route_table::delete::DeleteRouteTable;
use serde::Deserialize;
use serde_json::json;

use super::{attributes, retag, tagged, text};
use crate::resource::{Physical, Provision, ResourceType};

/// A route table.
#[derive(Debug)]
pub struct RouteTable;

/// Its properties.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TableProperties {
    vpc_id: String,
    tags: Option<Vec<Tag>>,
}

impl ResourceType for RouteTable {
    const NAME: &'static str = "AWS::EC2::RouteTable";
    type Properties = TableProperties;

    fn create(
        properties: TableProperties,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        let answer = on.write::<CreateRouteTable>(json!({
            "VpcId": properties.vpc_id,
            "TagSpecification": tagged("route-table", properties.tags.as_deref()),
        }))?;
        let id = text(&answer, "/routeTable/routeTableId")?;
        let attributes = attributes([("RouteTableId", json!(id))]);
        Ok(Physical { id, attributes })
    }

    fn update(
        old: TableProperties,
        new: TableProperties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        retag(on, &physical.id, old.tags.as_deref(), new.tags.as_deref())?;
        Ok(physical.clone())
    }

    fn delete(
        _: TableProperties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let outcome = on.write::<DeleteRouteTable>(json!({"RouteTableId": physical.id}));
        on.unless_gone(outcome, &["InvalidRouteTableID.NotFound"])
    }
}

/// That a subnet uses a route table.
#[derive(Debug)]
pub struct SubnetRouteTableAssociation;

/// Its properties.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AssociationProperties {
    route_table_id: String,
    subnet_id: String,
}

impl ResourceType for SubnetRouteTableAssociation {
    const NAME: &'static str = "AWS::EC2::SubnetRouteTableAssociation";
    type Properties = AssociationProperties;

    fn create(
        properties: AssociationProperties,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        let answer = on.write::<AssociateRouteTable>(json!({
            "RouteTableId": properties.route_table_id,
            "SubnetId": properties.subnet_id,
        }))?;
        let id = text(&answer, "/associationId")?;
        let attributes = attributes([("Id", json!(id))]);
        Ok(Physical { id, attributes })
    }

    /// Every property replaces it.
    fn update(
        _: AssociationProperties,
        _: AssociationProperties,
        physical: &Physical,
        _: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        Ok(physical.clone())
    }

    fn delete(
        _: AssociationProperties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let outcome = on.write::<DisassociateRouteTable>(json!({"AssociationId": physical.id}));
        on.unless_gone(outcome, &["InvalidAssociationID.NotFound"])
    }
}
