//! What network ACLs let through: `CreateNetworkAclEntry`, `ReplaceNetworkAclEntry`, `DeleteNetworkAclEntry`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::NetworkAclRow;
use crate::cidr;
use crate::kind::Kind;
use crate::security_group::rule::{Peer, ipv6};
use crate::{demand, regional};

/// Entries that an ACL can have in each direction ("Amazon VPC quotas"; the last one does not count).
pub const MAX_ENTRIES: usize = 20;
/// The number of the entry that lets everything through.
const ALLOW_ALL: i32 = 100;
/// The number of the entry that nothing passes, `*` in the console.
const DENY_REST: i32 = 32767;
/// All protocols.
const ALL: &str = "-1";
/// Names that the protocols' numbers can be given by.
const NAMES: [(&str, &str); 5] =
    [("all", ALL), ("icmp", "1"), ("tcp", "6"), ("udp", "17"), ("icmpv6", "58")];
/// Protocols with ports.
const WITH_PORTS: [&str; 2] = ["6", "17"];
/// Protocols with types and codes.
const WITH_TYPES: [&str; 2] = ["1", "58"];

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place among those of its direction.
    pub rule_number: i32,
    /// Whether it is about what leaves.
    pub egress: bool,
    /// The protocol's number, or `-1`.
    pub protocol: String,
    /// Whether it lets through.
    pub allows: bool,
    /// From where or to where.
    pub range: Range,
    /// Type and code of ICMP.
    pub icmp: Option<IcmpTypeCode>,
    /// The ports of TCP or UDP.
    pub ports: Option<PortRange>,
}

/// From where or to where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Range {
    /// Addresses of IPv4.
    Ipv4(String),
    /// Addresses of IPv6.
    Ipv6(String),
}

/// Type and code of ICMP; -1 is all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct IcmpTypeCode {
    #[serde(alias = "code")]
    code: Option<i32>,
    #[serde(alias = "type")]
    r#type: Option<i32>,
}

/// Ports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct PortRange {
    #[serde(alias = "from")]
    from: Option<i32>,
    #[serde(alias = "to")]
    to: Option<i32>,
}

/// An entry as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryShape {
    pub(crate) rule_number: i32,
    pub(crate) protocol: String,
    pub(crate) rule_action: &'static str,
    pub(crate) egress: bool,
    pub(crate) cidr_block: Option<String>,
    pub(crate) ipv6_cidr_block: Option<String>,
    pub(crate) icmp_type_code: Option<IcmpTypeCode>,
    pub(crate) port_range: Option<PortRange>,
}

/// The entries of a default ACL: everything may pass ("Default network ACL", VPC user guide).
#[must_use]
pub fn of_default() -> Vec<Entry> {
    let both = [true, false].into_iter();
    both.map(|egress| Entry { rule_number: ALLOW_ALL, allows: true, ..Entry::last(egress) })
        .collect()
}

impl Entry {
    /// The one that denies what no other is about.
    #[must_use]
    pub fn last(egress: bool) -> Self {
        Self {
            rule_number: DENY_REST,
            egress,
            protocol: ALL.to_owned(),
            allows: false,
            range: Range::Ipv4("0.0.0.0/0".to_owned()),
            icmp: None,
            ports: None,
        }
    }
}

impl EntryShape {
    /// How `entry` is shown.
    #[must_use]
    pub fn new(entry: &Entry) -> Self {
        let (cidr_block, ipv6_cidr_block) = match entry.range.clone() {
            Range::Ipv4(range) => (Some(range), None),
            Range::Ipv6(range) => (None, Some(range)),
        };
        Self {
            rule_number: entry.rule_number,
            protocol: entry.protocol.clone(),
            rule_action: if entry.allows { "allow" } else { "deny" },
            egress: entry.egress,
            cidr_block,
            ipv6_cidr_block,
            icmp_type_code: entry.icmp.clone(),
            port_range: entry.ports.clone(),
        }
    }
}

