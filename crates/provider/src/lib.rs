//! The Terraform provider for the Databricks half: instance profiles, who may use them, and what uses them.
//!
//! It speaks Terraform's plugin protocol 6 and Databricks' public REST APIs, and nothing of rolecall's own, so
//! that it serves real workspaces as well. [`provider`] is the way of every call; [`resources`] and
//! [`data_sources`] hold one file each for what configurations name.

pub mod api;
pub mod aws;
pub mod client;
pub mod config;
pub mod data_sources;
pub mod diagnostic;
pub mod plan;
pub mod plugin;
pub mod protocol;
pub mod provider;
pub mod refusal;
pub mod resource;
pub mod resources;
pub mod schema;
pub mod service;
pub mod stop;
pub mod value;
