//! Global condition keys that requests are given (IAM user guide, "global condition context keys"), made when the
//! program is built.

use super::Key;

macro_rules! known {
    ($($constant:ident = $name:literal;)*) => {
        $(
            #[doc = concat!("`", $name, "`")]
            pub const $constant: Key = Key::of($name);
        )*
    };
}

known! {
    CURRENT_TIME = "aws:CurrentTime";
    EPOCH_TIME = "aws:EpochTime";
    FEDERATED_PROVIDER = "aws:FederatedProvider";
    MULTI_FACTOR_AUTH_AGE = "aws:MultiFactorAuthAge";
    MULTI_FACTOR_AUTH_PRESENT = "aws:MultiFactorAuthPresent";
    PRINCIPAL_ACCOUNT = "aws:PrincipalAccount";
    PRINCIPAL_ARN = "aws:PrincipalArn";
    PRINCIPAL_IS_AWS_SERVICE = "aws:PrincipalIsAWSService";
    PRINCIPAL_ORG_ID = "aws:PrincipalOrgID";
    PRINCIPAL_ORG_PATHS = "aws:PrincipalOrgPaths";
    PRINCIPAL_SERVICE_NAME = "aws:PrincipalServiceName";
    PRINCIPAL_TYPE = "aws:PrincipalType";
    REFERER = "aws:Referer";
    REQUESTED_REGION = "aws:RequestedRegion";
    RESOURCE_ACCOUNT = "aws:ResourceAccount";
    SECURE_TRANSPORT = "aws:SecureTransport";
    SOURCE_IDENTITY = "aws:SourceIdentity";
    SOURCE_IP = "aws:SourceIp";
    TOKEN_ISSUE_TIME = "aws:TokenIssueTime";
    USER_AGENT = "aws:UserAgent";
    USER_ID = "aws:userid";
    USER_NAME = "aws:username";
    VIA_AWS_SERVICE = "aws:ViaAWSService";
}
