//! What rows were before changes that somebody does not see yet.

use std::borrow::Cow;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::{Row, RowError, Tx};

use super::{Change, Mode, Reader};
use crate::iam::access_key::AccessKeyRow;
use crate::iam::group::GroupRow;
use crate::iam::instance_profile::InstanceProfileRow;
use crate::iam::oidc_provider::OidcProviderRow;
use crate::iam::policy::PolicyRow;
use crate::iam::role::RoleRow;
use crate::iam::user::UserRow;

/// Rows of which what everybody sees by now is dropped at each change: a bound on what one write does.
const MAX_SETTLED_AT_ONCE: usize = 100;

/// A row whose changes take time.
pub trait Propagated: Row + Clone {
    /// The table of its past.
    const PAST_TABLE: &'static str;
    /// What it is, for people.
    const NOUN: &'static str;
    /// What people call it.
    fn name(&self) -> &str;
}

/// The past of one row.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound(serialize = "R: Serialize", deserialize = "R: DeserializeOwned"))]
pub struct Past<R> {
    account: String,
    key: String,
    /// How often the row was changed since changes take time: delays follow from it.
    count: u64,
    /// The changes that somebody does not see yet, and the newest one before, oldest first.
    changes: Vec<Made<R>>,
}

/// One change.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound(serialize = "R: Serialize", deserialize = "R: DeserializeOwned"))]
pub(super) struct Made<R> {
    /// When it was made.
    pub(super) made_ms: i64,
    /// When each of [`Reader::ALL`] sees it.
    visible_ms: [i64; Reader::ALL.len()],
    /// What was there before; `None` if there was nothing.
    pub(super) before: Option<Arc<R>>,
}

/// What a reader sees of a row.
pub(super) enum Seen<'p, R> {
    /// The row as it is.
    Now,
    /// As it was before this change.
    Before(&'p Made<R>),
}

impl<R: Propagated> Row for Past<R> {
    const TABLE: &'static str = R::PAST_TABLE;
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        &self.account
    }

    fn key(&self) -> Cow<'_, str> {
        self.key.as_str().into()
    }
}

impl<R> Made<R> {
    pub(super) fn visible_ms(&self, reader: Reader) -> i64 {
        self.visible_ms.get(reader.place()).copied().unwrap_or(self.made_ms)
    }

    fn is_settled(&self, now_ms: i64) -> bool {
        self.visible_ms.iter().all(|visible| *visible <= now_ms)
    }
}

impl<R> Past<R> {
    /// The newest change that `reader` sees hides all older ones, whenever those would have come.
    pub(super) fn seen(&self, reader: Reader, now_ms: i64) -> Seen<'_, R> {
        let visible = |change: &Made<R>| change.visible_ms(reader) <= now_ms;
        match self.changes.iter().rposition(visible) {
            Some(newest) => self.changes.get(newest + 1),
            None => self.changes.first(),
        }
        .map_or(Seen::Now, Seen::Before)
    }

    /// Drops what nobody sees any more. Whether there was any.
    fn settle(&mut self, now_ms: i64) -> bool {
        // A change that all see hides those before it, and what was there before itself.
        let newest = self.changes.iter().rposition(|change| change.is_settled(now_ms));
        if let Some(newest) = newest {
            self.changes.drain(..=newest);
        }
        newest.is_some()
    }
}

/// Notes what the write changed, so that readers see it when `mode` lets them.
///
/// # Errors
/// A limit of the store.
pub fn record(tx: &mut Tx<'_>, mode: Mode, now_ms: i64) -> Result<(), RowError> {
    if mode == Mode::Off {
        return Ok(());
    }
    record_type::<AccessKeyRow>(tx, mode, now_ms)?;
    record_type::<GroupRow>(tx, mode, now_ms)?;
    record_type::<InstanceProfileRow>(tx, mode, now_ms)?;
    record_type::<OidcProviderRow>(tx, mode, now_ms)?;
    record_type::<PolicyRow>(tx, mode, now_ms)?;
    record_type::<RoleRow>(tx, mode, now_ms)?;
    record_type::<UserRow>(tx, mode, now_ms)
}

