//! Paths of S3.

use crate::fault::Fault;

/// A place in S3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The bucket.
    pub bucket: String,
    /// What keys begin with; empty, or with a slash at the end.
    pub prefix: String,
}

impl Place {
    /// Reads `s3://bucket/path`.
    ///
    /// # Errors
    /// `INVALID_PARAMETER_VALUE`; the text is unverified.
    pub fn parse(url: &str) -> Result<Self, Fault> {
        let schemes = ["s3://", "s3a://", "s3n://"];
        let rest = schemes.iter().find_map(|scheme| url.strip_prefix(scheme)).unwrap_or_default();
        let (bucket, path) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err(Fault::invalid(format!("Invalid URL: '{url}' is not a path of S3.")));
        }
        let path = path.trim_end_matches('/');
        let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
        Ok(Self { bucket: bucket.to_owned(), prefix })
    }

    /// It as messages have it: without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        let url = format!("s3://{}/{}", self.bucket, self.prefix);
        url.trim_end_matches('/').to_owned()
    }

    /// Whether one of the two is within the other.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.bucket == other.bucket
            && (self.prefix.starts_with(&other.prefix) || other.prefix.starts_with(&self.prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        for (url, expected) in [
            ("s3://data", Some(("data", "", "s3://data"))),
            ("s3://data/", Some(("data", "", "s3://data"))),
            ("s3a://data/a/b", Some(("data", "a/b/", "s3://data/a/b"))),
            ("s3n://data/a/b//", Some(("data", "a/b/", "s3://data/a/b"))),
            ("s3://", None),
            ("s3:///a", None),
            ("abfss://data@account.dfs.core.windows.net/", None),
            ("data", None),
            ("", None),
        ] {
            let place = Place::parse(url).ok();
            let found = place.as_ref().map(|place| (&*place.bucket, &*place.prefix));
            assert_eq!(found, expected.map(|(bucket, prefix, _)| (bucket, prefix)), "{url}");
            let shown = place.as_ref().map(Place::url);
            assert_eq!(shown.as_deref(), expected.map(|(_, _, shown)| shown), "{url}");
        }
    }

    #[test]
    fn overlaps() {
        for (one, other, expected) in [
            ("s3://data", "s3://data/a", true),
            ("s3://data/a", "s3://data/a/", true),
            ("s3://data/a/b", "s3://data/a", true),
            ("s3://data/a", "s3://data/ab", false),
            ("s3://data/a", "s3://other/a", false),
        ] {
            let parse = |url| Place::parse(url).expect("it is a URL");
            assert_eq!(parse(one).overlaps(&parse(other)), expected, "{one} {other}");
            assert_eq!(parse(other).overlaps(&parse(one)), expected, "{other} {one}");
        }
    }
}
