//! Lists of tags: what the operations `List…Tags` share.

use serde::Serialize;

use crate::fault::Fault;
use crate::iam::page;
use crate::tag::Tag;

/// The answer of `List…Tags`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tags {
    tags: Vec<Tag>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

/// One page of tags, in the order of their keys (recorded by LocalStack for policies).
///
/// # Errors
/// `ValidationError` for a marker that no page answered.
pub fn list(tags: &[Tag], marker: Option<&str>, max_items: Option<i64>) -> Result<Tags, Fault> {
    let mut sorted: Vec<&Tag> = tags.iter().collect();
    sorted.sort_by(|one, other| one.key.cmp(&other.key));
    let sorted = sorted.into_iter().map(|tag| (tag.key.clone(), tag.clone()));
    let page = page::cut(sorted, marker, max_items)?;
    let is_truncated = page.is_truncated();
    Ok(Tags { tags: page.items, is_truncated, marker: page.marker })
}
