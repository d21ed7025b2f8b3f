//! What can be asked of a fleet, with the names that clients send, and the same as EC2 answers it.

#![expect(missing_docs, reason = "the fields are named and described in the API reference")]

use cloud::Fault;
use serde::{Deserialize, Serialize};

use crate::launch::specification::{Present, TemplateSpecification, respell};
use crate::unmodelled::Unmodelled;

/// A launch template, and what is to differ from it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Config {
    pub launch_template_specification: TemplateSpecification,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
}

/// What is to differ from a launch template.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Override {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_price: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weighted_capacity: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placement: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_device_mapping: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_requirements: Option<Present>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_zone_id: Option<Present>,
}

/// How many instances.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Target {
    pub total_target_capacity: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_demand_target_capacity: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spot_target_capacity: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_target_capacity_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_capacity_unit_type: Option<String>,
}

/// How the Spot market is used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SpotOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocation_strategy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_interruption_behavior: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_pools_to_use_count: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub single_instance_type: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub single_availability_zone: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_target_capacity: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_total_price: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maintenance_strategies: Option<Present>,
}

/// How instances are launched on demand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct OnDemandOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocation_strategy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub single_instance_type: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub single_availability_zone: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_target_capacity: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_total_price: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_reservation_options: Option<Present>,
}

impl Target {
    /// How many on demand, and how many of the Spot market: what neither names is of the default type.
    #[must_use]
    pub fn split(&self) -> (i32, i32) {
        let on_demand = self.on_demand_target_capacity.unwrap_or_default();
        let spot = self.spot_target_capacity.unwrap_or_default();
        let rest = self.total_target_capacity.saturating_sub(on_demand).saturating_sub(spot).max(0);
        match self.default_target_capacity_type.as_deref() {
            Some("spot") => (on_demand, spot.saturating_add(rest)),
            _ => (on_demand.saturating_add(rest), spot),
        }
    }

    /// Checks the numbers.
    ///
    /// # Errors
    /// `InvalidParameterValue` (unverified: its texts), `NotImplemented`.
    pub(crate) fn check(&self, operation: &'static str) -> Result<(), Fault> {
        let unit = self.target_capacity_unit_type.as_deref();
        Unmodelled::new(operation)
            .flag("TargetCapacityUnitType", unit.is_some_and(|unit| unit != "units"))
            .finish()?;
        let invalid = |text: String| Err(Fault::new("InvalidParameterValue", text));
        let kind = self.default_target_capacity_type.as_deref();
        if kind.is_some_and(|kind| !matches!(kind, "spot" | "on-demand")) {
            let kind = kind.unwrap_or_default();
            return invalid(format!(
                "Value ({kind}) for parameter defaultTargetCapacityType is invalid."
            ));
        }
        let total = self.total_target_capacity;
        let (on_demand, spot) =
            (self.on_demand_target_capacity.unwrap_or(0), self.spot_target_capacity.unwrap_or(0));
        if total < 0 || on_demand < 0 || spot < 0 || on_demand.saturating_add(spot) > total {
            return invalid(format!(
                "Value ({total}) for parameter totalTargetCapacity is invalid."
            ));
        }
        Ok(())
    }
}

impl Config {
    /// Refuses by name what is not modelled.
    pub(crate) fn check_modelled(&self, operation: &'static str) -> Result<(), Fault> {
        let mut unmodelled = Unmodelled::new(operation);
        for one in &self.overrides {
            unmodelled = unmodelled
                .value("Overrides.Placement", one.placement.as_ref())
                .value("Overrides.BlockDeviceMapping", one.block_device_mapping.as_ref())
                .value("Overrides.InstanceRequirements", one.instance_requirements.as_ref())
                .value("Overrides.AvailabilityZoneId", one.availability_zone_id.as_ref());
        }
        unmodelled.finish()
    }
}

/// A template with one of its overrides, as EC2 answers it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PoolShape {
    launch_template_specification: TemplateShape,
    overrides: Option<OverrideShape>,
}

/// A configuration as EC2 answers it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"))]
pub struct ConfigShape {
    launch_template_specification: TemplateShape,
    #[serde(default)]
    overrides: Vec<OverrideShape>,
}

/// Which template, as EC2 answers it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"), default)]
pub struct TemplateShape {
    launch_template_id: Option<String>,
    launch_template_name: Option<String>,
    version: Option<String>,
}

/// What differs, as EC2 answers it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"), default)]
pub struct OverrideShape {
    instance_type: Option<String>,
    max_price: Option<String>,
    subnet_id: Option<String>,
    availability_zone: Option<String>,
    weighted_capacity: Option<f64>,
    priority: Option<f64>,
    image_id: Option<String>,
}

/// How many instances, as EC2 answers it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetShape {
    total_target_capacity: i32,
    on_demand_target_capacity: i32,
    spot_target_capacity: i32,
    default_target_capacity_type: String,
}

/// How the Spot market is used, as EC2 answers it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"), default)]
pub struct SpotOptionsShape {
    allocation_strategy: Option<String>,
    instance_interruption_behavior: Option<String>,
    instance_pools_to_use_count: Option<i32>,
    single_instance_type: Option<bool>,
    single_availability_zone: Option<bool>,
    min_target_capacity: Option<i32>,
    max_total_price: Option<String>,
}

/// How instances are launched on demand, as EC2 answers it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"), default)]
pub struct OnDemandOptionsShape {
    allocation_strategy: Option<String>,
    single_instance_type: Option<bool>,
    single_availability_zone: Option<bool>,
    min_target_capacity: Option<i32>,
    max_total_price: Option<String>,
}

impl PoolShape {
    /// How a template with an override is shown.
    ///
    /// # Errors
    /// As [`respell`].
    pub(crate) fn of(
        template: &TemplateSpecification,
        over: Option<&Override>,
    ) -> Result<Self, Fault> {
        Ok(Self {
            launch_template_specification: respell(template)?,
            overrides: over.map(respell).transpose()?,
        })
    }
}

impl TargetShape {
    /// How a target is shown: with both parts.
    pub(crate) fn of(target: &Target) -> Self {
        let (on_demand, spot) = target.split();
        let kind = target.default_target_capacity_type.clone();
        Self {
            total_target_capacity: target.total_target_capacity,
            on_demand_target_capacity: on_demand,
            spot_target_capacity: spot,
            default_target_capacity_type: kind.unwrap_or_else(|| "on-demand".to_owned()),
        }
    }
}
