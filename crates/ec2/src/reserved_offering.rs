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

/// For how long and how an offering is paid.
struct Term {
    years: i64,
    class: &'static str,
    payment: &'static str,
    /// What it costs of the price on demand, in hundredths.
    of_price: i64,
    /// How much of that is paid at the beginning, in hundredths.
    upfront: i64,
}

const fn term(
    years: i64,
    class: &'static str,
    payment: &'static str,
    of_price: i64,
    upfront: i64,
) -> Term {
    Term { years, class, payment, of_price, upfront }
}

const TERMS: [Term; 12] = [
    term(1, "standard", "No Upfront", 63, 0),
    term(1, "standard", "Partial Upfront", 60, 50),
    term(1, "standard", "All Upfront", 59, 100),
    term(1, "convertible", "No Upfront", 72, 0),
    term(1, "convertible", "Partial Upfront", 69, 50),
    term(1, "convertible", "All Upfront", 68, 100),
    term(3, "standard", "No Upfront", 43, 0),
    term(3, "standard", "Partial Upfront", 40, 50),
    term(3, "standard", "All Upfront", 38, 100),
    term(3, "convertible", "No Upfront", 50, 0),
    term(3, "convertible", "Partial Upfront", 46, 50),
    term(3, "convertible", "All Upfront", 45, 100),
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
    let offering = |product: (&'static str, i64), term: &Term| {
        let Term { years, class, payment, of_price, upfront } = term;
        let hour = on_demand(kind) * product.1 / 100 * of_price / 100;
        let scope = zone.unwrap_or(region);
        let name = format!("{}/{}/{years}/{class}/{payment}/{scope}", kind.name, product.0);
        Offering {
            id: uuid(&name),
            instance_type: kind.name,
            product: product.0,
            class,
            payment,
            zone: zone.map(str::to_owned),
            duration_seconds: years * SECONDS_PER_YEAR,
            fixed: hour * years * HOURS_PER_YEAR * upfront / 100,
            hourly: hour * (100 - upfront) / 100,
        }
    };
    let mut offerings = Vec::with_capacity(PRODUCTS.len() * TERMS.len());
    for product in PRODUCTS {
        offerings.extend(TERMS.iter().map(|term| offering(product, term)));
    }
    offerings
}

/// A UUID that depends on `text` alone.
fn uuid(text: &str) -> String {
    let digits = format!("{}{}", digits_of(text), digits_of(&format!("{text}/")));
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default().to_owned();
    // Without the zeros with which ids begin.
    let parts = [part(1, 9), part(9, 13), part(13, 17), part(18, 22), part(22, 34)];
    parts.join("-")
}
