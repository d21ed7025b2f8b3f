//! rolecall held against the AWS SDK for Rust: see `tests`.