/// Makes everything visible that `account` has changed: what propagation leaves when it ends. Whether
/// there is more to do, in another write.
///
/// # Errors
/// A limit of the store.
pub fn forget(tx: &mut Tx<'_>, account: &str) -> Result<bool, RowError> {
    let mut left = forget_type::<AccessKeyRow>(tx, account)?;
    left |= forget_type::<GroupRow>(tx, account)?;
    left |= forget_type::<InstanceProfileRow>(tx, account)?;
    left |= forget_type::<OidcProviderRow>(tx, account)?;
    left |= forget_type::<PolicyRow>(tx, account)?;
    left |= forget_type::<RoleRow>(tx, account)?;
    left |= forget_type::<UserRow>(tx, account)?;
    Ok(left)
}

/// Adds the tables of pasts.
pub(crate) fn add_rows(schema: store::Schema) -> store::Schema {
    schema
        .with::<Past<AccessKeyRow>>()
        .with::<Past<GroupRow>>()
        .with::<Past<InstanceProfileRow>>()
        .with::<Past<OidcProviderRow>>()
        .with::<Past<PolicyRow>>()
        .with::<Past<RoleRow>>()
        .with::<Past<UserRow>>()
}

fn record_type<R: Propagated>(tx: &mut Tx<'_>, mode: Mode, now_ms: i64) -> Result<(), RowError> {
    let changed = tx.changed::<R>();
    for account in changed.iter().map(|row| row.account.as_str()) {
        settle_account::<R>(tx, account, now_ms)?;
    }
    for store::Changed { account, key, before } in changed {
        let known = tx.get::<Past<R>>(&account, &key).map(|past| Past::clone(past));
        let mut past = known.unwrap_or(Past { account, key, count: 0, changes: Vec::new() });
        past.settle(now_ms);
        past.count += 1;
        let change =
            Change { table: R::TABLE, account: &past.account, key: &past.key, number: past.count };
        let visible_ms = Reader::ALL.map(|reader| now_ms + mode.delay_ms(&change, reader));
        past.changes.push(Made { made_ms: now_ms, visible_ms, before });
        tx.put(past)?;
    }
    Ok(())
}

fn settle_account<R: Propagated>(
    tx: &mut Tx<'_>,
    account: &str,
    now_ms: i64,
) -> Result<(), RowError> {
    let rows = tx.range::<Past<R>>(account, ..);
    let old = rows.filter(|past| past.changes.iter().any(|change| change.is_settled(now_ms)));
    let old: Vec<Arc<Past<R>>> = old.take(MAX_SETTLED_AT_ONCE).cloned().collect();
    for past in old {
        let mut past = Past::clone(&past);
        past.settle(now_ms);
        tx.put(past)?;
    }
    Ok(())
}

fn forget_type<R: Propagated>(tx: &mut Tx<'_>, account: &str) -> Result<bool, RowError> {
    let rows = tx.range::<Past<R>>(account, ..).take(MAX_SETTLED_AT_ONCE);
    let keys: Vec<String> = rows.map(|past| past.key.clone()).collect();
    for key in &keys {
        tx.delete::<Past<R>>(account, key)?;
    }
    Ok(keys.len() == MAX_SETTLED_AT_ONCE)
}

impl Propagated for AccessKeyRow {
    const PAST_TABLE: &'static str = "iam_access_key_past";
    const NOUN: &'static str = "access key";

    fn name(&self) -> &str {
        &self.id
    }
}

impl Propagated for GroupRow {
    const PAST_TABLE: &'static str = "iam_group_past";
    const NOUN: &'static str = "group";

    fn name(&self) -> &str {
        &self.name
    }
}

impl Propagated for InstanceProfileRow {
    const PAST_TABLE: &'static str = "iam_instance_profile_past";
    const NOUN: &'static str = "instance profile";

    fn name(&self) -> &str {
        &self.name
    }
}

impl Propagated for OidcProviderRow {
    const PAST_TABLE: &'static str = "iam_oidc_provider_past";
    const NOUN: &'static str = "OpenID Connect provider";

    fn name(&self) -> &str {
        &self.url
    }
}

impl Propagated for PolicyRow {
    const PAST_TABLE: &'static str = "iam_policy_past";
    const NOUN: &'static str = "policy";

    fn name(&self) -> &str {
        &self.name
    }
}

impl Propagated for RoleRow {
    const PAST_TABLE: &'static str = "iam_role_past";
    const NOUN: &'static str = "role";

    fn name(&self) -> &str {
        &self.name
    }
}

impl Propagated for UserRow {
    const PAST_TABLE: &'static str = "iam_user_past";
    const NOUN: &'static str = "user";

    fn name(&self) -> &str {
        &self.name
    }
}
