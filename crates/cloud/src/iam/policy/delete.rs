//! `DeletePolicy`

use serde::Deserialize;

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::policy::{self, PolicyRow};
use crate::iam::{attachment, name};
use crate::operation::{Act, Ask, Operation, Service, Write};

/// `DeletePolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeletePolicy {
    policy_arn: String,
}

impl Operation for DeletePolicy {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "DeletePolicy";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        policy::check_arn(Constraints::new(), &self.policy_arn)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![policy::demand(ask, "iam:DeletePolicy", &self.policy_arn)])
    }
}

impl Write for DeletePolicy {
    /// Which of the two conflicts IAM names if there are both is unverified.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let policy = policy::find(act.tx, &self.policy_arn)?;
        let account = policy.account;
        let conflict = if attachment::of(act.tx, account, &policy.arn).next().is_some() {
            "Cannot delete a policy attached to entities."
        } else if policy.versions.len() > 1 {
            // Quoted in rebuy-de/aws-nuke issue 1.
            "This policy has more than one version. Before you delete a policy, you must delete the \
             policy's versions. The default version is deleted with the policy."
        } else {
            let key = name::key(&policy.name);
            act.tx.delete::<PolicyRow>(account.as_str(), &key)?;
            return Ok(());
        };
        Err(Fault::new("DeleteConflict", conflict))
    }
}
