//! NAT gateways: the row, how it is shown; the operations are in the files below.

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::kind::Kind;
use crate::regional::{Regional, regional_row};

/// A NAT gateway.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NatGatewayRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: String,
    /// `nat-…`
    pub id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Its subnet.
    pub subnet_id: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it was deleted: it is shown for a while longer.
    pub deleted: Option<Timestamp>,
}

regional_row!(NatGatewayRow, "ec2_nat_gateway");

impl Regional for NatGatewayRow {
    const KIND: Kind = Kind::NatGateway;

    fn id(&self) -> &str {
        &self.id
    }
}

impl NatGatewayRow {
    /// Whether it is not deleted.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.deleted.is_none()
    }
}
