//! Pages of tags, the same for every kind of entity.

use serde::Serialize;

use crate::fault::Fault;
use crate::iam::page;
use crate::tag::Tag;

/// A page of tags, as the operations that list them answer it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagPage {
    tags: Vec<Tag>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

impl TagPage {
    /// A page of `tags`, by key ("The returned list of tags is sorted by tag key", API reference).
    ///
    /// # Errors
    /// `ValidationError` for a marker that no page answered.
    pub fn cut(tags: &[Tag], marker: Option<&str>, max_items: Option<i64>) -> Result<Self, Fault> {
        let mut tags = tags.to_vec();
        tags.sort_by(|one, other| one.key.cmp(&other.key));
        let page = page::cut_list(tags, marker, max_items)?;
        let is_truncated = page.is_truncated();
        Ok(Self { tags: page.items, is_truncated, marker: page.marker })
    }
}
