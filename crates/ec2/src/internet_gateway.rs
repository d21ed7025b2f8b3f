//! Internet gateways: the row, how it is shown; the operations are in the files below.

pub mod attach;
pub mod create;
pub mod delete;
pub mod describe;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use cloud::Ask;
use names::AccountId;
use serde::{Deserialize, Serialize};

use crate::default_vpc;
use crate::demand::Key;
use crate::kind::Kind;
use crate::regional::{self, Regional, regional_row};
use crate::tag::{self, TagShape};

/// Internet gateways of an account in a region ("Amazon VPC quotas": as many as VPCs).
pub const MAX_GATEWAYS: usize = crate::vpc::MAX_VPCS;

/// An internet gateway.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InternetGatewayRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: String,
    /// `igw-…`
    pub id: String,
    /// The VPC that it is attached to.
    pub vpc_id: Option<String>,
}

regional_row!(InternetGatewayRow, "ec2_internet_gateway");

impl Regional for InternetGatewayRow {
    const KIND: Kind = Kind::InternetGateway;

    fn id(&self) -> &str {
        &self.id
    }

    fn given(account: AccountId, region: &str) -> Vec<Self> {
        default_vpc::internet_gateway(account, region)
    }

    fn keys(&self) -> Vec<Key> {
        vec![("ec2:InternetGatewayID", self.id.clone())]
    }
}

/// The gateway that is attached to a VPC.
#[must_use]
pub fn of_vpc(ask: &Ask<'_>, vpc_id: &str) -> Option<Arc<InternetGatewayRow>> {
    let mut all = regional::all::<InternetGatewayRow>(ask).into_iter();
    all.find(|gateway| gateway.vpc_id.as_deref() == Some(vpc_id))
}

/// An internet gateway as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InternetGatewayShape {
    internet_gateway_id: String,
    owner_id: AccountId,
    attachment_set: Vec<AttachmentShape>,
    tag_set: Vec<TagShape>,
}

/// An attachment as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentShape {
    vpc_id: String,
    state: &'static str,
}

impl InternetGatewayShape {
    /// How `gateway` is shown. An attached one is `available`, whatever the model's enumeration says
    /// (examples of the API reference).
    #[must_use]
    pub fn new(ask: &Ask<'_>, gateway: &InternetGatewayRow) -> Self {
        let attachment =
            |vpc_id: &String| AttachmentShape { vpc_id: vpc_id.clone(), state: "available" };
        Self {
            internet_gateway_id: gateway.id.clone(),
            owner_id: gateway.account,
            attachment_set: gateway.vpc_id.iter().map(attachment).collect(),
            tag_set: tag::shown(ask, &gateway.id),
        }
    }
}
