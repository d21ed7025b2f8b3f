//! `DeleteRouteTable`

use cloud::{Act, Fault};

use super::RouteTableRow;
use crate::describe::{delete_operation, has_dependencies};
use crate::regional;
use crate::vpc_endpoint::route;

delete_operation!(DeleteRouteTable { route_table_id } of RouteTableRow = delete);

fn delete(act: &mut Act<'_, '_>, table: &RouteTableRow) -> Result<(), Fault> {
    if !table.associations.is_empty() {
        return Err(has_dependencies("routeTable", &table.id));
    }
    route::forget_table(act, &table.id)?;
    regional::delete::<RouteTableRow>(act, &table.id)
}
