//! What an instance wears: its profile and the role in it, as EC2 sees them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use cloud::Service;
use cloud::propagation::Unseen;
use ec2::instance::{InstanceRow, ProfileAssociation, worn};
use imds::credentials;
use names::Timestamp;
use store::Snapshot;

use super::Open;
use super::delivered::{Delivery, Latest, Order};
use crate::perform::Moment;
use crate::shared::Shared;

/// The profile of an instance as its metadata shows it.
pub(super) struct Worn<'a> {
    row: &'a InstanceRow,
    association: &'a ProfileAssociation,
    latest: Arc<Latest>,
    moment: Moment,
}

/// Looks at the profile of an instance that has one, and has credentials made if it is time to. Until then
/// that is a look at what was delivered last.
pub(super) async fn look<'a>(
    open: &Open,
    shared: &Arc<Shared>,
    snapshot: &Snapshot,
    row: &'a InstanceRow,
    delivery: Delivery,
) -> Option<Worn<'a>> {
    let association = row.profile.as_ref()?;
    let moment = shared.moment(row.region.to_string());
    let order = Order {
        shared,
        snapshot,
        row,
        association: &association.id,
        delivery,
        lifetime_seconds: open.lifetime_seconds.load(Ordering::Relaxed),
    };
    let find = || {
        let unseen = Unseen::default();
        let standpoint = moment.standpoint(Service::Ec2, &unseen);
        worn::role(standpoint.sight(snapshot), row)
    };
    let latest = open.delivered.get(&order, find).await;
    Some(Worn { row, association, latest, moment })
}

impl Worn<'_> {
    /// The role that there are credentials of, or should be.
    pub(super) fn role(&self) -> Option<&str> {
        self.latest.role_name()
    }

    /// The document under the role's name.
    pub(super) fn credentials(&self) -> Option<Bytes> {
        self.role().map(|_| self.latest.document(self.ahead_seconds()))
    }

    /// `iam/info`
    pub(super) fn info(&self, snapshot: &Snapshot) -> String {
        let unseen = Unseen::default();
        let standpoint = self.moment.standpoint(Service::Ec2, &unseen);
        let theirs = |time: Timestamp| time.plus_seconds(-self.ahead_seconds());
        match worn::profile(standpoint.sight(snapshot), self.row) {
            Some(profile) => {
                let updated = self.latest.updated().unwrap_or(self.association.since);
                credentials::info(theirs(updated), &profile.arn, &profile.id)
            }
            None => credentials::profile_not_found(
                theirs(self.moment.now),
                &self.association.profile_id,
            ),
        }
    }

    /// By how much the cloud's time is ahead of the instance's.
    fn ahead_seconds(&self) -> i64 {
        self.moment.standpoint(Service::Ec2, &Unseen::default()).ahead_seconds()
    }
}
