//! Buckets: the row, and how it is found. Its settings are in files of their own.

pub mod create;
pub mod list;
pub mod look;

use std::borrow::Cow;
use std::sync::Arc;

use cloud::iam::principal::ResourcePolicy;
use cloud::tag::Tag;
use cloud::{Act, Fault};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::cors::Cors;
use crate::encryption::Encryption;
use crate::lifecycle::Kept;
use crate::logging::Logging;
use crate::notification::Notifications;
use crate::ownership::Ownership;
use crate::public_access::PublicAccess;
use crate::versioning::Versioning;

/// Buckets of an account (user guide, "Bucket quotas": 10,000 unless raised).
pub const MAX_BUCKETS: usize = 10_000;

/// A bucket. Its name is unique among all accounts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BucketRow {
    /// Its owner.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub region: String,
    /// When it was made.
    pub created: Timestamp,
    /// Its policy.
    pub policy: Option<ResourcePolicy>,
    /// Its public access block.
    pub public_access: Option<PublicAccess>,
    /// Who owns objects that others write.
    pub ownership: Option<Ownership>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// Whether it keeps old versions; none if that was never asked for.
    pub versioning: Option<Versioning>,
    /// How objects are encrypted that do not say.
    pub encryption: Encryption,
    /// Where events go, as a record.
    pub notifications: Notifications,
    /// Which web pages may ask for it.
    #[serde(default)]
    pub cors: Option<Cors>,
    /// When its objects expire.
    #[serde(default)]
    pub lifecycle: Option<Kept>,
    /// Where its access logs go, as a record.
    #[serde(default)]
    pub logging: Option<Logging>,
}

impl Row for BucketRow {
    const TABLE: &'static str = "s3_bucket";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["name"];

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        self.name.as_str().into()
    }

    fn index(&self, index: &str) -> Option<Cow<'_, str>> {
        (index == "name").then(|| self.name.as_str().into())
    }
}

/// The bucket called `name`, whoever owns it.
///
/// # Errors
/// `InvalidBucketName`, `NoSuchBucket`.
pub fn find<'v>(view: &'v View, name: &str) -> Result<&'v Arc<BucketRow>, Fault> {
    let found = view.by_index::<BucketRow>("name", name);
    found.ok_or_else(|| match crate::name::check_bucket(name) {
        Err(invalid) => invalid,
        Ok(()) => Fault::new("NoSuchBucket", "The specified bucket does not exist")
            .with_detail("BucketName", name),
    })
}

/// Changes the bucket called `name`.
///
/// # Errors
/// As [`find`], and those of `change`.
pub fn change(
    act: &mut Act<'_, '_>,
    name: &str,
    change: impl FnOnce(&mut BucketRow) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut bucket = (**find(act.tx, name)?).clone();
    change(&mut bucket)?;
    Ok(act.tx.update(bucket)?)
}
