//! `StartInstances`, `StopInstances` and `RebootInstances`

use std::sync::Arc;

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use crate::demand;
use crate::instance::life::{Reason, State, StateShape, Target};
use crate::instance::{InstanceRow, Life};
use crate::kind::Kind;
use crate::launch::PENDING_SECONDS;
use crate::launch::place::check_still_offered;
use crate::network_interface::{NetworkInterfaceRow, PublicAddress, address};
use crate::regional;
use crate::spot_request;

/// How long stopping takes, in seconds, where time is taken (unverified).
const STOPPING_SECONDS: i64 = 30;

/// `StartInstances`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StartInstances {
    /// The instances.
    pub instance_id: Vec<String>,
    /// Reserved by EC2.
    pub additional_info: Option<String>,
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
}

/// `StopInstances`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StopInstances {
    /// The instances.
    pub instance_id: Vec<String>,
    /// Whether they hibernate, which looks the same from outside; only those can that were launched for it.
    pub hibernate: Option<bool>,
    /// Whether the operating system is not asked to shut down; there is none.
    pub skip_os_shutdown: Option<bool>,
    /// Whether they stop whatever they do; there is nothing that they do.
    pub force: Option<bool>,
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
}

/// `RebootInstances`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RebootInstances {
    /// The instances.
    pub instance_id: Vec<String>,
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
}

/// How the states of instances changed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateChangesOutput {
    /// One change for each instance.
    pub instances_set: Vec<StateChange>,
}

/// How the state of one instance changed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateChange {
    /// The instance.
    pub instance_id: String,
    current_state: StateShape,
    previous_state: StateShape,
}

impl StateChange {
    pub(super) fn new(row: &InstanceRow, current: State, previous: State) -> Self {
        Self {
            instance_id: row.id.clone(),
            current_state: current.shape(),
            previous_state: previous.shape(),
        }
    }
}

/// Checks the ids of an operation that needs some.
pub(super) fn check_ids(ids: &[String]) -> Result<(), Fault> {
    if ids.is_empty() {
        let text = "The request must contain the parameter InstanceId";
        return Err(Fault::new("MissingParameter", text));
    }
    ids.iter().try_for_each(|id| Kind::Instance.check(id))
}

/// `action` on each of the instances.
pub(super) fn on_each(ask: &Ask<'_>, action: &'static str, ids: &[String]) -> Vec<Demand> {
    ids.iter().map(|id| demand::on(ask, action, Kind::Instance, id)).collect()
}

/// The instances of these ids, all of which must be there.
pub(super) fn find_all(act: &Act<'_, '_>, ids: &[String]) -> Result<Vec<Arc<InstanceRow>>, Fault> {
    let mut seen: Vec<&str> = Vec::new();
    for id in ids {
        if !seen.contains(&id.as_str()) {
            seen.push(id);
        }
    }
    let ask = act.ask();
    let seen: Vec<String> = seen.into_iter().map(str::to_owned).collect();
    super::describe::listed(&ask, &seen, None)?;
    Ok(seen.iter().filter_map(|id| regional::get::<InstanceRow>(&ask, id)).collect())
}

fn incorrect_state(text: String) -> Fault {
    Fault::new("IncorrectInstanceState", text)
}

impl Operation for StartInstances {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "StartInstances";
    type Output = StateChangesOutput;

