//! Who owns a bucket or an object, as S3 shows it.

use names::AccountId;
use serde::Serialize;

use crate::name::canonical_id;

/// An owner. S3 stopped to answer display names in October 2025.
#[derive(Debug, Clone, Serialize)]
pub struct Owner {
    #[serde(rename = "ID")]
    id: String,
}

impl Owner {
    /// An account as an owner.
    #[must_use]
    pub fn of(account: AccountId) -> Self {
        Self { id: canonical_id(account) }
    }
}
