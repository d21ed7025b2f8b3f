//! The names and paths of IAM entities, and the patterns of the API model.

use crate::constraint::{Check, Constraints};

/// The path of entities that were given none.
pub const DEFAULT_PATH: &str = "/";

/// `[\w+=,.@-]+`
pub const NAME: Check = Check::Pattern("[\\w+=,.@-]+", is_name);

/// `(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`
pub const PATH: Check = Check::Pattern("(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)", is_path);

/// `\u002F[\u0021-\u007F]*`
pub const PATH_PREFIX: Check = Check::Pattern("\\u002F[\\u0021-\\u007F]*", is_path_prefix);

/// Characters of a role's name.
pub const MAX_ROLE_NAME: usize = 64;
/// Characters of a user's name.
pub const MAX_USER_NAME: usize = 64;
/// Characters of the names of groups, policies and instance profiles.
pub const MAX_NAME: usize = 128;
/// Characters of a path.
pub const MAX_PATH: usize = 512;

/// Checks a required name of at most `most` characters.
pub fn check_name(constraints: &mut Constraints, parameter: &str, name: &str, most: usize) {
    constraints.text(parameter, name, &[NAME, Check::MaxLength(most), Check::MinLength(1)]);
}

/// Checks a path, if there is one.
pub fn check_path(constraints: &mut Constraints, path: Option<&str>) {
    let checks = [PATH, Check::MaxLength(MAX_PATH), Check::MinLength(1)];
    constraints.optional("path", path, &checks);
}

/// Checks the `PathPrefix` of a list of users, groups, roles or instance profiles.
pub fn check_path_prefix(constraints: &mut Constraints, prefix: Option<&str>) {
    let checks = [PATH_PREFIX, Check::MaxLength(MAX_PATH), Check::MinLength(1)];
    constraints.optional("pathPrefix", prefix, &checks);
}

/// The key under which a row is stored: names are unique without regard to case.
#[must_use]
pub fn key(name: &str) -> String {
    name.to_lowercase()
}

/// `\w` of the API model: letters, digits and `_` of ASCII (Java's reading of it).
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte))
}

fn is_path(text: &str) -> bool {
    let inner = |text: &str| text.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
    text == "/" || (text.len() > 2 && text.starts_with('/') && text.ends_with('/') && inner(text))
}

fn is_path_prefix(text: &str) -> bool {
    let inner = |byte: u8| (0x21..=0x7f).contains(&byte);
    text.strip_prefix('/').is_some_and(|rest| rest.bytes().all(inner))
}
