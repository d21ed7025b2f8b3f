//! `data/catalog.bin`: an index, and a deflated chunk for each service.
//!
//! `n` is a number as [`Reader::number`] reads it, a text is its length as `n` and its UTF-8. `{}`
//! holds what is repeated `n` times:
//!
//! ```text
//! file     "RCIAM" 1, text version, text updated, u64 digest (FNV-1a, little-endian),
//!          n { service }, n { stranger of keys }, n { stranger of ARNs }, the chunks
//! service  text prefix, byte 1 if RCPs apply, n deflated bytes, n inflated bytes
//! stranger text name, n { n number of a service }
//! ```
//!
//! A stranger is what keys or ARNs start with that is not the prefix of the service which defines
//! them: `saml` is one of the keys, `iam` one of the ARNs of `sts`. The digest is that of the facts
//! before they were packed; the tests compare it.

use std::sync::OnceLock;

use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::Service;
use super::chunk;
use super::pattern::Pattern;
use super::reader::{Damage, Reader};

pub(super) static CATALOG: &[u8] = include_bytes!("../../data/catalog.bin");

const MAGIC: &[u8] = b"RCIAM\x01";
/// Inflated bytes of one service; EC2, the largest, has 47,000.
const CHUNK_BYTES_MAX: usize = 1 << 20;

/// The index, and the services unpacked so far.
#[derive(Debug, Default)]
pub(super) struct Archive<'a> {
    pub(super) version: &'a str,
    pub(super) updated: &'a str,
    pub(super) digest: u64,
    /// In the order of their prefixes.
    pub(super) entries: Vec<Entry<'a>>,
    key_strangers: Vec<Stranger<'a>>,
    arn_strangers: Vec<Stranger<'a>>,
}

#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) prefix: &'a str,
    pub(super) rcp: bool,
    deflated: &'a [u8],
    inflated_bytes: usize,
    service: OnceLock<Option<Service>>,
}

/// An entry before its chunk is found.
struct Row<'a> {
    prefix: &'a str,
    rcp: bool,
    deflated_bytes: usize,
    inflated_bytes: usize,
}

#[derive(Debug)]
struct Stranger<'a> {
    name: &'a str,
    services: Vec<usize>,
}

/// The embedded catalogue. Damaged bytes would make it empty; the tests see to it that they are not.
pub(super) fn archive() -> &'static Archive<'static> {
    static ARCHIVE: OnceLock<Archive<'static>> = OnceLock::new();
    ARCHIVE.get_or_init(|| Archive::read(CATALOG).unwrap_or_default())
}

impl<'a> Archive<'a> {
    /// Reads the index; the services stay packed.
    pub(super) fn read(file: &'a [u8]) -> Result<Self, Damage> {
        let mut reader = Reader(file);
        if reader.bytes(MAGIC.len())? != MAGIC {
            return Err(Damage("it does not start as one"));
        }
        let (version, updated) = (reader.text()?, reader.text()?);
        let digest = reader.bytes(size_of::<u64>())?.try_into();
        let digest = u64::from_le_bytes(digest.map_err(|_| Damage("it has no digest"))?);
        let count = reader.count()?;
        let rows = (0..count).map(|_| Row::read(&mut reader)).collect::<Result<Vec<_>, _>>()?;
        let key_strangers = strangers(&mut reader)?;
        let arn_strangers = strangers(&mut reader)?;
        let entry = |row: Row<'a>| {
            let Row { prefix, rcp, deflated_bytes, inflated_bytes } = row;
            let deflated = reader.bytes(deflated_bytes)?;
            Ok(Entry { prefix, rcp, deflated, inflated_bytes, service: OnceLock::new() })
        };
        let entries = rows.into_iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { version, updated, digest, entries, key_strangers, arn_strangers })
    }
}

impl Archive<'static> {
    /// The service of this prefix, in any case.
    pub(super) fn entry(&self, prefix: &str) -> Option<&Entry<'static>> {
        let lower = |byte: u8| byte.to_ascii_lowercase();
        let order =
            |entry: &Entry<'_>| entry.prefix.bytes().map(lower).cmp(prefix.bytes().map(lower));
        self.entries.get(self.entries.binary_search_by(order).ok()?)
    }

    /// The services that define keys which start with `vendor`, other than the one of that prefix.
    pub(super) fn services_with_keys_of(&self, vendor: &str) -> impl Iterator<Item = &Service> {
        let vendor = Pattern::literal(&vendor.to_ascii_lowercase());
        let means = move |stranger: &&Stranger<'_>| {
            Pattern::key_template(&stranger.name.to_ascii_lowercase()).meets(&vendor)
        };
        self.services(self.key_strangers.iter().filter(means))
    }

    /// The services with ARNs of the service `vendor`, other than the one of that prefix.
    ///
    /// AWS Backup's recovery points, whose ARNs may be of any service, are no answer to this.
    pub(super) fn services_with_arns_of(&self, vendor: &str) -> impl Iterator<Item = &Service> {
        self.services(self.arn_strangers.iter().filter(move |stranger| stranger.name == vendor))
    }

    fn services<'a>(
        &'a self,
        strangers: impl Iterator<Item = &'a Stranger<'static>>,
    ) -> impl Iterator<Item = &'a Service> {
        let numbers = strangers.flat_map(|stranger| &stranger.services);
        numbers.filter_map(|number| self.entries.get(*number)?.service())
    }
}

