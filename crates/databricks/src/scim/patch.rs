//! SCIM's PATCH (RFC 7644, section 3.5.2): paths, and what `add`, `remove` and `replace` do with them.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use crate::fault::Fault;
use crate::identity::{IdentityRow, Kind};
use crate::scim::filter::{Filter, Operator};
use crate::scim::input::{self, items};

/// The schema that every PATCH names.
pub const SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// The most operations of one PATCH.
pub const MAX_OPERATIONS: usize = 1000;

/// One change.
#[derive(Debug, Clone, Deserialize)]
pub struct Change {
    /// `add`, `remove` or `replace`, in whichever letter case.
    pub op: String,
    /// What it is about; without one, the value's own fields say so.
    pub path: Option<String>,
    /// The value.
    pub value: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Add,
    Remove,
    Replace,
}

/// A path: an attribute and which of its values.
#[derive(Debug, PartialEq, Eq)]
struct Path {
    attribute: String,
    value: Option<String>,
}

/// Applies all changes or none.
///
/// # Errors
/// `invalidPath` and `invalidValue`, as SCIM calls them.
pub fn apply(row: &mut IdentityRow, changes: &[Change]) -> Result<(), Fault> {
    if changes.is_empty() {
        return Err(Fault::invalid("The request has no Operations."));
    }
    if changes.len() > MAX_OPERATIONS {
        return Err(Fault::invalid(format!("A request has at most {MAX_OPERATIONS} Operations.")));
    }
    for change in changes {
        let verb = match change.op.to_ascii_lowercase().as_str() {
            "add" => Verb::Add,
            "remove" => Verb::Remove,
            "replace" => Verb::Replace,
            _ => {
                let text = format!("Operation {} is not supported.", change.op);
                return Err(Fault::invalid(text));
            }
        };
        match (&change.path, &change.value) {
            (Some(path), value) => {
                let path = parse(path)?;
                check_changes(&path.attribute)?;
                set(row, verb, &path, value.as_ref())?;
            }
            (None, Some(Value::Object(fields))) if verb != Verb::Remove => {
                for (attribute, value) in fields {
                    let path = Path { attribute: attribute.to_ascii_lowercase(), value: None };
                    set(row, verb, &path, Some(value))?;
                }
            }
            (None, _) => return Err(invalid_path("")),
        }
    }
    input::check(row)
}

fn invalid_path(path: &str) -> Fault {
    Fault::new("INVALID_PATH", format!("Path {path} is not supported."))
}

/// As users report it (terraform-provider-databricks issue 2303).
fn no_such_attribute(name: &str) -> Fault {
    let text = format!("No such attribute with the name : {name} in the current resource");
    Fault::new("INVALID_PATH", text)
}

/// Refuses to change by itself what only comes along when clients send a whole resource back.
fn check_changes(attribute: &str) -> Result<(), Fault> {
    match attribute {
        "groups" => Err(Fault::not_modelled(
            "rolecall changes who is in a group by the `members` of the group, not by the `groups` of a member",
        )),
        "id" | "schemas" | "applicationid" | "meta" => Err(invalid_path(attribute)),
        _ => Ok(()),
    }
}

/// `roles`, `name.givenName`, `roles[value eq "x"]`
fn parse(path: &str) -> Result<Path, Fault> {
    // A schema's URN may stand before the attribute.
    let bare = path.strip_prefix("urn:").and_then(|rest| rest.rsplit_once(':'));
    let bare = bare.map_or(path, |(_, attribute)| attribute);
    let Some((attribute, rest)) = bare.split_once('[') else {
        return Ok(Path { attribute: bare.to_ascii_lowercase(), value: None });
    };
    let condition = rest.strip_suffix(']').ok_or_else(|| invalid_path(path))?;
    match Filter::parse(condition) {
        Ok(Filter::Compare(name, Operator::Equal, value)) if name.eq_ignore_ascii_case("value") => {
            Ok(Path { attribute: attribute.to_ascii_lowercase(), value: Some(value) })
        }
        _ => Err(invalid_path(path)),
    }
}

fn set(row: &mut IdentityRow, verb: Verb, path: &Path, value: Option<&Value>) -> Result<(), Fault> {
    if let Some(values) = many(row, &path.attribute) {
        return change_values(values, verb, path, value);
    }
    if path.value.is_some() {
        return Err(invalid_path(&path.attribute));
    }
    let text = match (verb, value) {
        (Verb::Remove, _) => None,
        (_, Some(value)) => items(value)?.into_iter().next(),
        (_, None) => return Err(Fault::invalid("The operation has no value.")),
    };
    match path.attribute.as_str() {
        "active" => row.active = text.as_deref().map_or(Ok(true), flag)?,
        "displayname" if row.kind == Kind::Group => row.name = required(text, "displayName")?,
        "displayname" => row.display_name = text,
        "externalid" => row.external_id = text,
        "username" if row.kind == Kind::User => row.name = required(text, "userName")?,
        "name.givenname" => row.person.get_or_insert_default().0 = text,
        "name.familyname" => row.person.get_or_insert_default().1 = text,
        "emails" => row.emails = text.into_iter().collect(),
        // What identifies it, and what schemas it has, cannot change; clients that send all of it repeat it.
        "id" | "schemas" | "applicationid" | "meta" | "groups" => {}
        other => return Err(no_such_attribute(other)),
    }
    Ok(())
}

