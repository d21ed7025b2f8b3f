//! Network ACLs: each VPC's default one, and others. They are kept and shown; no packet is held against them.

pub mod association;
pub mod create;
pub mod delete;
pub mod describe;
pub mod entry;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use cloud::{Ask, Fault};
use names::AccountId;
use serde::{Deserialize, Serialize};

use crate::default_vpc;
use crate::demand::Key;
use crate::kind::Kind;
use crate::network_acl::entry::{Entry, EntryShape};
use crate::regional::{self, Regional, regional_row};
use crate::subnet::SubnetRow;
use crate::tag::{self, TagShape};

/// Network ACLs that a VPC can have ("Amazon VPC quotas").
const MAX_ACLS: usize = 200;

/// A network ACL.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NetworkAclRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: String,
    /// `acl-…`
    pub id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Whether it is the VPC's default.
    pub is_default: bool,
    /// Its entries, but for the last of each direction, which denies the rest. Rows that do not say are of default
    /// ACLs that nobody could change.
    #[serde(default = "entry::of_default")]
    pub entries: Vec<Entry>,
}

regional_row!(NetworkAclRow, "ec2_network_acl");

impl Regional for NetworkAclRow {
    const KIND: Kind = Kind::NetworkAcl;

    fn id(&self) -> &str {
        &self.id
    }

    fn given(account: AccountId, region: &str) -> Vec<Self> {
        default_vpc::network_acl(account, region)
    }

    fn keys(&self) -> Vec<Key> {
        vec![
            ("ec2:Vpc", Kind::Vpc.arn(&self.region, self.account, &self.vpc_id)),
            ("ec2:NetworkAclID", self.id.clone()),
        ]
    }
}

/// The default ACL of a VPC.
///
/// # Errors
/// `InternalError`: every VPC has one.
pub fn default_of(ask: &Ask<'_>, vpc_id: &str) -> Result<Arc<NetworkAclRow>, Fault> {
    let mut all = regional::all::<NetworkAclRow>(ask).into_iter();
    all.find(|acl| acl.vpc_id == vpc_id && acl.is_default)
        .ok_or_else(|| Fault::new("InternalError", format!("{vpc_id} has no default network ACL")))
}

impl NetworkAclRow {
    /// Its entries as EC2 answers them: those that apply to what leaves first, each by its number.
    #[must_use]
    pub fn shown_entries(&self) -> Vec<EntryShape> {
        let last = [true, false].into_iter().map(Entry::last);
        let mut all: Vec<Entry> = self.entries.iter().cloned().chain(last).collect();
        all.sort_by_key(|entry| (!entry.egress, entry.rule_number));
        all.iter().map(EntryShape::new).collect()
    }
}

/// A network ACL as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkAclShape {
    network_acl_id: String,
    vpc_id: String,
    owner_id: AccountId,
    default: bool,
    entry_set: Vec<EntryShape>,
    association_set: Vec<AssociationShape>,
    tag_set: Vec<TagShape>,
}

/// What an ACL is for, as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationShape {
    network_acl_association_id: String,
    network_acl_id: String,
    subnet_id: String,
}

/// The ACLs of a VPC.
#[must_use]
pub fn of_vpc(ask: &Ask<'_>, vpc_id: &str) -> Vec<Arc<NetworkAclRow>> {
    let mut all = regional::all::<NetworkAclRow>(ask);
    all.retain(|acl| acl.vpc_id == vpc_id);
    all
}

/// The subnets that an ACL is for.
#[must_use]
pub fn subnets(ask: &Ask<'_>, acl: &NetworkAclRow) -> Vec<Arc<SubnetRow>> {
    let mut all = regional::all::<SubnetRow>(ask);
    all.retain(|subnet| subnet.acl_id == acl.id);
    all
}

impl NetworkAclShape {
    /// How `acl` is shown.
    #[must_use]
    pub fn new(ask: &Ask<'_>, acl: &NetworkAclRow) -> Self {
        let association = |subnet: &Arc<SubnetRow>| AssociationShape {
            network_acl_association_id: subnet.acl_association_id.clone(),
            network_acl_id: acl.id.clone(),
            subnet_id: subnet.id.clone(),
        };
        Self {
            network_acl_id: acl.id.clone(),
            vpc_id: acl.vpc_id.clone(),
            owner_id: acl.account,
            default: acl.is_default,
            entry_set: acl.shown_entries(),
            association_set: subnets(ask, acl).iter().map(association).collect(),
            tag_set: tag::shown(ask, &acl.id),
        }
    }
}
