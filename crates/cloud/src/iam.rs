//! IAM: one file a noun.

pub mod access_key;
pub mod attach;
pub mod attachment;
pub mod document;
pub mod entity_policies;
pub mod exact_tag;
pub mod group;
pub mod holder;
pub mod instance_profile;
pub mod name;
pub mod oidc_provider;
pub mod page;
pub mod policy;
pub mod role;
pub mod saml_provider;
pub mod simulation;
pub mod tags;
pub mod user;
