//! Gateway endpoints: their routes in route tables.

use cloud::{Act, Fault};

use super::VpcEndpointRow;
use crate::prefix_list;
use crate::regional;
use crate::route_table::route::{Destination, Route, Target};
use crate::route_table::{RouteTableRow, different_networks};

/// Adds the endpoint's route to a table, and the table to the endpoint.
///
/// # Errors
/// For a table of another VPC, and one that has such a route (github.com/eksctl-io/eksctl issue 4377).
pub fn add(
    act: &mut Act<'_, '_>,
    endpoint: &mut VpcEndpointRow,
    table_id: &str,
) -> Result<(), Fault> {
    let table = regional::find::<RouteTableRow>(&act.ask(), table_id)?;
    if table.vpc_id != endpoint.vpc_id {
        return Err(different_networks(table_id, "VPC endpoint", &endpoint.id));
    }
    let list = prefix_list::of_service(&endpoint.region, &endpoint.service_name);
    let list = list.map(|list| list.id).unwrap_or_default();
    let destination = Destination::PrefixList(list.clone());
    if table.routes.iter().any(|route| route.destination == destination) {
        let text = format!(
            "route table {table_id} already has a route with destination-prefix-list-id {list}"
        );
        return Err(Fault::new("RouteAlreadyExists", text));
    }
    let mut table = (*table).clone();
    let target = Target::VpcEndpoint(endpoint.id.clone());
    table.routes.push(Route { destination, target });
    regional::put(act, table)?;
    endpoint.route_table_ids.push(table_id.to_owned());
    Ok(())
}

/// Takes the endpoint's route out of a table, and the table from the endpoint.
///
/// # Errors
/// A limit of the store.
pub fn remove(
    act: &mut Act<'_, '_>,
    endpoint: &mut VpcEndpointRow,
    table_id: &str,
) -> Result<(), Fault> {
    endpoint.route_table_ids.retain(|id| id != table_id);
    let Some(table) = regional::get::<RouteTableRow>(&act.ask(), table_id) else { return Ok(()) };
    let mut table = (*table).clone();
    table.routes.retain(|route| route.target != Target::VpcEndpoint(endpoint.id.clone()));
    regional::put(act, table)
}

/// Takes a table that is deleted from the endpoints that have a route in it.
///
/// # Errors
/// A limit of the store.
pub fn forget_table(act: &mut Act<'_, '_>, table_id: &str) -> Result<(), Fault> {
    for endpoint in regional::all::<VpcEndpointRow>(&act.ask()) {
        if endpoint.route_table_ids.iter().any(|id| id == table_id) {
            let mut endpoint = (*endpoint).clone();
            endpoint.route_table_ids.retain(|id| id != table_id);
            regional::put(act, endpoint)?;
        }
    }
    Ok(())
}
