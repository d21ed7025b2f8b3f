//! `data/catalogue.bin`: an index and blocks of JSON, each a zlib stream with its checksum.
//!
//! ```text
//! file   "RCEC2" 1, u32 deflated and u32 inflated bytes of the index (little-endian), the index,
//!        the blocks
//! index  JSON { version, blocks: [[deflated bytes, inflated bytes]],
//!        types: [[name, block, bytes of the description]] in order,
//!        regions: { name: [[zone], for each type two hexadecimal digits with a bit for each zone that
//!        offers it, block of its images] } }
//! block  descriptions of instance types one behind the other, or the images of a region
//! ```

use std::collections::BTreeMap;
use std::ops::{Range, RangeBounds};
use std::sync::OnceLock;

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
use serde::Deserialize;

static FILE: &[u8] = include_bytes!("../../data/catalogue.bin");

const MAGIC: &[u8] = b"RCEC2\x01";
/// Inflated bytes of the index or of one block; the index, the largest, has about 130,000.
const PIECE_BYTES_MAX: usize = 1 << 20;

/// The bytes are not what `cargo xtask ec2-catalogue` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the catalogue is damaged: {0}; run `cargo xtask ec2-catalogue`")]
pub(super) struct Damage(&'static str);

/// The index, and the blocks inflated so far.
#[derive(Debug, Default)]
pub(super) struct Archive<'a> {
    pub(super) version: &'a str,
    /// In the order of their names.
    pub(super) types: Vec<TypeEntry<'a>>,
    pub(super) regions: BTreeMap<&'a str, Region<'a>>,
    blocks: Vec<Block<'a>>,
}

/// An instance type, and where its description stands.
#[derive(Debug)]
pub(super) struct TypeEntry<'a> {
    pub(super) name: &'a str,
    pub(super) block: usize,
    /// Bytes of the inflated block.
    pub(super) range: Range<usize>,
}

/// A region.
#[derive(Debug, Deserialize)]
pub(super) struct Region<'a> {
    #[serde(borrow)]
    pub(super) zones: Vec<&'a str>,
    offered: &'a str,
    pub(super) images: usize,
}

/// An image of Amazon's: id, architecture, description, name, owner, platform, root device's name and
/// type, virtualization type.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "named as in the API")]
pub struct ImageFacts {
    pub id: String,
    pub architecture: String,
    pub description: Option<String>,
    pub name: String,
    pub owner_id: String,
    pub platform: Option<String>,
    pub root_device_name: String,
    pub root_device_type: String,
    pub virtualization_type: String,
}

#[derive(Debug)]
struct Block<'a> {
    deflated: &'a [u8],
    inflated_bytes: usize,
    text: OnceLock<Option<String>>,
}

#[derive(Deserialize)]
struct Index<'a> {
    version: &'a str,
    blocks: Vec<(usize, usize)>,
    #[serde(borrow)]
    types: Vec<(&'a str, usize, usize)>,
    #[serde(borrow)]
    regions: BTreeMap<&'a str, Region<'a>>,
}

impl Region<'_> {
    /// The zones that offer the type at this place of the index, a bit for each.
    pub(super) fn mask(&self, at: usize) -> u8 {
        let digits = at.checked_mul(2).and_then(|from| self.offered.get(from..from + 2));
        digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).unwrap_or_default()
    }
}

/// The embedded file. Damaged bytes would make it empty; the tests see to it that they are not.
pub(super) fn open() -> Archive<'static> {
    static PARTS: OnceLock<(String, &[u8])> = OnceLock::new();
    let (index, blocks) = PARTS.get_or_init(|| split(FILE).unwrap_or_default());
    Archive::read(index, blocks).unwrap_or_default()
}

/// The file's index, inflated, and its blocks.
fn split(file: &[u8]) -> Result<(String, &[u8]), Damage> {
    let rest = file.strip_prefix(MAGIC).ok_or(Damage("it does not start as such a file"))?;
    let (deflated_bytes, rest) = length(rest)?;
    let (inflated_bytes, rest) = length(rest)?;
    let (index, blocks) = cut(rest, deflated_bytes)?;
    Ok((inflate(index, inflated_bytes)?, blocks))
}

