//! IP addresses and networks, as `IpAddress` and `NotIpAddress` compare them.

use std::net::IpAddr;

/// A network such as `203.0.113.0/24`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix_bits: u8,
}

impl Network {
    /// Reads an address with or without `/bits`. Bits behind the prefix are ignored, as AWS does
    /// not demand that they are zero (unverified).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match bits {
            Some(bits) if !bits.starts_with('+') => bits.parse().ok()?,
            Some(_) => return None,
            None => widest,
        };
        (prefix_bits <= widest).then_some(Self { address, prefix_bits })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        for (network, address, expected) in [
            ("203.0.113.0/24", "203.0.113.9", true),
            ("203.0.113.77/24", "203.0.113.9", true),
            ("203.0.113.0/24", "203.0.114.9", false),
            ("203.0.113.9", "203.0.113.9", true),
            ("203.0.113.9", "203.0.113.8", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "8.8.8.8", false),
            ("2001:DB8:1234:5678::/64", "2001:db8:1234:5678::9", true),
            ("2001:db8::1", "2001:0db8:0:0:0:0:0:1", true),
        ] {
            let parsed = Network::parse(network).unwrap();
            assert_eq!(parsed.contains(address.parse().unwrap()), expected, "{network} {address}");
        }
    }

    #[test]
    fn other_texts_are_not_networks() {
        for text in
            ["", "1.2.3", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-1", "1.2.3.4/+8", "::/129", "host"]
        {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
