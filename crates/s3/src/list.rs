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
        let argument = name.replace('-', " ");
        let text = format!("Argument {argument} must be an integer between 0 and 2147483647");
        return Err(Fault::new("InvalidArgument", text)
            .with_detail("ArgumentName", name)
            .with_detail("ArgumentValue", asked.to_string()));
    }
    Ok(usize::try_from(asked.min(MAX_KEYS)).unwrap_or_default())
}