/// An entry that is asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewEntry {
    network_acl_id: String,
    rule_number: i32,
    protocol: String,
    rule_action: String,
    egress: bool,
    cidr_block: Option<String>,
    ipv6_cidr_block: Option<String>,
    icmp: Option<IcmpTypeCode>,
    port_range: Option<PortRange>,
    #[serde(default)]
    dry_run: bool,
}

impl NewEntry {
    /// unverified: EC2's texts for all of these.
    fn entry(&self) -> Result<Entry, Fault> {
        check_number(self.rule_number)?;
        let protocol = protocol(&self.protocol)?;
        let allows = match self.rule_action.as_str() {
            "allow" => true,
            "deny" => false,
            other => return Err(invalid("ruleAction", other)),
        };
        let range = match (&self.cidr_block, &self.ipv6_cidr_block) {
            (Some(text), None) => Range::Ipv4(cidr::parameter("cidrBlock", text)?.to_string()),
            (None, Some(text)) => match ipv6(text)? {
                Peer::Ipv6(range) => Range::Ipv6(range),
                _ => return Err(invalid("ipv6CidrBlock", text)),
            },
            (None, None) => return Err(missing("cidrBlock or ipv6CidrBlock")),
            (Some(_), Some(_)) => {
                let text =
                    "The parameter cidrBlock cannot be used with the parameter ipv6CidrBlock";
                return Err(Fault::new("InvalidParameterCombination", text));
            }
        };
        Ok(Entry {
            rule_number: self.rule_number,
            egress: self.egress,
            allows,
            range,
            ports: self.ports(&protocol)?,
            icmp: self.icmp_of(&protocol)?,
            protocol,
        })
    }

    /// "Required if specifying protocol 6 (TCP) or 17 (UDP)" (API reference). Others have none, whatever is sent: Terraform
    /// sends ports with every protocol.
    fn ports(&self, protocol: &str) -> Result<Option<PortRange>, Fault> {
        if !WITH_PORTS.contains(&protocol) {
            return Ok(None);
        }
        match &self.port_range {
            Some(PortRange { from: Some(from), to: Some(to) })
                if from <= to && *from >= 0 && *to <= i32::from(u16::MAX) =>
            {
                Ok(self.port_range.clone())
            }
            Some(PortRange { from: Some(from), to: Some(to) }) => {
                Err(invalid("portRange", &format!("{from}-{to}")))
            }
            _ => Err(missing("portRange")),
        }
    }

    /// "Required if specifying protocol 1 (ICMP) or protocol 58 (ICMPv6) with an IPv6 CIDR block" (API reference).
    fn icmp_of(&self, protocol: &str) -> Result<Option<IcmpTypeCode>, Fault> {
        match (&self.icmp, WITH_TYPES.contains(&protocol)) {
            (_, false) => Ok(None),
            (Some(icmp), true) => Ok(Some(icmp.clone())),
            (None, true) => Err(missing("icmpTypeCode")),
        }
    }
}

/// Defines an operation that brings an entry: `put` is given its ACL and the entry.
macro_rules! entry_operation {
    ($operation:ident = $put:ident) => {
        #[doc = concat!("`", stringify!($operation), "`")]
        #[derive(Debug, Clone, Deserialize)]
        pub struct $operation(NewEntry);

        impl Operation for $operation {
            const SERVICE: Service = Service::Ec2;
            const NAME: &'static str = stringify!($operation);
            type Output = ();

            fn check(&self) -> Result<(), Fault> {
                Kind::NetworkAcl.check(&self.0.network_acl_id)?;
                self.0.entry().map(|_| ())
            }

            fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
                let action = concat!("ec2:", stringify!($operation));
                Ok(vec![demand::on(ask, action, Kind::NetworkAcl, &self.0.network_acl_id)])
            }

            fn is_dry_run(&self) -> bool {
                self.0.dry_run
            }
        }

        impl Write for $operation {
            fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
                let acl = regional::find::<NetworkAclRow>(&act.ask(), &self.0.network_acl_id)?;
                let mut acl = (*acl).clone();
                $put(&mut acl, self.0.entry()?)?;
                regional::put(act, acl)
            }
        }
    };
}

