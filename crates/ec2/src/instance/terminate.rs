//! `TerminateInstances`, and what goes with an instance.

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::Deserialize;

use crate::fleet;
use crate::instance::life::{Reason, Target};
use crate::instance::power::{StateChange, StateChangesOutput, check_ids, find_all, on_each};
use crate::instance::{InstanceRow, Life, State};
use crate::network_interface::{self, NetworkInterfaceRow};
use crate::regional;
use crate::spot_request;
use crate::volume;

/// How long an instance is shutting down, in seconds, where time is taken (unverified).
const SHUTTING_DOWN_SECONDS: i64 = 30;

/// `TerminateInstances`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TerminateInstances {
    /// The instances.
    pub instance_id: Vec<String>,
    /// Whether they end whatever they do; there is nothing that they do.
    pub force: Option<bool>,
    /// Whether the operating system is not asked to shut down; there is none.
    pub skip_os_shutdown: Option<bool>,
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
}

impl TerminateInstances {
    /// Of these instances.
    #[must_use]
    pub fn of(instance_ids: Vec<String>) -> Self {
        Self { instance_id: instance_ids, ..Self::default() }
    }
}

impl Operation for TerminateInstances {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "TerminateInstances";
    type Output = StateChangesOutput;

    fn check(&self) -> Result<(), Fault> {
        check_ids(&self.instance_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(on_each(ask, "ec2:TerminateInstances", &self.instance_id))
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for TerminateInstances {
    /// One that may not be terminated keeps all from it: AWS does so zone by zone ("If you terminate
    /// multiple instances across multiple Availability Zones, and one or more of the specified instances are
    /// enabled for termination protection, the request fails", with details by zone in the API reference).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<StateChangesOutput, Fault> {
        let rows = find_all(act, &self.instance_id)?;
        if let Some(row) =
            rows.iter().find(|row| row.attributes.disable_api_termination && !row.life.is_over())
        {
            // github.com/rebuy-de/aws-nuke issue 279
            let text = format!(
                "The instance '{}' may not be terminated. Modify its 'disableApiTermination' instance \
                 attribute and try again.",
                row.id
            );
            return Err(Fault::new("OperationNotPermitted", text));
        }
        let mut instances_set = Vec::new();
        for row in &rows {
            let before = row.life.state(act.now);
            let after = if row.life.is_over() { before } else { State::ShuttingDown };
            instance(act, row, Reason::User)?;
            instances_set.push(StateChange::new(row, after, before));
        }
        sweep(act)?;
        Ok(StateChangesOutput { instances_set })
    }
}

/// Terminates an instance, with the interfaces and volumes that go with it; the others are detached.
///
/// # Errors
/// A limit of the store.
pub(crate) fn instance(
    act: &mut Act<'_, '_>,
    row: &InstanceRow,
    reason: Reason,
) -> Result<(), Fault> {
    if row.life.is_over() {
        return Ok(());
    }
    for id in &row.network_interface_ids {
        let Some(interface) = regional::get::<NetworkInterfaceRow>(&act.ask(), id) else {
            continue;
        };
        let goes = interface.attachment.as_ref().is_some_and(|it| it.delete_on_termination);
        if goes {
            network_interface::remove(act, &interface)?;
            continue;
        }
        let mut interface = NetworkInterfaceRow::clone(&interface);
        interface.attachment = None;
        interface.public = interface.public.filter(|public| public.elastic.is_some());
        regional::put(act, interface)?;
    }
    for device in &row.devices {
        volume::release(act, &device.volume_id, device.delete_on_termination)?;
    }
    let mut over = row.clone();
    let seconds = act.secrets.latency.seconds(SHUTTING_DOWN_SECONDS);
    over.life = Life::towards(Target::Terminated, act.now, seconds, Some(reason));
    over.network_interface_ids.clear();
    over.devices.clear();
    over.profile = None;
    over.user_data = None;
    regional::put(act, over.clone())?;
    spot_request::instance_ended(act, &over)?;
    fleet::launch::instance_ended(act, &over)
}

/// Takes away the rows of instances that nobody can see any more.
fn sweep(act: &mut Act<'_, '_>) -> Result<(), Fault> {
    let rows = regional::all::<InstanceRow>(&act.ask());
    let forgotten = rows.iter().filter(|row| row.life.is_forgotten(act.now));
    for id in forgotten.map(|row| row.id.clone()).collect::<Vec<_>>() {
        regional::delete::<InstanceRow>(act, &id)?;
    }
    Ok(())
}
