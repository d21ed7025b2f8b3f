//! A statement on its way into a document. Its fields stand in the order in which they are written.

use std::collections::BTreeMap;

use serde::Serialize;

/// A statement that allows something.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Statement {
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'static str>,
    effect: &'static str,
    action: Texts,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<Texts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_resource: Option<Texts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<Principal>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    condition: BTreeMap<&'static str, BTreeMap<&'static str, String>>,
}

/// One text is written as a text, several as a list, as the data sources do.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Several(Vec<String>),
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "UPPERCASE")]
struct Principal {
    aws: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    version: &'static str,
    statement: Vec<Statement>,
}

impl Statement {
    /// One that allows `actions`.
    pub(crate) fn allow(actions: &[&str]) -> Self {
        Self {
            sid: None,
            effect: "Allow",
            action: texts(actions),
            resource: None,
            not_resource: None,
            principal: None,
            condition: BTreeMap::new(),
        }
    }

    /// With a name.
    pub(crate) fn named(self, sid: &'static str) -> Self {
        Self { sid: Some(sid), ..self }
    }

    /// On these.
    pub(crate) fn resources(self, resources: &[&str]) -> Self {
        Self { resource: Some(texts(resources)), ..self }
    }

    /// On these, as a list in any case.
    pub(crate) fn resource_list(self, resources: &[String]) -> Self {
        Self { resource: Some(Texts::Several(resources.to_vec())), ..self }
    }

    /// On everything but these.
    pub(crate) fn other_than(self, resources: &[String]) -> Self {
        Self { not_resource: Some(Texts::Several(resources.to_vec())), ..self }
    }

    /// To this principal of AWS.
    pub(crate) fn principal(self, arn: &str) -> Self {
        Self { principal: Some(Principal { aws: arn.to_owned() }), ..self }
    }

    /// Under this condition, too.
    pub(crate) fn when(mut self, operator: &'static str, key: &'static str, value: &str) -> Self {
        self.condition.entry(operator).or_default().insert(key, value.to_owned());
        self
    }
}

fn texts(texts: &[&str]) -> Texts {
    match texts {
        [one] => Texts::One((*one).to_owned()),
        several => Texts::Several(several.iter().map(|text| (*text).to_owned()).collect()),
    }
}

/// The document of these statements.
pub(crate) fn document(statement: Vec<Statement>) -> String {
    let document = Document { version: "2012-10-17", statement };
    // Texts and lists of texts can always be written.
    serde_json::to_string_pretty(&document).unwrap_or_default()
}
