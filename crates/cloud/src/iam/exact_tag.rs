//! The tags of everything in IAM but users and roles: their keys differ by letter case, too (user guide,
//! "tags for IAM resources", and of instance profiles as recorded from AWS by radkawar/stackd,
//! `instance_profiles_aws.json`; texts as recorded from AWS by LocalStack).

use std::collections::HashSet;

use crate::fault::Fault;
use crate::tag::{self, MAX_TAGS, Tag};

/// Refuses keys that AWS keeps for itself, and those that occur twice.
///
/// # Errors
/// `InvalidInput`
pub fn check_keys(tags: &[Tag]) -> Result<(), Fault> {
    tag::check_not_reserved(tags)?;
    let mut seen = HashSet::new();
    if tags.iter().all(|tag| seen.insert(tag.key.as_str())) {
        return Ok(());
    }
    Err(Fault::new("InvalidInput", "Duplicate tag keys found."))
}

/// Sets `tags` on top of `current`.
///
/// # Errors
/// `LimitExceeded` if there would be more than [`MAX_TAGS`].
pub fn merge(current: &mut Vec<Tag>, tags: &[Tag]) -> Result<(), Fault> {
    for tag in tags {
        match current.iter_mut().find(|known| known.key == tag.key) {
            Some(known) => *known = tag.clone(),
            None => current.push(tag.clone()),
        }
    }
    if current.len() > MAX_TAGS {
        let text = "The number of tags has reached the maximum limit.";
        return Err(Fault::new("LimitExceeded", text));
    }
    Ok(())
}

/// Removes `keys`; those that are not there are passed over.
pub fn remove(current: &mut Vec<Tag>, keys: &[String]) {
    current.retain(|tag| !keys.contains(&tag.key));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str) -> Tag {
        Tag { key: key.to_owned(), value: String::new() }
    }

    #[test]
    fn letter_case_counts() {
        let mut tags = vec![tag("a")];
        assert!(check_keys(&[tag("a"), tag("A")]).is_ok());
        assert!(check_keys(&[tag("a"), tag("a")]).is_err());
        merge(&mut tags, &[tag("A")]).unwrap();
        assert_eq!(tags, [tag("a"), tag("A")]);
        remove(&mut tags, &["a".to_owned(), "x".to_owned()]);
        assert_eq!(tags, [tag("A")]);
    }

    #[test]
    fn there_are_fifty_at_most() {
        let many: Vec<Tag> = (0..MAX_TAGS).map(|index| tag(&index.to_string())).collect();
        let mut tags = Vec::new();
        merge(&mut tags, &many).unwrap();
        assert_eq!(merge(&mut tags, &[tag("x")]).unwrap_err().code, "LimitExceeded");
    }
}
