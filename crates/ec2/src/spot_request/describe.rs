//! `DescribeSpotInstanceRequests`

use cloud::Ask;
use serde::Serialize;

use crate::describe::describe_operation;
use crate::filter::Field;
use crate::instance::shape::GroupShape;
use crate::regional;
use crate::security_group::SecurityGroupRow;
use crate::spot_request::SpotRequestRow;
use crate::tag::{self, TagShape};
use crate::time::Time;

/// A request as EC2 answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SpotRequestShape {
    /// `sir-…`
    pub spot_instance_request_id: String,
    spot_price: Option<String>,
    r#type: &'static str,
    state: &'static str,
    status: StatusShape,
    valid_until: Option<String>,
    launch_specification: LaunchSpecificationShape,
    instance_id: Option<String>,
    create_time: Time,
    product_description: String,
    tag_set: Vec<TagShape>,
    launched_availability_zone: Option<String>,
    instance_interruption_behavior: String,
}

/// How far a request is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusShape {
    code: String,
    message: &'static str,
    update_time: Time,
}

/// What it launches.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LaunchSpecificationShape {
    image_id: Option<String>,
    instance_type: Option<String>,
    key_name: Option<String>,
    group_set: Vec<GroupShape>,
    iam_instance_profile: Option<ProfileShape>,
    ebs_optimized: bool,
    monitoring: MonitoringShape,
    placement: PlacementShape,
    subnet_id: String,
}

/// Which profile, as it was named.
#[derive(Debug, Serialize)]
pub struct ProfileShape {
    arn: Option<String>,
    name: Option<String>,
}

/// Whether it is watched closely.
#[derive(Debug, Serialize)]
pub struct MonitoringShape {
    enabled: bool,
}

/// Where.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlacementShape {
    availability_zone: String,
}

const FIELDS: &[Field<SpotRequestRow>] = &[
    ("availability-zone-group", |_, _| Vec::new()),
    ("create-time", |_, row| vec![row.created.to_string()]),
    ("instance-id", |_, row| row.instance_id.iter().cloned().collect()),
    ("launch.group-id", |_, row| row.launch.security_group_id.clone()),
    ("launch.image-id", |_, row| row.launch.image_id.iter().cloned().collect()),
    ("launch.instance-type", |_, row| row.launch.instance_type.iter().cloned().collect()),
    ("launch.key-name", |_, row| row.launch.key_name.iter().cloned().collect()),
    ("launched-availability-zone", |_, row| vec![row.zone.clone()]),
    ("product-description", |_, row| vec![row.product.clone()]),
    ("spot-instance-request-id", |_, row| vec![row.id.clone()]),
    ("spot-price", |_, row| row.max_price.iter().cloned().collect()),
    ("state", |_, row| vec![row.state.name().to_owned()]),
    ("status-code", |_, row| vec![row.status.clone()]),
    ("type", |_, row| vec![row.kind().to_owned()]),
    ("valid-until", |_, row| row.valid_until.iter().cloned().collect()),
];

describe_operation!(DescribeSpotInstanceRequests { spot_instance_request_id } of SpotRequestRow, FIELDS
    => SpotRequestsOutput { spot_instance_request_set: SpotRequestShape = SpotRequestShape::new });

impl SpotRequestRow {
    fn kind(&self) -> &'static str {
        if self.persistent { "persistent" } else { "one-time" }
    }
}

impl SpotRequestShape {
    /// How `row` is shown.
    #[must_use]
    pub fn new(ask: &Ask<'_>, row: &SpotRequestRow) -> Self {
        let launch = &row.launch;
        let group = |id: &String| {
            let group = regional::get::<SecurityGroupRow>(ask, id)?;
            Some(GroupShape { group_id: id.clone(), group_name: group.name.clone() })
        };
        Self {
            spot_instance_request_id: row.id.clone(),
            spot_price: row.max_price.clone(),
            r#type: row.kind(),
            state: row.state.name(),
            status: StatusShape {
                code: row.status.clone(),
                message: message(&row.status),
                update_time: Time(row.status_since),
            },
            valid_until: row.valid_until.clone(),
            launch_specification: LaunchSpecificationShape {
                image_id: launch.image_id.clone(),
                instance_type: launch.instance_type.clone(),
                key_name: launch.key_name.clone(),
                group_set: launch.security_group_id.iter().filter_map(group).collect(),
                iam_instance_profile: launch.iam_instance_profile.as_ref().map(|profile| {
                    ProfileShape { arn: profile.arn.clone(), name: profile.name.clone() }
                }),
                ebs_optimized: launch.ebs_optimized == Some(true),
                monitoring: MonitoringShape {
                    enabled: launch.monitoring.as_ref().is_some_and(|it| it.enabled == Some(true)),
                },
                placement: PlacementShape { availability_zone: row.zone.clone() },
                subnet_id: row.subnet_id.clone(),
            },
            instance_id: row.instance_id.clone(),
            create_time: Time(row.created),
            product_description: row.product.clone(),
            tag_set: tag::shown(ask, &row.id),
            launched_availability_zone: row.instance_id.as_ref().map(|_| row.zone.clone()),
            instance_interruption_behavior: row.interruption_behavior.clone(),
        }
    }
}

/// What a status means ("Spot request status codes", EC2 user guide).
fn message(status: &str) -> &'static str {
    match status {
        "fulfilled" => "Your Spot request is fulfilled.",
        "instance-terminated-by-user" => {
            "Spot Instance terminated due to user-initiated termination."
        }
        "canceled-before-fulfillment" => "Your Spot request is canceled before it was fulfilled.",
        "request-canceled-and-instance-running" => {
            "Your Spot request is canceled, but your instance is still running."
        }
        _ => "Your Spot request has been submitted for review, and is pending evaluation.",
    }
}
