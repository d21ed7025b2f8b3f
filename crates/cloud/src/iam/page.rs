//! Pages of lists: `Marker` and `MaxItems` in, `IsTruncated` and `Marker` out.

use crate::constraint::{Check, Constraints};
use crate::fault::Fault;

/// Items of a page if the request does not say.
const DEFAULT_ITEMS: usize = 100;
/// The most items of a page.
const MAX_ITEMS: i64 = 1000;

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
    let limit = max_items.and_then(|items| usize::try_from(items).ok()).unwrap_or(DEFAULT_ITEMS);
    let mut rest = items.skip_while(|(key, _)| after.as_ref().is_some_and(|after| key <= after));
    let mut page = Page { items: Vec::new(), marker: None };
    let mut last = String::new();
    for (key, item) in rest.by_ref().take(limit) {
        page.items.push(item);
        last = key;
    }
    if rest.next().is_some() {
        page.marker = Some(last.bytes().map(|byte| format!("{byte:02x}")).collect());
    }
    Ok(page)
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
