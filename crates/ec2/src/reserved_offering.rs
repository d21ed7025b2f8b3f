//! What Reserved Instances are offered: a fixed catalogue, made of the instance types and what they cost on
//! demand. AWS's prices are not known here: see docs/fidelity/ec2-network.md.

pub mod describe;
#[cfg(test)]
mod tests;

use crate::instance_type::InstanceType;
use crate::kind::digits_of;
use crate::spot_price::{PRODUCTS, on_demand};

const HOURS_PER_YEAR: i64 = 8_760;
const SECONDS_PER_YEAR: i64 = HOURS_PER_YEAR * 3_600;

/// Years, class, how it is paid, what it costs of the price on demand in hundredths, and how much of that is
/// paid at the beginning.
const TERMS: [(i64, &str, &str, i64, i64); 12] = [
    (1, "standard", "No Upfront", 63, 0),
    (1, "standard", "Partial Upfront", 60, 50),
    (1, "standard", "All Upfront", 59, 100),
    (1, "convertible", "No Upfront", 72, 0),
    (1, "convertible", "Partial Upfront", 69, 50),
    (1, "convertible", "All Upfront", 68, 100),
    (3, "standard", "No Upfront", 43, 0),
    (3, "standard", "Partial Upfront", 40, 50),
    (3, "standard", "All Upfront", 38, 100),
    (3, "convertible", "No Upfront", 50, 0),
    (3, "convertible", "Partial Upfront", 46, 50),
    (3, "convertible", "All Upfront", 45, 100),
];

/// One offering.
#[derive(Debug, Clone, PartialEq)]
pub struct Offering {
    /// A UUID.
    pub id: String,
    /// Such as `m5.large`.
    pub instance_type: &'static str,
    /// Such as `Linux/UNIX`.
    pub product: &'static str,
    /// `standard` or `convertible`.
    pub class: &'static str,
    /// Such as `No Upfront`.
    pub payment: &'static str,
    /// The zone that it is for; none if it is for the region.
    pub zone: Option<String>,
    /// For how long, in seconds.
    pub duration_seconds: i64,
    /// What is paid at the beginning, in millionths of a dollar.
    pub fixed: i64,
    /// What is paid for each hour, in millionths of a dollar.
    pub hourly: i64,
}

/// The offerings of an instance type, for a zone or the region.
#[must_use]
pub fn of_type(region: &str, kind: &InstanceType, zone: Option<&str>) -> Vec<Offering> {
    let products =
        PRODUCTS.iter().flat_map(|product| TERMS.iter().map(move |term| (product, term)));
    let offering = |((product, share), (years, class, payment, of_price, upfront)): (
        &(&'static str, i64),
        &(i64, &'static str, &'static str, i64, i64),
    )| {
        let hour = on_demand(kind) * share / 100 * of_price / 100;
        let scope = zone.unwrap_or(region);
        let name = format!("{}/{product}/{years}/{class}/{payment}/{scope}", kind.name);
        Offering {
            id: uuid(&name),
            instance_type: kind.name,
            product,
            class,
            payment,
            zone: zone.map(str::to_owned),
            duration_seconds: years * SECONDS_PER_YEAR,
            fixed: hour * years * HOURS_PER_YEAR * upfront / 100,
            hourly: hour * (100 - upfront) / 100,
        }
    };
    products.map(offering).collect()
}

/// A UUID that depends on `text` alone.
fn uuid(text: &str) -> String {
    let digits = format!("{}{}", digits_of(text), digits_of(&format!("{text}/")));
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default().to_owned();
    // Without the zeros with which ids begin.
    let parts = [part(1, 9), part(9, 13), part(13, 17), part(18, 22), part(22, 34)];
    parts.join("-")
}
