//! Every call of Terraform's, from its message to its answer: find the kind, read the values, do it, tell.
//!
//! A panic in a call becomes an error of that call; the plugin goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use crate::client::Client;
use crate::config::{self, Config, Process, Surroundings};
use crate::diagnostic::{Diagnostic, Diagnostics, step};
use crate::plan::Plan;
use crate::protocol::{self as p, DynamicValue};
use crate::resource::{DataSource, Failure, Resource};
use crate::schema::{Block, Nesting, Type};
use crate::value::{Members, Value};
use crate::{data_sources, resources};

/// The source addresses of providers whose state can be taken over as it is.
const SAME_NAMES: &str = "/databricks/databricks";

/// The provider.
pub struct Provider {
    resources: Vec<Box<dyn Resource>>,
    data_sources: Vec<Box<dyn DataSource>>,
    around: Box<dyn Surroundings + Send + Sync>,
    client: OnceLock<Arc<Client>>,
}

impl Default for Provider {
    fn default() -> Self {
        Self::new(Box::new(Process))
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Provider").finish_non_exhaustive()
    }
}

impl Provider {
    /// With all its kinds.
    #[must_use]
    pub fn new(around: Box<dyn Surroundings + Send + Sync>) -> Self {
        Self::with(resources::all(), data_sources::all(), around)
    }

    /// With these kinds.
    #[must_use]
    pub fn with(
        resources: Vec<Box<dyn Resource>>,
        data_sources: Vec<Box<dyn DataSource>>,
        around: Box<dyn Surroundings + Send + Sync>,
    ) -> Self {
        Self { resources, data_sources, around, client: OnceLock::new() }
    }

    /// `GetMetadata`
    pub fn metadata(&self) -> p::GetMetadataResponse {
        let name = |name: &str| p::TypeName { type_name: name.to_owned() };
        p::GetMetadataResponse {
            server_capabilities: Some(capabilities()),
            diagnostics: Vec::new(),
            data_sources: self.data_sources.iter().map(|it| name(it.name())).collect(),
            resources: self.resources.iter().map(|it| name(it.name())).collect(),
        }
    }

    /// `GetProviderSchema`
    pub fn schemas(&self) -> p::GetProviderSchemaResponse {
        let of = |name: &str, block: Block, version| (name.to_owned(), block.schema(version));
        p::GetProviderSchemaResponse {
            provider: Some(config::schema().schema(0)),
            resource_schemas: self
                .resources
                .iter()
                .map(|it| of(it.name(), it.schema(), it.version()))
                .collect(),
            data_source_schemas: self
                .data_sources
                .iter()
                .map(|it| of(it.name(), it.schema(), 0))
                .collect(),
            diagnostics: Vec::new(),
            server_capabilities: Some(capabilities()),
        }
    }

    /// `ValidateProviderConfig`
    pub fn validate_provider(
        &self,
        request: p::ValidateProviderConfigRequest,
    ) -> p::ValidateProviderConfigResponse {
        let diagnostics = self.contained(|_| members(request.config).map(drop));
        p::ValidateProviderConfigResponse { diagnostics }
    }

    /// `ConfigureProvider`
    pub fn configure(&self, request: p::ConfigureProviderRequest) -> p::ValidateResponse {
        let diagnostics = self.contained(|_| {
            let block = members(request.config)?.unwrap_or_default();
            // What is known only after apply is taken as not given: the resources that need it say so.
            if block.values().any(Value::has_unknown) {
                return Ok(());
            }
            let config = Config::read(&block, &*self.around)?;
            let _ = self.client.set(Arc::new(Client::new(config)));
            Ok(())
        });
        p::ValidateResponse { diagnostics }
    }

    /// `ValidateResourceConfig`
    pub fn validate_resource(&self, request: p::ValidateRequest) -> p::ValidateResponse {
        let diagnostics = self.contained(|found| {
            let config = members(request.config)?.unwrap_or_default();
            self.resource(&request.type_name)?.validate(&config, found);
            Ok(())
        });
        p::ValidateResponse { diagnostics }
    }

