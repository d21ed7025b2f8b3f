//! Requests for Spot Instances: the row, how one is fulfilled, and the service-linked role that EC2 does it
//! with; the operations are in the files below.
//!
//! There is always capacity, at any price: a request is fulfilled at once.

pub mod cancel;
pub mod describe;
pub mod request;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use cloud::caller::SessionKind;
use cloud::iam::role::service_linked::CreateServiceLinkedRole;
use cloud::iam::role::{self, RoleRow};
use cloud::{Act, Ask, Caller, Fault, Session};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::instance::InstanceRow;
use crate::kind::Kind;
use crate::launch::run::Origin;
use crate::launch::specification::{MarketOptions, SpotOptions};
use crate::launch::{LaunchData, Plan, RunInstances};
use crate::regional::{self, Regional, regional_row};
use crate::tag;

/// The service that fulfils requests.
const SERVICE: &str = "spot.amazonaws.com";
/// Its service-linked role.
pub const ROLE_NAME: &str = "AWSServiceRoleForEC2Spot";
/// How long it holds its credentials, in seconds.
const SESSION_SECONDS: u32 = 3600;

/// A request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SpotRequestRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: String,
    /// `sir-…`
    pub id: String,
    /// When it was made.
    pub created: Timestamp,
    /// Whether it is made again when its instance ends.
    pub persistent: bool,
    /// What it is doing.
    pub state: RequestState,
    /// Why: the code of its status.
    pub status: String,
    /// Since when.
    pub status_since: Timestamp,
    /// The most that is paid for an hour, in dollars.
    pub max_price: Option<String>,
    /// Until when it holds.
    pub valid_until: Option<String>,
    /// What becomes of an instance that is interrupted.
    pub interruption_behavior: String,
    /// What it launches.
    pub launch: LaunchData,
    /// The subnet that it launches in.
    pub subnet_id: String,
    /// The zone that it launched in.
    pub zone: String,
    /// The instance that fulfils it.
    pub instance_id: Option<String>,
    /// `Linux/UNIX` or `Windows`.
    pub product: String,
}

/// What a request is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestState {
    /// Waiting for its time.
    Open,
    /// Fulfilled.
    Active,
    /// Its instance has ended.
    Closed,
    /// Given up.
    Cancelled,
}

impl RequestState {
    /// The API's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Active => "active",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }
}

regional_row!(SpotRequestRow, "ec2_spot_request");

impl Regional for SpotRequestRow {
    const KIND: Kind = Kind::SpotInstancesRequest;

    fn id(&self) -> &str {
        &self.id
    }
}

/// Makes the service-linked role if it is not there, as the caller: EC2 does it in the caller's name ("Service-
/// linked role for Spot Instance requests", EC2 user guide).
///
/// # Errors
/// EC2's for a caller who may not (github.com/LeanerCloud/AutoSpotting issue 187).
pub(crate) fn ensure_role(act: &mut Act<'_, '_>) -> Result<(), Fault> {
    if role::find(act.tx, act.account(), ROLE_NAME).is_ok() {
        return Ok(());
    }
    let caller = act.caller.clone();
    match act.write_as(&caller, CreateServiceLinkedRole::of(SERVICE)) {
        Ok(_) => Ok(()),
        Err(fault) if fault.code == "AccessDenied" => {
            let text = "The provided credentials do not have permission to create the service-linked role \
                        for EC2 Spot Instances.";
            Err(Fault::new("AuthFailure.ServiceLinkedRoleCreationNotPermitted", text))
        }
        Err(fault) => Err(fault),
    }
}

/// A session of a service-linked role, in which EC2 does what the role may do.
pub(crate) fn service_session(role: &RoleRow, service: &str, now: Timestamp) -> Caller {
    let kind = SessionKind::Role {
        role_name: role.name.clone(),
        role_id: role.id.clone(),
        role_arn: role.arn.clone(),
        session_name: service.split('.').next().unwrap_or(service).to_owned(),
    };
    Caller::Session(Arc::new(Session::new(role.account, kind, now, SESSION_SECONDS)))
}

