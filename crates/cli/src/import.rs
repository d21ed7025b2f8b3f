//! `rolecall import`: an export, or what IAM says of an account, into a server.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::control;
use crate::failure::Failure;

/// Read a file of `rolecall export`, which replaces the whole state, or of
/// `aws iam get-account-authorization-details`, which is added to the account.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file; `-` for standard input.
    file: PathBuf,

    /// The port of the server.
    #[arg(long, value_name = "PORT", default_value_t = 4566)]
    aws_port: u16,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] if the file cannot be read, no server answers, or anything of it cannot be taken: then nothing
/// was.
pub fn run(arguments: &Args) -> Result<Outcome, Failure> {
    let path = &arguments.file;
    let text = read(path).map_err(|source| Failure::Read { path: path.clone(), source })?;
    print!("{}", control::post(arguments.aws_port, "import", &text)?);
    Ok(Outcome::Good)
}

fn read(path: &Path) -> io::Result<String> {
    if path.as_os_str() != "-" {
        return fs::read_to_string(path);
    }
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text)?;
    Ok(text)
}
