//! What a type must say of itself to be stored, and how its rows are named.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::RowError;
use crate::limits::{MAX_ACCOUNT_BYTES, MAX_KEY_BYTES};

/// Characters of an unusable key that its error shows.
const SHOWN_KEY_CHARS: usize = 80;

/// A type whose values are stored as rows of one table.
///
/// The body is the value's JSON. Fields that can be computed again (a compiled policy, say) belong behind
/// `#[serde(skip)]` in a `OnceLock`: snapshots share a row, so what one reader computes all have.
pub trait Row: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The table's name, such as `iam_role`: lower-case letters, digits and `_`.
    const TABLE: &'static str;
    /// The version of the body's JSON. Raise it when a stored body would no longer be read, or when an
    /// index's value is computed in a new way, and teach [`Row::upgrade`] the old one.
    const VERSION: u32;
    /// The names of the unique indexes, such as `id`. Values are unique among all accounts of the table.
    const INDEXES: &'static [&'static str] = &[];

    /// The account, or whatever else parts the rows: what one account does never waits for another's.
    fn account(&self) -> &str;

    /// The key, unique in the account and the order of ranges, such as the lower-cased name.
    fn key(&self) -> Cow<'_, str>;

    /// The value of the index called `index`; `None` keeps the row out of it.
    fn index(&self, index: &str) -> Option<Cow<'_, str>> {
        let _ = index;
        None
    }

    /// The body of today for a `body` of version `from`, which is older. Account and key must stay.
    ///
    /// # Errors
    /// Says why the version cannot be read.
    fn upgrade(from: u32, body: Value) -> Result<Value, String> {
        let _ = body;
        Err(format!("version {from} of its body is not known"))
    }
}

/// A row's account and key, in one shared text.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RowKey {
    text: Arc<str>,
    account_bytes: usize,
}

impl RowKey {
    /// Checks and joins the two.
    pub(crate) fn new(account: &str, key: &str) -> Result<Self, RowError> {
        check_account(account)?;
        check_key("key", key)?;
        Ok(Self::joined(account, key))
    }

    /// Joins the two as they are, for a lookup.
    pub(crate) fn joined(account: &str, key: &str) -> Self {
        let mut text = String::with_capacity(account.len() + key.len());
        text.push_str(account);
        text.push_str(key);
        Self { text: text.into(), account_bytes: account.len() }
    }

    /// The account.
    pub(crate) fn account(&self) -> &str {
        self.text.get(..self.account_bytes).unwrap_or_default()
    }

    /// The key.
    pub(crate) fn key(&self) -> &str {
        self.text.get(self.account_bytes..).unwrap_or_default()
    }

    /// How this one stands to another, by account and then key.
    pub(crate) fn compare(&self, account: &str, key: &str) -> Ordering {
        self.account().cmp(account).then_with(|| self.key().cmp(key))
    }
}

impl Ord for RowKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.compare(other.account(), other.key())
    }
}

impl PartialOrd for RowKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// An account's name can be stored by every engine.
pub(crate) fn check_account(account: &str) -> Result<(), RowError> {
    check_text("account", account, MAX_ACCOUNT_BYTES)
}

/// A key or an index value can be stored by every engine.
pub(crate) fn check_key(what: &'static str, key: &str) -> Result<(), RowError> {
    check_text(what, key, MAX_KEY_BYTES)
}

fn check_text(what: &'static str, text: &str, max_bytes: usize) -> Result<(), RowError> {
    // PostgreSQL's text cannot hold a zero byte.
    if text.is_empty() || text.len() > max_bytes || text.contains('\0') {
        let text = text.chars().take(SHOWN_KEY_CHARS).collect();
        return Err(RowError::BadKey { what, text });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_ordered_by_account_and_then_key() {
        let order = [("a", "b"), ("a", "bc"), ("ab", "a"), ("ab", "c"), ("b", "a")];
        for (at, (account, key)) in order.iter().enumerate() {
            let row_key = RowKey::joined(account, key);
            assert_eq!((row_key.account(), row_key.key()), (*account, *key));
            for (other_at, (account, key)) in order.iter().enumerate() {
                assert_eq!(row_key.cmp(&RowKey::joined(account, key)), at.cmp(&other_at));
            }
        }
    }

    #[test]
    fn keys_are_bounded() {
        let (account, key) = ("a".repeat(MAX_ACCOUNT_BYTES), "k".repeat(MAX_KEY_BYTES));
        assert!(RowKey::new(&account, &key).is_ok());
        let (long_account, long_key) = (format!("{account}a"), format!("{key}k"));
        let bad = [
            ("", "k"),
            ("a", ""),
            (&long_account, "k"),
            ("a", &long_key),
            ("a\0", "k"),
            ("a", "\0"),
        ];
        for (account, key) in bad {
            assert!(matches!(RowKey::new(account, key), Err(RowError::BadKey { .. })));
        }
    }
}
