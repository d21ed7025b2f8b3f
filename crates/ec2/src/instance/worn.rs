//! What an instance wears: its profile and the role in it, as whoever looks sees them, and what goes with the
//! role's credentials when they are delivered to the instance.

use std::sync::Arc;

use cloud::Sight;
use cloud::iam::instance_profile::{self, InstanceProfileRow};
use cloud::iam::role;

use super::InstanceRow;

/// The role that an instance's credentials are of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
}

/// The profile that an instance was given, as long as it is the same one.
#[must_use]
pub fn profile<'v>(sight: Sight<'v>, row: &InstanceRow) -> Option<&'v Arc<InstanceProfileRow>> {
    let association = row.profile.as_ref()?;
    let name = association.profile_arn.rsplit('/').next()?;
    let profile = instance_profile::find_as(sight, row.account, name).ok()?;
    (profile.id == association.profile_id).then_some(profile)
}

/// The role in that profile.
#[must_use]
pub fn role(sight: Sight<'_>, row: &InstanceRow) -> Option<Role> {
    let name = profile(sight, row)?.role.as_ref()?;
    // A role that EC2 has not heard of yet is asked for all the same: STS refuses it.
    let arn = match role::find_as(sight, row.account, name) {
        Ok(role) => role.arn.clone(),
        Err(_) => format!("arn:aws:iam::{}:role/{name}", row.account),
    };
    Some(Role { name: name.clone(), arn })
}

/// What goes with every request of the role's session (user guide, "global condition context keys"; service
/// authorization reference of EC2). `delivery` is the version of the metadata service: `1.0` or `2.0`.
#[must_use]
pub fn context(row: &InstanceRow, delivery: &str) -> Vec<(String, String)> {
    let keys = [
        ("ec2:SourceInstanceARN", row.arn()),
        ("ec2:RoleDelivery", delivery.to_owned()),
        ("aws:Ec2InstanceSourceVpc", row.vpc_id.to_string()),
        ("aws:Ec2InstanceSourcePrivateIPv4", row.private_ip.to_string()),
    ];
    keys.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
