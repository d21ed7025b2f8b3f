//! `RequestSpotInstances`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use crate::client_token::{self, Fingerprint};
use crate::demand;
use crate::instance_profile::ProfileSpecification;
use crate::kind::Kind;
use crate::launch::interface::Addressing;
use crate::launch::specification::{
    BlockDeviceMapping, Enabled, InterfaceSpecification, LaunchData, MarketOptions,
    PlacementSpecification, Present, SpotOptions,
};
use crate::launch::{Plan, user_data};
use crate::regional;
use crate::spot_request::describe::SpotRequestShape;
use crate::spot_request::{self, SpotRequestRow};
use crate::tag::{self, TagSpecification};
use crate::unmodelled::Unmodelled;

/// Requests of one call ("Spot Instance limits" count virtual CPUs and are not modelled).
pub const MAX_REQUESTS: i32 = 500;

/// `RequestSpotInstances`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the fields are named and described in the API reference")]
pub struct RequestSpotInstances {
    pub dry_run: Option<bool>,
    pub client_token: Option<String>,
    pub instance_count: Option<i32>,
    pub spot_price: Option<String>,
    pub r#type: Option<String>,
    pub valid_from: Option<String>,
    pub valid_until: Option<String>,
    pub launch_group: Option<Present>,
    pub availability_zone_group: Option<Present>,
    pub block_duration_minutes: Option<Present>,
    pub instance_interruption_behavior: Option<String>,
    pub launch_specification: Option<LaunchSpecification>,
    pub tag_specification: Vec<TagSpecification>,
}

/// What is launched.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the fields are named and described in the API reference")]
pub struct LaunchSpecification {
    pub security_group_id: Vec<String>,
    pub security_group: Vec<String>,
    pub addressing_type: Option<Present>,
    pub block_device_mapping: Vec<BlockDeviceMapping>,
    pub ebs_optimized: Option<bool>,
    pub iam_instance_profile: Option<ProfileSpecification>,
    pub image_id: Option<String>,
    pub instance_type: Option<String>,
    pub kernel_id: Option<Present>,
    pub key_name: Option<String>,
    pub monitoring: Option<Enabled>,
    pub network_interface: Vec<InterfaceSpecification>,
    pub placement: Option<PlacementSpecification>,
    pub ramdisk_id: Option<Present>,
    pub subnet_id: Option<String>,
    pub user_data: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestedOutput {
    /// The requests.
    pub spot_instance_request_set: Vec<SpotRequestShape>,
}

impl RequestSpotInstances {
    fn options(&self) -> SpotOptions {
        SpotOptions {
            max_price: self.price().map(str::to_owned),
            spot_instance_type: self.r#type.clone(),
            block_duration_minutes: None,
            valid_until: self.valid_until.clone(),
            instance_interruption_behavior: self.instance_interruption_behavior.clone(),
        }
    }

    /// The highest price. An empty one is none: Terraform's `aws_spot_instance_request` sends that, and its
    /// acceptance test `TestAccEC2SpotInstanceRequest_withoutSpotPrice` passes on AWS.
    fn price(&self) -> Option<&str> {
        self.spot_price.as_deref().filter(|price| !price.is_empty())
    }

    fn data(&self) -> LaunchData {
        let one = self.launch_specification.clone().unwrap_or_default();
        LaunchData {
            security_group_id: one.security_group_id,
            security_group: one.security_group,
            block_device_mapping: one.block_device_mapping,
            ebs_optimized: one.ebs_optimized,
            iam_instance_profile: one.iam_instance_profile,
            image_id: one.image_id,
            instance_type: one.instance_type,
            kernel_id: one.kernel_id,
            ram_disk_id: one.ramdisk_id,
            key_name: one.key_name,
            monitoring: one.monitoring,
            network_interface: one.network_interface,
            placement: one.placement,
            user_data: one.user_data,
            instance_market_options: Some(MarketOptions {
                market_type: Some("spot".to_owned()),
                spot_options: Some(self.options()),
            }),
            ..LaunchData::default()
        }
    }

    fn plan(&self, ask: &Ask<'_>) -> Result<Plan, Fault> {
        let specification = self.launch_specification.as_ref();
        let subnet_id = specification.and_then(|one| one.subnet_id.as_deref());
        let subnet_id = subnet_id.filter(|id| !id.is_empty());
        let addressing = Addressing { subnet_id, private_ip_address: None };
        Plan::new(ask, Self::NAME, self.data(), None, addressing)
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&(&self.launch_specification, self.options(), self.instance_count))
    }
}

