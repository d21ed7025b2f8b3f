//! `MonitorInstances` and `UnmonitorInstances`: detailed monitoring, on and off.

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use super::modify::changeable;
use crate::demand;
use crate::kind::Kind;
use crate::regional;

/// `MonitorInstances`
pub type MonitorInstances = SetMonitoring<true>;
/// `UnmonitorInstances`
pub type UnmonitorInstances = SetMonitoring<false>;

/// Either of the two.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetMonitoring<const ON: bool> {
    instance_id: Vec<String>,
    dry_run: Option<bool>,
}

/// What both answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MonitoringOutput {
    instances_set: Vec<Monitored>,
}

/// An instance on the way.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Monitored {
    instance_id: String,
    monitoring: Monitoring,
}

/// How it is monitored.
#[derive(Debug, Serialize)]
pub struct Monitoring {
    state: &'static str,
}

impl<const ON: bool> Operation for SetMonitoring<ON> {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = if ON { "MonitorInstances" } else { "UnmonitorInstances" };
    type Output = MonitoringOutput;

    fn check(&self) -> Result<(), Fault> {
        self.instance_id.iter().try_for_each(|id| Kind::Instance.check(id))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = if ON { "ec2:MonitorInstances" } else { "ec2:UnmonitorInstances" };
        let ids = self.instance_id.iter();
        Ok(ids.map(|id| demand::on(ask, action, Kind::Instance, id)).collect())
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl<const ON: bool> Write for SetMonitoring<ON> {
    /// The answer says what is on its way; whoever asks next sees it done.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<MonitoringOutput, Fault> {
        let mut instances_set = Vec::with_capacity(self.instance_id.len());
        for id in &self.instance_id {
            let mut row = changeable(act, id)?;
            row.attributes.monitoring = ON;
            regional::put(act, row)?;
            let monitoring = Monitoring { state: if ON { "pending" } else { "disabling" } };
            instances_set.push(Monitored { instance_id: id.clone(), monitoring });
        }
        Ok(MonitoringOutput { instances_set })
    }
}
