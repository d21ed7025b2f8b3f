//! `DescribeFleetHistory`

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use crate::demand;
use crate::fleet::{Event, FleetRow};
use crate::kind::Kind;
use crate::page;
use crate::regional;
use crate::time::{Time, TimeInput};

/// `DescribeFleetHistory`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeFleetHistory {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// The fleet.
    pub fleet_id: String,
    /// From here on.
    pub start_time: TimeInput,
    /// Of this kind.
    pub event_type: Option<String>,
    /// At most so many.
    pub max_results: Option<i32>,
    /// From where the last answer ended.
    pub next_token: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FleetHistoryOutput {
    fleet_id: String,
    history_record_set: Vec<RecordShape>,
    last_evaluated_time: Time,
    start_time: Time,
    next_token: Option<String>,
}

/// What happened.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordShape {
    event_information: InformationShape,
    event_type: String,
    timestamp: Time,
}

/// What exactly.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InformationShape {
    event_description: String,
    event_sub_type: String,
    instance_id: Option<String>,
}

impl Operation for DescribeFleetHistory {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "DescribeFleetHistory";
    type Output = FleetHistoryOutput;

    fn check(&self) -> Result<(), Fault> {
        page::check_max_results(self.max_results, 1)?;
        Kind::Fleet.check(&self.fleet_id)
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:DescribeFleetHistory";
        Ok(vec![demand::on(ask, action, Kind::Fleet, &self.fleet_id)])
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Read for DescribeFleetHistory {
    fn read(self, ask: &Ask<'_>) -> Result<FleetHistoryOutput, Fault> {
        let fleet = regional::find::<FleetRow>(ask, &self.fleet_id)?;
        let after = self.next_token.as_deref().map(page::read_token).transpose()?;
        let after = after.unwrap_or_default();
        let numbered = fleet.history.iter().enumerate();
        let wanted = numbered.filter(|(_, event)| {
            event.time >= self.start_time.0
                && self.event_type.as_ref().is_none_or(|kind| *kind == event.kind)
        });
        let key = |(at, _): &(usize, &Event)| format!("{at:06}");
        let wanted: Vec<_> = wanted.filter(|one| key(one) > after).collect();
        let page = page::cut(wanted, self.max_results, key);
        let record = |(_, event): &(usize, &Event)| RecordShape {
            event_information: InformationShape {
                event_description: event.description.clone(),
                event_sub_type: event.sub_kind.clone(),
                instance_id: event.instance_id.clone(),
            },
            event_type: event.kind.clone(),
            timestamp: Time(event.time),
        };
        Ok(FleetHistoryOutput {
            fleet_id: fleet.id.clone(),
            history_record_set: page.items.iter().map(record).collect(),
            last_evaluated_time: Time(ask.now),
            start_time: Time(self.start_time.0),
            next_token: page.next_token,
        })
    }
}
