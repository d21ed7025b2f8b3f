//! What clusters can be made of: node types, which are EC2's with a memory and cores of their own, and runtimes.

use std::sync::OnceLock;

use ec2::instance_type::InstanceType;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::operation::{Ask, Read};
use crate::permit::Need;
use crate::workspace;

/// The families that Databricks offers on AWS, with what it calls them ("Supported instance types",
/// databricks.com/product/aws-pricing/instance-types; which sizes of each is unverified).
const FAMILIES: &[(&str, &str)] = &[
    ("m4", "General Purpose (HDD)"),
    ("m5", "General Purpose"),
    ("m5a", "General Purpose"),
    ("m5d", "General Purpose"),
    ("m5n", "General Purpose"),
    ("m5dn", "General Purpose"),
    ("m6i", "General Purpose"),
    ("m6id", "General Purpose"),
    ("m6g", "General Purpose"),
    ("m6gd", "General Purpose"),
    ("m7g", "General Purpose"),
    ("m7gd", "General Purpose"),
    ("m7i", "General Purpose"),
    ("c4", "Compute Optimized"),
    ("c5", "Compute Optimized"),
    ("c5a", "Compute Optimized"),
    ("c5d", "Compute Optimized"),
    ("c6i", "Compute Optimized"),
    ("c6id", "Compute Optimized"),
    ("c6g", "Compute Optimized"),
    ("c6gd", "Compute Optimized"),
    ("c7g", "Compute Optimized"),
    ("r4", "Memory Optimized"),
    ("r5", "Memory Optimized"),
    ("r5a", "Memory Optimized"),
    ("r5d", "Memory Optimized"),
    ("r5n", "Memory Optimized"),
    ("r6i", "Memory Optimized"),
    ("r6id", "Memory Optimized"),
    ("r6g", "Memory Optimized"),
    ("r6gd", "Memory Optimized"),
    ("r7g", "Memory Optimized"),
    ("i3", "Storage Optimized"),
    ("i3en", "Storage Optimized"),
    ("i4i", "Storage Optimized"),
    ("d3", "Storage Optimized"),
    ("g4dn", "GPU Accelerated"),
    ("g5", "GPU Accelerated"),
    ("p3", "GPU Accelerated"),
];

/// Sizes that are too small, or bare metal.
const TOO_SMALL: &[&str] = &["nano", "micro", "small", "medium", "metal"];

/// Runtimes: key and name (Databricks runtime release notes).
const RUNTIMES: &[(&str, &str, bool, &str)] = &[
    ("17.3", "4.0.0", true, "2.13"),
    ("16.4", "3.5.2", true, "2.12"),
    ("15.4", "3.5.0", true, "2.12"),
    ("14.3", "3.5.0", true, "2.12"),
    ("13.3", "3.4.1", true, "2.12"),
    ("12.2", "3.3.2", true, "2.12"),
    ("11.3", "3.3.0", true, "2.12"),
];

/// A node type as the API has it.
#[derive(Debug, Clone, Serialize)]
pub struct NodeType {
    node_type_id: &'static str,
    instance_type_id: &'static str,
    memory_mb: i64,
    num_cores: f64,
    num_gpus: i32,
    description: &'static str,
    category: &'static str,
    is_deprecated: bool,
    is_hidden: bool,
    is_graviton: bool,
    is_io_cache_enabled: bool,
    is_encrypted_in_transit: bool,
    photon_worker_capable: bool,
    photon_driver_capable: bool,
    support_cluster_tags: bool,
    support_ebs_volumes: bool,
    support_port_forwarding: bool,
    node_info: NodeInfo,
    node_instance_type: NodeInstanceType,
}

#[derive(Debug, Clone, Serialize)]
struct NodeInfo {
    status: Vec<&'static str>,
}

#[derive(Debug, Clone, Serialize)]
struct NodeInstanceType {
    instance_type_id: &'static str,
    local_disks: i32,
    local_disk_size_gb: i64,
    local_nvme_disks: i32,
    local_nvme_disk_size_gb: i64,
}

impl NodeType {
    fn new(kind: &'static InstanceType) -> Option<Self> {
        let (name, size) = kind.name.split_once('.')?;
        let category = family(kind.name)?;
        if TOO_SMALL.iter().any(|small| size.starts_with(small)) {
            return None;
        }
        let graviton = kind.architectures.iter().any(|name| name == "arm64");
        let disks = i32::from(kind.local_disk_gb > 0);
        let gpus = i32::from(category == "GPU Accelerated");
        let disk_gb = kind.local_disk_gb;
        Some(Self {
            node_type_id: kind.name,
            instance_type_id: kind.name,
            memory_mb: kind.memory_mib,
            num_cores: f64::from(kind.vcpus),
            num_gpus: gpus,
            description: kind.name,
            category,
            is_deprecated: matches!(name, "m4" | "c4" | "r4"),
            is_hidden: false,
            is_graviton: graviton,
            is_io_cache_enabled: disks > 0,
            is_encrypted_in_transit: kind.hypervisor.as_deref() == Some("nitro"),
            photon_worker_capable: disks > 0 && gpus == 0,
            photon_driver_capable: gpus == 0,
            support_cluster_tags: true,
            support_ebs_volumes: true,
            support_port_forwarding: true,
            node_info: NodeInfo { status: Vec::new() },
            node_instance_type: NodeInstanceType {
                instance_type_id: kind.name,
                local_disks: 0,
                local_disk_size_gb: 0,
                local_nvme_disks: disks,
                local_nvme_disk_size_gb: disk_gb,
            },
        })
    }

