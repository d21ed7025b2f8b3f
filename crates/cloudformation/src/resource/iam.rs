//! `AWS::IAM::*`, and what its types share.

pub mod access_key;
pub mod group;
pub mod holder;
pub mod holder_policy;
pub mod instance_profile;
pub mod managed_policy;
pub mod oidc_provider;
pub mod policy;
pub mod role;
pub mod service_linked_role;
pub mod user;

use cloud::Fault;
use cloud::tag::Tag;
use serde_json::Value;

use crate::resource::Physical;

/// Characters of the name of a role or a user.
pub const MAX_NAME: usize = 64;
/// Characters of the name of anything else.
pub const MAX_LONG_NAME: usize = 128;

/// A document as text: it is written as an object or as JSON already.
#[must_use]
pub fn document(document: &Value) -> String {
    match document {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What is new, and what is gone.
#[must_use]
pub fn difference<'a>(old: &'a [String], new: &'a [String]) -> (Vec<&'a String>, Vec<&'a String>) {
    let added = new.iter().filter(|it| !old.contains(it)).collect();
    (added, old.iter().filter(|it| !new.contains(it)).collect())
}

/// The changes of tags.
#[derive(Debug)]
pub struct TagChanges {
    /// Those that are new or have another value.
    pub set: Vec<Tag>,
    /// The keys of those that are gone.
    pub removed: Vec<String>,
}

/// The changes from `old` to `new`.
#[must_use]
pub fn tag_changes(old: &[Tag], new: &[Tag]) -> TagChanges {
    let gone = old.iter().filter(|tag| !new.iter().any(|it| it.key == tag.key));
    TagChanges {
        set: new.iter().filter(|tag| !old.contains(tag)).cloned().collect(),
        removed: gone.map(|tag| tag.key.clone()).collect(),
    }
}

/// The items of a list in an answer.
#[must_use]
pub fn items(answer: &Value, list: &str) -> Vec<Value> {
    answer.get(list).and_then(Value::as_array).cloned().unwrap_or_default()
}

/// What was made as `id`, with the attributes that `shape` has.
#[must_use]
pub fn physical(id: &str, shape: &Value, attributes: &[&str]) -> Physical {
    let attribute = |name: &&str| Some(((*name).to_owned(), shape.get(*name)?.clone()));
    Physical { id: id.to_owned(), attributes: attributes.iter().filter_map(attribute).collect() }
}

/// Whether a thing is gone, by what reading it answered.
///
/// # Errors
/// Those that say something else.
pub fn is_gone(found: Result<Value, Fault>) -> Result<bool, Fault> {
    match found {
        Ok(_) => Ok(false),
        Err(fault) if fault.code == "NoSuchEntity" => Ok(true),
        Err(fault) => Err(fault),
    }
}
