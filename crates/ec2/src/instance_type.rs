//! Instance types: what each is like, and where it is offered. All of it is in the catalogue.

pub mod describe;
pub mod offering;
mod shape;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use cloud::Fault;

use crate::catalogue;

use shape::InstanceTypeInfo;

/// What a launch needs to know of an instance type.
#[derive(Debug, Clone, PartialEq)]
pub struct InstanceType {
    /// Such as `m5d.large`.
    pub name: &'static str,
    /// Such as `x86_64`.
    pub architectures: Vec<String>,
    /// `hvm`, `paravirtual`
    pub virtualization_types: Vec<String>,
    /// `on-demand`, `spot`, `capacity-block`
    pub usage_classes: Vec<String>,
    /// `nitro` or `xen`; none for bare metal.
    pub hypervisor: Option<String>,
    /// Whether it earns and spends CPU credits.
    pub burstable: bool,
    /// Cores, unless asked for others.
    pub cores: i32,
    /// Threads a core, unless asked for others.
    pub threads_per_core: i32,
    /// Virtual CPUs.
    pub vcpus: i32,
    /// Memory in mebibytes.
    pub memory_mib: i64,
    /// All local disks together, in gigabytes.
    pub local_disk_gb: i64,
    /// Network interfaces that fit.
    pub max_interfaces: i32,
    /// Private addresses that an interface can have.
    pub max_addresses: i32,
    /// Whether it is always EBS-optimized.
    pub always_ebs_optimized: bool,
    /// Whether it has the enhanced networking of today.
    pub ena: bool,
}

/// The instance type called `name`; types are read once.
#[must_use]
pub fn find(name: &str) -> Option<&'static InstanceType> {
    static KNOWN: OnceLock<Mutex<BTreeMap<&'static str, &'static InstanceType>>> = OnceLock::new();
    let name = catalogue::instance_type_name(name)?;
    let mut known =
        KNOWN.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kind) = known.get(name) {
        return Some(kind);
    }
    // There are as many as the catalogue has: they stay for as long as the program runs.
    let kind: &'static InstanceType = Box::leak(Box::new(InstanceType::read(name)?));
    known.insert(name, kind);
    Some(kind)
}

/// The instance type of a launch.
///
/// # Errors
/// `InvalidParameterValue` with EC2's text (github.com/getmoto/moto issue 1695).
pub fn wanted(name: &str) -> Result<&'static InstanceType, Fault> {
    find(name).ok_or_else(|| {
        Fault::new("InvalidParameterValue", format!("Invalid value '{name}' for InstanceType."))
    })
}

/// Refuses a type that `zone` does not offer.
///
/// # Errors
/// `Unsupported` with EC2's texts (github.com/skyplane-project/skyplane issue 172; where no zone offers
/// it, github.com/hashicorp/terraform-provider-aws issue 9113).
pub fn check_offered(region: &str, zone: &str, name: &str) -> Result<(), Fault> {
    if catalogue::offers(region, zone, name) {
        return Ok(());
    }
    let others: Vec<&str> = catalogue::zones_offering(region, name).collect();
    let text = if others.is_empty() {
        "The requested configuration is currently not supported. Please check the documentation for \
         supported configurations."
            .to_owned()
    } else {
        format!(
            "Your requested instance type ({name}) is not supported in your requested Availability Zone \
             ({zone}). Please retry your request by not specifying an Availability Zone or choosing {}.",
            others.join(", ")
        )
    };
    Err(Fault::new("Unsupported", text))
}

impl InstanceType {
    fn read(name: &'static str) -> Option<Self> {
        let info: InstanceTypeInfo =
            serde_json::from_str(catalogue::instance_type_text(name)?).ok()?;
        let cpu = info.v_cpu_info?;
        let processor = info.processor_info?;
        let network = info.network_info?;
        let ebs = info.ebs_info?;
        let disks = info.instance_storage_info.and_then(|storage| storage.total_size_in_gb);
        Some(Self {
            name,
            architectures: processor.supported_architectures.unwrap_or_default(),
            virtualization_types: info.supported_virtualization_types.unwrap_or_default(),
            usage_classes: info.supported_usage_classes.unwrap_or_default(),
            hypervisor: info.hypervisor,
            burstable: info.burstable_performance_supported == Some(true),
            cores: cpu.default_cores?,
            threads_per_core: cpu.default_threads_per_core?,
            vcpus: cpu.default_v_cpus?,
            memory_mib: info.memory_info?.size_in_mi_b?,
            local_disk_gb: disks.unwrap_or_default(),
            max_interfaces: network.maximum_network_interfaces?,
            max_addresses: network.ipv4_addresses_per_interface?,
            always_ebs_optimized: ebs.ebs_optimized_support.as_deref() == Some("default"),
            ena: network.ena_support.as_deref() != Some("unsupported"),
        })
    }

    /// Whether its credits are unlimited unless asked otherwise: so for T3, T3a and T4g, not for T2 (EC2
    /// user guide, "Key concepts for burstable performance instances").
    #[must_use]
    pub fn unlimited_by_default(&self) -> Option<bool> {
        self.burstable.then(|| !self.name.starts_with("t2."))
    }
}
