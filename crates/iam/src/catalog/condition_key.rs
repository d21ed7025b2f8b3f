//! Condition keys, their types, and sets of them.

use std::fmt;

use super::pattern::Pattern;

/// What the open parts of templated keys start with.
const OPENINGS: [char; 2] = ['$', '<'];
/// What they end with.
const CLOSINGS: [char; 2] = ['}', '>'];

/// A key of the request context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConditionKey {
    /// The full name as AWS writes it; `${TagKey}` or `<key>` stands for what the request fills in.
    pub name: &'static str,
    /// What its values are.
    pub kind: KeyType,
}

/// What the values of a condition key are, and how many there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyType {
    /// The type of each value.
    pub value: ValueType,
    /// A second type that the values have as well, for the few keys that AWS documents with two.
    pub also: Option<ValueType>,
    /// A request may carry several values: conditions need `ForAnyValue` or `ForAllValues`.
    pub multivalued: bool,
}

/// The types of values, each with its own family of operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueType {
    /// Text.
    String,
    /// Integers and decimals.
    Numeric,
    /// Moments, as ISO 8601 or seconds of the Unix epoch.
    Date,
    /// `true` or `false`.
    Bool,
    /// ARNs.
    Arn,
    /// Addresses or ranges of IPv4 and IPv6.
    IpAddress,
    /// Base64 of bytes.
    Binary,
}

/// The condition keys that an action can supply; see [`keys_of`](super::keys_of).
#[derive(Debug, Clone)]
pub struct KeySet(Vec<&'static ConditionKey>);

impl ConditionKey {
    /// Whether this key is meant by a name, in any case; a template by each of its instances.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let given = self.name.find(OPENINGS).unwrap_or(self.name.len());
        let starts = (self.name.get(..given).zip(name.get(..given)))
            .is_some_and(|(own, other)| own.eq_ignore_ascii_case(other));
        // The whole comparison is only worth its cost where the start is right.
        starts && (self.name.eq_ignore_ascii_case(name) || self.has_instance(name))
    }

    /// Whether the name leaves something open: `aws:RequestTag/${TagKey}`.
    #[must_use]
    pub fn is_template(&self) -> bool {
        self.name.contains(OPENINGS)
    }

    fn has_instance(&self, name: &str) -> bool {
        let Some(opening) = self.name.find(OPENINGS) else { return false };
        // Nearly all templates are open at their end alone, and what comes before was compared: asked often.
        let open = self.name.get(opening..).unwrap_or_default();
        if open.find(CLOSINGS) == open.len().checked_sub(1) {
            return name.len() > opening;
        }
        let template = Pattern::key_template(&self.name.to_ascii_lowercase());
        template.meets(&Pattern::literal(&name.to_ascii_lowercase()))
    }
}

impl KeyType {
    /// One value of this type.
    #[must_use]
    pub const fn one(value: ValueType) -> Self {
        Self { value, also: None, multivalued: false }
    }

    /// Any number of values of this type.
    #[must_use]
    pub const fn many(value: ValueType) -> Self {
        Self { value, also: None, multivalued: true }
    }

    /// Whether values of the key are of this type.
    #[must_use]
    pub fn is(&self, value: ValueType) -> bool {
        self.value == value || self.also == Some(value)
    }
}

impl KeySet {
    pub(super) fn new(keys: impl Iterator<Item = &'static ConditionKey>) -> Self {
        let mut keys: Vec<_> = keys.collect();
        keys.sort_by_cached_key(|key| key.name.to_ascii_lowercase());
        keys.dedup_by(|second, first| second.name.eq_ignore_ascii_case(first.name));
        Self(keys)
    }

    /// Whether the set has a key of this name, in any case, templates filled in.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The key that this name means.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'static ConditionKey> {
        self.0.iter().copied().find(|key| key.matches(name))
    }

    /// The keys in the order of their names, without regard to case.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'static ConditionKey> + '_ {
        self.0.iter().copied()
    }
}

impl fmt::Display for ConditionKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name)
    }
}

/// As AWS's tables write it: `String`, `ArrayOfString`.
impl fmt::Display for KeyType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let array = if self.multivalued { "ArrayOf" } else { "" };
        write!(formatter, "{array}{}", self.value)
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::String => "String",
            Self::Numeric => "Numeric",
            Self::Date => "Date",
            Self::Bool => "Bool",
            Self::Arn => "ARN",
            Self::IpAddress => "IPAddress",
            Self::Binary => "Binary",
        })
    }
}
