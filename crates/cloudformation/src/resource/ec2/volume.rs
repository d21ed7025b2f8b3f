//! `AWS::EC2::Volume`

use cloud::Fault;
use cloud::tag::Tag;
use ec2::volume::create::CreateVolume;
use ec2::volume::delete::DeleteVolume;
use ec2::volume::describe::DescribeVolumes;
use ec2::volume::modify::ModifyVolume;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{attributes, retag, tagged, text, told};
use crate::resource::{Attributes, Physical, Progress, Provision, ResourceType};

/// An EBS volume.
#[derive(Debug)]
pub struct Volume;

/// Its properties.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Properties {
    availability_zone: Option<String>,
    availability_zone_id: Option<String>,
    size: Option<i64>,
    snapshot_id: Option<String>,
    volume_type: Option<String>,
    iops: Option<i64>,
    throughput: Option<i64>,
    encrypted: Option<bool>,
    kms_key_id: Option<String>,
    multi_attach_enabled: Option<bool>,
    outpost_arn: Option<String>,
    volume_initialization_rate: Option<i64>,
    #[serde(rename = "AutoEnableIO")]
    auto_enable_io: Option<bool>,
    tags: Option<Vec<Tag>>,
}

impl ResourceType for Volume {
    const NAME: &'static str = "AWS::EC2::Volume";
    type Properties = Properties;

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        on.not_modelled("AutoEnableIO", properties.auto_enable_io == Some(true))?;
        let answer = on.write::<CreateVolume>(json!({
            "AvailabilityZone": properties.availability_zone,
            "AvailabilityZoneId": properties.availability_zone_id,
            "Size": properties.size,
            "SnapshotId": properties.snapshot_id,
            "VolumeType": properties.volume_type,
            "Iops": properties.iops,
            "Throughput": properties.throughput,
            "Encrypted": properties.encrypted,
            "KmsKeyId": properties.kms_key_id,
            "MultiAttachEnabled": properties.multi_attach_enabled.unwrap_or(false),
            "OutpostArn": properties.outpost_arn,
            "VolumeInitializationRate": properties.volume_initialization_rate,
            "TagSpecification": tagged("volume", properties.tags.as_deref()),
        }))?;
        let id = text(&answer, "/volumeId")?;
        let attributes = attributes([("VolumeId", json!(id))]);
        Ok(Physical { id, attributes })
    }

    fn created(physical: &Physical, on: &mut Provision<'_, '_, '_>) -> Result<Progress, Fault> {
        let input = json!({"VolumeId": [physical.id]});
        let volume = told::<DescribeVolumes>(on, input, "volumeSet")?;
        match volume.get("status").and_then(Value::as_str) {
            Some("creating") => Ok(Progress::Pending),
            _ => Ok(Progress::Done(Attributes::new())),
        }
    }

    /// What EC2 cannot change CloudFormation cannot either (user guide, `AWS::EC2::Volume`: "Updates are not
    /// supported"); the text is unverified.
    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        let fixed = |it: &Properties| {
            json!([
                it.availability_zone,
                it.availability_zone_id,
                it.snapshot_id,
                it.encrypted,
                it.kms_key_id,
                it.outpost_arn,
                it.volume_initialization_rate,
            ])
        };
        if fixed(&old) != fixed(&new) {
            let text = "Update to resource type AWS::EC2::Volume is not supported.";
            return Err(Fault::new("NotUpdatable", text));
        }
        on.not_modelled("AutoEnableIO", new.auto_enable_io == Some(true))?;
        let measures = |it: &Properties| {
            json!({
                "Size": it.size,
                "VolumeType": it.volume_type,
                "Iops": it.iops,
                "Throughput": it.throughput,
                "MultiAttachEnabled": it.multi_attach_enabled,
            })
        };
        let mut change = measures(&new);
        if change != measures(&old)
            && let Some(members) = change.as_object_mut()
        {
            members.insert("VolumeId".to_owned(), json!(physical.id));
            on.write::<ModifyVolume>(change)?;
        }
        retag(on, &physical.id, old.tags.as_deref(), new.tags.as_deref())?;
        Ok(physical.clone())
    }

    fn delete(
        _: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let outcome = on.write::<DeleteVolume>(json!({"VolumeId": physical.id}));
        on.unless_gone(outcome, &["InvalidVolume.NotFound"])
    }
}
