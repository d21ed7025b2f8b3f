//! What a launch will be: everything that is asked for, found and checked. Whoever asks IAM and whoever makes
//! the instances work from the same plan.

use std::sync::Arc;

use cloud::{Ask, Fault};

use crate::image::{self, Image, parameter};
use crate::instance::{Attributes, MetadataOptions};
use crate::instance_profile::Profile;
use crate::instance_type::{self, InstanceType};
use crate::key_pair::{self, KeyPairRow};
use crate::launch::device::{self, DevicePlan};
use crate::launch::interface::{self, Addressing, InterfacePlan};
use crate::launch::specification::{LaunchData, SpotOptions, TemplateSpecification};
use crate::launch::template::overlay;
use crate::launch::{options, place};
use crate::launch_template::LaunchTemplateRow;
use crate::subnet::SubnetRow;

/// The type of a launch that names none (API reference, `RunInstances`).
const DEFAULT_TYPE: &str = "m1.small";

/// A launch.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The template that it is from, with the number of its version.
    pub template: Option<(Arc<LaunchTemplateRow>, u64)>,
    /// What the request itself says.
    pub own: LaunchData,
    /// What request and template say together.
    pub data: LaunchData,
    /// The image.
    pub image: &'static Image,
    /// The type.
    pub kind: &'static InstanceType,
    /// The subnet of the first network interface.
    pub subnet: Arc<SubnetRow>,
    /// The network interfaces, in the order of their device indexes.
    pub interfaces: Vec<InterfacePlan>,
    /// The volumes, the root volume first.
    pub devices: Vec<DevicePlan>,
    /// The profile.
    pub profile: Option<Profile>,
    /// The key pair.
    pub key: Option<Arc<KeyPairRow>>,
    /// What the metadata service will be like.
    pub metadata: MetadataOptions,
    /// The attributes.
    pub attributes: Attributes,
    /// What is wanted of the Spot market; none for instances on demand.
    pub spot: Option<SpotOptions>,
}

impl Plan {
    /// The plan of a launch.
    ///
    /// # Errors
    /// EC2's for everything that does not exist or does not fit.
    pub fn new(
        ask: &Ask<'_>,
        operation: &'static str,
        own: LaunchData,
        template: Option<&TemplateSpecification>,
        addressing: Addressing<'_>,
    ) -> Result<Self, Fault> {
        let found = template.map(|template| template.find(ask)).transpose()?;
        let data = match &found {
            Some((_, version)) => overlay(version.data.clone(), own.clone()),
            None => own.clone(),
        };
        data.check_modelled(operation)?;
        let Some(image_id) = data.image_id.as_deref().filter(|id| !id.is_empty()) else {
            let text = "The request must contain the parameter ImageId";
            return Err(Fault::new("MissingParameter", text));
        };
        let image = match parameter::of_launch(image_id)? {
            Some(name) => parameter::image(ask.region, name)?,
            None => image::find(ask.region, image_id)?,
        };
        let kind = instance_type::wanted(data.instance_type.as_deref().unwrap_or(DEFAULT_TYPE))?;
        check_fit(image, kind)?;
        // Before what the instance is in: an unknown profile is told of whatever else is wrong (unverified).
        let profile = data.iam_instance_profile.as_ref().filter(|profile| !profile.is_empty());
        let profile = profile.map(|profile| profile.find(ask)).transpose()?;
        let key = data.key_name.as_deref().filter(|name| !name.is_empty());
        let key = key.map(|name| key_pair::find(ask, name)).transpose()?;
        let subnet_id = interface::subnet_id(ask, &data, addressing)?;
        let subnet = place::subnet(ask, &data, subnet_id.as_deref(), kind.name)?;
        let interfaces = interface::plan(ask, &data, addressing, &subnet, kind.max_interfaces)?;
        Ok(Self {
            devices: device::plan(ask, image, &data.block_device_mapping)?,
            metadata: options::metadata(ask, image, data.metadata_options.as_ref())?,
            attributes: options::attributes(&data, kind)?,
            spot: spot(&data, kind)?,
            template: found.map(|(template, version)| (template, version.number)),
            own,
            data,
            image,
            kind,
            subnet,
            interfaces,
            profile,
            key,
        })
    }

    /// `default` or `dedicated`.
    #[must_use]
    pub fn tenancy(&self) -> &str {
        let placement = self.data.placement.as_ref();
        let tenancy = placement.and_then(|placement| placement.tenancy.as_deref());
        tenancy.filter(|tenancy| !tenancy.is_empty()).unwrap_or("default")
    }
}

/// Refuses a type that cannot run the image.
fn check_fit(image: &Image, kind: &InstanceType) -> Result<(), Fault> {
    if !kind.architectures.contains(&image.architecture) {
        let text = format!(
            "The architecture '{}' of the specified instance type does not match the architecture '{}' of \
             the specified AMI. Specify an instance type and an AMI that have matching architectures, and \
             try again. You can use 'describe-instance-types' or 'describe-images' to discover the \
             architecture of the instance type or AMI.",
            kind.architectures.join(","),
            image.architecture
        );
        return Err(Fault::new("InvalidParameterValue", text));
    }
    if !kind.virtualization_types.contains(&image.virtualization_type) {
        let wanted = kind.virtualization_types.first().map(String::as_str).unwrap_or_default();
        let text = format!(
            "Virtualization type '{wanted}' is required for instances of type '{}'. Ensure that you are \
             using an AMI with virtualization type '{wanted}'.",
            kind.name
        );
        return Err(Fault::new("InvalidParameterCombination", text));
    }
    Ok(())
}

fn spot(data: &LaunchData, kind: &InstanceType) -> Result<Option<SpotOptions>, Fault> {
    let Some(market) = &data.instance_market_options else { return Ok(None) };
    match market.market_type.as_deref() {
        None | Some("") => Ok(None),
        Some("spot") if kind.usage_classes.iter().any(|class| class == "spot") => {
            Ok(Some(market.spot_options.clone().unwrap_or_default()))
        }
        Some("spot") => {
            // unverified: the text.
            let text = format!("Spot Instances of type '{}' are not supported.", kind.name);
            Err(Fault::new("InvalidParameterCombination", text))
        }
        Some("capacity-block") => {
            let text =
                "rolecall does not model `MarketType=capacity-block`: use `spot`, or leave it out";
            Err(Fault::new("NotImplemented", text))
        }
        Some(other) => {
            let text = format!("Value ({other}) for parameter marketType is invalid.");
            Err(Fault::new("InvalidParameterValue", text))
        }
    }
}
