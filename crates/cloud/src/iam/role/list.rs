//! `ListRoles`

use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::role::{RoleRow, RoleShape};
use crate::iam::{name, page};
use crate::operation::{Ask, Operation, Read, Service};

/// `ListRoles`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListRoles {
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RolesOutput {
    roles: Vec<RoleShape>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

impl Operation for ListRoles {
    const SERVICE: Service = Service::Iam;
    const NAME: &'static str = "ListRoles";
    type Output = RolesOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        name::check_path_prefix(&mut constraints, self.path_prefix.as_deref());
        page::check_marker(&mut constraints, self.marker.as_deref());
        page::check(&mut constraints, self.max_items);
        constraints.finish()
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![name::list_demand(ask, "iam:ListRoles", "role", self.path_prefix.as_deref())])
    }
}

impl Read for ListRoles {
    fn read(self, ask: &Ask<'_>) -> Result<RolesOutput, Fault> {
        let prefix = self.path_prefix.as_deref().unwrap_or(name::DEFAULT_PATH);
        let wanted = |role: &RoleRow| role.path.starts_with(prefix);
        let marker = self.marker.as_deref();
        let page = page::of_rows(ask.view, ask.account(), marker, self.max_items, wanted)?;
        let is_truncated = page.is_truncated();
        let roles = page.items.into_iter().map(|role| RoleShape::brief(ask.view, role)).collect();
        Ok(RolesOutput { roles, is_truncated, marker: page.marker })
    }
}
