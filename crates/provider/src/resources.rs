//! The resources: one file a noun.

mod account;
mod arn;
mod cluster;
mod cluster_policy;
mod crud;
mod duration;
mod group;
mod instance_pool;
mod instance_profile;
mod membership;
mod mount;
pub(crate) mod scim;
mod sql_endpoint;
mod sql_global_config;
mod termination;
mod timeouts;
mod unity_catalog;
mod validation_checks;
mod wait;
mod workspace;
mod zone;

use crate::resource::Resource;

/// All of them.
#[must_use]
pub fn all() -> Vec<Box<dyn Resource>> {
    let mut all: Vec<Box<dyn Resource>> = vec![
        Box::new(cluster::Cluster),
        Box::new(cluster_policy::ClusterPolicy),
        Box::new(group::Group),
        Box::new(instance_pool::InstancePool),
        Box::new(instance_profile::InstanceProfile),
        Box::new(mount::Mount),
        Box::new(sql_endpoint::SqlEndpoint),
        Box::new(sql_global_config::SqlGlobalConfig),
        Box::new(unity_catalog::STORAGE_CREDENTIAL),
        Box::new(unity_catalog::EXTERNAL_LOCATION),
        Box::new(workspace::Workspace),
    ];
    all.extend(account::ALL.map(|part| Box::new(part) as Box<dyn Resource>));
    all.extend(membership::all().map(|kind| Box::new(kind) as Box<dyn Resource>));
    all
}
