//! What an account has, in numbers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::access_key::MAX_ACCESS_KEYS;
use crate::iam::account;
use crate::iam::group::{GroupRow, MAX_GROUPS, MAX_GROUPS_PER_USER};
use crate::iam::holder::{MAX_ATTACHED, MAX_GROUP_INLINE, MAX_ROLE_INLINE, MAX_USER_INLINE};
use crate::iam::instance_profile::InstanceProfileRow;
use crate::iam::mfa_device::MfaDeviceRow;
use crate::iam::policy::PolicyRow;
use crate::iam::role::{MAX_ROLES, RoleRow};
use crate::iam::user::{MAX_USERS, UserRow};
use crate::operation::{Ask, Operation, Read, Service};

/// `GetAccountSummary`
#[derive(Debug, Clone, Deserialize)]
pub struct GetAccountSummary {}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountSummary {
    summary_map: BTreeMap<&'static str, usize>,
}

impl Operation for GetAccountSummary {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "GetAccountSummary";
    type Output = AccountSummary;

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("iam:GetAccountSummary", "*")])
    }
}

impl Read for GetAccountSummary {
    fn read(self, ask: &Ask<'_>) -> Result<AccountSummary, Fault> {
        let summary_map = counts(ask).into_iter().chain(QUOTAS.iter().copied()).collect();
        Ok(AccountSummary { summary_map })
    }
}

fn counts(ask: &Ask<'_>) -> [(&'static str, usize); 14] {
    let (view, account) = (ask.view, ask.account());
    let key = account.as_str();
    let devices = view.range::<MfaDeviceRow>(key, ..);
    let policies = view.range::<PolicyRow>(key, ..);
    let root_keys = account::row(view, account).map_or(0, |row| row.root_access_keys.len());
    [
        ("Users", view.count::<UserRow>(key)),
        ("Groups", view.count::<GroupRow>(key)),
        ("Roles", view.count::<RoleRow>(key)),
        ("InstanceProfiles", view.count::<InstanceProfileRow>(key)),
        ("Policies", view.count::<PolicyRow>(key)),
        ("PolicyVersionsInUse", policies.map(|policy| policy.versions.len()).sum()),
        ("MFADevices", view.count::<MfaDeviceRow>(key)),
        ("MFADevicesInUse", devices.filter(|device| device.assignment.is_some()).count()),
        ("AccountAccessKeysPresent", root_keys.min(1)),
        // Root has neither a password nor MFA here, and certificates and identity providers are not
        // modelled.
        ("AccountMFAEnabled", 0),
        ("AccountPasswordPresent", 0),
        ("AccountSigningCertificatesPresent", 0),
        ("ServerCertificates", 0),
        ("Providers", 0),
    ]
}

/// The quotas of an account that never asked for more (recorded by LocalStack).
const QUOTAS: &[(&str, usize)] = &[
    ("AccessKeysPerUserQuota", MAX_ACCESS_KEYS),
    ("AssumeRolePolicySizeQuota", 2048),
    ("AttachedPoliciesPerGroupQuota", MAX_ATTACHED),
    ("AttachedPoliciesPerRoleQuota", MAX_ATTACHED),
    ("AttachedPoliciesPerUserQuota", MAX_ATTACHED),
    ("GlobalEndpointTokenVersion", 1),
    ("GroupPolicySizeQuota", MAX_GROUP_INLINE),
    ("GroupsPerUserQuota", MAX_GROUPS_PER_USER),
    ("GroupsQuota", MAX_GROUPS),
    ("InstanceProfilesQuota", 1000),
    ("PoliciesQuota", 1500),
    ("PolicySizeQuota", 6144),
    ("PolicyVersionsInUseQuota", 10_000),
    ("RolePolicySizeQuota", MAX_ROLE_INLINE),
    ("RolesQuota", MAX_ROLES),
    ("ServerCertificatesQuota", 20),
    ("SigningCertificatesPerUserQuota", 2),
    ("UserPolicySizeQuota", MAX_USER_INLINE),
    ("UsersQuota", MAX_USERS),
    ("VersionsPerPolicyQuota", 5),
];
