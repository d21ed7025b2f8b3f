//! `rolecall why`: the reason of a denial, asked from a running server.

use std::io::{self, IsTerminal, Write};

use crate::Outcome;
use crate::control;
use crate::failure::Failure;

/// Tell why a request was denied.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The request id that the client saw, or `last` for the newest denial; the whole error will do, too.
    #[arg(value_name = "REQUEST-ID", default_value = "last")]
    request: String,

    /// The text of an error instead: with a request id, an encoded message, or AWS's sentence.
    #[arg(long, value_name = "TEXT", conflicts_with = "request")]
    error: Option<String>,

    /// The port of the server.
    #[arg(long, value_name = "PORT", default_value_t = 4566)]
    aws_port: u16,

    /// Show every statement, also those on other actions.
    #[arg(long)]
    all: bool,

    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] if no server answers or it does not know the request.
pub fn run(arguments: &Args) -> Result<Outcome, Failure> {
    let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let format = if arguments.json { "json" } else { "text" };
    let Args { request, aws_port, all, .. } = arguments;
    let query = format!("format={format}&colour={colour}&all={all}");
    let pasted = Some(request).filter(|request| request.contains(char::is_whitespace));
    if let Some(error) = arguments.error.as_ref().or(pasted) {
        return print(&control::post(*aws_port, &format!("why?{query}"), error)?);
    }
    let known = |character: char| character.is_ascii_alphanumeric() || character == '-';
    if request.is_empty() || !request.chars().all(known) {
        return Err(Failure::Input(format!(
            "`{request}` is not a request id: copy it from the error"
        )));
    }
    print(&control::get(*aws_port, &format!("decisions/{request}?{query}"))?)
}

fn print(text: &str) -> Result<Outcome, Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(Outcome::Good)
}
