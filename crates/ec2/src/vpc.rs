//! VPCs: the row, how it is shown and found; the operations are in the files below.

pub mod attribute;
pub mod create;
pub mod delete;
pub mod describe;
#[cfg(test)]
mod tests;

use cloud::Ask;
use names::AccountId;
use serde::{Deserialize, Serialize};

use crate::cidr::Cidr;
use crate::default_vpc;
use crate::demand::Key;
use crate::kind::Kind;
use crate::regional::{Regional, regional_row};
use crate::tag::{self, TagShape};

/// VPCs of an account in a region ("Amazon VPC quotas").
pub const MAX_VPCS: usize = 5;

/// A VPC.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VpcRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: String,
    /// `vpc-…`
    pub id: String,
    /// Its addresses.
    pub cidr: Cidr,
    /// `vpc-cidr-assoc-…`
    pub cidr_association_id: String,
    /// `default` or `dedicated`.
    pub tenancy: String,
    /// Whether it is the region's default VPC.
    pub is_default: bool,
    /// The DHCP options; `default` stands for none.
    pub dhcp_options_id: String,
    /// `enableDnsSupport`
    pub dns_support: bool,
    /// `enableDnsHostnames`
    pub dns_hostnames: bool,
    /// `enableNetworkAddressUsageMetrics`
    pub address_metrics: bool,
}

regional_row!(VpcRow, "ec2_vpc");

impl Regional for VpcRow {
    const KIND: Kind = Kind::Vpc;

    fn id(&self) -> &str {
        &self.id
    }

    fn given(account: AccountId, region: &str) -> Vec<Self> {
        default_vpc::vpc(account, region)
    }

    fn keys(&self) -> Vec<Key> {
        vec![("ec2:VpcID", self.id.clone()), ("ec2:Tenancy", self.tenancy.clone())]
    }
}

impl VpcRow {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        Kind::Vpc.arn(&self.region, self.account, &self.id)
    }
}

/// A VPC as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VpcShape {
    vpc_id: String,
    owner_id: AccountId,
    state: &'static str,
    cidr_block: Cidr,
    cidr_block_association_set: Vec<CidrBlockAssociation>,
    dhcp_options_id: String,
    tag_set: Vec<TagShape>,
    instance_tenancy: String,
    is_default: bool,
}

/// An address range of a VPC.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CidrBlockAssociation {
    cidr_block: Cidr,
    association_id: String,
    cidr_block_state: CidrBlockState,
}

/// How far a range is.
#[derive(Debug, Serialize)]
pub struct CidrBlockState {
    state: &'static str,
}

impl VpcShape {
    /// How `vpc` is shown in a state.
    #[must_use]
    pub fn new(ask: &Ask<'_>, vpc: &VpcRow, state: &'static str) -> Self {
        Self {
            vpc_id: vpc.id.clone(),
            owner_id: vpc.account,
            state,
            cidr_block: vpc.cidr,
            cidr_block_association_set: vec![CidrBlockAssociation {
                cidr_block: vpc.cidr,
                association_id: vpc.cidr_association_id.clone(),
                cidr_block_state: CidrBlockState { state: "associated" },
            }],
            dhcp_options_id: vpc.dhcp_options_id.clone(),
            tag_set: tag::shown(ask, &vpc.id),
            instance_tenancy: vpc.tenancy.clone(),
            is_default: vpc.is_default,
        }
    }
}
