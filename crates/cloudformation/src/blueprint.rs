//! A template that is read and found to be one: what stacks are made by.
//!
//! What is wrong is said in CloudFormation's words; where they tell little, the line, the column and what would
//! mend it go with the fault as a hint for the log and `rolecall why`.

pub mod capability;
pub mod evaluation;
pub mod parameter;
pub mod plan;
pub mod reference;
pub mod resolved;

use cloud::Fault;
use serde_json::{Value, json};
use template::{Document, FileId, Kind as SyntaxKind, Place, Problem, Syntax};

use crate::resource::Kind;

/// Resources of a template (user guide, "Understand CloudFormation quotas").
pub const MAX_RESOURCES: usize = 500;
/// Parameters of a template.
pub const MAX_PARAMETERS: usize = 200;
/// Outputs of a template.
pub const MAX_OUTPUTS: usize = 200;
/// Mappings of a template.
pub const MAX_MAPPINGS: usize = 200;

/// The only version there ever was.
const VERSION: &str = "2010-09-09";
const SECTIONS: &[&str] = &[
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
];
const RESOURCE_MEMBERS: &[&str] = &[
    "Condition",
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "Description",
    "Metadata",
    "Properties",
    "Type",
    "UpdatePolicy",
    "UpdateReplacePolicy",
];

/// A template.
#[derive(Debug)]
pub struct Blueprint {
    /// Its text, byte for byte.
    pub text: String,
    /// Its sections.
    pub document: Document,
    tree: Syntax,
}

impl Blueprint {
    /// Reads a template and checks everything that can be checked without values.
    ///
    /// # Errors
    /// `ValidationError` in CloudFormation's words, and `NotImplemented` for what is not modelled.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let tree = template::read(text, FileId(0)).map_err(|problem| malformed(text, &problem))?;
        if let Some(place) = template::first_alias(text, FileId(0)) {
            let fault = format_error("YAML aliases are not allowed in CloudFormation templates");
            return Err(fault.with_hint(format!("{}: an alias", position(text, place))));
        }
        if !matches!(tree.kind, SyntaxKind::Map(_)) {
            return Err(format_error("unsupported structure."));
        }
        let document = Document::new(&tree);
        let blueprint = Self { text: text.to_owned(), document, tree };
        blueprint.check_sections()?;
        blueprint.check_resources()?;
        reference::check(&blueprint)?;
        Ok(blueprint)
    }

    /// `Description`
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.tree.get("Description").and_then(Syntax::as_str)
    }

    /// `AWSTemplateFormatVersion`
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.tree.get("AWSTemplateFormatVersion").and_then(Syntax::as_str)
    }

    /// A section.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<&Syntax> {
        self.tree.get(name)
    }

    fn check_sections(&self) -> Result<(), Fault> {
        let unknown = self.tree.entries().iter().map(|entry| &*entry.key);
        let unknown: Vec<&str> = unknown.filter(|key| !SECTIONS.contains(key)).collect();
        if !unknown.is_empty() {
            let text = format!("Invalid template property or properties [{}]", unknown.join(", "));
            return Err(invalid(text));
        }
        if let Some(version) = self.version().filter(|version| *version != VERSION) {
            return Err(format_error(&format!(
                "{version} is not a supported value for AWSTemplateFormatVersion."
            )));
        }
        for section in ["Rules", "Hooks"] {
            if self.tree.get(section).is_some() {
                return Err(not_modelled(&format!("the section `{section}` of templates")));
            }
        }
        if let Some(name) = self.document.transforms.first() {
            return Err(not_modelled(&format!("the macro `{name}` of templates")));
        }
        self.check_number("parameters", "Parameters", MAX_PARAMETERS)?;
        self.check_number("outputs", "Outputs", MAX_OUTPUTS)?;
        self.check_number("mappings", "Mappings", MAX_MAPPINGS)?;
        self.check_number("resources", "Resources", MAX_RESOURCES)
    }

    fn check_number(&self, noun: &str, section: &str, most: usize) -> Result<(), Fault> {
        let Some(section) = self.tree.get(section) else { return Ok(()) };
        let number = section.entries().len();
        if number > most {
            return Err(format_error(&format!(
                "Number of {noun}, {number}, is greater than maximum allowed, {most}"
            )));
        }
        Ok(())
    }

    fn check_resources(&self) -> Result<(), Fault> {
        let resources = self.tree.get("Resources").map(Syntax::entries).unwrap_or_default();
        if resources.is_empty() {
            return Err(format_error("At least one Resources member must be defined."));
        }
        for entry in resources {
            let (id, body) = (&*entry.key, &entry.value);
            if !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err(format_error(&format!("Resource name {id} is non alphanumeric.")));
            }
            if !matches!(body.kind, SyntaxKind::Map(_)) {
                let text = format!("[/Resources/{id}] resource definition is malformed");
                return Err(format_error(&text));
            }
            if body.get("Type").and_then(Syntax::as_str).is_none() {
                return Err(format_error(&format!(
                    "[/Resources/{id}] Every Resources object must contain a Type member."
                )));
            }
            let unknown =
                body.entries().iter().find(|entry| !RESOURCE_MEMBERS.contains(&&*entry.key));
            if let Some(unknown) = unknown {
                let text = format!("Invalid template resource property '{}'", unknown.key);
                let line = position(&self.text, unknown.key_place);
                return Err(invalid(text).with_hint(format!("{line}: `{}`", unknown.key)));
            }
            for (attribute, what) in [
                ("CreationPolicy", "which waits for signals"),
                ("UpdatePolicy", "which has CodeDeploy move an alias"),
            ] {
                if let Some(place) = body.entries().iter().find(|it| &*it.key == attribute) {
                    let line = position(&self.text, place.key_place);
                    let fault = not_modelled(&format!("`{attribute}`, {what}"));
                    return Err(fault.with_hint(format!("{line}: leave `{attribute}` out of {id}")));
                }
            }
        }
        let unknown = self.document.resources.iter().map(|resource| &*resource.kind);
        let mut unknown: Vec<&str> = unknown.filter(|kind| Kind::named(kind).is_none()).collect();
        unknown.dedup();
        if !unknown.is_empty() {
            let known: Vec<&str> =
                crate::resource::table::KINDS.iter().map(|kind| kind.name).collect();
            let text = format!("Unrecognized resource types: [{}]", unknown.join(", "));
            let hint = format!("rolecall makes resources of the types {}", known.join(", "));
            return Err(format_error(&text).with_hint(hint));
        }
        nulls(&self.tree, "").map_err(|(fault, place)| {
            let line = position(&self.text, place);
            fault.with_hint(format!(
                "{line}: nothing stands here; what is meant may be indented too little"
            ))
        })
    }
}