impl<'a> Row<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Damage> {
        Ok(Self {
            prefix: reader.text()?,
            rcp: reader.byte()? == 1,
            deflated_bytes: reader.number()?,
            inflated_bytes: reader.number()?,
        })
    }
}

impl Entry<'static> {
    /// The service, unpacked when first asked for.
    pub(super) fn service(&self) -> Option<&Service> {
        self.service.get_or_init(|| self.unpack().ok()).as_ref()
    }

    pub(super) fn unpack(&self) -> Result<Service, Damage> {
        chunk::service(self.prefix, self.inflate()?)
    }
}

impl Entry<'_> {
    pub(super) fn inflate(&self) -> Result<Vec<u8>, Damage> {
        if self.inflated_bytes > CHUNK_BYTES_MAX {
            return Err(Damage("a service is too large"));
        }
        let inflated = decompress_to_vec_with_limit(self.deflated, self.inflated_bytes)
            .map_err(|_| Damage("a service does not inflate"))?;
        if inflated.len() != self.inflated_bytes {
            return Err(Damage("a service is shorter than announced"));
        }
        Ok(inflated)
    }
}

fn strangers<'a>(reader: &mut Reader<'a>) -> Result<Vec<Stranger<'a>>, Damage> {
    let count = reader.count()?;
    let one = |_| {
        let name = reader.text()?;
        let count = reader.count()?;
        Ok(Stranger { name, services: reader.numbers(count)? })
    };
    (0..count).map(one).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn files_of_another_kind_are_refused() {
        for file in [&b""[..], b"RCIAM", b"RCIAM\x02", MAGIC, b"RCIAM\x01\x05", &CATALOG[..9_000]] {
            assert!(Archive::read(file).is_err(), "{file:?}");
        }
        assert_eq!(Archive::read(CATALOG).unwrap().entries.len(), 457);
    }

    #[test]
    fn a_service_may_have_so_many_bytes() {
        let inflated = |bytes: usize| {
            let deflated = miniz_oxide::deflate::compress_to_vec(&vec![0; bytes], 1);
            let (deflated, service) = (deflated.as_slice(), OnceLock::new());
            let entry = Entry { prefix: "", rcp: false, deflated, inflated_bytes: bytes, service };
            entry.inflate().map(|inflated| inflated.len())
        };
        assert_eq!(inflated(CHUNK_BYTES_MAX), Ok(CHUNK_BYTES_MAX));
        assert_eq!(inflated(CHUNK_BYTES_MAX + 1), Err(Damage("a service is too large")));
    }

    #[test]
    fn a_service_must_have_the_bytes_that_were_announced() {
        let deflated = miniz_oxide::deflate::compress_to_vec(b"abc", 1);
        let inflated = |inflated_bytes: usize| {
            let (deflated, service) = (deflated.as_slice(), OnceLock::new());
            Entry { prefix: "", rcp: false, deflated, inflated_bytes, service }.inflate().is_ok()
        };
        assert_eq!([2, 3, 4].map(inflated), [false, true, false]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        /// The index, and deflated services, with a few bytes changed.
        #[test]
        fn a_damaged_file_does_no_harm(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
            in_index in any::<bool>(),
            end in any::<prop::sample::Index>(),
            cut in prop::bool::weighted(0.2),
        ) {
            const INDEX_BYTES: usize = 9_000;
            let mut bytes = CATALOG.to_vec();
            for (at, byte) in changes {
                let at = at.index(if in_index { INDEX_BYTES } else { bytes.len() });
                bytes[at] = byte;
            }
            if cut {
                bytes.truncate(end.index(bytes.len()));
            }
            if let Ok(archive) = Archive::read(&bytes) {
                for entry in archive.entries.iter().filter(|entry| entry.prefix.len() < 4) {
                    if let Ok(inflated) = entry.inflate() {
                        assert!(inflated.len() <= CHUNK_BYTES_MAX);
                    }
                }
            }
        }
    }
}
