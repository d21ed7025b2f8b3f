//! Security groups: the row, how it is shown and found; rules and operations are in the files below.

pub mod authorize;
pub mod create;
pub mod delete;
pub mod describe;
pub mod permission;
pub mod revoke;
pub mod rule;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use cloud::{Ask, Fault};
use names::AccountId;
use serde::{Deserialize, Serialize};

use crate::default_vpc;
use crate::demand::Key;
use crate::kind::Kind;
use crate::regional::{self, Regional, regional_row};
use crate::tag::{self, TagShape};
use crate::vpc::VpcRow;
use permission::{Permission, grouped};
use rule::Rule;

/// Security groups of an account in a region ("Amazon VPC quotas").
pub const MAX_GROUPS: usize = 2500;
/// Rules of a group in each direction and family of addresses ("Amazon VPC quotas").
pub const MAX_RULES: usize = 60;

/// The group that every VPC has.
pub const DEFAULT: &str = "default";

/// A security group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SecurityGroupRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: String,
    /// `sg-…`
    pub id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Its name.
    pub name: String,
    /// What it is for, in words.
    pub description: String,
    /// Its rules in both directions, in the order in which they came.
    pub rules: Vec<Rule>,
}

regional_row!(SecurityGroupRow, "ec2_security_group");

impl Regional for SecurityGroupRow {
    const KIND: Kind = Kind::SecurityGroup;

    fn id(&self) -> &str {
        &self.id
    }

    fn given(account: AccountId, region: &str) -> Vec<Self> {
        default_vpc::security_group(account, region)
    }

    fn keys(&self) -> Vec<Key> {
        vec![
            ("ec2:Vpc", Kind::Vpc.arn(&self.region, self.account, &self.vpc_id)),
            ("ec2:SecurityGroupID", self.id.clone()),
        ]
    }
}

impl SecurityGroupRow {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        Kind::SecurityGroup.arn(&self.region, self.account, &self.id)
    }

    /// Whether a rule of it names the group `id`.
    #[must_use]
    pub fn refers_to(&self, id: &str) -> bool {
        self.rules.iter().any(|rule| rule.peer.group() == Some(id))
    }

    /// Its rules in one direction.
    pub fn rules(&self, egress: bool) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(move |rule| rule.egress == egress)
    }
}

/// The default group of a VPC.
///
/// # Errors
/// `InternalError`: every VPC has one.
pub fn default_of(ask: &Ask<'_>, vpc_id: &str) -> Result<Arc<SecurityGroupRow>, Fault> {
    named(ask, vpc_id, DEFAULT)
        .ok_or_else(|| Fault::new("InternalError", format!("{vpc_id} has no default group")))
}

/// The group of this name in a VPC.
#[must_use]
pub fn named(ask: &Ask<'_>, vpc_id: &str, name: &str) -> Option<Arc<SecurityGroupRow>> {
    let mut all = regional::all::<SecurityGroupRow>(ask).into_iter();
    all.find(|group| group.vpc_id == vpc_id && group.name == name)
}

/// The group that a request means by id, or by name in the default VPC; none if it names neither.
///
/// # Errors
/// For one that does not exist.
pub fn meant(
    ask: &Ask<'_>,
    id: Option<&str>,
    name: Option<&str>,
) -> Result<Option<Arc<SecurityGroupRow>>, Fault> {
    match (id, name) {
        (Some(id), _) => regional::find(ask, id).map(Some),
        (None, Some(name)) => {
            let mut vpcs = regional::all::<VpcRow>(ask).into_iter();
            let Some(vpc) = vpcs.find(|vpc| vpc.is_default) else {
                return Err(create::no_default_vpc());
            };
            let text =
                format!("The security group '{name}' does not exist in default VPC '{}'", vpc.id);
            let found = named(ask, &vpc.id, name);
            found.map(Some).ok_or_else(|| Fault::new("InvalidGroup.NotFound", text))
        }
        (None, None) => Ok(None),
    }
}

/// A security group as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityGroupShape {
    owner_id: AccountId,
    group_id: String,
    group_name: String,
    group_description: String,
    vpc_id: String,
    security_group_arn: String,
    ip_permissions: Vec<Permission>,
    ip_permissions_egress: Vec<Permission>,
    tag_set: Vec<TagShape>,
}

impl SecurityGroupShape {
    /// How `group` is shown.
    #[must_use]
    pub fn new(ask: &Ask<'_>, group: &SecurityGroupRow) -> Self {
        Self {
            owner_id: group.account,
            group_id: group.id.clone(),
            group_name: group.name.clone(),
            group_description: group.description.clone(),
            vpc_id: group.vpc_id.clone(),
            security_group_arn: group.arn(),
            ip_permissions: grouped(group.rules(false)),
            ip_permissions_egress: grouped(group.rules(true)),
            tag_set: tag::shown(ask, &group.id),
        }
    }
}
