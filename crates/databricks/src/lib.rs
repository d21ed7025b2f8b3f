//! Databricks on AWS: an account, its workspaces, and the control plane that acts in AWS accounts.
//!
//! An operation is a plain struct whose fields carry Databricks' own names. It says who *needs* to call
//! ([`operation::Operation::need`]); only [`permit`](permit::permit) makes a [`permit::Permitted`], and only
//! that can be run. What happens in an AWS account happens by [`aws`]: a role is assumed, and each call is
//! authorized there like anybody's. Nothing here knows HTTP; the server's `databricks` module does.
//!
//! # Adding an operation
//!
//! 1. In the file of its noun, write a struct with the fields of path, query and body together. Numbers and
//!    booleans may come as strings: [`lenient`] sees to that, but not behind `#[serde(flatten)]`.
//! 2. Say how it is called and by whom: `operation!` if that does not depend on its input, else
//!    `impl Operation`.
//! 3. `impl Read` or `impl Write`. A write that AWS refuses fails with a [`fault::Fault`], unless the failure is
//!    a state of something that now exists (a cluster that is `TERMINATED`): then it is an answer.
//! 4. Add a line to [`table`]. New rows go to [`add_rows`].

#[macro_use]
mod row;
#[macro_use]
pub mod operation;

pub mod acl;
pub mod aws;
pub mod caller;
pub mod cluster;
pub mod cluster_policy;
pub mod command;
pub mod credential;
pub mod fault;
pub mod first_start;
pub mod host;
pub mod identity;
pub mod instance_pool;
pub mod instance_profile;
pub mod lenient;
pub mod library;
pub mod mount;
pub mod network;
pub mod permit;
pub mod private_access;
pub mod scim;
pub mod storage_configuration;
pub mod table;
#[cfg(test)]
mod testing;
pub mod token;
pub mod unity;
pub mod vpc_endpoint;
pub mod warehouse;
pub mod workspace;

/// Adds the rows that Databricks keeps.
#[must_use]
pub fn add_rows(schema: store::Schema) -> store::Schema {
    schema
        .with::<acl::AclRow>()
        .with::<identity::IdentityRow>()
        .with::<token::TokenRow>()
        .with::<token::SecretRow>()
        .with::<credential::CredentialRow>()
        .with::<storage_configuration::StorageConfigurationRow>()
        .with::<network::NetworkRow>()
        .with::<vpc_endpoint::VpcEndpointRegistrationRow>()
        .with::<private_access::PrivateAccessRow>()
        .with::<workspace::WorkspaceRow>()
        .with::<instance_profile::InstanceProfileRow>()
        .with::<cluster::ClusterRow>()
        .with::<cluster::event::EventRow>()
        .with::<command::ContextRow>()
        .with::<command::CommandRow>()
        .with::<mount::MountRow>()
        .with::<cluster_policy::ClusterPolicyRow>()
        .with::<instance_pool::InstancePoolRow>()
        .with::<unity::metastore::MetastoreRow>()
        .with::<unity::assignment::AssignmentRow>()
        .with::<unity::storage_credential::StorageCredentialRow>()
        .with::<unity::external_location::ExternalLocationRow>()
        .with::<unity::binding::BindingRow>()
        .with::<unity::grant::GrantRow>()
        .with::<warehouse::WarehouseRow>()
        .with::<warehouse::config::WarehouseConfigRow>()
}
