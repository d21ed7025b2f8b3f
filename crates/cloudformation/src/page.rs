//! Pages of lists: `NextToken` in and out, a hundred items each.

use cloud::Fault;

use crate::blueprint::invalid;

/// Items of a page.
pub const PAGE_ITEMS: usize = 100;

/// A page.
#[derive(Debug)]
pub struct Page<'i, T> {
    /// Its items.
    pub items: &'i [T],
    /// Where the next one begins.
    pub next: Option<String>,
}

/// The page of `items` that `token` names: what it names comes first.
///
/// # Errors
/// `ValidationError` for a token that names nothing.
pub fn cut<'i, T>(
    items: &'i [T],
    token: Option<&str>,
    name: impl Fn(&T) -> &str,
) -> Result<Page<'i, T>, Fault> {
    let start = match token {
        Some(token) => items
            .iter()
            .position(|item| name(item) == token)
            .ok_or_else(|| invalid(format!("Invalid NextToken: {token}")))?,
        None => 0,
    };
    let end = items.len().min(start + PAGE_ITEMS);
    Ok(Page {
        items: items.get(start..end).unwrap_or_default(),
        next: items.get(end).map(|item| name(item).to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_at_a_time() {
        let items: Vec<String> = (0..201).map(|number| format!("{number:03}")).collect();
        let page = |token: Option<&str>| cut(&items, token, |item| item).unwrap();
        assert_eq!((page(None).items.len(), page(None).next.as_deref()), (100, Some("100")));
        assert_eq!(page(Some("200")).items, ["200"]);
        assert!(page(Some("200")).next.is_none());
        assert!(cut(&items, Some("x"), |item| item).is_err());
    }
}