    /// `ValidateDataResourceConfig`
    pub fn validate_data_source(&self, request: p::ValidateRequest) -> p::ValidateResponse {
        let diagnostics = self.contained(|found| {
            let config = members(request.config)?.unwrap_or_default();
            self.data_source(&request.type_name)?.validate(&config, found);
            Ok(())
        });
        p::ValidateResponse { diagnostics }
    }

    /// `UpgradeResourceState`: what was stored, fitted to the schema of today.
    pub fn upgrade(
        &self,
        request: p::UpgradeResourceStateRequest,
    ) -> p::UpgradeResourceStateResponse {
        let mut upgraded_state = None;
        let diagnostics = self.contained(|_| {
            let block = self.resource(&request.type_name)?.schema();
            let state = stored(&block, request.raw_state)?;
            upgraded_state = Some(packed(state));
            Ok(())
        });
        p::UpgradeResourceStateResponse { upgraded_state, diagnostics }
    }

    /// `MoveResourceState`: from the official provider, whose names are the same.
    pub fn move_state(&self, request: p::MoveResourceStateRequest) -> p::MoveResourceStateResponse {
        let mut target_state = None;
        let diagnostics = self.contained(|_| {
            let (from, to) = (&request.source_type_name, &request.target_type_name);
            if from != to || !request.source_provider_address.ends_with(SAME_NAMES) {
                return Err(Diagnostic::error(
                    "The resource cannot be moved",
                    format!(
                        "Only a `{to}` of the provider databricks/databricks can become one of this provider's, \
                         not a `{from}` of `{}`.",
                        request.source_provider_address
                    ),
                )
                .into());
            }
            let block = self.resource(to)?.schema();
            target_state = Some(packed(stored(&block, request.source_state)?));
            Ok(())
        });
        p::MoveResourceStateResponse { target_state, diagnostics }
    }

    /// `ReadResource`
    pub fn read(&self, request: p::ReadResourceRequest) -> p::ReadResourceResponse {
        let mut new_state = request.current_state.clone();
        let diagnostics = self.contained(|_| {
            let resource = self.resource(&request.type_name)?;
            let Some(state) = members(request.current_state)? else { return Ok(()) };
            let found = resource.read(self.client(resource.name())?, &state)?;
            new_state = Some(packed(found));
            Ok(())
        });
        p::ReadResourceResponse { new_state, diagnostics, private: request.private }
    }

    /// `PlanResourceChange`
    pub fn plan(&self, request: p::PlanResourceChangeRequest) -> p::PlanResourceChangeResponse {
        let mut planned_state = request.proposed_new_state.clone();
        let mut replace = Vec::new();
        let mut departs = false;
        let diagnostics = self.contained(|found| {
            let resource = self.resource(&request.type_name)?;
            let Some(proposed) = members(request.proposed_new_state)? else { return Ok(()) };
            let config = members(request.config)?.unwrap_or_default();
            let prior = members(request.prior_state)?;
            let mut plan = Plan::new(&resource.schema(), prior, config, proposed);
            resource.plan(&mut plan, found);
            planned_state = Some(packed(Some(plan.planned)));
            replace = plan.replace;
            departs = plan.departs;
            Ok(())
        });
        let path = |name: &str| p::AttributePath { steps: vec![step(name.to_owned())] };
        p::PlanResourceChangeResponse {
            planned_state,
            requires_replace: replace.into_iter().map(path).collect(),
            planned_private: request.prior_private,
            diagnostics,
            // Terraform lets a plan depart from the configuration that says so in this way.
            legacy_type_system: departs,
        }
    }

