//! `ModifyInstanceAttribute` and `ModifyInstanceMetadataOptions`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use names::Word;
use serde::{Deserialize, Serialize};

use crate::demand;
use crate::instance::shape::MetadataOptionsShape;
use crate::instance::{InstanceRow, State};
use crate::instance_type;
use crate::kind::Kind;
use crate::launch::specification::{MetadataOptionsSpecification, Present};
use crate::launch::{options, user_data};
use crate::network_interface::{NetworkInterfaceRow, check_groups};
use crate::regional;
use crate::subnet::SubnetRow;
use crate::unmodelled::Unmodelled;

/// `ModifyInstanceAttribute`: one attribute, by its own parameter or by its name and value.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the fields are named and described in the API reference")]
pub struct ModifyInstanceAttribute {
    pub dry_run: Option<bool>,
    pub instance_id: String,
    pub attribute: Option<String>,
    pub value: Option<String>,
    pub source_dest_check: Option<BooleanValue>,
    pub disable_api_stop: Option<BooleanValue>,
    pub disable_api_termination: Option<BooleanValue>,
    pub ebs_optimized: Option<BooleanValue>,
    pub ena_support: Option<BooleanValue>,
    pub instance_type: Option<TextValue>,
    pub instance_initiated_shutdown_behavior: Option<TextValue>,
    pub user_data: Option<TextValue>,
    pub kernel: Option<Present>,
    pub ramdisk: Option<Present>,
    pub sriov_net_support: Option<Present>,
    pub group_id: Vec<String>,
    pub block_device_mapping: Vec<DeviceChange>,
}

/// A value that is true or false.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct BooleanValue {
    /// The value.
    pub value: Option<bool>,
}

/// A value that is text.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TextValue {
    /// The value.
    pub value: Option<String>,
}

/// A device whose volume is to go with the instance, or not.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeviceChange {
    /// The device.
    pub device_name: Option<String>,
    /// What of its volume.
    pub ebs: Option<EbsChange>,
    /// Not modelled.
    pub no_device: Option<String>,
    /// Not modelled.
    pub virtual_name: Option<String>,
}

/// What of a volume is changed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EbsChange {
    /// Whether it goes with the instance.
    pub delete_on_termination: Option<bool>,
    /// The volume.
    pub volume_id: Option<String>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    SourceDestCheck(bool),
    DisableApiStop(bool),
    DisableApiTermination(bool),
    EbsOptimized(bool),
    InstanceType(String),
    ShutdownTerminates(bool),
    UserData(String),
    Groups(Vec<String>),
    Devices(Vec<(String, bool)>),
}

impl Change {
    /// The attribute's name.
    fn name(&self) -> &'static str {
        match self {
            Self::SourceDestCheck(_) => "sourceDestCheck",
            Self::DisableApiStop(_) => "disableApiStop",
            Self::DisableApiTermination(_) => "disableApiTermination",
            Self::EbsOptimized(_) => "ebsOptimized",
            Self::InstanceType(_) => "instanceType",
            Self::ShutdownTerminates(_) => "instanceInitiatedShutdownBehavior",
            Self::UserData(_) => "userData",
            Self::Groups(_) => "groupSet",
            Self::Devices(_) => "blockDeviceMapping",
        }
    }
}

impl ModifyInstanceAttribute {
    /// The one change that is asked for.
    fn change(&self) -> Result<Change, Fault> {
        let mut changes = Vec::new();
        let yes =
            |value: &Option<BooleanValue>| value.as_ref().map(|it| it.value.unwrap_or_default());
        let text = |value: &Option<TextValue>| {
            value.as_ref().map(|it| it.value.clone().unwrap_or_default())
        };
        changes.extend(yes(&self.source_dest_check).map(Change::SourceDestCheck));
        changes.extend(yes(&self.disable_api_stop).map(Change::DisableApiStop));
        changes.extend(yes(&self.disable_api_termination).map(Change::DisableApiTermination));
        changes.extend(yes(&self.ebs_optimized).map(Change::EbsOptimized));
        changes.extend(text(&self.instance_type).map(Change::InstanceType));
        let behavior = text(&self.instance_initiated_shutdown_behavior);
        changes.extend(behavior.map(|word| shutdown(&word)).transpose()?);
        changes.extend(text(&self.user_data).map(Change::UserData));
        if !self.group_id.is_empty() {
            changes.push(Change::Groups(self.group_id.clone()));
        }
        if !self.block_device_mapping.is_empty() {
            changes.push(Change::Devices(devices(&self.block_device_mapping)?));
        }
        if let Some(attribute) = &self.attribute {
            // With `BlockDeviceMapping` the attribute is only named.
            if attribute != "blockDeviceMapping" || changes.is_empty() {
                changes.push(named(attribute, self.value.as_deref().unwrap_or_default())?);
            }
        }
        let mut changes = changes.into_iter();
        match (changes.next(), changes.next()) {
            (Some(change), None) => Ok(change),
            (Some(_), Some(_)) => {
                // "You can specify only one attribute at a time" (API reference); unverified: the text.
                let text = "Fields for multiple attribute types specified";
                Err(Fault::new("InvalidParameterCombination", text))
            }
            (None, _) => {
                let text = "No attributes specified.";
                Err(Fault::new("InvalidParameterCombination", text))
            }
        }
    }
}

