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

/// Bytes of account and key that are kept in place: names and ids of most rows fit.
const SHORT_BYTES: usize = 37;

/// A row's account and key, in one text.
///
/// A tree is searched by them and copies them with each node that it changes: what is in place needs no look
/// elsewhere in memory and no count of who shares it.
#[derive(Clone)]
pub(crate) struct RowKey(Text);

#[derive(Clone)]
enum Text {
    Short { account_bytes: u8, bytes: u8, text: [u8; SHORT_BYTES] },
    Long { account_bytes: usize, text: Arc<str> },
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
        Self(Text::short(account, key).unwrap_or_else(|| {
            let text = [account, key].concat().into();
            Text::Long { account_bytes: account.len(), text }
        }))
    }

    /// The account.
    pub(crate) fn account(&self) -> &str {
        text(self.bytes().0)
    }

    /// The key.
    pub(crate) fn key(&self) -> &str {
        text(self.bytes().1)
    }

    /// How the account stands to another.
    pub(crate) fn compare_account(&self, account: &str) -> Ordering {
        self.bytes().0.cmp(account.as_bytes())
    }

    /// How the key stands to another, whatever the account.
    pub(crate) fn compare_key(&self, key: &str) -> Ordering {
        self.bytes().1.cmp(key.as_bytes())
    }

    /// The bytes of account and key, which are in the order of their texts.
    fn bytes(&self) -> (&[u8], &[u8]) {
        let (bytes, account_bytes) = match &self.0 {
            Text::Short { account_bytes, bytes, text } => {
                (text.get(..usize::from(*bytes)).unwrap_or_default(), usize::from(*account_bytes))
            }
            Text::Long { account_bytes, text } => (text.as_bytes(), *account_bytes),
        };
        bytes.split_at_checked(account_bytes).unwrap_or_default()
    }
}

impl Text {
    fn short(account: &str, key: &str) -> Option<Self> {
        let mut text = [0; SHORT_BYTES];
        let (of_account, rest) = text.split_at_mut_checked(account.len())?;
        of_account.copy_from_slice(account.as_bytes());
        rest.get_mut(..key.len())?.copy_from_slice(key.as_bytes());
        let account_bytes = u8::try_from(account.len()).ok()?;
        let bytes = u8::try_from(account.len() + key.len()).ok()?;
        Some(Self::Short { account_bytes, bytes, text })
    }
}

/// INVARIANT: the bytes are those of a text.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

impl Ord for RowKey {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            // Nearly all are: behind accounts of one length a single comparison does, and what follows a text
            // in place is zero, before which nothing comes.
            (
                Text::Short { account_bytes, bytes, text },
                Text::Short { account_bytes: other_account, bytes: other_bytes, text: other_text },
            ) if account_bytes == other_account => {
                text.cmp(other_text).then_with(|| bytes.cmp(other_bytes))
            }
            _ => self.bytes().cmp(&other.bytes()),
        }
    }
}

impl PartialOrd for RowKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for RowKey {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for RowKey {}

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
        let longer = "k".repeat(SHORT_BYTES);
        let in_place = &longer[1..];
        let order = [
            ("a", "b"),
            ("a", "b\0"),
            ("a", "bc"),
            ("a", in_place),
            ("a", &longer),
            ("ab", "a"),
            ("ab", "c"),
            ("b", "a"),
            ("é", "ü"),
        ];
        for (at, (account, key)) in order.iter().enumerate() {
            let row_key = RowKey::joined(account, key);
            assert_eq!((row_key.account(), row_key.key()), (*account, *key));
            for (other_at, (account, key)) in order.iter().enumerate() {
                assert_eq!(row_key.cmp(&RowKey::joined(account, key)), at.cmp(&other_at));
            }
        }
    }

    #[test]
    fn what_is_short_is_kept_in_place() {
        let account = "000000000000";
        let is_short = |bytes: usize| {
            let row_key = RowKey::joined(account, &"k".repeat(bytes));
            assert_eq!(row_key.key().len(), bytes);
            matches!(row_key.0, Text::Short { .. })
        };
        assert!(is_short(SHORT_BYTES - account.len()));
        assert!(!is_short(SHORT_BYTES - account.len() + 1));
        // A lookup may be for anything.
        let nobody = "x".repeat(1000);
        assert_eq!(RowKey::joined(&nobody, "").account(), nobody);
        assert!(size_of::<RowKey>() <= 40);
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
