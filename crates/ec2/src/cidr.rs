//! IPv4 address ranges.

use std::fmt;
use std::net::Ipv4Addr;

use cloud::Fault;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A range such as `10.0.0.0/16`: its first address, and how many bits all its addresses share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    first: u32,
    length: u8,
}

impl Cidr {
    /// Reads `a.b.c.d/n`. Bits beyond the prefix become zero, as EC2 makes them: "if you specify
    /// 100.68.0.18/18, we modify it to 100.68.0.0/18" (API reference of `CreateVpc`).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let address: Ipv4Addr = address.parse().ok()?;
        let is_number = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
        let length: u8 = length.parse().ok().filter(|length| is_number && *length <= 32)?;
        Some(Self { first: u32::from(address) & mask(length), length })
    }

    /// Bits of the prefix.
    #[must_use]
    pub fn length(self) -> u8 {
        self.length
    }

    /// How many addresses it has.
    #[must_use]
    pub fn addresses(self) -> u64 {
        1 << (32 - u64::from(self.length))
    }

    /// Whether all of `other` is in it.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.length <= other.length && other.first & mask(self.length) == self.first
    }

    /// Whether any address is in both.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.contains(other) || other.contains(self)
    }

    /// Whether the address is in it.
    #[must_use]
    pub fn has(self, address: Ipv4Addr) -> bool {
        u32::from(address) & mask(self.length) == self.first
    }

    /// The address so many after the first, if it is in the range.
    #[must_use]
    pub fn address(self, number: u32) -> Option<Ipv4Addr> {
        (u64::from(number) < self.addresses())
            .then(|| Ipv4Addr::from(self.first.wrapping_add(number)))
    }

    /// The first address.
    #[must_use]
    pub fn first(self) -> Ipv4Addr {
        Ipv4Addr::from(self.first)
    }
}

fn mask(length: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0)
}

/// Reads a parameter that is a range.
///
/// # Errors
/// `InvalidParameterValue` with EC2's text.
pub fn parameter(name: &str, text: &str) -> Result<Cidr, Fault> {
    Cidr::parse(text).ok_or_else(|| {
        let text = format!(
            "Value ({text}) for parameter {name} is invalid. This is not a valid CIDR block."
        );
        Fault::new("InvalidParameterValue", text)
    })
}

impl fmt::Display for Cidr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.first(), self.length)
    }
}

impl Serialize for Cidr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cidr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an address range"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let cidr = |text: &str| Cidr::parse(text).unwrap();
        assert_eq!(cidr("100.68.0.18/18").to_string(), "100.68.0.0/18");
        assert_eq!(cidr("10.0.0.0/28").addresses(), 16);
        assert_eq!(cidr("0.0.0.0/0").addresses(), 1 << 32);
        assert!(cidr("0.0.0.0/0").contains(cidr("1.2.3.4/32")));
        assert!(cidr("10.0.0.0/16").contains(cidr("10.0.255.0/24")));
        assert!(!cidr("10.0.0.0/16").contains(cidr("10.1.0.0/24")));
        assert!(cidr("10.0.1.0/24").overlaps(cidr("10.0.0.0/16")));
        assert_eq!(cidr("10.0.0.0/30").address(3), Some(Ipv4Addr::new(10, 0, 0, 3)));
        assert_eq!(cidr("10.0.0.0/30").address(4), None);
        for bad in ["", "10.0.0.0", "10.0.0/16", "10.0.0.0/33", "10.0.0.0/+8", "10.0.0.0/", "::/0"]
        {
            assert_eq!(Cidr::parse(bad), None, "{bad}");
        }
    }
}
