//! An instance type as `DescribeInstanceTypes` answers it. The catalogue holds it with the API's names in
//! Pascal case; what AWS does not say of a type is left out.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct InstanceTypeInfo {
    pub(crate) instance_type: Option<String>,
    pub(crate) current_generation: Option<bool>,
    pub(crate) free_tier_eligible: Option<bool>,
    pub(crate) supported_usage_classes: Option<Vec<String>>,
    pub(crate) supported_root_device_types: Option<Vec<String>>,
    pub(crate) supported_virtualization_types: Option<Vec<String>>,
    pub(crate) bare_metal: Option<bool>,
    pub(crate) hypervisor: Option<String>,
    pub(crate) processor_info: Option<ProcessorInfo>,
    pub(crate) v_cpu_info: Option<VCpuInfo>,
    pub(crate) memory_info: Option<MemoryInfo>,
    pub(crate) instance_storage_supported: Option<bool>,
    pub(crate) instance_storage_info: Option<InstanceStorageInfo>,
    pub(crate) ebs_info: Option<EbsInfo>,
    pub(crate) network_info: Option<NetworkInfo>,
    pub(crate) gpu_info: Option<GpuInfo>,
    pub(crate) fpga_info: Option<FpgaInfo>,
    pub(crate) placement_group_info: Option<PlacementGroupInfo>,
    pub(crate) inference_accelerator_info: Option<InferenceAcceleratorInfo>,
    pub(crate) hibernation_supported: Option<bool>,
    pub(crate) burstable_performance_supported: Option<bool>,
    pub(crate) dedicated_hosts_supported: Option<bool>,
    pub(crate) auto_recovery_supported: Option<bool>,
    pub(crate) supported_boot_modes: Option<Vec<String>>,
    pub(crate) nitro_enclaves_support: Option<String>,
    pub(crate) nitro_tpm_support: Option<String>,
    pub(crate) nitro_tpm_info: Option<NitroTpmInfo>,
    pub(crate) media_accelerator_info: Option<MediaAcceleratorInfo>,
    pub(crate) neuron_info: Option<NeuronInfo>,
    pub(crate) phc_support: Option<String>,
    pub(crate) reboot_migration_support: Option<String>,
    pub(crate) supported_in_region: Option<bool>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct ProcessorInfo {
    pub(crate) supported_architectures: Option<Vec<String>>,
    pub(crate) sustained_clock_speed_in_ghz: Option<f64>,
    pub(crate) supported_features: Option<Vec<String>>,
    pub(crate) manufacturer: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct VCpuInfo {
    pub(crate) default_v_cpus: Option<i32>,
    pub(crate) default_cores: Option<i32>,
    pub(crate) default_threads_per_core: Option<i32>,
    pub(crate) valid_cores: Option<Vec<i32>>,
    pub(crate) valid_threads_per_core: Option<Vec<i32>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct MemoryInfo {
    pub(crate) size_in_mi_b: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct InstanceStorageInfo {
    #[serde(rename(deserialize = "TotalSizeInGB", serialize = "totalSizeInGB"))]
    pub(crate) total_size_in_gb: Option<i64>,
    pub(crate) disks: Option<Vec<DiskInfo>>,
    pub(crate) nvme_support: Option<String>,
    pub(crate) encryption_support: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct DiskInfo {
    #[serde(rename(deserialize = "SizeInGB", serialize = "sizeInGB"))]
    pub(crate) size_in_gb: Option<i64>,
    pub(crate) count: Option<i32>,
    pub(crate) r#type: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct EbsInfo {
    pub(crate) ebs_optimized_support: Option<String>,
    pub(crate) encryption_support: Option<String>,
    pub(crate) ebs_optimized_info: Option<EbsOptimizedInfo>,
    pub(crate) nvme_support: Option<String>,
    pub(crate) maximum_ebs_attachments: Option<i32>,
    pub(crate) attachment_limit_type: Option<String>,
    pub(crate) maximum_ebs_cards: Option<i32>,
    #[serde(rename(serialize = "ebsCardSet"))]
    pub(crate) ebs_cards: Option<Vec<EbsCardInfo>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct EbsOptimizedInfo {
    pub(crate) baseline_bandwidth_in_mbps: Option<i32>,
    pub(crate) baseline_throughput_in_m_bps: Option<f64>,
    pub(crate) baseline_iops: Option<i32>,
    pub(crate) maximum_bandwidth_in_mbps: Option<i32>,
    pub(crate) maximum_throughput_in_m_bps: Option<f64>,
    pub(crate) maximum_iops: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct EbsCardInfo {
    pub(crate) ebs_card_index: Option<i32>,
    pub(crate) baseline_bandwidth_in_mbps: Option<i32>,
    pub(crate) baseline_throughput_in_m_bps: Option<f64>,
    pub(crate) baseline_iops: Option<i32>,
    pub(crate) maximum_bandwidth_in_mbps: Option<i32>,
    pub(crate) maximum_throughput_in_m_bps: Option<f64>,
    pub(crate) maximum_iops: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct NetworkInfo {
    pub(crate) network_performance: Option<String>,
    pub(crate) maximum_network_interfaces: Option<i32>,
    pub(crate) maximum_network_cards: Option<i32>,
    pub(crate) default_network_card_index: Option<i32>,
    pub(crate) network_cards: Option<Vec<NetworkCardInfo>>,
    pub(crate) ipv4_addresses_per_interface: Option<i32>,
    pub(crate) ipv6_addresses_per_interface: Option<i32>,
    pub(crate) ipv6_supported: Option<bool>,
    pub(crate) ena_support: Option<String>,
    pub(crate) efa_supported: Option<bool>,
    pub(crate) efa_info: Option<EfaInfo>,
    pub(crate) encryption_in_transit_supported: Option<bool>,
    pub(crate) ena_srd_supported: Option<bool>,
    pub(crate) bandwidth_weightings: Option<Vec<String>>,
    pub(crate) flexible_ena_queues_support: Option<String>,
    pub(crate) connection_tracking_configuration: Option<DefaultConnectionTrackingConfiguration>,
    pub(crate) secondary_network_supported: Option<bool>,
    pub(crate) maximum_secondary_network_interfaces: Option<i32>,
    pub(crate) ipv4_addresses_per_secondary_interface: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct NetworkCardInfo {
    pub(crate) network_card_index: Option<i32>,
    pub(crate) network_performance: Option<String>,
    pub(crate) maximum_network_interfaces: Option<i32>,
    pub(crate) additional_flexible_network_interfaces: Option<i32>,
    pub(crate) baseline_bandwidth_in_gbps: Option<f64>,
    pub(crate) peak_bandwidth_in_gbps: Option<f64>,
    pub(crate) default_ena_queue_count_per_interface: Option<i32>,
    pub(crate) maximum_ena_queue_count: Option<i32>,
    pub(crate) maximum_ena_queue_count_per_interface: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct EfaInfo {
    pub(crate) maximum_efa_interfaces: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct DefaultConnectionTrackingConfiguration {
    pub(crate) default_tcp_established_timeout: Option<i32>,
    pub(crate) default_udp_timeout: Option<i32>,
    pub(crate) default_udp_stream_timeout: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct GpuInfo {
    pub(crate) gpus: Option<Vec<GpuDeviceInfo>>,
    pub(crate) total_gpu_memory_in_mi_b: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct GpuDeviceInfo {
    pub(crate) name: Option<String>,
    pub(crate) manufacturer: Option<String>,
    pub(crate) count: Option<i32>,
    pub(crate) logical_gpu_count: Option<i32>,
    pub(crate) gpu_partition_size: Option<f64>,
    #[serde(rename(serialize = "workloadSet"))]
    pub(crate) workloads: Option<Vec<String>>,
    pub(crate) memory_info: Option<DeviceMemoryInfo>,
}

/// The memory of one device of whatever kind.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct DeviceMemoryInfo {
    pub(crate) size_in_mi_b: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct FpgaInfo {
    pub(crate) fpgas: Option<Vec<DeviceInfo>>,
    pub(crate) total_fpga_memory_in_mi_b: Option<i32>,
}

/// Devices of one kind that are no GPUs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct DeviceInfo {
    pub(crate) name: Option<String>,
    pub(crate) manufacturer: Option<String>,
    pub(crate) count: Option<i32>,
    pub(crate) memory_info: Option<DeviceMemoryInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct PlacementGroupInfo {
    pub(crate) supported_strategies: Option<Vec<String>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct InferenceAcceleratorInfo {
    pub(crate) accelerators: Option<Vec<DeviceInfo>>,
    pub(crate) total_inference_memory_in_mi_b: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct NitroTpmInfo {
    pub(crate) supported_versions: Option<Vec<String>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct MediaAcceleratorInfo {
    pub(crate) accelerators: Option<Vec<DeviceInfo>>,
    pub(crate) total_media_memory_in_mi_b: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct NeuronInfo {
    pub(crate) neuron_devices: Option<Vec<NeuronDeviceInfo>>,
    pub(crate) total_neuron_device_memory_in_mi_b: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct NeuronDeviceInfo {
    pub(crate) count: Option<i32>,
    pub(crate) name: Option<String>,
    pub(crate) core_info: Option<NeuronDeviceCoreInfo>,
    pub(crate) memory_info: Option<DeviceMemoryInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub(crate) struct NeuronDeviceCoreInfo {
    pub(crate) count: Option<i32>,
    pub(crate) version: Option<i32>,
}
