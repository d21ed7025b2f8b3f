//! What Terraform does with the provider: values in and out, plans, changes, and a workspace that answers.

use std::path::Path;

use provider::config::Surroundings;
use provider::protocol as p;
use provider::provider::Provider;
use provider::value::{Members, Value};

use crate::workspace::{Answer, Workspace};

pub(crate) struct Nothing;

impl Surroundings for Nothing {
    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn file(&self, _: &Path) -> Option<String> {
        None
    }
}

pub(crate) fn value(members: Members) -> Option<p::DynamicValue> {
    Some(p::DynamicValue { msgpack: Value::Map(members).pack(), json: Vec::new() })
}

pub(crate) fn null() -> Option<p::DynamicValue> {
    Some(p::DynamicValue { msgpack: Value::Null.pack(), json: Vec::new() })
}

pub(crate) fn read(value: Option<p::DynamicValue>) -> Option<Members> {
    match Value::unpack(&value.unwrap().msgpack).unwrap() {
        Value::Map(members) => Some(members),
        _ => None,
    }
}

/// Errors and warnings: `!` before an error's summary.
pub(crate) fn told(diagnostics: &[p::Diagnostic]) -> Vec<String> {
    let mark = |it: &p::Diagnostic| if it.severity == p::Severity::Error as i32 { "!" } else { "" };
    diagnostics.iter().map(|it| format!("{}{}", mark(it), it.summary)).collect()
}

/// A provider, configured for a workspace.
pub(crate) struct Terraform {
    pub(crate) provider: Provider,
    pub(crate) workspace: Workspace,
}

/// Keys of AWS, and where it is.
pub(crate) struct Keys(pub(crate) String);

impl Surroundings for Keys {
    fn variable(&self, name: &str) -> Option<String> {
        let value = match name {
            "AWS_ACCESS_KEY_ID" => "AKIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY" => "aws-secret",
            "AWS_ENDPOINT_URL" => &self.0,
            _ => return None,
        };
        Some(value.to_owned())
    }

    fn file(&self, _: &Path) -> Option<String> {
        None
    }
}

impl Terraform {
    pub(crate) fn new(answers: Vec<Answer>) -> Self {
        Self::around(Workspace::new(answers), Box::new(Nothing))
    }

    pub(crate) fn around(
        workspace: Workspace,
        around: Box<dyn Surroundings + Send + Sync>,
    ) -> Self {
        let provider = Provider::new(around);
        let mut block = provider::config::schema().empty();
        block.insert("host".to_owned(), workspace.address.as_str().into());
        block.insert("token".to_owned(), "t".into());
        let configured = provider.configure(p::ConfigureProviderRequest {
            terraform_version: "1.11.4".to_owned(),
            config: value(block),
        });
        assert_eq!(told(&configured.diagnostics), [""; 0]);
        Self { provider, workspace }
    }

    pub(crate) fn block(&self, name: &str, given: &[(&str, Value)]) -> Members {
        let schema = self.provider.schemas().resource_schemas.remove(name).unwrap().block.unwrap();
        let attributes = schema.attributes.iter().map(|it| (it.name.clone(), Value::Null));
        let nested = schema.block_types.iter();
        let none = |nesting| if nesting == 1 { Value::Null } else { Value::List(Vec::new()) };
        let nested = nested.map(|it| (it.type_name.clone(), none(it.nesting)));
        let mut block: Members = attributes.chain(nested).collect();
        block.extend(given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        block
    }

    pub(crate) fn plan(
        &self,
        name: &str,
        prior: Option<Members>,
        given: &[(&str, Value)],
    ) -> p::PlanResourceChangeResponse {
        let config = self.block(name, given);
        // Terraform proposes the configuration, with what was computed before where it has nothing.
        let mut proposed = config.clone();
        let schema = self.provider.schemas().resource_schemas.remove(name).unwrap().block.unwrap();
        for attribute in schema.attributes.iter().filter(|it| it.computed) {
            if proposed[&attribute.name].is_null()
                && let Some(prior) = &prior
            {
                proposed.insert(attribute.name.clone(), prior[&attribute.name].clone());
            }
        }
        self.provider.plan(p::PlanResourceChangeRequest {
            type_name: name.to_owned(),
            prior_state: prior.map_or_else(null, value),
            proposed_new_state: value(proposed),
            config: value(config),
            prior_private: Vec::new(),
        })
    }

    pub(crate) fn apply(
        &self,
        name: &str,
        prior: Option<Members>,
        planned: Option<Members>,
    ) -> (Option<Members>, Vec<p::Diagnostic>) {
        let applied = self.provider.apply(p::ApplyResourceChangeRequest {
            type_name: name.to_owned(),
            prior_state: prior.map_or_else(null, value),
            planned_state: planned.map_or_else(null, value),
            config: null(),
            planned_private: Vec::new(),
        });
        (read(applied.new_state), applied.diagnostics)
    }

    /// Plans and applies from nothing.
    pub(crate) fn create(
        &self,
        name: &str,
        given: &[(&str, Value)],
    ) -> (Option<Members>, Vec<p::Diagnostic>) {
        let plan = self.plan(name, None, given);
        assert_eq!(told(&plan.diagnostics), [""; 0]);
        self.apply(name, None, read(plan.planned_state))
    }
}

pub(crate) fn replaced(plan: &p::PlanResourceChangeResponse) -> Vec<String> {
    let name = |path: &p::AttributePath| match &path.steps[0].selector {
        Some(p::Selector::AttributeName(name)) => name.clone(),
        other => panic!("{other:?}"),
    };
    plan.requires_replace.iter().map(name).collect()
}