impl<'a> Archive<'a> {
    /// Reads the index; the blocks stay packed.
    fn read(index: &'a str, blocks: &'a [u8]) -> Result<Self, Damage> {
        let index: Index<'a> =
            serde_json::from_str(index).map_err(|_| Damage("its index is not one"))?;
        let mut rest = blocks;
        let block = |(deflated_bytes, inflated_bytes): (usize, usize)| {
            let (deflated, behind) = cut(rest, deflated_bytes)?;
            rest = behind;
            Ok(Block { deflated, inflated_bytes, text: OnceLock::new() })
        };
        let blocks = index.blocks.into_iter().map(block).collect::<Result<Vec<_>, _>>()?;
        let mut last = (0, 0_usize);
        let entry = |(name, block, bytes): (&'a str, usize, usize)| {
            let start = if block == last.0 { last.1 } else { 0 };
            let end = start.checked_add(bytes).ok_or(Damage("a description has no end"))?;
            let room = blocks.get(block).map_or(0, |block| block.inflated_bytes);
            if end > room {
                return Err(Damage("it announces more descriptions than it holds"));
            }
            last = (block, end);
            Ok(TypeEntry { name, block, range: start..end })
        };
        let types = index.types.into_iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { version: index.version, types, regions: index.regions, blocks })
    }

    /// These bytes of a block, which is inflated when first asked for.
    pub(super) fn text(&self, block: usize, range: impl RangeBounds<usize>) -> Option<&str> {
        let block = self.blocks.get(block)?;
        let text = block.text.get_or_init(|| inflate(block.deflated, block.inflated_bytes).ok());
        text.as_deref()?.get((range.start_bound().cloned(), range.end_bound().cloned()))
    }
}

fn length(bytes: &[u8]) -> Result<(usize, &[u8]), Damage> {
    let (length, rest) = bytes.split_first_chunk().ok_or(Damage("it ends too soon"))?;
    let length = usize::try_from(u32::from_le_bytes(*length));
    Ok((length.map_err(|_| Damage("its index is too large"))?, rest))
}

fn cut(bytes: &[u8], at: usize) -> Result<(&[u8], &[u8]), Damage> {
    bytes.split_at_checked(at).ok_or(Damage("it ends too soon"))
}

fn inflate(deflated: &[u8], inflated_bytes: usize) -> Result<String, Damage> {
    if inflated_bytes > PIECE_BYTES_MAX {
        return Err(Damage("a piece is too large"));
    }
    let inflated = decompress_to_vec_zlib_with_limit(deflated, inflated_bytes)
        .map_err(|_| Damage("a piece does not inflate"))?;
    if inflated.len() != inflated_bytes {
        return Err(Damage("a piece is shorter than announced"));
    }
    String::from_utf8(inflated).map_err(|_| Damage("a piece is not text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_file_is_read() {
        let (index, blocks) = split(FILE).unwrap();
        let archive = Archive::read(&index, blocks).unwrap();
        for entry in &archive.types {
            let text = archive.text(entry.block, entry.range.clone()).unwrap();
            assert!(text.starts_with('{') && text.ends_with('}'), "{}", entry.name);
        }
        for (name, region) in &archive.regions {
            assert_eq!(region.offered.len(), 2 * archive.types.len(), "{name}");
            let images: Vec<ImageFacts> =
                serde_json::from_str(archive.text(region.images, ..).unwrap()).unwrap();
            assert!(images.iter().all(|image| image.id.starts_with("ami-")), "{name}");
        }
        let deflated: usize = archive.blocks.iter().map(|block| block.deflated.len()).sum();
        assert_eq!(deflated, blocks.len(), "nothing is left over");
    }

    fn read(file: &[u8]) -> Result<usize, Damage> {
        let (index, blocks) = split(file)?;
        Archive::read(&index, blocks).map(|archive| archive.types.len())
    }

    #[test]
    fn a_damaged_file_does_no_harm() {
        let (_, blocks) = split(FILE).unwrap();
        let index_bytes = FILE.len() - blocks.len();
        for end in (0..index_bytes).step_by(997).chain(0..16) {
            assert!(read(&FILE[..end]).is_err(), "cut at {end}");
        }
        for at in (0..index_bytes).step_by(499).chain(0..16) {
            let mut bytes = FILE.to_vec();
            bytes[at] ^= 0x10;
            assert!(read(&bytes).is_err(), "byte {at}");
        }
        for (index, why) in [
            ("[]", "no object"),
            (r#"{"version":"1","blocks":[[9,9]],"types":[],"regions":{}}"#, "a block too many"),
            (r#"{"version":"1","blocks":[[2,5]],"types":[["a",0,6]],"regions":{}}"#, "too long"),
            (r#"{"version":"1","blocks":[[2,5]],"types":[["a",1,1]],"regions":{}}"#, "no block"),
        ] {
            assert!(Archive::read(index, b"abcd").is_err(), "{why}");
        }
    }
}
