//! DHCP options: the row, how it is shown; the operations are in the files below.

pub mod associate;
pub mod create;
pub mod delete;
pub mod describe;
#[cfg(test)]
mod tests;

use cloud::Ask;
use names::AccountId;
use serde::{Deserialize, Serialize};

use crate::default_vpc;
use crate::demand::Key;
use crate::kind::Kind;
use crate::regional::{Regional, regional_row};
use crate::tag::{self, TagShape};

/// DHCP options.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DhcpOptionsRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: String,
    /// `dopt-…`
    pub id: String,
    /// The options.
    pub options: Vec<DhcpOption>,
}

/// One option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DhcpOption {
    /// Its name, such as `domain-name`.
    pub key: String,
    /// Its values.
    pub values: Vec<String>,
}

regional_row!(DhcpOptionsRow, "ec2_dhcp_options");

impl Regional for DhcpOptionsRow {
    const KIND: Kind = Kind::DhcpOptions;

    fn id(&self) -> &str {
        &self.id
    }

    fn given(account: AccountId, region: &str) -> Vec<Self> {
        default_vpc::dhcp_options(account, region)
    }

    fn keys(&self) -> Vec<Key> {
        vec![("ec2:DhcpOptionsID", self.id.clone())]
    }
}

/// DHCP options as EC2 answers them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DhcpOptionsShape {
    dhcp_options_id: String,
    owner_id: AccountId,
    dhcp_configuration_set: Vec<ConfigurationShape>,
    tag_set: Vec<TagShape>,
}

/// One option as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigurationShape {
    key: String,
    value_set: Vec<ValueShape>,
}

/// A value in a structure of its own.
#[derive(Debug, Serialize)]
pub struct ValueShape {
    value: String,
}

impl DhcpOptionsShape {
    /// How `options` are shown.
    #[must_use]
    pub fn new(ask: &Ask<'_>, options: &DhcpOptionsRow) -> Self {
        let value = |value: &String| ValueShape { value: value.clone() };
        let shape = |option: &DhcpOption| ConfigurationShape {
            key: option.key.clone(),
            value_set: option.values.iter().map(value).collect(),
        };
        Self {
            dhcp_options_id: options.id.clone(),
            owner_id: options.account,
            dhcp_configuration_set: options.options.iter().map(shape).collect(),
            tag_set: tag::shown(ask, &options.id),
        }
    }
}