fn shutdown(word: &str) -> Result<Change, Fault> {
    match word {
        "terminate" => Ok(Change::ShutdownTerminates(true)),
        "stop" => Ok(Change::ShutdownTerminates(false)),
        other => Err(invalid("instanceInitiatedShutdownBehavior", other)),
    }
}

fn devices(changes: &[DeviceChange]) -> Result<Vec<(String, bool)>, Fault> {
    let one = |change: &DeviceChange| {
        let goes = change.ebs.as_ref().and_then(|ebs| ebs.delete_on_termination);
        let name = change.device_name.clone().unwrap_or_default();
        goes.map(|goes| (name.clone(), goes)).ok_or_else(|| invalid("blockDeviceMapping", &name))
    };
    changes.iter().map(one).collect()
}

fn named(attribute: &str, value: &str) -> Result<Change, Fault> {
    let yes = || match value {
        "true" => Ok(true),
        "false" => Ok(false),
        other => Err(invalid("value", other)),
    };
    match attribute {
        "sourceDestCheck" => Ok(Change::SourceDestCheck(yes()?)),
        "disableApiStop" => Ok(Change::DisableApiStop(yes()?)),
        "disableApiTermination" => Ok(Change::DisableApiTermination(yes()?)),
        "ebsOptimized" => Ok(Change::EbsOptimized(yes()?)),
        "instanceType" => Ok(Change::InstanceType(value.to_owned())),
        "instanceInitiatedShutdownBehavior" => shutdown(value),
        "userData" => Ok(Change::UserData(value.to_owned())),
        other => Err(invalid("attribute", other)),
    }
}

/// The error for a value that a parameter cannot have.
pub(super) fn invalid(name: &str, value: &str) -> Fault {
    let text = format!("Value ({value}) for parameter {name} is invalid.");
    Fault::new("InvalidParameterValue", text)
}

impl Operation for ModifyInstanceAttribute {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ModifyInstanceAttribute";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        Kind::Instance.check(&self.instance_id)?;
        Unmodelled::new(Self::NAME)
            .value("EnaSupport", self.ena_support.as_ref())
            .value("Kernel", self.kernel.as_ref())
            .value("Ramdisk", self.ramdisk.as_ref())
            .value("SriovNetSupport", self.sriov_net_support.as_ref())
            .finish()?;
        match self.change()? {
            Change::UserData(data) => user_data::check(&data, "InvalidParameterValue"),
            Change::InstanceType(name) => instance_type::wanted(&name).map(drop),
            _ => Ok(()),
        }
    }

    /// Beside the instance, the groups that it is put in.
    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:ModifyInstanceAttribute";
        let change = self.change()?;
        let attribute = vec![("ec2:Attribute", change.name().to_owned())];
        let instance = &self.instance_id;
        let mut demands =
            vec![demand::on_with(ask, action, Kind::Instance, instance, attribute, &[])];
        if let Change::Groups(ids) = &change {
            let groups = ids.iter().map(|id| demand::on(ask, action, Kind::SecurityGroup, id));
            demands.extend(groups);
        }
        Ok(demands)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for ModifyInstanceAttribute {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let mut row = changeable(act, &self.instance_id)?;
        match self.change()? {
            Change::SourceDestCheck(check) => {
                return change_interface(act, &row, |_, one| {
                    one.source_dest_check = check;
                    Ok(())
                });
            }
            Change::Groups(ids) => {
                return change_interface(act, &row, |act, one| {
                    let subnet = regional::find::<SubnetRow>(&act.ask(), &one.subnet_id)?;
                    one.groups = check_groups(act, &subnet, ids)?;
                    Ok(())
                });
            }
            Change::DisableApiTermination(_) if row.spot_request_id.is_some() => {
                // github.com/cloud-custodian/cloud-custodian issue 2083
                let text = "Modifying 'disableApiTermination' is not supported for spot instances.";
                return Err(Fault::new("UnsupportedOperation", text));
            }
            Change::DisableApiStop(off) => row.attributes.disable_api_stop = off,
            Change::DisableApiTermination(off) => row.attributes.disable_api_termination = off,
            Change::ShutdownTerminates(does) => row.attributes.shutdown_terminates = does,
            Change::EbsOptimized(on) => {
                check_stopped(act, &row)?;
                row.attributes.ebs_optimized = on;
            }
            Change::UserData(data) => {
                check_stopped(act, &row)?;
                row.user_data = Some(data).filter(|data| !data.is_empty()).map(Word::from);
            }
            Change::InstanceType(name) => {
                check_stopped(act, &row)?;
                let kind = instance_type::wanted(&name)?;
                instance_type::check_offered(act.region, &row.placement.zone, kind.name)?;
                row.instance_type = name.into();
                row.attributes.cpu = None;
                row.attributes.unlimited_credits = kind.unlimited_by_default();
            }
            Change::Devices(changes) => {
                for (name, goes) in changes {
                    let device = row.devices.iter_mut().find(|device| device.name == name);
                    let Some(device) = device else {
                        let text = format!("No device is currently mapped at {name}");
                        return Err(Fault::new("InvalidInstanceAttributeValue", text));
                    };
                    device.delete_on_termination = goes;
                }
            }
        }
        regional::put(act, row)
    }
}

