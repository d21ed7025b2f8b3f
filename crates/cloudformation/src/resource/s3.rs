//! `AWS::S3::*`

pub mod bucket;
pub mod bucket_policy;
