//! Instances. The row, what it is made of, and how it is found; the operations are in the files below.
//!
//! What an instance is *doing* follows from its row and the time alone ([`Life`]): nothing has to run for it
//! to get from `pending` to `running`.

pub mod attribute;
pub mod credit;
pub mod describe;
pub mod life;
pub mod metadata_options;
pub mod modify;
pub mod monitor;
pub mod power;
pub mod settings;
pub mod shape;
pub mod status;
pub mod terminate;
#[cfg(test)]
mod tests;
pub mod worn;

use std::borrow::Cow;
use std::net::Ipv4Addr;

use names::{AccountId, Timestamp, Word};
use serde::{Deserialize, Serialize};
use store::Row;

use crate::dns_name;
use crate::kind::Kind;
use crate::regional::{self, Regional};

pub use life::{Life, State};
pub use metadata_options::MetadataOptions;

/// The index of instances by the id of the association with their instance profile.
pub const ASSOCIATION_INDEX: &str = "profile_association";

/// An instance. Its tags are in a row of their own, as those of every resource ([`crate::tag`]).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InstanceRow {
    /// Its account.
    pub account: AccountId,
    /// Its region.
    pub region: Word,
    /// `i-…`
    pub id: String,
    /// `r-…`: what was launched together.
    pub reservation_id: Word,
    /// Which one of those it is, from 0 on.
    pub launch_index: u32,
    /// The image that it was launched from.
    pub image_id: Word,
    /// Such as `m5.large`.
    pub instance_type: Word,
    /// Where it is, what it is on.
    pub placement: Placement,
    /// When it was started last: `LaunchTime`.
    pub launched: Timestamp,
    /// What it is doing.
    pub life: Life,
    /// The VPC that it is in.
    pub vpc_id: Word,
    /// The subnet of its first network interface.
    pub subnet_id: Word,
    /// The first private address of its first network interface.
    pub private_ip: Ipv4Addr,
    /// Whether its first network interface has a public address of Amazon's while the instance runs.
    pub public_address: bool,
    /// Its network interfaces, in the order of their device indexes.
    pub network_interface_ids: Vec<String>,
    /// Its volumes with the names of their devices, the root volume first.
    pub devices: Vec<Device>,
    /// The instance profile that it wears.
    pub profile: Option<ProfileAssociation>,
    /// What its metadata service is like.
    pub metadata: MetadataOptions,
    /// The name of its key pair.
    pub key_name: Option<Word>,
    /// The public half of it, which the instance keeps when the key pair is deleted.
    #[serde(default)]
    pub public_key: Option<Word>,
    /// What it was given to start with, in base64.
    pub user_data: Option<Word>,
    /// The token that its launch was marked with.
    pub client_token: Option<Word>,
    /// The request for a Spot Instance that it fulfils; only Spot Instances have one.
    pub spot_request_id: Option<String>,
    /// The attributes that can be changed.
    pub attributes: Attributes,
}

/// Where an instance is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// Such as `us-east-1a`.
    pub zone: Word,
    /// `default`, `dedicated` or `host`.
    pub tenancy: Word,
    /// The name of its placement group.
    pub group_name: Option<Word>,
    /// Its partition in the group.
    pub partition_number: Option<i32>,
}

/// A volume of an instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Such as `/dev/xvda`.
    pub name: Word,
    /// `vol-…`
    pub volume_id: String,
    /// When it was attached.
    pub attached: Timestamp,
    /// Whether it goes with the instance.
    pub delete_on_termination: bool,
}

/// The bond between an instance and an instance profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileAssociation {
    /// `iip-assoc-…`
    pub id: String,
    /// The profile's ARN.
    pub profile_arn: Word,
    /// The profile's unique id.
    pub profile_id: Word,
    /// Since when.
    pub since: Timestamp,
    /// From when on it is `associated`.
    pub settles: Timestamp,
}

/// What `ModifyInstanceAttribute` and its like change.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Attributes {
    /// Whether it cannot be terminated.
    pub disable_api_termination: bool,
    /// Whether it cannot be stopped.
    pub disable_api_stop: bool,
    /// Whether shutting it down from inside terminates it.
    pub shutdown_terminates: bool,
    /// Whether it was launched with detailed monitoring.
    pub monitoring: bool,
    /// `ebsOptimized`
    pub ebs_optimized: bool,
    /// Whether a burstable instance spends more than it earns; none for others.
    pub unlimited_credits: Option<bool>,
    /// Whether it can run enclaves.
    pub enclave: bool,
    /// Whether it can hibernate.
    pub hibernation: bool,
    /// Whether EC2 is not to recover it.
    pub no_auto_recovery: bool,
    /// Whether its private host name is its id rather than its address.
    pub named_by_id: bool,
    /// Whether its private host name by id has an A record.
    pub named_by_id_a_record: bool,
    /// Cores and threads a core, where they are not the type's.
    pub cpu: Option<(i32, i32)>,
    /// `open` or `none`.
    pub capacity_reservations: Option<Word>,
}

impl Attributes {
    /// What `AutoRecovery` is.
    #[must_use]
    pub fn auto_recovery(&self) -> &'static str {
        if self.no_auto_recovery { "disabled" } else { "default" }
    }
}

impl Row for InstanceRow {
    const TABLE: &'static str = "ec2_instance";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &[ASSOCIATION_INDEX];

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        regional::key(&self.region, &self.id).into()
    }

    fn index(&self, index: &str) -> Option<Cow<'_, str>> {
        let association = self.profile.as_ref().filter(|_| index == ASSOCIATION_INDEX)?;
        Some(association.id.as_str().into())
    }
}

impl Regional for InstanceRow {
    const KIND: Kind = Kind::Instance;

    fn id(&self) -> &str {
        &self.id
    }

    fn keys(&self) -> Vec<(&'static str, String)> {
        let mut keys = vec![
            ("ec2:InstanceID", self.id.clone()),
            ("ec2:InstanceType", self.instance_type.to_string()),
            ("ec2:AvailabilityZone", self.placement.zone.to_string()),
            ("ec2:Tenancy", self.placement.tenancy.to_string()),
            ("ec2:EbsOptimized", self.attributes.ebs_optimized.to_string()),
            ("ec2:RootDeviceType", "ebs".to_owned()),
            ("ec2:InstanceMarketType", self.market_type().to_owned()),
        ];
        keys.extend(self.metadata.keys());
        if let Some(profile) = &self.profile {
            keys.push(("ec2:InstanceProfile", profile.profile_arn.to_string()));
        }
        keys
    }
}

impl InstanceRow {
    /// `spot` or `on-demand`, as `ec2:InstanceMarketType` has it.
    #[must_use]
    pub fn market_type(&self) -> &'static str {
        if self.spot_request_id.is_some() { "spot" } else { "on-demand" }
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        Kind::Instance.arn(&self.region, self.account, &self.id)
    }

    /// The name that it has in its VPC (EC2 user guide, "EC2 instance hostnames and domains").
    #[must_use]
    pub fn private_dns_name(&self) -> String {
        if self.attributes.named_by_id {
            return format!("{}.{}.compute.internal", self.id, self.region);
        }
        dns_name::private(&self.region, self.private_ip)
    }
}

impl ProfileAssociation {
    /// Its state at `now`.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> &'static str {
        if now < self.settles { "associating" } else { "associated" }
    }
}
