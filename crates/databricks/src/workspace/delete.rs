//! Deleting a workspace, with all that Databricks made for it.

use serde::Deserialize;
use store::View;

use crate::acl::AclRow;
use crate::cluster::ClusterRow;
use crate::cluster::event::EventRow;
use crate::cluster::launch::terminate;
use crate::cluster::node::Node;
use crate::cluster_policy::ClusterPolicyRow;
use crate::command::{CommandRow, ContextRow};
use crate::fault::Fault;
use crate::host::workspace_partition;
use crate::identity::IdentityRow;
use crate::instance_pool::InstancePoolRow;
use crate::instance_profile::InstanceProfileRow;
use crate::mount::MountRow;
use crate::operation::{Act, Write};
use crate::permit::Need;
use crate::token::TokenRow;
use crate::unity::assignment::AssignmentRow;
use crate::warehouse::WarehouseRow;
use crate::warehouse::config::WarehouseConfigRow;
use crate::workspace::show::Workspace;
use crate::workspace::{self, WorkspaceRow, made_network, update};

/// Deletes a workspace.
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteWorkspace {
    workspace_id: u64,
}

operation! {
    DeleteWorkspace,
    Delete ["/api/2.0/accounts/{account_id}/workspaces/{workspace_id}"] -> Workspace,
    Need::Admin
}

impl Write for DeleteWorkspace {
    /// A role that is gone or may not delete leaves things behind in AWS, and the workspace is gone all the
    /// same, as at Databricks (whose guide tells to look for them); which calls failed is told by `why`.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Workspace, Fault> {
        let account_id = act.host.account_id.clone();
        let row = WorkspaceRow::clone(workspace::find(act.aws.tx, &account_id, self.workspace_id)?);
        if let Ok(session) = workspace::session(act, &row) {
            let _ = terminate(act, &session, &nodes(act.aws.tx, &workspace_partition(row.id)));
            if let Some(made) = &row.made {
                made_network::unmake(act, &session, made);
            }
        }
        update::release(act, &account_id, row.network_id.as_deref())?;
        forget_all(act, &workspace_partition(row.id))?;
        act.tx().delete::<AssignmentRow>(&account_id, &row.key)?;
        act.tx().delete::<WorkspaceRow>(&account_id, &row.key)?;
        Ok(Workspace::new(&row))
    }
}

/// Everything that runs for a workspace: nodes of clusters, of pools and of warehouses.
fn nodes(view: &View, partition: &str) -> Vec<Node> {
    let clusters = view.range::<ClusterRow>(partition, ..).flat_map(|row| row.nodes());
    let pools = view.range::<InstancePoolRow>(partition, ..).flat_map(|row| &row.idle);
    let warehouses = view.range::<WarehouseRow>(partition, ..).flat_map(|row| &row.nodes);
    clusters.chain(pools.map(|(node, _)| node)).chain(warehouses).cloned().collect()
}

/// Deletes every row of a workspace's.
fn forget_all(act: &mut Act<'_, '_>, partition: &str) -> Result<(), Fault> {
    forget::<IdentityRow>(act, partition)?;
    forget::<TokenRow>(act, partition)?;
    forget::<AclRow>(act, partition)?;
    forget::<ClusterRow>(act, partition)?;
    forget::<EventRow>(act, partition)?;
    forget::<ContextRow>(act, partition)?;
    forget::<CommandRow>(act, partition)?;
    forget::<MountRow>(act, partition)?;
    forget::<ClusterPolicyRow>(act, partition)?;
    forget::<InstancePoolRow>(act, partition)?;
    forget::<WarehouseRow>(act, partition)?;
    forget::<WarehouseConfigRow>(act, partition)?;
    forget::<InstanceProfileRow>(act, partition)
}

fn forget<R: store::Row>(act: &mut Act<'_, '_>, partition: &str) -> Result<(), Fault> {
    let keys: Vec<String> =
        act.aws.tx.range::<R>(partition, ..).map(|row| row.key().into_owned()).collect();
    for key in keys {
        act.tx().delete::<R>(partition, &key)?;
    }
    Ok(())
}