/// `null` is refused wherever it stands.
fn nulls(syntax: &Syntax, path: &str) -> Result<(), (Fault, Place)> {
    match &syntax.kind {
        SyntaxKind::Null => {
            let text = format!("[{path}] 'null' values are not allowed in templates");
            Err((format_error(&text), syntax.place))
        }
        SyntaxKind::List(elements) => elements
            .iter()
            .enumerate()
            .try_for_each(|(index, element)| nulls(element, &format!("{path}/{index}"))),
        SyntaxKind::Map(entries) => entries
            .iter()
            .try_for_each(|entry| nulls(&entry.value, &format!("{path}/{}", entry.key))),
        SyntaxKind::Call(name, argument) if &**name == "Fn::GetAZs" => match argument.kind {
            SyntaxKind::Null => Ok(()),
            _ => nulls(argument, path),
        },
        SyntaxKind::Call(name, argument) => nulls(argument, &format!("{path}/{name}")),
        _ => Ok(()),
    }
}

/// A piece as it is written, as JSON.
#[must_use]
pub fn plain(syntax: &Syntax) -> Value {
    match &syntax.kind {
        SyntaxKind::Null => Value::Null,
        SyntaxKind::Bool(value) => Value::Bool(*value),
        SyntaxKind::Number(text) => {
            serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_string()))
        }
        SyntaxKind::Text(text) => Value::String(text.to_string()),
        SyntaxKind::List(elements) => Value::Array(elements.iter().map(plain).collect()),
        SyntaxKind::Map(entries) => Value::Object(
            entries.iter().map(|entry| (entry.key.to_string(), plain(&entry.value))).collect(),
        ),
        SyntaxKind::Call(name, argument) => json!({name.to_string(): plain(argument)}),
    }
}

/// What CloudFormation says of a text that cannot be read, and where it is wrong as a hint.
fn malformed(text: &str, problem: &Problem) -> Fault {
    let (line, column) = line_and_column(text, problem.place.start as usize);
    let is_json = text.trim_start().starts_with('{');
    let language = if is_json { "JSON" } else { "YAML" };
    let help = problem.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    let hint = format!("line {line}, column {column}: {}{help}", problem.message);
    let text = format!("{language} not well-formed. (line {line}, column {column})");
    format_error(&text).with_hint(hint)
}

/// `line 3, column 5` of a place in a text.
#[must_use]
pub fn position(text: &str, place: Place) -> String {
    let (line, column) = line_and_column(text, place.start as usize);
    format!("line {line}, column {column}")
}

fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at.min(text.len())).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// `ValidationError`
#[must_use]
pub fn invalid(text: impl Into<String>) -> Fault {
    Fault::new("ValidationError", text)
}

/// What is wrong with a template's form.
#[must_use]
pub fn format_error(text: &str) -> Fault {
    invalid(format!("Template format error: {text}"))
}

/// Refuses what is not modelled.
#[must_use]
pub fn not_modelled(what: &str) -> Fault {
    Fault::new("NotImplemented", format!("rolecall does not model {what}"))
}
