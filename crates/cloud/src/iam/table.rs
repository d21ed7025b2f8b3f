//! The operations of IAM, noun by noun.

crate::operations! { Iam;
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
    write crate::iam::access_key::CreateAccessKey;
    write crate::iam::access_key::DeleteAccessKey;
    read crate::iam::access_key::GetAccessKeyLastUsed;
    read crate::iam::access_key::ListAccessKeys;
    write crate::iam::access_key::UpdateAccessKey;

    read crate::iam::account::authorization_details::GetAccountAuthorizationDetails;
    write crate::iam::account::alias::CreateAccountAlias;
    write crate::iam::account::alias::DeleteAccountAlias;
    read crate::iam::account::alias::ListAccountAliases;
    write crate::iam::account::credential_report::GenerateCredentialReport;
    read crate::iam::account::credential_report::GetCredentialReport;
    write crate::iam::account::password_policy::DeleteAccountPasswordPolicy;
    read crate::iam::account::password_policy::GetAccountPasswordPolicy;
    write crate::iam::account::password_policy::UpdateAccountPasswordPolicy;
    read crate::iam::account::summary::GetAccountSummary;

    write crate::iam::group::AddUserToGroup;
    write crate::iam::group::AttachGroupPolicy;
    write crate::iam::group::CreateGroup;
    write crate::iam::group::DeleteGroup;
    write crate::iam::group::DeleteGroupPolicy;
    write crate::iam::group::DetachGroupPolicy;
    read crate::iam::group::GetGroup;
    read crate::iam::group::GetGroupPolicy;
    read crate::iam::group::ListAttachedGroupPolicies;
    read crate::iam::group::ListGroupPolicies;
    read crate::iam::group::ListGroups;
    read crate::iam::group::ListGroupsForUser;
    write crate::iam::group::PutGroupPolicy;
    write crate::iam::group::RemoveUserFromGroup;
    write crate::iam::group::UpdateGroup;

    write crate::iam::login_profile::CreateLoginProfile;
    write crate::iam::login_profile::DeleteLoginProfile;
    read crate::iam::login_profile::GetLoginProfile;
    write crate::iam::login_profile::UpdateLoginProfile;

    write crate::iam::mfa_device::CreateVirtualMFADevice;
    write crate::iam::mfa_device::DeactivateMFADevice;
    write crate::iam::mfa_device::DeleteVirtualMFADevice;
    write crate::iam::mfa_device::EnableMFADevice;
    read crate::iam::mfa_device::ListMFADevices;
    read crate::iam::mfa_device::ListVirtualMFADevices;

    write crate::iam::instance_profile::create::CreateInstanceProfile;
    read crate::iam::instance_profile::create::GetInstanceProfile;
    write crate::iam::instance_profile::create::DeleteInstanceProfile;
    write crate::iam::instance_profile::contents::AddRoleToInstanceProfile;
    write crate::iam::instance_profile::contents::RemoveRoleFromInstanceProfile;
    read crate::iam::instance_profile::list::ListInstanceProfiles;
    read crate::iam::instance_profile::list::ListInstanceProfilesForRole;
    write crate::iam::instance_profile::tags::TagInstanceProfile;
    write crate::iam::instance_profile::tags::UntagInstanceProfile;
    read crate::iam::instance_profile::tags::ListInstanceProfileTags;

    write crate::iam::role::create::CreateRole;
    read crate::iam::role::create::GetRole;
    read crate::iam::role::list::ListRoles;
    write crate::iam::role::delete::DeleteRole;
    write crate::iam::role::update::UpdateRole;
    write crate::iam::role::update::UpdateRoleDescription;
    write crate::iam::role::update::UpdateAssumeRolePolicy;
    write crate::iam::role::inline::PutRolePolicy;
    read crate::iam::role::inline::GetRolePolicy;
    read crate::iam::role::inline::ListRolePolicies;
    write crate::iam::role::inline::DeleteRolePolicy;
    write crate::iam::role::attach::AttachRolePolicy;
    write crate::iam::role::attach::DetachRolePolicy;
    read crate::iam::role::attach::ListAttachedRolePolicies;
    write crate::iam::role::boundary::PutRolePermissionsBoundary;
    write crate::iam::role::boundary::DeleteRolePermissionsBoundary;
    write crate::iam::role::tags::TagRole;
    write crate::iam::role::tags::UntagRole;
    read crate::iam::role::tags::ListRoleTags;
    write crate::iam::role::service_linked::CreateServiceLinkedRole;
    write crate::iam::role::service_linked::DeleteServiceLinkedRole;
    read crate::iam::role::service_linked::GetServiceLinkedRoleDeletionStatus;

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

    write crate::iam::user::AttachUserPolicy;
    write crate::iam::user::CreateUser;
    write crate::iam::user::DeleteUser;
    write crate::iam::user::DeleteUserPermissionsBoundary;
    write crate::iam::user::DeleteUserPolicy;
    write crate::iam::user::DetachUserPolicy;
    read crate::iam::user::GetUser;
    read crate::iam::user::GetUserPolicy;
    read crate::iam::user::ListAttachedUserPolicies;
    read crate::iam::user::ListUserPolicies;
    read crate::iam::user::ListUserTags;
    read crate::iam::user::ListUsers;
    write crate::iam::user::PutUserPermissionsBoundary;
    write crate::iam::user::PutUserPolicy;
    write crate::iam::user::TagUser;
    write crate::iam::user::UntagUser;
    write crate::iam::user::UpdateUser;
}