entry_operation!(CreateNetworkAclEntry = add);
entry_operation!(ReplaceNetworkAclEntry = replace);

fn add(acl: &mut NetworkAclRow, entry: Entry) -> Result<(), Fault> {
    // The same again is no mistake (recorded from AWS by radkawar/stackd, `networking.json`).
    if acl.entries.contains(&entry) {
        return Ok(());
    }
    if place(acl, entry.rule_number, entry.egress).is_some() {
        // Quoted in many reports, such as the user guide of AWS Firewall Manager.
        let text =
            format!("The network acl entry identified by {} already exists.", entry.rule_number);
        return Err(Fault::new("NetworkAclEntryAlreadyExists", text));
    }
    let alike = acl.entries.iter().filter(|known| known.egress == entry.egress);
    if alike.count() >= MAX_ENTRIES {
        // unverified: the text.
        let text = "The maximum number of network acl entries has been reached.";
        return Err(Fault::new("NetworkAclEntryLimitExceeded", text));
    }
    acl.entries.push(entry);
    Ok(())
}

fn replace(acl: &mut NetworkAclRow, entry: Entry) -> Result<(), Fault> {
    let place = place(acl, entry.rule_number, entry.egress);
    let Some(known) = place.and_then(|place| acl.entries.get_mut(place)) else {
        return Err(not_found(entry.rule_number));
    };
    *known = entry;
    Ok(())
}

/// `DeleteNetworkAclEntry`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteNetworkAclEntry {
    network_acl_id: String,
    rule_number: i32,
    egress: bool,
    #[serde(default)]
    dry_run: bool,
}

impl Operation for DeleteNetworkAclEntry {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DeleteNetworkAclEntry";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        Kind::NetworkAcl.check(&self.network_acl_id)?;
        check_number(self.rule_number)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:DeleteNetworkAclEntry";
        Ok(vec![demand::on(ask, action, Kind::NetworkAcl, &self.network_acl_id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for DeleteNetworkAclEntry {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let acl = regional::find::<NetworkAclRow>(&act.ask(), &self.network_acl_id)?;
        let mut acl = (*acl).clone();
        let place = place(&acl, self.rule_number, self.egress);
        acl.entries.remove(place.ok_or_else(|| not_found(self.rule_number))?);
        regional::put(act, acl)
    }
}

fn place(acl: &NetworkAclRow, number: i32, egress: bool) -> Option<usize> {
    acl.entries.iter().position(|entry| entry.rule_number == number && entry.egress == egress)
}

/// "Positive integer from 1 to 32766" (API reference).
fn check_number(number: i32) -> Result<(), Fault> {
    if (1..DENY_REST).contains(&number) {
        return Ok(());
    }
    Err(invalid("ruleNumber", &number.to_string()))
}

fn protocol(text: &str) -> Result<String, Fault> {
    let folded = text.to_ascii_lowercase();
    if let Some((_, number)) = NAMES.iter().find(|(name, _)| *name == folded) {
        return Ok((*number).to_owned());
    }
    match folded.parse::<i32>() {
        Ok(number) if (-1..=255).contains(&number) => Ok(number.to_string()),
        _ => Err(invalid("protocol", text)),
    }
}

/// unverified: the text.
fn not_found(number: i32) -> Fault {
    let text = format!("The network acl entry identified by {number} does not exist.");
    Fault::new("InvalidNetworkAclEntry.NotFound", text)
}

fn invalid(parameter: &str, value: &str) -> Fault {
    let text = format!("Value ({value}) for parameter {parameter} is invalid.");
    Fault::new("InvalidParameterValue", text)
}

fn missing(parameter: &str) -> Fault {
    let text = format!("The request must contain the parameter {parameter}");
    Fault::new("MissingParameter", text)
}
