//! IP addresses and networks, as `IpAddress` and `NotIpAddress` compare them.
//!
//! What is read and what is not is recorded from AWS by radkawar/stackd, testdata/aws/iam/condition_ip.json.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// 16-bit groups of an IPv6 address.
const GROUPS: usize = 8;
/// How addresses of IPv4 start that are mapped into IPv6.
const MAPPED: &str = "::ffff:";

/// A network such as `203.0.113.0/24`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix_bits: u8,
}

impl Network {
    /// Reads an address with or without `/bits`; `bits` may have a plus sign and leading zeros.
    ///
    /// Bits behind the prefix are ignored in IPv4. In IPv6 they make a text that contains nothing, not
    /// even the address that it is written with: it is not read.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address = v4(address).map(IpAddr::V4).or_else(|| v6(address).map(IpAddr::V6))?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match bits {
            Some(bits) => bits.parse().ok()?,
            None => widest,
        };
        let behind = match address {
            IpAddr::V4(_) => None,
            IpAddr::V6(address) => address.to_bits().checked_shl(u32::from(prefix_bits)),
        };
        let is_network = prefix_bits <= widest && behind.unwrap_or_default() == 0;
        is_network.then_some(Self { address, prefix_bits })
    }

    /// Whether `address` lies in the network. An IPv4 address never lies in an IPv6 network, nor
    /// the other way round.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= u32::from(self.prefix_bits)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= u32::from(self.prefix_bits)
            }
            _ => false,
        }
    }
}

/// The address that a request states. One of IPv4 that is mapped into IPv6 counts as the one of IPv4,
/// here and not in a [`Network`].
#[must_use]
pub fn address(text: &str) -> Option<IpAddr> {
    let mapped = || match text.split_at_checked(MAPPED.len()) {
        Some((start, rest)) if start.eq_ignore_ascii_case(MAPPED) => v4(rest),
        _ => None,
    };
    let v6 = || v6(text).map(|address| IpAddr::V6(address).to_canonical());
    v4(text).or_else(mapped).map(IpAddr::V4).or_else(v6)
}

/// Four decimal numbers, which may be filled up with zeros to three digits.
fn v4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = text.split('.').map(|octet| {
        let is_number = octet.len() <= 3 && octet.bytes().all(|byte| byte.is_ascii_digit());
        octet.parse::<u8>().ok().filter(|_| is_number)
    });
    let mut octet = || octets.next().flatten();
    let address = Ipv4Addr::new(octet()?, octet()?, octet()?, octet()?);
    octets.next().is_none().then_some(address)
}

/// Groups in hexadecimal; none in dotted decimal. AWS is lax with colons: groups can be left out by
/// `::` and by `:::`, one colon at the start stands behind a zero, and one at the end for nothing.
fn v6(text: &str) -> Option<Ipv6Addr> {
    let (start, end) = match text.split_once(":::").or_else(|| text.split_once("::")) {
        Some((start, end)) => (start, Some(without_last_colon(end))),
        None => (without_last_colon(text), None),
    };
    let mut groups = [0; GROUPS];
    let start = match start.strip_prefix(':') {
        Some(rest) if !rest.is_empty() => 1 + read_groups(rest, groups.iter_mut().skip(1))?,
        _ => read_groups(start, groups.iter_mut())?,
    };
    let Some(end) = end else { return (start == GROUPS).then(|| groups.into()) };
    let mut last = [0; GROUPS];
    let end = read_groups(end, last.iter_mut())?;
    let left_out = GROUPS.checked_sub(start + end).filter(|groups| *groups > 0)?;
    for (group, value) in groups.iter_mut().skip(start + left_out).zip(last) {
        *group = value;
    }
    Some(groups.into())
}

fn without_last_colon(text: &str) -> &str {
    text.strip_suffix(':').filter(|rest| !rest.is_empty()).unwrap_or(text)
}

