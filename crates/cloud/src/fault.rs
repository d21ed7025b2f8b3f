//! How an operation fails: a service's own code and text.

use store::RowError;

/// A failure as the service words it. Which HTTP status it has is the responder's to know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Fault {
    /// The service's own code, such as `NoSuchEntity`.
    pub code: &'static str,
    /// The service's own text.
    pub message: String,
    /// Further members of the error by name, as S3's `BucketName`.
    pub details: Vec<(&'static str, String)>,
    /// Why in one word, as Organizations says it beside the text.
    pub reason: Option<&'static str>,
    /// What the service knows and does not say: `rolecall why` tells it, clients never see it.
    pub hint: Option<Box<str>>,
}

impl Fault {
    /// A failure with `code` and `message`.
    #[must_use]
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: Vec::new(), reason: None, hint: None }
    }

    /// The same with one more member.
    #[must_use]
    pub fn with_detail(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    /// With a reason in one word.
    #[must_use]
    pub fn because(self, reason: &'static str) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// With what helps to understand it, for `rolecall why` alone.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<Box<str>>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// EC2's answer to a dry run that would have succeeded.
    #[must_use]
    pub fn dry_run() -> Self {
        Self::new("DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
    }
}

impl From<RowError> for Fault {
    /// Rows are checked before they are written, so what is left is a limit of this server.
    fn from(error: RowError) -> Self {
        Self::new("ServiceFailure", error.to_string())
    }
}
