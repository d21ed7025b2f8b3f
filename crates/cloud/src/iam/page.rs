//! Pages of lists: `Marker` and `MaxItems` in, `IsTruncated` and `Marker` out.

use std::ops::Bound;
use std::sync::Arc;

use names::AccountId;
use store::{Row, View};

use crate::constraint::{Check, Constraints};
use crate::fault::Fault;

/// Items of a page if the request does not say.
const DEFAULT_ITEMS: usize = 100;
/// The most items of a page.
const MAX_ITEMS: i64 = 1000;
/// Characters of a marker.
const MAX_MARKER: usize = 320;
/// `[\u0020-\u00FF]+`
const MARKER: Check = Check::Pattern("[\\u0020-\\u00FF]+", is_marker);

/// One page.
#[derive(Debug)]
pub struct Page<T> {
    /// Its items.
    pub items: Vec<T>,
    /// Where the next page starts, if there is one.
    pub marker: Option<String>,
}

impl<T> Page<T> {
    /// Whether there is another page.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.marker.is_some()
    }
}

/// Checks `MaxItems`.
pub fn check(constraints: &mut Constraints, max_items: Option<i64>) {
    let Some(items) = max_items.map(|items| items.to_string()) else { return };
    constraints.hidden("maxItems", &items, Check::AtMost(MAX_ITEMS));
    constraints.hidden("maxItems", &items, Check::AtLeast(1));
}

/// Checks `Marker`.
pub fn check_marker(constraints: &mut Constraints, marker: Option<&str>) {
    let Some(marker) = marker else { return };
    for check in [MARKER, Check::MaxLength(MAX_MARKER), Check::MinLength(1)] {
        constraints.hidden("marker", marker, check);
    }
}

/// A page of an account's rows: of those that are `wanted`, in the order of their keys. Starts at the
/// marker, whatever comes before it.
///
/// # Errors
/// As [`cut`].
pub fn of_rows<'v, R: Row>(
    view: &'v View,
    account: AccountId,
    marker: Option<&str>,
    max_items: Option<i64>,
    wanted: impl Fn(&R) -> bool,
) -> Result<Page<&'v Arc<R>>, Fault> {
    let after = marker.map(read_marker).transpose()?;
    let start = after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let range = (start, Bound::Unbounded);
    let mut rest = view.range::<R>(account.as_str(), range).filter(|row| wanted(row));
    let items: Vec<_> = rest.by_ref().take(limit(max_items)).collect();
    let last = rest.next().and(items.last());
    let marker = last.map(|row| write_marker(&row.key()));
    Ok(Page { items, marker })
}

/// Cuts a page out of `items`, which come in the order of their keys. `marker` is what an earlier page
/// answered: the key of its last item, in hexadecimal so that nobody takes it for a name.
///
/// # Errors
/// `ValidationError` for a marker that no page answered.
pub fn cut<T>(
    items: impl Iterator<Item = (String, T)>,
    marker: Option<&str>,
    max_items: Option<i64>,
) -> Result<Page<T>, Fault> {
    let after = marker.map(read_marker).transpose()?;
    let mut rest = items.skip_while(|(key, _)| after.as_ref().is_some_and(|after| key <= after));
    let mut page = Page { items: Vec::new(), marker: None };
    let mut last = String::new();
    for (key, item) in rest.by_ref().take(limit(max_items)) {
        page.items.push(item);
        last = key;
    }
    if rest.next().is_some() {
        page.marker = Some(write_marker(&last));
    }
    Ok(page)
}

/// As [`cut`], for a list that is kept in an order of its own: the marker is a position.
///
/// # Errors
/// As [`cut`].
pub fn cut_list<T>(
    items: impl IntoIterator<Item = T>,
    marker: Option<&str>,
    max_items: Option<i64>,
) -> Result<Page<T>, Fault> {
    let items = items.into_iter().enumerate();
    cut(items.map(|(at, item)| (format!("{at:06}"), item)), marker, max_items)
}

fn limit(max_items: Option<i64>) -> usize {
    max_items.and_then(|items| usize::try_from(items).ok()).unwrap_or(DEFAULT_ITEMS)
}

fn is_marker(text: &str) -> bool {
    text.chars().all(|character| matches!(character, ' '..='\u{ff}'))
}

fn write_marker(key: &str) -> String {
    key.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn read_marker(marker: &str) -> Result<String, Fault> {
    // Recorded by LocalStack for ListVirtualMFADevices.
    let wrong = || Fault::new("ValidationError", "Invalid Marker.");
    let bytes: Option<Vec<u8>> = (0..marker.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(marker.get(at..at + 2)?, 16).ok())
        .collect();
    String::from_utf8(bytes.ok_or_else(wrong)?).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other() {
        let items = || ["a", "b", "é"].into_iter().map(|key| (key.to_owned(), key));
        let first = cut(items(), None, Some(2)).unwrap();
        assert_eq!(first.items, ["a", "b"]);
        assert!(first.is_truncated());
        let second = cut(items(), first.marker.as_deref(), Some(2)).unwrap();
        assert_eq!(second.items, ["é"]);
        assert!(!second.is_truncated());
        assert_eq!(cut(items(), None, Some(3)).unwrap().marker, None);
        assert!(cut(items(), Some("zz"), None).is_err());
        assert!(cut(items(), Some("6"), None).is_err());
    }
}
