//! What a cluster is to be: the part of what clients send that something follows from, and its rules.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::cluster::catalogue;
use crate::fault::Fault;
use crate::lenient;

/// The most custom tags of a cluster (API reference: "Databricks allows at most 45 custom tags").
pub const MAX_CUSTOM_TAGS: usize = 45;
/// The shortest time after which a cluster can terminate itself, and the longest, in minutes (API reference).
pub const AUTOTERMINATION_MINUTES: std::ops::RangeInclusive<i64> = 10..=10_000;
/// The most workers that are launched. Databricks' own limit depends on the account.
pub const MAX_WORKERS: i64 = 1_000;

/// How large volumes can be, in gibibytes (API reference, `ebs_volume_size`).
const EBS_SSD_GIB: std::ops::RangeInclusive<i64> = 100..=4096;
/// The same, of those with disks that turn.
const EBS_HDD_GIB: std::ops::RangeInclusive<i64> = 500..=4096;

/// What is to be.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Spec {
    /// The name.
    #[serde(default)]
    pub cluster_name: String,
    /// The runtime.
    #[serde(default)]
    pub spark_version: String,
    /// What workers are.
    pub node_type_id: Option<String>,
    /// What the driver is, if not the same.
    pub driver_node_type_id: Option<String>,
    /// The pool that workers come from.
    pub instance_pool_id: Option<String>,
    /// The pool that the driver comes from, if not the same.
    pub driver_instance_pool_id: Option<String>,
    /// How many workers.
    pub num_workers: Option<i64>,
    /// Between how many and how many.
    pub autoscale: Option<Autoscale>,
    /// After how many idle minutes it ends; 0 is never.
    #[serde(default)]
    pub autotermination_minutes: i64,
    /// Whether nodes get more disk space when they run out of it.
    #[serde(default)]
    pub enable_elastic_disk: bool,
    /// Tags on everything that is launched.
    #[serde(default)]
    pub custom_tags: BTreeMap<String, String>,
    /// What is AWS's.
    #[serde(default)]
    pub aws_attributes: AwsAttributes,
    /// The policy that it obeys.
    pub policy_id: Option<String>,
    /// A token that makes a second request the same as the first.
    pub idempotency_token: Option<String>,
}

/// Between how many and how many workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Autoscale {
    /// The least.
    #[serde(default)]
    pub min_workers: i64,
    /// The most.
    #[serde(default)]
    pub max_workers: i64,
}

/// What is AWS's.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct AwsAttributes {
    /// What nodes wear.
    pub instance_profile_arn: Option<String>,
    /// On which market nodes are bought.
    pub availability: Option<Availability>,
    /// Where.
    pub zone_id: Option<String>,
    /// How many nodes are not spot, the driver first.
    #[serde(default)]
    pub first_on_demand: i64,
    /// The most that spot nodes may cost, in per cent of the on-demand price.
    pub spot_bid_price_percent: Option<i64>,
    /// The kind of volumes.
    pub ebs_volume_type: Option<String>,
    /// How many volumes a node gets.
    #[serde(default)]
    pub ebs_volume_count: i64,
    /// How large, in gibibytes.
    pub ebs_volume_size: Option<i64>,
}

/// A market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Availability {
    /// Spot, or nothing.
    Spot,
    /// On demand.
    OnDemand,
    /// Spot, and on demand where there is none.
    SpotWithFallback,
}

impl Spec {
    /// Reads what was sent, by rules that hold whatever the state is. The texts are unverified.
    ///
    /// # Errors
    /// `INVALID_PARAMETER_VALUE`, or `MALFORMED_REQUEST` for a field of the wrong type.
    pub fn read(fields: &Map<String, Value>) -> Result<Self, Fault> {
        let mut spec: Self = lenient::decode(fields.clone())?;
        // An empty text is none.
        spec.instance_pool_id.take_if(|id| id.is_empty());
        spec.driver_instance_pool_id.take_if(|id| id.is_empty());
        spec.check()?;
        Ok(spec)
    }

