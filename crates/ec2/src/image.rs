//! Images: a fixed catalogue, the same for every account. Amazon's are those that the catalogue of facts
//! holds, with their real ids; those of other owners have real owners and names of the usual form, and ids
//! of this program's own.

pub mod describe;
pub mod parameter;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use cloud::Fault;
use names::AccountId;

use crate::catalogue::{self, ImageFacts};
use crate::demand::Key;
use crate::kind::Kind;
use crate::region;

/// An image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// `ami-…`
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// The account of its owner.
    pub owner_id: String,
    /// `amazon` for Amazon's.
    pub owner_alias: Option<&'static str>,
    /// `x86_64`, `arm64`, …
    pub architecture: String,
    /// `windows`, or nothing.
    pub platform: Option<String>,
    /// Such as `/dev/xvda`.
    pub root_device_name: String,
    /// `ebs` or `instance-store`.
    pub root_device_type: String,
    /// `hvm` or `paravirtual`.
    pub virtualization_type: String,
    /// The size of its root volume in gibibytes.
    pub root_volume_gib: i32,
    /// The type of its root volume.
    pub root_volume_type: &'static str,
    /// The snapshot of its root volume.
    pub snapshot_id: String,
    /// When it was made, to the day that its name says.
    pub created: String,
    /// Whether its instances answer IMDSv2 alone unless told otherwise, with a hop limit of 2 (EC2 user guide,
    /// "Configure instance metadata options for new instances": images with `ImdsSupport`).
    pub imds_v2: bool,
}

/// What an image of another owner is made from: owner, name, description, architecture, platform, root
/// device's name, size of the root volume.
type Other = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    &'static str,
    i32,
);

/// Images of other owners. The form of the names is what guides have people search for.
const OTHERS: &[Other] = &[
    (
        UBUNTU,
        "ubuntu/images/hvm-ssd/ubuntu-focal-20.04-amd64-server-20250603",
        "Canonical, Ubuntu, 20.04 LTS, amd64 focal image",
        "x86_64",
        None,
        "/dev/sda1",
        8,
    ),
    (
        UBUNTU,
        "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20260410",
        "Canonical, Ubuntu, 22.04 LTS, amd64 jammy image",
        "x86_64",
        None,
        "/dev/sda1",
        8,
    ),
    (
        UBUNTU,
        "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-arm64-server-20260410",
        "Canonical, Ubuntu, 22.04 LTS, arm64 jammy image",
        "arm64",
        None,
        "/dev/sda1",
        8,
    ),
    (
        UBUNTU,
        "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20260410",
        "Canonical, Ubuntu, 24.04, amd64 noble image",
        "x86_64",
        None,
        "/dev/sda1",
        8,
    ),
    (
        UBUNTU,
        "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20260410",
        "Canonical, Ubuntu, 24.04, arm64 noble image",
        "arm64",
        None,
        "/dev/sda1",
        8,
    ),
    (
        DEBIAN,
        "debian-12-amd64-20260413-2447",
        "Debian 12 (20260413-2447)",
        "x86_64",
        None,
        "/dev/xvda",
        8,
    ),
    (
        DEBIAN,
        "debian-12-arm64-20260413-2447",
        "Debian 12 (20260413-2447)",
        "arm64",
        None,
        "/dev/xvda",
        8,
    ),
    (
        WINDOWS,
        "Windows_Server-2019-English-Full-Base-2026.04.15",
        "Microsoft Windows Server 2019 with Desktop Experience Locale English AMI provided by Amazon",
        "x86_64",
        Some("windows"),
        "/dev/sda1",
        30,
    ),
    (
        WINDOWS,
        "Windows_Server-2022-English-Full-Base-2026.04.15",
        "Microsoft Windows Server 2022 Full Locale English AMI provided by Amazon",
        "x86_64",
        Some("windows"),
        "/dev/sda1",
        30,
    ),
    (
        DATABRICKS,
        "databricks-worker-x86_64-20260401",
        "Databricks worker, x86_64",
        "x86_64",
        None,
        "/dev/sda1",
        30,
    ),
    (
        DATABRICKS,
        "databricks-worker-arm64-20260401",
        "Databricks worker, arm64",
        "arm64",
        None,
        "/dev/sda1",
        30,
    ),
];

const UBUNTU: &str = "099720109477";
const DEBIAN: &str = "136693071363";
const WINDOWS: &str = "801119661308";
/// "The Databricks production AWS account from which Amazon Machine Images (AMI) are sourced" (Databricks
/// guide, "Create a cross-account IAM role").
pub const DATABRICKS: &str = "601306020600";
/// Amazon's accounts: their images are found under the alias `amazon`, too.
const AMAZON: [&str; 2] = ["137112412989", WINDOWS];

