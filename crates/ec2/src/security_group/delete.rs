//! `DeleteSecurityGroup`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::{DEFAULT, SecurityGroupRow, meant};
use crate::kind::Kind;
use crate::network_interface::NetworkInterfaceRow;
use crate::{demand, regional, tag};

/// `DeleteSecurityGroup`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteSecurityGroup {
    group_id: Option<String>,
    group_name: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// What `DeleteSecurityGroup` answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteSecurityGroupOutput {
    #[serde(rename = "return")]
    done: bool,
    group_id: String,
}

impl DeleteSecurityGroup {
    fn group(&self, ask: &Ask<'_>) -> Result<std::sync::Arc<SecurityGroupRow>, Fault> {
        let group = meant(ask, self.group_id.as_deref(), self.group_name.as_deref())?;
        group.ok_or_else(|| Kind::SecurityGroup.not_found(""))
    }
}

impl Operation for DeleteSecurityGroup {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DeleteSecurityGroup";
    type Output = DeleteSecurityGroupOutput;

    fn check(&self) -> Result<(), Fault> {
        match (&self.group_id, &self.group_name) {
            (Some(id), _) => Kind::SecurityGroup.check(id),
            (None, Some(_)) => Ok(()),
            (None, None) => {
                let text = "The request must contain the parameter groupName or groupId";
                Err(Fault::new("MissingParameter", text))
            }
        }
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let id = match &self.group_id {
            Some(id) => id.clone(),
            None => self.group(ask)?.id.clone(),
        };
        Ok(vec![demand::on(ask, "ec2:DeleteSecurityGroup", Kind::SecurityGroup, &id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Write for DeleteSecurityGroup {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<DeleteSecurityGroupOutput, Fault> {
        let group = self.group(&act.ask())?;
        let id = group.id.clone();
        if group.name == DEFAULT {
            let text = format!(
                "the specified group: \"{id}\" name: \"{DEFAULT}\" cannot be deleted by a user"
            );
            return Err(Fault::new("CannotDelete", text));
        }
        if is_needed(&act.ask(), &id) {
            let text = format!("resource {id} has a dependent object");
            return Err(Fault::new("DependencyViolation", text));
        }
        forget_rules(act, &group)?;
        regional::delete::<SecurityGroupRow>(act, &id)?;
        Ok(DeleteSecurityGroupOutput { done: true, group_id: id })
    }
}

/// Whether an interface is in the group or a rule of another group names it.
fn is_needed(ask: &Ask<'_>, id: &str) -> bool {
    let interfaces = regional::all::<NetworkInterfaceRow>(ask);
    let groups = regional::all::<SecurityGroupRow>(ask);
    interfaces.iter().any(|interface| interface.groups.iter().any(|group| group == id))
        || groups.iter().any(|group| group.id != id && group.refers_to(id))
}

/// Takes the tags of a group's rules away.
pub(crate) fn forget_rules(act: &mut Act<'_, '_>, group: &SecurityGroupRow) -> Result<(), Fault> {
    for rule in &group.rules {
        tag::store(act, &rule.id, Vec::new())?;
    }
    Ok(())
}
