//! `managed-policies.bin`, written. `cloud::aws_managed` describes the format where it reads it
//! (`archive.rs`).

use miniz_oxide::deflate::compress_to_vec_zlib;
use serde_json::json;

use super::policy::Policy;
use crate::Outcome;

const MAGIC: &[u8] = b"RCMAN\x01";
/// Slowest and smallest; this runs a few times a year.
const DEFLATE_LEVEL: u8 = 10;
/// Documents are deflated together, in the order of their names, because each alone would take twice
/// the room; a block is what the reader inflates to see one of them.
const BLOCK_BYTES: usize = 64_000;

/// The whole file.
///
/// # Errors
/// An index that is too long.
pub(super) fn file(version: &str, policies: &[Policy]) -> Outcome<Vec<u8>> {
    let blocks = blocks(policies);
    let packed: Vec<Vec<u8>> = blocks.iter().map(|block| deflate(block)).collect();
    let sizes: Vec<_> =
        packed.iter().zip(&blocks).map(|(packed, block)| (packed.len(), block.len())).collect();
    let rows: Vec<_> = policies
        .iter()
        .map(|policy| {
            let Policy { default_version_id, created, updated, .. } = policy;
            json!([policy.arn(), default_version_id, created, updated, policy.document.len()])
        })
        .collect();
    let index = json!({ "version": version, "blocks": sizes, "policies": rows }).to_string();

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

fn deflate(text: &str) -> Vec<u8> {
    compress_to_vec_zlib(text.as_bytes(), DEFLATE_LEVEL)
}

/// The documents, one behind the other, in pieces of at most [`BLOCK_BYTES`] or a single document.
fn blocks(policies: &[Policy]) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    for policy in policies {
        match blocks.last_mut() {
            Some(block) if block.len() + policy.document.len() <= BLOCK_BYTES => {
                block.push_str(&policy.document);
            }
            _ => blocks.push(policy.document.clone()),
        }
    }
    blocks
}
