//! Forgetting an instance profile. Clusters that wear it go on (API reference).

use serde::Deserialize;

use crate::fault::Fault;
use crate::instance_profile::{self, InstanceProfileRow};
use crate::operation::{Act, Empty, Write};
use crate::permit::Need;

/// Forgets an instance profile.
#[derive(Debug, Clone, Deserialize)]
pub struct RemoveInstanceProfile {
    instance_profile_arn: String,
}

operation! {
    RemoveInstanceProfile, Post ["/api/2.0/instance-profiles/remove"] -> Empty, Need::Admin
}

impl Write for RemoveInstanceProfile {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let (workspace, arn) = (act.host.partition(), &self.instance_profile_arn);
        let gone = act.tx().delete::<InstanceProfileRow>(&workspace, arn)?;
        gone.map(|_| Empty {}).ok_or_else(|| instance_profile::missing(arn))
    }
}
