//! The names and paths of IAM entities, and the patterns of the API model.

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::operation::Ask;

/// The path of entities that were given none.
pub const DEFAULT_PATH: &str = "/";

/// `[\w+=,.@-]+`
pub const NAME: Check = Check::Pattern("[\\w+=,.@-]+", is_name);
/// `(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`
pub const PATH: Check = Check::Pattern("(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)", is_path);

/// Characters of a role's name.
pub const MAX_ROLE_NAME: usize = 64;
/// Characters of a user's name.
pub const MAX_USER_NAME: usize = 64;
/// Characters of the names of groups, policies and instance profiles.
pub const MAX_NAME: usize = 128;
/// Characters of a path.
pub const MAX_PATH: usize = 512;
/// Characters of an ARN.
const MAX_ARN: usize = 2048;
/// Characters of the shortest ARN.
const MIN_ARN: usize = 20;

/// What paths to filter by must look like, those of policies aside.
const PATH_PREFIX: Check = Check::Pattern("\\u002F[\\u0021-\\u007F]*", is_path_prefix);
/// What paths of policies to filter by must look like.
const POLICY_PATH: Check = Check::Pattern("((/[A-Za-z0-9\\.,\\+@=_-]+)*)/", is_policy_path_prefix);

// IAM does not show the values that fail its constraints (LocalStack recorded it for paths, numbers and
// version ids from 2024 to 2026), which STS and older reports on IAM do.

/// Checks a required name of at most `most` characters.
pub fn check_name(constraints: &mut Constraints, parameter: &str, name: &str, most: usize) {
    constraints.hidden(parameter, name, Check::MaxLength(most));
    constraints.hidden(parameter, name, Check::MinLength(1));
    if !is_name(name) {
        // Quoted in app-sre/qontract-reconcile pull request 2640.
        constraints.refuse(format!(
            "The specified value for {parameter} is invalid. It must contain only alphanumeric \
             characters and/or the following: +=,.@_-"
        ));
    }
}

/// Checks a name, if there is one.
pub fn check_some_name(
    constraints: &mut Constraints,
    parameter: &str,
    name: Option<&str>,
    most: usize,
) {
    if let Some(name) = name {
        check_name(constraints, parameter, name, most);
    }
}

/// Checks a path, if there is one.
pub fn check_path(constraints: &mut Constraints, path: Option<&str>) {
    check_path_as(constraints, "path", path);
}

/// As [`check_path`], for a parameter of another name.
pub fn check_path_as(constraints: &mut Constraints, parameter: &str, path: Option<&str>) {
    let Some(path) = path else { return };
    constraints.hidden(parameter, path, Check::MaxLength(MAX_PATH));
    constraints.hidden(parameter, path, Check::MinLength(1));
    if !is_path(path) {
        // Recorded by LocalStack for virtual MFA devices.
        constraints.refuse(format!(
            "The specified value for {parameter} is invalid. It must begin and end with / and contain \
             only alphanumeric characters and/or / characters."
        ));
    }
}

/// Checks a path to filter users, groups, roles or instance profiles by, if there is one.
pub fn check_path_prefix(constraints: &mut Constraints, prefix: Option<&str>) {
    check_prefix(constraints, prefix, PATH_PREFIX);
}

/// Checks a path to filter policies by, if there is one.
pub fn check_policy_path_prefix(constraints: &mut Constraints, prefix: Option<&str>) {
    check_prefix(constraints, prefix, POLICY_PATH);
}

/// Checks the length of an ARN.
pub fn check_arn(constraints: &mut Constraints, parameter: &str, arn: &str) {
    constraints.hidden(parameter, arn, Check::MaxLength(MAX_ARN));
    constraints.hidden(parameter, arn, Check::MinLength(MIN_ARN));
}

/// The key under which a row is stored: names are unique without regard to case.
#[must_use]
pub fn key(name: &str) -> String {
    name.to_lowercase()
}

