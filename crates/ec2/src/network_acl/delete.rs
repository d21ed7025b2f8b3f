//! `DeleteNetworkAcl`

use cloud::{Act, Fault};

use super::{NetworkAclRow, subnets};
use crate::describe::{delete_operation, has_dependencies};
use crate::regional;

delete_operation!(DeleteNetworkAcl { network_acl_id } of NetworkAclRow = delete);

fn delete(act: &mut Act<'_, '_>, acl: &NetworkAclRow) -> Result<(), Fault> {
    if acl.is_default {
        let text = format!("cannot delete default network ACL {}", acl.id);
        return Err(Fault::new("InvalidParameterValue", text));
    }
    if !subnets(&act.ask(), acl).is_empty() {
        return Err(has_dependencies("networkAcl", &acl.id));
    }
    regional::delete::<NetworkAclRow>(act, &acl.id)
}
