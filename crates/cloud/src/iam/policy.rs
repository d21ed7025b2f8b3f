//! Managed policies with their versions.

use std::borrow::Cow;
use std::sync::Arc;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::fault::Fault;
use crate::iam::document::Document;
use crate::iam::name;
use crate::tag::Tag;

/// A customer managed policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PolicyRow {
    /// Its account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its unique id: `ANPA…`.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its description.
    pub description: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When it last got a version or another default.
    pub updated: Timestamp,
    /// The number of the version that counts.
    pub default_version: u32,
    /// The number of the newest version that ever was.
    pub newest_version: u32,
    /// Its versions, oldest first.
    pub versions: Vec<PolicyVersion>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// One version.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// Its number: 3 of `v3`.
    pub number: u32,
    /// Its document.
    pub document: Document,
    /// When it was made.
    pub created: Timestamp,
}

impl Row for PolicyRow {
    const TABLE: &'static str = "iam_policy";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["arn"];

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        name::key(&self.name).into()
    }

    fn index(&self, index: &str) -> Option<Cow<'_, str>> {
        (index == "arn").then(|| self.arn.as_str().into())
    }
}

impl PolicyRow {
    /// The document that counts.
    #[must_use]
    pub fn document(&self) -> Option<&Document> {
        self.version(self.default_version).map(|version| &version.document)
    }

    /// The version with `number`.
    #[must_use]
    pub fn version(&self, number: u32) -> Option<&PolicyVersion> {
        self.versions.iter().find(|version| version.number == number)
    }
}

/// The customer managed policy with `arn`.
///
/// # Errors
/// `NoSuchEntity` with IAM's text.
pub fn find<'v>(view: &'v View, arn: &str) -> Result<&'v Arc<PolicyRow>, Fault> {
    view.by_index::<PolicyRow>("arn", arn)
        .ok_or_else(|| Fault::new("NoSuchEntity", format!("Policy {arn} was not found.")))
}
