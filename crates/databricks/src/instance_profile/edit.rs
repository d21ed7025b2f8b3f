//! Changing a registered instance profile.

use serde::Deserialize;

use crate::fault::Fault;
use crate::instance_profile::{self, InstanceProfileRow, check_role_arn};
use crate::operation::{Act, Empty, Write};
use crate::permit::Need;

/// Changes the role that is on record for a profile; nothing else can change.
#[derive(Debug, Clone, Deserialize)]
pub struct EditInstanceProfile {
    instance_profile_arn: String,
    iam_role_arn: Option<String>,
    is_meta_instance_profile: Option<bool>,
}

operation! {
    EditInstanceProfile, Post ["/api/2.0/instance-profiles/edit"] -> Empty, Need::Admin,
    |operation| operation.role_arn().map_or(Ok(()), check_role_arn)
}

impl EditInstanceProfile {
    /// The role. The Databricks provider sends the profile's own ARN where its user gave none.
    fn role_arn(&self) -> Option<&str> {
        let given = self.iam_role_arn.as_deref();
        given.filter(|arn| !arn.is_empty() && *arn != self.instance_profile_arn)
    }
}

impl Write for EditInstanceProfile {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let (workspace, arn) = (act.host.partition(), &self.instance_profile_arn);
        let Some(known) = instance_profile::get(act.aws.tx, &workspace, arn) else {
            return Err(instance_profile::missing(arn));
        };
        let row = InstanceProfileRow {
            iam_role_arn: self.role_arn().map(str::to_owned),
            is_meta: self.is_meta_instance_profile.unwrap_or(known.is_meta),
            ..InstanceProfileRow::clone(known)
        };
        act.tx().update(row)?;
        Ok(Empty {})
    }
}
