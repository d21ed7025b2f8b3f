//! An error as a service answers it, before a protocol writes it.

use std::borrow::Cow;

/// The service's error code, its text and its HTTP status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `NoSuchEntity`, `ValidationError` and so on.
    pub code: Cow<'static, str>,
    /// The text; a few faults of AWS have none, and then the element is left out.
    pub message: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// Further members of the error by name, such as `Reason` of Organizations.
    pub details: Vec<(&'static str, String)>,
    /// Whether the request reached an operation. Before that, awsQuery services answer in the
    /// namespace of their front end.
    pub dispatched: bool,
}

impl Fault {
    /// An error of this status, code and text.
    #[must_use]
    pub fn new(
        status: u16,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self { message: Some(message.into()), ..Self::without_message(status, code) }
    }

    /// An error without any text.
    #[must_use]
    pub fn without_message(status: u16, code: impl Into<Cow<'static, str>>) -> Self {
        Self { code: code.into(), message: None, status, details: Vec::new(), dispatched: true }
    }

    /// The same with one more member.
    #[must_use]
    pub fn with_detail(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    /// The same, found before the request reached an operation.
    #[must_use]
    pub fn before_dispatch(mut self) -> Self {
        self.dispatched = false;
        self
    }

    /// Whether the sender is to blame (`Sender`) or the service (`Receiver`).
    #[must_use]
    pub fn is_senders(&self) -> bool {
        self.status < 500
    }
}