/// An instance that is not terminated, to be changed.
pub(super) fn changeable(act: &Act<'_, '_>, id: &str) -> Result<InstanceRow, Fault> {
    let row = regional::find::<InstanceRow>(&act.ask(), id)?;
    if row.life.is_over() {
        let text = format!("The instance '{id}' is terminated.");
        return Err(Fault::new("IncorrectInstanceState", text));
    }
    Ok(InstanceRow::clone(&row))
}

/// Some attributes can only be changed while the instance is stopped.
pub(super) fn check_stopped(act: &Act<'_, '_>, row: &InstanceRow) -> Result<(), Fault> {
    if row.life.state(act.now) == State::Stopped {
        return Ok(());
    }
    // Many quote it of a type; of the other attributes it is unverified.
    let text = format!("The instance '{}' is not in the 'stopped' state.", row.id);
    Err(Fault::new("IncorrectInstanceState", text))
}

/// Changes the first interface.
fn change_interface(
    act: &mut Act<'_, '_>,
    row: &InstanceRow,
    change: impl FnOnce(&Act<'_, '_>, &mut NetworkInterfaceRow) -> Result<(), Fault>,
) -> Result<(), Fault> {
    if row.network_interface_ids.len() > 1 {
        // Error codes of the EC2 API; unverified: the text.
        let text = format!(
            "There are multiple interfaces attached to instance '{}'. Please specify an \
                            interface ID for the operation instead.",
            row.id
        );
        return Err(Fault::new("InvalidInstanceID", text));
    }
    let first = row.network_interface_ids.first();
    let first = first.and_then(|id| regional::get::<NetworkInterfaceRow>(&act.ask(), id));
    let Some(first) = first else { return Ok(()) };
    let mut first = NetworkInterfaceRow::clone(&first);
    change(act, &mut first)?;
    regional::put(act, first)
}

/// `ModifyInstanceMetadataOptions`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the fields are named and described in the API reference")]
pub struct ModifyInstanceMetadataOptions {
    pub dry_run: Option<bool>,
    pub instance_id: String,
    pub http_tokens: Option<String>,
    pub http_put_response_hop_limit: Option<i32>,
    pub http_endpoint: Option<String>,
    pub http_protocol_ipv6: Option<String>,
    pub instance_metadata_tags: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MetadataOptionsOutput {
    instance_id: String,
    instance_metadata_options: MetadataOptionsShape,
}

impl ModifyInstanceMetadataOptions {
    fn asked(&self) -> MetadataOptionsSpecification {
        MetadataOptionsSpecification {
            http_tokens: self.http_tokens.clone(),
            http_put_response_hop_limit: self.http_put_response_hop_limit,
            http_endpoint: self.http_endpoint.clone(),
            http_protocol_ipv6: self.http_protocol_ipv6.clone(),
            instance_metadata_tags: self.instance_metadata_tags.clone(),
        }
    }
}

impl Operation for ModifyInstanceMetadataOptions {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ModifyInstanceMetadataOptions";
    type Output = MetadataOptionsOutput;

    fn check(&self) -> Result<(), Fault> {
        Kind::Instance.check(&self.instance_id)?;
        options::apply(&self.asked(), &mut crate::instance::MetadataOptions::default())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:ModifyInstanceMetadataOptions";
        let mut keys = Vec::new();
        let mut attribute = |given: bool, name: &str| {
            if given {
                keys.push(("ec2:Attribute", name.to_owned()));
            }
        };
        attribute(self.http_tokens.is_some(), "HttpTokens");
        attribute(self.http_put_response_hop_limit.is_some(), "HttpPutResponseHopLimit");
        attribute(self.http_endpoint.is_some(), "HttpEndpoint");
        attribute(self.instance_metadata_tags.is_some(), "InstanceMetadataTags");
        Ok(vec![demand::on_with(ask, action, Kind::Instance, &self.instance_id, keys, &[])])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for ModifyInstanceMetadataOptions {
    /// The answer says `pending`; whoever asks next sees the change `applied`.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<MetadataOptionsOutput, Fault> {
        let mut row = changeable(act, &self.instance_id)?;
        options::apply(&self.asked(), &mut row.metadata)?;
        let instance_metadata_options = MetadataOptionsShape::new(&row.metadata, "pending");
        let instance_id = row.id.clone();
        regional::put(act, row)?;
        Ok(MetadataOptionsOutput { instance_id, instance_metadata_options })
    }
}
