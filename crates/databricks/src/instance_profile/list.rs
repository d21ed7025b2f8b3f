//! Listing the instance profiles that the caller may use.

use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::instance_profile::{InstanceProfileRow, may_use};
use crate::operation::{Ask, Read};
use crate::permit::Need;

/// Lists instance profiles.
#[derive(Debug, Clone, Deserialize)]
pub struct ListInstanceProfiles {}

/// Instance profiles.
#[derive(Debug, Serialize)]
pub struct InstanceProfiles {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    instance_profiles: Vec<InstanceProfile>,
}

/// One; a role that nobody gave is not invented.
#[derive(Debug, Serialize)]
struct InstanceProfile {
    instance_profile_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    iam_role_arn: Option<String>,
    is_meta_instance_profile: bool,
}

operation! {
    ListInstanceProfiles, Get ["/api/2.0/instance-profiles/list"] -> InstanceProfiles, Need::Anyone
}

impl Read for ListInstanceProfiles {
    fn read(self, ask: &Ask<'_>) -> Result<InstanceProfiles, Fault> {
        let rows = ask.view.range::<InstanceProfileRow>(&ask.host.partition(), ..);
        let usable = rows.filter(|row| may_use(ask, &row.arn));
        let shown = usable.map(|row| InstanceProfile {
            instance_profile_arn: row.arn.clone(),
            iam_role_arn: row.iam_role_arn.clone(),
            is_meta_instance_profile: row.is_meta,
        });
        Ok(InstanceProfiles { instance_profiles: shown.collect() })
    }
}
