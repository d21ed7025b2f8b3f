//! AWS's regions and their zones: a fixed catalogue.

pub mod describe;
#[cfg(test)]
mod tests;

/// A region.
#[derive(Debug)]
pub struct Region {
    /// Its name.
    pub name: &'static str,
    /// The start of its zones' ids, such as `use1`.
    pub short: &'static str,
    /// Whether an account must opt in to it.
    pub opt_in: bool,
    /// The letters of its zones; the first has the id `…-az1`. Which letter stands for which id differs from
    /// account to account on AWS and is the same everywhere here.
    pub letters: &'static str,
}

/// A zone of a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// Its name, such as `us-east-1a`.
    pub name: String,
    /// Its id, such as `use1-az1`.
    pub id: String,
}

const fn region(
    name: &'static str,
    short: &'static str,
    letters: &'static str,
    opt_in: bool,
) -> Region {
    Region { name, short, opt_in, letters }
}

/// All regions of the partition `aws` ("AWS Regions", EC2 user guide).
pub const REGIONS: &[Region] = &[
    region("af-south-1", "afs1", "abc", true),
    region("ap-east-1", "ape1", "abc", true),
    region("ap-east-2", "ape2", "abc", true),
    region("ap-northeast-1", "apne1", "acd", false),
    region("ap-northeast-2", "apne2", "abcd", false),
    region("ap-northeast-3", "apne3", "abc", false),
    region("ap-south-1", "aps1", "abc", false),
    region("ap-south-2", "aps2", "abc", true),
    region("ap-southeast-1", "apse1", "abc", false),
    region("ap-southeast-2", "apse2", "abc", false),
    region("ap-southeast-3", "apse3", "abc", true),
    region("ap-southeast-4", "apse4", "abc", true),
    region("ap-southeast-5", "apse5", "abc", true),
    region("ap-southeast-6", "apse6", "abc", true),
    region("ap-southeast-7", "apse7", "abc", true),
    region("ca-central-1", "cac1", "abd", false),
    region("ca-west-1", "caw1", "abc", true),
    region("eu-central-1", "euc1", "abc", false),
    region("eu-central-2", "euc2", "abc", true),
    region("eu-north-1", "eun1", "abc", false),
    region("eu-south-1", "eus1", "abc", true),
    region("eu-south-2", "eus2", "abc", true),
    region("eu-west-1", "euw1", "abc", false),
    region("eu-west-2", "euw2", "abc", false),
    region("eu-west-3", "euw3", "abc", false),
    region("il-central-1", "ilc1", "abc", true),
    region("me-central-1", "mec1", "abc", true),
    region("me-south-1", "mes1", "abc", true),
    region("mx-central-1", "mxc1", "abc", true),
    region("sa-east-1", "sae1", "abc", false),
    region("us-east-1", "use1", "abcdef", false),
    region("us-east-2", "use2", "abc", false),
    region("us-west-1", "usw1", "ac", false),
    region("us-west-2", "usw2", "abcd", false),
];

/// The region of this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Region> {
    REGIONS.iter().find(|region| region.name == name)
}

/// The zones of a region; none of one that AWS does not have.
#[must_use]
pub fn zones(region: &str) -> Vec<Zone> {
    let Some(region) = named(region) else { return Vec::new() };
    let zone = |(index, letter): (usize, char)| Zone {
        name: format!("{}{letter}", region.name),
        id: format!("{}-az{}", region.short, index + 1),
    };
    region.letters.chars().enumerate().map(zone).collect()
}

/// The zone of this name in the region.
#[must_use]
pub fn zone(region: &str, name: &str) -> Option<Zone> {
    zones(region).into_iter().find(|zone| zone.name == name)
}

impl Region {
    /// As the API names its state for an account: all that can be are opted in to.
    #[must_use]
    pub fn opt_in_status(&self) -> &'static str {
        if self.opt_in { "opted-in" } else { "opt-in-not-required" }
    }
}
