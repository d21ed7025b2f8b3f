//! The table of all operations. The router, the support table of the docs and the coverage tests read
//! it; an operation that is not in it gets an honest error.

use crate::operation::{Issue, Operation, Read, Service, Write};

/// One operation of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The service.
    pub service: Service,
    /// Its name in the service's API.
    pub name: &'static str,
    /// Whether it changes state.
    pub writes: bool,
}

/// What is done with an operation once it is found; its type is known then.
pub trait Visitor {
    /// What comes out.
    type Out;
    /// For an operation that reads.
    fn read<O: Read>(self) -> Self::Out;
    /// For an operation that issues something.
    fn issue<O: Issue>(self) -> Self::Out;
    /// For an operation that writes.
    fn write<O: Write>(self) -> Self::Out;
}

macro_rules! operations {
    ($($kind:ident $operation:path;)*) => {
        /// Every operation, by service and in the order in which the services document them.
        pub const OPERATIONS: &[Entry] = &[$(
            Entry {
                service: <$operation as Operation>::SERVICE,
                name: <$operation as Operation>::NAME,
                writes: operations!(@writes $kind),
            },
        )*];

        /// Hands the operation called `name` to `visitor`; `None` if there is none.
        pub fn visit<V: Visitor>(service: Service, name: &str, visitor: V) -> Option<V::Out> {
            $(
                if service == <$operation as Operation>::SERVICE
                    && name == <$operation as Operation>::NAME
                {
                    return Some(visitor.$kind::<$operation>());
                }
            )*
            None
        }
    };
    (@writes read) => { false };
    (@writes issue) => { false };
    (@writes write) => { true };
}

operations! {
    write crate::iam::oidc_provider::CreateOpenIDConnectProvider;
    read crate::iam::oidc_provider::GetOpenIDConnectProvider;
    read crate::iam::oidc_provider::ListOpenIDConnectProviders;
    write crate::iam::oidc_provider::DeleteOpenIDConnectProvider;
    write crate::iam::oidc_provider::AddClientIDToOpenIDConnectProvider;
    write crate::iam::oidc_provider::RemoveClientIDFromOpenIDConnectProvider;
    write crate::iam::oidc_provider::UpdateOpenIDConnectProviderThumbprint;
    write crate::iam::oidc_provider::TagOpenIDConnectProvider;
    write crate::iam::oidc_provider::UntagOpenIDConnectProvider;
    read crate::iam::oidc_provider::ListOpenIDConnectProviderTags;

    write crate::iam::policy::CreatePolicy;
    read crate::iam::policy::GetPolicy;
    read crate::iam::policy::ListPolicies;
    write crate::iam::policy::DeletePolicy;
    write crate::iam::policy::CreatePolicyVersion;
    read crate::iam::policy::GetPolicyVersion;
    read crate::iam::policy::ListPolicyVersions;
    write crate::iam::policy::DeletePolicyVersion;
    write crate::iam::policy::SetDefaultPolicyVersion;
    read crate::iam::policy::ListEntitiesForPolicy;
    write crate::iam::policy::TagPolicy;
    write crate::iam::policy::UntagPolicy;
    read crate::iam::policy::ListPolicyTags;
    read crate::iam::policy::ListPoliciesGrantingServiceAccess;

    write crate::iam::role::CreateRole;
    read crate::iam::role::GetRole;

    write crate::iam::saml_provider::CreateSAMLProvider;
    read crate::iam::saml_provider::GetSAMLProvider;
    read crate::iam::saml_provider::ListSAMLProviders;
    write crate::iam::saml_provider::UpdateSAMLProvider;
    write crate::iam::saml_provider::DeleteSAMLProvider;
    write crate::iam::saml_provider::TagSAMLProvider;
    write crate::iam::saml_provider::UntagSAMLProvider;
    read crate::iam::saml_provider::ListSAMLProviderTags;

    read crate::iam::simulation::SimulateCustomPolicy;
    read crate::iam::simulation::SimulatePrincipalPolicy;
    read crate::iam::simulation::GetContextKeysForCustomPolicy;
    read crate::iam::simulation::GetContextKeysForPrincipalPolicy;

    issue crate::sts::assume_role::AssumeRole;
    issue crate::sts::web_identity::AssumeRoleWithWebIdentity;
    read crate::sts::authorization_message::DecodeAuthorizationMessage;
    read crate::sts::access_key_info::GetAccessKeyInfo;
    read crate::sts::caller_identity::GetCallerIdentity;
    issue crate::sts::federation_token::GetFederationToken;
    issue crate::sts::session_token::GetSessionToken;
}