    fn check(&self) -> Result<(), Fault> {
        if self.spark_version.is_empty() {
            return Err(Fault::invalid("Missing required field: spark_version"));
        }
        if !catalogue::is_spark_version(&self.spark_version) {
            return Err(Fault::invalid(format!("Invalid spark version {}.", self.spark_version)));
        }
        if self.instance_pool_id.is_none() && self.node_type_id.as_deref().is_none_or(str::is_empty)
        {
            return Err(Fault::invalid("Missing required field: node_type_id"));
        }
        if self.driver_instance_pool_id.is_some() && self.instance_pool_id.is_none() {
            let text = "driver_instance_pool_id can only be specified with instance_pool_id.";
            return Err(Fault::invalid(text));
        }
        for name in [&self.node_type_id, &self.driver_node_type_id].into_iter().flatten() {
            if !name.is_empty() && catalogue::node_type(name).is_none() {
                return Err(Fault::invalid(format!("Node type {name} is not supported.")));
            }
        }
        self.check_size()?;
        let minutes = self.autotermination_minutes;
        if minutes != 0 && !AUTOTERMINATION_MINUTES.contains(&minutes) {
            return Err(Fault::invalid(format!(
                "autotermination_minutes must be 0 or between {} and {}, not {minutes}.",
                AUTOTERMINATION_MINUTES.start(),
                AUTOTERMINATION_MINUTES.end()
            )));
        }
        if self.custom_tags.len() > MAX_CUSTOM_TAGS {
            return Err(Fault::invalid(format!(
                "At most {MAX_CUSTOM_TAGS} custom tags are allowed."
            )));
        }
        self.aws_attributes.check()
    }

    fn check_size(&self) -> Result<(), Fault> {
        let fits = |count| (0..=MAX_WORKERS).contains(&count);
        match (self.num_workers, self.autoscale) {
            (Some(_), Some(_)) => {
                Err(Fault::invalid("Only one of num_workers or autoscale can be specified."))
            }
            (Some(count), None) if !fits(count) => {
                Err(Fault::invalid(format!("num_workers must be between 0 and {MAX_WORKERS}.")))
            }
            (None, Some(scale))
                if scale.min_workers > scale.max_workers || scale.max_workers < 1 =>
            {
                Err(Fault::invalid(
                    "autoscale.max_workers must be greater than autoscale.min_workers.",
                ))
            }
            (None, Some(scale)) if !fits(scale.min_workers) || !fits(scale.max_workers) => {
                Err(Fault::invalid(format!("autoscale must be between 0 and {MAX_WORKERS}.")))
            }
            _ => Ok(()),
        }
    }

    /// Refuses what a new description cannot have; clusters that are there keep it.
    ///
    /// # Errors
    /// `INVALID_PARAMETER_VALUE`: for a node type without a disk, as users report it (terraform-provider-databricks
    /// issue 98). That disk space on demand is enough is unverified, and so are the texts about sizes.
    pub fn check_disks(&self) -> Result<(), Fault> {
        let aws = &self.aws_attributes;
        let hdd = aws.ebs_volume_type.as_deref() == Some("THROUGHPUT_OPTIMIZED_HDD");
        let sizes = if hdd { EBS_HDD_GIB } else { EBS_SSD_GIB };
        let size = aws.ebs_volume_size.filter(|_| aws.ebs_volume_count > 0);
        if size.is_some_and(|size| !sizes.contains(&size)) {
            return Err(Fault::invalid(format!(
                "aws_attributes.ebs_volume_size must be between {} and {}.",
                sizes.start(),
                sizes.end()
            )));
        }
        if self.instance_pool_id.is_some() || aws.ebs_volume_count > 0 || self.enable_elastic_disk {
            return Ok(());
        }
        let kinds = [&self.node_type_id, &self.driver_node_type_id].into_iter().flatten();
        let mut kinds = kinds.filter_map(|name| catalogue::node_type(name));
        match kinds.find(|kind| !kind.has_local_disks()) {
            Some(kind) => Err(Fault::invalid(format!(
                "At least one EBS volume must be attached for clusters created with node type {}.",
                kind.id()
            ))),
            None => Ok(()),
        }
    }

