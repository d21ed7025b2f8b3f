//! One change of a remedy, and its sentence.

use std::fmt;
use std::sync::Arc;

use crate::context::Values;
use crate::decision::{Gate, Place};
use crate::policy::Policy;

/// One thing to change.
#[derive(Debug, Clone)]
pub enum Change {
    /// The request must carry a value for a condition key.
    Supply {
        /// The key.
        key: String,
        /// A value that does; what the policy accepts may be wider.
        value: Values,
        /// What the policy asks for, such as `StringLike us-*`.
        wanted: String,
    },
    /// The request must not carry a value for a condition key.
    Omit {
        /// The key.
        key: String,
    },
    /// A statement is missing.
    Grant {
        /// The kind of policy to add it to.
        gate: Gate,
        /// The level of the organization, for service and resource control policies.
        level: u16,
        /// On what the policy stands, in words.
        owner: String,
        /// The statement, as JSON.
        statement: String,
        /// A policy with that statement.
        policy: Arc<Policy>,
    },
    /// A `Deny` must leave this caller out.
    Exempt {
        /// The statement.
        place: Place,
        /// Whose it is, in words.
        owner: String,
        /// What to add to its `Condition`, as JSON.
        condition: String,
        /// The policy as it would be.
        policy: Arc<Policy>,
    },
    /// A `Deny` must go.
    Lift {
        /// The statement.
        place: Place,
        /// Whose it is, in words.
        owner: String,
        /// The policy as it would be.
        policy: Arc<Policy>,
    },
}

impl Change {
    /// What kind of change: `supply-context`, `omit-context`, `add-statement`, `exempt-caller` or
    /// `remove-deny`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Supply { .. } => "supply-context",
            Self::Omit { .. } => "omit-context",
            Self::Grant { .. } => "add-statement",
            Self::Exempt { .. } => "exempt-caller",
            Self::Lift { .. } => "remove-deny",
        }
    }

    /// The gate that it concerns; none for a change of the request.
    #[must_use]
    pub fn gate(&self) -> Option<Gate> {
        match self {
            Self::Supply { .. } | Self::Omit { .. } => None,
            Self::Grant { gate, .. } => Some(*gate),
            Self::Exempt { place, .. } | Self::Lift { place, .. } => Some(place.gate),
        }
    }

    /// The JSON to add, for a change that adds some.
    #[must_use]
    pub fn json(&self) -> Option<&str> {
        match self {
            Self::Grant { statement, .. } => Some(statement),
            Self::Exempt { condition, .. } => Some(condition),
            _ => None,
        }
    }

    pub(super) fn cost(&self) -> u32 {
        match self {
            Self::Supply { .. } | Self::Omit { .. } => 2,
            Self::Grant { gate: Gate::Identity | Gate::Session, .. } => 3,
            Self::Grant { gate: Gate::Resource | Gate::Trust, .. } => 4,
            Self::Grant { .. } => 5,
            Self::Exempt { .. } => 6,
            Self::Lift { .. } => 7,
        }
    }

    /// What tells two changes apart; policies are a consequence of the rest.
    fn identity(&self) -> (&'static str, Option<Gate>, String) {
        let detail = match self {
            Self::Supply { key, value, .. } => format!("{key}={value:?}"),
            Self::Omit { key } => key.clone(),
            Self::Grant { level, statement, .. } => format!("{level} {statement}"),
            Self::Exempt { place, condition, .. } => format!("{place:?} {condition}"),
            Self::Lift { place, .. } => format!("{place:?}"),
        };
        (self.kind(), self.gate(), detail)
    }
}

impl PartialEq for Change {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Supply { key, value, wanted } => {
                let values: Vec<&str> = value.iter().collect();
                write!(formatter, "send the request with {key} = {} ({wanted})", values.join(", "))
            }
            Self::Omit { key } => write!(formatter, "send the request without {key}"),
            Self::Grant { owner, .. } => write!(formatter, "add to {owner}:"),
            Self::Exempt { owner, .. } => {
                write!(
                    formatter,
                    "ask whoever owns {owner} to leave this caller out, by adding to its Condition:"
                )
            }
            Self::Lift { owner, .. } => write!(formatter, "remove {owner}"),
        }
    }
}
