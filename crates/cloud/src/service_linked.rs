//! Service-linked roles: which services have one, what it is called, and which of AWS's managed
//! policies it carries.
//!
//! Such a role belongs to its service: only that can be trusted to assume it, its policy is AWS's and
//! its name starts with `AWSServiceRoleFor`. AWS publishes no table of them; this one was put together
//! by hand, and each row says from what ([`Evidence`]). A service that is not in it may well have a
//! service-linked role: refuse it by name, do not say that AWS knows none.
//!
//! ```
//! use cloud::service_linked;
//!
//! let spot = service_linked::find("spot.amazonaws.com").expect("is known");
//! assert_eq!(spot.role_name, "AWSServiceRoleForEC2Spot");
//! assert_eq!(spot.path(), "/aws-service-role/spot.amazonaws.com/");
//! assert!(spot.policy().is_some_and(|policy| policy.name == "AWSEC2SpotServiceRolePolicy"));
//! ```

mod published;
mod recorded;
#[cfg(test)]
mod tests;

use crate::aws_managed::{self, ManagedPolicy};

use published::PUBLISHED;
use recorded::RECORDED;

/// The longest session of a service-linked role, in seconds; in every recorded answer.
pub const MAX_SESSION_DURATION_SECONDS: u32 = 3_600;

/// The service-linked role of one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceLinkedRole {
    /// Who assumes it: `spot.amazonaws.com`. Case matters ("Service principals are unique and
    /// case-sensitive", IAM API Reference, `CreateServiceLinkedRole`).
    pub service: &'static str,
    /// `AWSServiceRoleForEC2Spot`; with a custom suffix, `_` and the suffix follow.
    pub role_name: &'static str,
    /// The managed policy attached to it, by its name below `/aws-service-role/`.
    pub policy_name: &'static str,
    /// Whether `CustomSuffix` is taken. Unverified where it is false and the row is not
    /// [`Evidence::Recorded`].
    pub custom_suffix: bool,
    /// What the service says of the role when it makes it itself, as seen in accounts: some services
    /// say different things over the years, and for `None` nothing was seen. A role made through
    /// `CreateServiceLinkedRole` has the description of the call, or none: so in all recorded answers
    /// about new roles.
    pub description: Option<&'static str>,
    /// Where the row comes from.
    pub evidence: Evidence,
}

/// Where a row comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// From AWS's answers of March 2025 to `CreateServiceLinkedRole` (with and without a suffix),
    /// `GetRole`, `ListRolePolicies` and `ListAttachedRolePolicies`, recorded in the tests of
    /// LocalStack (`tests/aws/services/iam/test_iam.snapshot.json`).
    Recorded,
    /// From roles of real accounts that their owners published as Terraform or as output of
    /// `aws iam list-roles`: service, names and policy. Unverified: whether a suffix is taken, and
    /// whether a caller may create the role or only the service.
    Observed,
    /// From this page. Unverified: as for [`Evidence::Observed`].
    Documented(&'static str),
}

/// The role of a service principal, by the letter.
#[must_use]
pub fn find(service: &str) -> Option<&'static ServiceLinkedRole> {
    all().find(|role| role.service == service)
}

/// Every known role.
pub fn all() -> impl Iterator<Item = &'static ServiceLinkedRole> {
    RECORDED.iter().chain(&PUBLISHED)
}

impl ServiceLinkedRole {
    /// The path of the role: `/aws-service-role/spot.amazonaws.com/`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/aws-service-role/{}/", self.service)
    }

    /// The role's name with a custom suffix. Whether one is taken, [`Self::custom_suffix`] says.
    #[must_use]
    pub fn suffixed_name(&self, suffix: &str) -> String {
        format!("{}_{suffix}", self.role_name)
    }

    /// The trust policy, as compact JSON: the service alone may assume the role.
    #[must_use]
    pub fn trust_policy(&self) -> String {
        format!(
            concat!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","#,
                r#""Principal":{{"Service":"{}"}},"Action":"sts:AssumeRole"}}]}}"#
            ),
            self.service
        )
    }

    /// The ARN of the attached policy in the partition `aws`.
    #[must_use]
    pub fn policy_arn(&self) -> String {
        format!("arn:aws:iam::aws:policy/aws-service-role/{}", self.policy_name)
    }

    /// The attached policy. `None` if its document is not known: `AmazonLexBotPolicy` is the only one.
    #[must_use]
    pub fn policy(&self) -> Option<&'static ManagedPolicy> {
        aws_managed::find(&self.policy_arn())
    }

    const fn new(
        service: &'static str,
        role_name: &'static str,
        policy_name: &'static str,
        evidence: Evidence,
    ) -> Self {
        Self { service, role_name, policy_name, custom_suffix: false, description: None, evidence }
    }

    const fn with_suffix(self) -> Self {
        Self { custom_suffix: true, ..self }
    }

    const fn described(self, description: &'static str) -> Self {
        Self { description: Some(description), ..self }
    }
}
