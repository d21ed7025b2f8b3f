//! `DeleteDhcpOptions`

use cloud::{Act, Fault};

use super::DhcpOptionsRow;
use crate::describe::{delete_operation, has_dependencies};
use crate::regional;
use crate::vpc::VpcRow;

delete_operation!(DeleteDhcpOptions { dhcp_options_id } of DhcpOptionsRow = delete);

fn delete(act: &mut Act<'_, '_>, options: &DhcpOptionsRow) -> Result<(), Fault> {
    let vpcs = regional::all::<VpcRow>(&act.ask());
    if vpcs.iter().any(|vpc| vpc.dhcp_options_id == options.id) {
        return Err(has_dependencies("dhcpOptions", &options.id));
    }
    regional::delete::<DhcpOptionsRow>(act, &options.id)
}
