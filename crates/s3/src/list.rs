//! Lists of objects: one walk over the keys of a bucket, folded at a delimiter, for all three operations.

pub(crate) mod encode;
pub mod objects;
pub mod token;
pub mod versions;
pub(crate) mod walk;

use cloud::Fault;

/// Keys on one page.
pub const MAX_KEYS: i64 = 1000;

/// How many keys a page may have.
///
/// # Errors
/// `InvalidArgument`
pub(crate) fn page_size(asked: Option<i64>, name: &'static str) -> Result<usize, Fault> {
    let asked = asked.unwrap_or(MAX_KEYS);
    if !(0..=i64::from(i32::MAX)).contains(&asked) {
        let text = format!("Argument {name} must be an integer between 0 and 2147483647");
        return Err(Fault::new("InvalidArgument", text)
            .with_detail("ArgumentName", name)
            .with_detail("ArgumentValue", asked.to_string()));
    }
    Ok(usize::try_from(asked.min(MAX_KEYS)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_sizes() {
        assert_eq!(page_size(None, "maxKeys").unwrap(), 1000);
        assert_eq!(page_size(Some(0), "maxKeys").unwrap(), 0);
        assert_eq!(page_size(Some(i64::from(i32::MAX)), "maxKeys").unwrap(), 1000);
        for bad in [-1, i64::from(i32::MAX) + 1] {
            let fault = page_size(Some(bad), "maxKeys").unwrap_err();
            assert_eq!(
                fault.message,
                "Argument maxKeys must be an integer between 0 and 2147483647"
            );
        }
    }
}
