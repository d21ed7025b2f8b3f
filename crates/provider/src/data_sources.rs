//! The data sources: one file each, and one for the policy documents.

mod current_user;
mod group;
mod instance_profiles;
pub(crate) mod node_type;
mod policies;
pub(crate) mod spark_version;

use crate::resource::DataSource;

/// All of them.
#[must_use]
pub fn all() -> Vec<Box<dyn DataSource>> {
    let mut all: Vec<Box<dyn DataSource>> = vec![
        Box::new(current_user::CurrentUser),
        Box::new(group::Group),
        Box::new(instance_profiles::InstanceProfiles),
        Box::new(node_type::NodeType),
        Box::new(spark_version::SparkVersion),
    ];
    all.extend(policies::ALL.map(|policy| Box::new(policy) as Box<dyn DataSource>));
    all
}
