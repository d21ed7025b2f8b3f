//! The condition keys that no service's table lists, by hand.
//!
//! Source, for every row: IAM User Guide, "AWS global condition context keys" (each key's "Data
//! type" and "Value type"), as it stood in 2026.

use super::{ConditionKey, KeyType, ValueType};
use ValueType::{Arn, Bool, Date, IpAddress, Numeric, String};

/// A condition key that is not one service's own.
#[derive(Debug)]
pub struct GlobalKey {
    /// The key.
    pub key: ConditionKey,
    /// Which actions can supply it.
    pub supply: Supply,
}

/// Which actions can supply a global key, given the right caller, network and resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supply {
    /// All of them. AWS names a few exceptions, which are not modelled: `aws:ResourceAccount`,
    /// `aws:ResourceOrgID` and `aws:ResourceOrgPaths` miss in some 20 actions, `aws:SourceVpcArn`
    /// and the `aws:Vpce…` keys in the services that do not support them yet.
    AnyAction,
    /// Those that list it: the tags of the request and of the resource.
    ListedActions,
}

/// The global keys, and the cross-service keys of role sessions that other services see as well.
pub static GLOBAL_KEYS: [GlobalKey; 61] = [
    // Properties of the principal
    any("aws:PrincipalArn", KeyType::one(Arn)),
    any("aws:PrincipalAccount", KeyType::one(String)),
    any("aws:PrincipalOrgPaths", KeyType::many(String)),
    any("aws:PrincipalOrgID", KeyType::one(String)),
    any("aws:PrincipalTag/${TagKey}", KeyType::one(String)),
    any("aws:PrincipalIsAWSService", KeyType::one(Bool)),
    any("aws:PrincipalServiceName", KeyType::one(String)),
    any("aws:PrincipalServiceNamesList", KeyType::many(String)),
    any("aws:PrincipalType", KeyType::one(String)),
    any("aws:userid", KeyType::one(String)),
    any("aws:username", KeyType::one(String)),
    // Properties of a role session
    any("aws:AssumedRoot", KeyType::one(Bool)),
    // An ARN unless the identity provider is one of AWS's own.
    any("aws:FederatedProvider", KeyType { also: Some(Arn), ..KeyType::one(String) }),
    any("aws:TokenIssueTime", KeyType::one(Date)),
    any("aws:SignInSessionArn", KeyType::one(Arn)),
    any("aws:MultiFactorAuthAge", KeyType::one(Numeric)),
    any("aws:MultiFactorAuthPresent", KeyType::one(Bool)),
    any("aws:ChatbotSourceArn", KeyType::one(Arn)),
    any("aws:Ec2InstanceSourceVpc", KeyType::one(String)),
    any("aws:Ec2InstanceSourcePrivateIPv4", KeyType::one(IpAddress)),
    any("aws:SourceIdentity", KeyType::one(String)),
    any("ec2:RoleDelivery", KeyType::one(Numeric)),
    any("ec2:SourceInstanceArn", KeyType::one(Arn)),
    any("glue:RoleAssumedBy", KeyType::one(String)),
    any("glue:CredentialIssuingService", KeyType::one(String)),
    any("codebuild:BuildArn", KeyType::one(Arn)),
    any("codebuild:ProjectArn", KeyType::one(Arn)),
    any("lambda:SourceFunctionArn", KeyType::one(Arn)),
    any("ssm:SourceInstanceArn", KeyType::one(Arn)),
    any("identitystore:UserId", KeyType::one(String)),
    // Properties of the network
    any("aws:SourceIp", KeyType::one(IpAddress)),
    any("aws:SourceVpc", KeyType::one(String)),
    any("aws:SourceVpcArn", KeyType::one(Arn)),
    any("aws:SourceVpce", KeyType::one(String)),
    any("aws:VpceAccount", KeyType::one(String)),
    any("aws:VpceOrgID", KeyType::one(String)),
    any("aws:VpceOrgPaths", KeyType::many(String)),
    any("aws:VpcSourceIp", KeyType::one(IpAddress)),
    // Properties of the resource
    any("aws:ResourceAccount", KeyType::one(String)),
    any("aws:ResourceOrgPaths", KeyType::many(String)),
    any("aws:ResourceOrgID", KeyType::one(String)),
    listed("aws:ResourceTag/${TagKey}", KeyType::one(String)),
    // Properties of the request
    any("aws:CalledVia", KeyType::many(String)),
    any("aws:CalledViaFirst", KeyType::one(String)),
    any("aws:CalledViaLast", KeyType::one(String)),
    any("aws:CalledViaAWSMCP", KeyType::one(String)),
    any("aws:ViaAWSService", KeyType::one(Bool)),
    any("aws:ViaAWSMCPService", KeyType::one(Bool)),
    any("aws:CurrentTime", KeyType::one(Date)),
    any("aws:EpochTime", KeyType { also: Some(Numeric), ..KeyType::one(Date) }),
    any("aws:referer", KeyType::one(String)),
    any("aws:RequestedRegion", KeyType::one(String)),
    listed("aws:RequestTag/${TagKey}", KeyType::one(String)),
    listed("aws:TagKeys", KeyType::many(String)),
    any("aws:SecureTransport", KeyType::one(Bool)),
    any("aws:SourceAccount", KeyType::one(String)),
    any("aws:SourceArn", KeyType::one(Arn)),
    any("aws:SourceOrgID", KeyType::one(String)),
    any("aws:SourceOrgPaths", KeyType::many(String)),
    any("aws:UserAgent", KeyType::one(String)),
    any("aws:IsMcpServiceAction", KeyType::one(Bool)),
];

