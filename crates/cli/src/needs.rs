//! `rolecall needs`: the least policy that covers what a principal has done.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Outcome;
use crate::control;
use crate::failure::Failure;

/// Print the least policy that covers what a principal has done since the start or the last reset.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The ARN of a user, a role, or a session of a role.
    #[arg(long, value_name = "ARN")]
    principal: String,

    /// Cover also what was denied.
    #[arg(long)]
    attempted: bool,

    /// The port of the server.
    #[arg(long, value_name = "PORT", default_value_t = 4566)]
    aws_port: u16,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] if no server answers, or it has seen nothing of the principal.
pub fn run(arguments: &Args) -> Result<Outcome, Failure> {
    let principal = &arguments.principal;
    if !principal.starts_with("arn:") || principal.contains(char::is_whitespace) {
        let text = format!("`{principal}` is not an ARN: write arn:aws:iam::ACCOUNT:role/NAME");
        return Err(Failure::Input(text));
    }
    let path = format!("needs?attempted={}&principal={}", arguments.attempted, query(principal));
    let answer = control::get(arguments.aws_port, &path)?;
    let policy: Policy = serde_json::from_str(&answer)
        .map_err(|error| Failure::Input(format!("the server answered something else: {error}")))?;
    let text =
        serde_json::to_string_pretty(&policy).map_err(|error| Failure::Input(error.to_string()))?;
    writeln!(io::stdout().lock(), "{text}")?;
    Ok(Outcome::Good)
}

/// A policy, its members in the order in which people write them.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    version: String,
    statement: Vec<Statement>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    effect: String,
    action: Value,
    resource: Value,
}

/// As queries are written.
fn query(text: &str) -> String {
    text.replace('%', "%25").replace('+', "%2B").replace('&', "%26").replace('#', "%23")
}
