//! An object of S3 that an operation of another service wants to have read before it runs, as its caller: the
//! package of a function, the template of a stack.
//!
//! Bytes of objects come as a stream, and operations never wait. So an operation says what it wants
//! ([`Operation::wanted_object`](crate::Operation::wanted_object)); the server reads it once the caller may do what
//! it asks for, and shows the operation what came of it.

use std::sync::Arc;

use crate::fault::Fault;

/// S3's code for what is too large: also what is said of an object with more bytes than were wanted.
pub const TOO_LARGE: &str = "EntityTooLarge";

/// Which object is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedObject {
    /// Its bucket.
    pub bucket: String,
    /// Its key.
    pub key: String,
    /// Its version, if not the newest.
    pub version_id: Option<String>,
    /// As many bytes as it may have.
    pub max_bytes: u64,
}

/// What came of it: the bytes, or S3's own refusal.
pub type SeenObject = Result<Arc<[u8]>, Fault>;

impl WantedObject {
    /// What is said of one with too many bytes.
    #[must_use]
    pub fn too_large(&self, bytes: u64) -> Fault {
        let text = format!("the object has {bytes} bytes, and at most {} are read", self.max_bytes);
        Fault::new(TOO_LARGE, text)
    }
}