    fn check(&self) -> Result<(), Fault> {
        check_ids(&self.instance_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(on_each(ask, "ec2:StartInstances", &self.instance_id))
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for StartInstances {
    /// An instance that runs already stays as it is.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<StateChangesOutput, Fault> {
        let mut instances_set = Vec::new();
        for row in find_all(act, &self.instance_id)? {
            let before = row.life.state(act.now);
            match before {
                State::Running | State::Pending => {
                    instances_set.push(StateChange::new(&row, before, before));
                }
                State::Stopped => {
                    check_still_offered(&row)?;
                    start(act, &row)?;
                    instances_set.push(StateChange::new(&row, State::Pending, before));
                }
                State::Stopping | State::ShuttingDown | State::Terminated => {
                    return Err(incorrect_state(format!(
                        "The instance '{}' is not in a state from which it can be started.",
                        row.id
                    )));
                }
            }
        }
        Ok(StateChangesOutput { instances_set })
    }
}

fn start(act: &mut Act<'_, '_>, row: &InstanceRow) -> Result<(), Fault> {
    let mut row = row.clone();
    let seconds = act.secrets.latency.seconds(PENDING_SECONDS);
    row.life = Life::towards(Target::Running, act.now, seconds, None);
    row.launched = act.now;
    if row.public_address {
        let address = address::public(act.entropy);
        change_public(act, &row, |public| match public {
            Some(elastic) => Some(elastic),
            None => Some(PublicAddress { address, elastic: None }),
        })?;
    }
    regional::put(act, row)
}

/// Changes the public address of the first interface.
fn change_public(
    act: &mut Act<'_, '_>,
    row: &InstanceRow,
    change: impl FnOnce(Option<PublicAddress>) -> Option<PublicAddress>,
) -> Result<(), Fault> {
    let first = row.network_interface_ids.first();
    let interface = first.and_then(|id| regional::get::<NetworkInterfaceRow>(&act.ask(), id));
    let Some(interface) = interface else { return Ok(()) };
    let mut interface = NetworkInterfaceRow::clone(&interface);
    interface.public = change(interface.public.take());
    regional::put(act, interface)
}

impl Operation for StopInstances {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "StopInstances";
    type Output = StateChangesOutput;

    fn check(&self) -> Result<(), Fault> {
        check_ids(&self.instance_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(on_each(ask, "ec2:StopInstances", &self.instance_id))
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for StopInstances {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<StateChangesOutput, Fault> {
        let mut instances_set = Vec::new();
        for row in find_all(act, &self.instance_id)? {
            let before = row.life.state(act.now);
            if self.hibernate == Some(true) && !row.attributes.hibernation {
                // github.com/aws-solutions/instance-scheduler-on-aws issue 510
                let text = format!(
                    "The instance can't be hibernated because it was not configured at launch for \
                     hibernation: {}",
                    row.id
                );
                return Err(Fault::new("UnsupportedHibernationConfiguration", text));
            }
            if row.attributes.disable_api_stop {
                // github.com/cloud-custodian/cloud-custodian pull request 10594
                let text = format!(
                    "The instance '{}' may not be stopped. Modify its 'disableApiStop' instance attribute \
                     and try again.",
                    row.id
                );
                return Err(Fault::new("OperationNotPermitted", text));
            }
            match before {
                State::Stopped | State::Stopping => {
                    instances_set.push(StateChange::new(&row, before, before));
                }
                State::Running | State::Pending => {
                    spot_request::check_stoppable(&act.ask(), &row)?;
                    stop(act, &row)?;
                    instances_set.push(StateChange::new(&row, State::Stopping, before));
                }
                State::ShuttingDown | State::Terminated => {
                    return Err(incorrect_state(format!(
                        "The instance '{}' is not in a state from which it can be stopped.",
                        row.id
                    )));
                }
            }
        }
        Ok(StateChangesOutput { instances_set })
    }
}

/// A public address of Amazon's is given up; an Elastic IP address stays (EC2 user guide, "Amazon EC2
/// instance IP addressing").
fn stop(act: &mut Act<'_, '_>, row: &InstanceRow) -> Result<(), Fault> {
    let mut row = row.clone();
    let seconds = act.secrets.latency.seconds(STOPPING_SECONDS);
    row.life = Life::towards(Target::Stopped, act.now, seconds, Some(Reason::User));
    change_public(act, &row, |public| public.filter(|public| public.elastic.is_some()))?;
    regional::put(act, row)
}

impl Operation for RebootInstances {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "RebootInstances";
    type Output = ();

    fn check(&self) -> Result<(), Fault> {
        check_ids(&self.instance_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(on_each(ask, "ec2:RebootInstances", &self.instance_id))
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for RebootInstances {
    /// Nothing of an instance that can be seen from outside changes: a reboot is only refused or not.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<(), Fault> {
        for row in find_all(act, &self.instance_id)? {
            // unverified: the text; a pending instance can be rebooted (unverified, too).
            if !matches!(row.life.state(act.now), State::Running | State::Pending) {
                let text = format!("The instance '{}' is not in the 'running' state.", row.id);
                return Err(incorrect_state(text));
            }
        }
        Ok(())
    }
}
