//! Rules of security groups: what they are, how they are read and shown; the operations on rules by their
//! ids are in the files below.

pub mod describe;
pub mod modify;
pub mod redescribe;

use std::net::Ipv6Addr;

use cloud::{Ask, Fault};
use names::AccountId;
use serde::{Deserialize, Serialize};

use super::SecurityGroupRow;
use crate::cidr::Cidr;
use crate::kind::Kind;
use crate::tag::{self, TagShape};

/// The longest description of a rule, in characters.
pub const MAX_DESCRIPTION: usize = 255;

/// One rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Rule {
    /// `sgr-…`
    pub id: String,
    /// Whether it is for what goes out.
    pub egress: bool,
    /// What it lets through.
    pub traffic: Traffic,
    /// From or to whom.
    pub peer: Peer,
    /// In words.
    pub description: Option<String>,
}

/// A protocol with its ports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Traffic {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, another protocol's number, or `-1` for all.
    pub protocol: String,
    /// The first port or ICMP type; none where all are meant.
    pub from: Option<i32>,
    /// The last port or ICMP code.
    pub to: Option<i32>,
}

/// The other side of a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Peer {
    /// Addresses of IPv4.
    Ipv4(Cidr),
    /// Addresses of IPv6.
    Ipv6(String),
    /// Members of a group.
    Group {
        /// The group.
        id: String,
        /// Its owner.
        account: AccountId,
    },
    /// The addresses of a list.
    PrefixList(String),
}

impl Peer {
    /// The group that it is.
    #[must_use]
    pub fn group(&self) -> Option<&str> {
        match self {
            Self::Group { id, .. } => Some(id),
            _ => None,
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Ipv4(cidr) => cidr.to_string(),
            Self::Ipv6(range) => range.clone(),
            Self::Group { id, .. } | Self::PrefixList(id) => id.clone(),
        }
    }
}

impl Rule {
    /// Whether it lets the same traffic through from the same peer in the same direction.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        (self.egress, &self.traffic, &self.peer) == (other.egress, &other.traffic, &other.peer)
    }

    /// What EC2 says to one that is there already: `the specified rule "peer: 0.0.0.0/0, TCP, from port: 22, to
    /// port: 22, ALLOW" already exists` (github.com/hashicorp/terraform issue 2376).
    #[must_use]
    pub fn duplicate(&self) -> Fault {
        let Traffic { protocol, from, to } = &self.traffic;
        let protocol = if protocol == ALL { "ALL".to_owned() } else { protocol.to_uppercase() };
        let ports = match (from, to) {
            (Some(from), Some(to)) => format!(", from port: {from}, to port: {to}"),
            _ => String::new(),
        };
        let peer = self.peer.shown();
        let text =
            format!("the specified rule \"peer: {peer}, {protocol}{ports}, ALLOW\" already exists");
        Fault::new("InvalidPermission.Duplicate", text)
    }
}

/// Every protocol.
pub const ALL: &str = "-1";

impl Traffic {
    /// Reads a protocol and its ports.
    ///
    /// # Errors
    /// `InvalidParameterValue` with EC2's texts where they are known.
    pub fn read(protocol: &str, from: Option<i32>, to: Option<i32>) -> Result<Self, Fault> {
        let invalid = |text: String| Err(Fault::new("InvalidParameterValue", text));
        let name = match protocol.to_ascii_lowercase().as_str() {
            "-1" | "all" => ALL,
            "tcp" | "6" => "tcp",
            "udp" | "17" => "udp",
            "icmp" | "1" => "icmp",
            "icmpv6" | "58" => "icmpv6",
            number => match number.parse::<u8>() {
                Ok(_) => protocol,
                Err(_) => {
                    return invalid(format!(
                        "Invalid value '{protocol}' for IP protocol. Unknown protocol."
                    ));
                }
            },
        };
        let name = name.to_owned();
        match (name.as_str(), from, to) {
            ("tcp" | "udp", Some(from), Some(to)) => {
                if !(0..=65535).contains(&from) || !(0..=65535).contains(&to) || from > to {
                    let kind = name.to_uppercase();
                    return invalid(format!("Invalid {kind} port range ({from}:{to})"));
                }
                Ok(Self { protocol: name, from: Some(from), to: Some(to) })
            }
            ("tcp" | "udp", ..) => invalid(
                "Invalid value for portRange. Must specify both from and to ports with TCP/UDP."
                    .into(),
            ),
            ("icmp" | "icmpv6", from, to) => {
                let (from, to) = (from.unwrap_or(-1), to.unwrap_or(-1));
                if !(-1..=255).contains(&from) || !(-1..=255).contains(&to) {
                    return invalid(format!("Invalid value for ICMP type and code ({from}:{to})"));
                }
                Ok(Self { protocol: name, from: Some(from), to: Some(to) })
            }
            // "If the protocol is -1 (all), ports are ignored": so they are for other protocols without any.
            _ => Ok(Self { protocol: name, from: None, to: None }),
        }
    }
}

