//! How long the services' own doings take, such as the start of an instance.

/// Whether what is on its way takes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Latency {
    /// It is there before the next poll.
    #[default]
    None,
    /// It takes about as long as on AWS, on the clouds' clock.
    Real,
}

/// A latency that is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no latency: write none or real")]
pub struct LatencyError(String);

impl Latency {
    /// The seconds that something takes which takes this long on AWS.
    #[must_use]
    pub fn seconds(self, real: i64) -> i64 {
        match self {
            Self::None => 0,
            Self::Real => real,
        }
    }
}

impl std::str::FromStr for Latency {
    type Err = LatencyError;

    fn from_str(text: &str) -> Result<Self, LatencyError> {
        match text {
            "none" => Ok(Self::None),
            "real" => Ok(Self::Real),
            other => Err(LatencyError(other.to_owned())),
        }
    }
}