/// Launches the instance of a request, as the service-linked role.
///
/// # Errors
/// EC2's for the launch; the service-linked role must be there.
pub(crate) fn fulfil(act: &mut Act<'_, '_>, mut row: SpotRequestRow) -> Result<(), Fault> {
    let role = Arc::clone(role::find(act.tx, act.account(), ROLE_NAME)?);
    let caller = service_session(&role, SERVICE, act.now);
    let mut launch = RunInstances::from_data(row.launch.clone());
    launch.subnet_id = launch.network_interface.is_empty().then(|| row.subnet_id.clone());
    launch.origin = Origin::SpotRequest(row.id.clone());
    let reservation = act.write_as(&caller, launch)?;
    row.instance_id = reservation.instance_ids().into_iter().next();
    row.set(RequestState::Active, "fulfilled", act.now);
    regional::put(act, row)
}

/// The request that `RunInstances` makes for an instance that it launched.
///
/// # Errors
/// A limit of the store.
pub(crate) fn of_launch(
    act: &mut Act<'_, '_>,
    plan: &Plan,
    id: &str,
    instance: &InstanceRow,
) -> Result<(), Fault> {
    let options = plan.spot.clone().unwrap_or_default();
    let mut row = SpotRequestRow::new(act, plan, &options, id.to_owned());
    row.instance_id = Some(instance.id.clone());
    row.set(RequestState::Active, "fulfilled", act.now);
    let tags = tag::specified(&plan.data.tag_specification, Kind::SpotInstancesRequest);
    regional::put(act, row)?;
    tag::set(act, id, &tags)
}

/// What becomes of the request of an instance that ended: a persistent one is fulfilled anew.
///
/// # Errors
/// A limit of the store.
pub(crate) fn instance_ended(act: &mut Act<'_, '_>, instance: &InstanceRow) -> Result<(), Fault> {
    let Some(id) = &instance.spot_request_id else { return Ok(()) };
    let Some(row) = regional::get::<SpotRequestRow>(&act.ask(), id) else { return Ok(()) };
    if row.state != RequestState::Active {
        return Ok(());
    }
    let mut row = SpotRequestRow::clone(&row);
    row.instance_id = None;
    if !row.persistent {
        row.instance_id = Some(instance.id.clone());
        row.set(RequestState::Closed, "instance-terminated-by-user", act.now);
        return regional::put(act, row);
    }
    row.set(RequestState::Open, "pending-evaluation", act.now);
    // What keeps it from being launched again leaves it open.
    let again = fulfil(act, row.clone());
    if again.is_err() { regional::put(act, row) } else { Ok(()) }
}

/// Refuses to stop an instance that could not be started again (public reports).
///
/// # Errors
/// `UnsupportedOperation`
pub(crate) fn check_stoppable(ask: &Ask<'_>, instance: &InstanceRow) -> Result<(), Fault> {
    let Some(id) = &instance.spot_request_id else { return Ok(()) };
    let row = regional::get::<SpotRequestRow>(ask, id);
    if row.is_some_and(|row| row.persistent) {
        return Ok(());
    }
    let text = format!(
        "You can't stop the Spot Instance '{}' because it is associated with a one-time Spot Instance \
         request. You can only stop Spot Instances associated with persistent Spot Instance requests.",
        instance.id
    );
    Err(Fault::new("UnsupportedOperation", text))
}

impl SpotRequestRow {
    /// A request that waits.
    pub(crate) fn new(act: &Act<'_, '_>, plan: &Plan, options: &SpotOptions, id: String) -> Self {
        let persistent = options.spot_instance_type.as_deref() == Some("persistent");
        let behavior = options.instance_interruption_behavior.clone();
        Self {
            account: act.account(),
            region: act.region.to_owned(),
            id,
            created: act.now,
            persistent,
            state: RequestState::Open,
            status: "pending-evaluation".to_owned(),
            status_since: act.now,
            max_price: options.max_price.clone().filter(|price| !price.is_empty()),
            valid_until: options.valid_until.clone(),
            interruption_behavior: behavior.unwrap_or_else(|| "terminate".to_owned()),
            launch: LaunchData {
                instance_market_options: Some(MarketOptions {
                    market_type: Some("spot".to_owned()),
                    spot_options: Some(options.clone()),
                }),
                ..plan.data.clone()
            },
            subnet_id: plan.subnet.id.clone(),
            zone: plan.subnet.zone.clone(),
            instance_id: None,
            product: plan.image.platform_details().to_owned(),
        }
    }

    pub(crate) fn set(&mut self, state: RequestState, status: &str, now: Timestamp) {
        self.state = state;
        status.clone_into(&mut self.status);
        self.status_since = now;
    }
}
