//! AWS's schemas of the resource types: which properties there are, of which type, which are required and which
//! cannot be changed; which attributes `Fn::GetAtt` knows. `cargo xtask cloudformation-types` renews the table.
//!
//! The words for what does not fit are those of CloudFormation's events, which quote the JSON schema validator
//! that it uses: `#/Tags/0: required key [Value] not found` (public reports).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::{Number, Value};

/// The schemas of all types.
const TYPES: &str = include_str!("../../data/types.json");

/// A resource type.
#[derive(Debug, Deserialize)]
pub struct Schema {
    properties: BTreeMap<String, String>,
    required: Vec<String>,
    create_only: Vec<String>,
    attributes: Vec<String>,
    /// How many items a list may have: at least, at most.
    counts: BTreeMap<String, [Option<usize>; 2]>,
    /// The property that is the name which nothing else of the type may have.
    name: Option<String>,
    shapes: BTreeMap<String, Shape>,
}

/// A structure within one.
#[derive(Debug, Deserialize)]
struct Shape {
    properties: BTreeMap<String, String>,
    required: Vec<String>,
}

impl Schema {
    /// The schema of the type `name`.
    #[must_use]
    pub fn of(name: &str) -> Option<&'static Self> {
        static SCHEMAS: OnceLock<BTreeMap<String, Schema>> = OnceLock::new();
        SCHEMAS.get_or_init(|| serde_json::from_str(TYPES).unwrap_or_default()).get(name)
    }

    /// Whether it has the attribute. A nested stack has one for each of its outputs.
    #[must_use]
    pub fn has_attribute(&self, name: &str) -> bool {
        self.attributes.iter().any(|attribute| attribute == name)
    }

    /// Whether it has the property.
    #[must_use]
    pub fn has_property(&self, name: &str) -> bool {
        self.properties.contains_key(name)
    }

    /// Whether a change of the property replaces the resource.
    #[must_use]
    pub fn is_create_only(&self, property: &str) -> bool {
        self.create_only.iter().any(|path| path == property)
    }

    /// The property with which a template names the resource itself, such as `RoleName`: while it is kept, no other
    /// can take the resource's place.
    #[must_use]
    pub fn own_name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Whether it has a list of tags.
    #[must_use]
    pub fn has_tags(&self) -> bool {
        self.properties.get("Tags").is_some_and(|kind| kind.starts_with("List<"))
    }

    /// All properties with their types, and those that are required.
    #[cfg(test)]
    pub(crate) fn whole(&self) -> (&BTreeMap<String, String>, &[String]) {
        (&self.properties, &self.required)
    }

    /// The members of a structure with their types, and those that are required.
    #[cfg(test)]
    pub(crate) fn shape(&self, name: &str) -> Option<(&BTreeMap<String, String>, &[String])> {
        let shape = self.shapes.get(name)?;
        Some((&shape.properties, &shape.required))
    }

    /// Holds properties against the schema, and gives scalars the type that it wants.
    ///
    /// # Errors
    /// What does not fit, one after the other.
    pub fn fit(&self, properties: &mut Value) -> Result<(), Vec<String>> {
        let mut misfits = Vec::new();
        self.fit_object(properties, &self.properties, &self.required, "#", &mut misfits);
        for (name, [least, most]) in &self.counts {
            let Some(list) = properties.get(name).and_then(Value::as_array) else { continue };
            let found = list.len();
            if let Some(least) = least.filter(|least| found < *least) {
                misfits.push(format!(
                    "#/{name}: expected minimum item count: {least}, found: {found}"
                ));
            }
            if let Some(most) = most.filter(|most| found > *most) {
                misfits
                    .push(format!("#/{name}: expected maximum item count: {most}, found: {found}"));
            }
        }
        if misfits.is_empty() { Ok(()) } else { Err(misfits) }
    }

    fn fit_object(
        &self,
        value: &mut Value,
        properties: &BTreeMap<String, String>,
        required: &[String],
        path: &str,
        misfits: &mut Vec<String>,
    ) {
        let Value::Object(members) = value else {
            misfits.push(expected(path, "JSONObject", value));
            return;
        };
        for name in required {
            if !members.contains_key(name) {
                misfits.push(format!("{path}: required key [{name}] not found"));
            }
        }
        for (name, member) in members.iter_mut() {
            match properties.get(name) {
                Some(kind) => self.fit_value(member, kind, &format!("{path}/{name}"), misfits),
                None => misfits.push(format!("{path}: extraneous key [{name}] is not permitted")),
            }
        }
    }

    fn fit_value(&self, value: &mut Value, kind: &str, path: &str, misfits: &mut Vec<String>) {
        // `Map<A|B>` is one kind.
        let choices: Vec<&str> =
            if kind.contains('<') { vec![kind] } else { kind.split('|').collect() };
        if let [one] = choices.as_slice() {
            return self.fit_one(value, one, path, misfits);
        }
        let fits = |choice: &&str| {
            let (mut tried, mut wrong) = (value.clone(), Vec::new());
            self.fit_one(&mut tried, choice, path, &mut wrong);
            wrong.is_empty()
        };
        if !choices.iter().any(fits) {
            misfits.push(expected(path, "JSONObject", value));
        }
    }

    fn fit_one(&self, value: &mut Value, kind: &str, path: &str, misfits: &mut Vec<String>) {
        if let Some(of) = kind.strip_prefix("List<").and_then(|kind| kind.strip_suffix('>')) {
            let Value::Array(elements) = value else {
                misfits.push(expected(path, "JSONArray", value));
                return;
            };
            for (index, element) in elements.iter_mut().enumerate() {
                self.fit_value(element, of, &format!("{path}/{index}"), misfits);
            }
            return;
        }
        if let Some(of) = kind.strip_prefix("Map<").and_then(|kind| kind.strip_suffix('>')) {
            let Value::Object(members) = value else {
                misfits.push(expected(path, "JSONObject", value));
                return;
            };
            for (name, member) in members.iter_mut() {
                self.fit_value(member, of, &format!("{path}/{name}"), misfits);
            }
            return;
        }
        match kind {
            "Any" => {}
            "Object" if value.is_object() => {}
            "Object" => misfits.push(expected(path, "JSONObject", value)),
            "String" | "Integer" | "Number" | "Boolean" => match scalar(value, kind) {
                Some(fitting) => *value = fitting,
                None => misfits.push(expected(path, kind, value)),
            },
            shape => {
                if let Some(shape) = self.shapes.get(shape) {
                    self.fit_object(value, &shape.properties, &shape.required, path, misfits);
                }
            }
        }
    }
}

