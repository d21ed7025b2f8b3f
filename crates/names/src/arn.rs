//! Amazon Resource Names: `arn:partition:service:region:account:resource`.

use std::fmt;
use std::str::FromStr;

/// Colons that separate the six parts.
const SEPARATORS: usize = 5;

/// An ARN with its six parts located; the text is kept as given.
///
/// Parts may be empty, as region and account of `arn:aws:s3:::bucket` are. Whether a service accepts
/// the parts is not judged here.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arn {
    text: Box<str>,
    colons: [u32; SEPARATORS],
}

/// The text is not of the form `arn:partition:service:region:account:resource`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an ARN: write arn:partition:service:region:account:resource")]
pub struct ArnError {
    text: String,
}

/// The six parts of an ARN, borrowed; also how a text is split without keeping it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArnParts<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: &'a str,
    /// The service's prefix, such as `iam`.
    pub service: &'a str,
    /// The region, or empty.
    pub region: &'a str,
    /// The account, or empty; `aws` for what AWS itself owns.
    pub account: &'a str,
    /// Everything after the fifth colon.
    pub resource: &'a str,
}

impl<'a> ArnParts<'a> {
    /// Splits `text` on its first five colons. `None` unless it starts with `arn:` and has them.
    #[must_use]
    pub fn split(text: &'a str) -> Option<Self> {
        let mut parts = text.strip_prefix("arn:")?.splitn(SEPARATORS, ':');
        Some(Self {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        })
    }
}

impl Arn {
    /// The whole ARN.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The six parts.
    #[must_use]
    pub fn parts(&self) -> ArnParts<'_> {
        let part = |from: usize| {
            let start = self.colons.get(from).map_or(0, |colon| *colon as usize + 1);
            let end = self.colons.get(from + 1).map_or(self.text.len(), |colon| *colon as usize);
            self.text.get(start..end).unwrap_or_default()
        };
        ArnParts {
            partition: part(0),
            service: part(1),
            region: part(2),
            account: part(3),
            resource: part(4),
        }
    }

    /// Everything after the fifth colon.
    #[must_use]
    pub fn resource(&self) -> &str {
        self.parts().resource
    }
}

impl FromStr for Arn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || ArnError { text: text.to_owned() };
        if !text.starts_with("arn:") {
            return Err(wrong());
        }
        let mut colons = [0; SEPARATORS];
        let mut found = text.match_indices(':');
        for colon in &mut colons {
            let (at, _) = found.next().ok_or_else(wrong)?;
            *colon = u32::try_from(at).map_err(|_| wrong())?;
        }
        Ok(Self { text: text.into(), colons })
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.text)
    }
}

impl fmt::Debug for Arn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_split_on_the_first_five_colons() {
        let arn: Arn = "arn:aws:iam::123456789012:role/team/etl".parse().unwrap();
        let parts = arn.parts();
        assert_eq!(parts.partition, "aws");
        assert_eq!(parts.service, "iam");
        assert_eq!(parts.region, "");
        assert_eq!(parts.account, "123456789012");
        assert_eq!(parts.resource, "role/team/etl");
        assert_eq!(ArnParts::split(arn.as_str()), Some(parts));

        let log: Arn = "arn:aws:logs:us-east-1:1:log-group:a:*".parse().unwrap();
        assert_eq!(log.resource(), "log-group:a:*");
    }

    #[test]
    fn other_texts_are_refused() {
        for bad in
            ["", "*", "arn", "arn:", "arn:aws:s3", "arn:aws:s3::", "ARN:aws:s3:::b", "role/x"]
        {
            assert!(bad.parse::<Arn>().is_err(), "{bad}");
            assert_eq!(ArnParts::split(bad), None, "{bad}");
        }
        assert!("arn:::::".parse::<Arn>().is_ok());
    }
}
