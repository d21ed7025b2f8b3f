//! Prices of Spot Instances. AWS's are not known here: these are computed from what a type is made of, and
//! move once a day. They are of the right size and order, and nobody's bill.

pub mod history;
pub mod placement_score;
#[cfg(test)]
mod tests;

use names::Timestamp;

use crate::instance_type::InstanceType;

const SECONDS_PER_DAY: i64 = 86_400;
/// What a virtual CPU, a gibibyte of memory and a gigabyte of local disk cost in an hour, in millionths of a
/// dollar: a fit to on-demand prices of the families m5, c5, r5 and m5d in us-east-1.
const VCPU_HOUR: i64 = 33_500;
const MEMORY_GIB_HOUR: i64 = 3_600;
const LOCAL_GB_HOUR: i64 = 230;
/// What a burstable type costs of that, in hundredths.
const BURSTABLE_SHARE: i64 = 45;

/// The products whose prices are known, and what each costs of the plain one, in hundredths.
pub const PRODUCTS: [(&str, i64); 4] =
    [("Linux/UNIX", 100), ("Red Hat Enterprise Linux", 130), ("SUSE Linux", 125), ("Windows", 190)];

/// What an hour costs on demand, in millionths of a dollar.
#[must_use]
pub fn on_demand(kind: &InstanceType) -> i64 {
    let whole = i64::from(kind.vcpus) * VCPU_HOUR
        + kind.memory_mib * MEMORY_GIB_HOUR / 1024
        + kind.local_disk_gb * LOCAL_GB_HOUR;
    if kind.burstable { whole * BURSTABLE_SHARE / 100 } else { whole }
}

/// The price of an hour in a zone since a time: between 28 and 45 hundredths of the one on demand.
#[must_use]
pub fn price(kind: &InstanceType, zone: &str, product: (&str, i64), since: Timestamp) -> i64 {
    let day = since.unix_seconds().div_euclid(SECONDS_PER_DAY);
    let share = 28 + dice(&format!("{zone}/{}/{day}", kind.name), 18);
    on_demand(kind) * share / 100 * product.1 / 100
}

/// When the price that holds at `time` came to be: prices of a type in a zone change at the same time of
/// every day.
#[must_use]
pub fn changed(kind: &InstanceType, zone: &str, time: Timestamp) -> Timestamp {
    let offset = dice(&format!("{zone}/{}", kind.name), SECONDS_PER_DAY);
    let since = (time.unix_seconds() - offset).rem_euclid(SECONDS_PER_DAY);
    time.plus_seconds(-since)
}

/// A price as EC2 writes it: dollars with six decimals.
#[must_use]
pub fn dollars(millionths: i64) -> String {
    format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)
}

/// A number below `sides` that depends on `text` alone (FNV-1a).
fn dice(text: &str, sides: i64) -> i64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    // The low bits of this hash are not well mixed.
    i64::try_from((hash >> 16) % sides.unsigned_abs().max(1)).unwrap_or_default()
}
