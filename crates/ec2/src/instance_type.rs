//! Instance types: what each is like, and where it is offered. All of it is in the catalogue.

pub mod describe;
pub mod offering;
mod shape;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_the_catalogue_is_read() {
        for name in catalogue::instance_type_names() {
            let kind = find(name).unwrap_or_else(|| panic!("{name} is not read"));
            assert!(kind.vcpus > 0 && kind.memory_mib > 0 && kind.max_interfaces > 0, "{name}");
            assert!(!kind.architectures.is_empty(), "{name}");
        }
    }

    #[test]
    fn facts_that_launches_use() {
        let micro = find("t3.micro").unwrap();
        assert_eq!((micro.vcpus, micro.memory_mib, micro.burstable), (2, 1024, true));
        assert_eq!(micro.unlimited_by_default(), Some(true));
        assert_eq!(find("t2.micro").unwrap().unlimited_by_default(), Some(false));
        let disk = find("m5d.large").unwrap();
        assert_eq!((disk.local_disk_gb, disk.unlimited_by_default()), (75, None));
        assert_eq!(find("m6g.large").unwrap().architectures, ["arm64"]);
        assert_eq!(
            wanted("t9.nano").unwrap_err().message,
            "Invalid value 't9.nano' for InstanceType."
        );
    }

    #[test]
    fn a_zone_that_does_not_offer_a_type() {
        let fault = check_offered("us-east-1", "us-east-1e", "t3.micro").unwrap_err();
        let text = "Your requested instance type (t3.micro) is not supported in your requested \
                    Availability Zone (us-east-1e). Please retry your request by not specifying an \
                    Availability Zone or choosing us-east-1a, us-east-1b, us-east-1c, us-east-1d, \
                    us-east-1f.";
        assert_eq!(fault, Fault::new("Unsupported", text));
        assert_eq!(check_offered("us-east-1", "us-east-1a", "t3.micro"), Ok(()));
        // No zone of the region has it.
        let nowhere = check_offered("ap-southeast-5", "ap-southeast-5a", "m1.small").unwrap_err();
        assert!(nowhere.message.starts_with("The requested configuration"), "{nowhere}");
    }
}
