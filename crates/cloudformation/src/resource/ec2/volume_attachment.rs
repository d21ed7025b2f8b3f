//! `AWS::EC2::VolumeAttachment`

use cloud::Fault;
use ec2::volume::attach::{AttachVolume, DetachVolume};
use serde::Deserialize;
use serde_json::json;

use crate::resource::{Attributes, Physical, Provision, ResourceType};

/// That a volume is attached to an instance.
#[derive(Debug)]
pub struct VolumeAttachment;

/// Its properties.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Properties {
    volume_id: String,
    instance_id: String,
    device: Option<String>,
    ebs_card_index: Option<i64>,
}

impl ResourceType for VolumeAttachment {
    const NAME: &'static str = "AWS::EC2::VolumeAttachment";
    type Properties = Properties;

    /// The id joins what identifies it (the schema's `primaryIdentifier`).
    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        on.write::<AttachVolume>(json!({
            "VolumeId": properties.volume_id,
            "InstanceId": properties.instance_id,
            "Device": properties.device,
            "EbsCardIndex": properties.ebs_card_index,
        }))?;
        let id = format!("{}|{}", properties.volume_id, properties.instance_id);
        Ok(Physical { id, attributes: Attributes::new() })
    }

    /// Every property replaces it.
    fn update(
        _: Properties,
        _: Properties,
        physical: &Physical,
        _: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        Ok(physical.clone())
    }

    fn delete(
        properties: Properties,
        _: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let outcome = on.write::<DetachVolume>(json!({
            "VolumeId": properties.volume_id,
            "InstanceId": properties.instance_id,
        }));
        on.unless_gone(outcome, &["IncorrectState", "InvalidVolume.NotFound"])
    }
}
