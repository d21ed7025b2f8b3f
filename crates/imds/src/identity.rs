//! The instance identity document.

use serde_json::Value;

use crate::instance::Instance;
use crate::json::object;

/// The version of the document's form.
const VERSION: &str = "2017-09-30";

/// The document, byte for byte as it is signed.
#[must_use]
pub fn document(instance: &Instance) -> String {
    object(&[
        ("accountId", instance.account.as_str().into()),
        ("architecture", instance.architecture.as_str().into()),
        ("availabilityZone", instance.zone.as_str().into()),
        ("billingProducts", Value::Null),
        ("devpayProductCodes", Value::Null),
        ("marketplaceProductCodes", Value::Null),
        ("imageId", instance.image_id.as_str().into()),
        ("instanceId", instance.id.as_str().into()),
        ("instanceType", instance.instance_type.as_str().into()),
        ("kernelId", Value::Null),
        ("pendingTime", instance.started.to_string().into()),
        ("privateIp", instance.private_ip.as_str().into()),
        ("ramdiskId", Value::Null),
        ("region", instance.region.as_str().into()),
        ("version", VERSION.into()),
    ])
}
