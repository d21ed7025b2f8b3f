//! Fleets: the row, what it is made of, how it is shown; what launches their instances and the operations are
//! in the files below.

pub mod create;
pub mod delete;
pub mod describe;
pub mod history;
pub mod launch;
pub mod modify;
pub mod specification;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use cloud::{Ask, Fault};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::instance::InstanceRow;
use crate::kind::Kind;
use crate::regional::{self, Regional, regional_row};

use specification::{Config, OnDemandOptions, PoolShape, SpotOptions, Target};

/// The service that keeps fleets.
pub(crate) const SERVICE: &str = "ec2fleet.amazonaws.com";
/// Its service-linked role ("Service-linked role for EC2 Fleet", EC2 user guide).
pub const ROLE_NAME: &str = "AWSServiceRoleForEC2Fleet";

/// The tag of a fleet's instances.
pub(crate) const TAG: &str = "aws:ec2:fleet-id";

/// A fleet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FleetRow {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: String,
    /// `fleet-…`
    pub id: String,
    /// When it was made.
    pub created: Timestamp,
    /// How long it cares for its instances.
    pub kind: FleetKind,
    /// What it is doing.
    pub state: FleetState,
    /// How many instances it is to have.
    pub target: Target,
    /// What it launches.
    pub configs: Vec<Config>,
    /// How it uses the Spot market.
    pub spot_options: SpotOptions,
    /// How it launches on demand.
    pub on_demand_options: OnDemandOptions,
    /// Whether it terminates instances when it has too many.
    pub terminates_excess: bool,
    /// Whether its instances go with it when its time is over.
    pub terminates_with_expiration: bool,
    /// Whether it replaces instances that are not well.
    pub replaces_unhealthy: bool,
    /// Tags of its instances that the request set.
    pub instance_tags: Vec<cloud::tag::Tag>,
    /// The token that it was asked for with.
    pub client_token: Option<String>,
    /// Its instances, also those that have ended.
    pub instances: Vec<FleetInstance>,
    /// What could not be launched, the last time it was tried.
    pub errors: Vec<FleetError>,
    /// What happened to it.
    pub history: Vec<Event>,
}

/// How long a fleet cares for its instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FleetKind {
    /// It launches once, before it answers.
    Instant,
    /// It launches once.
    Request,
    /// It replaces what ends.
    Maintain,
}

/// What a fleet is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FleetState {
    /// It is there.
    Active,
    /// It is gone; its instances are not.
    DeletedRunning,
    /// It is gone, and so are its instances.
    Deleted,
}

/// Which of a fleet's configurations, and which override of it.
pub type PoolPlace = (usize, Option<usize>);

/// An instance of a fleet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetInstance {
    /// `i-…`
    pub id: String,
    /// Its pool.
    pub pool: PoolPlace,
    /// Whether it is a Spot Instance.
    pub spot: bool,
    /// How much of the target it makes up.
    pub weight: i32,
}

/// What could not be launched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetError {
    /// Its pool.
    pub pool: PoolPlace,
    /// Whether it was to be a Spot Instance.
    pub spot: bool,
    /// EC2's code.
    pub code: String,
    /// EC2's text.
    pub message: String,
}

/// What happened to a fleet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub time: Timestamp,
    /// `instance-change`, `fleet-change` or `service-error`.
    pub kind: String,
    /// Such as `launched` or `submitted`.
    pub sub_kind: String,
    /// In words.
    pub description: String,
    /// The instance that it happened to.
    pub instance_id: Option<String>,
}

regional_row!(FleetRow, "ec2_fleet");

impl Regional for FleetRow {
    const KIND: Kind = Kind::Fleet;

    fn id(&self) -> &str {
        &self.id
    }
}

impl FleetKind {
    /// The API's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Instant => "instant",
            Self::Request => "request",
            Self::Maintain => "maintain",
        }
    }
}

impl FleetState {
    /// The API's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::DeletedRunning => "deleted_running",
            Self::Deleted => "deleted",
        }
    }
}

impl FleetRow {
    /// The instances that have not ended, with their rows.
    pub fn alive<'a>(
        &'a self,
        ask: &'a Ask<'a>,
    ) -> impl Iterator<Item = (&'a FleetInstance, Arc<InstanceRow>)> {
        self.instances.iter().filter_map(|instance| {
            let row = regional::get::<InstanceRow>(ask, &instance.id)?;
            (!row.life.is_over()).then_some((instance, row))
        })
    }

    /// How much of the target its instances make up: on demand, and of the Spot market.
    #[must_use]
    pub fn fulfilled(&self, ask: &Ask<'_>) -> (i32, i32) {
        self.alive(ask).fold((0, 0), |(on_demand, spot), (instance, _)| match instance.spot {
            true => (on_demand, spot.saturating_add(instance.weight)),
            false => (on_demand.saturating_add(instance.weight), spot),
        })
    }

    pub(crate) fn note(
        &mut self,
        time: Timestamp,
        kind: &str,
        sub_kind: &str,
        description: String,
        instance_id: Option<String>,
    ) {
        // The history is a window: a fleet that is changed for ever does not grow for ever.
        const MAX_EVENTS: usize = 1000;
        if self.history.len() >= MAX_EVENTS {
            self.history.remove(0);
        }
        let (kind, sub_kind) = (kind.to_owned(), sub_kind.to_owned());
        self.history.push(Event { time, kind, sub_kind, description, instance_id });
    }

    /// A pool as EC2 answers it.
    ///
    /// # Errors
    /// As [`PoolShape::of`].
    pub(crate) fn pool(&self, pool: PoolPlace) -> Result<PoolShape, Fault> {
        let config = self.configs.get(pool.0).cloned().unwrap_or_default();
        let over = pool.1.and_then(|at| config.overrides.get(at).cloned());
        PoolShape::of(&config.launch_template_specification, over.as_ref())
    }
}

/// `spot` or `on-demand`.
pub(crate) fn lifecycle(spot: bool) -> &'static str {
    if spot { "spot" } else { "on-demand" }
}
