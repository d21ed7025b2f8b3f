//! Tags, and the rules that services share.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::constraint::{Check, Constraints};
use crate::fault::Fault;

/// The most tags on one resource.
pub const MAX_TAGS: usize = 50;

/// `[\p{L}\p{Z}\p{N}_.:/=+\-@]+`, of keys.
const KEY: Check = Check::Pattern("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+", is_text);
/// `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`, of values.
const VALUE: Check = Check::Pattern("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*", is_text);

/// One tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    /// The key: 1 to 128 characters.
    pub key: String,
    /// The value: up to 256 characters.
    #[serde(default)]
    pub value: String,
}

/// Checks lengths and number as IAM does, in IAM's words.
pub fn check(tags: &[Tag], constraints: &mut Constraints) {
    if tags.len() > MAX_TAGS {
        constraints.fail_unshown("tags", Check::MaxLength(MAX_TAGS));
    }
    for (index, tag) in tags.iter().enumerate() {
        let number = index + 1;
        check_key(&format!("tags.{number}.member.key"), &tag.key, constraints);
        let value = format!("tags.{number}.member.value");
        constraints.hidden(&value, &tag.value, VALUE);
        constraints.hidden(&value, &tag.value, Check::MaxLength(256));
    }
}

/// Checks the keys of tags to be removed.
pub fn check_keys(keys: &[String], constraints: &mut Constraints) {
    if keys.len() > MAX_TAGS {
        constraints.fail_unshown("tagKeys", Check::MaxLength(MAX_TAGS));
    }
    for (index, key) in keys.iter().enumerate() {
        check_key(&format!("tagKeys.{}.member", index + 1), key, constraints);
    }
}

/// Refuses keys that occur twice, which differ in letter case at most.
///
/// # Errors
/// `InvalidInput`, or what `code` says, with IAM's text.
pub fn check_duplicates(tags: &[Tag], code: &'static str) -> Result<(), Fault> {
    let mut seen = HashSet::new();
    if tags.iter().all(|tag| seen.insert(tag.key.to_lowercase())) {
        return Ok(());
    }
    let text = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
    Err(Fault::new(code, text))
}

/// Sets `tags` on top of `current`; a key that is there in any letter case is replaced.
///
/// # Errors
/// `LimitExceeded` if there would be more than [`MAX_TAGS`].
pub fn merge(current: &mut Vec<Tag>, tags: Vec<Tag>) -> Result<(), Fault> {
    for tag in tags {
        match current.iter_mut().find(|known| known.key.eq_ignore_ascii_case(&tag.key)) {
            Some(known) => *known = tag,
            None => current.push(tag),
        }
    }
    if current.len() > MAX_TAGS {
        let text = format!("The number of tags has reached the maximum limit: {MAX_TAGS}");
        return Err(Fault::new("LimitExceeded", text));
    }
    Ok(())
}

/// Removes `keys`; those that are not there are passed over.
pub fn remove(current: &mut Vec<Tag>, keys: &[String]) {
    current.retain(|tag| !keys.iter().any(|key| key.eq_ignore_ascii_case(&tag.key)));
}

fn check_key(parameter: &str, key: &str, constraints: &mut Constraints) {
    constraints.hidden(parameter, key, KEY);
    constraints.hidden(parameter, key, Check::MaxLength(128));
    constraints.hidden(parameter, key, Check::MinLength(1));
}

/// Letters, separators, numbers and some signs. Rust's `is_alphabetic` knows some marks as well, which
/// Java's `\p{L}` does not.
fn is_text(text: &str) -> bool {
    text.chars().all(|character| {
        character.is_alphanumeric()
            || "_.:/=+-@".contains(character)
            || (character.is_whitespace() && !character.is_control())
    })
}
