//! Parameters that AWS's operations have and the ones here do not. AWS's query services ignore parameters that they
//! do not know; one that AWS knows must not be ignored here in silence.

use crate::operation::Service;

/// The parameters by operation (API models of botocore 1.44).
const PARAMETERS: &[(Service, &str, &[&str])] = &[
    (
        Service::Iam,
        "CreateOpenIDConnectProvider",
        &["ContextProvider", "IdentityCenterInstanceArn"],
    ),
    (Service::Iam, "CreateLoginProfile", &["MaxSigninSessionDuration"]),
    (
        Service::Iam,
        "UpdateLoginProfile",
        &["MaxSigninSessionDuration", "ResetMaxSigninSessionDuration"],
    ),
    (Service::Iam, "CreateRole", &["MaxSigninSessionDuration"]),
    (Service::Iam, "UpdateRole", &["MaxSigninSessionDuration", "ResetMaxSigninSessionDuration"]),
    (Service::Iam, "CreateSAMLProvider", &["ContextProvider", "IdentityCenterInstanceArn"]),
    (
        Service::Iam,
        "UpdateSAMLProvider",
        &[
            "ContextProvider",
            "IdentityCenterInstanceArn",
            "RemoveContextProvider",
            "RemoveIdentityCenterInstance",
        ],
    ),
    (Service::Iam, "SimulateCustomPolicy", &["OrderedOrganizationPolicyInputList"]),
    (Service::Iam, "SimulatePrincipalPolicy", &["PolicyExclusionList"]),
    (Service::Iam, "ListServiceSpecificCredentials", &["AllUsers"]),
    (Service::Sts, "AssumeRole", &["MinimumSessionTokenSize"]),
    (Service::Sts, "AssumeRoleWithWebIdentity", &["MinimumSessionTokenSize"]),
    (Service::Sts, "GetFederationToken", &["MinimumSessionTokenSize"]),
    (Service::Sts, "GetSessionToken", &["MinimumSessionTokenSize"]),
];

/// Whether AWS's operation has the parameter `name`, and the one here does not.
#[must_use]
pub fn is_parameter(service: Service, operation: &str, name: &str) -> bool {
    PARAMETERS
        .iter()
        .any(|(of, known, names)| *of == service && *known == operation && names.contains(&name))
}
