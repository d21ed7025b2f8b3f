//! What an instance wears: its profile and the role in it, as EC2 sees them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use cloud::Service;
use cloud::iam::instance_profile::InstanceProfileRow;
use cloud::propagation::Unseen;
use ec2::instance::{InstanceRow, ProfileAssociation, worn};
use imds::credentials;
use store::Snapshot;

use super::Open;
use super::delivered::{Delivery, Latest, Order};
use crate::shared::Shared;

/// The profile of an instance as its metadata shows it.
pub(super) struct Worn {
    /// The role that there are credentials of, or should be.
    pub(super) role: Option<String>,
    /// `iam/info`
    pub(super) info: String,
    /// The document under the role's name.
    pub(super) credentials: Option<Bytes>,
}

/// Looks at the profile of the instance, and has credentials made if it is time to.
pub(super) async fn look(
    open: &Open,
    shared: &Arc<Shared>,
    snapshot: &Snapshot,
    row: &InstanceRow,
    delivery: Delivery,
) -> Worn {
    let Some(association) = &row.profile else {
        return Worn { role: None, info: String::new(), credentials: None };
    };
    let moment = shared.moment(row.region.clone());
    let unseen = Unseen::default();
    let standpoint = moment.standpoint(Service::Ec2, &unseen);
    let sight = standpoint.sight(snapshot);
    let order = Order {
        shared,
        snapshot,
        row,
        association: &association.id,
        delivery,
        lifetime_seconds: open.lifetime_seconds.load(Ordering::Relaxed),
    };
    let latest = open.delivered.get(&order, || worn::role(sight, row)).await;
    let ahead_seconds = standpoint.ahead_seconds();
    let info = match worn::profile(sight, row) {
        Some(profile) => info(profile, association, &latest, ahead_seconds),
        None => credentials::profile_not_found(
            moment.now.plus_seconds(-ahead_seconds),
            &association.profile_id,
        ),
    };
    let role = latest.role_name().map(str::to_owned);
    let credentials = role.as_ref().map(|_| latest.document(ahead_seconds));
    Worn { role, info, credentials }
}

fn info(
    profile: &InstanceProfileRow,
    association: &ProfileAssociation,
    latest: &Latest,
    ahead_seconds: i64,
) -> String {
    let updated = latest.updated().unwrap_or(association.since).plus_seconds(-ahead_seconds);
    credentials::info(updated, &profile.arn, &profile.id)
}
