//! `data/managed-policies.bin`: an index and blocks of documents, each a zlib stream with its checksum.
//!
//! ```text
//! file   "RCMAN" 1, u32 deflated and u32 inflated bytes of the index (little-endian), the index,
//!        the blocks
//! index  JSON { version, blocks: [[deflated bytes, inflated bytes]],
//!        policies: [[ARN, default version id, created, updated, document bytes]] }
//! block  documents one behind the other, in the order of the policies
//! ```

use std::ops::Range;
use std::sync::OnceLock;

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
use serde::Deserialize;

pub(super) static FILE: &[u8] = include_bytes!("../../data/managed-policies.bin");

const MAGIC: &[u8] = b"RCMAN\x01";
/// Inflated bytes of the index or of one block; the index, the largest, has 184,000.
const PIECE_BYTES_MAX: usize = 1 << 20;

/// The bytes are not what `cargo xtask managed-policies` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the managed policies are damaged: {0}; run `cargo xtask managed-policies`")]
pub(super) struct Damage(&'static str);

/// The index, and the blocks inflated so far.
#[derive(Debug, Default)]
pub(super) struct Archive<'a> {
    pub(super) version: &'a str,
    /// In the order of their names.
    pub(super) entries: Vec<Entry<'a>>,
    blocks: Vec<Block<'a>>,
}

/// A policy, and where its document stands.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) arn: &'a str,
    pub(super) default_version_id: &'a str,
    pub(super) created: &'a str,
    pub(super) updated: &'a str,
    /// Number of the block.
    pub(super) block: usize,
    /// Bytes of the inflated block.
    pub(super) range: Range<usize>,
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
    policies: Vec<Row<'a>>,
}

#[derive(Deserialize)]
struct Row<'a>(&'a str, &'a str, &'a str, &'a str, usize);

/// The embedded file. Damaged bytes would make it empty; the tests see to it that they are not.
pub(super) fn archive() -> &'static Archive<'static> {
    static PARTS: OnceLock<(String, &[u8])> = OnceLock::new();
    static ARCHIVE: OnceLock<Archive<'static>> = OnceLock::new();
    ARCHIVE.get_or_init(|| {
        let (index, blocks) = PARTS.get_or_init(|| split(FILE).unwrap_or_default());
        Archive::read(index, blocks).unwrap_or_default()
    })
}

/// The file's index, inflated, and its blocks.
pub(super) fn split(file: &[u8]) -> Result<(String, &[u8]), Damage> {
    let rest = file.strip_prefix(MAGIC).ok_or(Damage("it does not start as such a file"))?;
    let (deflated_bytes, rest) = length(rest)?;
    let (inflated_bytes, rest) = length(rest)?;
    let (index, blocks) = cut(rest, deflated_bytes)?;
    Ok((inflate(index, inflated_bytes)?, blocks))
}

impl<'a> Archive<'a> {
    /// Reads the index; the blocks stay packed.
    pub(super) fn read(index: &'a str, blocks: &'a [u8]) -> Result<Self, Damage> {
        let index: Index<'a> =
            serde_json::from_str(index).map_err(|_| Damage("its index is not one"))?;
        let mut rest = blocks;
        let block = |(deflated_bytes, inflated_bytes): (usize, usize)| {
            let (deflated, behind) = cut(rest, deflated_bytes)?;
            rest = behind;
            Ok(Block { deflated, inflated_bytes, text: OnceLock::new() })
        };
        let blocks = index.blocks.into_iter().map(block).collect::<Result<Vec<_>, _>>()?;
        let mut place = Place { block: 0, offset: 0 };
        let entry = |row: Row<'a>| {
            let Row(arn, default_version_id, created, updated, bytes) = row;
            let (block, range) = place.take(bytes, &blocks)?;
            Ok(Entry { arn, default_version_id, created, updated, block, range })
        };
        let entries = index.policies.into_iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { version: index.version, entries, blocks })
    }

    /// These bytes of a block, which is inflated when first asked for.
    pub(super) fn document(&self, block: usize, range: &Range<usize>) -> Option<&str> {
        let block = self.blocks.get(block)?;
        let text = block.text.get_or_init(|| inflate(block.deflated, block.inflated_bytes).ok());
        text.as_deref()?.get(range.clone())
    }
}

/// Where the next document starts.
struct Place {
    block: usize,
    offset: usize,
}