/// What listing the entities of a kind is asked on: the ARN of the path, though the service authorization
/// reference knows of no resource. Denials name it (kubernetes/kops pull request 17854 for profiles with a
/// path; users, roles and groups in many reports).
#[must_use]
pub fn list_demand(
    ask: &Ask<'_>,
    action: &'static str,
    kind: &str,
    path_prefix: Option<&str>,
) -> Demand {
    let path = path_prefix.unwrap_or(DEFAULT_PATH);
    Demand::new(action, format!("arn:aws:iam::{}:{kind}{path}", ask.account()))
}

fn check_prefix(constraints: &mut Constraints, prefix: Option<&str>, form: Check) {
    let Some(prefix) = prefix else { return };
    for check in [form, Check::MaxLength(MAX_PATH), Check::MinLength(1)] {
        constraints.hidden("pathPrefix", prefix, check);
    }
}

/// `\w` of the API model: letters, digits and `_` of ASCII (Java's reading of it).
fn is_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte))
}

fn is_path(text: &str) -> bool {
    let inner = |text: &str| text.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
    text == "/" || (text.len() > 2 && text.starts_with('/') && text.ends_with('/') && inner(text))
}

fn is_path_prefix(text: &str) -> bool {
    text.starts_with('/') && text.bytes().all(|byte| (0x21..=0x7f).contains(&byte))
}

fn is_policy_path_prefix(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".,+@=_-/".contains(&byte);
    text.starts_with('/') && text.ends_with('/') && !text.contains("//") && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(check: impl FnOnce(&mut Constraints)) -> String {
        let mut constraints = Constraints::new();
        check(&mut constraints);
        constraints.finish().err().map(|fault| fault.message).unwrap_or_default()
    }

    #[test]
    fn names() {
        let name = |name: &str| said(|to| check_name(to, "userName", name, MAX_USER_NAME));
        assert_eq!(name("a_B-9.@=+,"), "");
        assert_eq!(name(&"a".repeat(64)), "");
        let invalid = "The specified value for userName is invalid. It must contain only \
                       alphanumeric characters and/or the following: +=,.@_-";
        for bad in ["a b", "a/b", "é", "a:b"] {
            assert_eq!(name(bad), invalid, "{bad}");
        }
        // Length is complained about first.
        assert_eq!(
            name(&"a b".repeat(22)),
            "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member \
             must have length less than or equal to 64"
        );
        assert!(name("").ends_with("Member must have length greater than or equal to 1"));
    }

    #[test]
    fn paths() {
        let path = |path: &str| said(|to| check_path(to, Some(path)));
        let longest = format!("/{}/", "a".repeat(510));
        for good in ["/", "/a/", "/a//b/", "/~!/", longest.as_str()] {
            assert_eq!(path(good), "", "{good}");
        }
        for bad in ["a/", "/a", "//", "/a b/"] {
            assert!(path(bad).starts_with("The specified value for path is invalid."), "{bad}");
        }
        assert_eq!(
            path(&format!("/{}/", "a".repeat(511))),
            "1 validation error detected: Value at 'path' failed to satisfy constraint: Member must \
             have length less than or equal to 512"
        );
    }

    #[test]
    fn prefixes() {
        let prefix = |prefix: &str| said(|to| check_path_prefix(to, Some(prefix)));
        assert_eq!((prefix("/"), prefix("/a/b")), (String::new(), String::new()));
        assert!(prefix("a").ends_with("pattern: \\u002F[\\u0021-\\u007F]*"));
        let prefix = |prefix: &str| said(|to| check_policy_path_prefix(to, Some(prefix)));
        assert_eq!((prefix("/"), prefix("/a/b/")), (String::new(), String::new()));
        for bad in ["/a", "a/", "//", "/a:/"] {
            assert!(prefix(bad).contains("'pathPrefix'"), "{bad}");
        }
    }
}
