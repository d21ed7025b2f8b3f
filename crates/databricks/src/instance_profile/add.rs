//! Registering an instance profile.

use cloud::Fault as AwsFault;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::aws;
use crate::fault::Fault;
use crate::instance_profile::{self, InstanceProfileRow, check_arn, check_role_arn, real_launch};
use crate::operation::{Act, Empty, Write};
use crate::permit::Need;
use crate::workspace::{self, Placement, WorkspaceRow};

/// The type of the instance that is not launched. Which one Databricks takes is unverified.
const PROBE_INSTANCE_TYPE: &str = "m5.large";

/// Registers an instance profile.
#[derive(Debug, Clone, Deserialize)]
pub struct AddInstanceProfile {
    instance_profile_arn: String,
    iam_role_arn: Option<String>,
    #[serde(default)]
    is_meta_instance_profile: bool,
    #[serde(default)]
    skip_validation: bool,
}

operation! {
    AddInstanceProfile, Post ["/api/2.0/instance-profiles/add"] -> Empty, Need::Admin,
    |operation| {
        check_arn(&operation.instance_profile_arn)?;
        operation.role_arn().map_or(Ok(()), check_role_arn)
    }
}

impl AddInstanceProfile {
    /// The role; an empty text is none.
    fn role_arn(&self) -> Option<&str> {
        self.iam_role_arn.as_deref().filter(|arn| !arn.is_empty())
    }
}

impl Write for AddInstanceProfile {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let (workspace, arn) = (act.host.partition(), &self.instance_profile_arn);
        if instance_profile::get(act.aws.tx, &workspace, arn).is_some() {
            let text = format!("The instance profile {arn} has already been added.");
            return Err(Fault::exists(text));
        }
        if !self.skip_validation {
            verify(act, arn)?;
        }
        act.tx().insert(InstanceProfileRow {
            workspace,
            arn: arn.clone(),
            iam_role_arn: self.role_arn().map(str::to_owned),
            is_meta: self.is_meta_instance_profile,
        })?;
        Ok(Empty {})
    }
}

/// Asks EC2 whether the workspace's cross-account role could launch an instance that wears the profile. The
/// text is that of databrickslabs/migrate issue 159; the tags are those that users saw in CloudTrail
/// (terraform-provider-databricks issue 654). Tags of the workspace are not among them, so that a guardrail on
/// tags stops the probe alone.
fn verify(act: &mut Act<'_, '_>, arn: &str) -> Result<(), Fault> {
    let workspace = workspace::of(&act.ask())?.clone();
    let placement = workspace::placement(&workspace)?;
    let input = probe(&workspace, placement, arn);
    let failed = |fault: AwsFault, hint: Option<String>| {
        let text =
            format!("Verification of the instance profile failed. AWS error: {}", fault.message);
        Fault { hint, ..Fault::new("DRY_RUN_FAILED", text) }
    };
    let session = workspace::session(act, &workspace).map_err(|fault| failed(fault, None))?;
    match act.ec2_would(&session, "RunInstances", input) {
        Ok(()) => Ok(()),
        Err(fault) if fault.code == "UnauthorizedOperation" => {
            let place = (&*workspace, placement);
            let hint = real_launch::told(act, &session, place, arn, PROBE_INSTANCE_TYPE);
            Err(failed(fault, hint))
        }
        Err(fault) => Err(failed(fault, None)),
    }
}

fn probe(workspace: &WorkspaceRow, placement: &Placement, arn: &str) -> Value {
    let tags = json!([
        {"Key": "Vendor", "Value": "Databricks"},
        {"Key": "Creator", "Value": "fake creator"},
        {"Key": "ClusterName", "Value": "fake cluster"},
        {"Key": "ClusterId", "Value": "fake-cluster-id"},
    ]);
    json!({
        "ImageId": aws::image_id(&workspace.aws_region, "x86_64"),
        "InstanceType": PROBE_INSTANCE_TYPE,
        "MinCount": 1,
        "MaxCount": 1,
        "SubnetId": placement.subnets.first().map(|subnet| subnet.id.as_str()),
        "SecurityGroupId": placement.security_group_ids,
        "IamInstanceProfile": {"Arn": arn},
        "TagSpecification": [
            {"ResourceType": "instance", "Tag": tags},
            {"ResourceType": "volume", "Tag": tags},
        ],
    })
}