impl Place {
    /// The place of the next document, of so many bytes: behind the last one, or at the start of the
    /// next block if that one was full.
    fn take(
        &mut self,
        bytes: usize,
        blocks: &[Block<'_>],
    ) -> Result<(usize, Range<usize>), Damage> {
        let missing = Damage("it announces more documents than it holds");
        let mut room = blocks.get(self.block).ok_or(missing)?.inflated_bytes;
        if self.offset == room {
            *self = Self { block: self.block + 1, offset: 0 };
            room = blocks.get(self.block).ok_or(missing)?.inflated_bytes;
        }
        let start = self.offset;
        self.offset = start.checked_add(bytes).filter(|end| *end <= room).ok_or(missing)?;
        Ok((self.block, start..self.offset))
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

    /// Reads everything in a file; answers the number of documents that came out.
    fn documents(file: &[u8]) -> Result<usize, Damage> {
        let (index, blocks) = split(file)?;
        let archive = Archive::read(&index, blocks)?;
        let entries = archive.entries.iter();
        Ok(entries.filter_map(|entry| archive.document(entry.block, &entry.range)).count())
    }

    #[test]
    fn the_whole_file_is_read() {
        let (index, blocks) = split(FILE).unwrap();
        let archive = Archive::read(&index, blocks).unwrap();
        assert_eq!(documents(FILE), Ok(archive.entries.len()));
        let deflated: usize = archive.blocks.iter().map(|block| block.deflated.len()).sum();
        assert_eq!(deflated, blocks.len(), "nothing is left over");
        let last = archive.entries.last().unwrap();
        assert_eq!(last.block + 1, archive.blocks.len());
        assert_eq!(last.range.end, archive.blocks[last.block].inflated_bytes);
        let largest = archive.blocks.iter().map(|block| block.inflated_bytes).max().unwrap();
        assert!(largest.max(index.len()) <= PIECE_BYTES_MAX);
    }

    #[test]
    fn a_damaged_file_does_no_harm() {
        let index_bytes = FILE.len() - split(FILE).unwrap().1.len();
        for end in (0..index_bytes).step_by(997).chain(0..32) {
            assert!(documents(&FILE[..end]).is_err(), "cut at {end}");
        }
        assert!(documents(&FILE[..FILE.len() - 1]).is_err());
        // A wrong bit anywhere is found, in the index at once and in a block when it is inflated.
        let whole = documents(FILE).unwrap();
        for at in (0..index_bytes).step_by(499).chain(0..16) {
            let mut bytes = FILE.to_vec();
            bytes[at] ^= 0x10;
            assert!(documents(&bytes).is_err(), "byte {at}");
        }
        for at in (index_bytes..FILE.len()).step_by(40_009) {
            let mut bytes = FILE.to_vec();
            bytes[at] ^= 0x10;
            let left = documents(&bytes).unwrap();
            assert!(left < whole, "byte {at}: {left} of {whole}");
        }
    }

    #[test]
    fn a_piece_is_as_long_as_announced() {
        let deflated = miniz_oxide::deflate::compress_to_vec_zlib(b"policy", 6);
        let check = |bytes: usize, expected: Result<&str, &'static str>| {
            let expected = expected.map(str::to_owned).map_err(Damage);
            assert_eq!(inflate(&deflated, bytes), expected, "{bytes}");
        };
        check(6, Ok("policy"));
        check(5, Err("a piece does not inflate"));
        check(7, Err("a piece is shorter than announced"));
        check(PIECE_BYTES_MAX, Err("a piece is shorter than announced"));
        check(PIECE_BYTES_MAX + 1, Err("a piece is too large"));
    }

    #[test]
    fn an_index_that_does_not_fit_its_blocks_is_refused() {
        let check = |blocks: &str, documents: &str, expected: Option<&[(usize, Range<usize>)]>| {
            let rows: Vec<String> =
                documents.split(' ').map(|n| format!("[\"a\",\"v1\",\"c\",\"u\",{n}]")).collect();
            let rows = rows.join(",");
            let index = format!("{{\"version\":\"1\",\"blocks\":{blocks},\"policies\":[{rows}]}}");
            let archive = Archive::read(&index, b"abcd");
            let places = archive.ok().map(|archive| {
                let entries = archive.entries.iter();
                entries.map(|entry| (entry.block, entry.range.clone())).collect::<Vec<_>>()
            });
            assert_eq!(places.as_deref(), expected, "{index}");
        };
        check("[[2,5],[2,3]]", "2 3 3", Some(&[(0, 0..2), (0, 2..5), (1, 0..3)]));
        check("[[2,5],[2,3]]", "2 4", None);
        check("[[2,5],[2,3]]", "5 3 1", None);
        check("[[2,5],[3,3]]", "5", None);
        check("[[2,5]]", "18446744073709551615", None);
        check("[[2,5]]", "-1", None);
        check("[]", "0", None);
    }
}