    /// `ApplyResourceChange`
    pub fn apply(&self, request: p::ApplyResourceChangeRequest) -> p::ApplyResourceChangeResponse {
        // What a failure leaves is what was there before, unless it says otherwise.
        let mut new_state = request.prior_state.clone();
        let diagnostics = self.contained(|found| {
            let resource = self.resource(&request.type_name)?;
            let client = self.client(resource.name())?;
            let (prior, planned) = (members(request.prior_state)?, members(request.planned_state)?);
            let outcome = match (&prior, &planned) {
                (None, Some(planned)) => resource.create(client, planned, found).map(Some),
                (Some(prior), Some(planned)) => {
                    resource.update(client, prior, planned, found).map(Some)
                }
                (Some(prior), None) => resource.delete(client, prior).map(|()| None),
                (None, None) => Ok(None),
            };
            match outcome {
                Ok(state) => new_state = Some(packed(state.map(settled))),
                Err(failure) => {
                    if let Some(state) = &failure.state {
                        new_state = Some(packed(Some(settled(state.clone()))));
                    }
                    return Err(failure);
                }
            }
            Ok(())
        });
        p::ApplyResourceChangeResponse { new_state, private: request.planned_private, diagnostics }
    }

    /// `ImportResourceState`: what does not exist is not imported.
    pub fn import(&self, request: p::ImportResourceStateRequest) -> p::ImportResourceStateResponse {
        let mut imported_resources = Vec::new();
        let (name, id) = (request.type_name.clone(), request.id.clone());
        let diagnostics = self.contained(|_| {
            let resource = self.resource(&name)?;
            let state = resource.import(&id)?;
            let Some(state) = resource.read(self.client(resource.name())?, &state)? else {
                return Err(Diagnostic::error(
                    "There is nothing to import",
                    format!("`{id}` does not exist, so that it cannot be imported as a {name}."),
                )
                .into());
            };
            imported_resources.push(p::ImportedResource {
                type_name: name.clone(),
                state: Some(packed(Some(state))),
                private: Vec::new(),
            });
            Ok(())
        });
        p::ImportResourceStateResponse { imported_resources, diagnostics }
    }

    /// `ReadDataSource`
    pub fn read_data_source(&self, request: p::ReadDataSourceRequest) -> p::ReadDataSourceResponse {
        let mut state = None;
        let diagnostics = self.contained(|_| {
            let source = self.data_source(&request.type_name)?;
            let config = members(request.config)?.unwrap_or_default();
            let read = if source.asks() {
                source.read(self.client(source.name())?, &config)?
            } else {
                source.read(&Client::nowhere(), &config)?
            };
            state = Some(packed(Some(settled(read))));
            Ok(())
        });
        p::ReadDataSourceResponse { state, diagnostics }
    }

    fn resource(&self, name: &str) -> Result<&dyn Resource, Diagnostic> {
        let found = self.resources.iter().find(|resource| resource.name() == name);
        found.map(|resource| &**resource).ok_or_else(|| unknown("resource", name))
    }

    fn data_source(&self, name: &str) -> Result<&dyn DataSource, Diagnostic> {
        let found = self.data_sources.iter().find(|source| source.name() == name);
        found.map(|source| &**source).ok_or_else(|| unknown("data source", name))
    }

    fn client(&self, name: &str) -> Result<&Client, Diagnostic> {
        self.client.get().map(|client| &**client).ok_or_else(|| {
            Diagnostic::error(
                "The provider is not configured",
                format!(
                    "`{name}` is to be read or changed, but the provider's block holds values that are known \
                     only after apply: apply what they come from first (`terraform apply -target=…`)."
                ),
            )
        })
    }

    /// Runs a call; its failure and its panic become diagnostics.
    fn contained(
        &self,
        call: impl FnOnce(&mut Diagnostics) -> Result<(), Failure>,
    ) -> Vec<p::Diagnostic> {
        let mut found = Diagnostics::default();
        match catch_unwind(AssertUnwindSafe(|| call(&mut found))) {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => found.add(failure.diagnostic),
            Err(_) => found.add(Diagnostic::error(
                "The provider failed",
                "This is a mistake of the provider's, not of the configuration. What it was doing is not \
                 known to have happened: run `terraform plan` to see what is there.",
            )),
        }
        found.wire()
    }
}

fn capabilities() -> p::ServerCapabilities {
    p::ServerCapabilities {
        plan_destroy: false,
        get_provider_schema_optional: true,
        move_resource_state: true,
    }
}

