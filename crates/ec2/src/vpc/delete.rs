//! `DeleteVpc`

use cloud::{Act, Ask, Fault};

use super::VpcRow;
use crate::describe::{delete_operation, has_dependencies};
use crate::internet_gateway;
use crate::network_acl::{self, NetworkAclRow};
use crate::network_interface::NetworkInterfaceRow;
use crate::regional;
use crate::route_table::{self, RouteTableRow};
use crate::security_group::delete::forget_rules;
use crate::security_group::{self, SecurityGroupRow};
use crate::subnet::SubnetRow;
use crate::vpc_endpoint::VpcEndpointRow;

delete_operation!(DeleteVpc { vpc_id } of VpcRow = delete);

/// With the VPC goes what it has from its creation.
fn delete(act: &mut Act<'_, '_>, vpc: &VpcRow) -> Result<(), Fault> {
    if is_used(&act.ask(), &vpc.id) {
        return Err(has_dependencies("vpc", &vpc.id));
    }
    for table in route_table::of_vpc(&act.ask(), &vpc.id) {
        regional::delete::<RouteTableRow>(act, &table.id)?;
    }
    let group = security_group::default_of(&act.ask(), &vpc.id)?;
    forget_rules(act, &group)?;
    regional::delete::<SecurityGroupRow>(act, &group.id)?;
    let acl = network_acl::default_of(&act.ask(), &vpc.id)?;
    regional::delete::<NetworkAclRow>(act, &acl.id)?;
    regional::delete::<VpcRow>(act, &vpc.id)
}

/// Whether there is anything in the VPC that somebody has put there.
fn is_used(ask: &Ask<'_>, id: &str) -> bool {
    let subnets = regional::all::<SubnetRow>(ask);
    let groups = regional::all::<SecurityGroupRow>(ask);
    let interfaces = regional::all::<NetworkInterfaceRow>(ask);
    let endpoints = regional::all::<VpcEndpointRow>(ask);
    subnets.iter().any(|subnet| subnet.vpc_id == id)
        || groups.iter().any(|it| it.vpc_id == id && it.name != security_group::DEFAULT)
        || interfaces.iter().any(|interface| interface.vpc_id == id)
        || endpoints.iter().any(|endpoint| endpoint.vpc_id == id)
        || route_table::of_vpc(ask, id).iter().any(|table| !table.is_main())
        || network_acl::of_vpc(ask, id).iter().any(|acl| !acl.is_default)
        || internet_gateway::of_vpc(ask, id).is_some()
}
