//! Parameters: their types, their values and what those must satisfy.

use std::collections::BTreeMap;

use cloud::{Ask, Fault};
use ec2::key_pair;
use ec2::kind::Kind;
use serde::{Deserialize, Serialize};
use template::{Node, Parameter as Declared, Place, Syntax};

use crate::blueprint::resolved::Resolved;
use crate::blueprint::{Blueprint, format_error, invalid, not_modelled};

/// Bytes of a value (user guide, "Understand CloudFormation quotas").
pub const MAX_VALUE_BYTES: usize = 4096;
/// What is shown in the place of a value that must not be.
pub const HIDDEN: &str = "****";

/// How the types begin whose values name parameters of Systems Manager.
pub const SSM: &str = "AWS::SSM::Parameter::";

/// The types that are AWS's own, which are also those of lists.
const AWS_TYPES: &[&str] = &[
    "AWS::EC2::AvailabilityZone::Name",
    "AWS::EC2::Image::Id",
    "AWS::EC2::Instance::Id",
    "AWS::EC2::KeyPair::KeyName",
    "AWS::EC2::SecurityGroup::GroupName",
    "AWS::EC2::SecurityGroup::Id",
    "AWS::EC2::Subnet::Id",
    "AWS::EC2::VPC::Id",
    "AWS::EC2::Volume::Id",
];

/// A parameter as it is given, and as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Parameter {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter_key: Option<String>,
    /// Its value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter_value: Option<String>,
    /// Whether it keeps the value that it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_previous_value: Option<bool>,
    /// What its value stands for, if that names a parameter of Systems Manager.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_value: Option<String>,
}

/// The values of all parameters: those given, those kept, defaults.
///
/// # Errors
/// `ValidationError` in CloudFormation's words.
pub fn values(
    blueprint: &Blueprint,
    given: &[Parameter],
    previous: Option<&BTreeMap<String, String>>,
    ask: &Ask<'_>,
) -> Result<BTreeMap<String, String>, Fault> {
    let declared = &blueprint.document.parameters;
    for parameter in declared {
        check_declaration(parameter)?;
    }
    let unknown: Vec<&str> = given
        .iter()
        .filter_map(|given| given.parameter_key.as_deref())
        .filter(|key| !declared.iter().any(|parameter| *parameter.name == **key))
        .collect();
    if !unknown.is_empty() {
        let text = format!("Parameters: [{}] do not exist in the template", unknown.join(", "));
        return Err(invalid(text));
    }
    let (mut values, mut missing) = (BTreeMap::new(), Vec::new());
    for parameter in declared {
        let name = &*parameter.name;
        let given = given.iter().find(|given| given.parameter_key.as_deref() == Some(name));
        let kept = given.is_some_and(|given| given.use_previous_value == Some(true));
        let value = match given {
            Some(_) if kept => previous.and_then(|values| values.get(name)).cloned(),
            Some(given) => given.parameter_value.clone(),
            None => None,
        };
        let default = parameter.default.as_ref().and_then(Syntax::as_str).map(str::to_owned);
        match value.or(default) {
            Some(value) => drop(values.insert(name.to_owned(), value)),
            None => missing.push(name),
        }
    }
    if !missing.is_empty() {
        return Err(invalid(format!("Parameters: [{}] must have values", missing.join(", "))));
    }
    for parameter in declared {
        if let Some(value) = values.get(&*parameter.name) {
            check_value(parameter, value, ask)?;
        }
    }
    Ok(values)
}

/// The value of a parameter of type `kind`.
#[must_use]
pub fn node(kind: &str, value: &str) -> Node {
    let place = Place::default();
    let kind = of_ssm(kind).unwrap_or(kind);
    if kind == "CommaDelimitedList" || kind.starts_with("List<") {
        let parts = value.split(',').map(|part| Node::text(part.trim(), place));
        return Node::list(parts.collect(), place);
    }
    Node::text(value, place)
}

/// The type within `AWS::SSM::Parameter::Value<…>`.
#[must_use]
pub fn of_ssm(kind: &str) -> Option<&str> {
    kind.strip_prefix(SSM)?.strip_prefix("Value<")?.strip_suffix('>')
}

/// A parameter as it is shown, with what it stands for.
#[must_use]
pub fn told(
    blueprint: Option<&Blueprint>,
    name: &str,
    value: &str,
    resolved: &Resolved,
) -> Parameter {
    let hidden = |value: &String| shown(blueprint, name, value);
    Parameter {
        parameter_key: Some(name.to_owned()),
        parameter_value: Some(shown(blueprint, name, value)),
        use_previous_value: None,
        resolved_value: resolved.get(name).map(hidden),
    }
}

/// The value as it is shown: not at all, for one with `NoEcho`.
#[must_use]
pub fn shown(blueprint: Option<&Blueprint>, name: &str, value: &str) -> String {
    // Of a template that cannot be read nobody knows.
    let declared = blueprint.and_then(|blueprint| blueprint.document.parameter(name));
    let hidden = declared.is_none_or(|declared| text_of(declared, "NoEcho") == Some("true"));
    if hidden { HIDDEN.to_owned() } else { value.to_owned() }
}

/// A member of a declaration.
#[must_use]
pub fn text_of<'p>(declared: &'p Declared, member: &str) -> Option<&'p str> {
    declared.body.get(member).and_then(Syntax::as_str)
}

