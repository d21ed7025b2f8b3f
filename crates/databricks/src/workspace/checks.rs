//! What is tried under a cross-account role before a workspace is made with it. Each check is a dry run of the
//! call that it is named after.

use cloud::Fault as AwsFault;
use serde_json::{Value, json};

use crate::aws::{self, Session};
use crate::fault::Fault;
use crate::operation::Act;

/// A check: its name in texts, EC2's operation, its parameters in a region.
type Check = (&'static str, &'static str, fn(&str) -> Value);

/// Checks for every kind of deployment, in the order of the text that users report
/// (terraform-provider-databricks issue 951). Of the names in the provider's guide those of placement groups
/// are not tried: no policy that Databricks documents allows those calls.
const COMMON: &[Check] = &[
    (
        "Spot Cancellation",
        "CancelSpotInstanceRequests",
        |_| json!({"SpotInstanceRequestId": [SPOT]}),
    ),
    (
        "Delete Tags",
        "DeleteTags",
        |_| json!({"ResourceId": [INSTANCE], "Tag": [{"Key": "Vendor"}]}),
    ),
    ("Describe Availability Zones", "DescribeAvailabilityZones", nothing),
    ("Describe instances", "DescribeInstances", nothing),
    ("Describe Instance Status", "DescribeInstanceStatus", nothing),
    ("Describe Route Tables", "DescribeRouteTables", nothing),
    ("Describe Security Groups", "DescribeSecurityGroups", nothing),
    ("Describe Spot Instances", "DescribeSpotInstanceRequests", nothing),
    ("Describe Spot Price History", "DescribeSpotPriceHistory", nothing),
    ("Describe Subnets", "DescribeSubnets", nothing),
    ("Describe Volumes", "DescribeVolumes", nothing),
    ("Describe Vpcs", "DescribeVpcs", nothing),
    ("Request Spot Instances", "RequestSpotInstances", request_spot),
];

/// Checks for a VPC of Databricks' making; "Allocate Address" alone is reported by users.
const MANAGED: &[Check] = &[
    ("Allocate Address", "AllocateAddress", |_| json!({"Domain": "vpc"})),
    ("Create Internet Gateway", "CreateInternetGateway", nothing),
    ("Create VPC", "CreateVpc", |_| json!({"CidrBlock": super::made_network::VPC_CIDR})),
];

/// Ids of nothing: a dry run is authorized before anything is looked for.
const INSTANCE: &str = "i-00000000000000000";
const SPOT: &str = "sir-00000000";

fn nothing(_region: &str) -> Value {
    json!({})
}

fn request_spot(region: &str) -> Value {
    // Whole enough to be authorized: what is wrong with parameters is told before.
    json!({"InstanceCount": 1, "SpotPrice": "1.00", "LaunchSpecification": {
        "ImageId": aws::image_id(region, "x86_64"),
        "InstanceType": "m5.large",
    }})
}

/// Tries them all.
///
/// # Errors
/// `MALFORMED_REQUEST` with the names of those that failed.
pub fn check(
    act: &mut Act<'_, '_>,
    session: Result<&Session, &AwsFault>,
    managed: bool,
) -> Result<(), Fault> {
    let mut failed = Vec::new();
    for (name, operation, input) in COMMON.iter().chain(if managed { MANAGED } else { &[] }) {
        let allowed = match session {
            Ok(session) => is_allowed(&act.ec2_would(session, operation, input(&session.region))),
            Err(_) => false,
        };
        if !allowed {
            failed.push(*name);
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    // Classic reports come without a space after the comma or with one; the provider's guide has one.
    Err(Fault::malformed(format!("Failed credentials validation checks: {}", failed.join(", "))))
}

/// A check is about permission: whatever else EC2 says to the parameters is no failure.
fn is_allowed(outcome: &Result<(), AwsFault>) -> bool {
    match outcome {
        Ok(()) => true,
        Err(fault) => !matches!(
            fault.code,
            "UnauthorizedOperation" | "AccessDenied" | "AuthFailure" | "NotImplemented"
        ),
    }
}
