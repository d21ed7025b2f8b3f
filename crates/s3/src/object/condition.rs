//! Conditions on what is read, copied or overwritten (RFC 9110, section 13; user guide, "Add preconditions to S3
//! operations with conditional requests").

use cloud::Fault;
use names::Timestamp;

use super::ObjectRow;
use crate::stamp::parse_date;

/// The four conditions as they were sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Conditions<'r> {
    /// Entity tags of which the object must have one.
    pub if_match: Option<&'r str>,
    /// Entity tags of which the object must have none.
    pub if_none_match: Option<&'r str>,
    /// The object must be newer.
    pub if_modified_since: Option<&'r str>,
    /// The object must not be newer.
    pub if_unmodified_since: Option<&'r str>,
}

/// A condition that is not met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unmet {
    /// The client has this object already.
    NotModified,
    /// The object is not the one that was meant.
    Failed(&'static str),
}

impl Conditions<'_> {
    fn unmet(&self, etag: &str, modified: Timestamp) -> Option<Unmet> {
        let since = |text: Option<&str>| text.and_then(parse_date);
        match self.if_match {
            Some(tags) if !names(tags, etag) => return Some(Unmet::Failed("If-Match")),
            // A tag that matches counts more than a time.
            Some(_) => {}
            None if since(self.if_unmodified_since).is_some_and(|time| modified > time) => {
                return Some(Unmet::Failed("If-Unmodified-Since"));
            }
            None => {}
        }
        match self.if_none_match {
            Some(tags) if names(tags, etag) => Some(Unmet::NotModified),
            Some(_) => None,
            None => since(self.if_modified_since)
                .is_some_and(|time| modified <= time)
                .then_some(Unmet::NotModified),
        }
    }

    /// Whether an object may be answered.
    ///
    /// # Errors
    /// `NotModified`, `PreconditionFailed`.
    pub fn check_read(&self, object: &ObjectRow) -> Result<(), Fault> {
        match self.unmet(&object.etag, object.modified) {
            None => Ok(()),
            Some(Unmet::NotModified) => {
                Err(Fault::new("NotModified", "Not Modified")
                    .with_detail("etag", object.quoted_etag()))
            }
            Some(Unmet::Failed(condition)) => Err(failed(condition)),
        }
    }

    /// Whether an object may be copied. For a copy every unmet condition is a failure.
    ///
    /// # Errors
    /// `PreconditionFailed`
    pub fn check_copy(&self, object: &ObjectRow) -> Result<(), Fault> {
        match self.unmet(&object.etag, object.modified) {
            None => Ok(()),
            Some(Unmet::NotModified) if self.if_none_match.is_some() => {
                Err(failed("x-amz-copy-source-If-None-Match"))
            }
            Some(Unmet::NotModified) => Err(failed("x-amz-copy-source-If-Modified-Since")),
            Some(Unmet::Failed("If-Match")) => Err(failed("x-amz-copy-source-If-Match")),
            Some(Unmet::Failed(_)) => Err(failed("x-amz-copy-source-If-Unmodified-Since")),
        }
    }

    /// Whether `current`, which a write would replace, may be replaced.
    ///
    /// # Errors
    /// `PreconditionFailed`, `NoSuchKey`, and `NotImplemented` for what S3 does not take in writes.
    pub fn check_write(&self, current: Option<&ObjectRow>, key: &str) -> Result<(), Fault> {
        let current = current.filter(|object| !object.is_delete_marker);
        match (self.if_match, self.if_none_match) {
            (Some(_), Some(_)) => Err(not_implemented("If-Match and If-None-Match together")),
            (None, Some("*")) => match current {
                Some(_) => Err(failed("If-None-Match")),
                None => Ok(()),
            },
            (None, Some(_)) => Err(not_implemented("If-None-Match")),
            (Some(tags), None) => match current {
                None => Err(super::no_such_key(key)),
                Some(object) if names(tags, &object.etag) => Ok(()),
                Some(_) => Err(failed("If-Match")),
            },
            (None, None) => Ok(()),
        }
    }
}

/// Whether a list of entity tags names this one; `*` names any.
fn names(tags: &str, etag: &str) -> bool {
    tags.split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"') == etag)
}

fn failed(condition: &str) -> Fault {
    let text = "At least one of the pre-conditions you specified did not hold";
    Fault::new("PreconditionFailed", text).with_detail("Condition", condition)
}

/// S3's own words for a header that it does not take in a request of this kind.
fn not_implemented(header: &str) -> Fault {
    let text = "A header you provided implies functionality that is not implemented";
    Fault::new("NotImplemented", text).with_detail("Header", header)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "Sat, 31 Jan 2026 12:00:00 GMT";
    const NEW: &str = "Sun, 01 Feb 2026 12:00:00 GMT";

    #[test]
    fn reading() {
        let modified = parse_date("Sun, 01 Feb 2026 00:00:00 GMT").unwrap();
        let check = |if_match, if_none_match, if_modified_since, if_unmodified_since| {
            Conditions { if_match, if_none_match, if_modified_since, if_unmodified_since }
                .unmet("abc", modified)
        };
        let failed = |condition| Some(Unmet::Failed(condition));
        assert_eq!(check(None, None, None, None), None);
        assert_eq!(check(Some("\"abc\""), None, None, None), None);
        assert_eq!(check(Some("\"x\", \"abc\""), None, None, Some(OLD)), None);
        assert_eq!(check(Some("\"x\""), None, None, None), failed("If-Match"));
        assert_eq!(check(None, None, None, Some(OLD)), failed("If-Unmodified-Since"));
        assert_eq!(check(None, None, None, Some(NEW)), None);
        assert_eq!(check(None, Some("abc"), None, None), Some(Unmet::NotModified));
        assert_eq!(check(None, Some("*"), None, None), Some(Unmet::NotModified));
        assert_eq!(check(None, Some("x"), Some(NEW), None), None, "the tag counts more");
        assert_eq!(check(None, None, Some(NEW), None), Some(Unmet::NotModified));
        assert_eq!(check(None, None, Some(OLD), None), None);
        assert_eq!(check(None, None, Some("nonsense"), None), None);
    }
}
