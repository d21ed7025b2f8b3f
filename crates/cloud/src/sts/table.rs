//! The operations of STS.

crate::operations! { Sts;
    issue crate::sts::assume_role::AssumeRole;
    issue crate::sts::web_identity::AssumeRoleWithWebIdentity;
    read crate::sts::authorization_message::DecodeAuthorizationMessage;
    read crate::sts::access_key_info::GetAccessKeyInfo;
    read crate::sts::caller_identity::GetCallerIdentity;
    issue crate::sts::federation_token::GetFederationToken;
    issue crate::sts::session_token::GetSessionToken;
}
