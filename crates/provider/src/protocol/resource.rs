//! The calls on resources.

use prost::Message;

use super::{AttributePath, Diagnostic, DynamicValue, RawState};

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
    /// What is planned may be something else than what is configured.
    #[prost(bool, tag = "5")]
    pub legacy_type_system: bool,
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
