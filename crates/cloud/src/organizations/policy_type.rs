//! The types of policy: of AWS's many the two that decide on requests.

use iam::PolicyKind;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::organizations::input::invalid;

/// A type of policy that rolecall models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PolicyType {
    /// Service control policies.
    ServiceControlPolicy,
    /// Resource control policies.
    ResourceControlPolicy,
}

/// The types that AWS has beside them (API model, botocore 1.43).
const NOT_MODELLED: [&str; 11] = [
    "TAG_POLICY",
    "BACKUP_POLICY",
    "AISERVICES_OPT_OUT_POLICY",
    "CHATBOT_POLICY",
    "DECLARATIVE_POLICY_EC2",
    "SECURITYHUB_POLICY",
    "INSPECTOR_POLICY",
    "UPGRADE_ROLLOUT_POLICY",
    "BEDROCK_POLICY",
    "S3_POLICY",
    "NETWORK_SECURITY_DIRECTOR_POLICY",
];

/// A type and whether it is enabled.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyTypeShape {
    r#type: PolicyType,
    status: &'static str,
}

impl PolicyType {
    /// Reads a parameter.
    ///
    /// # Errors
    /// `InvalidInputException`, and `NotImplemented` for a type of AWS's that rolecall does not model.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text {
            "SERVICE_CONTROL_POLICY" => Ok(Self::ServiceControlPolicy),
            "RESOURCE_CONTROL_POLICY" => Ok(Self::ResourceControlPolicy),
            other if NOT_MODELLED.contains(&other) => {
                let text = format!(
                    "rolecall models SERVICE_CONTROL_POLICY and RESOURCE_CONTROL_POLICY, not {other}: \
                     see docs/fidelity/organizations.md"
                );
                Err(Fault::new("NotImplemented", text))
            }
            _ => Err(invalid("INVALID_ENUM_POLICY_TYPE", "You specified an invalid policy type.")),
        }
    }

    /// Its name in the API, and the value of `organizations:PolicyType`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ServiceControlPolicy => "SERVICE_CONTROL_POLICY",
            Self::ResourceControlPolicy => "RESOURCE_CONTROL_POLICY",
        }
    }

    /// Its name in ARNs.
    #[must_use]
    pub fn arn_name(self) -> &'static str {
        match self {
            Self::ServiceControlPolicy => "service_control_policy",
            Self::ResourceControlPolicy => "resource_control_policy",
        }
    }

    /// What the engine takes its policies for.
    #[must_use]
    pub fn kind(self) -> PolicyKind {
        match self {
            Self::ServiceControlPolicy => PolicyKind::ServiceControl,
            Self::ResourceControlPolicy => PolicyKind::ResourceControl,
        }
    }

    /// The id of AWS's own policy, which is attached everywhere when the type is enabled.
    #[must_use]
    pub fn default_policy(self) -> &'static str {
        match self {
            Self::ServiceControlPolicy => "p-FullAWSAccess",
            Self::ResourceControlPolicy => "p-RCPFullAWSAccess",
        }
    }

    /// Policies of an organization (user guide, "quotas and service limits").
    #[must_use]
    pub fn most_policies(self) -> usize {
        match self {
            Self::ServiceControlPolicy => 10_000,
            Self::ResourceControlPolicy => 1_000,
        }
    }
}

impl PolicyTypeShape {
    /// An enabled one.
    #[must_use]
    pub fn enabled(r#type: PolicyType) -> Self {
        Self { r#type, status: "ENABLED" }
    }
}
