//! The table of operations, a part for each service. The router, the support table of the docs and the
//! coverage tests read it; an operation that is not in it gets an honest error.
//!
//! Each service lists its operations with [`operations!`](crate::operations); a server puts the parts together.

use crate::operation::{Issue, Read, Service, Write};

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

/// Whether an operation can be called without a signature: whoever has a token of an identity provider
/// has no credentials of AWS yet. `AssumeRoleWithSAML` is not modelled, and says so to them.
#[must_use]
pub fn may_be_unsigned(service: Service, name: &str) -> bool {
    service == Service::Sts && matches!(name, "AssumeRoleWithWebIdentity" | "AssumeRoleWithSAML")
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

/// Makes a service's part of the table: `OPERATIONS`, and `visit`, which hands an operation to a
/// [`Visitor`](crate::table::Visitor).
///
/// ```ignore
/// cloud::operations! { Sts;
///     read crate::sts::caller_identity::GetCallerIdentity;
///     issue crate::sts::assume_role::AssumeRole;
/// }
/// ```
#[macro_export]
macro_rules! operations {
    ($service:ident; $($kind:ident $operation:path;)*) => {
        /// Every operation of the service.
        pub const OPERATIONS: &[$crate::table::Entry] = &[$(
            $crate::table::Entry {
                service: $crate::Service::$service,
                name: <$operation as $crate::Operation>::NAME,
                writes: $crate::operations!(@writes $kind),
            },
        )*];

        /// Hands the operation called `name` to `visitor`; `None` if there is none.
        pub fn visit<V: $crate::table::Visitor>(name: &str, visitor: V) -> Option<V::Out> {
            match name {
                $(<$operation as $crate::Operation>::NAME => {
                    Some(visitor.$kind::<$operation>())
                })*
                _ => None,
            }
        }
    };
    (@writes read) => { false };
    (@writes issue) => { false };
    (@writes write) => { true };
}

/// Hands the operation of IAM, STS, Organizations or CloudTrail called `name` to `visitor`; `None` if there is none.
pub fn visit<V: Visitor>(service: Service, name: &str, visitor: V) -> Option<V::Out> {
    match service {
        Service::Iam => crate::iam::table::visit(name, visitor),
        Service::Sts => crate::sts::table::visit(name, visitor),
        Service::CloudTrail => crate::cloudtrail::table::visit(name, visitor),
        Service::Organizations => crate::organizations::table::visit(name, visitor),
        _ => None,
    }
}
