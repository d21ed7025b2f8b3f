//! What a template refers to must be there: parameters, resources, conditions, mappings, functions.

use cloud::Fault;
use template::{Kind as SyntaxKind, Syntax};

use crate::blueprint::{Blueprint, format_error, invalid, not_modelled, position, resolved};
use crate::resource::schema::Schema;

/// The functions that CloudFormation names when it meets another one (public reports).
const FUNCTIONS: &[&str] = &[
    "Fn::Base64",
    "Fn::GetAtt",
    "Fn::GetAZs",
    "Fn::ImportValue",
    "Fn::Join",
    "Fn::Split",
    "Fn::FindInMap",
    "Fn::Select",
    "Ref",
    "Fn::Equals",
    "Fn::If",
    "Fn::Not",
    "Condition",
    "Fn::And",
    "Fn::Or",
    "Fn::Contains",
    "Fn::EachMemberEquals",
    "Fn::EachMemberIn",
    "Fn::ValueOf",
    "Fn::ValueOfAll",
    "Fn::RefAll",
    "Fn::Sub",
    "Fn::Cidr",
];
/// Those of `Rules`, and those that need a macro.
const NOT_MODELLED: &[&str] = &[
    "Fn::Contains",
    "Fn::EachMemberEquals",
    "Fn::EachMemberIn",
    "Fn::ValueOf",
    "Fn::ValueOfAll",
    "Fn::RefAll",
    "Fn::Transform",
    "Fn::Length",
    "Fn::ToJsonString",
];

/// Checks all references.
///
/// # Errors
/// `ValidationError` in CloudFormation's words.
pub fn check(blueprint: &Blueprint) -> Result<(), Fault> {
    let document = &blueprint.document;
    for condition in &document.conditions {
        let mut walk = Walk::new(blueprint, "Conditions");
        walk.go(&condition.body)?;
    }
    let mut walk = Walk::new(blueprint, "Resources");
    for resource in &document.resources {
        if let Some(properties) = &resource.properties {
            walk.go(properties)?;
        }
        for id in &resource.depends_on {
            if document.resource(id).is_none() {
                walk.missing.push(id.to_string());
            }
        }
        if let Some(name) =
            resource.condition.as_ref().filter(|it| document.condition(it).is_none())
        {
            // What CloudFormation says of this is unverified.
            let text = format!(
                "Unresolved condition dependency {name} in the Resources block of the template"
            );
            return Err(format_error(&text));
        }
    }
    walk.verdict()?;
    let mut walk = Walk::new(blueprint, "Outputs");
    for output in document.outputs.as_ref().map(Syntax::entries).unwrap_or_default() {
        if output.value.get("Value").is_none() {
            let text = format!(
                "[/Outputs/{}] Every Outputs member must contain a Value object",
                output.key
            );
            return Err(format_error(&text));
        }
        walk.go(&output.value)?;
    }
    walk.verdict()
}

struct Walk<'b> {
    blueprint: &'b Blueprint,
    block: &'static str,
    missing: Vec<String>,
}

impl<'b> Walk<'b> {
    fn new(blueprint: &'b Blueprint, block: &'static str) -> Self {
        Self { blueprint, block, missing: Vec::new() }
    }

    fn verdict(mut self) -> Result<(), Fault> {
        if self.missing.is_empty() {
            return Ok(());
        }
        self.missing.sort();
        self.missing.dedup();
        let text = format!(
            "Unresolved resource dependencies [{}] in the {} block of the template",
            self.missing.join(", "),
            self.block
        );
        Err(format_error(&text))
    }

    fn go(&mut self, syntax: &Syntax) -> Result<(), Fault> {
        match &syntax.kind {
            SyntaxKind::List(elements) => elements.iter().try_for_each(|it| self.go(it)),
            SyntaxKind::Map(entries) => entries.iter().try_for_each(|entry| self.go(&entry.value)),
            SyntaxKind::Call(name, argument) => self.call(name, argument, syntax),
            SyntaxKind::Text(text) => resolved::check(text),
            _ => Ok(()),
        }
    }

