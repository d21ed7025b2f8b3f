//! The scope of a credential, `date/region/service/aws4_request`, and how old a signature may be.

use std::borrow::Cow;
use std::fmt;

use crate::error::{Error, Place};
use crate::limit::{Limit, echo};
use crate::timestamp::Timestamp;

/// What every scope ends with.
pub const TERMINATOR: &str = "aws4_request";
/// The signing algorithm.
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// What Version 2 is called in a header. It is not known here, and told apart only because S3 does.
pub(crate) const VERSION_2: &str = "AWS";

/// Slashes in a credential.
const SLASHES: usize = 4;

/// What a signature is good for, as the request claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scope<'a> {
    /// `YYYYMMDD`
    pub date: &'a str,
    /// Such as `us-east-1`.
    pub region: &'a str,
    /// Such as `iam`.
    pub service: &'a str,
    /// [`TERMINATOR`] in every proper request.
    pub terminator: &'a str,
}

/// What the scope and the time of a request are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected<'a> {
    /// The time here.
    pub now: Timestamp,
    /// How far the request's time may be from it.
    pub skew: Skew,
    /// The service that the request is for.
    pub service: &'a str,
    /// The region that it must be signed for; `None` if any will do.
    pub region: Option<&'a str>,
}

/// How far the time of a signature may be from the time here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Skew {
    /// How old a signature may be.
    pub past_seconds: u32,
    /// How far in the future.
    pub future_seconds: u32,
}

/// Everything in a scope that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeFaults {
    /// Where the credential stands.
    pub place: Place,
    /// The region, if it is another.
    pub region: Option<Fault>,
    /// The service, if it is another.
    pub service: Option<Fault>,
    /// The terminator, if it is another.
    pub terminator: Option<Fault>,
    /// The date, if it is not the request's.
    pub date: Option<Fault>,
}

/// A part of a scope that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What the request has.
    pub given: String,
    /// What it should have.
    pub expected: String,
}

/// An access key id and a scope, `key/date/region/service/aws4_request`.
#[derive(Clone)]
pub(crate) struct Credential<'r> {
    text: Cow<'r, str>,
    slashes: [usize; SLASHES],
}

impl Skew {
    /// 15 minutes either way.
    ///
    /// IAM and STS allow 15 minutes into the past ("Signature expired: … - 15 min.",
    /// <https://github.com/aws/aws-cli/issues/6676>). Into the future, ELB, Kinesis and Route 53 were
    /// seen to allow 5 ("Signature not yet current: … + 5 min.",
    /// <https://github.com/aws/aws-sdk-js/pull/142>); 15 for IAM and STS is from "AWS Auth Error
    /// Ordering", rule 11, by the author of scratchstack-aws-signature.
    pub const DEFAULT: Self = Self { past_seconds: 900, future_seconds: 900 };
}

impl Default for Skew {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl<'r> Credential<'r> {
    /// Splits a credential.
    ///
    /// # Errors
    /// [`Error::Credential`] unless it has exactly five parts, [`Error::TooLarge`] if it is too long.
    pub(crate) fn parse(text: Cow<'r, str>, place: Place) -> Result<Self, Error> {
        Limit::CredentialBytes.check(text.len())?;
        let mut slashes = [0; SLASHES];
        let mut found = text.match_indices('/').map(|(at, _)| at);
        let complete = slashes.iter_mut().all(|slash| match found.next() {
            Some(at) => {
                *slash = at;
                true
            }
            None => false,
        });
        if !complete || found.next().is_some() {
            return Err(Error::Credential { credential: echo(&text), place });
        }
        Ok(Self { text, slashes })
    }

    pub(crate) fn access_key_id(&self) -> &str {
        self.part(0)
    }

    pub(crate) fn scope(&self) -> Scope<'_> {
        Scope {
            date: self.part(1),
            region: self.part(2),
            service: self.part(3),
            terminator: self.part(4),
        }
    }

    /// `date/region/service/aws4_request`
    pub(crate) fn scope_text(&self) -> &str {
        let start = self.slashes.first().map_or(0, |slash| slash + 1);
        self.text.get(start..).unwrap_or_default()
    }

    fn part(&self, number: usize) -> &str {
        let before = number.checked_sub(1).and_then(|before| self.slashes.get(before));
        let start = before.map_or(0, |slash| slash + 1);
        let end = self.slashes.get(number).copied().unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or_default()
    }
}

impl Scope<'_> {
    /// Holds the scope against what the request needs.
    ///
    /// # Errors
    /// [`Error::Scope`] with everything that does not fit.
    pub(crate) fn check(
        &self,
        expected: &Expected<'_>,
        date: Timestamp,
        place: Place,
    ) -> Result<(), Error> {
        let fault = |given: &str, wanted: &str| {
            (given != wanted).then(|| Fault { given: echo(given), expected: wanted.to_owned() })
        };
        let day = date.date();
        let faults = ScopeFaults {
            place,
            region: expected.region.and_then(|region| fault(self.region, region)),
            service: fault(self.service, expected.service),
            terminator: fault(self.terminator, TERMINATOR),
            // INVARIANT: a date is ASCII, so this is never the fallback.
            date: fault(self.date, std::str::from_utf8(&day).unwrap_or_default()),
        };
        if faults.parts().next().is_some() { Err(Error::Scope(Box::new(faults))) } else { Ok(()) }
    }
}

impl ScopeFaults {
    fn parts(&self) -> impl Iterator<Item = (&'static str, &Fault)> {
        [
            ("region", &self.region),
            ("service", &self.service),
            ("terminator", &self.terminator),
            ("date", &self.date),
        ]
        .into_iter()
        .filter_map(|(name, fault)| Some((name, fault.as_ref()?)))
    }
}

impl fmt::Display for ScopeFaults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (name, fault)) in self.parts().enumerate() {
            let separator = if number == 0 { "" } else { ", " };
            let Fault { given, expected } = fault;
            write!(formatter, "{separator}its {name} is `{given}` and should be `{expected}`")?;
        }
        Ok(())
    }
}
