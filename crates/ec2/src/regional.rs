//! Rows of an account in one region, and how they are read and written.
//!
//! Every account has a default VPC in every region without having made one. It is not stored until the
//! account first writes in the region: until then [`find`] and [`all`] derive its rows from account and
//! region alone, so that reading stays reading. The first write stores them all, with a [`RegionRow`] that
//! says so; from then on they are rows like any others and can be changed and deleted. [`put`], [`delete`]
//! and the other ways to write here see to it, so an operation cannot forget.

use std::borrow::Cow;
use std::sync::Arc;

use cloud::{Act, Ask, Fault};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::default_vpc;
use crate::kind::Kind;
use crate::tag::TagsRow;

/// A row of an account in one region, with an id.
pub trait Regional: Row + Clone {
    /// What it is.
    const KIND: Kind;

    /// Its id.
    fn id(&self) -> &str;

    /// Those that every account finds in `region` without having made them.
    fn given(_account: AccountId, _region: &str) -> Vec<Self> {
        Vec::new()
    }

    /// Whether it can still be seen: what is deleted can for a while.
    fn is_visible(&self, _now: Timestamp) -> bool {
        true
    }

    /// The condition keys of its kind, beside the region and its tags.
    fn keys(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}

/// Implements `Row` and the parts of [`Regional`] that are the same everywhere, for a type with `account`,
/// `region` and `id`.
macro_rules! regional_row {
    ($row:ty, $table:literal) => {
        impl store::Row for $row {
            const TABLE: &'static str = $table;
            const VERSION: u32 = 1;

            fn account(&self) -> &str {
                self.account.as_str()
            }

            fn key(&self) -> std::borrow::Cow<'_, str> {
                $crate::regional::key(&self.region, &self.id).into()
            }
        }
    };
}
pub(crate) use regional_row;

/// Says that what the account is given in a region is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RegionRow {
    account: AccountId,
    region: String,
}

impl Row for RegionRow {
    const TABLE: &'static str = "ec2_region";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        self.region.as_str().into()
    }
}

/// The key of what has this id in this region.
#[must_use]
pub fn key(region: &str, id: &str) -> String {
    format!("{region}/{id}")
}

/// The caller's resource of this id.
///
/// # Errors
/// EC2's for a malformed id and for one that is nobody's.
pub fn find<R: Regional>(ask: &Ask<'_>, id: &str) -> Result<Arc<R>, Fault> {
    R::KIND.check(id)?;
    get(ask, id).ok_or_else(|| R::KIND.not_found(id))
}

/// The caller's resource of this id, if there is one.
#[must_use]
pub fn get<R: Regional>(ask: &Ask<'_>, id: &str) -> Option<Arc<R>> {
    if let Some(row) = ask.view.get::<R>(ask.account().as_str(), &key(ask.region, id)) {
        return row.is_visible(ask.now).then(|| Arc::clone(row));
    }
    if is_settled(ask.view, ask.account(), ask.region) {
        return None;
    }
    let given = R::given(ask.account(), ask.region);
    given.into_iter().find(|row| row.id() == id).map(Arc::new)
}

/// The caller's resources of this kind in the region, in the order of their ids.
#[must_use]
pub fn all<R: Regional>(ask: &Ask<'_>) -> Vec<Arc<R>> {
    after(ask, "")
}

/// As [`all`], those whose ids come after `id`.
#[must_use]
pub fn after<R: Regional>(ask: &Ask<'_>, id: &str) -> Vec<Arc<R>> {
    let (start, end) = (key(ask.region, id), format!("{}0", ask.region));
    let bounds = (std::ops::Bound::Excluded(start.as_str()), std::ops::Bound::Excluded(&*end));
    let rows = ask.view.range::<R>(ask.account().as_str(), bounds);
    let rows = rows.filter(|row| row.is_visible(ask.now));
    let mut rows: Vec<Arc<R>> = rows.cloned().collect();
    if !is_settled(ask.view, ask.account(), ask.region) {
        let given = R::given(ask.account(), ask.region);
        rows.extend(given.into_iter().filter(|row| row.id() > id).map(Arc::new));
        rows.sort_by(|one, other| one.id().cmp(other.id()));
    }
    rows
}

/// Stores a new row, or one that takes the place of an older one.
///
/// # Errors
/// A limit of the store.
pub fn put<R: Row>(act: &mut Act<'_, '_>, row: R) -> Result<(), Fault> {
    settle(act)?;
    Ok(act.tx.put(row)?)
}

/// Deletes a resource with its tags.
///
/// # Errors
/// A limit of the store.
pub fn delete<R: Regional>(act: &mut Act<'_, '_>, id: &str) -> Result<(), Fault> {
    settle(act)?;
    let (account, key) = (act.account(), key(act.region, id));
    act.tx.delete::<R>(account.as_str(), &key)?;
    act.tx.delete::<TagsRow>(account.as_str(), &key)?;
    Ok(())
}

/// Deletes the caller's resources of this kind in the region that can no longer be seen.
///
/// # Errors
/// A limit of the store.
pub fn sweep<R: Regional>(act: &mut Act<'_, '_>) -> Result<(), Fault> {
    let (start, end) = (key(act.region, ""), format!("{}0", act.region));
    let bounds = (std::ops::Bound::Excluded(start.as_str()), std::ops::Bound::Excluded(&*end));
    let rows = act.tx.range::<R>(act.account().as_str(), bounds);
    let gone: Vec<String> =
        rows.filter(|row| !row.is_visible(act.now)).map(|row| row.id().to_owned()).collect();
    gone.iter().try_for_each(|id| delete::<R>(act, id))
}

/// Stores what the account is given in the region, if that has not been done.
fn settle(act: &mut Act<'_, '_>) -> Result<(), Fault> {
    let (account, region) = (act.account(), act.region);
    if is_settled(act.tx, account, region) {
        return Ok(());
    }
    act.tx.insert(RegionRow { account, region: region.to_owned() })?;
    default_vpc::store(act.tx, account, region)
}

fn is_settled(view: &View, account: AccountId, region: &str) -> bool {
    view.get::<RegionRow>(account.as_str(), region).is_some()
}
