//! The messages of Terraform's plugin protocol, version 6, and of go-plugin's controller.
//!
//! Field numbers are those of Terraform's published protocol definition (6.6, and what earlier ones share
//! with it); what the provider does not use is left out, which protocol buffers allow. Written as structs, so
//! that nobody needs `protoc` to build this.

use std::collections::HashMap;

use prost::{Enumeration, Message};

mod resource;
mod schema;

pub use resource::{
    ApplyResourceChangeRequest, ApplyResourceChangeResponse, ImportResourceStateRequest,
    ImportResourceStateResponse, ImportedResource, MoveResourceStateRequest,
    MoveResourceStateResponse, PlanResourceChangeRequest, PlanResourceChangeResponse,
    ReadResourceRequest, ReadResourceResponse, UpgradeResourceStateRequest,
    UpgradeResourceStateResponse,
};
pub use schema::{Attribute, Block, NestedBlock, Schema};

/// A value, in MessagePack or, from old clients, JSON.
#[derive(Clone, PartialEq, Message)]
pub struct DynamicValue {
    /// In MessagePack.
    #[prost(bytes = "vec", tag = "1")]
    pub msgpack: Vec<u8>,
    /// In JSON.
    #[prost(bytes = "vec", tag = "2")]
    pub json: Vec<u8>,
}

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum Severity {
    /// Not said.
    Invalid = 0,
    /// It fails.
    Error = 1,
    /// It may go on.
    Warning = 2,
}

/// What a person is told.
#[derive(Clone, PartialEq, Message)]
pub struct Diagnostic {
    /// How bad it is.
    #[prost(enumeration = "Severity", tag = "1")]
    pub severity: i32,
    /// In one line.
    #[prost(string, tag = "2")]
    pub summary: String,
    /// The rest.
    #[prost(string, tag = "3")]
    pub detail: String,
    /// Where in the configuration.
    #[prost(message, optional, tag = "4")]
    pub attribute: Option<AttributePath>,
}

/// A place in a configuration.
#[derive(Clone, PartialEq, Message)]
pub struct AttributePath {
    /// From the outside in.
    #[prost(message, repeated, tag = "1")]
    pub steps: Vec<Step>,
}

/// A step into a value.
#[derive(Clone, PartialEq, Message)]
pub struct Step {
    /// Which one.
    #[prost(oneof = "Selector", tags = "1, 2, 3")]
    pub selector: Option<Selector>,
}

/// The kinds of step.
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum Selector {
    /// An attribute or block.
    #[prost(string, tag = "1")]
    AttributeName(String),
    /// A map's element.
    #[prost(string, tag = "2")]
    ElementKeyString(String),
    /// A list's element.
    #[prost(int64, tag = "3")]
    ElementKeyInt(i64),
}

/// A stored state, of whichever version.
#[derive(Clone, PartialEq, Message)]
pub struct RawState {
    /// In JSON.
    #[prost(bytes = "vec", tag = "1")]
    pub json: Vec<u8>,
    /// As Terraform stored it before 0.12.
    #[prost(map = "string, string", tag = "2")]
    pub flatmap: HashMap<String, String>,
}

/// What a provider can do beyond the protocol's core.
#[derive(Clone, PartialEq, Message)]
pub struct ServerCapabilities {
    /// It wants to be asked about destroying.
    #[prost(bool, tag = "1")]
    pub plan_destroy: bool,
    /// A client may use a schema that it has kept.
    #[prost(bool, tag = "2")]
    pub get_provider_schema_optional: bool,
    /// It can take over resources of other types.
    #[prost(bool, tag = "3")]
    pub move_resource_state: bool,
}

/// A request without content.
#[derive(Clone, PartialEq, Message)]
pub struct Empty {}

