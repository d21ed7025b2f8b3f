//! The sections of a template.

use crate::place::{Place, Problem};
use crate::syntax::{Kind, Syntax};

/// A template, section by section.
#[derive(Debug, Clone)]
pub struct Document {
    /// `Parameters`
    pub parameters: Vec<Parameter>,
    /// `Mappings`
    pub mappings: Option<Syntax>,
    /// `Conditions`
    pub conditions: Vec<Condition>,
    /// `Resources`, in the order written.
    pub resources: Vec<Resource>,
    /// `Outputs`
    pub outputs: Option<Syntax>,
    /// `Transform`: the names of macros that CloudFormation runs first.
    pub transforms: Vec<String>,
    /// What is wrong with single sections; the rest can be used.
    pub problems: Vec<Problem>,
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name.
    pub name: Box<str>,
    /// Its `Type`; `String` unless it says.
    pub kind: Box<str>,
    /// `Default`
    pub default: Option<Syntax>,
    /// The whole declaration.
    pub body: Syntax,
}

/// A condition.
#[derive(Debug, Clone)]
pub struct Condition {
    /// Its name.
    pub name: Box<str>,
    /// The function.
    pub body: Syntax,
}

/// A resource.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its logical id.
    pub id: Box<str>,
    /// Where that stands.
    pub id_place: Place,
    /// `Type`
    pub kind: Box<str>,
    /// `Properties`
    pub properties: Option<Syntax>,
    /// `Condition`
    pub condition: Option<Box<str>>,
    /// `DependsOn`
    pub depends_on: Vec<Box<str>>,
    /// The whole resource.
    pub body: Syntax,
}

impl Document {
    /// Whether a tree is a template at all, rather than any other YAML or JSON.
    #[must_use]
    pub fn is_one(tree: &Syntax) -> bool {
        tree.get("AWSTemplateFormatVersion").is_some()
            || tree.get("Resources").is_some_and(|resources| {
                let typed = |body: &Syntax| {
                    body.get("Type").and_then(Syntax::as_str).is_some_and(|t| t.contains("::"))
                };
                resources.entries().iter().any(|entry| typed(&entry.value))
            })
    }

    /// Reads the sections. A part that has the wrong shape is a problem of its own.
    #[must_use]
    pub fn new(tree: &Syntax) -> Self {
        let mut problems = Vec::new();
        let resources = resources(tree, &mut problems);
        let section = |name: &str| tree.get(name).map(Syntax::entries).unwrap_or_default();
        let parameters = section("Parameters")
            .iter()
            .map(|entry| Parameter {
                name: entry.key.clone(),
                kind: entry.value.get("Type").and_then(Syntax::as_str).unwrap_or("String").into(),
                default: entry.value.get("Default").cloned(),
                body: entry.value.clone(),
            })
            .collect();
        let conditions = section("Conditions")
            .iter()
            .map(|entry| Condition { name: entry.key.clone(), body: entry.value.clone() })
            .collect();
        Self {
            parameters,
            mappings: tree.get("Mappings").cloned(),
            conditions,
            resources,
            outputs: tree.get("Outputs").cloned(),
            transforms: texts(tree.get("Transform")).map(str::to_owned).collect(),
            problems,
        }
    }

    /// The resource with this logical id.
    #[must_use]
    pub fn resource(&self, id: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| &*resource.id == id)
    }

    /// The parameter of this name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| &*parameter.name == name)
    }

    /// The condition of this name.
    #[must_use]
    pub fn condition(&self, name: &str) -> Option<&Condition> {
        self.conditions.iter().find(|condition| &*condition.name == name)
    }
}

fn resources(tree: &Syntax, problems: &mut Vec<Problem>) -> Vec<Resource> {
    let Some(section) = tree.get("Resources") else {
        problems.push(Problem::new(tree.place, "the template has no `Resources`"));
        return Vec::new();
    };
    if !matches!(section.kind, Kind::Map(_)) {
        let message = format!("`Resources` must be a map, and this is {}", section.name());
        problems.push(Problem::new(section.place, message));
    }
    let mut found = Vec::new();
    for entry in section.entries() {
        if entry.key.starts_with("Fn::ForEach") {
            let message = "`Fn::ForEach` is not expanded: what it makes is not seen";
            problems.push(Problem::new(entry.key_place, message));
            continue;
        }
        let Some(kind) = entry.value.get("Type").and_then(Syntax::as_str) else {
            let message = format!("the resource `{}` has no `Type`", entry.key);
            problems.push(Problem::new(entry.key_place, message));
            continue;
        };
        found.push(Resource {
            id: entry.key.clone(),
            id_place: entry.key_place,
            kind: kind.into(),
            properties: entry.value.get("Properties").cloned(),
            condition: entry.value.get("Condition").and_then(Syntax::as_str).map(Into::into),
            depends_on: texts(entry.value.get("DependsOn")).map(Into::into).collect(),
            body: entry.value.clone(),
        });
    }
    found
}

/// The strings of a list, or the one string.
fn texts(syntax: Option<&Syntax>) -> impl Iterator<Item = &str> {
    let (one, many) = match syntax {
        Some(syntax) if !syntax.elements().is_empty() => (None, syntax.elements()),
        Some(syntax) => (Some(syntax), Default::default()),
        None => (None, Default::default()),
    };
    one.into_iter().chain(many).filter_map(Syntax::as_str)
}
