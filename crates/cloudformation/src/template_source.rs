//! Where a template comes from: the request itself, or an object of S3.

use std::sync::Arc;

use cloud::Fault;
use cloud::object::{SeenObject, TOO_LARGE, WantedObject};

use crate::blueprint::{format_error, invalid};

/// Bytes of a template in a request (user guide, "Understand CloudFormation quotas").
pub const MAX_BODY_BYTES: usize = 51_200;
/// Bytes of a template in S3.
pub const MAX_OBJECT_BYTES: u64 = 1_000_000;

/// What was read of S3, once it was.
#[derive(Debug, Clone, Default)]
pub struct Source(Option<SeenObject>);

impl Source {
    /// Checks that there is one template.
    ///
    /// # Errors
    /// `ValidationError`
    pub fn check(body: Option<&str>, url: Option<&str>) -> Result<(), Fault> {
        match (body, url) {
            (Some(_), Some(_)) | (None, None) => {
                Err(invalid("Either Template URL or Template Body must be specified."))
            }
            (body, url) => Self::check_form(body, url),
        }
    }

    /// Checks a template that need not be there.
    ///
    /// # Errors
    /// `ValidationError`
    pub fn check_form(body: Option<&str>, url: Option<&str>) -> Result<(), Fault> {
        if let Some(body) = body
            && (body.is_empty() || body.len() > MAX_BODY_BYTES)
        {
            // CloudFormation shows the whole template, which helps nobody.
            let (word, limit) = if body.is_empty() {
                ("greater than or equal to", 1)
            } else {
                ("less than or equal to", MAX_BODY_BYTES)
            };
            return Err(invalid(format!(
                "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member \
                 must have length {word} {limit}"
            )));
        }
        match url {
            Some(url) => place(url).map(drop),
            None => Ok(()),
        }
    }

    /// The object that is wanted, until it was seen.
    #[must_use]
    pub fn wanted(&self, url: Option<&str>) -> Option<WantedObject> {
        if self.0.is_some() {
            return None;
        }
        place(url?).ok()
    }

    /// Takes what was read.
    pub fn see(&mut self, seen: SeenObject) {
        self.0 = Some(seen);
    }

    /// The template.
    ///
    /// # Errors
    /// `ValidationError`, for what S3 refuses with its words.
    pub fn text(&self, body: Option<&str>, url: Option<&str>) -> Result<Arc<str>, Fault> {
        if let Some(body) = body {
            return Ok(body.into());
        }
        let Some(url) = url else {
            return Err(invalid("Either Template URL or Template Body must be specified."));
        };
        match &self.0 {
            Some(Ok(bytes)) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(text.into()),
                Err(_) => Err(format_error("unsupported structure.")
                    .with_hint(format!("the object at `{url}` is not UTF-8"))),
            },
            Some(Err(fault)) if fault.code == TOO_LARGE => {
                Err(invalid(format!("Template may not exceed {MAX_OBJECT_BYTES} bytes in size.")))
            }
            // User guide, "Troubleshooting CloudFormation"; public reports.
            Some(Err(fault)) => Err(invalid(format!("S3 error: {}", fault.message))),
            None => Err(Fault::new("InternalFailure", "the template was not read from S3")),
        }
    }
}

/// The object that a URL names, with the bucket in its host or in its path.
///
/// # Errors
/// `ValidationError`
pub fn place(url: &str) -> Result<WantedObject, Fault> {
    let refused =
        || invalid(format!("S3 error: Domain name specified in {url} is not a valid S3 domain"));
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let (host, path) = rest.and_then(|rest| rest.split_once('/')).ok_or_else(refused)?;
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let host_name = host.split(':').next().unwrap_or_default();
    let bucket_in_host = host_name
        .split_once(".s3.")
        .or_else(|| host_name.split_once(".s3-"))
        .map(|(bucket, _)| bucket);
    let is_s3 = host_name.starts_with("s3.") || host_name.starts_with("s3-");
    let is_local = host_name == "localhost" || host_name.starts_with("127.");
    let (bucket, key) = match bucket_in_host {
        Some(bucket) => (bucket, path),
        None if is_s3 || is_local => path.split_once('/').ok_or_else(refused)?,
        None => return Err(refused()),
    };
    if bucket.is_empty() || key.is_empty() {
        return Err(refused());
    }
    let version = query.split('&').find_map(|part| part.strip_prefix("versionId="));
    Ok(WantedObject {
        bucket: bucket.to_owned(),
        key: percent_decoded(key),
        version_id: version.map(str::to_owned),
        max_bytes: MAX_OBJECT_BYTES,
    })
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = match (first, tail) {
            (b'%', [high, low, ..]) => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                digit(*high).zip(digit(*low)).and_then(|(h, l)| u8::try_from(h * 16 + l).ok())
            }
            _ => None,
        };
        match (code, tail) {
            (Some(byte), [_, _, after @ ..]) => {
                bytes.push(byte);
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_objects() {
        for (url, expected) in [
            ("https://b.s3.amazonaws.com/a/k.yaml", Some(("b", "a/k.yaml"))),
            ("https://b.c.s3.eu-west-1.amazonaws.com/k", Some(("b.c", "k"))),
            ("https://s3.us-east-1.amazonaws.com/b/a%20k", Some(("b", "a k"))),
            ("https://s3.amazonaws.com/b/k", Some(("b", "k"))),
            ("http://127.0.0.1:4566/b/k", Some(("b", "k"))),
            ("http://localhost:4566/b/a/k", Some(("b", "a/k"))),
            ("https://example.com/b/k", None),
            ("https://s3.amazonaws.com/b", None),
            ("s3://b/k", None),
        ] {
            let found = place(url).ok().map(|it| (it.bucket, it.key));
            let expected = expected.map(|(bucket, key)| (bucket.to_owned(), key.to_owned()));
            assert_eq!(found, expected, "{url}");
        }
    }

    #[test]
    fn bodies_are_bounded() {
        let body = |bytes: usize| Source::check(Some(&"x".repeat(bytes)), None);
        assert!(body(MAX_BODY_BYTES).is_ok());
        assert!(body(MAX_BODY_BYTES + 1).is_err());
        assert!(body(0).is_err());
        assert!(Source::check(None, None).is_err());
    }
}
