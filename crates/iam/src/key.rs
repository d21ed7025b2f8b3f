//! Names of condition keys: compared without regard to case, found by hash.

use std::fmt;

/// The name of a condition key, such as `aws:PrincipalTag/team`.
///
/// IAM compares the names of condition keys without regard to case, tag keys behind the `/`
/// included (IAM user guide, "Condition" element and "tags" pages), so `ec2:vpc` is `ec2:Vpc`.
#[derive(Clone)]
pub struct Key {
    hash: u64,
    name: Box<str>,
    folded: Box<str>,
}

impl Key {
    /// The key `name`, which is kept as written for messages.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let folded = name.to_lowercase().into_boxed_str();
        Self { hash: fnv1a(folded.as_bytes()), name: name.into(), folded }
    }

    /// The name as it was written.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name in lower case.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.folded == other.folded
    }
}

impl Eq for Key {}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

/// FNV-1a, 64 bits: short keys, no attacker gains from a collision (names are compared as well).
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
