//! Tags: on whichever resource, in one row for each that has some.

pub mod change;
pub mod describe;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashSet;

use cloud::tag::{MAX_TAGS, Tag};
use cloud::{Act, Ask, Fault};
use names::{AccountId, Word};
use serde::{Deserialize, Serialize};
use store::Row;

use crate::kind::Kind;
use crate::regional;

/// The longest key, in characters.
pub const MAX_KEY: usize = 128;
/// The longest value, in characters.
pub const MAX_VALUE: usize = 256;

/// The tags of one resource.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TagsRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Word,
    /// The resource's id.
    pub id: String,
    /// The tags, in the order of their keys.
    pub tags: Vec<Tag>,
}

impl Row for TagsRow {
    const TABLE: &'static str = "ec2_tags";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        regional::key(&self.region, &self.id).into()
    }
}

/// A tag as EC2 takes it; both parts may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagInput {
    /// The key.
    pub key: Option<String>,
    /// The value.
    pub value: Option<String>,
}

/// A tag as EC2 answers it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TagShape {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
}

/// `TagSpecification.N`: tags for what an operation makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagSpecification {
    /// The kind of resource.
    pub resource_type: Option<String>,
    /// Its tags.
    #[serde(default)]
    pub tag: Vec<TagInput>,
}

/// The tags of a resource of the caller's.
#[must_use]
pub fn of<'a>(ask: &Ask<'a>, id: &str) -> &'a [Tag] {
    let key = regional::key(ask.region, id);
    let row = ask.view.get::<TagsRow>(ask.account().as_str(), &key);
    row.map(|row| row.tags.as_slice()).unwrap_or_default()
}

/// As [`of`], as EC2 answers them.
#[must_use]
pub fn shown(ask: &Ask<'_>, id: &str) -> Vec<TagShape> {
    let shape = |tag: &Tag| TagShape { key: tag.key.clone(), value: tag.value.clone() };
    of(ask, id).iter().map(shape).collect()
}

/// Checks the tags for what an operation makes, which can be of these kinds.
///
/// # Errors
/// `InvalidParameterValue` and `TagLimitExceeded` with EC2's texts.
pub fn check_specifications(
    specifications: &[TagSpecification],
    kinds: &[Kind],
) -> Result<(), Fault> {
    let invalid = |text: &str| Err(Fault::new("InvalidParameterValue", text));
    for specification in specifications {
        let Some(name) = specification.resource_type.as_deref() else {
            return invalid("Tag specification resource type must have a value");
        };
        if !kinds.iter().any(|kind| kind.name() == name) {
            let text =
                format!("'{name}' is not a valid taggable resource type for this operation.");
            return invalid(&text);
        }
        if specification.tag.is_empty() {
            return invalid("Tag specification must have at least one tag");
        }
    }
    for kind in kinds {
        check(&inputs(specifications, *kind).cloned().collect::<Vec<_>>())?;
    }
    Ok(())
}

/// The tags that `specifications` have for a kind; they are checked.
#[must_use]
pub fn specified(specifications: &[TagSpecification], kind: Kind) -> Vec<Tag> {
    inputs(specifications, kind).map(tag).collect()
}

/// Checks tags that are to be set.
///
/// # Errors
/// `InvalidParameterValue` and `TagLimitExceeded` with EC2's texts.
pub fn check(tags: &[TagInput]) -> Result<(), Fault> {
    let invalid = |text: String| Err(Fault::new("InvalidParameterValue", text));
    let mut seen = HashSet::new();
    for tag in tags {
        let Some(key) = tag.key.as_deref().filter(|key| !key.is_empty()) else {
            return invalid("Tag key cannot be null or empty".to_owned());
        };
        let Some(value) = tag.value.as_deref() else {
            return invalid("Tag value cannot be null. Use empty string instead.".to_owned());
        };
        if key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
            return invalid("Tag keys starting with 'aws:' are reserved for internal use".into());
        }
        if key.chars().count() > MAX_KEY {
            return invalid(format!("Tag key exceeds the maximum length of {MAX_KEY} characters"));
        }
        if value.chars().count() > MAX_VALUE {
            let text = format!("Tag value exceeds the maximum length of {MAX_VALUE} characters");
            return invalid(text);
        }
        if !seen.insert(key) {
            return invalid(format!("Duplicate tag key '{key}' specified."));
        }
    }
    check_number(tags.len())
}

fn check_number(tags: usize) -> Result<(), Fault> {
    if tags <= MAX_TAGS {
        return Ok(());
    }
    let text = "The maximum number of Tags for a resource has been reached.";
    Err(Fault::new("TagLimitExceeded", text))
}

/// Sets tags on a resource, on top of those that it has.
///
/// # Errors
/// `TagLimitExceeded`
pub fn set(act: &mut Act<'_, '_>, id: &str, tags: &[Tag]) -> Result<(), Fault> {
    if tags.is_empty() {
        return Ok(());
    }
    let mut all = of(&act.ask(), id).to_vec();
    for tag in tags {
        match all.iter_mut().find(|known| known.key == tag.key) {
            Some(known) => *known = tag.clone(),
            None => all.push(tag.clone()),
        }
    }
    check_number(all.len())?;
    store(act, id, all)
}

/// Stores all tags of a resource.
pub(crate) fn store(act: &mut Act<'_, '_>, id: &str, mut tags: Vec<Tag>) -> Result<(), Fault> {
    tags.sort_by(|one, other| one.key.cmp(&other.key));
    tags.shrink_to_fit();
    let (account, region) = (act.account(), act.region.into());
    let row = TagsRow { account, region, id: id.to_owned(), tags };
    if row.tags.is_empty() {
        act.tx.delete::<TagsRow>(account.as_str(), &row.key())?;
        return Ok(());
    }
    regional::put(act, row)
}

fn inputs(specifications: &[TagSpecification], kind: Kind) -> impl Iterator<Item = &TagInput> {
    let of_kind = specifications
        .iter()
        .filter(move |one| one.resource_type.as_deref().is_some_and(|name| name == kind.name()));
    of_kind.flat_map(|one| &one.tag)
}

/// What a checked tag is.
pub(crate) fn tag(input: &TagInput) -> Tag {
    Tag {
        key: input.key.clone().unwrap_or_default(),
        value: input.value.clone().unwrap_or_default(),
    }
}
