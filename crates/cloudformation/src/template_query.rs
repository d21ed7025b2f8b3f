//! What can be asked of templates: `GetTemplate`, `GetTemplateSummary` and `ValidateTemplate`.

use std::collections::BTreeMap;

use cloud::object::{SeenObject, WantedObject};
use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};
use template::{Parameter as Declared, Syntax};

use crate::blueprint::parameter::{self, text_of};
use crate::blueprint::{Blueprint, capability, invalid, plain};
use crate::change_set;
use crate::stack::{self, StackRow};
use crate::stored_template;
use crate::template_source::Source;

/// `GetTemplate`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetTemplate {
    stack_name: Option<String>,
    change_set_name: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetTemplateOutput {
    template_body: String,
    stages_available: Vec<&'static str>,
}

/// `GetTemplateSummary`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetTemplateSummary {
    template_body: Option<String>,
    #[serde(rename = "TemplateURL")]
    template_url: Option<String>,
    stack_name: Option<String>,
    #[serde(skip)]
    source: Source,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetTemplateSummaryOutput {
    parameters: Vec<ParameterDeclaration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    capabilities: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capabilities_reason: Option<String>,
    resource_types: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<String>,
    declared_transforms: Vec<String>,
    resource_identifier_summaries: Vec<ResourceIdentifierSummary>,
}

/// A parameter that a template declares.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ParameterDeclaration {
    parameter_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_value: Option<String>,
    parameter_type: String,
    no_echo: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    parameter_constraints: ParameterConstraints,
}

/// What its values must satisfy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ParameterConstraints {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allowed_values: Vec<String>,
}

/// The resources of a type.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceIdentifierSummary {
    resource_type: String,
    logical_resource_ids: Vec<String>,
}

/// `ValidateTemplate`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ValidateTemplate {
    template_body: Option<String>,
    #[serde(rename = "TemplateURL")]
    template_url: Option<String>,
    #[serde(skip)]
    source: Source,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ValidateTemplateOutput {
    parameters: Vec<TemplateParameter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    capabilities: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capabilities_reason: Option<String>,
    declared_transforms: Vec<String>,
}

/// A parameter in short.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TemplateParameter {
    parameter_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_value: Option<String>,
    no_echo: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl ParameterDeclaration {
    fn new(declared: &Declared) -> Self {
        let allowed = declared.body.get("AllowedValues").map(Syntax::elements).unwrap_or_default();
        let allowed = allowed.iter().filter_map(Syntax::as_str).map(str::to_owned);
        Self {
            parameter_key: declared.name.to_string(),
            default_value: declared.default.as_ref().and_then(Syntax::as_str).map(str::to_owned),
            parameter_type: declared.kind.to_string(),
            no_echo: text_of(declared, "NoEcho") == Some("true"),
            description: text_of(declared, "Description").map(str::to_owned),
            parameter_constraints: ParameterConstraints { allowed_values: allowed.collect() },
        }
    }
}

impl Operation for GetTemplate {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "GetTemplate";
    type Output = GetTemplateOutput;

    fn check(&self) -> Result<(), Fault> {
        if self.stack_name.is_none() && self.change_set_name.is_none() {
            return Err(invalid("StackName is required if ChangeSetName is not specified."));
        }
        Ok(())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "cloudformation:GetTemplate";
        let name = self.stack_name.as_deref();
        Ok(vec![change_set::demand(ask, action, name, self.change_set_name.as_deref())])
    }
}

impl Read for GetTemplate {
    fn read(self, ask: &Ask<'_>) -> Result<GetTemplateOutput, Fault> {
        let stages_available = vec!["Original", "Processed"];
        if let Some(name) = &self.change_set_name {
            let set = change_set::find(ask, self.stack_name.as_deref(), name)?;
            let text = stored_template::find(ask.view, set.account, &set.id, 1);
            return Ok(GetTemplateOutput { template_body: text, stages_available });
        }
        let name = self.stack_name.unwrap_or_default();
        let stack = stack::find(ask, &name).ok_or_else(|| stack::missing(&name))?;
        Ok(GetTemplateOutput { template_body: template_of(ask, stack), stages_available })
    }
}

fn template_of(ask: &Ask<'_>, stack: &StackRow) -> String {
    stored_template::find(ask.view, stack.account, &stack.id, stack.spec.template)
}

