//! `catalogue.bin`, written. `ec2::catalogue` describes the format where it reads it (`archive.rs`).

use miniz_oxide::deflate::compress_to_vec_zlib;
use serde_json::{Map, Value, json};

use super::facts::{Facts, Region};
use crate::Outcome;

const MAGIC: &[u8] = b"RCEC2\x01";
/// Slowest and smallest; this runs a few times a year.
const DEFLATE_LEVEL: u8 = 10;
/// Descriptions of neighbouring types share a block, because each alone would take four times the room;
/// a block is what the reader inflates to see one of them.
const BLOCK_BYTES: usize = 32_000;
/// What is kept of an image.
const IMAGE_MEMBERS: [&str; 9] = [
    "ami_id",
    "architecture",
    "description",
    "name",
    "owner_id",
    "platform",
    "root_device_name",
    "root_device_type",
    "virtualization_type",
];

/// The whole file.
///
/// # Errors
/// An index that is too long, more zones in a region than bits, or an image without a member.
pub(super) fn file(version: &str, facts: &Facts) -> Outcome<Vec<u8>> {
    let mut blocks: Vec<String> = Vec::new();
    let mut types = Vec::new();
    for (name, description) in &facts.types {
        let text = description.to_string();
        match blocks.last_mut() {
            Some(block) if block.len() + text.len() <= BLOCK_BYTES => block.push_str(&text),
            _ => blocks.push(text.clone()),
        }
        types.push(json!([name, blocks.len() - 1, text.len()]));
    }
    let names: Vec<&str> = facts.types.keys().map(String::as_str).collect();
    let mut regions = Map::new();
    for region in &facts.regions {
        let images = region.images.iter().map(image).collect::<Outcome<Vec<Value>>>()?;
        blocks.push(Value::Array(images).to_string());
        let zones: Vec<&str> = region.zones.iter().map(|zone| zone.name.as_str()).collect();
        let row = json!([zones, offered(region, &names)?, blocks.len() - 1]);
        regions.insert(region.name.clone(), row);
    }
    let packed: Vec<Vec<u8>> = blocks.iter().map(|block| deflate(block)).collect();
    let sizes: Vec<_> =
        packed.iter().zip(&blocks).map(|(packed, block)| (packed.len(), block.len())).collect();
    let index = json!({ "version": version, "blocks": sizes, "types": types, "regions": regions })
        .to_string();

    let packed_index = deflate(&index);
    let mut out = MAGIC.to_vec();
    for length in [packed_index.len(), index.len()] {
        let length = u32::try_from(length).map_err(|_| "the index is too long")?;
        out.extend(length.to_le_bytes());
    }
    out.extend(packed_index);
    out.extend(packed.concat());
    Ok(out)
}

/// For each type two hexadecimal digits, with a bit for each zone that offers it.
fn offered(region: &Region, names: &[&str]) -> Outcome<String> {
    let mut masks = vec![0_u8; names.len()];
    for (at, zone) in region.zones.iter().enumerate() {
        let bit = u32::try_from(at).ok().and_then(|at| 1_u8.checked_shl(at));
        let bit = bit.ok_or_else(|| format!("`{}` has more than eight zones", region.name))?;
        for kind in &zone.types {
            // A type that is offered and not described would be of no use.
            if let Ok(at) = names.binary_search(&kind.as_str())
                && let Some(mask) = masks.get_mut(at)
            {
                *mask |= bit;
            }
        }
    }
    Ok(masks.iter().map(|mask| format!("{mask:02x}")).collect())
}

fn image(image: &Value) -> Outcome<Value> {
    let member = |name: &&str| match image.get(*name) {
        Some(value) if value.is_string() || value.is_null() => Ok(value.clone()),
        _ => Err(format!("an image without `{name}`: {image}")),
    };
    IMAGE_MEMBERS.iter().map(member).collect::<Outcome<Vec<Value>>>().map(Value::Array)
}

fn deflate(text: &str) -> Vec<u8> {
    compress_to_vec_zlib(text.as_bytes(), DEFLATE_LEVEL)
}
