//! What holds policies: users, groups and roles, as far as inline and attached policies are concerned.

use std::collections::BTreeMap;

use names::AccountId;
use store::Row;

use crate::iam::attachment::Holder;
use crate::iam::document::Document;
use crate::iam::group::GroupRow;
use crate::iam::role::RoleRow;
use crate::iam::user::UserRow;

/// Managed policies that one user, group or role can have (user guide, "IAM and AWS STS quotas").
pub const MAX_ATTACHED: usize = 10;
/// Characters of all inline policies of a user, white space aside.
pub const MAX_USER_INLINE: usize = 2048;
/// Characters of all inline policies of a group, white space aside.
pub const MAX_GROUP_INLINE: usize = 5120;
/// Characters of all inline policies of a role, white space aside.
pub const MAX_ROLE_INLINE: usize = 10_240;

/// A user, group or role.
pub trait PolicyHolder: Row + Clone {
    /// Its kind.
    const KIND: Holder;
    /// What IAM calls it in sentences: `user`.
    const NOUN: &'static str;
    /// What IAM calls the quota on attached policies: `PoliciesPerUser`.
    const ATTACHED_QUOTA: &'static str;
    /// Characters of all its inline policies, white space aside.
    const MAX_INLINE: usize;

    /// Its account.
    fn account_id(&self) -> AccountId;
    /// Its name.
    fn name(&self) -> &str;
    /// Its inline policies by name.
    fn inline(&self) -> &BTreeMap<String, Document>;
    /// The same, to change.
    fn inline_mut(&mut self) -> &mut BTreeMap<String, Document>;
    /// The ARNs of its managed policies, in the order of attachment.
    fn attached(&self) -> &[String];
    /// The same, to change.
    fn attached_mut(&mut self) -> &mut Vec<String>;
}

/// A user or role: what can have a permissions boundary.
pub trait Bounded: PolicyHolder {
    /// The ARN of its boundary.
    fn boundary(&self) -> Option<&str>;
    /// The same, to change.
    fn boundary_mut(&mut self) -> &mut Option<String>;
}

macro_rules! holders {
    ($($row:ty, $kind:ident, $noun:literal, $quota:literal, $max_inline:ident;)*) => {$(
        impl PolicyHolder for $row {
            const KIND: Holder = Holder::$kind;
            const NOUN: &'static str = $noun;
            const ATTACHED_QUOTA: &'static str = $quota;
            const MAX_INLINE: usize = $max_inline;

            fn account_id(&self) -> AccountId {
                self.account
            }

            fn name(&self) -> &str {
                &self.name
            }

            fn inline(&self) -> &BTreeMap<String, Document> {
                &self.inline
            }

            fn inline_mut(&mut self) -> &mut BTreeMap<String, Document> {
                &mut self.inline
            }

            fn attached(&self) -> &[String] {
                &self.attached
            }

            fn attached_mut(&mut self) -> &mut Vec<String> {
                &mut self.attached
            }
        }
    )*};
}

holders! {
    UserRow, User, "user", "PoliciesPerUser", MAX_USER_INLINE;
    GroupRow, Group, "group", "PoliciesPerGroup", MAX_GROUP_INLINE;
    RoleRow, Role, "role", "PoliciesPerRole", MAX_ROLE_INLINE;
}

impl Bounded for UserRow {
    fn boundary(&self) -> Option<&str> {
        self.boundary.as_deref()
    }

    fn boundary_mut(&mut self) -> &mut Option<String> {
        &mut self.boundary
    }
}

impl Bounded for RoleRow {
    fn boundary(&self) -> Option<&str> {
        self.boundary.as_deref()
    }

    fn boundary_mut(&mut self) -> &mut Option<String> {
        &mut self.boundary
    }
}
