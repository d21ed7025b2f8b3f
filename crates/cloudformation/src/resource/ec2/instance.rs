//! `AWS::EC2::Instance`

use cloud::Fault;
use cloud::tag::Tag;
use ec2::instance::credit::ModifyInstanceCreditSpecification;
use ec2::instance::describe::DescribeInstances;
use ec2::instance::modify::{ModifyInstanceAttribute, ModifyInstanceMetadataOptions};
use ec2::instance::terminate::TerminateInstances;
use ec2::instance_profile::associate::AssociateIamInstanceProfile;
use ec2::instance_profile::describe::DescribeIamInstanceProfileAssociations;
use ec2::instance_profile::replace::{
    DisassociateIamInstanceProfile, ReplaceIamInstanceProfileAssociation,
};
use ec2::instance_type;
use ec2::launch::RunInstances;
use ec2::volume::attach::{AttachVolume, DetachVolume};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{attributes, retag, text, told};
use crate::resource::{Attributes, Physical, Progress, Provision, ResourceType};

/// An instance.
#[derive(Debug)]
pub struct Instance;

/// Its properties. What they hold is known from the schema; what `RunInstances` does not model it refuses by name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Properties {
    image_id: Option<String>,
    instance_type: Option<String>,
    key_name: Option<String>,
    /// A profile's name: `Ref` of a profile fits, a role's name does not.
    iam_instance_profile: Option<String>,
    launch_template: Option<Value>,
    subnet_id: Option<String>,
    security_group_ids: Option<Vec<String>>,
    security_groups: Option<Vec<String>>,
    private_ip_address: Option<String>,
    network_interfaces: Option<Vec<Map<String, Value>>>,
    block_device_mappings: Option<Vec<Map<String, Value>>>,
    user_data: Option<String>,
    availability_zone: Option<String>,
    tenancy: Option<String>,
    placement_group_name: Option<String>,
    affinity: Option<String>,
    host_id: Option<String>,
    host_resource_group_arn: Option<String>,
    monitoring: Option<bool>,
    ebs_optimized: Option<bool>,
    disable_api_termination: Option<bool>,
    instance_initiated_shutdown_behavior: Option<String>,
    source_dest_check: Option<bool>,
    metadata_options: Option<Map<String, Value>>,
    credit_specification: Option<CreditSpecification>,
    cpu_options: Option<Value>,
    enclave_options: Option<Value>,
    hibernation_options: Option<Value>,
    private_dns_name_options: Option<Value>,
    license_specifications: Option<Value>,
    elastic_gpu_specifications: Option<Value>,
    elastic_inference_accelerators: Option<Value>,
    ipv6_address_count: Option<i64>,
    ipv6_addresses: Option<Value>,
    kernel_id: Option<String>,
    ramdisk_id: Option<String>,
    additional_info: Option<String>,
    propagate_tags_to_volume_on_creation: Option<bool>,
    volumes: Option<Vec<AttachedVolume>>,
    tags: Option<Vec<Tag>>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct CreditSpecification {
    #[serde(rename = "CPUCredits")]
    cpu_credits: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct AttachedVolume {
    volume_id: String,
    device: Option<String>,
}

impl Properties {
    /// Groups by id, and by name: a name may stand among the ids, as `Ref` gives one for a group of the default VPC
    /// (aws-cloudformation/cfn-lint pull request 4324).
    fn groups(&self) -> [Vec<&String>; 2] {
        let among_ids = self.security_group_ids.iter().flatten();
        let (ids, names): (Vec<&String>, Vec<&String>) =
            among_ids.partition(|group| group.starts_with("sg-"));
        [ids, self.security_groups.iter().flatten().chain(names).collect()]
    }

    fn input(&self) -> Value {
        let [group_ids, group_names] = self.groups();
        let profile = self.iam_instance_profile.as_ref().map(|name| json!({"Name": name}));
        let credits = self.credit_specification.as_ref();
        let placement = json!({
            "AvailabilityZone": self.availability_zone,
            "Tenancy": self.tenancy,
            "GroupName": self.placement_group_name,
            "Affinity": self.affinity,
            "HostId": self.host_id,
            "HostResourceGroupArn": self.host_resource_group_arn,
        });
        let is_placed = placement.as_object().is_some_and(|it| it.values().any(|it| !it.is_null()));
        json!({
            "MinCount": 1,
            "MaxCount": 1,
            "ImageId": self.image_id,
            "InstanceType": self.instance_type,
            "KeyName": self.key_name,
            "IamInstanceProfile": profile,
            "LaunchTemplate": self.launch_template,
            "SubnetId": self.subnet_id,
            "SecurityGroupId": group_ids,
            "SecurityGroup": group_names,
            "PrivateIpAddress": self.private_ip_address,
            "NetworkInterface": self.interfaces(),
            "BlockDeviceMapping": self.devices(),
            "UserData": self.user_data,
            "Placement": is_placed.then_some(placement),
            "Monitoring": self.monitoring.map(|enabled| json!({"Enabled": enabled})),
            "EbsOptimized": self.ebs_optimized,
            "DisableApiTermination": self.disable_api_termination,
            "InstanceInitiatedShutdownBehavior": self.instance_initiated_shutdown_behavior,
            "MetadataOptions": self.metadata_options,
            "CreditSpecification": credits.map(|it| json!({"CpuCredits": it.cpu_credits})),
            "CpuOptions": self.cpu_options,
            "EnclaveOptions": self.enclave_options,
            "HibernationOptions": self.hibernation_options,
            "PrivateDnsNameOptions": self.private_dns_name_options,
            "LicenseSpecification": self.license_specifications,
            "ElasticGpuSpecification": self.elastic_gpu_specifications,
            "ElasticInferenceAccelerator": self.elastic_inference_accelerators,
            "Ipv6AddressCount": self.ipv6_address_count,
            "Ipv6Address": self.ipv6_addresses,
            "KernelId": self.kernel_id,
            "RamdiskId": self.ramdisk_id,
            "AdditionalInfo": self.additional_info,
            "TagSpecification": self.tag_specifications(),
        })
    }

    fn tag_specifications(&self) -> Vec<Value> {
        let tags = self.tags.as_deref().unwrap_or_default();
        let to_volumes = self.propagate_tags_to_volume_on_creation == Some(true);
        let kinds = ["instance", "volume"].into_iter().take(if to_volumes { 2 } else { 1 });
        let kinds = kinds.filter(|_| !tags.is_empty());
        kinds.map(|kind| json!({"ResourceType": kind, "Tag": tags})).collect()
    }

    /// EC2 calls groups otherwise, and indices are numbers there.
    fn interfaces(&self) -> Vec<Value> {
        let interfaces = self.network_interfaces.as_deref().unwrap_or_default();
        let spelled = interfaces.iter().map(|members| {
            let mut members = members.clone();
            if let Some(groups) = members.remove("GroupSet") {
                members.insert("SecurityGroupId".to_owned(), groups);
            }
            if let Some(index) = members.get_mut("DeviceIndex")
                && let Some(number) = index.as_str().and_then(|text| text.parse::<i64>().ok())
            {
                *index = number.into();
            }
            Value::Object(members)
        });
        spelled.collect()
    }

    /// That there is no device is said by an empty object.
    fn devices(&self) -> Vec<Value> {
        let devices = self.block_device_mappings.as_deref().unwrap_or_default();
        let spelled = devices.iter().map(|members| {
            let mut members = members.clone();
            if let Some(none) = members.get_mut("NoDevice") {
                *none = "".into();
            }
            Value::Object(members)
        });
        spelled.collect()
    }

    fn volumes(&self) -> &[AttachedVolume] {
        self.volumes.as_deref().unwrap_or_default()
    }
}

/// The volumes that wait for the instance to run, kept among its attributes: before that, EC2 attaches none.
const TO_ATTACH: &str = "VolumesToAttach";

fn attach_waiting(physical: &Physical, on: &mut Provision<'_, '_, '_>) -> Result<(), Fault> {
    let waiting = physical.attributes.get(TO_ATTACH).cloned().unwrap_or_default();
    let waiting: Option<Vec<AttachedVolume>> = serde_json::from_value(waiting).ok();
    set_volumes(on, &physical.id, &[], &waiting.unwrap_or_default())
}

fn look(physical: &Physical, on: &mut Provision<'_, '_, '_>) -> Result<Value, Fault> {
    let input = json!({"InstanceId": [physical.id]});
    let reservation = told::<DescribeInstances>(on, input, "reservationSet")?;
    let instance = reservation.pointer("/instancesSet/0").cloned();
    instance.ok_or_else(|| Fault::new("NotFound", "the reservation has no instance"))
}

fn state(instance: &Value) -> &str {
    instance.pointer("/instanceState/name").and_then(Value::as_str).unwrap_or_default()
}

fn modify(on: &mut Provision<'_, '_, '_>, id: &str, name: &str, value: Value) -> Result<(), Fault> {
    let input = json!({"InstanceId": id, name: {"Value": value}});
    on.write::<ModifyInstanceAttribute>(input).map(drop)
}

/// Attaches and detaches volumes.
fn set_volumes(
    on: &mut Provision<'_, '_, '_>,
    id: &str,
    old: &[AttachedVolume],
    new: &[AttachedVolume],
) -> Result<(), Fault> {
    for gone in old.iter().filter(|volume| !new.contains(volume)) {
        on.write::<DetachVolume>(json!({"VolumeId": gone.volume_id, "InstanceId": id}))?;
    }
    for added in new.iter().filter(|volume| !old.contains(volume)) {
        on.write::<AttachVolume>(json!({
            "VolumeId": added.volume_id,
            "InstanceId": id,
            "Device": added.device,
        }))?;
    }
    Ok(())
}

/// Gives an instance another profile, or none.
fn set_profile(
    on: &mut Provision<'_, '_, '_>,
    id: &str,
    profile: Option<&str>,
) -> Result<(), Fault> {
    let filter = json!({"Filter": [
        {"Name": "instance-id", "Value": [id]},
        {"Name": "state", "Value": ["associated", "associating"]},
    ]});
    let found = on.read::<DescribeIamInstanceProfileAssociations>(filter)?;
    let association = found.pointer("/iamInstanceProfileAssociationSet/0/associationId");
    let wanted = json!({"Name": profile});
    let answer = match (association, profile) {
        (Some(association), Some(_)) => on.write::<ReplaceIamInstanceProfileAssociation>(
            json!({"AssociationId": association, "IamInstanceProfile": wanted}),
        ),
        (Some(association), None) => {
            on.write::<DisassociateIamInstanceProfile>(json!({"AssociationId": association}))
        }
        (None, Some(_)) => on.write::<AssociateIamInstanceProfile>(
            json!({"InstanceId": id, "IamInstanceProfile": wanted}),
        ),
        (None, None) => Ok(Value::Null),
    };
    answer.map(drop)
}

/// The credits of an instance of which nothing is said (user guide, `CreditSpecification`).
fn usual_credits(on: &mut Provision<'_, '_, '_>, id: &str) -> Result<Option<String>, Fault> {
    let physical = Physical { id: id.to_owned(), attributes: Attributes::new() };
    let instance = look(&physical, on)?;
    let kind = instance_type::wanted(&text(&instance, "/instanceType")?)?;
    let word = |unlimited| if unlimited { "unlimited" } else { "standard" };
    Ok(kind.unlimited_by_default().map(|unlimited| word(unlimited).to_owned()))
}

/// What can be set once an instance runs.
fn set(
    on: &mut Provision<'_, '_, '_>,
    id: &str,
    old: &Properties,
    new: &Properties,
) -> Result<(), Fault> {
    if old.iam_instance_profile != new.iam_instance_profile {
        set_profile(on, id, new.iam_instance_profile.as_deref())?;
    }
    let protected = new.disable_api_termination.unwrap_or(false);
    if old.disable_api_termination.unwrap_or(false) != protected {
        modify(on, id, "DisableApiTermination", json!(protected))?;
    }
    if old.instance_initiated_shutdown_behavior != new.instance_initiated_shutdown_behavior {
        let behavior = new.instance_initiated_shutdown_behavior.as_deref().unwrap_or("stop");
        modify(on, id, "InstanceInitiatedShutdownBehavior", json!(behavior))?;
    }
    if old.metadata_options != new.metadata_options {
        let mut input = new.metadata_options.clone().unwrap_or_default();
        input.insert("InstanceId".to_owned(), json!(id));
        on.write::<ModifyInstanceMetadataOptions>(Value::Object(input))?;
    }
    if old.credit_specification != new.credit_specification {
        let wanted = match &new.credit_specification {
            Some(credits) => credits.cpu_credits.clone(),
            None => usual_credits(on, id)?,
        };
        let change = json!({"InstanceId": id, "CpuCredits": wanted});
        let input = json!({"InstanceCreditSpecification": [change]});
        if wanted.is_some() {
            on.write::<ModifyInstanceCreditSpecification>(input)?;
        }
    }
    on.not_modelled("a change of Monitoring", old.monitoring != new.monitoring)
}

impl ResourceType for Instance {
    const NAME: &'static str = "AWS::EC2::Instance";
    type Properties = Properties;

    fn create(properties: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let answer = on.write::<RunInstances>(properties.input())?;
        let id = text(&answer, "/instancesSet/0/instanceId")?;
        if properties.source_dest_check == Some(false) {
            modify(on, &id, "SourceDestCheck", json!(false))?;
        }
        let volumes = json!(properties.volumes());
        let attributes = attributes([("InstanceId", json!(id)), (TO_ATTACH, volumes)]);
        Ok(Physical { id, attributes })
    }

    fn created(physical: &Physical, on: &mut Provision<'_, '_, '_>) -> Result<Progress, Fault> {
        let instance = look(physical, on)?;
        match state(&instance) {
            "running" => attach_waiting(physical, on)?,
            "pending" => return Ok(Progress::Pending),
            other => {
                let why = instance.pointer("/stateReason/message").and_then(Value::as_str);
                let why = why.unwrap_or_default();
                let text = format!("Instance {} is {other}: {why}", physical.id);
                return Err(Fault::new("NotStabilized", text));
            }
        }
        let shown = |pointer: &str| match instance.pointer(pointer) {
            Some(value) if !value.is_null() => value.clone(),
            _ => json!(""),
        };
        let state = json!({
            "Code": instance.pointer("/instanceState/code").map(Value::to_string),
            "Name": state(&instance),
        });
        Ok(Progress::Done(attributes([
            ("AvailabilityZone", shown("/placement/availabilityZone")),
            ("PrivateIp", shown("/privateIpAddress")),
            ("PrivateDnsName", shown("/privateDnsName")),
            ("PublicIp", shown("/ipAddress")),
            ("PublicDnsName", shown("/dnsName")),
            ("VpcId", shown("/vpcId")),
            ("State", state),
            (TO_ATTACH, json!([])),
        ])))
    }

    fn update(
        old: Properties,
        new: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        let id = &physical.id;
        set(on, id, &old, &new)?;
        let checked = new.source_dest_check.unwrap_or(true);
        if old.source_dest_check.unwrap_or(true) != checked {
            modify(on, id, "SourceDestCheck", json!(checked))?;
        }
        set_volumes(on, id, old.volumes(), new.volumes())?;
        retag(on, id, old.tags.as_deref(), new.tags.as_deref())?;
        Ok(physical.clone())
    }

    fn delete(
        _: Properties,
        physical: &Physical,
        on: &mut Provision<'_, '_, '_>,
    ) -> Result<(), Fault> {
        let outcome = on.write::<TerminateInstances>(json!({"InstanceId": [physical.id]}));
        on.unless_gone(outcome, &["InvalidInstanceID.NotFound"])
    }

    fn deleted(physical: &Physical, on: &mut Provision<'_, '_, '_>) -> Result<Progress, Fault> {
        match look(physical, on) {
            Ok(instance) if state(&instance) != "terminated" => Ok(Progress::Pending),
            // One that nobody knows of any more is gone, too.
            _ => Ok(Progress::Done(Attributes::new())),
        }
    }
}