/// The images of a region, in the order of their ids; read once.
#[must_use]
pub fn all(region: &str) -> &'static [Image] {
    static KNOWN: OnceLock<Mutex<BTreeMap<&'static str, &'static [Image]>>> = OnceLock::new();
    let Some(region) = region::named(region).map(|region| region.name) else { return &[] };
    let mut known =
        KNOWN.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(images) = known.get(region) {
        return images;
    }
    let mut images: Vec<Image> = catalogue::images(region).into_iter().map(amazon).collect();
    images.extend(OTHERS.iter().filter_map(|other| image_of(region, *other)));
    images.sort_by(|one, other| one.id.cmp(&other.id));
    // As many as there are regions: they stay for as long as the program runs.
    let images: &'static [Image] = images.leak();
    known.insert(region, images);
    images
}

/// The image of this id.
#[must_use]
pub fn get(region: &str, id: &str) -> Option<&'static Image> {
    let images = all(region);
    let at = images.binary_search_by(|image| image.id.as_str().cmp(id)).ok()?;
    images.get(at)
}

/// The image of this id.
///
/// # Errors
/// EC2's for a malformed id and for one that is nobody's.
pub fn find(region: &str, id: &str) -> Result<&'static Image, Fault> {
    Kind::Image.check(id)?;
    get(region, id).ok_or_else(|| Kind::Image.not_found(id))
}

impl Image {
    /// The condition keys of images. `ec2:Owner` is the alias where there is one (EC2 user guide,
    /// "Condition keys": "amazon | aws-marketplace | aws-account-id").
    #[must_use]
    pub fn keys(&self) -> Vec<Key> {
        vec![
            ("ec2:ImageID", self.id.clone()),
            ("ec2:ImageType", "machine".to_owned()),
            ("ec2:Owner", self.owner_alias.unwrap_or(&self.owner_id).to_owned()),
            ("ec2:Public", "true".to_owned()),
            ("ec2:RootDeviceType", self.root_device_type.clone()),
        ]
    }

    /// `Linux/UNIX` or `Windows`.
    #[must_use]
    pub fn platform_details(&self) -> &'static str {
        if self.platform.is_some() { "Windows" } else { "Linux/UNIX" }
    }

    /// The billing code of its instances ("AMI billing information", EC2 user guide).
    #[must_use]
    pub fn usage_operation(&self) -> &'static str {
        if self.platform.is_some() { "RunInstances:0002" } else { "RunInstances" }
    }
}

fn amazon(facts: ImageFacts) -> Image {
    let imds_v2 = facts.name.starts_with("al2023-ami-");
    let minimal = facts.name.contains("minimal");
    let root_volume_gib = if minimal { 2 } else { 8 };
    Image {
        created: created(&facts.name),
        snapshot_id: snapshot_of(&facts.id),
        description: facts.description.unwrap_or_default(),
        owner_alias: alias(&facts.owner_id),
        root_volume_gib,
        root_volume_type: if imds_v2 { "gp3" } else { "gp2" },
        imds_v2,
        id: facts.id,
        name: facts.name,
        owner_id: facts.owner_id,
        architecture: facts.architecture,
        platform: facts.platform,
        root_device_name: facts.root_device_name,
        root_device_type: facts.root_device_type,
        virtualization_type: facts.virtualization_type,
    }
}

fn image_of(region: &str, other: Other) -> Option<Image> {
    let (owner, name, description, architecture, platform, root, root_volume_gib) = other;
    let account: AccountId = owner.parse().ok()?;
    let id = Kind::Image.given_id(account, region, name);
    Some(Image {
        created: created(name),
        snapshot_id: snapshot_of(&id),
        id,
        name: name.to_owned(),
        description: description.to_owned(),
        owner_id: owner.to_owned(),
        owner_alias: alias(owner),
        architecture: architecture.to_owned(),
        platform: platform.map(str::to_owned),
        root_device_name: root.to_owned(),
        root_device_type: "ebs".to_owned(),
        virtualization_type: "hvm".to_owned(),
        root_volume_gib,
        root_volume_type: if name.contains("gp3") { "gp3" } else { "gp2" },
        imds_v2: false,
    })
}

fn alias(owner_id: &str) -> Option<&'static str> {
    AMAZON.contains(&owner_id).then_some("amazon")
}

/// The snapshot behind an image: its id with another prefix.
fn snapshot_of(image_id: &str) -> String {
    image_id.replacen(Kind::Image.prefix(), Kind::Snapshot.prefix(), 1)
}

/// The day that a name tells last, as the catalogue of facts has no time: `…20260427.1…` or `…-2026.04.15`.
/// One that tells none is from the start of the century.
fn created(name: &str) -> String {
    let name = name.replace('.', "");
    let day = (0..name.len()).rev().find_map(|from| {
        let run = name.get(from..from + 8)?;
        let (year, month, day) = (run.get(..4)?, run.get(4..6)?, run.get(6..)?);
        let fits = run.bytes().all(|byte| byte.is_ascii_digit())
            && ("2010".."2100").contains(&year)
            && ("01".."13").contains(&month)
            && ("01".."32").contains(&day);
        fits.then(|| format!("{year}-{month}-{day}"))
    });
    format!("{}T00:00:00.000Z", day.as_deref().unwrap_or("2000-01-01"))
}
