//! `DeleteInternetGateway`

use cloud::{Act, Fault};

use super::InternetGatewayRow;
use crate::describe::{delete_operation, has_dependencies};
use crate::regional;

delete_operation!(DeleteInternetGateway { internet_gateway_id } of InternetGatewayRow = delete);

fn delete(act: &mut Act<'_, '_>, gateway: &InternetGatewayRow) -> Result<(), Fault> {
    if gateway.vpc_id.is_some() {
        return Err(has_dependencies("internetGateway", &gateway.id));
    }
    regional::delete::<InternetGatewayRow>(act, &gateway.id)
}
