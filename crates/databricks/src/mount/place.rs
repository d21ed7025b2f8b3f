//! Where a path leads: a bucket and a key in it.

use store::View;

use crate::command::result::Exception;
use crate::mount::{self, Encryption};

/// Where a path leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The bucket.
    pub bucket: String,
    /// The key, without slashes around it; empty for the bucket itself.
    pub key: String,
    /// The path as answers show it.
    pub shown: String,
    /// How an object that is written there is encrypted.
    pub encryption: Encryption,
}

impl Place {
    /// Where a path of a workspace leads.
    ///
    /// # Errors
    /// What a file system says that has no such path, or that rolecall does not have it.
    pub fn of_path(view: &View, workspace: &str, path: &str) -> Result<Self, Exception> {
        let inner = path.strip_prefix("dbfs:").unwrap_or(path).trim_end_matches('/');
        if !inner.starts_with("/mnt/") {
            return Self::of_url(path);
        }
        let Some(row) = mount::of_path(view, workspace, inner) else {
            let text = format!("No such file or directory: {inner}");
            return Err(Exception::jvm("java.io.FileNotFoundException", &text));
        };
        let root = Self::of_url(&row.source)?;
        let rest = inner.get(row.point.len()..).unwrap_or_default().trim_start_matches('/');
        let parts = [root.key.as_str(), rest].into_iter().filter(|part| !part.is_empty());
        Ok(Self {
            key: parts.collect::<Vec<_>>().join("/"),
            shown: format!("dbfs:{inner}"),
            encryption: row.encryption.clone(),
            ..root
        })
    }

    /// Where a URL of S3 leads.
    ///
    /// # Errors
    /// That rolecall has nothing else.
    pub fn of_url(url: &str) -> Result<Self, Exception> {
        let rest = ["s3a://", "s3://"].iter().find_map(|scheme| url.strip_prefix(scheme));
        let Some(rest) = rest else {
            let text = format!(
                "rolecall has buckets of S3 and what is mounted under /mnt/, and `{url}` is in neither"
            );
            return Err(Exception::NotModelled(text));
        };
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() || bucket.contains(['@', ':']) {
            let text = format!(
                "`{url}` names no bucket: write s3a://BUCKET/KEY, without access keys, which rolecall does not \
                 take from URLs"
            );
            return Err(Exception::NotModelled(text));
        }
        Ok(Self {
            bucket: bucket.to_owned(),
            key: key.trim_matches('/').to_owned(),
            shown: url.trim_end_matches('/').to_owned(),
            encryption: Encryption::default(),
        })
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("s3a://{}/{}", self.bucket, self.key)
    }

    /// What the keys below it begin with.
    #[must_use]
    pub fn prefix(&self) -> String {
        if self.key.is_empty() { String::new() } else { format!("{}/", self.key) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let check = |url: &str, expected: Option<(&str, &str)>| {
            let place = Place::of_url(url).ok();
            let found = place.as_ref().map(|place| (&*place.bucket, &*place.key));
            assert_eq!(found, expected, "{url}");
        };
        check("s3a://bucket", Some(("bucket", "")));
        check("s3://bucket/", Some(("bucket", "")));
        check("s3a://bucket/a/b/", Some(("bucket", "a/b")));
        for other in
            ["", "bucket", "s3a://", "s3a:///key", "s3a://ID:SECRET@bucket", "abfss://c@d", "/tmp"]
        {
            check(other, None);
        }
    }
}
