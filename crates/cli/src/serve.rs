//! `rolecall serve`: an AWS account on this machine.

use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::PathBuf;

use cloud::latency::Latency;
use cloud::propagation::Mode;
use etcetera::app_strategy::{AppStrategy, AppStrategyArgs, choose_native_strategy};
use names::AccountId;
use server::{Config, Running};
use store::Place;

use crate::Outcome;
use crate::failure::Failure;

/// Run an AWS account on this machine.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Keep the state in this folder [default: the platform's folder for application data].
    #[arg(long, value_name = "DIR", conflicts_with_all = ["ephemeral", "database"])]
    data: Option<PathBuf>,

    /// Keep the state in memory only.
    #[arg(long, conflicts_with = "database")]
    ephemeral: bool,

    /// Keep the state in this PostgreSQL database (version 14 or newer).
    #[arg(long, value_name = "postgres://…")]
    database: Option<String>,

    /// The port of all AWS services.
    #[arg(long, value_name = "PORT", default_value_t = 4566)]
    aws_port: u16,

    /// The port of the Databricks account's API.
    #[arg(long, value_name = "PORT", default_value_t = 4568)]
    account_port: u16,

    /// The port of the first Databricks workspace; further ones get ports of their own from 4570 on.
    #[arg(long, value_name = "PORT", default_value_t = 4567)]
    workspace_port: u16,

    /// Begin a new state without a Databricks workspace.
    #[arg(long)]
    empty: bool,

    /// The port of the web console.
    #[arg(long, value_name = "PORT", default_value_t = 4569)]
    console_port: u16,

    /// The account that the access key `test` belongs to.
    #[arg(long, value_name = "ID", default_value = "000000000000")]
    account: String,

    /// The region of requests that do not say.
    #[arg(long, value_name = "REGION", default_value = "us-east-1")]
    region: String,

    /// How long changes of IAM take to reach other services: off, fixed:SECONDS or seed:NUMBER (up to 10
    /// seconds each, the same in every run) [default: as before; at first off].
    #[arg(long, value_name = "MODE")]
    propagation: Option<Mode>,

    /// How long instances and their associations with profiles are on their way: `none`, states such as
    /// pending are over before the next poll; `real`, they last about as long as on AWS.
    #[arg(long, value_name = "LATENCY", default_value = "none")]
    latency: Latency,

    /// How much to log: error, warn, info (one line a request), debug.
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log: tracing::Level,
}

/// Runs until it is interrupted or terminated.
///
/// # Errors
/// [`Failure`] if the server cannot start.
pub fn run(arguments: &Args) -> Result<Outcome, Failure> {
    // Colours are for people, not for files.
    let log = tracing_subscriber::fmt().with_max_level(arguments.log);
    log.with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
    let config = config(arguments)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let running =
            server::start(config).await.map_err(|error| Failure::Input(error.to_string()))?;
        greet(&running, &arguments.region, arguments.empty)?;
        wait_for_end().await?;
        running.stop().await;
        Ok(Outcome::Good)
    })
}

fn config(arguments: &Args) -> Result<Config, Failure> {
    let account: AccountId =
        arguments.account.parse().map_err(|error| Failure::Input(format!("--account: {error}")))?;
    let place = match (&arguments.database, &arguments.data, arguments.ephemeral) {
        (Some(url), ..) => Place::Postgres(url.clone()),
        (None, _, true) => Place::Memory,
        (None, Some(folder), false) => Place::Folder(folder.clone()),
        (None, None, false) => Place::Folder(data_folder()?),
    };
    let local = |port| SocketAddr::from(([127, 0, 0, 1], port));
    Ok(Config {
        place,
        aws: local(arguments.aws_port),
        console: local(arguments.console_port),
        databricks_account: local(arguments.account_port),
        workspace: local(arguments.workspace_port),
        empty: arguments.empty,
        account,
        region: arguments.region.clone(),
        propagation: arguments.propagation,
        latency: arguments.latency,
    })
}

/// Where the platform wants application data.
///
/// # Errors
/// There is no home folder.
pub(crate) fn data_folder() -> Result<PathBuf, Failure> {
    let names = AppStrategyArgs {
        top_level_domain: String::new(),
        author: String::new(),
        app_name: "rolecall".to_owned(),
    };
    let folders = choose_native_strategy(names).map_err(|_| {
        Failure::Input("there is no home folder to keep the state in: say --data DIR".to_owned())
    })?;
    Ok(folders.data_dir())
}

/// Where it answers, and what to paste so that clients ask here.
fn greet(running: &Running, region: &str, empty: bool) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "AWS        http://{}", running.aws)?;
    writeln!(out, "account    http://{}", running.databricks_account)?;
    if let Some(workspace) = running.workspace {
        writeln!(out, "workspace  http://{workspace}")?;
    }
    writeln!(out, "console    http://{}", running.console)?;
    if running.workspace.is_none() && !empty {
        writeln!(
            out,
            "\nThere is no first Databricks workspace: this state was begun with --empty, or the workspace was \
             deleted since.\nDeploy one on the account's host, or empty everything and begin anew with one:\n\n\
             curl -X POST http://{}/_rolecall/reset",
            running.aws
        )?;
    }
    writeln!(out, "\nFor the AWS command line, SDKs and Terraform, as the root user:\n")?;
    write!(out, "{}", environment(&running.aws.to_string(), region, "test", "test"))?;
    if let Some(workspace) = running.workspace {
        writeln!(
            out,
            "\nFor Databricks' SDKs, command line and Terraform provider, as the workspace's admin:\n"
        )?;
        write!(out, "{}", databricks_environment(&format!("http://{workspace}")))?;
    }
    writeln!(out, "\nReady. `rolecall why last` tells why something was denied.")?;
    out.flush()?;
    Ok(())
}

/// Shell lines that point clients at the server.
#[must_use]
pub fn environment(address: &str, region: &str, key: &str, secret: &str) -> String {
    format!(
        "export AWS_ENDPOINT_URL=http://{address}\n\
         export AWS_REGION={region} AWS_DEFAULT_REGION={region}\n\
         export AWS_ACCESS_KEY_ID={key} AWS_SECRET_ACCESS_KEY={secret}\n"
    )
}

/// Shell lines that point Databricks' clients at a workspace, as its admin.
#[must_use]
pub fn databricks_environment(workspace: &str) -> String {
    let token = server::ADMIN_TOKEN;
    format!("export DATABRICKS_HOST={workspace} DATABRICKS_TOKEN={token}\n")
}

#[cfg(unix)]
async fn wait_for_end() -> Result<(), Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn wait_for_end() -> Result<(), Failure> {
    Ok(tokio::signal::ctrl_c().await?)
}