fn many<'r>(row: &'r mut IdentityRow, attribute: &str) -> Option<&'r mut BTreeSet<String>> {
    match attribute {
        "roles" => Some(&mut row.roles),
        "entitlements" => Some(&mut row.entitlements),
        "members" if row.kind == Kind::Group => Some(&mut row.members),
        _ => None,
    }
}

fn change_values(
    values: &mut BTreeSet<String>,
    verb: Verb,
    path: &Path,
    value: Option<&Value>,
) -> Result<(), Fault> {
    let given = value.map(items).transpose()?;
    match (verb, &path.value, given) {
        (Verb::Remove, Some(one), _) => {
            values.remove(one);
        }
        (Verb::Remove, None, Some(given)) => values.retain(|value| !given.contains(value)),
        (Verb::Remove, None, None) => values.clear(),
        (Verb::Add, None, Some(given)) => values.extend(given),
        (Verb::Replace, None, Some(given)) => *values = given,
        (_, Some(_), _) => return Err(invalid_path(&path.attribute)),
        (_, None, None) => return Err(Fault::invalid("The operation has no value.")),
    }
    Ok(())
}

fn flag(text: &str) -> Result<bool, Fault> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Fault::invalid("active is true or false.")),
    }
}

fn required(text: Option<String>, attribute: &str) -> Result<String, Fault> {
    let text = text.filter(|text| !text.is_empty());
    text.ok_or_else(|| Fault::invalid(format!("{attribute} cannot be empty.")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patched(kind: Kind, changes: Value) -> Result<IdentityRow, String> {
        let mut row = IdentityRow::new("1".into(), kind, "7".into(), "seven");
        row.roles.insert("a".into());
        let changes: Vec<Change> =
            serde_json::from_value(changes).map_err(|error| error.to_string())?;
        apply(&mut row, &changes).map(|()| row).map_err(|fault| fault.code.to_owned())
    }

    #[test]
    fn roles_come_and_go() {
        for (changes, roles) in [
            (json!([{"op": "add", "path": "roles", "value": [{"value": "b"}]}]), &["a", "b"][..]),
            (json!([{"op": "Add", "path": "roles", "value": [{"value": "a"}]}]), &["a"]),
            (json!([{"op": "add", "value": {"roles": [{"value": "b"}, {}]}}]), &["a", "b"]),
            (json!([{"op": "remove", "path": "roles[value eq \"a\"]"}]), &[]),
            (json!([{"op": "remove", "path": "roles[value eq \"z\"]"}]), &["a"]),
            (json!([{"op": "remove", "path": "roles"}]), &[]),
            (json!([{"op": "remove", "path": "roles", "value": [{"value": "a"}]}]), &[]),
            (json!([{"op": "replace", "path": "roles", "value": [{"value": "c"}]}]), &["c"]),
        ] {
            let row = patched(Kind::User, changes.clone()).unwrap();
            assert!(row.roles.iter().eq(roles), "{changes}: {:?}", row.roles);
        }
    }

    #[test]
    fn single_values() {
        let disable = json!([{"op": "replace", "path": "active", "value": [{"value": "false"}]}]);
        assert!(!patched(Kind::User, disable).unwrap().active);
        let rename = json!([{"op": "replace", "path": "displayName", "value": "eight"}]);
        assert_eq!(patched(Kind::Group, rename.clone()).unwrap().name, "eight");
        assert_eq!(patched(Kind::User, rename).unwrap().display(), "eight");
        let named = json!([{"op": "add", "path": "name.givenName", "value": "Ann"}]);
        assert_eq!(patched(Kind::User, named).unwrap().person, Some((Some("Ann".into()), None)));
    }

    #[test]
    fn what_is_refused() {
        for (changes, code) in [
            (json!([]), "INVALID_PARAMETER_VALUE"),
            (json!([{"op": "move", "path": "roles"}]), "INVALID_PARAMETER_VALUE"),
            (json!([{"op": "add", "path": "roles"}]), "INVALID_PARAMETER_VALUE"),
            (json!([{"op": "add", "path": "roles", "value": [[1]]}]), "INVALID_PARAMETER_VALUE"),
            (json!([{"op": "remove", "path": "roles[value eq]"}]), "INVALID_PATH"),
            (json!([{"op": "remove", "path": "roles[type eq \"a\"]"}]), "INVALID_PATH"),
            (json!([{"op": "add", "path": "members", "value": "1"}]), "INVALID_PATH"),
            (json!([{"op": "add", "path": "shoes", "value": "1"}]), "INVALID_PATH"),
            (json!([{"op": "remove"}]), "INVALID_PATH"),
            (json!([{"op": "replace", "path": "id", "value": "8"}]), "INVALID_PATH"),
            (
                json!([{"op": "add", "path": "groups", "value": [{"value": "1"}]}]),
                "NOT_IMPLEMENTED",
            ),
            (
                json!([{"op": "replace", "path": "active", "value": "maybe"}]),
                "INVALID_PARAMETER_VALUE",
            ),
        ] {
            assert_eq!(patched(Kind::User, changes.clone()), Err(code.to_owned()), "{changes}");
        }
        let change = json!({"op": "add", "path": "roles", "value": "a"});
        let many = |count| Value::Array(vec![change.clone(); count]);
        assert!(patched(Kind::User, many(MAX_OPERATIONS)).is_ok());
        assert!(patched(Kind::User, many(MAX_OPERATIONS + 1)).is_err());
    }
}