/// Checks a declaration: it has a type, and one that there is.
///
/// # Errors
/// `ValidationError`
pub fn check_declaration(declared: &Declared) -> Result<(), Fault> {
    let name = &declared.name;
    if declared.body.get("Type").is_none() {
        return Err(format_error(&format!(
            "[/Parameters/{name}] Every Parameters object must contain a Type member."
        )));
    }
    if declared.default.as_ref().is_some_and(|default| default.as_str().is_none()) {
        return Err(format_error("Every Default member must be a string."));
    }
    let kind = &*declared.kind;
    if is_known(kind) {
        return Ok(());
    }
    Err(format_error(&format!("Unrecognized parameter type: {kind}")))
}

/// Whether there is such a type. Systems Manager keeps no numbers (user guide, "supported Systems Manager parameter
/// types").
fn is_known(kind: &str) -> bool {
    if let Some(kept) = of_ssm(kind) {
        let item = item_of(kept).unwrap_or(kept);
        return item == "String" || kept == "CommaDelimitedList" || AWS_TYPES.contains(&item);
    }
    match item_of(kind) {
        Some(item) => item == "Number" || AWS_TYPES.contains(&item),
        None => {
            matches!(kind, "String" | "Number" | "CommaDelimitedList" | "AWS::SSM::Parameter::Name")
                || AWS_TYPES.contains(&kind)
        }
    }
}

/// The type within `List<…>`.
fn item_of(kind: &str) -> Option<&str> {
    kind.strip_prefix("List<")?.strip_suffix('>')
}

fn check_value(declared: &Declared, value: &str, ask: &Ask<'_>) -> Result<(), Fault> {
    let name = &declared.name;
    let refuse = |text: String| match text_of(declared, "ConstraintDescription") {
        Some(said) => {
            Err(invalid(format!("Parameter {name} failed to satisfy constraint: {said}")))
        }
        None => Err(invalid(text)),
    };
    if value.len() > MAX_VALUE_BYTES {
        return Err(invalid(format!(
            "Parameter '{name}' must contain at most {MAX_VALUE_BYTES} characters"
        )));
    }
    if let Some(allowed) = declared.body.get("AllowedValues") {
        let is_allowed =
            |value: &str| allowed.elements().iter().any(|allowed| allowed.as_str() == Some(value));
        let is_list = &*declared.kind == "CommaDelimitedList";
        let all = if is_list {
            value.split(',').all(|it| is_allowed(it.trim()))
        } else {
            is_allowed(value)
        };
        if !all {
            return refuse(format!("Parameter '{name}' must be one of AllowedValues"));
        }
    }
    if let Some(pattern) = text_of(declared, "AllowedPattern") {
        let whole = format!("^(?:{pattern})$");
        let Ok(regex) = regex_lite::Regex::new(&whole) else {
            return Err(not_modelled(&format!("the AllowedPattern `{pattern}`")));
        };
        if !regex.is_match(value) {
            return refuse(format!("Parameter '{name}' must match pattern {pattern}"));
        }
    }
    let bound = |member: &str| text_of(declared, member).and_then(|it| it.parse::<f64>().ok());
    #[expect(clippy::cast_precision_loss, reason = "values are short")]
    let length = value.chars().count() as f64;
    if let Some(least) = bound("MinLength").filter(|least| length < *least) {
        return refuse(format!("Parameter '{name}' must contain at least {least} characters"));
    }
    if let Some(most) = bound("MaxLength").filter(|most| length > *most) {
        return refuse(format!("Parameter '{name}' must contain at most {most} characters"));
    }
    if &*declared.kind == "Number" {
        let Ok(number) = value.parse::<f64>() else {
            return Err(invalid(format!("Parameter '{name}' must be a number")));
        };
        if let Some(least) = bound("MinValue").filter(|least| number < *least) {
            return refuse(format!("Parameter '{name}' must be a number not less than {least}"));
        }
        if let Some(most) = bound("MaxValue").filter(|most| number > *most) {
            return refuse(format!("Parameter '{name}' must be a number not greater than {most}"));
        }
    }
    check_existence(&declared.name, &declared.kind, value, ask)
}

/// Values of AWS's own types must exist in the account (user guide, "AWS-specific parameter types").
///
/// # Errors
/// `ValidationError`
pub fn check_existence(name: &str, kind: &str, value: &str, ask: &Ask<'_>) -> Result<(), Fault> {
    let (kind, values): (&str, Vec<&str>) = match kind.strip_prefix("List<") {
        Some(kind) => (kind.trim_end_matches('>'), value.split(',').map(str::trim).collect()),
        None => (kind, vec![value]),
    };
    for value in values {
        let has = |kind| ec2::lookup::keys(ask, kind, value).is_some();
        let exists = match kind {
            "AWS::EC2::KeyPair::KeyName" => key_pair::named(ask, value).is_some(),
            "AWS::EC2::Subnet::Id" => has(Kind::Subnet),
            "AWS::EC2::VPC::Id" => has(Kind::Vpc),
            "AWS::EC2::SecurityGroup::Id" => has(Kind::SecurityGroup),
            "AWS::EC2::AvailabilityZone::Name" => super::evaluation::zones(ask.region)
                .is_some_and(|it| it.iter().any(|it| it == value)),
            _ => true,
        };
        if !exists {
            return Err(invalid(format!(
                "Parameter validation failed: parameter value {value} for parameter name {name} does not exist"
            )));
        }
    }
    Ok(())
}