/// Reads a range of IPv4 addresses.
///
/// # Errors
/// `InvalidParameterValue` with EC2's text.
pub fn ipv4(text: &str) -> Result<Peer, Fault> {
    Cidr::parse(text).map(Peer::Ipv4).ok_or_else(|| malformed(text))
}

/// Reads a range of IPv6 addresses.
///
/// # Errors
/// `InvalidParameterValue` with EC2's text.
pub fn ipv6(text: &str) -> Result<Peer, Fault> {
    let (address, length) = text.split_once('/').ok_or_else(|| malformed(text))?;
    let address: Ipv6Addr = address.parse().map_err(|_| malformed(text))?;
    let length: u32 = length.parse().ok().filter(|n| *n <= 128).ok_or_else(|| malformed(text))?;
    let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
    let first = Ipv6Addr::from(u128::from(address) & mask);
    Ok(Peer::Ipv6(format!("{first}/{length}")))
}

fn malformed(text: &str) -> Fault {
    Fault::new("InvalidParameterValue", format!("CIDR block {text} is malformed"))
}

/// Checks the description of a rule.
///
/// # Errors
/// `InvalidParameterValue`
pub fn check_description(description: Option<&str>) -> Result<(), Fault> {
    let Some(text) = description else { return Ok(()) };
    if text.chars().count() <= MAX_DESCRIPTION && super::create::has_group_characters(text) {
        return Ok(());
    }
    let text = "Invalid rule description. Valid descriptions are strings less than 256 characters from \
                the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*";
    Err(Fault::new("InvalidParameterValue", text))
}

/// A rule as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleShape {
    security_group_rule_id: String,
    security_group_rule_arn: String,
    group_id: String,
    group_owner_id: AccountId,
    is_egress: bool,
    ip_protocol: String,
    from_port: i32,
    to_port: i32,
    cidr_ipv4: Option<String>,
    cidr_ipv6: Option<String>,
    prefix_list_id: Option<String>,
    referenced_group_info: Option<ReferencedGroup>,
    description: Option<String>,
    tag_set: Vec<TagShape>,
}

/// The group that a rule names, as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferencedGroup {
    group_id: String,
    user_id: AccountId,
}

impl RuleShape {
    /// How a rule of a group is shown.
    #[must_use]
    pub fn new(ask: &Ask<'_>, group: &SecurityGroupRow, rule: &Rule) -> Self {
        let mut shape = Self {
            security_group_rule_id: rule.id.clone(),
            security_group_rule_arn: Kind::SecurityGroupRule.arn(
                &group.region,
                group.account,
                &rule.id,
            ),
            group_id: group.id.clone(),
            group_owner_id: group.account,
            is_egress: rule.egress,
            ip_protocol: rule.traffic.protocol.clone(),
            from_port: rule.traffic.from.unwrap_or(-1),
            to_port: rule.traffic.to.unwrap_or(-1),
            cidr_ipv4: None,
            cidr_ipv6: None,
            prefix_list_id: None,
            referenced_group_info: None,
            description: rule.description.clone(),
            tag_set: tag::shown(ask, &rule.id),
        };
        match &rule.peer {
            Peer::Ipv4(cidr) => shape.cidr_ipv4 = Some(cidr.to_string()),
            Peer::Ipv6(range) => shape.cidr_ipv6 = Some(range.clone()),
            Peer::PrefixList(id) => shape.prefix_list_id = Some(id.clone()),
            Peer::Group { id, account } => {
                let (group_id, user_id) = (id.clone(), *account);
                shape.referenced_group_info = Some(ReferencedGroup { group_id, user_id });
            }
        }
        shape
    }
}
