//! The table of all operations: each service's part, put together.

use cloud::Service;
use cloud::table::{Entry, Visitor};

/// Every part of the table.
pub(crate) const OPERATIONS: &[&[Entry]] = &[
    cloud::iam::table::OPERATIONS,
    cloud::sts::table::OPERATIONS,
    cloud::organizations::table::OPERATIONS,
    cloud::cloudtrail::table::OPERATIONS,
    ec2::table::OPERATIONS,
    s3::table::OPERATIONS,
    lambda::table::OPERATIONS,
    ssm::table::OPERATIONS,
    cloudformation::table::OPERATIONS,
];

/// Whether any operation of `service` is modelled.
pub(crate) fn is_modelled(service: Service) -> bool {
    OPERATIONS.iter().any(|part| part.iter().any(|entry| entry.service == service))
}

/// Hands the operation called `name` to `visitor`; `None` if there is none.
pub(crate) fn visit<V: Visitor>(service: Service, name: &str, visitor: V) -> Option<V::Out> {
    match service {
        Service::Ec2 => ec2::table::visit(name, visitor),
        Service::S3 => s3::table::visit(name, visitor),
        Service::CloudFormation => cloudformation::table::visit(name, visitor),
        Service::Lambda => lambda::table::visit(name, visitor),
        Service::Ssm => ssm::table::visit(name, visitor),
        _ => cloud::table::visit(service, name, visitor),
    }
}

/// Whether an operation can be called without a signature.
pub(crate) fn may_be_unsigned(service: Service, name: &str) -> bool {
    cloud::table::may_be_unsigned(service, name)
}
