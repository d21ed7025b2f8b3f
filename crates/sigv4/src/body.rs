//! The body of an S3 request, held against what the request declared while it comes in.

use sha2::{Digest, Sha256};

use crate::chain::Chain;
use crate::chunked::Decoder;
use crate::content::Content;
use crate::error::{Error, Place};
use crate::request::{Dialect, Request};
use crate::text::{Sha256Hash, hex_string};

/// A trailing header: its name in lower case and its value.
pub type Trailer = (String, String);

/// Takes a body in pieces of any size, gives back its bytes as they are meant to be stored, and tells
/// at the end whether they were the ones that were signed.
///
/// It keeps no more than a line of the body. What it gives back is not proved until
/// [`finish`](Self::finish) says so.
#[derive(Debug)]
pub struct Body(Kind);

#[derive(Debug)]
enum Kind {
    /// As it comes.
    Unchecked,
    Hashed {
        hasher: Sha256,
        declared: Sha256Hash,
    },
    Chunked(Box<Decoder>),
}

/// What is wrong with a body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The body has another hash than the request declared.
    #[error("the body's SHA-256 is {computed} and not {declared}: sign the bytes that are sent")]
    ContentHash {
        /// What the request declared, in lower-case hexadecimal.
        declared: String,
        /// What the body has.
        computed: String,
    },
    /// A chunk's signature does not match.
    #[error("the signature of chunk {chunk} does not match: sign each chunk with the one before")]
    ChunkSignature {
        /// The chunk, counted from 1.
        chunk: u64,
    },
    /// The signature of the trailing headers does not match, or there is none.
    #[error("the signature of the trailing headers does not match")]
    TrailerSignature,
    /// A chunk that is not the last is too small.
    #[error("chunk {chunk} has only {bytes} bytes: every chunk but the last needs at least 8192")]
    ChunkTooSmall {
        /// The chunk, counted from 1.
        chunk: u64,
        /// Its bytes.
        bytes: u64,
    },
    /// The body is not aws-chunked.
    #[error("the body is not aws-chunked: {what}")]
    Malformed {
        /// What is wrong.
        what: &'static str,
    },
    /// A trailing header is malformed, not announced, or missing.
    #[error("the trailing headers are not as announced: {what}")]
    Trailer {
        /// What is wrong.
        what: &'static str,
    },
    /// The body ends too early.
    #[error("the body ended before its last chunk")]
    Truncated,
    /// The body is longer or shorter than announced.
    #[error("the body does not have the {announced} bytes that x-amz-decoded-content-length says")]
    Length {
        /// Bytes that were announced.
        announced: u64,
    },
}

impl Body {
    pub(crate) fn new(content: &Content<'_>, chain: impl FnOnce() -> Option<Chain>) -> Self {
        Self(match content {
            Content::Whole | Content::Unsigned => Kind::Unchecked,
            Content::Sha256 { hash, .. } => Kind::Hashed { hasher: Sha256::new(), declared: *hash },
            Content::Streaming(streaming) => {
                Kind::Chunked(Box::new(Decoder::new(streaming, chain())))
            }
        })
    }

    /// The body of a request to S3 that nobody signed, as far as it declares what it is.
    ///
    /// # Errors
    /// [`Error::ContentHashMalformed`] for chunks that should be signed, and [`Error::DecodedLengthMissing`].
    pub fn unsigned(request: &Request<'_>) -> Result<Self, Error> {
        match Content::read(request, Place::Query, Dialect::S3)? {
            Content::Streaming(streaming) if streaming.signed => {
                let text = "signed chunks of a request that is not signed".to_owned();
                Err(Error::ContentHashMalformed { text })
            }
            content => Ok(Self::new(&content, || None)),
        }
    }

    /// Takes the next piece and gives `sink` the bytes that are meant, in pieces of any size.
    ///
    /// # Errors
    /// What is wrong with the body so far; every later call fails the same way.
    pub fn push(&mut self, piece: &[u8], mut sink: impl FnMut(&[u8])) -> Result<(), BodyError> {
        match &mut self.0 {
            Kind::Unchecked => sink(piece),
            Kind::Hashed { hasher, .. } => {
                hasher.update(piece);
                sink(piece);
            }
            Kind::Chunked(decoder) => decoder.push(piece, &mut sink)?,
        }
        Ok(())
    }

    /// Ends the body and gives its trailing headers. Whether a checksum among them is right is for the
    /// caller to see.
    ///
    /// # Errors
    /// [`BodyError::ContentHash`], [`BodyError::Truncated`], or what [`push`](Self::push) failed with.
    pub fn finish(self) -> Result<Vec<Trailer>, BodyError> {
        match self.0 {
            Kind::Unchecked => Ok(Vec::new()),
            Kind::Hashed { hasher, declared } => {
                let computed: Sha256Hash = hasher.finalize().into();
                if computed == declared {
                    return Ok(Vec::new());
                }
                let (declared, computed) = (hex_string(&declared), hex_string(&computed));
                Err(BodyError::ContentHash { declared, computed })
            }
            Kind::Chunked(decoder) => decoder.finish(),
        }
    }
}
