//! Network ACLs: each VPC's default one. Others cannot be made: their operations are not modelled.

pub mod describe;

use std::sync::Arc;

use cloud::{Ask, Fault};
use names::AccountId;
use serde::{Deserialize, Serialize};

use crate::default_vpc;
use crate::demand::Key;
use crate::kind::Kind;
use crate::regional::{self, Regional, regional_row};
use crate::subnet::SubnetRow;
use crate::tag::{self, TagShape};

/// The number of the entry that lets everything through.
const ALLOW_ALL: i32 = 100;
/// The number of the entry that nothing passes, `*` in the console.
const DENY_REST: i32 = 32767;

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

/// An entry as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryShape {
    pub(crate) rule_number: i32,
    pub(crate) protocol: &'static str,
    pub(crate) rule_action: &'static str,
    pub(crate) egress: bool,
    pub(crate) cidr_block: &'static str,
}

/// What an ACL is for, as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationShape {
    network_acl_association_id: String,
    network_acl_id: String,
    subnet_id: String,
}

/// The entries of a default ACL: everything may pass ("Default network ACL", VPC user guide).
#[must_use]
pub fn entries() -> Vec<EntryShape> {
    let entry = |egress, rule_number, rule_action| EntryShape {
        rule_number,
        protocol: "-1",
        rule_action,
        egress,
        cidr_block: "0.0.0.0/0",
    };
    let both = [true, false].into_iter();
    both.flat_map(|egress| [entry(egress, ALLOW_ALL, "allow"), entry(egress, DENY_REST, "deny")])
        .collect()
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
            entry_set: entries(),
            association_set: subnets(ask, acl).iter().map(association).collect(),
            tag_set: tag::shown(ask, &acl.id),
        }
    }
}