impl Operation for GetTemplateSummary {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "GetTemplateSummary";
    type Output = GetTemplateSummaryOutput;

    fn check(&self) -> Result<(), Fault> {
        let (body, url) = (self.template_body.as_deref(), self.template_url.as_deref());
        match (&self.stack_name, body, url) {
            (Some(_), None, None) => Ok(()),
            (None, body, url) => Source::check(body, url),
            _ => Err(invalid(
                "Please specify only one of: TemplateBody, TemplateURL, StackName or StackSetName.",
            )),
        }
    }

    fn wanted_object(&self) -> Option<WantedObject> {
        self.source.wanted(self.template_url.as_deref())
    }

    fn see_object(&mut self, seen: SeenObject) {
        self.source.see(seen);
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let action = "cloudformation:GetTemplateSummary";
        Ok(vec![match &self.stack_name {
            Some(name) => stack::demand(ask, action, name),
            None => Demand::new(action, "*")
                .with_some("cloudformation:TemplateUrl", self.template_url.as_deref()),
        }])
    }
}

impl Read for GetTemplateSummary {
    fn read(self, ask: &Ask<'_>) -> Result<GetTemplateSummaryOutput, Fault> {
        let blueprint = match &self.stack_name {
            Some(name) => {
                let stack = stack::find(ask, name).ok_or_else(|| stack::missing(name))?;
                Blueprint::read(&template_of(ask, stack))?
            }
            None => {
                let (body, url) = (self.template_body.as_deref(), self.template_url.as_deref());
                Blueprint::read(&self.source.text(body, url)?)?
            }
        };
        let parameters = &blueprint.document.parameters;
        parameters.iter().try_for_each(parameter::check_declaration)?;
        let needed = capability::needed(&blueprint);
        let mut of_type: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for resource in &blueprint.document.resources {
            of_type.entry(&resource.kind).or_default().push(resource.id.to_string());
        }
        let mut types: Vec<String> = of_type.keys().map(|kind| (*kind).to_owned()).collect();
        types.sort();
        Ok(GetTemplateSummaryOutput {
            parameters: parameters.iter().map(ParameterDeclaration::new).collect(),
            description: blueprint.description().map(str::to_owned),
            capabilities_reason: needed.reason(),
            capabilities: needed.capabilities,
            resource_types: types,
            version: blueprint.version().map(str::to_owned),
            metadata: blueprint.section("Metadata").map(|it| plain(it).to_string()),
            declared_transforms: blueprint.document.transforms.clone(),
            resource_identifier_summaries: of_type
                .into_iter()
                .map(|(kind, ids)| ResourceIdentifierSummary {
                    resource_type: kind.to_owned(),
                    logical_resource_ids: ids,
                })
                .collect(),
        })
    }
}

impl Operation for ValidateTemplate {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "ValidateTemplate";
    type Output = ValidateTemplateOutput;

    fn check(&self) -> Result<(), Fault> {
        Source::check(self.template_body.as_deref(), self.template_url.as_deref())
    }

    fn wanted_object(&self) -> Option<WantedObject> {
        self.source.wanted(self.template_url.as_deref())
    }

    fn see_object(&mut self, seen: SeenObject) {
        self.source.see(seen);
    }

    fn demands(&self, _: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![Demand::new("cloudformation:ValidateTemplate", "*")])
    }
}

impl Read for ValidateTemplate {
    fn read(self, _: &Ask<'_>) -> Result<ValidateTemplateOutput, Fault> {
        let (body, url) = (self.template_body.as_deref(), self.template_url.as_deref());
        let blueprint = Blueprint::read(&self.source.text(body, url)?)?;
        let parameters = &blueprint.document.parameters;
        parameters.iter().try_for_each(parameter::check_declaration)?;
        let needed = capability::needed(&blueprint);
        let shape = |declared: &Declared| {
            let full = ParameterDeclaration::new(declared);
            TemplateParameter {
                parameter_key: full.parameter_key,
                default_value: full.default_value,
                no_echo: full.no_echo,
                description: full.description,
            }
        };
        Ok(ValidateTemplateOutput {
            parameters: parameters.iter().map(shape).collect(),
            description: blueprint.description().map(str::to_owned),
            capabilities_reason: needed.reason(),
            capabilities: needed.capabilities,
            declared_transforms: blueprint.document.transforms.clone(),
        })
    }
}
