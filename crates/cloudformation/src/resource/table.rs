//! Every resource type, in one place.

use crate::resource::Kind;
use crate::resource::cloudformation::stack::Stack;
use crate::resource::cloudformation::wait_condition_handle::WaitConditionHandle;
use crate::resource::iam::access_key::AccessKey;
use crate::resource::iam::group::Group;
use crate::resource::iam::holder_policy::{GroupPolicy, RolePolicy, UserPolicy};
use crate::resource::iam::instance_profile::InstanceProfile;
use crate::resource::iam::managed_policy::ManagedPolicy;
use crate::resource::iam::oidc_provider::OidcProvider;
use crate::resource::iam::policy::Policy;
use crate::resource::iam::role::Role;
use crate::resource::iam::service_linked_role::ServiceLinkedRole;
use crate::resource::iam::user::User;

/// All types.
pub const KINDS: &[Kind] = &[
    Kind::of::<Stack>(),
    Kind::of::<WaitConditionHandle>(),
    Kind::of::<AccessKey>(),
    Kind::of::<Group>(),
    Kind::of::<GroupPolicy>(),
    Kind::of::<InstanceProfile>(),
    Kind::of::<ManagedPolicy>(),
    Kind::of::<OidcProvider>(),
    Kind::of::<Policy>(),
    Kind::of::<Role>(),
    Kind::of::<RolePolicy>(),
    Kind::of::<ServiceLinkedRole>(),
    Kind::of::<User>(),
    Kind::of::<UserPolicy>(),
];
