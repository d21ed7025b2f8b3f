//! `rolecall export`: the whole state of a server as one JSON file.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use crate::Outcome;
use crate::control;
use crate::failure::Failure;

/// Write the whole state of the server to a file, readable and one row a line.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file; standard output without one. It holds secret access keys.
    file: Option<PathBuf>,

    /// The port of the server.
    #[arg(long, value_name = "PORT", default_value_t = 4566)]
    aws_port: u16,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] if no server answers or the file cannot be written.
pub fn run(arguments: &Args) -> Result<Outcome, Failure> {
    let text = control::get(arguments.aws_port, "export")?;
    match &arguments.file {
        Some(path) => fs::write(path, text)?,
        None => io::stdout().lock().write_all(text.as_bytes())?,
    }
    Ok(Outcome::Good)
}
