//! The state to read: all rows, as of one moment.

use std::any::Any;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::{Bound, Deref, RangeBounds};
use std::sync::{Arc, Mutex, PoisonError};

use crate::row::{Row, check_account};
use crate::schema::Schema;
use crate::table::{AnyTable, Table};
use crate::tables::Tables;
use crate::tree::Tree;

/// All rows as of one moment. What reads state takes `&View`; [`Snapshot`] and [`crate::Tx`] both are one.
pub struct View {
    pub(crate) schema: Arc<Schema>,
    pub(crate) tables: Tables,
    /// The version of each account that was ever written.
    pub(crate) accounts: Tree<Arc<str>, u64>,
    /// The accounts that were looked at, where commits must check that those have not moved.
    looked_at: Option<Mutex<BTreeSet<Arc<str>>>>,
}

/// An immutable [`View`], shared: a clone costs one count.
#[derive(Clone)]
pub struct Snapshot(Arc<View>);

/// The rows of one account in the order of their keys; see [`View::range`].
pub struct Rows<'a, R> {
    rows: Box<dyn Iterator<Item = &'a Arc<R>> + Send + 'a>,
}

impl View {
    /// The row of `key` in `account`.
    #[must_use]
    pub fn get<R: Row>(&self, account: &str, key: &str) -> Option<&Arc<R>> {
        self.look_at(account);
        self.table::<R>()?.get(account, key)
    }

    /// The row that holds `value` in its unique index called `index`, in whichever account.
    #[must_use]
    pub fn by_index<R: Row>(&self, index: &str, value: &str) -> Option<&Arc<R>> {
        debug_assert!(R::INDEXES.contains(&index), "table `{}` has no index `{index}`", R::TABLE);
        let table = self.table::<R>()?;
        let key = table.holder(index, value)?;
        self.look_at(key.account());
        table.at(key)
    }