impl Operation for RequestSpotInstances {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "RequestSpotInstances";
    type Output = RequestedOutput;

    fn check(&self) -> Result<(), Fault> {
        let invalid = |name: &str, value: &str| {
            let text = format!("Value ({value}) for parameter {name} is invalid.");
            Err(Fault::new("InvalidParameterValue", text))
        };
        let count = self.instance_count.unwrap_or(1);
        if !(1..=MAX_REQUESTS).contains(&count) {
            return invalid("instanceCount", &count.to_string());
        }
        if let Some(kind) =
            self.r#type.as_deref().filter(|it| !matches!(*it, "one-time" | "persistent"))
        {
            return invalid("type", kind);
        }
        if let Some(price) = self.price()
            && !price.parse::<f64>().is_ok_and(|price| price > 0.0)
        {
            return invalid("spotPrice", price);
        }
        let specification = self.launch_specification.as_ref();
        if let Some(data) = specification.and_then(|one| one.user_data.as_ref()) {
            user_data::check(data, "InvalidParameterValue")?;
        }
        Unmodelled::new(Self::NAME)
            .value("ValidFrom", self.valid_from.as_ref())
            .value("LaunchGroup", self.launch_group.as_ref())
            .value("AvailabilityZoneGroup", self.availability_zone_group.as_ref())
            .value("BlockDurationMinutes", self.block_duration_minutes.as_ref())
            .value("AddressingType", specification.and_then(|one| one.addressing_type.as_ref()))
            .finish()?;
        client_token::check(self.client_token.as_deref())?;
        tag::check_specifications(&self.tag_specification, &[Kind::SpotInstancesRequest])
    }

    /// The request, what is there already and is used, and the role in the profile. The launch itself is
    /// EC2's, with the service-linked role.
    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let plan = self.plan(ask)?;
        let tags = tag::specified(&self.tag_specification, Kind::SpotInstancesRequest);
        let action = "ec2:RequestSpotInstances";
        let kind = Kind::SpotInstancesRequest;
        let mut demands = demand::create(ask, action, kind, Vec::new(), &tags);
        let mut on = |kind: Kind, id: &str| demands.push(demand::on(ask, action, kind, id));
        on(Kind::Image, &plan.image.id);
        for interface in &plan.interfaces {
            on(Kind::Subnet, &interface.subnet.id);
            interface.groups.iter().for_each(|group| on(Kind::SecurityGroup, &group.id));
        }
        if let Some(key) = &plan.key {
            on(Kind::KeyPair, &key.id);
        }
        let instances = Kind::Instance.arn(ask.region, ask.account(), "*");
        demands.extend(plan.profile.iter().map(|profile| profile.pass_role(instances.clone())));
        Ok(demands)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for RequestSpotInstances {
    /// The answer shows requests that wait; whoever asks next finds them fulfilled.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<RequestedOutput, Fault> {
        let token = self.client_token.as_deref();
        if let Some(ids) = client_token::known(act, Self::NAME, token, &self.fingerprint())? {
            let rows = ids.iter().map(|id| regional::find::<SpotRequestRow>(&act.ask(), id));
            let rows = rows.collect::<Result<Vec<_>, _>>()?;
            let shapes = rows.iter().map(|row| SpotRequestShape::new(&act.ask(), row)).collect();
            return Ok(RequestedOutput { spot_instance_request_set: shapes });
        }
        let plan = self.plan(&act.ask())?;
        let tags = tag::specified(&self.tag_specification, Kind::SpotInstancesRequest);
        spot_request::ensure_role(act)?;
        let mut shapes = Vec::new();
        let mut ids = Vec::new();
        for _ in 0..self.instance_count.unwrap_or(1) {
            let id = Kind::SpotInstancesRequest.new_id(act.entropy);
            let row = SpotRequestRow::new(act, &plan, &self.options(), id.clone());
            regional::put(act, row.clone())?;
            tag::set(act, &id, &tags)?;
            shapes.push(SpotRequestShape::new(&act.ask(), &row));
            spot_request::fulfil(act, row)?;
            ids.push(id);
        }
        client_token::remember(act, Self::NAME, token, self.fingerprint(), ids)?;
        Ok(RequestedOutput { spot_instance_request_set: shapes })
    }
}
