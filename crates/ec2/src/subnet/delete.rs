//! `DeleteSubnet`

use cloud::{Act, Fault};

use super::SubnetRow;
use crate::describe::{delete_operation, has_dependencies};
use crate::network_interface::address;
use crate::regional;
use crate::route_table::association;

delete_operation!(DeleteSubnet { subnet_id } of SubnetRow = delete);

fn delete(act: &mut Act<'_, '_>, subnet: &SubnetRow) -> Result<(), Fault> {
    if address::taken(&act.ask(), &subnet.id).next().is_some() {
        return Err(has_dependencies("subnet", &subnet.id));
    }
    association::forget_subnet(act, &subnet.id)?;
    regional::delete::<SubnetRow>(act, &subnet.id)
}
