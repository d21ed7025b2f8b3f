//! Propagation: IAM shows a change at once, other services only later.
//!
//! IAM is one database that is copied to all others ("the service … achieves high availability by
//! replicating data across multiple servers", user guide, "changes that I make are not always immediately
//! visible"). Here every change of an IAM row gets, when it is made, the moment at which each [`Reader`] will
//! see it. Until then a [`Sight`] shows that reader the row as it was before, from the row's [`Past`].
//!
//! Without propagation there is no past, and a sight is the state itself.

mod past;
mod sight;
#[cfg(test)]
mod tests;

use sha2::{Digest, Sha256};

use crate::operation::Service;

pub(crate) use past::add_rows;
pub use past::{Past, Propagated, forget, record};
pub use sight::{Hidden, HiddenKind, Sight, Standpoint, Unseen};

/// The longest delay that can be asked for, in milliseconds: longer than any client waits.
pub const MAX_DELAY_MS: i64 = 60 * 60 * 1000;
/// The longest delay of [`Mode::Seed`], in milliseconds: the ten seconds that guides tell people to wait
/// (Databricks' Terraform guides use `time_sleep` with `10s`). How AWS's delays are distributed is
/// unverified; these are uniform.
pub const MAX_SEEDED_DELAY_MS: i64 = 10_000;

/// How long changes of IAM take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// No time.
    #[default]
    Off,
    /// For everybody the same number of milliseconds.
    Fixed(i64),
    /// For each change and reader a time of its own, which is the same in every run with this number.
    Seed(u64),
}

/// A service that sees IAM's changes late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// EC2.
    Ec2,
    /// STS, and the check of principals in policies.
    Sts,
    /// S3.
    S3,
    /// Databricks.
    Databricks,
}

/// A mode that is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no propagation: write off, fixed:SECONDS (up to {max}, such as fixed:2.5) or seed:NUMBER",
    max = MAX_DELAY_MS / 1000
)]
pub struct ModeError(String);

impl Mode {
    /// The delay of one change for one reader; `change` says which change it is of all.
    pub(crate) fn delay_ms(self, change: &Change<'_>, reader: Reader) -> i64 {
        match self {
            Self::Off => 0,
            Self::Fixed(delay_ms) => delay_ms,
            Self::Seed(seed) => {
                let Change { table, account, key, number } = change;
                let text = format!("{seed}|{table}|{account}|{key}|{number}|{}", reader.name());
                let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
                let first = digest.first_chunk::<8>().copied().unwrap_or_default();
                let range = MAX_SEEDED_DELAY_MS.unsigned_abs() + 1;
                i64::try_from(u64::from_be_bytes(first) % range).unwrap_or(MAX_SEEDED_DELAY_MS)
            }
        }
    }
}

/// One change of a row: the how manieth it is since changes take time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change<'a> {
    pub(crate) table: &'static str,
    pub(crate) account: &'a str,
    pub(crate) key: &'a str,
    pub(crate) number: u64,
}

impl std::str::FromStr for Mode {
    type Err = ModeError;

    fn from_str(text: &str) -> Result<Self, ModeError> {
        let refused = || ModeError(text.to_owned());
        match text.split_once(':') {
            None if text == "off" => Ok(Self::Off),
            Some(("fixed", seconds)) => milliseconds(seconds).map(Self::Fixed).ok_or_else(refused),
            Some(("seed", number)) => number.parse().map(Self::Seed).map_err(|_| refused()),
            _ => Err(refused()),
        }
    }
}

impl std::fmt::Display for Mode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Off => formatter.write_str("off"),
            Self::Fixed(ms) if ms % 1000 == 0 => write!(formatter, "fixed:{}", ms / 1000),
            Self::Fixed(ms) => {
                let text = format!("{}.{:03}", ms / 1000, ms % 1000);
                write!(formatter, "fixed:{}", text.trim_end_matches('0'))
            }
            Self::Seed(seed) => write!(formatter, "seed:{seed}"),
        }
    }
}

impl Reader {
    /// All readers, in the order in which delays are kept.
    pub const ALL: [Self; 4] = [Self::Ec2, Self::Sts, Self::S3, Self::Databricks];

    /// The reader that `service` is; none for IAM, which sees its own changes at once, and for services
    /// whose delays nobody has reported.
    #[must_use]
    pub fn of(service: Service) -> Option<Self> {
        match service {
            Service::Ec2 => Some(Self::Ec2),
            Service::Sts => Some(Self::Sts),
            Service::S3 => Some(Self::S3),
            _ => None,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ec2 => "EC2",
            Self::Sts => "STS",
            Self::S3 => "S3",
            Self::Databricks => "Databricks",
        }
    }

    fn place(self) -> usize {
        self as usize
    }
}

/// Decimal seconds, to the millisecond.
fn milliseconds(seconds: &str) -> Option<i64> {
    let (whole, part) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 3 {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let part: i64 = format!("{part:0<3}").parse().ok()?;
    let delay_ms = whole.checked_mul(1000)?.checked_add(part)?;
    (delay_ms <= MAX_DELAY_MS).then_some(delay_ms)
}