fn unknown(what: &str, name: &str) -> Diagnostic {
    Diagnostic::error(
        format!("There is no such {what}"),
        format!("rolecall's provider has no {what} `{name}`; docs/provider.md lists what it has."),
    )
}

/// The members of a block; `None` for null.
fn members(value: Option<DynamicValue>) -> Result<Option<Members>, Failure> {
    let Some(value) = value else { return Ok(None) };
    let read = if value.msgpack.is_empty() && !value.json.is_empty() {
        serde_json::from_slice(&value.json)
            .map(|json: serde_json::Value| Value::from_json(&json))
            .map_err(|error| error.to_string())
    } else {
        Value::unpack(&value.msgpack).map_err(|error| error.to_string())
    };
    match read {
        Ok(Value::Null) => Ok(None),
        Ok(Value::Map(members)) => Ok(Some(members)),
        Ok(_) => Err(unreadable("it is no block").into()),
        Err(error) => Err(unreadable(&error).into()),
    }
}

fn unreadable(why: &str) -> Diagnostic {
    Diagnostic::error(
        "Terraform and the provider do not understand each other",
        format!("A value cannot be read ({why}): is Terraform 1.0 or newer?"),
    )
}

fn packed(members: Option<Members>) -> DynamicValue {
    let value = members.map_or(Value::Null, Value::Map);
    DynamicValue { msgpack: value.pack(), json: Vec::new() }
}

/// After apply nothing is unknown: what nobody has said is null.
fn settled(members: Members) -> Members {
    members.into_iter().map(|(name, value)| (name, settled_value(value))).collect()
}

fn settled_value(value: Value) -> Value {
    match value {
        Value::Unknown => Value::Null,
        Value::List(items) => Value::List(items.into_iter().map(settled_value).collect()),
        Value::Map(members) => Value::Map(settled(members)),
        other => other,
    }
}

/// A stored state, without what today's schema does not have and with what the stored one lacks. Values of
/// another type than today's are dropped: the next read fills them in.
fn stored(block: &Block, raw: Option<p::RawState>) -> Result<Option<Members>, Failure> {
    let raw = raw.unwrap_or_default();
    let json: serde_json::Value =
        serde_json::from_slice(&raw.json).map_err(|error| unreadable(&error.to_string()))?;
    Ok(json.as_object().map(|json| fit(block, json)))
}

fn fit(block: &Block, json: &serde_json::Map<String, serde_json::Value>) -> Members {
    let mut members = block.empty();
    for attribute in &block.attributes {
        if let Some(value) = json.get(attribute.name).filter(|json| fits(&attribute.kind, json)) {
            members.insert(attribute.name.to_owned(), Value::from_json(value));
        }
    }
    for nested in &block.nested {
        let blocks = match json.get(nested.name) {
            Some(serde_json::Value::Array(items)) => items.as_slice(),
            Some(one @ serde_json::Value::Object(_)) => std::slice::from_ref(one),
            _ => continue,
        };
        let blocks = blocks.iter().filter_map(serde_json::Value::as_object);
        let mut blocks = blocks.map(|item| Value::Map(fit(&nested.block, item)));
        let value = match nested.nesting {
            Nesting::Single => blocks.next().unwrap_or(Value::Null),
            Nesting::List | Nesting::Set => Value::List(blocks.collect()),
        };
        members.insert(nested.name.to_owned(), value);
    }
    members
}

fn fits(kind: &Type, json: &serde_json::Value) -> bool {
    match (kind, json) {
        (_, serde_json::Value::Null) => true,
        (Type::Text, json) => json.is_string(),
        (Type::Number, json) => json.is_number(),
        (Type::Bool, json) => json.is_boolean(),
        (Type::List(of) | Type::Set(of), serde_json::Value::Array(items)) => {
            items.iter().all(|item| fits(of, item))
        }
        (Type::Map(of), serde_json::Value::Object(members)) => {
            members.values().all(|value| fits(of, value))
        }
        (Type::Object(members), serde_json::Value::Object(json)) => members
            .iter()
            .all(|(name, kind)| json.get(*name).is_some_and(|value| fits(kind, value))),
        _ => false,
    }
}
