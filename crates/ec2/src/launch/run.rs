//! `RunInstances`

use cloud::tag::Tag;
use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use crate::client_token::{self, Fingerprint};
use crate::fleet;
use crate::instance::InstanceRow;
use crate::instance::shape::ReservationShape;
use crate::instance_profile::ProfileSpecification;
use crate::kind::Kind;
use crate::launch::interface::Addressing;
use crate::launch::make::{self, Together};
use crate::launch::specification::{
    BlockDeviceMapping, CapacityReservationSpecification, Configured, CpuOptions,
    CreditSpecification, Enabled, InterfaceSpecification, LaunchData, MaintenanceOptions,
    MarketOptions, MetadataOptionsSpecification, PlacementSpecification, Present,
    PrivateDnsNameOptions, TemplateSpecification,
};
use crate::launch::{Plan, TAGGABLE, demands, user_data};
use crate::regional;
use crate::spot_request;
use crate::tag::{self, TagSpecification};
use crate::unmodelled::Unmodelled;

/// Instances of one launch: as many as one write of the store holds. AWS's own quotas, which count virtual
/// CPUs, are not modelled.
pub const MAX_LAUNCH: i32 = 1000;

/// `RunInstances`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the fields are named and described in the API reference")]
pub struct RunInstances {
    pub block_device_mapping: Vec<BlockDeviceMapping>,
    pub image_id: Option<String>,
    pub instance_type: Option<String>,
    pub key_name: Option<String>,
    pub max_count: Option<i32>,
    pub min_count: Option<i32>,
    pub monitoring: Option<Enabled>,
    pub placement: Option<PlacementSpecification>,
    pub security_group_id: Vec<String>,
    pub security_group: Vec<String>,
    pub subnet_id: Option<String>,
    pub user_data: Option<String>,
    pub tag_specification: Vec<TagSpecification>,
    pub launch_template: Option<TemplateSpecification>,
    pub instance_market_options: Option<MarketOptions>,
    pub credit_specification: Option<CreditSpecification>,
    pub cpu_options: Option<CpuOptions>,
    pub capacity_reservation_specification: Option<CapacityReservationSpecification>,
    pub hibernation_options: Option<Configured>,
    pub metadata_options: Option<MetadataOptionsSpecification>,
    pub enclave_options: Option<Enabled>,
    pub private_dns_name_options: Option<PrivateDnsNameOptions>,
    pub maintenance_options: Option<MaintenanceOptions>,
    pub disable_api_stop: Option<bool>,
    pub disable_api_termination: Option<bool>,
    pub dry_run: Option<bool>,
    pub instance_initiated_shutdown_behavior: Option<String>,
    pub private_ip_address: Option<String>,
    pub client_token: Option<String>,
    pub network_interface: Vec<InterfaceSpecification>,
    pub iam_instance_profile: Option<ProfileSpecification>,
    pub ebs_optimized: Option<bool>,
    pub ipv6_address_count: Option<i32>,
    pub ipv6_address: Option<Present>,
    pub enable_primary_ipv6: Option<bool>,
    pub kernel_id: Option<Present>,
    pub ramdisk_id: Option<Present>,
    pub additional_info: Option<Present>,
    pub elastic_gpu_specification: Option<Present>,
    pub elastic_inference_accelerator: Option<Present>,
    pub license_specification: Option<Present>,
    pub network_performance_options: Option<Present>,
    pub operator: Option<Present>,
    pub secondary_interface: Option<Present>,
    /// Who launches on behalf of whom: set by the operations that launch, not by clients.
    #[serde(skip)]
    pub origin: Origin,
}

/// On behalf of what a launch is made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Origin {
    /// Of whoever called `RunInstances`.
    #[default]
    Request,
    /// Of a request for Spot Instances that is there already.
    SpotRequest(String),
    /// Of a fleet, whose id is a tag of its instances.
    Fleet(String),
}

/// What `RunInstances` answers: a reservation.
pub type RunInstancesOutput = ReservationShape;

impl RunInstances {
    /// A launch of `count` instances of `image_id`.
    #[must_use]
    pub fn new(image_id: impl Into<String>, instance_type: impl Into<String>, count: i32) -> Self {
        Self {
            image_id: Some(image_id.into()),
            instance_type: Some(instance_type.into()),
            min_count: Some(count),
            max_count: Some(count),
            ..Self::default()
        }
    }

