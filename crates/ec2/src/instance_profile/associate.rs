//! `AssociateIamInstanceProfile`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use crate::demand;
use crate::instance::{InstanceRow, State};
use crate::instance_profile::{AssociationOutput, AssociationShape, ProfileSpecification};
use crate::kind::Kind;
use crate::regional;

/// `AssociateIamInstanceProfile`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssociateIamInstanceProfile {
    /// The profile.
    pub iam_instance_profile: ProfileSpecification,
    /// The instance that is to wear it.
    pub instance_id: String,
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
}

impl Operation for AssociateIamInstanceProfile {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "AssociateIamInstanceProfile";
    type Output = AssociationOutput;

    fn check(&self) -> Result<(), Fault> {
        Kind::Instance.check(&self.instance_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let profile = self.iam_instance_profile.find_to_associate(ask)?;
        let new = vec![("ec2:NewInstanceProfile", profile.row.arn.clone())];
        let instance = &self.instance_id;
        let action = "ec2:AssociateIamInstanceProfile";
        Ok(vec![
            demand::on_with(ask, action, Kind::Instance, instance, new, &[]),
            profile.pass_role_to_instance(ask),
        ])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for AssociateIamInstanceProfile {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<AssociationOutput, Fault> {
        let ask = act.ask();
        let instance = regional::find::<InstanceRow>(&ask, &self.instance_id)?;
        let profile = self.iam_instance_profile.find_to_associate(&ask)?;
        // Before the state: so an instance that has one says so whatever it does (unverified).
        if instance.profile.is_some() {
            let text = format!("There is an existing association for instance {}", instance.id);
            return Err(Fault::new("IncorrectState", text));
        }
        // A pending instance can be given one, too: Terraform does so right after a launch.
        if !matches!(instance.life.state(act.now), State::Running | State::Stopped | State::Pending)
        {
            let text = format!(
                "The instance '{}' is not in the 'running' or 'stopped' states.",
                instance.id
            );
            return Err(Fault::new("IncorrectInstanceState", text));
        }
        let mut instance = InstanceRow::clone(&instance);
        let association = profile.association(act);
        let shape = AssociationShape::new(&instance, &association, "associating");
        instance.profile = Some(association);
        regional::put(act, instance)?;
        Ok(AssociationOutput { iam_instance_profile_association: shape })
    }
}