    fn call(&mut self, name: &str, argument: &Syntax, whole: &Syntax) -> Result<(), Fault> {
        if NOT_MODELLED.contains(&name) {
            return Err(not_modelled(&format!("the function `{name}`")));
        }
        if !FUNCTIONS.contains(&name) {
            let line = position(&self.blueprint.text, whole.place);
            let text = format!(
                "Template error: Encountered unsupported function: {name} Supported functions are: [{}]",
                FUNCTIONS.join(", ")
            );
            return Err(invalid(text).with_hint(format!("{line}: `{name}`")));
        }
        match name {
            "Ref" => match argument.as_str() {
                Some(name) => self.named(name),
                None => {
                    return Err(format_error("All Ref references must be of type string."));
                }
            },
            "Fn::GetAtt" => self.get_att(argument)?,
            "Fn::Sub" => self.sub(argument)?,
            "Fn::If" => {
                let condition = argument.elements().first().and_then(Syntax::as_str);
                let Some(condition) = condition.filter(|_| argument.elements().len() == 3) else {
                    return Err(invalid(
                        "Template error: Fn::If requires a list argument with three elements, where \
                         the first element is a string specifying a condition",
                    ));
                };
                self.condition(condition, "Fn::If")?;
                return argument.elements().iter().skip(1).try_for_each(|it| self.go(it));
            }
            "Condition" => {
                let condition = argument.as_str().unwrap_or_default();
                self.condition(condition, "Condition")?;
            }
            _ => return self.go(argument),
        }
        Ok(())
    }

    fn condition(&self, name: &str, function: &str) -> Result<(), Fault> {
        if self.blueprint.document.condition(name).is_some() {
            return Ok(());
        }
        Err(invalid(format!(
            "Template error: unresolved condition dependency {name} in {function}"
        )))
    }

    fn named(&mut self, name: &str) {
        let document = &self.blueprint.document;
        let is_pseudo = matches!(
            name,
            "AWS::AccountId"
                | "AWS::NoValue"
                | "AWS::NotificationARNs"
                | "AWS::Partition"
                | "AWS::Region"
                | "AWS::StackId"
                | "AWS::StackName"
                | "AWS::URLSuffix"
        );
        let is_resource = document.resource(name).is_some() && self.block != "Conditions";
        if !is_pseudo && document.parameter(name).is_none() && !is_resource {
            self.missing.push(name.to_owned());
        }
    }

    fn get_att(&mut self, argument: &Syntax) -> Result<(), Fault> {
        let [id, attribute] = argument.elements() else { return Err(bad_get_att()) };
        let Some(id) = id.as_str().filter(|id| !id.is_empty()) else { return Err(bad_get_att()) };
        match attribute.as_str() {
            Some("") => return Err(bad_get_att()),
            Some(attribute) => self.attribute(id, attribute)?,
            None => self.go(attribute)?,
        }
        Ok(())
    }

    fn attribute(&mut self, id: &str, attribute: &str) -> Result<(), Fault> {
        let resource = self.blueprint.document.resource(id);
        let Some(resource) = resource.filter(|_| self.block != "Conditions") else {
            self.missing.push(id.to_owned());
            return Ok(());
        };
        let of_nested =
            &*resource.kind == crate::event::STACK_TYPE && attribute.starts_with("Outputs.");
        let schema = Schema::of(&resource.kind);
        if of_nested || schema.is_none_or(|schema| schema.has_attribute(attribute)) {
            return Ok(());
        }
        Err(invalid(format!(
            "Template error: resource {id} does not support attribute type {attribute} in Fn::GetAtt"
        )))
    }

    fn sub(&mut self, argument: &Syntax) -> Result<(), Fault> {
        let (text, own) = match argument.elements() {
            [text, own] => (text, own.entries()),
            [] => (argument, Default::default()),
            _ => return Err(bad_sub()),
        };
        let Some(text) = text.as_str() else { return Err(bad_sub()) };
        resolved::check(text)?;
        own.iter().try_for_each(|entry| self.go(&entry.value))?;
        for piece in text.split("${").skip(1) {
            let Some((name, _)) = piece.split_once('}') else {
                return Err(invalid(
                    "Template error: One or more Fn::Sub intrinsic functions don't specify expected \
                     arguments. Specify a string as first argument, and an optional second argument to \
                     specify a mapping of values to replace in the string",
                ));
            };
            let name = name.trim();
            if name.starts_with('!') || own.iter().any(|entry| &*entry.key == name) {
                continue;
            }
            match name.split_once('.') {
                Some((id, attribute)) => self.attribute(id, attribute)?,
                None => self.named(name),
            }
        }
        Ok(())
    }
}

fn bad_get_att() -> Fault {
    invalid(
        "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name \
         and the resource attribute",
    )
}

fn bad_sub() -> Fault {
    invalid(
        "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify \
         a string as first argument, and an optional second argument to specify a mapping of values to \
         replace in the string",
    )
}
