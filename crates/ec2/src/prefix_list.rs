//! Prefix lists: those of AWS's services, a fixed catalogue. Lists of one's own are not modelled.

pub mod describe;
#[cfg(test)]
mod tests;

use crate::kind::{Kind, digits_of};

/// A list of addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrefixList {
    /// `pl-…`
    pub id: String,
    /// The service's name, such as `com.amazonaws.us-east-1.s3`.
    pub name: String,
    /// The addresses.
    pub ranges: &'static [&'static str],
}

/// The ids of the lists of S3 and DynamoDB in the regions where they are widely quoted. In other regions they
/// are derived from the name: see docs/fidelity/ec2-network.md.
const KNOWN_IDS: &[(&str, &str, &str)] = &[
    ("eu-west-1", "pl-6da54004", "pl-6fa54006"),
    ("us-east-1", "pl-63a5400a", "pl-02cd2c6b"),
    ("us-east-2", "pl-7ba54012", "pl-4ca54025"),
    ("us-west-2", "pl-68a54001", "pl-00a54069"),
];

/// Addresses of S3 and of DynamoDB in us-east-1, which stand for those of every region.
const S3: &[&str] = &["3.5.0.0/19", "18.34.0.0/19", "52.216.0.0/15", "54.231.0.0/16"];
const DYNAMODB: &[&str] = &["3.218.180.0/22", "35.71.64.0/22", "52.94.0.0/22"];

/// The lists of a region, in the order of their ids.
#[must_use]
pub fn all(region: &str) -> Vec<PrefixList> {
    let known = KNOWN_IDS.iter().find(|(of, ..)| *of == region);
    let list = |service: &str, known: Option<&str>, ranges: &'static [&'static str]| {
        let name = format!("com.amazonaws.{region}.{service}");
        let derived = || format!("{}{}", Kind::PrefixList.prefix(), digits_of(&name));
        PrefixList { id: known.map_or_else(derived, str::to_owned), name, ranges }
    };
    let mut all = vec![
        list("s3", known.map(|(_, s3, _)| *s3), S3),
        list("dynamodb", known.map(|(_, _, dynamodb)| *dynamodb), DYNAMODB),
    ];
    all.sort_by(|one, other| one.id.cmp(&other.id));
    all
}

/// The list of a service.
#[must_use]
pub fn of_service(region: &str, service_name: &str) -> Option<PrefixList> {
    all(region).into_iter().find(|list| list.name == service_name)
}
