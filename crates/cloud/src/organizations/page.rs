//! Pages of lists: `NextToken` and `MaxResults` in, `NextToken` out.

use crate::fault::Fault;
use crate::iam::page::{self, Page};
use crate::organizations::input::invalid;

/// The most items of a page, and as many as there are if the request does not say.
const MAX_RESULTS: i64 = 20;

/// Checks `MaxResults`.
pub(super) fn check(max_results: Option<i64>) -> Result<(), Fault> {
    let Some(results) = max_results else { return Ok(()) };
    if results < 1 {
        return Err(invalid("MIN_VALUE_EXCEEDED", "You provided a value that is too low."));
    }
    if results > MAX_RESULTS {
        return Err(invalid("MAX_VALUE_EXCEEDED", "You provided a value that is too high."));
    }
    Ok(())
}

/// Cuts a page out of `items`, which come in the order of their keys.
pub(super) fn cut<T>(
    items: impl Iterator<Item = (String, T)>,
    next_token: Option<&str>,
    max_results: Option<i64>,
) -> Result<Page<T>, Fault> {
    page::cut(items, next_token, max_results.or(Some(MAX_RESULTS)))
        .map_err(|_| invalid("INVALID_NEXT_TOKEN", "You specified an invalid next token."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_bounded() {
        assert_eq!((check(None), check(Some(1)), check(Some(20))), (Ok(()), Ok(()), Ok(())));
        assert_eq!(check(Some(0)).unwrap_err().reason, Some("MIN_VALUE_EXCEEDED"));
        assert_eq!(check(Some(21)).unwrap_err().reason, Some("MAX_VALUE_EXCEEDED"));
        let items = (0..21).map(|at| (format!("{at:02}"), at));
        assert_eq!(cut(items, None, None).unwrap().items.len(), 20);
    }
}
