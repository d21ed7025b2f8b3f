//! The walk over rows in the order of their keys.

use std::ops::Bound;
use std::sync::Arc;

use store::{Row, Rows, View};

use crate::bucket::BucketRow;
use crate::name;

/// A row that stands under a key.
pub(crate) trait Keyed: Row {
    fn bucket(&self) -> &str;
    fn object_key(&self) -> &str;
}

/// Something on a page.
pub(crate) enum Item<'v, R> {
    Row(&'v Arc<R>),
    Prefix(String),
}

/// Walks rows with a prefix, and gives those that share a longer one as one item.
pub(crate) struct Walk<'v, 'r, R> {
    view: &'v View,
    bucket: &'r BucketRow,
    prefix: &'r str,
    delimiter: &'r str,
    rows: Rows<'v, R>,
}

impl<'v, 'r, R: Keyed> Walk<'v, 'r, R> {
    /// Starts behind `place`, or at the first row with the prefix.
    pub(crate) fn new(
        view: &'v View,
        bucket: &'r BucketRow,
        (prefix, delimiter): (&'r str, &'r str),
        behind: Option<&str>,
    ) -> Self {
        let first = name::place(&bucket.name, prefix);
        let start = match behind {
            Some(place) if *place >= *first => Bound::Excluded(place),
            _ => Bound::Included(first.as_str()),
        };
        let rows = view.range::<R>(bucket.account.as_str(), (start, Bound::Unbounded));
        Self { view, bucket, prefix, delimiter, rows }
    }

    fn jump(&mut self, place: &str) {
        self.rows = self.view.range::<R>(self.bucket.account.as_str(), place..);
    }
}

/// The place behind everything that a page which ended with `last` has shown. A common prefix is shown with all
/// that is in it.
pub(crate) fn behind(bucket: &BucketRow, last: &str, prefix: &str, delimiter: &str) -> String {
    let is_folded = !delimiter.is_empty()
        && last.len() > prefix.len()
        && last.starts_with(prefix)
        && last.ends_with(delimiter);
    if is_folded {
        // Rows have something behind their key, so none stands at the bare place.
        return name::after_prefix(&bucket.name, last);
    }
    name::place_of(&bucket.name, last, "\u{10ffff}")
}

impl<'v, R: Keyed> Iterator for Walk<'v, '_, R> {
    type Item = Item<'v, R>;

    fn next(&mut self) -> Option<Item<'v, R>> {
        let row = self.rows.next().filter(|row| {
            row.bucket() == self.bucket.name && row.object_key().starts_with(self.prefix)
        })?;
        let rest = row.object_key().get(self.prefix.len()..).unwrap_or_default();
        let Some(at) = rest.find(self.delimiter).filter(|_| !self.delimiter.is_empty()) else {
            return Some(Item::Row(row));
        };
        let end = self.prefix.len() + at + self.delimiter.len();
        let folded = row.object_key().get(..end).unwrap_or_default().to_owned();
        let next = name::after_prefix(&self.bucket.name, &folded);
        self.jump(&next);
        Some(Item::Prefix(folded))
    }
}
