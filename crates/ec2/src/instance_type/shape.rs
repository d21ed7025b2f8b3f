//! An instance type as `DescribeInstanceTypes` answers it. The catalogue holds it with the API's names in
//! Pascal case; what AWS does not say of a type is left out.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct InstanceTypeInfo {
    pub instance_type: Option<String>,
    pub current_generation: Option<bool>,
    pub free_tier_eligible: Option<bool>,
    pub supported_usage_classes: Option<Vec<String>>,
    pub supported_root_device_types: Option<Vec<String>>,
    pub supported_virtualization_types: Option<Vec<String>>,
    pub bare_metal: Option<bool>,
    pub hypervisor: Option<String>,
    pub processor_info: Option<ProcessorInfo>,
    pub v_cpu_info: Option<VCpuInfo>,
    pub memory_info: Option<MemoryInfo>,
    pub instance_storage_supported: Option<bool>,
    pub instance_storage_info: Option<InstanceStorageInfo>,
    pub ebs_info: Option<EbsInfo>,
    pub network_info: Option<NetworkInfo>,
    pub gpu_info: Option<GpuInfo>,
    pub fpga_info: Option<FpgaInfo>,
    pub placement_group_info: Option<PlacementGroupInfo>,
    pub inference_accelerator_info: Option<InferenceAcceleratorInfo>,
    pub hibernation_supported: Option<bool>,
    pub burstable_performance_supported: Option<bool>,
    pub dedicated_hosts_supported: Option<bool>,
    pub auto_recovery_supported: Option<bool>,
    pub supported_boot_modes: Option<Vec<String>>,
    pub nitro_enclaves_support: Option<String>,
    pub nitro_tpm_support: Option<String>,
    pub nitro_tpm_info: Option<NitroTpmInfo>,
    pub media_accelerator_info: Option<MediaAcceleratorInfo>,
    pub neuron_info: Option<NeuronInfo>,
    pub phc_support: Option<String>,
    pub reboot_migration_support: Option<String>,
    pub supported_in_region: Option<bool>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct ProcessorInfo {
    pub supported_architectures: Option<Vec<String>>,
    pub sustained_clock_speed_in_ghz: Option<f64>,
    pub supported_features: Option<Vec<String>>,
    pub manufacturer: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct VCpuInfo {
    pub default_v_cpus: Option<i32>,
    pub default_cores: Option<i32>,
    pub default_threads_per_core: Option<i32>,
    pub valid_cores: Option<Vec<i32>>,
    pub valid_threads_per_core: Option<Vec<i32>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct MemoryInfo {
    pub size_in_mi_b: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct InstanceStorageInfo {
    #[serde(rename(deserialize = "TotalSizeInGB", serialize = "totalSizeInGB"))]
    pub total_size_in_gb: Option<i64>,
    pub disks: Option<Vec<DiskInfo>>,
    pub nvme_support: Option<String>,
    pub encryption_support: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct DiskInfo {
    #[serde(rename(deserialize = "SizeInGB", serialize = "sizeInGB"))]
    pub size_in_gb: Option<i64>,
    pub count: Option<i32>,
    pub r#type: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct EbsInfo {
    pub ebs_optimized_support: Option<String>,
    pub encryption_support: Option<String>,
    pub ebs_optimized_info: Option<EbsOptimizedInfo>,
    pub nvme_support: Option<String>,
    pub maximum_ebs_attachments: Option<i32>,
    pub attachment_limit_type: Option<String>,
    pub maximum_ebs_cards: Option<i32>,
    #[serde(rename(serialize = "ebsCardSet"))]
    pub ebs_cards: Option<Vec<EbsCardInfo>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct EbsOptimizedInfo {
    pub baseline_bandwidth_in_mbps: Option<i32>,
    pub baseline_throughput_in_m_bps: Option<f64>,
    pub baseline_iops: Option<i32>,
    pub maximum_bandwidth_in_mbps: Option<i32>,
    pub maximum_throughput_in_m_bps: Option<f64>,
    pub maximum_iops: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct EbsCardInfo {
    pub ebs_card_index: Option<i32>,
    pub baseline_bandwidth_in_mbps: Option<i32>,
    pub baseline_throughput_in_m_bps: Option<f64>,
    pub baseline_iops: Option<i32>,
    pub maximum_bandwidth_in_mbps: Option<i32>,
    pub maximum_throughput_in_m_bps: Option<f64>,
    pub maximum_iops: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct NetworkInfo {
    pub network_performance: Option<String>,
    pub maximum_network_interfaces: Option<i32>,
    pub maximum_network_cards: Option<i32>,
    pub default_network_card_index: Option<i32>,
    pub network_cards: Option<Vec<NetworkCardInfo>>,
    pub ipv4_addresses_per_interface: Option<i32>,
    pub ipv6_addresses_per_interface: Option<i32>,
    pub ipv6_supported: Option<bool>,
    pub ena_support: Option<String>,
    pub efa_supported: Option<bool>,
    pub efa_info: Option<EfaInfo>,
    pub encryption_in_transit_supported: Option<bool>,
    pub ena_srd_supported: Option<bool>,
    pub bandwidth_weightings: Option<Vec<String>>,
    pub flexible_ena_queues_support: Option<String>,
    pub connection_tracking_configuration: Option<DefaultConnectionTrackingConfiguration>,
    pub secondary_network_supported: Option<bool>,
    pub maximum_secondary_network_interfaces: Option<i32>,
    pub ipv4_addresses_per_secondary_interface: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct NetworkCardInfo {
    pub network_card_index: Option<i32>,
    pub network_performance: Option<String>,
    pub maximum_network_interfaces: Option<i32>,
    pub additional_flexible_network_interfaces: Option<i32>,
    pub baseline_bandwidth_in_gbps: Option<f64>,
    pub peak_bandwidth_in_gbps: Option<f64>,
    pub default_ena_queue_count_per_interface: Option<i32>,
    pub maximum_ena_queue_count: Option<i32>,
    pub maximum_ena_queue_count_per_interface: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct EfaInfo {
    pub maximum_efa_interfaces: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct DefaultConnectionTrackingConfiguration {
    pub default_tcp_established_timeout: Option<i32>,
    pub default_udp_timeout: Option<i32>,
    pub default_udp_stream_timeout: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct GpuInfo {
    pub gpus: Option<Vec<GpuDeviceInfo>>,
    pub total_gpu_memory_in_mi_b: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct GpuDeviceInfo {
    pub name: Option<String>,
    pub manufacturer: Option<String>,
    pub count: Option<i32>,
    pub logical_gpu_count: Option<i32>,
    pub gpu_partition_size: Option<f64>,
    #[serde(rename(serialize = "workloadSet"))]
    pub workloads: Option<Vec<String>>,
    pub memory_info: Option<GpuDeviceMemoryInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct GpuDeviceMemoryInfo {
    pub size_in_mi_b: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct FpgaInfo {
    pub fpgas: Option<Vec<FpgaDeviceInfo>>,
    pub total_fpga_memory_in_mi_b: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct FpgaDeviceInfo {
    pub name: Option<String>,
    pub manufacturer: Option<String>,
    pub count: Option<i32>,
    pub memory_info: Option<FpgaDeviceMemoryInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct FpgaDeviceMemoryInfo {
    pub size_in_mi_b: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct PlacementGroupInfo {
    pub supported_strategies: Option<Vec<String>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct InferenceAcceleratorInfo {
    pub accelerators: Option<Vec<InferenceDeviceInfo>>,
    pub total_inference_memory_in_mi_b: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct InferenceDeviceInfo {
    pub count: Option<i32>,
    pub name: Option<String>,
    pub manufacturer: Option<String>,
    pub memory_info: Option<InferenceDeviceMemoryInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct InferenceDeviceMemoryInfo {
    pub size_in_mi_b: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct NitroTpmInfo {
    pub supported_versions: Option<Vec<String>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct MediaAcceleratorInfo {
    pub accelerators: Option<Vec<MediaDeviceInfo>>,
    pub total_media_memory_in_mi_b: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct MediaDeviceInfo {
    pub count: Option<i32>,
    pub name: Option<String>,
    pub manufacturer: Option<String>,
    pub memory_info: Option<MediaDeviceMemoryInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct MediaDeviceMemoryInfo {
    pub size_in_mi_b: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct NeuronInfo {
    pub neuron_devices: Option<Vec<NeuronDeviceInfo>>,
    pub total_neuron_device_memory_in_mi_b: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct NeuronDeviceInfo {
    pub count: Option<i32>,
    pub name: Option<String>,
    pub core_info: Option<NeuronDeviceCoreInfo>,
    pub memory_info: Option<NeuronDeviceMemoryInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct NeuronDeviceCoreInfo {
    pub count: Option<i32>,
    pub version: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct NeuronDeviceMemoryInfo {
    pub size_in_mi_b: Option<i32>,
}

