//! The sockets of Databricks' hosts. Each workspace has one of its own, kept across restarts.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use databricks::fault::Fault;
use databricks::first_start::{ACCOUNT_ID, WORKSPACE_ID};
use databricks::host::Host;
use databricks::workspace::{self, WorkspaceRow};
use store::{RowError, View};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::databricks::path::{self, Reserved};
use crate::listen::Form;
use crate::running::spawn;
use crate::shared::Shared;

/// The first port of workspaces after the first one.
const FIRST_PORT: u16 = 4570;
/// Ports that are tried for a workspace.
const MAX_TRIED: u16 = 1000;

/// The hosts that are listened for.
#[derive(Debug, Default)]
pub(crate) struct Hosts {
    /// Where the first workspace is, or would be.
    pub(crate) first: OnceLock<SocketAddr>,
    workspaces: Mutex<BTreeMap<u64, Listening>>,
}

#[derive(Debug)]
struct Listening {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// The host of the account, or of a workspace.
pub(crate) fn host(shared: &Shared, workspace_id: Option<u64>) -> Host {
    Host { account_id: ACCOUNT_ID.to_owned(), workspace_id, aws_account: shared.config.account }
}

/// What answers on a host.
pub(crate) fn router(shared: Arc<Shared>, host: Host) -> Router {
    Router::new().fallback(answer).with_state((shared, Arc::new(host)))
}

async fn answer(
    State((shared, host)): State<(Arc<Shared>, Arc<Host>)>,
    ConnectInfo(source): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    path::serve(request, source, host, shared).await
}

/// A socket for a workspace that is about to be made.
pub(crate) fn reserve(shared: &Shared) -> Result<Reserved, Fault> {
    let ip = shared.config.workspace.ip();
    let none = || Fault::new("INTERNAL_ERROR", "no port is free for the workspace");
    free_socket(ip, shared.config.workspace.port() == 0).ok_or_else(none)
}

fn free_socket(ip: IpAddr, any: bool) -> Option<Reserved> {
    let bind = |port| std::net::TcpListener::bind(SocketAddr::from((ip, port))).ok();
    if any {
        return bind(0);
    }
    (FIRST_PORT..FIRST_PORT + MAX_TRIED).find_map(bind)
}

/// Listens for the workspaces that there are: `reserved` for the one that is new, and no longer for those that
/// are gone.
pub(crate) async fn follow(shared: &Arc<Shared>, reserved: Option<Reserved>) {
    let snapshot = shared.store.snapshot();
    let gone = shared.hosts.gone(&snapshot);
    for listening in gone {
        let _ = listening.stop.send(true);
        // Whoever deleted it may be its last client: it is not waited for.
        drop(listening.task);
    }
    let Some(socket) = reserved else { return };
    let Ok(address) = socket.local_addr() else { return };
    let made = workspace::all(&snapshot, ACCOUNT_ID).find(|row| row.address == address.to_string());
    if let Some(row) = made {
        listen(shared, row.id, socket);
    }
}

/// Listens for a workspace.
fn listen(shared: &Arc<Shared>, workspace_id: u64, socket: Reserved) {
    let listener = socket.set_nonblocking(true).and_then(|()| TcpListener::from_std(socket));
    match listener {
        Ok(listener) => {
            let router = router(Arc::clone(shared), host(shared, Some(workspace_id)));
            shared.hosts.add(workspace_id, listener, router);
        }
        Err(error) => tracing::error!("no listener for workspace {workspace_id}: {error}"),
    }
}

/// Where the first workspace is, if there is one.
pub(crate) fn first_workspace(shared: &Shared) -> Option<SocketAddr> {
    let snapshot = shared.store.snapshot();
    databricks::workspace::find(&snapshot, ACCOUNT_ID, WORKSPACE_ID).ok()?;
    shared.hosts.first.get().copied()
}

/// Listens for every workspace but the first, whose socket is its own option's. One whose port is taken gets
/// another.
pub(crate) async fn listen_for_all(shared: &Arc<Shared>) {
    let snapshot = shared.store.snapshot();
    for row in workspace::all(&snapshot, ACCOUNT_ID).filter(|row| row.id != WORKSPACE_ID) {
        let ip = shared.config.workspace.ip();
        let same = row.address.parse::<SocketAddr>().ok();
        let same = same.and_then(|address| std::net::TcpListener::bind(address).ok());
        let socket = same.or_else(|| free_socket(ip, shared.config.workspace.port() == 0));
        let Some(socket) = socket else { continue };
        if let Ok(address) = socket.local_addr() {
            keep_address(shared, row.id, address).await;
        }
        listen(shared, row.id, socket);
    }
}

/// Keeps where a workspace is reached.
pub(crate) async fn keep_address(shared: &Shared, workspace_id: u64, address: SocketAddr) {
    let address = address.to_string();
    let known = shared.store.snapshot();
    let known = workspace::find(&known, ACCOUNT_ID, workspace_id).map(|row| row.address.clone());
    if known.is_err() || known.is_ok_and(|known| known == address) {
        return;
    }
    let written = shared.store.write(ACCOUNT_ID, move |tx| {
        let Ok(row) = workspace::find(tx, ACCOUNT_ID, workspace_id).cloned() else { return Ok(()) };
        tx.put(WorkspaceRow { address: address.clone(), ..WorkspaceRow::clone(&row) })?;
        Ok::<(), RowError>(())
    });
    if let Err(error) = written.await {
        tracing::warn!("the address of workspace {workspace_id} was not kept: {error}");
    }
}

impl Hosts {
    fn add(&self, workspace_id: u64, listener: TcpListener, router: Router) {
        let (stop, stopped) = watch::channel(false);
        let task = spawn(listener, Form::Databricks, router, stopped);
        let mut workspaces = self.workspaces.lock().unwrap_or_else(PoisonError::into_inner);
        workspaces.insert(workspace_id, Listening { stop, task });
    }

    /// Takes out the listeners of workspaces that are not there any more.
    fn gone(&self, view: &View) -> Vec<Listening> {
        let mut workspaces = self.workspaces.lock().unwrap_or_else(PoisonError::into_inner);
        let is_there = |id: &u64| workspace::find(view, ACCOUNT_ID, *id).is_ok();
        let gone: Vec<u64> = workspaces.keys().copied().filter(|id| !is_there(id)).collect();
        gone.iter().filter_map(|id| workspaces.remove(id)).collect()
    }

    /// Stops all listeners, and waits until requests under way have ended.
    pub(crate) async fn stop(&self) {
        let all = {
            let mut workspaces = self.workspaces.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *workspaces)
        };
        for listening in all.into_values() {
            let _ = listening.stop.send(true);
            let _ = listening.task.await;
        }
    }
}
