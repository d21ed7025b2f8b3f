//! `UpdatePolicy` and `DeletePolicy`

use std::sync::Arc;

use serde::Deserialize;

use super::{Found, PolicyOutput, PolicyRow, accept, check_name_is_free, demand, require};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::{Act, Ask, Operation, Service, Write};
use crate::organizations::input::{check_length, check_pattern, invalid, is_policy_id};
use crate::organizations::membership;
use crate::organizations::node::NodeRow;
use crate::organizations::organization::OrganizationRow;

/// `UpdatePolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdatePolicy {
    policy_id: String,
    name: Option<String>,
    description: Option<String>,
    content: Option<String>,
}

impl Operation for UpdatePolicy {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "UpdatePolicy";
    type Output = PolicyOutput;

    fn check(&self) -> Result<(), Fault> {
        check_pattern(is_policy_id(&self.policy_id))?;
        let bounds =
            [(&self.name, 1, 128), (&self.description, 0, 512), (&self.content, 1, usize::MAX)];
        for (text, least, most) in bounds {
            text.as_deref().map_or(Ok(()), |text| check_length(text, least, most))?;
        }
        Ok(())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let organization = membership::managed_by(ask)?;
        Ok(vec![demand(ask, "organizations:UpdatePolicy", organization, &self.policy_id)])
    }
}

impl Write for UpdatePolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<PolicyOutput, Fault> {
        let organization = OrganizationRow::clone(membership::managed_by(&act.ask())?);
        let mut row = own(require(act.tx, &organization, &self.policy_id)?)?;
        if let Some(name) = self.name.as_ref().filter(|name| **name != row.name) {
            check_name_is_free(act.tx, &organization, name)?;
            row.name.clone_from(name);
        }
        if let Some(description) = &self.description {
            row.description.clone_from(description);
        }
        if let Some(content) = &self.content {
            row.document = accept(content, row.r#type)?;
        }
        act.tx.update(row.clone())?;
        Ok(PolicyOutput::new(&Found::Own(Arc::new(row))))
    }
}

/// `DeletePolicy`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeletePolicy {
    policy_id: String,
}

impl Operation for DeletePolicy {
    const SERVICE: Service = Service::Organizations;
    const NAME: &'static str = "DeletePolicy";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check_pattern(is_policy_id(&self.policy_id))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let organization = membership::managed_by(ask)?;
        Ok(vec![demand(ask, "organizations:DeletePolicy", organization, &self.policy_id)])
    }
}

impl Write for DeletePolicy {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        let organization = OrganizationRow::clone(membership::managed_by(&act.ask())?);
        let account = organization.account.as_str();
        let row = own(require(act.tx, &organization, &self.policy_id)?)?;
        let mut nodes = act.tx.range::<NodeRow>(account, ..);
        if nodes.any(|node| node.policies.contains(&row.id)) {
            // API reference.
            let text = "The policy is attached to one or more entities. You must detach it from all roots, \
                        OUs, and accounts before performing this operation.";
            return Err(Fault::new("PolicyInUseException", text));
        }
        drop(nodes);
        act.tx.delete::<PolicyRow>(account, &row.id)?;
        Ok(())
    }
}

/// The organization's own policy; AWS's cannot be changed (the text is unverified).
fn own(found: Found) -> Result<PolicyRow, Fault> {
    match found {
        Found::Own(row) => Ok(PolicyRow::clone(&row)),
        Found::Aws(_) => {
            let text = "You specified a policy that is managed by AWS and can't be modified.";
            Err(invalid("IMMUTABLE_POLICY", text))
        }
    }
}