/// Scalars of templates are of any type that their text can be read as.
fn scalar(value: &Value, kind: &str) -> Option<Value> {
    match (kind, value) {
        ("String", Value::String(_)) | ("Boolean", Value::Bool(_)) => Some(value.clone()),
        ("String", Value::Number(_) | Value::Bool(_)) => Some(Value::String(value.to_string())),
        ("Boolean", Value::String(text)) => match text.as_str() {
            "true" | "True" => Some(Value::Bool(true)),
            "false" | "False" => Some(Value::Bool(false)),
            _ => None,
        },
        ("Integer", Value::Number(number)) => whole(number.as_f64()?),
        ("Integer", Value::String(text)) => text.parse::<i64>().ok().map(Value::from),
        ("Number", Value::Number(_)) => Some(value.clone()),
        ("Number", Value::String(text)) => {
            let number: f64 = text.parse().ok()?;
            whole(number).or_else(|| Number::from_f64(number).map(Value::Number))
        }
        _ => None,
    }
}

fn whole(number: f64) -> Option<Value> {
    #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and is not large")]
    (number.fract() == 0.0 && number.abs() < 9e15).then(|| Value::from(number as i64))
}

fn expected(path: &str, kind: &str, found: &Value) -> String {
    let found = match found {
        Value::Null => "Null",
        Value::Bool(_) => "Boolean",
        Value::Number(number) if number.is_f64() => "Double",
        Value::Number(_) => "Integer",
        Value::String(_) => "String",
        Value::Array(_) => "JSONArray",
        Value::Object(_) => "JSONObject",
    };
    format!("{path}: expected type: {kind}, found: {found}")
}

/// The properties that differ and cannot be changed.
#[must_use]
pub fn changed_create_only(kind: &str, old: &Value, new: &Value) -> Vec<String> {
    let Some(schema) = Schema::of(kind) else { return Vec::new() };
    let at = |value: &Value, path: &str| {
        path.split('.').try_fold(value.clone(), |value, name| value.get(name).cloned())
    };
    let differs = |path: &&String| at(old, path) != at(new, path);
    schema.create_only.iter().filter(differs).cloned().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(kind: &str, mut properties: Value, expected: Result<Value, &[&str]>) {
        let fitted = Schema::of(kind).unwrap().fit(&mut properties);
        match expected {
            Ok(value) => assert_eq!((fitted, properties), (Ok(()), value)),
            Err(misfits) => assert_eq!(fitted.unwrap_err(), misfits),
        }
    }

    #[test]
    fn properties_are_held_against_the_schema() {
        let role = "AWS::IAM::Role";
        let given =
            json!({"AssumeRolePolicyDocument": {}, "MaxSessionDuration": "3600", "Path": 7});
        let fitted =
            json!({"AssumeRolePolicyDocument": {}, "MaxSessionDuration": 3600, "Path": "7"});
        check(role, given, Ok(fitted));
        check(role, json!({}), Err(&["#: required key [AssumeRolePolicyDocument] not found"]));
        check(
            role,
            json!({"AssumeRolePolicyDocument": [], "Nme": 1, "Tags": [{"Key": "a"}], "Path": []}),
            Err(&[
                "#/AssumeRolePolicyDocument: expected type: JSONObject, found: JSONArray",
                "#: extraneous key [Nme] is not permitted",
                "#/Path: expected type: String, found: JSONArray",
                "#/Tags/0: required key [Value] not found",
            ]),
        );
        let instance = "AWS::EC2::Instance";
        check(instance, json!({"EbsOptimized": "true"}), Ok(json!({"EbsOptimized": true})));
        let no = json!({"EbsOptimized": "yes"});
        let text = "#/EbsOptimized: expected type: Boolean, found: String";
        check(instance, no, Err(&[text]));
    }

    #[test]
    fn what_cannot_be_changed() {
        let role = |name, path| json!({"RoleName": name, "Path": path});
        let changed = |old, new| changed_create_only("AWS::IAM::Role", &old, &new);
        assert!(changed(role("a", "/"), role("a", "/")).is_empty());
        assert_eq!(changed(role("a", "/"), role("b", "/x/")), ["Path", "RoleName"]);
    }

    #[test]
    fn every_type_has_a_schema() {
        for kind in crate::resource::table::KINDS {
            assert!(Schema::of(kind.name).is_some(), "{}", kind.name);
        }
    }
}
