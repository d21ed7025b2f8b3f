//! What a service answers to a request whose authentication is wrong: AWS's code and text for each
//! error, one function for each family of services.
//!
//! Texts are AWS's, letter for letter where somebody published them; what nobody states is marked
//! `unverified`. HTTP statuses and the shape of the answer are not known here; the values that S3 puts
//! beside its text, such as `<Region>`, are in the error.

mod s3;
mod standard;

use std::borrow::Cow;

pub use s3::{s3, s3_body};
pub use standard::{ec2, json, query};

/// A code and a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Such as `SignatureDoesNotMatch`.
    pub code: &'static str,
    /// The text for people.
    pub message: Cow<'static, str>,
}

impl Answer {
    pub(crate) fn new(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into() }
    }
}
