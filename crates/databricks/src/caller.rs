//! Who calls, once the token is verified.

use std::collections::BTreeSet;
use std::sync::Arc;

use store::View;

use crate::host::Host;
use crate::identity::{self, IdentityRow, Kind};

/// The role that makes somebody an account admin.
pub const ACCOUNT_ADMIN: &str = "account_admin";
/// The group whose members administer a workspace.
pub const ADMINS: &str = "admins";
/// The group of everybody in a workspace.
pub const USERS: &str = "users";

/// An authenticated caller, as the host that was called knows it.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The user or service principal.
    pub identity: Arc<IdentityRow>,
    /// Whether it administers the workspace.
    pub is_admin: bool,
    /// Whether it administers the account.
    pub is_account_admin: bool,
    /// Everything granted to it or to a group that it is in, directly or not: entitlements.
    pub entitlements: BTreeSet<String>,
    /// As entitlements: roles, which instance profiles are granted as.
    pub roles: BTreeSet<String>,
    /// The names of these groups.
    pub groups: BTreeSet<String>,
}

impl Caller {
    /// The user or service principal with `id`, if it is known to the host and active, there and in the account.
    #[must_use]
    pub fn of(view: &View, host: &Host, id: &str) -> Option<Self> {
        let partition = host.partition();
        let identity = identity::principal(view, &partition, id).filter(|found| found.active)?;
        let account =
            identity::principal(view, &host.account_id, id).filter(|found| found.active)?;
        let mut caller = Self {
            identity: Arc::clone(identity),
            is_admin: false,
            is_account_admin: account.roles.contains(ACCOUNT_ADMIN),
            entitlements: identity.entitlements.clone(),
            roles: identity.roles.clone(),
            groups: BTreeSet::new(),
        };
        for group in identity::groups_of(view, &partition, id) {
            caller.entitlements.extend(group.entitlements.iter().cloned());
            caller.roles.extend(group.roles.iter().cloned());
            caller.groups.insert(group.name.clone());
        }
        let account_groups = identity::groups_of(view, &host.account_id, id);
        caller.is_account_admin |=
            account_groups.iter().any(|group| group.roles.contains(ACCOUNT_ADMIN));
        caller.is_admin = !host.is_account() && caller.groups.contains(ADMINS);
        Some(caller)
    }

    /// What Databricks calls it: a user's name, a service principal's application id.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.identity.name
    }

    /// Whether it is a user.
    #[must_use]
    pub fn is_user(&self) -> bool {
        self.identity.kind == Kind::User
    }
}
