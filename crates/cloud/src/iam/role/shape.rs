//! Roles as IAM answers them.

use names::Timestamp;
use serde::Serialize;
use store::View;

use crate::iam::role::{RoleRow, last_used};
use crate::tag::Tag;

/// A role as IAM answers it. Which fields are there differs from operation to operation.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleShape {
    /// The path.
    pub path: String,
    /// The name.
    pub role_name: String,
    /// The unique id.
    pub role_id: String,
    /// The ARN.
    pub arn: String,
    /// When it was made.
    pub create_date: Timestamp,
    /// The trust policy, percent-encoded.
    pub assume_role_policy_document: String,
    /// The description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How long sessions may last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_session_duration: Option<u32>,
    /// The permissions boundary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<BoundaryShape>,
    /// The tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// When it was last used: empty if never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_last_used: Option<RoleLastUsed>,
}

/// When and where a role was last used.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleLastUsed {
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
}

impl RoleLastUsed {
    /// Of a role; empty if it never was.
    #[must_use]
    pub fn of(view: &View, role: &RoleRow) -> Self {
        let last = last_used::find(view, role);
        Self {
            last_used_date: last.map(|last| last.used),
            region: last.map(|last| last.region.clone()),
        }
    }
}

/// A permissions boundary as IAM answers it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BoundaryShape {
    /// Always `Policy`.
    pub permissions_boundary_type: &'static str,
    /// The policy.
    pub permissions_boundary_arn: String,
}

/// An answer that is a role.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleOutput {
    /// The role.
    pub role: RoleShape,
}

impl RoleShape {
    /// What instance profiles show of their role (the samples of the API reference).
    #[must_use]
    pub fn nested(view: &View, role: &RoleRow) -> Self {
        Self {
            path: role.path.clone(),
            role_name: role.name.clone(),
            role_id: role.id.clone(),
            arn: role.arn.clone(),
            create_date: role.created,
            assume_role_policy_document: percent_encode(&role.trust.shown(view)),
            ..Self::default()
        }
    }

    /// What lists show of a role: no tags and no boundary (recorded by LocalStack).
    #[must_use]
    pub fn brief(view: &View, role: &RoleRow) -> Self {
        Self {
            description: role.description.clone(),
            max_session_duration: Some(role.max_session_seconds),
            ..Self::nested(view, role)
        }
    }

    /// What `CreateRole` shows: neither MaxSessionDuration nor RoleLastUsed (recorded by LocalStack), nor the
    /// description (recorded from AWS by radkawar/stackd, `role_wire_aws.json`).
    #[must_use]
    pub fn created(view: &View, role: &RoleRow) -> Self {
        let full = Self::full(view, role);
        Self { description: None, max_session_duration: None, role_last_used: None, ..full }
    }

    /// What `GetRole` shows.
    #[must_use]
    pub fn full(view: &View, role: &RoleRow) -> Self {
        Self {
            permissions_boundary: role.boundary.clone().map(boundary_shape),
            tags: role.tags.clone(),
            role_last_used: Some(RoleLastUsed::of(view, role)),
            ..Self::brief(view, role)
        }
    }
}

/// A boundary as IAM answers it.
#[must_use]
pub fn boundary_shape(arn: String) -> BoundaryShape {
    BoundaryShape { permissions_boundary_type: "Policy", permissions_boundary_arn: arn }
}

/// RFC 3986: everything but unreserved characters as `%XX`.
#[must_use]
pub fn percent_encode(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |value: u8| char::from(DIGITS.get(usize::from(value)).copied().unwrap_or(b'0'));
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(digit(byte >> 4));
            out.push(digit(byte & 0xf));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_encoded() {
        for (text, encoded) in [
            ("Az09-_.~", "Az09-_.~"),
            ("{\"a\": [1]}\n", "%7B%22a%22%3A%20%5B1%5D%7D%0A"),
            ("+ /é", "%2B%20%2F%C3%A9"),
        ] {
            assert_eq!(percent_encode(text), encoded);
        }
    }
}
