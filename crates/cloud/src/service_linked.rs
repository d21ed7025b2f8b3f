//! Service-linked roles: which services have one, what it is called, and which of AWS's managed
//! policies it carries. Three services stand in for the table.

/// The service-linked role of one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceLinkedRole {
    /// Who assumes it: `spot.amazonaws.com`.
    pub service: &'static str,
    /// `AWSServiceRoleForEC2Spot`; with a custom suffix, `_` and the suffix follow.
    pub role_name: &'static str,
    /// The managed policy attached to it, by its name below `/aws-service-role/`.
    pub policy_name: &'static str,
    /// Whether `CustomSuffix` is taken.
    pub custom_suffix: bool,
}

const ROLES: [ServiceLinkedRole; 3] = [
    ServiceLinkedRole {
        service: "autoscaling.amazonaws.com",
        role_name: "AWSServiceRoleForAutoScaling",
        policy_name: "AutoScalingServiceRolePolicy",
        custom_suffix: true,
    },
    ServiceLinkedRole {
        service: "batch.amazonaws.com",
        role_name: "AWSServiceRoleForBatch",
        policy_name: "BatchServiceRolePolicy",
        custom_suffix: false,
    },
    ServiceLinkedRole {
        service: "spot.amazonaws.com",
        role_name: "AWSServiceRoleForEC2Spot",
        policy_name: "AWSEC2SpotServiceRolePolicy",
        custom_suffix: false,
    },
];

/// The role of a service principal, by the letter.
#[must_use]
pub fn find(service: &str) -> Option<&'static ServiceLinkedRole> {
    ROLES.iter().find(|role| role.service == service)
}

impl ServiceLinkedRole {
    /// The path of the role: `/aws-service-role/spot.amazonaws.com/`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/aws-service-role/{}/", self.service)
    }

    /// The role's name with a custom suffix.
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

    /// The ARN of the attached policy.
    #[must_use]
    pub fn policy_arn(&self) -> String {
        format!("arn:aws:iam::aws:policy/aws-service-role/{}", self.policy_name)
    }
}
