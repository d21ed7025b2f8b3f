//! The count of scenarios that were run and not run, for the closing lines of `cargo xtask ci`.

use std::fs::OpenOptions;
use std::io::Write;

/// The file that `cargo xtask ci` reads: a line for each scenario.
const FILE: &str = "ROLECALL_SCENARIOS";

/// What a scenario needs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// The Python environment with `aws`, boto3 and the Databricks SDK.
    Client,
    /// Terraform and its AWS provider.
    Terraform,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Terraform => "Terraform",
        }
    }
}

/// Notes that `scenario` runs if `client` is there, and that it does not otherwise, with the reason.
pub(crate) fn note<T>(kind: Kind, scenario: &str, client: Result<T, String>) -> Option<T> {
    match client {
        Ok(client) => {
            write(&format!("{}\trun\t{scenario}\n", kind.name()));
            Some(client)
        }
        Err(reason) => {
            eprintln!("not run: {} scenario `{scenario}`: {reason}", kind.name());
            write(&format!("{}\tnot run\t{scenario}: {reason}\n", kind.name()));
            None
        }
    }
}

fn write(line: &str) {
    let Some(path) = std::env::var_os(FILE) else { return };
    let file = OpenOptions::new().append(true).create(true).open(&path);
    // One write for a line: tests run side by side.
    file.and_then(|mut file| file.write_all(line.as_bytes())).expect("the list of scenarios");
}