    /// The rows of `account` whose keys are in `keys`, in order: `..`, `"a".."b"`, or for the page after
    /// a marker `(Bound::Excluded(marker), Bound::Unbounded)`.
    pub fn range<'a, 'k, R: Row>(
        &'a self,
        account: &str,
        keys: impl RangeBounds<&'k str>,
    ) -> Rows<'a, R> {
        self.look_at(account);
        let Some(table) = self.table::<R>() else { return Rows::none() };
        let start = keys.start_bound().cloned();
        let from_start = table.iter_from(|key| {
            key.compare_account(account)
                .then_with(|| match start {
                    Bound::Included(start) => key.compare_key(start),
                    // It is passed over itself.
                    Bound::Excluded(start) => key.compare_key(start).then(Ordering::Less),
                    Bound::Unbounded => Ordering::Greater,
                })
                .is_lt()
        });
        let account: Box<str> = account.into();
        let end: Bound<Box<str>> = keys.end_bound().cloned().map(Box::from);
        Rows::new(
            from_start
                .take_while(move |(key, _)| {
                    key.compare_account(&account).is_eq()
                        && match &end {
                            Bound::Included(end) => key.compare_key(end).is_le(),
                            Bound::Excluded(end) => key.compare_key(end).is_lt(),
                            Bound::Unbounded => true,
                        }
                })
                .map(|(_, row)| row),
        )
    }

    /// All rows of the table, in the order of account and key.
    pub fn everywhere<R: Row>(&self) -> Rows<'_, R> {
        for (account, _) in self.accounts() {
            self.look_at(account);
        }
        match self.table::<R>() {
            Some(table) => Rows::new(table.iter_from(|_| false).map(|(_, row)| row)),
            None => Rows::none(),
        }
    }

    /// How many rows of the table `account` has. Does not walk over them.
    #[must_use]
    pub fn count<R: Row>(&self, account: &str) -> usize {
        self.look_at(account);
        self.table::<R>().map_or(0, |table| table.count(account))
    }

    /// How often `account` was changed: a decision made at one version holds while the version does.
    /// 0 for an account that was never written.
    #[must_use]
    pub fn version(&self, account: &str) -> u64 {
        self.look_at(account);
        self.version_of(account)
    }

    /// The accounts that were ever written, in order, with their versions.
    pub fn accounts(&self) -> impl Iterator<Item = (&str, u64)> {
        self.accounts.iter().map(|(account, version)| (&**account, *version))
    }

    /// A view without rows.
    pub(crate) fn empty(schema: Arc<Schema>) -> Self {
        let tables = Tables::of(schema.types().iter().map(|row_type| (row_type.empty)()));
        Self { schema, tables, accounts: Tree::new(), looked_at: None }
    }

    /// A copy, sharing everything, that does not note what is looked at.
    pub(crate) fn copy(&self) -> Self {
        Self {
            schema: Arc::clone(&self.schema),
            tables: self.tables.clone(),
            accounts: self.accounts.clone(),
            looked_at: None,
        }
    }

    /// A copy, sharing everything, that notes what is looked at.
    pub(crate) fn watched_copy(&self) -> Self {
        Self { looked_at: Some(Mutex::default()), ..self.copy() }
    }

    /// Takes what was looked at since the last call.
    pub(crate) fn take_looked_at(&mut self) -> BTreeSet<Arc<str>> {
        let noted = self.looked_at.as_mut();
        noted.map(|noted| std::mem::take(lock_mut(noted))).unwrap_or_default()
    }

    pub(crate) fn version_of(&self, account: &str) -> u64 {
        self.accounts.entry(|name| (**name).cmp(account)).map_or(0, |(_, version)| *version)
    }

    /// The account's name as it is shared, or a new one.
    pub(crate) fn account_name(&self, account: &str) -> Arc<str> {
        let entry = self.accounts.entry(|name| (**name).cmp(account));
        entry.map_or_else(|| account.into(), |(name, _)| Arc::clone(name))
    }

    /// Sets an account's version; 0 forgets the account.
    pub(crate) fn set_version(&mut self, account: Arc<str>, version: u64) {
        match version {
            0 => self.accounts.remove(&account),
            version => self.accounts.insert(account, version),
        };
    }

    /// The version that each account gets when this view replaces `before`, in the order of names.
    pub(crate) fn versions_after(&self, before: &Self) -> Vec<(Arc<str>, u64)> {
        let names: BTreeSet<&Arc<str>> =
            self.accounts.iter().chain(before.accounts.iter()).map(|(name, _)| name).collect();
        names.into_iter().map(|name| (Arc::clone(name), before.version_of(name) + 1)).collect()
    }

    /// The table of a type, which a program that reads it has put in the schema.
    pub(crate) fn table<R: Row>(&self) -> Option<&Table<R>> {
        let table = self.schema.slot::<R>().and_then(|slot| self.tables.get(slot));
        debug_assert!(table.is_some(), "table `{}` is not in the store's schema", R::TABLE);
        let table: &dyn Any = &**table?;
        table.downcast_ref()
    }

    /// The table of a type with its slot, to change it.
    pub(crate) fn table_mut<R: Row>(&mut self) -> Option<(usize, &mut Table<R>)> {
        let slot = self.schema.slot::<R>()?;
        let table: &mut dyn Any = self.slot_mut(slot)?;
        Some((slot, table.downcast_mut()?))
    }

    /// The table in a slot, to change it.
    pub(crate) fn slot_mut(&mut self, slot: usize) -> Option<&mut dyn AnyTable> {
        self.tables.get_mut(slot)
    }

    /// Notes that what happens next depends on `account`.
    pub(crate) fn look_at(&self, account: &str) {
        let Some(noted) = &self.looked_at else { return };
        // An account whose name no engine can store has no rows, and must not reach the database.
        if check_account(account).is_err() {
            return;
        }
        let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
        if !noted.contains(account) {
            noted.insert(self.account_name(account));
        }
    }
}

/// The version of an account in a list in the order of names.
pub(crate) fn version_in(versions: &[(Arc<str>, u64)], account: &str) -> u64 {
    let at = versions.binary_search_by(|(name, _)| (**name).cmp(account));
    at.ok().and_then(|at| versions.get(at)).map_or(0, |(_, version)| *version)
}

fn lock_mut<T>(mutex: &mut Mutex<T>) -> &mut T {
    mutex.get_mut().unwrap_or_else(PoisonError::into_inner)
}

impl Snapshot {
    pub(crate) fn from_shared(view: Arc<View>) -> Self {
        Self(view)
    }
}

impl Deref for Snapshot {
    type Target = View;

    fn deref(&self) -> &View {
        &self.0
    }
}

impl<'a, R> Rows<'a, R> {
    fn new(rows: impl Iterator<Item = &'a Arc<R>> + Send + 'a) -> Self {
        Self { rows: Box::new(rows) }
    }

    fn none() -> Self
    where
        R: Send + Sync,
    {
        Self { rows: Box::new(std::iter::empty()) }
    }
}

impl<'a, R> Iterator for Rows<'a, R> {
    type Item = &'a Arc<R>;

    fn next(&mut self) -> Option<Self::Item> {
        self.rows.next()
    }
}

impl fmt::Debug for View {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.schema.types().iter().zip(self.tables.iter());
        formatter
            .debug_map()
            .entries(rows.map(|(row_type, table)| (row_type.name, table.len())))
            .finish()
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}
