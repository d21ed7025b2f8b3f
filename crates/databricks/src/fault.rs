//! How an operation fails: Databricks' own code and text.

use store::RowError;

/// A failure as Databricks words it. Which HTTP status it has, and in which of the three shapes it is
/// answered, is the responder's to know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Fault {
    /// The service's own code, such as `RESOURCE_DOES_NOT_EXIST`.
    pub code: &'static str,
    /// The service's own text.
    pub message: String,
    /// What is known beyond that: `rolecall why` tells it, clients never see it.
    pub hint: Option<String>,
}

impl Fault {
    /// A failure with `code` and `message`.
    #[must_use]
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None }
    }

    /// A parameter has a value that cannot be.
    #[must_use]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new("INVALID_PARAMETER_VALUE", message)
    }

    /// What is spoken of does not exist.
    #[must_use]
    pub fn missing(message: impl Into<String>) -> Self {
        Self::new("RESOURCE_DOES_NOT_EXIST", message)
    }

    /// What is to be made exists.
    #[must_use]
    pub fn exists(message: impl Into<String>) -> Self {
        Self::new("RESOURCE_ALREADY_EXISTS", message)
    }

    /// The caller must not.
    #[must_use]
    pub fn denied(message: impl Into<String>) -> Self {
        Self::new("PERMISSION_DENIED", message)
    }

    /// Not in this state.
    #[must_use]
    pub fn state(message: impl Into<String>) -> Self {
        Self::new("INVALID_STATE", message)
    }

    /// The request cannot be read.
    #[must_use]
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new("MALFORMED_REQUEST", message)
    }

    /// Databricks can do this, rolecall cannot.
    #[must_use]
    pub fn not_modelled(message: impl Into<String>) -> Self {
        Self::new("NOT_IMPLEMENTED", message)
    }
}

impl From<RowError> for Fault {
    /// Rows are checked before they are written, so what is left is a limit of this server.
    fn from(error: RowError) -> Self {
        Self::new("INTERNAL_ERROR", error.to_string())
    }
}
