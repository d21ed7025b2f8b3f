//! `CancelSpotInstanceRequests`

use cloud::{Act, Ask, Demand, Fault, Operation, Service, Write};
use serde::{Deserialize, Serialize};

use crate::demand;
use crate::kind::Kind;
use crate::page;
use crate::regional;
use crate::spot_request::{RequestState, SpotRequestRow};

/// `CancelSpotInstanceRequests`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CancelSpotInstanceRequests {
    /// Only asks whether it would be done.
    pub dry_run: Option<bool>,
    /// The requests.
    pub spot_instance_request_id: Vec<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CancelledOutput {
    spot_instance_request_set: Vec<Cancelled>,
}

/// What became of a request.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cancelled {
    spot_instance_request_id: String,
    state: &'static str,
}

impl Operation for CancelSpotInstanceRequests {
    const SERVICE: Service = Service::Ec2;
    const NAME: &'static str = "CancelSpotInstanceRequests";
    type Output = CancelledOutput;

    fn check(&self) -> Result<(), Fault> {
        self.spot_instance_request_id.iter().try_for_each(|id| Kind::SpotInstancesRequest.check(id))
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "ec2:CancelSpotInstanceRequests";
        let ids = self.spot_instance_request_id.iter();
        Ok(ids.map(|id| demand::on(ask, action, Kind::SpotInstancesRequest, id)).collect())
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run == Some(true)
    }
}

impl Write for CancelSpotInstanceRequests {
    /// "Canceling a Spot Instance request does not terminate running Spot Instances" (API reference).
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CancelledOutput, Fault> {
        let rows = page::by_ids::<SpotRequestRow>(&act.ask(), &self.spot_instance_request_id)?;
        let mut cancelled = Vec::new();
        for row in rows {
            let mut row = SpotRequestRow::clone(&row);
            match row.state {
                RequestState::Open => {
                    row.set(RequestState::Cancelled, "canceled-before-fulfillment", act.now);
                }
                RequestState::Active => {
                    let status = "request-canceled-and-instance-running";
                    row.set(RequestState::Cancelled, status, act.now);
                }
                RequestState::Closed | RequestState::Cancelled => {}
            }
            cancelled.push(Cancelled {
                spot_instance_request_id: row.id.clone(),
                state: row.state.name(),
            });
            regional::put(act, row)?;
        }
        Ok(CancelledOutput { spot_instance_request_set: cancelled })
    }
}
