//! `DeleteFleets`

use cloud::iam::role;
use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use crate::demand;
use crate::fleet::{FleetKind, FleetRow, FleetState, ROLE_NAME, SERVICE};
use crate::instance::terminate::TerminateInstances;
use crate::kind::Kind;
use crate::regional;
use crate::spot_request::service_session;

/// `DeleteFleets`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteFleets {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// The fleets.
    pub fleet_id: Vec<String>,
    /// Whether their instances go with them.
    pub terminate_instances: bool,
}

/// Its answer.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeletedFleetsOutput {
    successful_fleet_deletion_set: Vec<DeletedShape>,
    unsuccessful_fleet_deletion_set: Vec<UndeletedShape>,
}

/// A fleet that is gone.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeletedShape {
    fleet_id: String,
    current_fleet_state: &'static str,
    previous_fleet_state: &'static str,
}

/// A fleet that is not.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UndeletedShape {
    fleet_id: String,
    error: ErrorShape,
}

/// Why not.
#[derive(Debug, Serialize)]
pub struct ErrorShape {
    code: &'static str,
    message: String,
}

impl Operation for DeleteFleets {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DeleteFleets";
    type Output = DeletedFleetsOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:DeleteFleets";
        let ids = self.fleet_id.iter();
        Ok(ids.map(|id| demand::on(ask, action, Kind::Fleet, id)).collect())
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for DeleteFleets {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<DeletedFleetsOutput, Fault> {
        let mut output = DeletedFleetsOutput::default();
        for id in &self.fleet_id {
            match self.delete(act, id)? {
                Ok(shape) => output.successful_fleet_deletion_set.push(shape),
                Err(error) => {
                    let fleet_id = id.clone();
                    output.unsuccessful_fleet_deletion_set.push(UndeletedShape { fleet_id, error });
                }
            }
        }
        Ok(output)
    }
}

impl DeleteFleets {
    fn delete(
        &self,
        act: &mut Act<'_, '_>,
        id: &str,
    ) -> Result<Result<DeletedShape, ErrorShape>, Fault> {
        if let Err(fault) = Kind::Fleet.check(id) {
            return Ok(Err(ErrorShape { code: "fleetIdMalformed", message: fault.message }));
        }
        let Some(fleet) = regional::get::<FleetRow>(&act.ask(), id) else {
            let message = Kind::Fleet.not_found(id).message;
            return Ok(Err(ErrorShape { code: "fleetIdDoesNotExist", message }));
        };
        // "If the fleet is of type instant, you must set TerminateInstances" (API reference); unverified: the
        // text.
        let stays = fleet.kind == FleetKind::Instant && !self.terminate_instances;
        if fleet.state != FleetState::Active || stays {
            let message =
                format!("The fleet '{id}' is not in a state from which it can be deleted.");
            return Ok(Err(ErrorShape { code: "fleetNotInDeletableState", message }));
        }
        let mut fleet = FleetRow::clone(&fleet);
        let previous_fleet_state = fleet.state.name();
        // Gone before its instances are, so that it does not replace them.
        fleet.state =
            if self.terminate_instances { FleetState::Deleted } else { FleetState::DeletedRunning };
        let now = act.now;
        fleet.note(now, "fleet-change", "deleted", String::new(), None);
        regional::put(act, fleet.clone())?;
        if self.terminate_instances {
            let ids = fleet.alive(&act.ask()).map(|(instance, _)| instance.id.clone()).collect();
            terminate(act, &fleet, ids)?;
        }
        Ok(Ok(DeletedShape {
            fleet_id: fleet.id,
            // What the answer tells is the way there; whoever asks next sees it done.
            current_fleet_state: if self.terminate_instances {
                "deleted_terminating"
            } else {
                "deleted_running"
            },
            previous_fleet_state,
        }))
    }
}

/// Terminates instances of a fleet, as its service-linked role where there is one; an instant fleet may do
/// without, and then it is the caller who terminates them (unverified).
pub(super) fn terminate(
    act: &mut Act<'_, '_>,
    fleet: &FleetRow,
    ids: Vec<String>,
) -> Result<(), Fault> {
    if ids.is_empty() {
        return Ok(());
    }
    let role = role::find(act.tx, fleet.account, ROLE_NAME).ok();
    let session = role.map(|role| service_session(role, SERVICE, act.now));
    let caller = session.unwrap_or_else(|| act.caller.clone());
    act.write_as(&caller, TerminateInstances::of(ids)).map(drop)
}
