//! placeholder
/// x
pub fn rcp_supported(service: &str) -> bool {
    ["s3", "sts", "kms", "sqs", "secretsmanager"].contains(&service)
}
