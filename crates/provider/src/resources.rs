//! The resources: one file a noun.

mod arn;
mod duration;
mod instance_profile;
mod membership;
pub(crate) mod scim;

use crate::resource::Resource;

/// All of them.
#[must_use]
pub fn all() -> Vec<Box<dyn Resource>> {
    let mut all: Vec<Box<dyn Resource>> = vec![Box::new(instance_profile::InstanceProfile)];
    all.extend(membership::all().map(|kind| Box::new(kind) as Box<dyn Resource>));
    all
}
