//! The definition language of cluster policies ("Compute policy reference", Databricks guide): a JSON object
//! whose keys are paths of attributes and whose values are elements.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::fault::Fault;

/// Bytes of the longest definition (the store keeps rows of a mebibyte; Databricks' own limit is unverified).
pub const MAX_DEFINITION_BYTES: usize = 256 * 1024;

/// A policy's elements, in the order of their paths.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Definition {
    /// Path and element.
    pub elements: Vec<(String, Element)>,
}

/// What a policy says of an attribute.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Element {
    /// It has this value.
    Fixed {
        /// The value.
        value: Value,
        /// Whether people see it.
        #[serde(default)]
        hidden: bool,
        /// Whether it may be left out.
        #[serde(default, rename = "isOptional")]
        is_optional: bool,
    },
    /// It is left out.
    Forbidden {},
    /// It has one of these values.
    Allowlist {
        /// The values.
        values: Vec<Value>,
        /// What all limiting elements share.
        #[serde(flatten)]
        limit: Limit,
    },
    /// It has none of these values.
    Blocklist {
        /// The values.
        values: Vec<Value>,
        /// What all limiting elements share.
        #[serde(flatten)]
        limit: Limit,
    },
    /// It matches.
    Regex {
        /// The pattern.
        pattern: String,
        /// What all limiting elements share.
        #[serde(flatten)]
        limit: Limit,
    },
    /// It is within.
    Range {
        /// The least.
        #[serde(rename = "minValue")]
        min_value: Option<f64>,
        /// The most.
        #[serde(rename = "maxValue")]
        max_value: Option<f64>,
        /// What all limiting elements share.
        #[serde(flatten)]
        limit: Limit,
    },
    /// It is whatever people like.
    Unlimited {
        /// What all limiting elements share.
        #[serde(flatten)]
        limit: Limit,
    },
}

/// What all limiting elements share.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Limit {
    /// What it is if nobody says.
    pub default_value: Option<Value>,
    /// Whether it may be left out.
    #[serde(default)]
    pub is_optional: bool,
    /// Whether people see it.
    #[serde(default)]
    pub hidden: bool,
}

/// A definition that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It has not the shape of one.
    #[error("{path}: {reason}")]
    Malformed {
        /// Where.
        path: String,
        /// Why.
        reason: String,
    },
    /// It has a pattern that Java would take, and rolecall does not.
    #[error("{path}: {pattern}")]
    Pattern {
        /// Where.
        path: String,
        /// The pattern.
        pattern: String,
    },
}

impl Definition {
    /// Reads a definition; an empty text is an empty one.
    ///
    /// # Errors
    /// [`Unusable`] at the first element that cannot be used.
    pub fn read(text: &str) -> Result<Self, Unusable> {
        let malformed = |path: &str, reason: &dyn std::fmt::Display| Unusable::Malformed {
            path: path.to_owned(),
            reason: reason.to_string(),
        };
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let fields: Map<String, Value> =
            serde_json::from_str(text).map_err(|error| malformed("", &error))?;
        let mut elements = Vec::with_capacity(fields.len());
        for (path, value) in fields {
            let element: Element =
                serde_json::from_value(value).map_err(|error| malformed(&path, &error))?;
            if let Element::Regex { pattern, .. } = &element {
                regex_lite::Regex::new(pattern).map_err(|error| match is_of_java(pattern) {
                    true => Unusable::Pattern { path: path.clone(), pattern: pattern.clone() },
                    false => malformed(&path, &error),
                })?;
            }
            elements.push((path, element));
        }
        Ok(Self { elements })
    }
}

/// Whether a pattern has what Java's regular expressions have and rolecall's do not.
fn is_of_java(pattern: &str) -> bool {
    const MARKS: [&str; 5] = ["(?=", "(?!", "(?<=", "(?<!", "(?>"];
    let back_reference =
        pattern.as_bytes().windows(2).any(|two| matches!(two, [b'\\', b'1'..=b'9']));
    back_reference || MARKS.iter().any(|mark| pattern.contains(mark))
}

/// Refuses a text that is no JSON; what is JSON of the wrong shape is kept, as Databricks keeps it.
///
/// # Errors
/// `INVALID_PARAMETER_VALUE`; the text is unverified.
pub fn check_text(text: &str) -> Result<(), Fault> {
    if text.len() > MAX_DEFINITION_BYTES {
        let text = format!("The policy definition has more than {MAX_DEFINITION_BYTES} bytes.");
        return Err(Fault::invalid(text));
    }
    if text.trim().is_empty() {
        return Ok(());
    }
    serde_json::from_str::<Value>(text)
        .map(drop)
        .map_err(|error| Fault::invalid(format!("Policy definition is not valid JSON: {error}")))
}
