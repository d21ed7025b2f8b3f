//! What AWS offers, as data: instance types, the zones that offer them, images. Facts of AWS, collected by
//! others (`data/ATTRIBUTION.md`); `cargo xtask ec2-catalogue` renews them.

mod archive;

use std::sync::OnceLock;

use archive::{Archive, Region, TypeEntry};

pub use archive::ImageFacts;

/// The version of the package that the facts come from.
#[must_use]
pub fn version() -> &'static str {
    archive().version
}

/// The names of all instance types, in order.
pub fn instance_type_names() -> impl Iterator<Item = &'static str> {
    archive().types.iter().map(|entry| entry.name)
}

/// The name of an instance type as the catalogue keeps it; `None` if there is no such type.
#[must_use]
pub fn instance_type_name(name: &str) -> Option<&'static str> {
    find(name).map(|(_, entry)| entry.name)
}

/// The description of an instance type, as JSON in the API's own words.
pub(crate) fn instance_type_text(name: &str) -> Option<&'static str> {
    let (_, entry) = find(name)?;
    archive().text(entry.block, entry.range.clone())
}

/// The zones of `region` that offer the instance type called `name`, in order; none if the catalogue
/// does not know the region.
pub fn zones_offering(region: &str, name: &str) -> impl Iterator<Item = &'static str> {
    let mask = find(name).zip(region_facts(region)).map_or(0, |((at, _), facts)| facts.mask(at));
    let zones = region_facts(region).map(|facts| facts.zones.as_slice()).unwrap_or_default();
    zones.iter().enumerate().filter(move |(at, _)| mask >> at & 1 == 1).map(|(_, zone)| *zone)
}

/// Whether the catalogue knows what `zone` offers: a zone that it does not know offers what any zone of the
/// region does.
#[must_use]
pub fn knows_zone(region: &str, zone: &str) -> bool {
    region_facts(region).is_some_and(|facts| facts.zones.contains(&zone))
}

/// Whether `zone` offers the instance type called `name`.
#[must_use]
pub fn offers(region: &str, zone: &str, name: &str) -> bool {
    let mut zones = zones_offering(region, name);
    if knows_zone(region, zone) {
        zones.any(|offering| offering == zone)
    } else {
        zones.next().is_some()
    }
}

/// The images of Amazon's in `region`; a region that the catalogue does not know has none.
pub(crate) fn images(region: &str) -> Vec<ImageFacts> {
    let text = region_facts(region).and_then(|facts| archive().text(facts.images, ..));
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn archive() -> &'static Archive<'static> {
    static ARCHIVE: OnceLock<Archive<'static>> = OnceLock::new();
    ARCHIVE.get_or_init(archive::open)
}

fn find(name: &str) -> Option<(usize, &'static TypeEntry<'static>)> {
    let types = &archive().types;
    let at = types.binary_search_by(|entry| entry.name.cmp(name)).ok()?;
    types.get(at).map(|entry| (at, entry))
}

fn region_facts(region: &str) -> Option<&'static Region<'static>> {
    archive().regions.get(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_zones_offer() {
        let zones = |name: &str| zones_offering("us-east-1", name).collect::<Vec<_>>();
        let most = ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1f"];
        assert_eq!(zones("t3.micro"), most);
        assert_eq!(zones("t9.micro"), [""; 0]);
        assert!(!offers("us-east-1", "us-east-1e", "t3.micro"));
        assert!(offers("us-east-1", "us-east-1a", "t3.micro"));
        // A zone that is not in the facts is like any other of its region.
        assert!(offers("us-east-1", "us-east-1z", "t3.micro"));
        assert!(!offers("us-east-1", "us-east-1z", "t9.micro"));
        assert_eq!(zones_offering("mars-1", "t3.micro").count(), 0);
    }

    #[test]
    fn names_are_in_order_and_found() {
        let names: Vec<&str> = instance_type_names().collect();
        assert!(names.len() > 1000 && names.is_sorted());
        for name in ["m5d.large", "i3.xlarge", "t4g.nano", "p5.48xlarge"] {
            assert_eq!(instance_type_name(name), Some(name));
            assert!(instance_type_text(name).unwrap().contains(&format!("\"{name}\"")));
        }
        assert_eq!(instance_type_name("M5D.large"), None);
    }
}
