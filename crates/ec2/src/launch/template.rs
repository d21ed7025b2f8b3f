//! What a request says on top of what a launch template says: "any parameters that you specify override the
//! same parameters in the launch template" (API reference, `RunInstances`).

use crate::instance_profile::ProfileSpecification;
use crate::launch::LaunchData;
use crate::launch::specification::{BlockDeviceMapping, MetadataOptionsSpecification};
use crate::tag::TagSpecification;

/// `over` on top of `under`. Devices are laid over each other by their names and tags by their keys;
/// network interfaces and security groups replace those below as a whole (unverified).
#[must_use]
pub fn overlay(under: LaunchData, over: LaunchData) -> LaunchData {
    LaunchData {
        ebs_optimized: over.ebs_optimized.or(under.ebs_optimized),
        iam_instance_profile: profile(over.iam_instance_profile).or(under.iam_instance_profile),
        block_device_mapping: devices(under.block_device_mapping, over.block_device_mapping),
        network_interface: either(under.network_interface, over.network_interface),
        image_id: over.image_id.or(under.image_id),
        instance_type: over.instance_type.or(under.instance_type),
        key_name: over.key_name.or(under.key_name),
        monitoring: over.monitoring.or(under.monitoring),
        placement: over.placement.or(under.placement),
        disable_api_termination: over.disable_api_termination.or(under.disable_api_termination),
        disable_api_stop: over.disable_api_stop.or(under.disable_api_stop),
        instance_initiated_shutdown_behavior: over
            .instance_initiated_shutdown_behavior
            .or(under.instance_initiated_shutdown_behavior),
        user_data: over.user_data.or(under.user_data),
        tag_specification: tags(under.tag_specification, over.tag_specification),
        security_group_id: either(under.security_group_id, over.security_group_id),
        security_group: either(under.security_group, over.security_group),
        instance_market_options: over.instance_market_options.or(under.instance_market_options),
        credit_specification: over.credit_specification.or(under.credit_specification),
        cpu_options: over.cpu_options.or(under.cpu_options),
        capacity_reservation_specification: over
            .capacity_reservation_specification
            .or(under.capacity_reservation_specification),
        hibernation_options: over.hibernation_options.or(under.hibernation_options),
        metadata_options: metadata(under.metadata_options, over.metadata_options),
        enclave_options: over.enclave_options.or(under.enclave_options),
        private_dns_name_options: over.private_dns_name_options.or(under.private_dns_name_options),
        maintenance_options: over.maintenance_options.or(under.maintenance_options),
        kernel_id: over.kernel_id.or(under.kernel_id),
        ram_disk_id: over.ram_disk_id.or(under.ram_disk_id),
        elastic_gpu_specification: over
            .elastic_gpu_specification
            .or(under.elastic_gpu_specification),
        elastic_inference_accelerator: over
            .elastic_inference_accelerator
            .or(under.elastic_inference_accelerator),
        license_specification: over.license_specification.or(under.license_specification),
        instance_requirements: over.instance_requirements.or(under.instance_requirements),
        operator: over.operator.or(under.operator),
        network_performance_options: over
            .network_performance_options
            .or(under.network_performance_options),
        secondary_interface: over.secondary_interface.or(under.secondary_interface),
    }
}

fn profile(profile: Option<ProfileSpecification>) -> Option<ProfileSpecification> {
    profile.filter(|profile| !profile.is_empty())
}

fn either<T>(under: Vec<T>, over: Vec<T>) -> Vec<T> {
    if over.is_empty() { under } else { over }
}

fn devices(
    mut under: Vec<BlockDeviceMapping>,
    over: Vec<BlockDeviceMapping>,
) -> Vec<BlockDeviceMapping> {
    for device in over {
        match under.iter_mut().find(|known| known.device_name == device.device_name) {
            Some(known) => *known = device,
            None => under.push(device),
        }
    }
    under
}

fn tags(mut under: Vec<TagSpecification>, over: Vec<TagSpecification>) -> Vec<TagSpecification> {
    for specification in over {
        let known = under.iter_mut().find(|one| one.resource_type == specification.resource_type);
        let Some(known) = known else {
            under.push(specification);
            continue;
        };
        for tag in specification.tag {
            known.tag.retain(|one| one.key != tag.key);
            known.tag.push(tag);
        }
    }
    under
}

fn metadata(
    under: Option<MetadataOptionsSpecification>,
    over: Option<MetadataOptionsSpecification>,
) -> Option<MetadataOptionsSpecification> {
    let (Some(under), Some(over)) = (&under, &over) else { return over.or(under) };
    let (under, over) = (under.clone(), over.clone());
    Some(MetadataOptionsSpecification {
        http_tokens: over.http_tokens.or(under.http_tokens),
        http_put_response_hop_limit: over
            .http_put_response_hop_limit
            .or(under.http_put_response_hop_limit),
        http_endpoint: over.http_endpoint.or(under.http_endpoint),
        http_protocol_ipv6: over.http_protocol_ipv6.or(under.http_protocol_ipv6),
        instance_metadata_tags: over.instance_metadata_tags.or(under.instance_metadata_tags),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_lies_over_what() {
        let check = |under: Value, over: Value, expected: Value| {
            let data = |value: Value| serde_json::from_value::<LaunchData>(value).unwrap();
            let laid = overlay(data(under), data(over));
            assert_eq!(serde_json::to_value(laid).unwrap(), expected);
        };
        check(
            json!({"ImageId": "a", "KeyName": "k"}),
            json!({"ImageId": "b"}),
            json!({"ImageId": "b", "KeyName": "k"}),
        );
        let disk = |name: &str, size: i32| json!({"DeviceName": name, "Ebs": {"VolumeSize": size}});
        check(
            json!({"BlockDeviceMapping": [disk("a", 1), disk("b", 2)]}),
            json!({"BlockDeviceMapping": [disk("b", 3), disk("c", 4)]}),
            json!({"BlockDeviceMapping": [disk("a", 1), disk("b", 3), disk("c", 4)]}),
        );
        let tags =
            |tags: Value| json!({"TagSpecification": [{"ResourceType": "instance", "Tag": tags}]});
        let tag = |key: &str, value: &str| json!({"Key": key, "Value": value});
        check(
            tags(json!([tag("a", "1"), tag("b", "2")])),
            tags(json!([tag("a", "3")])),
            tags(json!([tag("b", "2"), tag("a", "3")])),
        );
        check(
            json!({"MetadataOptions": {"HttpTokens": "required", "HttpEndpoint": "enabled"}}),
            json!({"MetadataOptions": {"HttpTokens": "optional"}}),
            json!({"MetadataOptions": {"HttpTokens": "optional", "HttpEndpoint": "enabled"}}),
        );
        check(
            json!({"IamInstanceProfile": {"Name": "a"}}),
            json!({"IamInstanceProfile": {}}),
            json!({"IamInstanceProfile": {"Name": "a"}}),
        );
    }
}
