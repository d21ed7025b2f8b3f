//! Names of condition keys: compared without regard to case, found by hash.

pub mod known;

use std::fmt;

use smol_str::SmolStr;

/// The name of a condition key, such as `aws:PrincipalTag/team`.
///
/// IAM compares the names of condition keys without regard to case, tag keys behind the `/`
/// included (IAM user guide, "Condition" element and "tags" pages), so `ec2:vpc` is `ec2:Vpc`.
#[derive(Clone)]
pub struct Key {
    /// Of the name in lower case.
    hash: u64,
    name: SmolStr,
}

impl Key {
    /// The key `name`, which is kept as written for messages.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { hash: folded_hash(name), name: name.into() }
    }

    /// The key `name`, made when the program is built. Only for names in ASCII.
    #[must_use]
    pub const fn of(name: &'static str) -> Self {
        assert!(name.is_ascii(), "a key that is known beforehand has a name in ASCII");
        Self { hash: ascii_hash(name), name: SmolStr::new_static(name) }
    }

    /// The name as it was written.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name in lower case.
    #[must_use]
    pub fn folded(&self) -> String {
        self.name.to_lowercase()
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && (self.name == other.name || folds_alike(&self.name, &other.name))
    }
}

impl Eq for Key {}

impl From<&str> for Key {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<&String> for Key {
    fn from(name: &String) -> Self {
        Self::new(name)
    }
}

impl From<&Key> for Key {
    fn from(key: &Key) -> Self {
        key.clone()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

fn folds_alike(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        return one.eq_ignore_ascii_case(other);
    }
    one.to_lowercase() == other.to_lowercase()
}

fn folded_hash(name: &str) -> u64 {
    if name.is_ascii() { ascii_hash(name) } else { ascii_hash(&name.to_lowercase()) }
}

/// FNV-1a, 64 bits, of a text with its ASCII letters small: short keys, no attacker gains from a collision (names are
/// compared as well).
const fn ascii_hash(name: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut rest = name.as_bytes();
    while let [byte, behind @ ..] = rest {
        hash = (hash ^ byte.to_ascii_lowercase() as u64).wrapping_mul(0x0100_0000_01b3);
        rest = behind;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case_does_not_count_in_any_script() {
        for (one, other, alike) in [
            ("aws:PrincipalTag/Team", "AWS:principaltag/team", true),
            ("aws:PrincipalTag/ÄRGER", "aws:PrincipalTag/ärger", true),
            // The sign for kelvin is a k when it is small.
            ("aws:RequestTag/\u{212a}", "aws:RequestTag/K", true),
            ("aws:RequestTag/a", "aws:RequestTag/b", false),
            ("aws:RequestTag/ä", "aws:RequestTag/a", false),
        ] {
            assert_eq!(Key::new(one) == Key::new(other), alike, "{one} {other}");
            assert_eq!(Key::new(one).folded() == Key::new(other).folded(), alike);
        }
        assert_eq!(Key::new("aws:Username").name(), "aws:Username");
        const KNOWN: Key = Key::of("aws:PrincipalIsAWSService");
        assert_eq!(KNOWN, Key::new("aws:principalisawsservice"));
        assert_eq!(KNOWN.name(), "aws:PrincipalIsAWSService");
    }
}
