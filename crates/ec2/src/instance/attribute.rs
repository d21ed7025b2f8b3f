//! `DescribeInstanceAttribute`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use crate::demand;
use crate::image;
use crate::instance::InstanceRow;
use crate::instance::shape::{DeviceShape, EnabledShape, GroupShape, groups};
use crate::instance_type;
use crate::kind::Kind;
use crate::network_interface::NetworkInterfaceRow;
use crate::regional;

/// `DescribeInstanceAttribute`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeInstanceAttribute {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// The instance.
    pub instance_id: String,
    /// Which attribute.
    pub attribute: String,
}

/// Its answer: the attribute that was asked for.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceAttributeOutput {
    instance_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    block_device_mapping: Option<Vec<DeviceShape>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disable_api_stop: Option<Value<bool>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disable_api_termination: Option<Value<bool>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ebs_optimized: Option<Value<bool>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ena_support: Option<Value<bool>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enclave_options: Option<EnabledShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_set: Option<Vec<GroupShape>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance_initiated_shutdown_behavior: Option<Value<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance_type: Option<Value<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kernel: Option<Value<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_codes: Option<Vec<()>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ramdisk: Option<Value<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root_device_name: Option<Value<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_dest_check: Option<Value<bool>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sriov_net_support: Option<Value<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_data: Option<Value<String>>,
}

/// The value of an attribute; one that is not set has none.
#[derive(Debug, Serialize)]
pub struct Value<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<T>,
}

impl<T> Value<T> {
    fn of(value: T) -> Option<Self> {
        Some(Self { value: Some(value) })
    }

    fn some(value: Option<T>) -> Option<Self> {
        Some(Self { value })
    }
}

impl Operation for DescribeInstanceAttribute {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeInstanceAttribute";
    type Output = InstanceAttributeOutput;

    fn check(&self) -> Result<(), Fault> {
        Kind::Instance.check(&self.instance_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:DescribeInstanceAttribute";
        Ok(vec![demand::on(ask, action, Kind::Instance, &self.instance_id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Read for DescribeInstanceAttribute {
    fn read(self, ask: &Ask<'_>) -> Result<InstanceAttributeOutput, Fault> {
        let row = regional::find::<InstanceRow>(ask, &self.instance_id)?;
        let mut output =
            InstanceAttributeOutput { instance_id: row.id.clone(), ..Default::default() };
        let first = row.network_interface_ids.first();
        let first = first.and_then(|id| regional::get::<NetworkInterfaceRow>(ask, id));
        let own = &row.attributes;
        match self.attribute.as_str() {
            "blockDeviceMapping" => {
                output.block_device_mapping =
                    Some(row.devices.iter().map(DeviceShape::new).collect());
            }
            "disableApiStop" => output.disable_api_stop = Value::of(own.disable_api_stop),
            "disableApiTermination" => {
                output.disable_api_termination = Value::of(own.disable_api_termination);
            }
            "ebsOptimized" => output.ebs_optimized = Value::of(own.ebs_optimized),
            "enaSupport" => {
                let ena = instance_type::find(&row.instance_type).is_some_and(|kind| kind.ena);
                output.ena_support = Value::of(ena);
            }
            "enclaveOptions" => {
                output.enclave_options = Some(EnabledShape { enabled: own.enclave })
            }
            "groupSet" => {
                let ids = first.as_ref().map(|first| first.groups.as_slice()).unwrap_or_default();
                output.group_set = Some(groups(ask, ids));
            }
            "instanceInitiatedShutdownBehavior" => {
                let behavior = if own.shutdown_terminates { "terminate" } else { "stop" };
                output.instance_initiated_shutdown_behavior = Value::of(behavior);
            }
            "instanceType" => output.instance_type = Value::of(row.instance_type.to_string()),
            "kernel" => output.kernel = Value::some(None),
            "productCodes" => output.product_codes = Some(Vec::new()),
            "ramdisk" => output.ramdisk = Value::some(None),
            "rootDeviceName" => {
                let image = image::get(&row.region, &row.image_id);
                let name = image.map(|image| image.root_device_name.clone());
                output.root_device_name = Value::some(name);
            }
            "sourceDestCheck" => {
                let check = first.map(|first| first.source_dest_check);
                output.source_dest_check = Value::some(check);
            }
            "sriovNetSupport" => output.sriov_net_support = Value::some(None),
            "userData" => {
                output.user_data = Value::some(row.user_data.as_ref().map(ToString::to_string))
            }
            other => {
                let text = format!("Value ({other}) for parameter attribute is invalid.");
                return Err(Fault::new("InvalidParameterValue", text));
            }
        }
        Ok(output)
    }
}