    /// How many workers it begins with.
    #[must_use]
    pub fn workers(&self) -> usize {
        let count = self.autoscale.map_or(self.num_workers.unwrap_or(0), |scale| scale.min_workers);
        usize::try_from(count).unwrap_or(0)
    }
}

impl AwsAttributes {
    fn check(&self) -> Result<(), Fault> {
        if self.first_on_demand < 0 {
            return Err(Fault::invalid("aws_attributes.first_on_demand cannot be negative."));
        }
        if self.spot_bid_price_percent.is_some_and(|percent| !(1..=10_000).contains(&percent)) {
            let text = "aws_attributes.spot_bid_price_percent must be between 1 and 10000.";
            return Err(Fault::invalid(text));
        }
        if !(0..=10).contains(&self.ebs_volume_count) {
            return Err(Fault::invalid(
                "aws_attributes.ebs_volume_count must be between 0 and 10.",
            ));
        }
        if let Some(kind) = &self.ebs_volume_type
            && !matches!(kind.as_str(), "GENERAL_PURPOSE_SSD" | "THROUGHPUT_OPTIMIZED_HDD")
        {
            return Err(Fault::invalid(format!("Invalid aws_attributes.ebs_volume_type {kind}.")));
        }
        Ok(())
    }

    /// The market, which is spot with a fallback unless somebody says otherwise (API reference).
    #[must_use]
    pub fn market(&self) -> Availability {
        self.availability.unwrap_or(Availability::SpotWithFallback)
    }

    /// The profile; an empty text is none.
    #[must_use]
    pub fn profile(&self) -> Option<&str> {
        self.instance_profile_arn.as_deref().filter(|arn| !arn.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Spec;

    fn check(node_type: &str, more: Value, expected: Result<(), &str>) {
        let mut fields = json!({"spark_version": "15.4.x-scala2.12", "node_type_id": node_type});
        let fields = fields.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        let checked = Spec::read(fields).unwrap().check_disks();
        assert_eq!(
            checked.map_err(|fault| fault.message),
            expected.map_err(str::to_owned),
            "{more}"
        );
    }

    #[test]
    fn nodes_without_disks_get_volumes() {
        let missing = "At least one EBS volume must be attached for clusters created with node type m5.large.";
        let volumes = |count: u8| json!({"aws_attributes": {"ebs_volume_count": count}});
        check("m5.large", json!({}), Err(missing));
        check("m5.large", volumes(0), Err(missing));
        check("m5.large", volumes(1), Ok(()));
        check("m5.large", json!({"enable_elastic_disk": true}), Ok(()));
        check("m5.large", json!({"instance_pool_id": "p"}), Ok(()));
        check("m5d.large", json!({}), Ok(()));
        check("i3.xlarge", json!({"driver_node_type_id": "m5.large"}), Err(missing));
    }

    #[test]
    fn how_large_volumes_are() {
        let small = "aws_attributes.ebs_volume_size must be between 100 and 4096.";
        let slow = "aws_attributes.ebs_volume_size must be between 500 and 4096.";
        for (kind, size, expected) in [
            ("GENERAL_PURPOSE_SSD", 99, Err(small)),
            ("GENERAL_PURPOSE_SSD", 100, Ok(())),
            ("GENERAL_PURPOSE_SSD", 4096, Ok(())),
            ("GENERAL_PURPOSE_SSD", 4097, Err(small)),
            ("THROUGHPUT_OPTIMIZED_HDD", 499, Err(slow)),
            ("THROUGHPUT_OPTIMIZED_HDD", 500, Ok(())),
        ] {
            let aws =
                json!({"ebs_volume_type": kind, "ebs_volume_size": size, "ebs_volume_count": 1});
            check("i3.xlarge", json!({"aws_attributes": aws}), expected);
        }
    }
}
