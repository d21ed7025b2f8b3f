//! Tags, and the rules that services share.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::constraint::{Check, Constraints};
use crate::fault::Fault;

/// The most tags on one resource.
pub const MAX_TAGS: usize = 50;

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

const KEY: Check = Check::Pattern("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+", is_key);
const VALUE: Check = Check::Pattern("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*", has_tag_characters);
/// What IAM says of keys to take away, whichever rule they break (recorded by LocalStack for policies).
const KEYS: Check = Check::Members(
    "Member must have length less than or equal to 128, Member must have length greater than or equal \
     to 1, Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+, Member must \
     not be null",
    is_short_key,
);

/// Checks lengths, characters and number as IAM does, in IAM's words.
pub fn check(tags: &[Tag], constraints: &mut Constraints) {
    if tags.len() > MAX_TAGS {
        constraints.fail_unshown("tags", Check::MaxLength(MAX_TAGS));
    }
    for (index, tag) in tags.iter().enumerate() {
        let number = index + 1;
        constraints.hidden(&format!("tags.{number}.member.key"), &tag.key, Check::MaxLength(128));
        constraints.hidden(&format!("tags.{number}.member.key"), &tag.key, Check::MinLength(1));
        constraints.hidden(&format!("tags.{number}.member.key"), &tag.key, KEY);
        let value = format!("tags.{number}.member.value");
        constraints.hidden(&value, &tag.value, Check::MaxLength(256));
        constraints.hidden(&value, &tag.value, VALUE);
    }
}

/// Checks the keys of tags to take away.
pub fn check_keys(keys: &[String], constraints: &mut Constraints) {
    if keys.len() > MAX_TAGS {
        constraints.fail_unshown("tagKeys", Check::MaxLength(MAX_TAGS));
    }
    if let Some(bad) = keys.iter().find(|key| !is_short_key(key)) {
        constraints.hidden("tagKeys", bad, KEYS);
    }
}

/// Refuses the keys that AWS keeps for itself, as IAM does in whichever letter case (recorded from AWS by
/// radkawar/stackd, `tags_aws.json`, of users and MFA devices). Values may begin so, and such keys can be taken
/// away, which there are none of.
///
/// # Errors
/// `InvalidInput`
pub fn check_not_reserved(tags: &[Tag]) -> Result<(), Fault> {
    let is_reserved =
        |tag: &Tag| tag.key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
    if tags.iter().any(is_reserved) {
        let text = "Tag keys beginning with aws: are reserved for system use.";
        return Err(Fault::new("InvalidInput", text));
    }
    Ok(())
}

/// Refuses to set no tags, once the caller may: who may not hears that (recorded from AWS by radkawar/stackd,
/// `TagUser` in testdata/aws/iam/condition_sets.json; of roles it is unverified, and so is the text). Taking no
/// tags away is no mistake (`tags_aws.json`).
///
/// # Errors
/// `InvalidInput`
pub fn check_present(tags: &[Tag]) -> Result<(), Fault> {
    if tags.is_empty() {
        return Err(Fault::new("InvalidInput", "Tags cannot be empty."));
    }
    Ok(())
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

fn is_short_key(key: &str) -> bool {
    is_key(key) && key.chars().count() <= 128
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && has_tag_characters(key)
}

/// Letters, digits and separators of any script, and `_.:/=+-@`.
fn has_tag_characters(text: &str) -> bool {
    text.chars().all(|character| {
        character.is_alphanumeric()
            || "_.:/=+-@".contains(character)
            || (character.is_whitespace() && !character.is_control())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(check: impl FnOnce(&mut Constraints)) -> String {
        let mut constraints = Constraints::new();
        check(&mut constraints);
        constraints.finish().err().map(|fault| fault.message).unwrap_or_default()
    }

    #[test]
    fn keys_and_values() {
        let tag = |key: &str, value: &str| {
            let tag = Tag { key: key.to_owned(), value: value.to_owned() };
            said(|to| check(std::slice::from_ref(&tag), to))
        };
        let (key, value) = ("k".repeat(128), "v".repeat(256));
        assert_eq!((tag(&key, &value), tag("Größe 1", "")), (String::new(), String::new()));
        for (key, value, end) in [
            (format!("{key}k"), String::new(), "less than or equal to 128"),
            ("k".to_owned(), format!("{value}v"), "less than or equal to 256"),
            ("k!".to_owned(), String::new(), "pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+"),
            ("k".to_owned(), "v\n".to_owned(), "pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*"),
        ] {
            assert!(tag(&key, &value).ends_with(end), "{key} {value}");
        }
        let many = vec![Tag { key: "k".to_owned(), value: String::new() }; MAX_TAGS + 1];
        assert!(said(|to| check(&many, to)).contains("Value at 'tags' failed"));
        assert_eq!(said(|to| check(many.get(1..).unwrap(), to)), "");
    }

    #[test]
    fn reserved_keys() {
        let check = |key: &str, value: &str| {
            let tag = Tag { key: key.to_owned(), value: value.to_owned() };
            check_not_reserved(&[tag]).map_err(|fault| fault.code)
        };
        for (key, expected) in [
            ("aws:x", Err("InvalidInput")),
            ("AwS:", Err("InvalidInput")),
            ("aws", Ok(())),
            ("xaws:", Ok(())),
            ("äöü", Ok(())),
        ] {
            assert_eq!(check(key, "aws:x"), expected, "{key}");
        }
    }

    #[test]
    fn keys_to_take_away() {
        let keys = |keys: &[&str]| {
            let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            said(|to| check_keys(&keys, to))
        };
        assert_eq!(keys(&["a", "b"]), "");
        assert!(keys(&["a", "b!"]).starts_with(
            "1 validation error detected: Value at 'tagKeys' failed to satisfy constraint: Member must \
             satisfy constraint: [Member must have length less than or equal to 128, "
        ));
        assert!(keys(&["a"; 51]).ends_with("Member must have length less than or equal to 50"));
    }
}
