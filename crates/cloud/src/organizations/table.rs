//! The operations of Organizations.

crate::operations! { Organizations;
    write crate::organizations::organization::CreateOrganization;
    read crate::organizations::organization::DescribeOrganization;
    write crate::organizations::organization::DeleteOrganization;
    read crate::organizations::root::ListRoots;
    write crate::organizations::root::EnablePolicyType;
    write crate::organizations::root::DisablePolicyType;
    write crate::organizations::unit::CreateOrganizationalUnit;
    read crate::organizations::unit::DescribeOrganizationalUnit;
    write crate::organizations::unit::UpdateOrganizationalUnit;
    write crate::organizations::unit::DeleteOrganizationalUnit;
    read crate::organizations::unit::ListOrganizationalUnitsForParent;
    read crate::organizations::hierarchy::ListParents;
    read crate::organizations::hierarchy::ListChildren;
    write crate::organizations::hierarchy::MoveAccount;
    write crate::organizations::create_account::CreateAccount;
    read crate::organizations::create_account::DescribeCreateAccountStatus;
    read crate::organizations::create_account::ListCreateAccountStatus;
    read crate::organizations::account::ListAccounts;
    read crate::organizations::account::ListAccountsForParent;
    read crate::organizations::account::DescribeAccount;
    write crate::organizations::account::RemoveAccountFromOrganization;
    write crate::organizations::account::CloseAccount;
    write crate::organizations::policy::CreatePolicy;
    write crate::organizations::policy::UpdatePolicy;
    read crate::organizations::policy::DescribePolicy;
    write crate::organizations::policy::DeletePolicy;
    read crate::organizations::policy::ListPolicies;
    write crate::organizations::attachment::AttachPolicy;
    write crate::organizations::attachment::DetachPolicy;
    read crate::organizations::attachment::ListPoliciesForTarget;
    read crate::organizations::attachment::ListTargetsForPolicy;
    write crate::organizations::tags::TagResource;
    write crate::organizations::tags::UntagResource;
    read crate::organizations::tags::ListTagsForResource;

    write crate::organizations::trusted_service::EnableAWSServiceAccess;
    write crate::organizations::trusted_service::DisableAWSServiceAccess;
    read crate::organizations::trusted_service::ListAWSServiceAccessForOrganization;
}
