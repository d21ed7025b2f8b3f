//! The resources: one file a noun.

mod arn;
mod cluster;
mod cluster_policy;
mod crud;
mod duration;
mod group;
mod instance_pool;
mod instance_profile;
mod membership;
pub(crate) mod scim;
mod wait;

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
    ];
    all.extend(membership::all().map(|kind| Box::new(kind) as Box<dyn Resource>));
    all
}
