//! What an object's bytes are in a row: the bytes themselves if they are few, else contents of the store.

use base64ct::{Base64, Encoding};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use store::ContentId;

use crate::checksum::Checksum;

/// Bytes that stand in the row of their object: they cost no file and no flush of their own.
pub const MAX_INLINE_BYTES: usize = 2048;

/// An object's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// In the row.
    Inline(Inline),
    /// In contents, one after the other.
    Stored(Vec<Piece>),
}

/// A few bytes, in base64 where they are stored.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Inline(pub Vec<u8>);

/// A content that is part of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its id.
    pub id: ContentId,
    /// Its bytes.
    pub bytes: u64,
}

/// Bytes that came in with a request, and what was computed of them on the way: what an operation is handed
/// that writes an object or a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Received {
    /// Where they are.
    pub body: Body,
    /// How many.
    pub bytes: u64,
    /// Their MD5 in hexadecimal.
    pub md5: String,
    /// Their checksum, verified if the client sent one.
    pub checksum: Checksum,
}

impl Body {
    /// The contents.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        match self {
            Self::Inline(_) => &[],
            Self::Stored(pieces) => pieces,
        }
    }

    /// The number of bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Inline(inline) => inline.0.len() as u64,
            Self::Stored(pieces) => pieces.iter().map(|piece| piece.bytes).sum(),
        }
    }
}

impl Received {
    /// A few bytes that are at hand, as another service of this server writes them.
    #[must_use]
    pub fn inline(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > MAX_INLINE_BYTES {
            return None;
        }
        let mut intake = crate::intake::Intake::plain();
        intake.update(bytes);
        let (md5, checksum) = intake.results();
        let body = Body::Inline(Inline(bytes.to_vec()));
        Some(Self { body, bytes: bytes.len() as u64, md5, checksum })
    }
}

impl std::fmt::Debug for Inline {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Inline({} bytes)", self.0.len())
    }
}

impl Serialize for Inline {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Base64::encode_string(&self.0))
    }
}

impl<'de> Deserialize<'de> for Inline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Base64::decode_vec(&text).map(Self).map_err(serde::de::Error::custom)
    }
}

/// `ID:BYTES`: an object may have 10,000 pieces, and a row 1 MiB.
impl Serialize for Piece {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}:{}", self.id, self.bytes))
    }
}

impl<'de> Deserialize<'de> for Piece {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let read = || {
            let (id, bytes) = text.split_once(':')?;
            Some(Self { id: ContentId::parse(id)?, bytes: bytes.parse().ok()? })
        };
        read().ok_or_else(|| serde::de::Error::custom("a piece is `ID:BYTES`"))
    }
}