/// `GetMetadata`
#[derive(Clone, PartialEq, Message)]
pub struct GetMetadataResponse {
    /// What the provider can do.
    #[prost(message, optional, tag = "1")]
    pub server_capabilities: Option<ServerCapabilities>,
    /// What went wrong.
    #[prost(message, repeated, tag = "2")]
    pub diagnostics: Vec<Diagnostic>,
    /// The names of data sources.
    #[prost(message, repeated, tag = "3")]
    pub data_sources: Vec<TypeName>,
    /// The names of resources.
    #[prost(message, repeated, tag = "4")]
    pub resources: Vec<TypeName>,
}

/// The name of a resource or data source.
#[derive(Clone, PartialEq, Message)]
pub struct TypeName {
    /// The name.
    #[prost(string, tag = "1")]
    pub type_name: String,
}

/// `GetProviderSchema`
#[derive(Clone, PartialEq, Message)]
pub struct GetProviderSchemaResponse {
    /// The provider's own block.
    #[prost(message, optional, tag = "1")]
    pub provider: Option<Schema>,
    /// By name.
    #[prost(map = "string, message", tag = "2")]
    pub resource_schemas: HashMap<String, Schema>,
    /// By name.
    #[prost(map = "string, message", tag = "3")]
    pub data_source_schemas: HashMap<String, Schema>,
    /// What went wrong.
    #[prost(message, repeated, tag = "4")]
    pub diagnostics: Vec<Diagnostic>,
    /// What the provider can do.
    #[prost(message, optional, tag = "6")]
    pub server_capabilities: Option<ServerCapabilities>,
}

/// `ValidateProviderConfig`
#[derive(Clone, PartialEq, Message)]
pub struct ValidateProviderConfigRequest {
    /// The provider's block.
    #[prost(message, optional, tag = "1")]
    pub config: Option<DynamicValue>,
}

/// The answer of calls that only find fault, but for those of [`ValidateResponse`].
#[derive(Clone, PartialEq, Message)]
pub struct ValidateProviderConfigResponse {
    /// What is wrong.
    #[prost(message, repeated, tag = "2")]
    pub diagnostics: Vec<Diagnostic>,
}

/// `ValidateResourceConfig` and `ValidateDataResourceConfig`
#[derive(Clone, PartialEq, Message)]
pub struct ValidateRequest {
    /// Of which type.
    #[prost(string, tag = "1")]
    pub type_name: String,
    /// The block.
    #[prost(message, optional, tag = "2")]
    pub config: Option<DynamicValue>,
}

/// The answers of `ValidateResourceConfig`, `ValidateDataResourceConfig` and `ConfigureProvider`.
#[derive(Clone, PartialEq, Message)]
pub struct ValidateResponse {
    /// What is wrong.
    #[prost(message, repeated, tag = "1")]
    pub diagnostics: Vec<Diagnostic>,
}

/// `ConfigureProvider`
#[derive(Clone, PartialEq, Message)]
pub struct ConfigureProviderRequest {
    /// Who asks.
    #[prost(string, tag = "1")]
    pub terraform_version: String,
    /// The provider's block.
    #[prost(message, optional, tag = "2")]
    pub config: Option<DynamicValue>,
}

/// `ReadDataSource`
#[derive(Clone, PartialEq, Message)]
pub struct ReadDataSourceRequest {
    /// Of which type.
    #[prost(string, tag = "1")]
    pub type_name: String,
    /// The block.
    #[prost(message, optional, tag = "2")]
    pub config: Option<DynamicValue>,
}

/// Its answer.
#[derive(Clone, PartialEq, Message)]
pub struct ReadDataSourceResponse {
    /// What was read.
    #[prost(message, optional, tag = "1")]
    pub state: Option<DynamicValue>,
    /// What went wrong.
    #[prost(message, repeated, tag = "2")]
    pub diagnostics: Vec<Diagnostic>,
}

/// `GetFunctions`: there are none.
#[derive(Clone, PartialEq, Message)]
pub struct GetFunctionsResponse {}

/// `StopProvider`
#[derive(Clone, PartialEq, Message)]
pub struct StopProviderResponse {
    /// Why it cannot be stopped.
    #[prost(string, tag = "1")]
    pub error: String,
}
