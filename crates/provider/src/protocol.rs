//! The messages of Terraform's plugin protocol, version 6, and of go-plugin's controller.
//!
//! Field numbers are those of Terraform's published protocol definition (6.6, and what earlier ones share
//! with it); what the provider does not use is left out, which protocol buffers allow. Written as structs, so
//! that nobody needs `protoc` to build this.

use std::collections::HashMap;

use prost::{Enumeration, Message};

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

/// A schema.
#[derive(Clone, PartialEq, Message)]
pub struct Schema {
    /// Its version.
    #[prost(int64, tag = "1")]
    pub version: i64,
    /// What it holds.
    #[prost(message, optional, tag = "2")]
    pub block: Option<Block>,
}

/// A block of a schema.
#[derive(Clone, PartialEq, Message)]
pub struct Block {
    /// The version, again.
    #[prost(int64, tag = "1")]
    pub version: i64,
    /// Its attributes.
    #[prost(message, repeated, tag = "2")]
    pub attributes: Vec<Attribute>,
    /// The blocks in it.
    #[prost(message, repeated, tag = "3")]
    pub block_types: Vec<NestedBlock>,
    /// What it is for.
    #[prost(string, tag = "4")]
    pub description: String,
    /// Whether the description is Markdown (1) or plain (0).
    #[prost(int32, tag = "5")]
    pub description_kind: i32,
    /// Whether it should no longer be used.
    #[prost(bool, tag = "6")]
    pub deprecated: bool,
}

/// An attribute of a schema.
#[derive(Clone, PartialEq, Message)]
pub struct Attribute {
    /// Its name.
    #[prost(string, tag = "1")]
    pub name: String,
    /// Its type constraint, in JSON.
    #[prost(bytes = "vec", tag = "2")]
    pub r#type: Vec<u8>,
    /// What it is for.
    #[prost(string, tag = "3")]
    pub description: String,
    /// It must be given.
    #[prost(bool, tag = "4")]
    pub required: bool,
    /// It may be given.
    #[prost(bool, tag = "5")]
    pub optional: bool,
    /// The provider may fill it in.
    #[prost(bool, tag = "6")]
    pub computed: bool,
    /// It is not to be shown.
    #[prost(bool, tag = "7")]
    pub sensitive: bool,
    /// As in [`Block`].
    #[prost(int32, tag = "8")]
    pub description_kind: i32,
    /// Whether it should no longer be used.
    #[prost(bool, tag = "9")]
    pub deprecated: bool,
}