    /// Cores.
    #[must_use]
    pub fn cores(&self) -> f64 {
        self.num_cores
    }

    /// Memory in mebibytes.
    #[must_use]
    pub fn memory_mb(&self) -> i64 {
        self.memory_mb
    }

    /// Whether its instances have disks of their own.
    #[must_use]
    pub fn has_local_disks(&self) -> bool {
        self.node_instance_type.local_nvme_disks > 0
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &str {
        self.node_type_id
    }

    /// The architecture, as EC2 calls it.
    #[must_use]
    pub fn architecture(&self) -> &'static str {
        if self.is_graviton { "arm64" } else { "x86_64" }
    }
}

/// What Databricks calls the family of an instance type, if it offers it.
fn family(instance_type: &str) -> Option<&'static str> {
    let (name, _) = instance_type.split_once('.')?;
    FAMILIES.iter().find(|(known, _)| *known == name).map(|(_, category)| *category)
}

/// All node types.
#[must_use]
pub fn node_types() -> &'static [NodeType] {
    static ALL: OnceLock<Vec<NodeType>> = OnceLock::new();
    ALL.get_or_init(|| {
        let names = ec2::catalogue::instance_type_names();
        let ours = names.filter(|name| family(name).is_some());
        ours.filter_map(ec2::instance_type::find).filter_map(NodeType::new).collect()
    })
}

/// The node type called `name`.
#[must_use]
pub fn node_type(name: &str) -> Option<&'static NodeType> {
    node_types().iter().find(|kind| kind.node_type_id == name)
}

/// A runtime as the API has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SparkVersion {
    key: String,
    name: String,
}

/// All runtimes: each plain, for machine learning, and the latter with GPUs.
#[must_use]
pub fn spark_versions() -> &'static [SparkVersion] {
    static ALL: OnceLock<Vec<SparkVersion>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = Vec::new();
        for (version, spark, lts, scala) in RUNTIMES {
            let lts = if *lts { " LTS" } else { "" };
            for (kind, word, extra) in
                [("", "", ""), ("-cpu-ml", " ML", ""), ("-gpu-ml", " ML", "GPU, ")]
            {
                all.push(SparkVersion {
                    key: format!("{version}.x{kind}-scala{scala}"),
                    name: format!(
                        "{version}{lts}{word} (includes Apache Spark {spark}, {extra}Scala {scala})"
                    ),
                });
            }
        }
        all
    })
}

/// Whether clusters can have a runtime. Photon and Graviton runtimes were once keys of their own, and still
/// work; images of customers' own begin with `custom:`.
#[must_use]
pub fn is_spark_version(key: &str) -> bool {
    let plain = key.replace("-photon", "").replace("-aarch64", "");
    key.starts_with("custom:") || spark_versions().iter().any(|version| version.key == plain)
}

/// Lists node types.
#[derive(Debug, Clone, Deserialize)]
pub struct ListNodeTypes {}

/// Node types.
#[derive(Debug, Serialize)]
pub struct NodeTypes {
    node_types: &'static [NodeType],
}

operation! {
    ListNodeTypes,
    Get ["/api/2.0/clusters/list-node-types", "/api/2.1/clusters/list-node-types"] -> NodeTypes,
    Need::Anyone
}

impl Read for ListNodeTypes {
    fn read(self, _ask: &Ask<'_>) -> Result<NodeTypes, Fault> {
        Ok(NodeTypes { node_types: node_types() })
    }
}

/// Lists runtimes.
#[derive(Debug, Clone, Deserialize)]
pub struct ListSparkVersions {}

/// Runtimes.
#[derive(Debug, Serialize)]
pub struct SparkVersions {
    versions: &'static [SparkVersion],
}

operation! {
    ListSparkVersions,
    Get ["/api/2.0/clusters/spark-versions", "/api/2.1/clusters/spark-versions"] -> SparkVersions,
    Need::Anyone
}

impl Read for ListSparkVersions {
    fn read(self, _ask: &Ask<'_>) -> Result<SparkVersions, Fault> {
        Ok(SparkVersions { versions: spark_versions() })
    }
}

/// Lists zones.
#[derive(Debug, Clone, Deserialize)]
pub struct ListZones {}

/// The zones in which the workspace has subnets.
#[derive(Debug, Serialize)]
pub struct Zones {
    zones: Vec<String>,
    default_zone: String,
}

operation! {
    ListZones,
    Get ["/api/2.0/clusters/list-zones", "/api/2.1/clusters/list-zones"] -> Zones,
    Need::Anyone
}

impl Read for ListZones {
    fn read(self, ask: &Ask<'_>) -> Result<Zones, Fault> {
        let placement = workspace::placement(workspace::of(ask)?)?;
        let mut zones: Vec<String> =
            placement.subnets.iter().map(|subnet| subnet.zone.clone()).collect();
        zones.sort();
        zones.dedup();
        let default_zone = zones.first().cloned().unwrap_or_default();
        Ok(Zones { zones, default_zone })
    }
}