    /// A launch of one instance of what a template or a request for Spot Instances holds.
    #[must_use]
    pub fn from_data(data: LaunchData) -> Self {
        Self {
            min_count: Some(1),
            max_count: Some(1),
            ebs_optimized: data.ebs_optimized,
            iam_instance_profile: data.iam_instance_profile,
            block_device_mapping: data.block_device_mapping,
            network_interface: data.network_interface,
            image_id: data.image_id,
            instance_type: data.instance_type,
            key_name: data.key_name,
            monitoring: data.monitoring,
            placement: data.placement,
            disable_api_termination: data.disable_api_termination,
            disable_api_stop: data.disable_api_stop,
            instance_initiated_shutdown_behavior: data.instance_initiated_shutdown_behavior,
            user_data: data.user_data,
            tag_specification: data.tag_specification,
            security_group_id: data.security_group_id,
            security_group: data.security_group,
            instance_market_options: data.instance_market_options,
            credit_specification: data.credit_specification,
            cpu_options: data.cpu_options,
            capacity_reservation_specification: data.capacity_reservation_specification,
            hibernation_options: data.hibernation_options,
            metadata_options: data.metadata_options,
            enclave_options: data.enclave_options,
            private_dns_name_options: data.private_dns_name_options,
            maintenance_options: data.maintenance_options,
            ..Self::default()
        }
    }

    /// What a launch template can hold, too.
    fn data(&self) -> LaunchData {
        let one = self.clone();
        LaunchData {
            ebs_optimized: one.ebs_optimized,
            iam_instance_profile: one.iam_instance_profile,
            block_device_mapping: one.block_device_mapping,
            network_interface: one.network_interface,
            image_id: one.image_id,
            instance_type: one.instance_type,
            key_name: one.key_name,
            monitoring: one.monitoring,
            placement: one.placement,
            disable_api_termination: one.disable_api_termination,
            disable_api_stop: one.disable_api_stop,
            instance_initiated_shutdown_behavior: one.instance_initiated_shutdown_behavior,
            user_data: one.user_data,
            tag_specification: one.tag_specification,
            security_group_id: one.security_group_id,
            security_group: one.security_group,
            instance_market_options: one.instance_market_options,
            credit_specification: one.credit_specification,
            cpu_options: one.cpu_options,
            capacity_reservation_specification: one.capacity_reservation_specification,
            hibernation_options: one.hibernation_options,
            metadata_options: one.metadata_options,
            enclave_options: one.enclave_options,
            private_dns_name_options: one.private_dns_name_options,
            maintenance_options: one.maintenance_options,
            kernel_id: one.kernel_id,
            ram_disk_id: one.ramdisk_id,
            elastic_gpu_specification: one.elastic_gpu_specification,
            elastic_inference_accelerator: one.elastic_inference_accelerator,
            license_specification: one.license_specification,
            instance_requirements: None,
            operator: one.operator,
            network_performance_options: one.network_performance_options,
            secondary_interface: one.secondary_interface,
        }
    }

    fn plan(&self, ask: &Ask<'_>) -> Result<Plan, Fault> {
        let addressing = Addressing {
            subnet_id: self.subnet_id.as_deref().filter(|id| !id.is_empty()),
            private_ip_address: self.private_ip_address.as_deref(),
        };
        Plan::new(ask, Self::NAME, self.data(), self.launch_template.as_ref(), addressing)
    }

    fn fingerprint(&self) -> Fingerprint {
        let (network, template) =
            ((&self.subnet_id, &self.private_ip_address), &self.launch_template);
        Fingerprint::of(&(self.data(), network, template, self.min_count, self.max_count))
    }

    fn counts(&self) -> Result<(i32, i32), Fault> {
        let missing = |name: &str| {
            Fault::new("MissingParameter", format!("The request must contain the parameter {name}"))
        };
        let least = self.min_count.ok_or_else(|| missing("MinCount"))?;
        let most = self.max_count.ok_or_else(|| missing("MaxCount"))?;
        Ok((least, most))
    }
}

impl Operation for RunInstances {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "RunInstances";
    type Output = RunInstancesOutput;

