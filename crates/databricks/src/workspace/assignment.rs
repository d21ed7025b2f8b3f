//! Who of an account is in a workspace: `permissionassignments`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::caller::ADMINS;
use crate::fault::Fault;
use crate::host::workspace_partition;
use crate::identity::{self, IdentityRow, Kind, change};
use crate::operation::{Act, Ask, Empty, Read, Write};
use crate::permit::Need;
use crate::workspace;

/// How somebody is in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Permission {
    /// As an admin.
    Admin,
    /// As a user.
    User,
}

/// Somebody in a workspace.
#[derive(Debug, Serialize)]
pub struct Assignment {
    permissions: Vec<Permission>,
    principal: AssignedPrincipal,
}

#[derive(Debug, Serialize)]
struct AssignedPrincipal {
    principal_id: u64,
    display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_principal_name: Option<String>,
}

fn shown(row: &IdentityRow, admin: bool) -> Assignment {
    let name = |kind| (row.kind == kind).then(|| row.name.clone());
    Assignment {
        permissions: vec![if admin { Permission::Admin } else { Permission::User }],
        principal: AssignedPrincipal {
            principal_id: row.id.parse().unwrap_or_default(),
            display_name: row.display().to_owned(),
            user_name: name(Kind::User),
            group_name: name(Kind::Group),
            service_principal_name: name(Kind::ServicePrincipal),
        },
    }
}

/// Lists who is in a workspace.
#[derive(Debug, Clone, Deserialize)]
pub struct ListWorkspaceAssignments {
    workspace_id: u64,
}

/// Everybody in a workspace.
#[derive(Debug, Serialize)]
pub struct Assignments {
    permission_assignments: Vec<Assignment>,
}

operation! {
    ListWorkspaceAssignments,
    Get [
        "/api/2.0/accounts/{account_id}/workspaces/{workspace_id}/permissionassignments"
    ] -> Assignments,
    Need::Admin
}

impl Read for ListWorkspaceAssignments {
    fn read(self, ask: &Ask<'_>) -> Result<Assignments, Fault> {
        workspace::find(ask.view, &ask.host.account_id, self.workspace_id)?;
        let partition = workspace_partition(self.workspace_id);
        let admins = identity::named(ask.view, &partition, Kind::Group, ADMINS);
        let is_admin = |id: &str| admins.is_some_and(|group| group.members.contains(id));
        let mut permission_assignments = Vec::new();
        for kind in Kind::ALL {
            let rows = identity::all(ask.view, &partition, kind)
                .filter(|row| !row.is_local && !row.by_group);
            permission_assignments.extend(rows.map(|row| shown(row, is_admin(&row.id))));
        }
        Ok(Assignments { permission_assignments })
    }
}

/// Lets somebody in; without any permission that there is, shuts somebody out. (API reference, "Create or
/// update permissions assignment": other values are ignored, and none has the effect of deleting all.)
#[derive(Debug, Clone, Deserialize)]
pub struct SetWorkspaceAssignment {
    workspace_id: u64,
    principal_id: String,
    #[serde(default)]
    permissions: Vec<Value>,
}

operation! {
    SetWorkspaceAssignment,
    Put [
        "/api/2.0/accounts/{account_id}/workspaces/{workspace_id}/permissionassignments/principals/{principal_id}"
    ] -> Assignment,
    Need::Admin
}

impl Write for SetWorkspaceAssignment {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Assignment, Fault> {
        workspace::find(act.aws.tx, &act.host.account_id, self.workspace_id)?;
        let has = |permission: &str| self.permissions.iter().any(|sent| sent == permission);
        let admin = has("ADMIN");
        if !admin && !has("USER") {
            return shut_out(act, self.workspace_id, &self.principal_id);
        }
        let row = change::assign(act, self.workspace_id, &self.principal_id, admin)?;
        Ok(shown(&row, admin))
    }
}

/// Shuts somebody out.
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteWorkspaceAssignment {
    workspace_id: u64,
    principal_id: String,
}

operation! {
    DeleteWorkspaceAssignment,
    Delete [
        "/api/2.0/accounts/{account_id}/workspaces/{workspace_id}/permissionassignments/principals/{principal_id}"
    ] -> Empty,
    Need::Admin
}

impl Write for DeleteWorkspaceAssignment {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        workspace::find(act.aws.tx, &act.host.account_id, self.workspace_id)?;
        shut_out(act, self.workspace_id, &self.principal_id).map(|_| Empty {})
    }
}

/// Shuts somebody out, and shows that nothing is left.
fn shut_out(act: &mut Act<'_, '_>, workspace_id: u64, id: &str) -> Result<Assignment, Fault> {
    let partition = workspace_partition(workspace_id);
    let known = identity::any(act.aws.tx, &partition, id).filter(|row| !row.by_group).cloned();
    let Some(row) = known else {
        return Err(Fault::missing(format!("Principal {id} is not assigned to the workspace.")));
    };
    change::unassign(act, workspace_id, &row)?;
    Ok(Assignment { permissions: Vec::new(), ..shown(&row, false) })
}
