//! `DescribeImages`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use crate::demand;
use crate::filter::{Field, Filter, Filters};
use crate::image::{self, Image};
use crate::kind::Kind;
use crate::page::{self, LEAST};

/// `DescribeImages`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeImages {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// These images.
    #[serde(default)]
    pub image_id: Vec<String>,
    /// Those of these owners: accounts, `self`, `amazon`, `aws-marketplace`.
    #[serde(default)]
    pub owner: Vec<String>,
    /// Those that these may launch: accounts, `self`, `all`.
    #[serde(default)]
    pub executable_by: Vec<String>,
    /// Those that match.
    #[serde(default)]
    pub filter: Vec<Filter>,
    /// Deprecated ones, too; there are none.
    pub include_deprecated: Option<bool>,
    /// Disabled ones, too; there are none.
    pub include_disabled: Option<bool>,
    /// At most so many.
    pub max_results: Option<i32>,
    /// From where the last answer ended.
    pub next_token: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImagesOutput {
    images_set: Vec<ImageShape>,
    next_token: Option<String>,
}

/// An image as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageShape {
    image_id: &'static str,
    image_location: String,
    image_state: &'static str,
    image_owner_id: &'static str,
    creation_date: &'static str,
    is_public: bool,
    architecture: &'static str,
    image_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<&'static str>,
    sriov_net_support: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_owner_alias: Option<&'static str>,
    name: &'static str,
    description: &'static str,
    root_device_type: &'static str,
    root_device_name: &'static str,
    block_device_mapping: Vec<BlockDevice>,
    virtualization_type: &'static str,
    hypervisor: &'static str,
    ena_support: bool,
    platform_details: &'static str,
    usage_operation: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    imds_support: Option<&'static str>,
}

/// A device of an image.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockDevice {
    device_name: &'static str,
    ebs: Ebs,
}

/// A volume of an image.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ebs {
    snapshot_id: &'static str,
    volume_size: i32,
    delete_on_termination: bool,
    volume_type: &'static str,
    encrypted: bool,
}

const FIELDS: &[Field<&'static Image>] = &[
    ("architecture", |_, image| vec![image.architecture.clone()]),
    ("block-device-mapping.delete-on-termination", |_, _| vec!["true".to_owned()]),
    ("block-device-mapping.device-name", |_, image| vec![image.root_device_name.clone()]),
    ("block-device-mapping.encrypted", |_, _| vec!["false".to_owned()]),
    ("block-device-mapping.snapshot-id", |_, image| vec![image.snapshot_id.clone()]),
    ("block-device-mapping.volume-size", |_, image| vec![image.root_volume_gib.to_string()]),
    ("block-device-mapping.volume-type", |_, image| vec![image.root_volume_type.to_owned()]),
    ("creation-date", |_, image| vec![image.created.clone()]),
    ("description", |_, image| vec![image.description.clone()]),
    ("ena-support", |_, image| vec![(image.virtualization_type == "hvm").to_string()]),
    ("hypervisor", |_, _| vec!["xen".to_owned()]),
    ("image-id", |_, image| vec![image.id.clone()]),
    ("image-type", |_, _| vec!["machine".to_owned()]),
    ("is-public", |_, _| vec!["true".to_owned()]),
    ("manifest-location", |_, image| vec![location(image)]),
    ("name", |_, image| vec![image.name.clone()]),
    ("owner-alias", |_, image| image.owner_alias.iter().map(|alias| (*alias).to_owned()).collect()),
    ("owner-id", |_, image| vec![image.owner_id.clone()]),
    ("platform", |_, image| image.platform.iter().cloned().collect()),
    ("root-device-name", |_, image| vec![image.root_device_name.clone()]),
    ("root-device-type", |_, image| vec![image.root_device_type.clone()]),
    ("state", |_, _| vec!["available".to_owned()]),
    ("virtualization-type", |_, image| vec![image.virtualization_type.clone()]),
];

impl Operation for DescribeImages {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeImages";
    type Output = ImagesOutput;

    fn check(&self) -> Result<(), Fault> {
        page::check_max_results(self.max_results, LEAST)?;
        page::check_no_pages(
            "imageIdsSet",
            &self.image_id,
            self.max_results,
            self.next_token.as_deref(),
        )?;
        self.image_id.iter().try_for_each(|id| Kind::Image.check(id))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![demand::on_all(ask, "ec2:DescribeImages")])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Read for DescribeImages {
    fn read(self, ask: &Ask<'_>) -> Result<ImagesOutput, Fault> {
        let filters = Filters::new(&self.filter, FIELDS, true)?;
        let unknown: Vec<&str> = self.image_id.iter().map(String::as_str).collect();
        let unknown: Vec<&str> =
            unknown.into_iter().filter(|id| image::get(ask.region, id).is_none()).collect();
        if !unknown.is_empty() {
            return Err(Kind::Image.none_of(&unknown));
        }
        let after = self.next_token.as_deref().map(page::read_token).transpose()?;
        let after = after.unwrap_or_default();
        let wanted = |image: &&'static Image| {
            image.id.as_str() > after.as_str()
                && (self.image_id.is_empty() || self.image_id.contains(&image.id))
                && (self.owner.is_empty()
                    || self.owner.iter().any(|owner| is_owner(ask, image, owner)))
                && (self.executable_by.is_empty()
                    || self.executable_by.iter().any(|by| by == "all"))
                && filters.match_all(ask, image, &image.id)
        };
        let images = image::all(ask.region).iter().filter(wanted).collect();
        let page = page::cut(images, self.max_results, |image: &&Image| image.id.clone());
        let images_set = page.items.into_iter().map(ImageShape::new).collect();
        Ok(ImagesOutput { images_set, next_token: page.next_token })
    }
}

fn is_owner(ask: &Ask<'_>, image: &Image, owner: &str) -> bool {
    match owner {
        "self" => image.owner_id == ask.account().as_str(),
        alias_or_id => image.owner_alias == Some(alias_or_id) || image.owner_id == alias_or_id,
    }
}

fn location(image: &Image) -> String {
    format!("{}/{}", image.owner_alias.unwrap_or(&image.owner_id), image.name)
}

impl ImageShape {
    fn new(image: &'static Image) -> Self {
        let ebs = Ebs {
            snapshot_id: &image.snapshot_id,
            volume_size: image.root_volume_gib,
            delete_on_termination: true,
            volume_type: image.root_volume_type,
            encrypted: false,
        };
        Self {
            image_id: &image.id,
            image_location: location(image),
            image_state: "available",
            image_owner_id: &image.owner_id,
            creation_date: &image.created,
            is_public: true,
            architecture: &image.architecture,
            image_type: "machine",
            platform: image.platform.as_deref(),
            sriov_net_support: "simple",
            image_owner_alias: image.owner_alias,
            name: &image.name,
            description: &image.description,
            root_device_type: &image.root_device_type,
            root_device_name: &image.root_device_name,
            block_device_mapping: vec![BlockDevice { device_name: &image.root_device_name, ebs }],
            virtualization_type: &image.virtualization_type,
            hypervisor: "xen",
            ena_support: image.virtualization_type == "hvm",
            platform_details: image.platform_details(),
            usage_operation: image.usage_operation(),
            imds_support: image.imds_v2.then_some("v2.0"),
        }
    }
}
