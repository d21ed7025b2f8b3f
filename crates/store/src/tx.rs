//! A write under way: the state, changed in place, with what it takes to undo and to store the changes.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;

use crate::audit::AuditRow;
use crate::error::RowError;
use crate::json::{json, json_bytes};
use crate::limits::{MAX_CHANGES_PER_WRITE, MAX_ROW_BYTES};
use crate::row::{Row, RowKey, check_key};
use crate::table::{AnyRow, UniqueChange};
use crate::view::View;

/// The state within a write: a [`View`] that shows the write's own changes, and the ways to make them.
#[derive(Debug)]
pub struct Tx<'a> {
    view: &'a mut View,
    /// Whether the bodies of rows are wanted: there is a database to keep them.
    keeps_bodies: bool,
    effects: Effects,
    /// The accounts that this write changed, with the versions they had before.
    moved: Vec<(Arc<str>, u64)>,
}

/// A point in a write.
#[derive(Debug, Clone, Copy)]
pub struct Savepoint {
    changes: usize,
    audit: usize,
}

/// A row that a write changed: see [`Tx::changed`].
#[derive(Debug)]
pub struct Changed<R> {
    /// The row's account.
    pub account: String,
    /// The row's key.
    pub key: String,
    /// The row before the write; `None` if there was none.
    pub before: Option<Arc<R>>,
}

/// What a write did.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    pub(crate) changes: Vec<Change>,
    pub(crate) audit: Vec<AuditRow>,
    /// Bytes of the changes' bodies.
    pub(crate) body_bytes: usize,
}

/// One row was inserted, updated or deleted.
pub(crate) struct Change {
    pub(crate) slot: usize,
    pub(crate) key: RowKey,
    /// The new body; without one the row is deleted, or nobody keeps it.
    pub(crate) body: Option<String>,
    /// The account's version that this change is part of.
    pub(crate) revision: u64,
    /// The row that was there.
    pub(crate) old: Option<AnyRow>,
    pub(crate) unique: Vec<UniqueChange>,
}

impl Effects {
    /// The write did nothing that needs to be kept.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.audit.is_empty()
    }
}

impl<'a> Tx<'a> {
    /// Inserts a row.
    ///
    /// # Errors
    /// [`RowError::Exists`] and [`RowError::Taken`] if its key or an index value is in use, or another
    /// [`RowError`]; then nothing was changed and the write can go on.
    pub fn insert<R: Row>(&mut self, row: R) -> Result<(), RowError> {
        self.check_registered::<R>()?;
        let key = RowKey::new(row.account(), &row.key())?;
        match self.view.get::<R>(key.account(), key.key()) {
            Some(_) => Err(RowError::Exists {
                table: R::TABLE,
                account: key.account().to_owned(),
                key: key.key().to_owned(),
            }),
            None => self.store(key, row),
        }
    }

    /// Replaces the row that has this row's account and key.
    ///
    /// # Errors
    /// [`RowError::Missing`] if there is none, [`RowError::Taken`] if an index value is in use, or another
    /// [`RowError`]; then nothing was changed and the write can go on.
    pub fn update<R: Row>(&mut self, row: R) -> Result<(), RowError> {
        self.check_registered::<R>()?;
        let key = RowKey::new(row.account(), &row.key())?;
        match self.view.get::<R>(key.account(), key.key()) {
            Some(_) => self.store(key, row),
            None => Err(RowError::Missing {
                table: R::TABLE,
                account: key.account().to_owned(),
                key: key.key().to_owned(),
            }),
        }
    }

    /// Inserts a row or replaces the one that has its account and key.
    ///
    /// # Errors
    /// As [`Tx::update`], but for [`RowError::Missing`].
    pub fn put<R: Row>(&mut self, row: R) -> Result<(), RowError> {
        self.check_registered::<R>()?;
        let key = RowKey::new(row.account(), &row.key())?;
        self.store(key, row)
    }

    /// Deletes a row and gives it back; `None` if there was none.
    ///
    /// # Errors
    /// [`RowError::TooManyChanges`] or [`RowError::Unregistered`].
    pub fn delete<R: Row>(&mut self, account: &str, key: &str) -> Result<Option<Arc<R>>, RowError> {
        self.check_registered::<R>()?;
        let Some(old) = self.view.get::<R>(account, key).cloned() else { return Ok(None) };
        self.change::<R>(RowKey::joined(account, key), None, None)?;
        Ok(Some(old))
    }

    /// Adds an audit row that is kept if and only if the write is.
    ///
    /// # Errors
    /// [`RowError::AuditTooLarge`] or [`RowError::BadKey`].
    pub fn audit(&mut self, row: AuditRow) -> Result<(), RowError> {
        row.check()?;
        if self.effects.audit.len() >= MAX_CHANGES_PER_WRITE {
            return Err(RowError::TooManyChanges);
        }
        self.effects.body_bytes += row.body.len();
        self.effects.audit.push(row);
        Ok(())
    }