/// Claims that every web identity provider can make, as `provider.example.com/path:claim`.
///
/// Source: IAM User Guide, "IAM and AWS STS condition context keys", keys for OIDC federation. It
/// calls `amr` multivalued, where the Service Authorization Reference lists a single value for
/// Amazon Cognito's.
const CLAIMS: [(&str, KeyType); 5] = [
    ("amr", KeyType::many(String)),
    ("aud", KeyType::one(String)),
    ("email", KeyType::one(String)),
    ("oaud", KeyType::one(String)),
    ("sub", KeyType::one(String)),
];

/// The global key of this name, in any case, templates filled in.
pub(super) fn find(name: &str) -> Option<&'static GlobalKey> {
    GLOBAL_KEYS.iter().find(|global| global.key.matches(name))
}

/// The type of a claim of a web identity provider, which is known by the dot in its host's name.
pub(super) fn web_identity_claim(provider: &str, claim: &str) -> Option<KeyType> {
    let known = CLAIMS.iter().find(|(name, _)| name.eq_ignore_ascii_case(claim));
    known.filter(|_| provider.contains('.')).map(|(_, kind)| *kind)
}

const fn any(name: &'static str, kind: KeyType) -> GlobalKey {
    GlobalKey { key: ConditionKey { name, kind }, supply: Supply::AnyAction }
}

const fn listed(name: &'static str, kind: KeyType) -> GlobalKey {
    GlobalKey { key: ConditionKey { name, kind }, supply: Supply::ListedActions }
}

#[cfg(test)]
mod tests {
    use super::super::{action, condition_key, keys_of};
    use super::*;

