//! `ListInstanceProfiles` and `ListInstanceProfilesForRole`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::instance_profile::{InstanceProfileRow, InstanceProfileShape};
use crate::iam::page::Page;
use crate::iam::{name, page, role};
use crate::operation::{Ask, Operation, Read, Service};

/// A page of instance profiles.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceProfilesOutput {
    instance_profiles: Vec<InstanceProfileShape>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

impl InstanceProfilesOutput {
    fn new(ask: &Ask<'_>, page: Page<&Arc<InstanceProfileRow>>) -> Self {
        let is_truncated = page.is_truncated();
        let shape = |profile: &Arc<_>| InstanceProfileShape::brief(ask.view, profile);
        let instance_profiles = page.items.into_iter().map(shape).collect();
        Self { instance_profiles, is_truncated, marker: page.marker }
    }
}

/// `ListInstanceProfiles`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListInstanceProfiles {
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

impl Operation for ListInstanceProfiles {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListInstanceProfiles";
    type Output = InstanceProfilesOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_path_prefix(&mut constraints, self.path_prefix.as_deref());
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![name::list_demand(
            ask,
            "iam:ListInstanceProfiles",
            "instance-profile",
            self.path_prefix.as_deref(),
        )])
    }
}

impl Read for ListInstanceProfiles {
    fn read(self, ask: &Ask<'_>) -> Result<InstanceProfilesOutput, Fault> {
        let prefix = self.path_prefix.as_deref().unwrap_or(name::DEFAULT_PATH);
        let wanted = |profile: &InstanceProfileRow| profile.path.starts_with(prefix);
        let marker = self.marker.as_deref();
        let page = page::of_rows(ask.view, ask.account(), marker, self.max_items, wanted)?;
        Ok(InstanceProfilesOutput::new(ask, page))
    }
}

/// `ListInstanceProfilesForRole`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListInstanceProfilesForRole {
    role_name: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

impl Operation for ListInstanceProfilesForRole {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListInstanceProfilesForRole";
    type Output = InstanceProfilesOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        role::check_name(&mut constraints, &self.role_name);
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![role::demand(ask, "iam:ListInstanceProfilesForRole", &self.role_name)])
    }
}

impl Read for ListInstanceProfilesForRole {
    fn read(self, ask: &Ask<'_>) -> Result<InstanceProfilesOutput, Fault> {
        let role = role::find(ask.view, ask.account(), &self.role_name)?;
        let wanted = |profile: &InstanceProfileRow| profile.holds(&role.name);
        let marker = self.marker.as_deref();
        let page = page::of_rows(ask.view, ask.account(), marker, self.max_items, wanted)?;
        Ok(InstanceProfilesOutput::new(ask, page))
    }
}