    fn check(&self) -> Result<(), Fault> {
        let (least, most) = self.counts()?;
        let invalid = |code: &'static str, text: String| Err(Fault::new(code, text));
        if least < 1 {
            let text = format!("Value ({least}) for parameter minCount is invalid.");
            return invalid("InvalidParameterValue", text);
        }
        if most < least {
            // unverified: the text.
            let text = format!(
                "Value ({most}) for parameter maxCount is invalid. It must not be less than minCount."
            );
            return invalid("InvalidParameterValue", text);
        }
        if least > MAX_LAUNCH {
            let text = format!(
                "You have requested more instances ({least}) than your current instance limit of \
                 {MAX_LAUNCH} allows for the specified instance type."
            );
            return invalid("InstanceLimitExceeded", text);
        }
        client_token::check(self.client_token.as_deref())?;
        if let Some(data) = &self.user_data {
            user_data::check(data, "InvalidParameterValue")?;
        }
        Unmodelled::new(Self::NAME)
            .flag("Ipv6AddressCount", self.ipv6_address_count.is_some_and(|count| count > 0))
            .value("Ipv6Address", self.ipv6_address.as_ref())
            .flag("EnablePrimaryIpv6", self.enable_primary_ipv6 == Some(true))
            .value("AdditionalInfo", self.additional_info.as_ref())
            .finish()?;
        tag::check_specifications(&self.tag_specification, &TAGGABLE)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(demands::of(ask, &self.plan(ask)?))
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for RunInstances {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<RunInstancesOutput, Fault> {
        let token = self.client_token.as_deref();
        if let Some(ids) = client_token::known(act, Self::NAME, token, &self.fingerprint())? {
            return again(act, &ids);
        }
        let plan = self.plan(&act.ask())?;
        let (_, most) = self.counts()?;
        let together = Together {
            reservation_id: make::reservation_id(act),
            client_token: self.client_token.clone(),
            system_tags: self.system_tags(&plan),
        };
        let new_request = !matches!(self.origin, Origin::SpotRequest(_));
        if plan.spot.is_some() && new_request {
            spot_request::ensure_role(act)?;
        }
        let mut rows = Vec::new();
        for index in 0..u32::try_from(most.min(MAX_LAUNCH)).unwrap_or_default() {
            let request_id = self.spot_request(act, &plan)?;
            let row = make::instance(act, &plan, &together, index, request_id.clone())?;
            if let (Some(request_id), true) = (request_id, new_request) {
                spot_request::of_launch(act, &plan, &request_id, &row)?;
            }
            rows.push(row);
        }
        let ids = rows.iter().map(|row| row.id.clone()).collect();
        client_token::remember(act, Self::NAME, token, self.fingerprint(), ids)?;
        ReservationShape::launched(&act.ask(), &rows)
    }
}

impl RunInstances {
    /// The id of the request for a Spot Instance that an instance is to fulfil.
    fn spot_request(&self, act: &mut Act<'_, '_>, plan: &Plan) -> Result<Option<String>, Fault> {
        Ok(match (&self.origin, &plan.spot) {
            (Origin::SpotRequest(id), _) => Some(id.clone()),
            (_, Some(_)) => Some(Kind::SpotInstancesRequest.new_id(act.entropy)),
            (_, None) => None,
        })
    }

    /// The tags that EC2 sets itself: the template, which Terraform reads back, and the fleet.
    fn system_tags(&self, plan: &Plan) -> Vec<Tag> {
        let tag = |key: &str, value: String| Tag { key: key.to_owned(), value };
        let mut tags = Vec::new();
        if let Some((template, version)) = &plan.template {
            tags.push(tag("aws:ec2launchtemplate:id", template.id.clone()));
            tags.push(tag("aws:ec2launchtemplate:version", version.to_string()));
        }
        if let Origin::Fleet(id) = &self.origin {
            tags.push(tag(fleet::TAG, id.clone()));
        }
        tags
    }
}

/// What the first request with the same token answered, as its instances are now.
fn again(act: &mut Act<'_, '_>, ids: &[String]) -> Result<RunInstancesOutput, Fault> {
    let rows = ids.iter().map(|id| regional::find::<InstanceRow>(&act.ask(), id));
    let rows =
        rows.map(|row| row.map(|row| InstanceRow::clone(&row))).collect::<Result<Vec<_>, _>>()?;
    ReservationShape::launched(&act.ask(), &rows)
}