/// Blocks within a block.
#[derive(Clone, PartialEq, Message)]
pub struct NestedBlock {
    /// Their name.
    #[prost(string, tag = "1")]
    pub type_name: String,
    /// What each holds.
    #[prost(message, optional, tag = "2")]
    pub block: Option<Block>,
    /// How they are kept: a single one (1), a list (2), a set (3).
    #[prost(int32, tag = "3")]
    pub nesting: i32,
    /// How many there are at least.
    #[prost(int64, tag = "4")]
    pub min_items: i64,
    /// How many there are at most; 0 for any number.
    #[prost(int64, tag = "5")]
    pub max_items: i64,
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

/// `UpgradeResourceState`
#[derive(Clone, PartialEq, Message)]
pub struct UpgradeResourceStateRequest {
    /// Of which type.
    #[prost(string, tag = "1")]
    pub type_name: String,
    /// The version of the schema that wrote it.
    #[prost(int64, tag = "2")]
    pub version: i64,
    /// What it wrote.
    #[prost(message, optional, tag = "3")]
    pub raw_state: Option<RawState>,
}

/// Its answer.
#[derive(Clone, PartialEq, Message)]
pub struct UpgradeResourceStateResponse {
    /// In today's schema.
    #[prost(message, optional, tag = "1")]
    pub upgraded_state: Option<DynamicValue>,
    /// What went wrong.
    #[prost(message, repeated, tag = "2")]
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

/// `ReadResource`
#[derive(Clone, PartialEq, Message)]
pub struct ReadResourceRequest {
    /// Of which type.
    #[prost(string, tag = "1")]
    pub type_name: String,
    /// What is known of it.
    #[prost(message, optional, tag = "2")]
    pub current_state: Option<DynamicValue>,
    /// The provider's own notes.
    #[prost(bytes = "vec", tag = "3")]
    pub private: Vec<u8>,
}

/// Its answer.
#[derive(Clone, PartialEq, Message)]
pub struct ReadResourceResponse {
    /// As it is; null if it is gone.
    #[prost(message, optional, tag = "1")]
    pub new_state: Option<DynamicValue>,
    /// What went wrong.
    #[prost(message, repeated, tag = "2")]
    pub diagnostics: Vec<Diagnostic>,
    /// The provider's own notes.
    #[prost(bytes = "vec", tag = "3")]
    pub private: Vec<u8>,
}

/// `PlanResourceChange`
#[derive(Clone, PartialEq, Message)]
pub struct PlanResourceChangeRequest {
    /// Of which type.
    #[prost(string, tag = "1")]
    pub type_name: String,
    /// As it is.
    #[prost(message, optional, tag = "2")]
    pub prior_state: Option<DynamicValue>,
    /// As the configuration wants it, with what the provider filled in before.
    #[prost(message, optional, tag = "3")]
    pub proposed_new_state: Option<DynamicValue>,
    /// The configuration.
    #[prost(message, optional, tag = "4")]
    pub config: Option<DynamicValue>,
    /// The provider's own notes.
    #[prost(bytes = "vec", tag = "5")]
    pub prior_private: Vec<u8>,
}

/// Its answer.
#[derive(Clone, PartialEq, Message)]
pub struct PlanResourceChangeResponse {
    /// As it will be.
    #[prost(message, optional, tag = "1")]
    pub planned_state: Option<DynamicValue>,
    /// What cannot be changed in place.
    #[prost(message, repeated, tag = "2")]
    pub requires_replace: Vec<AttributePath>,
    /// The provider's own notes.
    #[prost(bytes = "vec", tag = "3")]
    pub planned_private: Vec<u8>,
    /// What went wrong.
    #[prost(message, repeated, tag = "4")]
    pub diagnostics: Vec<Diagnostic>,
}

/// `ApplyResourceChange`
#[derive(Clone, PartialEq, Message)]
pub struct ApplyResourceChangeRequest {
    /// Of which type.
    #[prost(string, tag = "1")]
    pub type_name: String,
    /// As it is; null to create.
    #[prost(message, optional, tag = "2")]
    pub prior_state: Option<DynamicValue>,
    /// As it will be; null to destroy.
    #[prost(message, optional, tag = "3")]
    pub planned_state: Option<DynamicValue>,
    /// The configuration.
    #[prost(message, optional, tag = "4")]
    pub config: Option<DynamicValue>,
    /// The provider's own notes.
    #[prost(bytes = "vec", tag = "5")]
    pub planned_private: Vec<u8>,
}

/// Its answer.
#[derive(Clone, PartialEq, Message)]
pub struct ApplyResourceChangeResponse {
    /// As it became.
    #[prost(message, optional, tag = "1")]
    pub new_state: Option<DynamicValue>,
    /// The provider's own notes.
    #[prost(bytes = "vec", tag = "2")]
    pub private: Vec<u8>,
    /// What went wrong.
    #[prost(message, repeated, tag = "3")]
    pub diagnostics: Vec<Diagnostic>,
}

/// `ImportResourceState`
#[derive(Clone, PartialEq, Message)]
pub struct ImportResourceStateRequest {
    /// Of which type.
    #[prost(string, tag = "1")]
    pub type_name: String,
    /// Which one.
    #[prost(string, tag = "2")]
    pub id: String,
}

/// Its answer.
#[derive(Clone, PartialEq, Message)]
pub struct ImportResourceStateResponse {
    /// What was found.
    #[prost(message, repeated, tag = "1")]
    pub imported_resources: Vec<ImportedResource>,
    /// What went wrong.
    #[prost(message, repeated, tag = "2")]
    pub diagnostics: Vec<Diagnostic>,
}

/// An imported resource.
#[derive(Clone, PartialEq, Message)]
pub struct ImportedResource {
    /// Of which type.
    #[prost(string, tag = "1")]
    pub type_name: String,
    /// As it is.
    #[prost(message, optional, tag = "2")]
    pub state: Option<DynamicValue>,
    /// The provider's own notes.
    #[prost(bytes = "vec", tag = "3")]
    pub private: Vec<u8>,
}

/// `MoveResourceState`
#[derive(Clone, PartialEq, Message)]
pub struct MoveResourceStateRequest {
    /// The provider it comes from.
    #[prost(string, tag = "1")]
    pub source_provider_address: String,
    /// The type it had.
    #[prost(string, tag = "2")]
    pub source_type_name: String,
    /// The version of the schema it was written in.
    #[prost(int64, tag = "3")]
    pub source_schema_version: i64,
    /// What was written.
    #[prost(message, optional, tag = "4")]
    pub source_state: Option<RawState>,
    /// The type it shall have.
    #[prost(string, tag = "5")]
    pub target_type_name: String,
}

/// Its answer.
#[derive(Clone, PartialEq, Message)]
pub struct MoveResourceStateResponse {
    /// In this provider's schema.
    #[prost(message, optional, tag = "1")]
    pub target_state: Option<DynamicValue>,
    /// What went wrong.
    #[prost(message, repeated, tag = "2")]
    pub diagnostics: Vec<Diagnostic>,
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
