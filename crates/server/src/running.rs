//! Starting and stopping.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::routing::get;
use databricks::first_start::{ACCOUNT_ID, WORKSPACE_ID};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use store::{Options, Place, Schema, Store, StoreError};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::clock::ClockRow;
use crate::config::{Config, ConfigError};
use crate::control;
use crate::databricks::listeners::{
    host, keep_address, listen_for_all, router as databricks_router,
};
use crate::databricks::start::first_start;
use crate::listen::{self, Bounds, Form};
use crate::metadata;
use crate::path;
use crate::propagation::PropagationRow;
use crate::shared::{SealRow, Shared};

/// Audit rows that are kept.
const AUDIT_ROWS: u64 = 100_000;
/// How soon what time or another server on the database did is followed.
const KEEP_UP_PERIOD: Duration = Duration::from_secs(1);

/// A running server.
#[derive(Debug)]
pub struct Running {
    /// Where AWS's services answer.
    pub aws: SocketAddr,
    /// Where the console answers.
    pub console: SocketAddr,
    /// Where the Databricks account answers.
    pub databricks_account: SocketAddr,
    /// Where the first Databricks workspace answers, if there is one.
    pub workspace: Option<SocketAddr>,
    pub(crate) shared: Arc<Shared>,
    store: Store,
    stop: watch::Sender<bool>,
    listeners: Vec<JoinHandle<()>>,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The setup is refused.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What a first start makes could not be made.
    #[error("{0}")]
    First(String),
    /// A port is taken.
    #[error("cannot listen on {address}: {source}; choose another port with {option}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The option that changes it.
        option: &'static str,
        /// Why.
        source: std::io::Error,
    },
}

/// Starts a server; it answers when this returns.
///
/// # Errors
/// [`StartError`]
pub async fn start(config: Config) -> Result<Running, StartError> {
    config.check()?;
    let aws = listen(config.aws, "--aws-port").await?;
    let console = listen(config.console, "--console-port").await?;
    let account = listen(config.databricks_account, "--account-port").await?;
    let workspace = listen(config.workspace, "--workspace-port").await?;
    let options = Options { audit_rows: AUDIT_ROWS };
    let store = Store::open(config.place.clone(), schema(), options).await?;
    let has_others = matches!(config.place, Place::Postgres(_));
    let shared = Arc::new(Shared::open(config, store.clone()).await?);
    crate::s3::sweep(&shared).await?;
    let (stop, stopped) = watch::channel(false);
    let addresses = [&aws, &console, &account, &workspace].map(address);
    let [aws_address, console_address, account_address, workspace_address] = addresses;
    let _ = shared.hosts.first.set(workspace_address);
    first_start(&shared, workspace_address).await.map_err(StartError::First)?;
    keep_address(&shared, WORKSPACE_ID, workspace_address).await;
    listen_for_all(&shared).await;
    let snapshot = shared.store.snapshot();
    let has_workspace = databricks::workspace::find(&snapshot, ACCOUNT_ID, WORKSPACE_ID).is_ok();
    drop(snapshot);
    let hosted = |id| databricks_router(Arc::clone(&shared), host(&shared, id));
    let (account_router, workspace_router) = (hosted(None), hosted(Some(WORKSPACE_ID)));
    let console_router =
        Router::new().route("/", get(control::console)).with_state(Arc::clone(&shared));
    let mut listeners = vec![
        spawn_aws(aws, Arc::clone(&shared), stopped.clone()),
        spawn(console, Form::Bare, console_router, stopped.clone()),
        spawn(account, Form::Databricks, account_router, stopped.clone()),
        spawn(workspace, Form::Databricks, workspace_router, stopped.clone()),
    ];
    listeners.push(tokio::spawn(crate::s3::housekeep(Arc::clone(&shared), stopped.clone())));
    listeners.push(tokio::spawn(crate::stacks::work(Arc::clone(&shared), stopped.clone())));
    listeners.push(tokio::spawn(keep_up(Arc::clone(&shared), has_others, stopped)));
    Ok(Running {
        aws: aws_address,
        console: console_address,
        databricks_account: account_address,
        workspace: has_workspace.then_some(workspace_address),
        shared,
        store,
        stop,
        listeners,
    })
}

/// The rows of everything that the server holds.
pub(crate) fn schema() -> Schema {
    let schema = metadata::add_rows(s3::add_rows(ec2::add_rows(cloud::schema::schema())));
    cloudformation::add_rows(databricks::add_rows(lambda::add_rows(schema)))
        .with::<SealRow>()
        .with::<ClockRow>()
        .with::<PropagationRow>()
}

impl Running {
    /// Stops listening, lets requests under way end, and closes the store.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        self.shared.metadata.close_all();
        for listener in self.listeners {
            let _ = listener.await;
        }
        self.shared.hosts.stop().await;
        self.store.close().await;
    }
}

async fn listen(address: SocketAddr, option: &'static str) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| StartError::Listen {
        address,
        option,
        source,
    })
}

fn address(listener: &TcpListener) -> SocketAddr {
    listener.local_addr().unwrap_or_else(|_| SocketAddr::from(([127, 0, 0, 1], 0)))
}

/// All of AWS on one port, and the control API beside it.
fn spawn_aws(
    listener: TcpListener,
    shared: Arc<Shared>,
    stopped: watch::Receiver<bool>,
) -> JoinHandle<()> {
    let control =
        Router::new().nest(control::PATH, control::router()).with_state(Arc::clone(&shared));
    let control = TowerToHyperService::new(control);
    let bounds = shared.bounds.clone();
    tokio::spawn(listen::serve(listener, Form::Aws, bounds, stopped, move |request, source| {
        let (shared, control) = (Arc::clone(&shared), control.clone());
        async move {
            if request.uri().path().starts_with(control::PATH) {
                return answer(&control, request, source).await;
            }
            path::serve(request.map(Body::new), source, shared).await
        }
    }))
}

/// A listener of pages and the like.
pub(crate) fn spawn(
    listener: TcpListener,
    form: Form,
    router: Router,
    stopped: watch::Receiver<bool>,
) -> JoinHandle<()> {
    let router = TowerToHyperService::new(router);
    let bounds = Bounds::default();
    tokio::spawn(listen::serve(listener, form, bounds, stopped, move |request, source| {
        let router = router.clone();
        async move { answer(&router, request, source).await }
    }))
}

async fn answer(
    router: &TowerToHyperService<Router>,
    request: hyper::Request<hyper::body::Incoming>,
    source: SocketAddr,
) -> axum::response::Response {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(source));
    match router.call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Closes the metadata of instances that time has ended and, with others on the same database, lets the
/// clock go as they say.
async fn keep_up(shared: Arc<Shared>, has_others: bool, mut stopped: watch::Receiver<bool>) {
    let stop = async { drop(stopped.wait_for(|stop| *stop).await) };
    let keep_up = async {
        loop {
            tokio::time::sleep(KEEP_UP_PERIOD).await;
            shared.close_stopped();
            if has_others && let Err(error) = shared.follow_others().await {
                tracing::warn!("clock and propagation of other servers are not known: {error}");
            }
        }
    };
    tokio::select! {
        () = stop => {}
        () = keep_up => {}
    }
}
