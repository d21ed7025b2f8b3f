//! `rolecall exec`: a program that runs as an instance: with its metadata, and nothing else to log in with.

use std::ffi::OsString;
use std::process::Command;

use crate::control::{self, Instance};
use crate::failure::Failure;

/// Run a program as an instance: its credentials come from the instance's metadata alone.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The instance: `rolecall instances` lists them.
    #[arg(value_name = "INSTANCE-ID")]
    instance: String,

    /// The program and its arguments.
    #[arg(value_name = "COMMAND", required = true, last = true)]
    command: Vec<OsString>,

    /// The port of the server.
    #[arg(long, value_name = "PORT", default_value_t = 4566)]
    aws_port: u16,
}

/// What would log a program in as somebody else, or send it elsewhere: the settings of the AWS command line
/// and SDKs for credentials, profiles, metadata and endpoints (AWS SDKs reference guide, "settings
/// reference"), and what other tools read before those. Names that begin so are removed.
const REMOVED: [&str; 2] = ["AWS_", "EC2_"];

/// Of those, what only says how a program talks to its user and how patient it is.
const KEPT: [&str; 5] =
    ["AWS_DEFAULT_OUTPUT", "AWS_OUTPUT", "AWS_PAGER", "AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE"];

/// Where a program finds no configuration of its user.
const NO_FILE: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// Runs the command; its exit status is the program's.
///
/// # Errors
/// [`Failure`] if no server answers, it does not have the instance, or the program cannot be started.
pub fn run(arguments: &Args) -> Result<i32, Failure> {
    let instance = control::instance(arguments.aws_port, &arguments.instance)?;
    let Some((program, rest)) = arguments.command.split_first() else {
        return Err(Failure::Input("say which program to run: `-- COMMAND`".to_owned()));
    };
    let mut command = Command::new(program);
    command.args(rest);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_removed) {
            command.env_remove(name);
        }
    }
    command.envs(environment(&instance, arguments.aws_port));
    let status = command.status().map_err(|error| {
        Failure::Input(format!("cannot run `{}`: {error}", program.to_string_lossy()))
    })?;
    Ok(code(status))
}

fn is_removed(name: &str) -> bool {
    REMOVED.iter().any(|start| name.starts_with(start)) && !KEPT.contains(&name)
}

/// What the program is given.
fn environment(instance: &Instance, aws_port: u16) -> [(&'static str, String); 8] {
    let endpoint = instance.metadata_endpoint.clone().unwrap_or_default();
    [
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv4".to_owned()),
        ("AWS_EC2_METADATA_DISABLED", "false".to_owned()),
        ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{aws_port}")),
        ("AWS_REGION", instance.region.clone()),
        ("AWS_DEFAULT_REGION", instance.region.clone()),
        ("AWS_CONFIG_FILE", NO_FILE.to_owned()),
        ("AWS_SHARED_CREDENTIALS_FILE", NO_FILE.to_owned()),
    ]
}

/// The exit status; 128 and the signal's number for a program that a signal ended, as shells have it.
fn code(status: std::process::ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128 + signal;
    }
    status.code().unwrap_or(2)
}
