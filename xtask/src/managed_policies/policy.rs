//! The package's policies as plain data: sorted, checked, their elements in AWS's usual order.

use serde_json::Value;

use crate::Outcome;

/// The elements of a document and of a statement, in the order in which AWS's pages write them. The
/// package sorts them by name, so the original order is lost.
const DOCUMENT: [&str; 3] = ["Version", "Id", "Statement"];
const STATEMENT: [&str; 7] =
    ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];

pub(super) struct Policy {
    pub(super) path: String,
    pub(super) name: String,
    pub(super) default_version_id: String,
    /// As AWS writes times: `2015-02-06T18:39:46Z`.
    pub(super) created: String,
    pub(super) updated: String,
    /// Compact JSON.
    pub(super) document: String,
}

impl Policy {
    /// Reads the package's Python file: one assignment of a text of JSON. In the order of the names.
    ///
    /// # Errors
    /// A file of another shape, or a policy with something that this program does not know: it must be
    /// looked at, not dropped.
    pub(super) fn read_all(file: &str) -> Outcome<Vec<Self>> {
        let parts: Vec<&str> = file.split("\"\"\"").collect();
        let [_, text, _] = parts.as_slice() else {
            return Err("the file is not one text in triple quotes".to_owned());
        };
        // Python would read an escape before JSON does.
        if text.contains('\\') {
            return Err("the text has escapes, which are not read yet".to_owned());
        }
        let all: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let all = all.as_object().ok_or("the text is not an object of policies")?;
        let policies = all.iter().map(|(name, policy)| {
            Self::read(name, policy).map_err(|problem| format!("`{name}`: {problem}"))
        });
        let mut policies = policies.collect::<Outcome<Vec<_>>>()?;
        policies.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(policies)
    }

    fn read(name: &str, policy: &Value) -> Outcome<Self> {
        let text = |field: &str| {
            let text = policy.get(field).and_then(Value::as_str);
            text.map(str::to_owned).ok_or_else(|| format!("no text `{field}`"))
        };
        let path = text("Path")?;
        if !(path.starts_with('/') && path.ends_with('/')) || name.contains('/') {
            return Err(format!("`{path}` and `{name}` are not a path and a name"));
        }
        Ok(Self {
            path,
            name: name.to_owned(),
            default_version_id: text("DefaultVersionId")?,
            created: time(&text("CreateDate")?)?,
            updated: time(&text("UpdateDate")?)?,
            document: document(policy.get("Document").ok_or("no `Document`")?)?,
        })
    }

    pub(super) fn arn(&self) -> String {
        format!("arn:aws:iam::aws:policy{}{}", self.path, self.name)
    }
}

/// A time in UTC, to the second, as AWS writes it.
fn time(text: &str) -> Outcome<String> {
    let wrong = || format!("`{text}` is not a time of the form 2015-02-06T18:39:46+00:00");
    let time = text.strip_suffix("+00:00").ok_or_else(wrong)?;
    let shape: String =
        time.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    if shape == "0000-00-00T00:00:00" { Ok(format!("{time}Z")) } else { Err(wrong()) }
}

fn document(document: &Value) -> Outcome<String> {
    ordered(document, &DOCUMENT, |element, value| match (element, value) {
        ("Statement", Value::Array(statements)) => {
            let statements = statements.iter().map(statement).collect::<Outcome<Vec<_>>>()?;
            Ok(format!("[{}]", statements.join(",")))
        }
        ("Statement", only) => statement(only),
        (_, other) => Ok(other.to_string()),
    })
}

fn statement(value: &Value) -> Outcome<String> {
    ordered(value, &STATEMENT, |_, value| Ok(value.to_string()))
}

/// An object with its elements in this order.
fn ordered(
    object: &Value,
    order: &[&str],
    write: impl Fn(&str, &Value) -> Outcome<String>,
) -> Outcome<String> {
    let object = object.as_object().ok_or_else(|| format!("not an object: {object}"))?;
    if let Some(unknown) = object.keys().find(|key| !order.contains(&key.as_str())) {
        return Err(format!("an element `{unknown}`: give it its place"));
    }
    let present = order.iter().filter_map(|element| Some((*element, object.get(*element)?)));
    let members = present
        .map(|(element, value)| Ok(format!("\"{element}\":{}", write(element, value)?)))
        .collect::<Outcome<Vec<_>>>()?;
    Ok(format!("{{{}}}", members.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_get_their_usual_order() {
        let check = |document: &str, expected: Result<&str, &str>| {
            let value = serde_json::from_str(document).unwrap();
            let expected = expected.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(super::document(&value), expected, "{document}");
        };
        check(
            r#"{"Statement": [{"Resource": "*", "Effect": "Allow", "Action": ["b", "a"]}], "Version": "v"}"#,
            Ok(
                r#"{"Version":"v","Statement":[{"Effect":"Allow","Action":["b","a"],"Resource":"*"}]}"#,
            ),
        );
        check(r#"{"Statement": {"Effect": "Deny"}}"#, Ok(r#"{"Statement":{"Effect":"Deny"}}"#));
        check(r#"{"Statements": []}"#, Err("an element `Statements`: give it its place"));
        check(r#"{"Statement": [1]}"#, Err("not an object: 1"));
    }

    #[test]
    fn times_are_in_utc() {
        assert_eq!(time("2015-02-06T18:39:46+00:00").as_deref(), Ok("2015-02-06T18:39:46Z"));
        for wrong in ["2015-02-06T18:39:46Z", "2015-02-06T18:39:46+01:00", "2015-02-06+00:00"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_file_of_another_shape_is_refused() {
        let policy = r#"{"P": {"Path": "/", "DefaultVersionId": "v1", "Document": {},
            "CreateDate": "2015-02-06T18:39:46+00:00", "UpdateDate": "2015-02-06T18:39:46+00:00"}}"#;
        let read = |file: String| Policy::read_all(&file).map(|policies| policies.len());
        assert_eq!(read(format!("x = \"\"\"{policy}\"\"\"\n")), Ok(1));
        assert!(read(format!("x = '''{policy}'''\n")).is_err());
        assert!(read(format!("x = \"\"\"{policy}\\n\"\"\"\n")).is_err());
        assert!(read(format!("x = \"\"\"{}\"\"\"\n", policy.replace("\"/\"", "\"a\""))).is_err());
    }
}