    #[test]
    fn keys_have_their_types() {
        let check = |name: &str, expected: &str| {
            let found = condition_key(name).map(|kind| kind.to_string()).unwrap_or_default();
            assert_eq!(found, expected, "{name}");
        };
        check("aws:SourceIp", "IPAddress");
        check("AWS:sourceip", "IPAddress");
        check("aws:PrincipalOrgPaths", "ArrayOfString");
        check("aws:PrincipalTag/cost/centre", "String");
        check("aws:RequestTag/Vendor", "String");
        check("aws:TagKeys", "ArrayOfString");
        check("aws:MultiFactorAuthPresent", "Bool");
        check("aws:EpochTime", "Date");
        check("ec2:ResourceTag/Vendor", "String");
        check("ec2:resourcetag/Vendor", "String");
        check("ec2:Vpc", "ARN");
        check("ec2:RoleDelivery", "Numeric");
        check("iam:AWSServiceName", "String");
        check("iam:PassedToService", "String");
        check("s3:ExistingObjectTag/a", "String");
        check("s3:RequestObjectTagKeys", "ArrayOfString");
        check("kms:EncryptionContext:department", "String");
        check("kms:RecipientAttestation:PCR8:ServiceName", "String");
        check("sts:ExternalId", "String");
        // Defined by a service of another prefix.
        check("saml:aud", "String");
        check("saml:cn", "ArrayOfString");
        check("logs:LogGeneratingResourceArns", "ArrayOfARN");
        check("identitycenter:InstanceArn", "ARN");
        check("agent.acme.buildkite.dev:cluster_id", "String");
        // Claims of any web identity provider.
        check("oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:sub", "String");
        check("cognito-identity.amazonaws.com:amr", "ArrayOfString");
        for none in [
            "",
            "aws",
            "aws:",
            "aws:NoSuchKey",
            "aws:RequestTag",
            "aws:RequestTag/",
            "ec2:NoSuchKey",
            "nosuch:sub",
            "login.example.com:colour",
        ] {
            check(none, "");
        }
    }

    #[test]
    fn a_few_keys_have_two_types() {
        let epoch = condition_key("aws:EpochTime").unwrap();
        assert!(epoch.is(ValueType::Date) && epoch.is(ValueType::Numeric) && !epoch.multivalued);
        let provider = condition_key("aws:FederatedProvider").unwrap();
        assert!(provider.is(ValueType::String) && provider.is(ValueType::Arn));
        assert!(!condition_key("aws:CurrentTime").unwrap().is(ValueType::Numeric));
    }

    #[test]
    fn no_key_is_listed_twice() {
        for (at, global) in GLOBAL_KEYS.iter().enumerate() {
            let first = GLOBAL_KEYS.iter().position(|other| other.key.matches(global.key.name));
            assert_eq!(first, Some(at), "{}", global.key);
        }
    }

    #[test]
    fn actions_supply_their_keys() {
        let check = |name: &str, key: &str, expected: bool| {
            let found = keys_of(action(name).unwrap()).contains(key);
            assert_eq!(found, expected, "{name} {key}");
        };
        check("ec2:RunInstances", "aws:RequestTag/Vendor", true);
        check("ec2:RunInstances", "ec2:Vpc", true);
        check("ec2:RunInstances", "aws:TagKeys", true);
        check("ec2:RunInstances", "aws:PrincipalArn", true);
        check("ec2:RunInstances", "s3:prefix", false);
        check("ec2:TerminateInstances", "ec2:ResourceTag/Vendor", true);
        check("ec2:TerminateInstances", "aws:RequestTag/Vendor", false);
        check("ec2:TerminateInstances", "aws:TagKeys", false);
        check("ec2:DescribeInstances", "aws:ResourceTag/Vendor", false);
        check("iam:CreateServiceLinkedRole", "iam:AWSServiceName", true);
        // Policies that Databricks publishes pair these two; the condition never holds.
        check("iam:PutRolePolicy", "iam:AWSServiceName", false);
        check("iam:PutRolePolicy", "iam:PermissionsBoundary", true);
        check("iam:PutRolePolicy", "iam:ResourceTag/team", true);
        check("iam:PassRole", "iam:PassedToService", true);
        check("iam:PassRole", "iam:AssociatedResourceArn", true);
        check("iam:PassRole", "aws:ResourceTag/team", false);
        check("iam:PassRole", "iam:ResourceTag/team", false);
        check("s3:GetObject", "s3:ExistingObjectTag/a", true);
        check("s3:GetObject", "s3:prefix", false);
        check("s3:ListBucket", "s3:prefix", true);
        check("sts:AssumeRole", "sts:ExternalId", true);
        check("sts:AssumeRole", "SAML:sub", true);
        check("kms:Decrypt", "kms:EncryptionContext:department", true);
    }
}
