//! What is read from the package.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use miniz_oxide::inflate::decompress_to_vec;
use serde_json::Value;

use crate::Outcome;

/// Everything that the catalogue holds.
pub(super) struct Facts {
    /// Instance types by name, each described as the API does.
    pub(super) types: BTreeMap<String, Value>,
    pub(super) regions: Vec<Region>,
}

/// A region.
pub(super) struct Region {
    pub(super) name: String,
    /// Names and ids of its zones, which belong together.
    pub(super) zones: Vec<Zone>,
    pub(super) images: Vec<Value>,
}

/// A zone, and the instance types that it offers.
pub(super) struct Zone {
    pub(super) name: String,
    pub(super) types: Vec<String>,
}

impl Facts {
    /// Reads the package's folder of resources.
    pub(super) fn read(resources: &Path) -> Outcome<Self> {
        let types = match json(&resources.join("instance_types.json.gz"))? {
            Value::Object(types) => types.into_iter().collect(),
            _ => return Err("the instance types are no object".to_owned()),
        };
        let offerings = resources.join("instance_type_offerings/availability-zone");
        let mut names: Vec<String> = fs::read_dir(&offerings)
            .map_err(|error| format!("{}: {error}", offerings.display()))?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter_map(|name| Some(name.strip_suffix(".json.gz")?.to_owned()))
            .collect();
        names.sort();
        let region = |name: String| -> Outcome<Region> {
            let file = format!("{name}.json.gz");
            let images = resources.join("latest_amis").join(&file);
            Ok(Region {
                zones: zones(&json(&offerings.join(&file))?),
                images: json(&images)?.as_array().cloned().unwrap_or_default(),
                name,
            })
        };
        let regions = names.into_iter().map(region).collect::<Outcome<_>>()?;
        Ok(Self { types, regions })
    }
}

/// From pairs of type and zone to the types of each zone.
fn zones(offerings: &Value) -> Vec<Zone> {
    let mut zones: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for offering in offerings.as_array().into_iter().flatten() {
        let text = |key: &str| offering.get(key).and_then(Value::as_str).map(str::to_owned);
        if let (Some(zone), Some(kind)) = (text("Location"), text("InstanceType")) {
            zones.entry(zone).or_default().push(kind);
        }
    }
    zones.into_iter().map(|(name, types)| Zone { name, types }).collect()
}

/// A gzipped JSON file.
fn json(path: &Path) -> Outcome<Value> {
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let bytes = fs::read(path).map_err(|error| told(&error))?;
    let body = gzip_body(&bytes).ok_or_else(|| told(&"not a plain gzip file"))?;
    let text = decompress_to_vec(body).map_err(|error| told(&error))?;
    serde_json::from_slice(&text).map_err(|error| told(&error))
}

/// The deflated part of a gzip file of one member (RFC 1952, section 2.3), which may carry a file name.
fn gzip_body(bytes: &[u8]) -> Option<&[u8]> {
    const HEADER_BYTES: usize = 10;
    const HAS_NAME: u8 = 0x08;
    let flags = *bytes.strip_prefix(&[0x1f, 0x8b, 8])?.first()?;
    let rest = bytes.get(HEADER_BYTES..)?;
    match flags {
        0 => Some(rest),
        HAS_NAME => rest.get(rest.iter().position(|byte| *byte == 0)? + 1..),
        _ => None,
    }
}
