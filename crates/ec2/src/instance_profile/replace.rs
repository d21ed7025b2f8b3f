//! `ReplaceIamInstanceProfileAssociation` and `DisassociateIamInstanceProfile`

use std::sync::Arc;

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use crate::demand;
use crate::instance::{ASSOCIATION_INDEX, InstanceRow, ProfileAssociation, State};
use crate::instance_profile::{
    ASSOCIATION_PREFIX, AssociationOutput, AssociationShape, ProfileSpecification,
};
use crate::kind::Kind;
use crate::regional;

/// `ReplaceIamInstanceProfileAssociation`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReplaceIamInstanceProfileAssociation {
    /// The new profile.
    pub iam_instance_profile: ProfileSpecification,
    /// The association that it takes the place of.
    pub association_id: String,
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
}

/// `DisassociateIamInstanceProfile`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DisassociateIamInstanceProfile {
    /// The association.
    pub association_id: String,
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
}

impl Operation for ReplaceIamInstanceProfileAssociation {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ReplaceIamInstanceProfileAssociation";
    type Output = AssociationOutput;

    fn check(&self) -> Result<(), Fault> {
        check_id(&self.association_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (instance, _) = find(ask, &self.association_id)?;
        let profile = self.iam_instance_profile.find_to_associate(ask)?;
        let new = vec![("ec2:NewInstanceProfile", profile.row.arn.clone())];
        let action = "ec2:ReplaceIamInstanceProfileAssociation";
        Ok(vec![
            demand::on_with(ask, action, Kind::Instance, &instance.id, new, &[]),
            profile.pass_role_to_instance(ask),
        ])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for ReplaceIamInstanceProfileAssociation {
    /// The new association has an id of its own (API reference, example).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<AssociationOutput, Fault> {
        let (instance, _) = find(&act.ask(), &self.association_id)?;
        let profile = self.iam_instance_profile.find_to_associate(&act.ask())?;
        // "for the specified running instance" (API reference); the text for a stopped one is from
        // github.com/aws/aws-cli issue 5251.
        if !matches!(instance.life.state(act.now), State::Running | State::Pending) {
            let text =
                format!("The association {} is not the active association", self.association_id);
            return Err(Fault::new("IncorrectState", text));
        }
        let mut instance = InstanceRow::clone(&instance);
        let association = profile.association(act);
        let shape = AssociationShape::new(&instance, &association, "associating");
        instance.profile = Some(association);
        regional::put(act, instance)?;
        Ok(AssociationOutput { iam_instance_profile_association: shape })
    }
}

impl Operation for DisassociateIamInstanceProfile {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DisassociateIamInstanceProfile";
    type Output = AssociationOutput;

    fn check(&self) -> Result<(), Fault> {
        check_id(&self.association_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let (instance, _) = find(ask, &self.association_id)?;
        let action = "ec2:DisassociateIamInstanceProfile";
        Ok(vec![demand::on(ask, action, Kind::Instance, &instance.id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for DisassociateIamInstanceProfile {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<AssociationOutput, Fault> {
        let (instance, association) = find(&act.ask(), &self.association_id)?;
        let mut instance = InstanceRow::clone(&instance);
        let shape = AssociationShape::new(&instance, &association, "disassociating");
        instance.profile = None;
        regional::put(act, instance)?;
        Ok(AssociationOutput { iam_instance_profile_association: shape })
    }
}

/// Refuses what is no association's id (github.com/aws/aws-cli issue 2570).
fn check_id(id: &str) -> Result<(), Fault> {
    if is_id(id) {
        return Ok(());
    }
    Err(Fault::new("InvalidParameterValue", "Invalid value for associationId."))
}

/// The instance of an association of the caller's, with the association.
///
/// # Errors
/// `InvalidAssociationID.NotFound`
fn find(ask: &Ask<'_>, id: &str) -> Result<(Arc<InstanceRow>, ProfileAssociation), Fault> {
    let row = ask.view.by_index::<InstanceRow>(ASSOCIATION_INDEX, id);
    let is_own = |row: &&Arc<InstanceRow>| row.account == ask.account() && row.region == ask.region;
    let found = row.filter(is_own).and_then(|row| Some((Arc::clone(row), row.profile.clone()?)));
    found.ok_or_else(|| not_found(id))
}

/// Whether it looks like an association's id.
pub(super) fn is_id(id: &str) -> bool {
    id.strip_prefix(ASSOCIATION_PREFIX).is_some_and(|digits| !digits.is_empty())
}

/// What EC2 says to the id of an association that there is none of.
pub(super) fn not_found(id: &str) -> Fault {
    let text = format!("An invalid association-id of '{id}' was given");
    Fault::new("InvalidAssociationID.NotFound", text)
}
