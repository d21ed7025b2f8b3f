//! The table of all operations. The router, the support table of the docs and the coverage tests read
//! it; an operation that is not in it gets an honest error.

use crate::operation::{Operation, Read, Service, Write};

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
    (@writes write) => { true };
}

operations! {
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

    read crate::sts::caller_identity::GetCallerIdentity;
}