/// Writes the groups of `text` in their places and says how many there are.
fn read_groups<'g>(text: &str, mut places: impl Iterator<Item = &'g mut u16>) -> Option<usize> {
    let mut count = 0;
    for group in text.split(':').take(if text.is_empty() { 0 } else { usize::MAX }) {
        let digits = group.bytes().all(|byte| byte.is_ascii_hexdigit());
        let value = u16::from_str_radix(group, 16).ok().filter(|_| digits && group.len() <= 4)?;
        *places.next()? = value;
        count += 1;
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded (see the module) but for those that say so.
    #[test]
    fn networks() {
        for (network, stated, expected) in [
            ("203.0.113.0/24", "203.0.113.9", true),
            ("203.0.113.77/24", "203.0.113.9", true),
            ("203.0.113.0/24", "203.0.114.9", false),
            ("203.0.113.9", "203.0.113.9", true),
            ("203.0.113.9", "203.0.113.8", false),
            ("192.0.2.0/31", "192.0.2.1", true),
            ("192.0.2.0/31", "192.0.2.2", false),
            ("192.000.002.0/24", "192.0.2.1", true),
            ("192.000.002.1", "192.0.2.1", true),
            ("192.0.2.0/24", "192.000.002.1", true),
            ("192.0.2.0/024", "192.0.2.1", true),
            ("192.0.2.0/+24", "192.0.2.1", true),
            ("192.0.2.0/0", "203.0.113.1", true),
            ("192.0.2.0/0", "2001:db8::1", false),
            ("192.0.2.0/24", "::ffff:192.0.2.1", true),
            ("192.0.2.0/24", "::FFFF:c000:201", true),
            ("::ffff:c000:200/120", "::ffff:c000:201", false),
            ("::/0", "::ffff:192.0.2.1", false),
            ("::/0", "192.0.2.1", false),
            ("::/0", "2001:db8::1", true),
            ("::/0", ":::", true),
            ("2001:db8::1", "2001:db8::1", true),
            ("2001:db8::1", "2001:db8::2", false),
            ("2001:db8::/64", "2001:db8:0:0:ffff:ffff:ffff:ffff", true),
            ("2001:db8::/64", "2001:db8:0:1::", false),
            ("2001:DB8::/064", "2001:0db8:0000:0000:0000:0000:0000:0001", true),
            ("2001:db8::4/127", "2001:db8::5", true),
            ("2001:db8::4/127", "2001:db8::6", false),
            ("2001:db8::1/128", "2001:db8:::1", true),
            ("2001:db8::1/128", "2001:db8::1:", true),
            ("2001:db8::1/128", ":2001:db8::1", false),
            ("0:2001:db8::1", ":2001:db8::1", true), // inferred
        ] {
            let parsed = Network::parse(network).unwrap();
            assert_eq!(parsed.contains(address(stated).unwrap()), expected, "{network} {stated}");
        }
    }

    #[test]
    fn other_texts_are_not_networks() {
        for text in [
            "",
            "1.2.3",
            "01.2.3.4.5",
            "0001.2.3.4",
            "1.2.3.4/33",
            "1.2.3.4/",
            "1.2.3.4/-1",
            "::/129",
            "host",
            "2001:db8::5/64",
            "2001:db8::5/127",
            "2001:db8::1/0",
            "::ffff:192.0.2.0/120",
            "::ffff:192.0.2.1",
            "2001:db8::192.0.2.0/120",
        ] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }

    #[test]
    fn other_texts_are_not_addresses() {
        for text in [
            "",
            "not-an-ip",
            "192.0.2.1/32",
            "192.0.513",
            "3221225985",
            "::192.0.2.1",
            "2001:db8::192.0.2.1",
            "2001:db8::::1",
            "2001::db8::1",
            "2001::db8:::1",
            "::ffff:::192.0.2.1",
            // Not recorded.
            ":",
            "::::",
            "1:2:3:4:5:6:7",
            "1:2:3:4::5:6:7:8",
            "1:2:3:4:5:6:7:8:9",
            "+1::",
            "00001::",
        ] {
            assert_eq!(address(text), None, "{text}");
        }
    }

    /// What the standard library reads, and how; it does not know AWS's laxness.
    #[test]
    fn usual_addresses() {
        for text in ["::", "1::", "::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8"] {
            assert_eq!(v6(text), text.parse().ok(), "{text}");
        }
    }
}
