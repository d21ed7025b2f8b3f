//! The nouns and operations of both clouds: what each takes, what it asks of IAM, what it does.

pub mod aws_managed;
pub mod service_linked;
