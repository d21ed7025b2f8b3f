//! `rolecall instances`: the instances of a running server, and where their metadata is.

use std::io::{self, Write};

use crate::Outcome;
use crate::control::{self, Instance};
use crate::failure::Failure;

/// Instances whose metadata is opened by listing them: each costs the server a socket.
const MAX_OPENED: usize = 100;

/// List instances with the endpoints of their metadata.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The port of the server.
    #[arg(long, value_name = "PORT", default_value_t = 4566)]
    aws_port: u16,

    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] if no server answers.
pub fn run(arguments: &Args) -> Result<Outcome, Failure> {
    let mut instances = control::instances(arguments.aws_port)?;
    let closed =
        instances.iter_mut().filter(|it| it.state == "running" && it.metadata_endpoint.is_none());
    for instance in closed.take(MAX_OPENED) {
        // One that stopped meanwhile is listed as it was.
        if let Ok(opened) = control::instance(arguments.aws_port, &instance.instance_id) {
            *instance = opened;
        }
    }
    let mut out = io::stdout().lock();
    if arguments.json {
        let text = serde_json::to_string_pretty(&instances)
            .map_err(|error| Failure::Input(error.to_string()))?;
        writeln!(out, "{text}")?;
    } else {
        out.write_all(table(&instances).as_bytes())?;
    }
    out.flush()?;
    Ok(Outcome::Good)
}

fn table(instances: &[Instance]) -> String {
    if instances.is_empty() {
        return "no instances: launch one with `aws ec2 run-instances`\n".to_owned();
    }
    let heading = ["INSTANCE", "STATE", "TYPE", "PROFILE", "METADATA"].map(str::to_owned);
    let rows = instances.iter().map(|instance| {
        let profile = instance.instance_profile_arn.as_deref().unwrap_or("-");
        let profile = profile.rsplit('/').next().unwrap_or(profile);
        [
            instance.instance_id.clone(),
            instance.state.clone(),
            instance.instance_type.clone(),
            profile.to_owned(),
            instance.metadata_endpoint.clone().unwrap_or_else(|| "-".to_owned()),
        ]
    });
    let rows: Vec<[String; 5]> = std::iter::once(heading).chain(rows).collect();
    let mut widths = [0; 5];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut out = String::new();
    for row in &rows {
        let cells: Vec<String> =
            row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out
}
