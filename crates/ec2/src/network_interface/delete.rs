//! `DeleteNetworkInterface`

use cloud::{Act, Fault};

use super::{NetworkInterfaceRow, remove};
use crate::describe::delete_operation;

delete_operation!(DeleteNetworkInterface { network_interface_id } of NetworkInterfaceRow = delete);

fn delete(act: &mut Act<'_, '_>, interface: &NetworkInterfaceRow) -> Result<(), Fault> {
    if interface.attachment.is_some() {
        let text = format!("Network interface '{}' is currently in use.", interface.id);
        return Err(Fault::new("InvalidParameterValue", text));
    }
    remove(act, interface)
}
