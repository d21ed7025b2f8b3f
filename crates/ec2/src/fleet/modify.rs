//! `ModifyFleet`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use crate::demand;
use crate::fleet::delete::terminate;
use crate::fleet::launch::{fill, launcher};
use crate::fleet::specification::{Config, Target};
use crate::fleet::{FleetKind, FleetRow, FleetState};
use crate::kind::Kind;
use crate::launch::specification::Present;
use crate::regional;
use crate::unmodelled::Unmodelled;

/// `ModifyFleet`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the fields are named and described in the API reference")]
pub struct ModifyFleet {
    pub dry_run: Option<bool>,
    pub fleet_id: String,
    pub launch_template_config: Vec<Config>,
    pub target_capacity_specification: Option<Target>,
    pub excess_capacity_termination_policy: Option<String>,
    pub context: Option<Present>,
}

/// Its answer.
#[derive(Debug, Serialize)]
pub struct ModifiedOutput {
    r#return: bool,
}

impl Operation for ModifyFleet {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "ModifyFleet";
    type Output = ModifiedOutput;

    fn check(&self) -> Result<(), Fault> {
        Kind::Fleet.check(&self.fleet_id)?;
        Unmodelled::new(Self::NAME).value("Context", self.context.as_ref()).finish()?;
        for config in &self.launch_template_config {
            config.check_modelled(Self::NAME)?;
        }
        match &self.target_capacity_specification {
            Some(target) => target.check(Self::NAME),
            None => Ok(()),
        }
    }

    /// Beside the fleet what it is to launch from now on, and the roles of that.
    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:ModifyFleet";
        let mut demands = vec![demand::on(ask, action, Kind::Fleet, &self.fleet_id)];
        let arn = Kind::Instance.arn(ask.region, ask.account(), "*");
        for config in &self.launch_template_config {
            let (template, version) = config.launch_template_specification.find(ask)?;
            demands.push(demand::on(ask, action, Kind::LaunchTemplate, &template.id));
            let profile = version.data.iam_instance_profile.as_ref().filter(|it| !it.is_empty());
            if let Some(profile) = profile {
                demands.push(profile.find(ask)?.pass_role(arn.clone()));
            }
        }
        Ok(demands)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for ModifyFleet {
    /// "You can only modify an EC2 Fleet request of type maintain" (API reference); unverified: code and text
    /// of the refusal.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<ModifiedOutput, Fault> {
        let fleet = regional::find::<FleetRow>(&act.ask(), &self.fleet_id)?;
        if fleet.kind != FleetKind::Maintain || fleet.state != FleetState::Active {
            let text = format!("The fleet '{}' cannot be modified.", fleet.id);
            return Err(Fault::new("UnsupportedOperation", text));
        }
        let mut fleet = FleetRow::clone(&fleet);
        if !self.launch_template_config.is_empty() {
            fleet.configs.clone_from(&self.launch_template_config);
        }
        if let Some(target) = &self.target_capacity_specification {
            fleet.target = target.clone();
        }
        if let Some(policy) = &self.excess_capacity_termination_policy {
            fleet.terminates_excess = policy != "no-termination";
        }
        let target = fleet.target.total_target_capacity;
        let text = format!("targetCapacity: {target}");
        fleet.note(act.now, "fleet-change", "modify_succeeded", text, None);
        if fleet.terminates_excess {
            shrink(act, &mut fleet)?;
        }
        let launcher = launcher(act, fleet.kind)?;
        fill(act, &mut fleet, &launcher);
        regional::put(act, fleet)?;
        Ok(ModifiedOutput { r#return: true })
    }
}

/// Terminates what is beyond the target, the newest first.
fn shrink(act: &mut Act<'_, '_>, fleet: &mut FleetRow) -> Result<(), Fault> {
    let (on_demand, spot) = fleet.target.split();
    let (mut has_on_demand, mut has_spot) = fleet.fulfilled(&act.ask());
    let mut excess = Vec::new();
    for (instance, _) in fleet.alive(&act.ask()).collect::<Vec<_>>().into_iter().rev() {
        let (has, wanted) = match instance.spot {
            true => (&mut has_spot, spot),
            false => (&mut has_on_demand, on_demand),
        };
        if has.saturating_sub(instance.weight) >= wanted {
            *has = has.saturating_sub(instance.weight);
            excess.push(instance.id.clone());
        }
    }
    // No longer its own, so that their end is not taken for a loss.
    fleet.instances.retain(|instance| !excess.contains(&instance.id));
    regional::put(act, fleet.clone())?;
    terminate(act, fleet, excess)
}
