//! An identity as SCIM shows it, cut to the attributes that were asked for.

use serde::Serialize;
use serde_json::{Map, Value, json};
use store::View;

use crate::identity::{self, IdentityRow, Kind};

/// The attributes that a client wants.
#[derive(Debug, Clone, Default)]
pub struct Projection {
    wanted: Option<Vec<String>>,
    unwanted: Vec<String>,
}

impl Projection {
    /// From the parameters `attributes` and `excludedAttributes`.
    #[must_use]
    pub fn new(attributes: Option<&str>, excluded: Option<&str>) -> Self {
        let split = |text: &str| -> Vec<String> {
            let names = text.split(',').map(|name| {
                let name = name.trim();
                name.split('.').next().unwrap_or(name).to_ascii_lowercase()
            });
            names.filter(|name| !name.is_empty()).collect()
        };
        Self {
            wanted: attributes.map(split).filter(|names| !names.is_empty()),
            unwanted: excluded.map(split).unwrap_or_default(),
        }
    }

    /// Whether `attribute` is to be shown.
    #[must_use]
    pub fn shows(&self, attribute: &str) -> bool {
        let name = attribute.to_ascii_lowercase();
        let wanted = self.wanted.as_ref().is_none_or(|wanted| wanted.contains(&name));
        // What identifies a resource is always shown (RFC 7643, section 3.1).
        matches!(name.as_str(), "id" | "schemas") || wanted && !self.unwanted.contains(&name)
    }
}

/// A value of an attribute that has several.
#[derive(Serialize)]
struct Reference<'a> {
    value: &'a str,
    display: &'a str,
    #[serde(rename = "$ref")]
    reference: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'static str>,
}

/// `row` as SCIM shows it.
#[must_use]
pub fn show(view: &View, row: &IdentityRow, projection: &Projection) -> Value {
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| {
        if projection.shows(name) {
            out.insert(name.to_owned(), value);
        }
    };
    put("schemas", json!([schema(row.kind)]));
    put("id", json!(row.id));
    match row.kind {
        Kind::User => put("userName", json!(row.name)),
        Kind::ServicePrincipal => put("applicationId", json!(row.name)),
        Kind::Group => {}
    }
    put("displayName", json!(row.display()));
    if let Some(id) = &row.external_id {
        put("externalId", json!(id));
    }
    if row.kind == Kind::Group {
        let is_local = row.is_local;
        let resource = if is_local { "WorkspaceGroup" } else { "Group" };
        put("meta", json!({"resourceType": resource}));
        if projection.shows("members") {
            put("members", members(view, row));
        }
    } else {
        put("active", json!(row.active));
    }
    if row.kind == Kind::User {
        put("emails", emails(&row.emails));
        if let Some((given, family)) = &row.person {
            put("name", without_nulls(json!({"givenName": given, "familyName": family})));
        }
    }
    if projection.shows("groups") {
        put("groups", groups(view, row));
    }
    put("roles", values(row.roles.iter()));
    put("entitlements", values(row.entitlements.iter()));
    // What has no value is left out (RFC 7643, section 2.5).
    out.retain(|_, value| value.as_array().is_none_or(|items| !items.is_empty()));
    Value::Object(out)
}

/// The schema of a kind.
#[must_use]
pub fn schema(kind: Kind) -> String {
    format!("urn:ietf:params:scim:schemas:core:2.0:{}", kind.resource())
}

fn values<'r>(items: impl Iterator<Item = &'r String>) -> Value {
    items.map(|value| json!({"value": value})).collect()
}

fn emails(addresses: &[String]) -> Value {
    let shown = addresses
        .iter()
        .enumerate()
        .map(|(index, address)| json!({"type": "work", "value": address, "primary": index == 0}));
    shown.collect()
}

fn members(view: &View, group: &IdentityRow) -> Value {
    identity::members(view, group).into_iter().map(|member| reference(member, None)).collect()
}

fn groups(view: &View, row: &IdentityRow) -> Value {
    let direct = identity::direct_groups_of(view, &row.partition, &row.id);
    let all = identity::groups_of(view, &row.partition, &row.id);
    let shown = all.into_iter().map(|group| {
        let is_direct = direct.iter().any(|known| known.id == group.id);
        reference(group, Some(if is_direct { "direct" } else { "indirect" }))
    });
    shown.collect()
}

fn reference(row: &IdentityRow, r#type: Option<&'static str>) -> Value {
    let reference = format!("{}/{}", row.kind.collection(), row.id);
    let shown = Reference { value: &row.id, display: row.display(), reference, r#type };
    serde_json::to_value(shown).unwrap_or_default()
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        other => other,
    }
}
