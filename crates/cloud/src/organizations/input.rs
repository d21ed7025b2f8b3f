//! What Organizations checks of its parameters.
//!
//! Patterns and lengths are those of the API model (botocore 1.43). The texts are unverified; the reasons
//! are those of the API reference.

use crate::fault::Fault;
use crate::tag::{self, Tag};

/// Letters and digits of most ids.
pub(super) const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// `InvalidInputException` with its reason.
pub(super) fn invalid(reason: &'static str, text: &str) -> Fault {
    Fault::new("InvalidInputException", text).because(reason)
}

/// `ConstraintViolationException` with its reason.
pub(super) fn violation(reason: &'static str, text: &str) -> Fault {
    Fault::new("ConstraintViolationException", text).because(reason)
}

/// Refuses what does not have the form of the API model.
pub(super) fn check_pattern(fits: bool) -> Result<(), Fault> {
    let text = "You provided a value that does not match the required pattern.";
    if fits { Ok(()) } else { Err(invalid("INVALID_PATTERN", text)) }
}

/// Characters between `least` and `most`.
pub(super) fn check_length(text: &str, least: usize, most: usize) -> Result<(), Fault> {
    let length = text.chars().count();
    if length < least {
        return Err(invalid("MIN_LENGTH_EXCEEDED", "You provided a value that is too short."));
    }
    if length > most {
        return Err(invalid("MAX_LENGTH_EXCEEDED", "You provided a value that is too long."));
    }
    Ok(())
}

/// Tags to set.
pub(super) fn check_tags(tags: &[Tag]) -> Result<(), Fault> {
    for tag in tags {
        check_length(&tag.key, 1, 128)?;
        check_length(&tag.value, 0, 256)?;
        if tag.key.starts_with("aws:") {
            let text = "You specified a tag key that is reserved for AWS.";
            return Err(invalid("INVALID_SYSTEM_TAGS_PARAMETER", text));
        }
    }
    tag::check_duplicates(tags, "InvalidInputException").map_err(|_| {
        invalid("DUPLICATE_TAG_KEY", "You specified the same tag key more than once.")
    })?;
    check_tag_count(tags)
}

/// The most tags of one resource.
pub(super) fn check_tag_count(tags: &[Tag]) -> Result<(), Fault> {
    if tags.len() <= tag::MAX_TAGS {
        return Ok(());
    }
    Err(violation("MAX_TAG_LIMIT_EXCEEDED", "You have exceeded the number of tags allowed."))
}

/// `r-[0-9a-z]{4,32}`
pub(super) fn is_root_id(text: &str) -> bool {
    text.strip_prefix("r-").is_some_and(|rest| is_lower(rest, 4, 32))
}

/// `ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}`
pub(super) fn is_unit_id(text: &str) -> bool {
    let parts = text.strip_prefix("ou-").and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(root, own)| is_lower(root, 4, 32) && is_lower(own, 8, 32))
}

/// `\d{12}`
pub(super) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `p-[0-9a-zA-Z_]{8,128}`
pub(super) fn is_policy_id(text: &str) -> bool {
    let fits = |rest: &str| rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    text.strip_prefix("p-").is_some_and(|rest| (8..=128).contains(&rest.len()) && fits(rest))
}

/// `car-[a-z0-9]{8,32}`
pub(super) fn is_request_id(text: &str) -> bool {
    text.strip_prefix("car-").is_some_and(|rest| is_lower(rest, 8, 32))
}

/// What policies can be attached to.
pub(super) fn is_target_id(text: &str) -> bool {
    is_parent_id(text) || is_account_id(text)
}

/// What units and accounts can be in.
pub(super) fn is_parent_id(text: &str) -> bool {
    is_root_id(text) || is_unit_id(text)
}

fn is_lower(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.len()) && text.bytes().all(|byte| LOWER.contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids() {
        assert!(is_root_id("r-ab12") && !is_root_id("r-ab1") && !is_root_id("R-ab12"));
        assert!(is_unit_id("ou-ab12-abcd1234") && !is_unit_id("ou-ab12-abcd123"));
        assert!(is_account_id("123456789012") && !is_account_id("12345678901"));
        assert!(is_policy_id("p-FullAWSAccess") && !is_policy_id("p-short"));
        assert!(is_request_id("car-abcd1234") && !is_request_id("abcd1234"));
    }

    #[test]
    fn tags_are_bounded() {
        let tag = |key: String| Tag { key, value: String::new() };
        let tags: Vec<Tag> = (0..51).map(|number| tag(format!("k{number}"))).collect();
        assert_eq!(check_tags(&tags[..50]), Ok(()));
        assert_eq!(check_tags(&tags).unwrap_err().reason, Some("MAX_TAG_LIMIT_EXCEEDED"));
        let twice = [tag("a".to_owned()), tag("A".to_owned())];
        assert_eq!(check_tags(&twice).unwrap_err().reason, Some("DUPLICATE_TAG_KEY"));
        assert_eq!(check_tags(&[tag("k".repeat(128))]), Ok(()));
        assert_eq!(
            check_tags(&[tag("k".repeat(129))]).unwrap_err().reason,
            Some("MAX_LENGTH_EXCEEDED")
        );
    }
}