    /// The rows of a type that this write has inserted, updated or deleted so far, each once with what was
    /// there before the write. A row that came and went is not among them.
    #[must_use]
    pub fn changed<R: Row>(&self) -> Vec<Changed<R>> {
        let Some(slot) = self.view.schema.slot::<R>() else { return Vec::new() };
        let mut seen = BTreeSet::new();
        let of_type = self.effects.changes.iter().filter(|change| change.slot == slot);
        let first = of_type.filter(|change| seen.insert(&change.key));
        let changed = first.filter_map(|change| {
            let before = change.old.clone().and_then(|row| row.downcast::<R>().ok());
            let (account, key) = (change.key.account(), change.key.key());
            let is_there = self.view.table::<R>()?.get(account, key).is_some();
            let changed = Changed { account: account.to_owned(), key: key.to_owned(), before };
            (is_there || changed.before.is_some()).then_some(changed)
        });
        changed.collect()
    }

    /// How far the write has come, to go back to with [`Tx::undo_to`].
    #[must_use]
    pub fn savepoint(&self) -> Savepoint {
        Savepoint { changes: self.effects.changes.len(), audit: self.effects.audit.len() }
    }

    /// Takes back every change since `savepoint`; the write goes on from there.
    pub fn undo_to(&mut self, savepoint: Savepoint) {
        while self.effects.changes.len() > savepoint.changes {
            let Some(change) = self.effects.changes.pop() else { break };
            self.effects.body_bytes -= change.body.as_ref().map_or(0, String::len);
            if let Some(table) = self.view.slot_mut(change.slot) {
                table.restore(&change.key, change.old);
            }
        }
        while self.effects.audit.len() > savepoint.audit {
            let Some(row) = self.effects.audit.pop() else { break };
            self.effects.body_bytes -= row.body.len();
        }
        let changes = &self.effects.changes;
        let is_changed = |account: &str| changes.iter().any(|it| it.key.account() == account);
        let (moved, back) =
            std::mem::take(&mut self.moved).into_iter().partition(|(name, _)| is_changed(name));
        self.moved = moved;
        let back: Vec<(Arc<str>, u64)> = back;
        for (account, version) in back {
            self.view.set_version(account, version);
        }
    }

    /// Begins a write that changes `view`.
    pub(crate) fn begin(view: &'a mut View, keeps_bodies: bool) -> Self {
        Self { view, keeps_bodies, effects: Effects::default(), moved: Vec::new() }
    }

    /// Ends the write and leaves its changes in the view.
    pub(crate) fn keep(self) -> Effects {
        self.effects
    }

    /// Ends the write and takes its changes out of the view again.
    pub(crate) fn undo(self) {
        for change in self.effects.changes.into_iter().rev() {
            if let Some(table) = self.view.slot_mut(change.slot) {
                table.restore(&change.key, change.old);
            }
        }
        for (account, version) in self.moved {
            self.view.set_version(account, version);
        }
    }

    fn check_registered<R: Row>(&self) -> Result<(), RowError> {
        let slot = self.view.schema.slot::<R>();
        slot.map(drop).ok_or(RowError::Unregistered { table: R::TABLE })
    }

    /// Checks all there is to check of a row, then sets it.
    fn store<R: Row>(&mut self, key: RowKey, row: R) -> Result<(), RowError> {
        let table = self.view.table::<R>().ok_or(RowError::Unregistered { table: R::TABLE })?;
        for index in R::INDEXES {
            let Some(value) = row.index(index) else { continue };
            check_key(index, &value)?;
            if let Some(holder) = table.holder(index, &value)
                && *holder != key
            {
                self.view.look_at(holder.account());
                return Err(RowError::Taken {
                    table: R::TABLE,
                    index,
                    value: value.into_owned(),
                    account: holder.account().to_owned(),
                    key: holder.key().to_owned(),
                });
            }
        }
        let body = match self.keeps_bodies {
            true => json(&row).map(|text| (text.len(), Some(text))),
            false => json_bytes(&row).map(|bytes| (bytes, None)),
        };
        let (bytes, body) =
            body.map_err(|error| RowError::Encode { table: R::TABLE, why: error.to_string() })?;
        if bytes > MAX_ROW_BYTES {
            return Err(RowError::TooLarge { bytes });
        }
        self.change(key, Some(Arc::new(row)), body)
    }

    fn change<R: Row>(
        &mut self,
        key: RowKey,
        row: Option<Arc<R>>,
        body: Option<String>,
    ) -> Result<(), RowError> {
        if self.effects.changes.len() >= MAX_CHANGES_PER_WRITE {
            return Err(RowError::TooManyChanges);
        }
        let (slot, table) =
            self.view.table_mut::<R>().ok_or(RowError::Unregistered { table: R::TABLE })?;
        let (old, unique) = table.replace(&key, row);
        let revision = self.advance(key.account());
        let old = old.map(|row| row as AnyRow);
        self.effects.body_bytes += body.as_ref().map_or(0, String::len);
        self.effects.changes.push(Change { slot, key, body, revision, old, unique });
        Ok(())
    }

    /// Raises the account's version once for this write, and gives the new one.
    fn advance(&mut self, account: &str) -> u64 {
        self.view.look_at(account);
        let version = self.view.version_of(account);
        if self.moved.iter().any(|(name, _)| **name == *account) {
            return version;
        }
        let name = self.view.account_name(account);
        self.moved.push((Arc::clone(&name), version));
        self.view.set_version(name, version + 1);
        version + 1
    }
}

impl Deref for Tx<'_> {
    type Target = View;

    fn deref(&self) -> &View {
        self.view
    }
}

impl std::fmt::Debug for Change {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Bodies may hold secrets.
        formatter
            .debug_struct("Change")
            .field("slot", &self.slot)
            .field("key", &self.key.key())
            .finish()
    }
}
