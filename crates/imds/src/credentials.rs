//! What an instance is told of its profile and of its role's credentials.

use names::Timestamp;
use serde_json::Value;

use crate::json::object;

/// Where AWS explains why there are no credentials.
const HELP: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html#troubleshoot_iam-ec2_errors-info-doc";

/// Credentials as they are shown to the instance.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// When they came to the instance.
    pub last_updated: Timestamp,
    /// `ASIA…`
    pub access_key_id: &'a str,
    /// The secret.
    pub secret_access_key: &'a str,
    /// The session.
    pub token: &'a str,
    /// When they end, by the clock of who reads it.
    pub expiration: Timestamp,
}

impl Shown<'_> {
    /// The document under `iam/security-credentials/ROLE`.
    #[must_use]
    pub fn document(&self) -> String {
        object(&[
            ("Code", "Success".into()),
            ("LastUpdated", time(self.last_updated)),
            ("Type", "AWS-HMAC".into()),
            ("AccessKeyId", self.access_key_id.into()),
            ("SecretAccessKey", self.secret_access_key.into()),
            ("Token", self.token.into()),
            ("Expiration", time(self.expiration)),
        ])
    }
}

/// `iam/info`
#[must_use]
pub fn info(last_updated: Timestamp, profile_arn: &str, profile_id: &str) -> String {
    object(&[
        ("Code", "Success".into()),
        ("LastUpdated", time(last_updated)),
        ("InstanceProfileArn", profile_arn.into()),
        ("InstanceProfileId", profile_id.into()),
    ])
}

/// `iam/info` of a profile that is gone. The code is AWS's (user guide, "troubleshoot IAM and Amazon EC2");
/// the text is unverified.
#[must_use]
pub fn profile_not_found(now: Timestamp, profile_id: &str) -> String {
    let text = format!(
        "Instance Profile {profile_id} cannot be found. Please see documentation at {HELP}."
    );
    failure("InstanceProfileNotFound", &text, now)
}

/// The document in the place of credentials of a role that does not trust EC2, or is gone: quoted, two
/// spaces included, in OctopusDeploy/docs and, with today's address, in reports of Grafana's Athena plugin.
#[must_use]
pub fn not_trusted(now: Timestamp, role_name: &str) -> String {
    let text =
        format!("EC2 cannot assume the role {role_name}.  Please see documentation at {HELP}.");
    failure("AssumeRoleUnauthorizedAccess", &text, now)
}

/// The document in the place of credentials that could not be made for another reason.
#[must_use]
pub fn failed(now: Timestamp, text: &str) -> String {
    failure("Failed", text, now)
}

fn failure(code: &str, text: &str, now: Timestamp) -> String {
    object(&[("Code", code.into()), ("Message", text.into()), ("LastUpdated", time(now))])
}

fn time(time: Timestamp) -> Value {
    time.to_string().into()
}

impl std::fmt::Debug for Shown<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Shown")
            .field("access_key_id", &self.access_key_id)
            .field("expiration", &self.expiration)
            .finish_non_exhaustive()
    }
}
