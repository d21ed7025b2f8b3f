//! Policies out of Terraform's `aws_iam_policy_document` data sources, as far as the page on
//! `databricks_instance_profile` uses them: statements with literal lists, principals, conditions.

use super::pages::braces;

/// One `name { … }` or one `name = value`.
enum Item {
    Block(String, Vec<Item>),
    /// Strings, or the reference that stands in their place.
    Attribute(String, Vec<String>),
}

/// The JSON of the document called `name` in `text`.
///
/// Where it says nothing, the provider writes version `2012-10-17` and effect `Allow`
/// (`aws_iam_policy_document`, argument reference).
pub(crate) fn policy_document(text: &str, name: &str) -> String {
    let header = format!("data \"aws_iam_policy_document\" \"{name}\" ");
    let start = text.find(&header).unwrap_or_else(|| panic!("no document `{name}`"));
    let body = braces(&text[start + header.len()..]);
    let tokens = tokens(&body[1..body.len() - 1]);
    let statements: Vec<String> = items(&mut tokens.iter().map(String::as_str).peekable())
        .iter()
        .map(|item| match item {
            Item::Block(kind, content) if kind == "statement" => statement(content),
            _ => panic!("only statements are read"),
        })
        .collect();
    format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(", "))
}

/// Strings keep their quotes, so that they differ from names.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => rest[1..].find('"').expect("a closing quote") + 2,
            '{' | '}' | '[' | ']' | '=' | ',' => 1,
            _ => rest.find([' ', '\n', '{', '}', '[', ']', '=', ',']).unwrap_or(rest.len()),
        };
        tokens.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    tokens
}

fn items<'a>(tokens: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>) -> Vec<Item> {
    let mut found = Vec::new();
    while let Some(name) = tokens.next() {
        if name == "}" {
            break;
        }
        found.push(match tokens.next() {
            Some("{") => Item::Block(name.to_owned(), items(tokens)),
            Some("=") => {
                let mut values = Vec::new();
                match tokens.next().expect("a value") {
                    "[" => values.extend(
                        tokens.by_ref().take_while(|token| *token != "]").filter(|t| *t != ","),
                    ),
                    value => values.push(value),
                }
                let bare = values.iter().map(|value| value.trim_matches('"').to_owned());
                Item::Attribute(name.to_owned(), bare.collect())
            }
            other => panic!("`{name}` is followed by {other:?}"),
        });
    }
    found
}

fn statement(content: &[Item]) -> String {
    let mut elements = Vec::new();
    let effect = values(content, "effect").first().map_or("Allow", |effect| &**effect);
    elements.push(format!(r#""Effect": "{effect}""#));
    for (name, element) in [("actions", "Action"), ("resources", "Resource")] {
        let listed = values(content, name);
        if !listed.is_empty() {
            elements.push(format!(r#""{element}": {listed:?}"#));
        }
    }
    for item in content {
        let Item::Block(kind, inner) = item else { continue };
        let one = |name: &str| values(inner, name)[0].clone();
        elements.push(match &**kind {
            "principals" => {
                let listed = values(inner, "identifiers");
                format!(r#""Principal": {{"{}": {listed:?}}}"#, one("type"))
            }
            "condition" => {
                let (test, key) = (one("test"), one("variable"));
                format!(r#""Condition": {{"{test}": {{"{key}": {:?}}}}}"#, values(inner, "values"))
            }
            other => panic!("`{other}` is not read"),
        });
    }
    format!("{{{}}}", elements.join(", "))
}

fn values<'a>(content: &'a [Item], name: &str) -> &'a [String] {
    content
        .iter()
        .find_map(|item| match item {
            Item::Attribute(found, values) if found == name => Some(&**values),
            _ => None,
        })
        .unwrap_or_default()
}
