//! `DescribeInstanceTypes`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::catalogue;
use crate::demand;
use crate::filter::{Field, Filter, Filters};
use crate::instance_type::shape::InstanceTypeInfo;
use crate::page::{self, LEAST};

/// Types in one answer (API reference: `MaxResults` is at most 100).
pub const MAX_TYPES: i32 = 100;

/// `DescribeInstanceTypes`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeInstanceTypes {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// These types.
    #[serde(default)]
    pub instance_type: Vec<String>,
    /// Those that match.
    #[serde(default)]
    pub filter: Vec<Filter>,
    /// At most so many.
    pub max_results: Option<i32>,
    /// From where the last answer ended.
    pub next_token: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceTypesOutput {
    instance_type_set: Vec<InstanceTypeInfo>,
    next_token: Option<String>,
}

impl Operation for DescribeInstanceTypes {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeInstanceTypes";
    type Output = InstanceTypesOutput;

    fn check(&self) -> Result<(), Fault> {
        page::check_max_results(self.max_results, LEAST)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeInstanceTypes")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Read for DescribeInstanceTypes {
    /// Only types that the region offers exist.
    fn read(self, ask: &Ask<'_>) -> Result<InstanceTypesOutput, Fault> {
        let filters = Filters::new(&self.filter, FIELDS, false)?;
        let is_here = |name: &str| catalogue::zones_offering(ask.region, name).next().is_some();
        let unknown: Vec<&str> = self.instance_type.iter().map(String::as_str).collect();
        let unknown: Vec<&str> = unknown.into_iter().filter(|name| !is_here(name)).collect();
        if !unknown.is_empty() {
            // github.com/scylladb/scylla-cluster-tests issue 12419
            let text = format!(
                "The following supplied instance types do not exist: [{}]",
                unknown.join(", ")
            );
            return Err(Fault::new("InvalidInstanceType", text));
        }
        let after = self.next_token.as_deref().map(page::read_token).transpose()?;
        let after = after.unwrap_or_default();
        let wanted = |name: &&str| {
            let asked = &self.instance_type;
            (asked.is_empty() || asked.iter().any(|one| one == name)) && **name > *after
        };
        let names = catalogue::instance_type_names().filter(wanted).filter(|name| is_here(name));
        let described = names.filter_map(|name| {
            let json: Value = serde_json::from_str(catalogue::instance_type_text(name)?).ok()?;
            filters.match_all(ask, &json, name).then_some((name, json))
        });
        let most = self.max_results.unwrap_or(MAX_TYPES).min(MAX_TYPES);
        let one_more = usize::try_from(most).unwrap_or_default() + 1;
        let page =
            page::cut(described.take(one_more).collect(), Some(most), |(name, _): &(&str, _)| {
                (*name).to_owned()
            });
        let shape = |(_, json)| serde_json::from_value(json).ok();
        Ok(InstanceTypesOutput {
            instance_type_set: page.items.into_iter().filter_map(shape).collect(),
            next_token: page.next_token,
        })
    }
}

/// `filter => path;` for each filter: where its values stand in the description of a type.
macro_rules! fields {
    ($($name:literal => $path:literal;)*) => {
        &[$(($name, |_, json: &Value| values(json, $path))),*]
    };
}

const FIELDS: &[Field<Value>] = fields! {
    "auto-recovery-supported" => "AutoRecoverySupported";
    "bare-metal" => "BareMetal";
    "burstable-performance-supported" => "BurstablePerformanceSupported";
    "current-generation" => "CurrentGeneration";
    "dedicated-hosts-supported" => "DedicatedHostsSupported";
    "ebs-info.attachment-limit-type" => "EbsInfo.AttachmentLimitType";
    "ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps"
        => "EbsInfo.EbsOptimizedInfo.BaselineBandwidthInMbps";
    "ebs-info.ebs-optimized-info.baseline-iops" => "EbsInfo.EbsOptimizedInfo.BaselineIops";
    "ebs-info.ebs-optimized-info.baseline-throughput-in-mbps"
        => "EbsInfo.EbsOptimizedInfo.BaselineThroughputInMBps";
    "ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps"
        => "EbsInfo.EbsOptimizedInfo.MaximumBandwidthInMbps";
    "ebs-info.ebs-optimized-info.maximum-iops" => "EbsInfo.EbsOptimizedInfo.MaximumIops";
    "ebs-info.ebs-optimized-info.maximum-throughput-in-mbps"
        => "EbsInfo.EbsOptimizedInfo.MaximumThroughputInMBps";
    "ebs-info.ebs-optimized-support" => "EbsInfo.EbsOptimizedSupport";
    "ebs-info.encryption-support" => "EbsInfo.EncryptionSupport";
    "ebs-info.maximum-ebs-attachments" => "EbsInfo.MaximumEbsAttachments";
    "ebs-info.nvme-support" => "EbsInfo.NvmeSupport";
    "free-tier-eligible" => "FreeTierEligible";
    "hibernation-supported" => "HibernationSupported";
    "hypervisor" => "Hypervisor";
    "instance-storage-info.disk.count" => "InstanceStorageInfo.Disks.Count";
    "instance-storage-info.disk.size-in-gb" => "InstanceStorageInfo.Disks.SizeInGB";
    "instance-storage-info.disk.type" => "InstanceStorageInfo.Disks.Type";
    "instance-storage-info.encryption-support" => "InstanceStorageInfo.EncryptionSupport";
    "instance-storage-info.nvme-support" => "InstanceStorageInfo.NvmeSupport";
    "instance-storage-info.total-size-in-gb" => "InstanceStorageInfo.TotalSizeInGB";
    "instance-storage-supported" => "InstanceStorageSupported";
    "instance-type" => "InstanceType";
    "memory-info.size-in-mib" => "MemoryInfo.SizeInMiB";
    "network-info.bandwidth-weightings" => "NetworkInfo.BandwidthWeightings";
    "network-info.efa-info.maximum-efa-interfaces" => "NetworkInfo.EfaInfo.MaximumEfaInterfaces";
    "network-info.efa-supported" => "NetworkInfo.EfaSupported";
    "network-info.ena-support" => "NetworkInfo.EnaSupport";
    "network-info.flexible-ena-queues-support" => "NetworkInfo.FlexibleEnaQueuesSupport";
    "network-info.ipv4-addresses-per-interface" => "NetworkInfo.Ipv4AddressesPerInterface";
    "network-info.ipv6-addresses-per-interface" => "NetworkInfo.Ipv6AddressesPerInterface";
    "network-info.ipv6-supported" => "NetworkInfo.Ipv6Supported";
    "network-info.maximum-network-cards" => "NetworkInfo.MaximumNetworkCards";
    "network-info.maximum-network-interfaces" => "NetworkInfo.MaximumNetworkInterfaces";
    "network-info.network-performance" => "NetworkInfo.NetworkPerformance";
    "nitro-enclaves-support" => "NitroEnclavesSupport";
    "nitro-tpm-info.supported-versions" => "NitroTpmInfo.SupportedVersions";
    "nitro-tpm-support" => "NitroTpmSupport";
    "processor-info.supported-architecture" => "ProcessorInfo.SupportedArchitectures";
    "processor-info.supported-features" => "ProcessorInfo.SupportedFeatures";
    "processor-info.sustained-clock-speed-in-ghz" => "ProcessorInfo.SustainedClockSpeedInGhz";
    "reboot-migration-support" => "RebootMigrationSupport";
    "supported-boot-mode" => "SupportedBootModes";
    "supported-root-device-type" => "SupportedRootDeviceTypes";
    "supported-usage-class" => "SupportedUsageClasses";
    "supported-virtualization-type" => "SupportedVirtualizationTypes";
    "vcpu-info.default-cores" => "VCpuInfo.DefaultCores";
    "vcpu-info.default-threads-per-core" => "VCpuInfo.DefaultThreadsPerCore";
    "vcpu-info.default-vcpus" => "VCpuInfo.DefaultVCpus";
    "vcpu-info.valid-cores" => "VCpuInfo.ValidCores";
    "vcpu-info.valid-threads-per-core" => "VCpuInfo.ValidThreadsPerCore";
};

/// The values at `path`, through lists.
fn values(json: &Value, path: &str) -> Vec<String> {
    match json {
        Value::Array(items) => items.iter().flat_map(|item| values(item, path)).collect(),
        Value::Object(members) => {
            let (first, rest) = path.split_once('.').unwrap_or((path, ""));
            members.get(first).map(|value| values(value, rest)).unwrap_or_default()
        }
        Value::String(text) if path.is_empty() => vec![text.clone()],
        Value::Null => Vec::new(),
        other if path.is_empty() => vec![other.to_string()],
        _ => Vec::new(),
    }
}
