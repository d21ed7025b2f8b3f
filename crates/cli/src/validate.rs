//! `rolecall validate`: would IAM store this policy, and does it mean what its author thinks?

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::ValueEnum;
use iam::PolicyKind;

use crate::Outcome;
use crate::failure::Failure;

mod guess;
mod human;
mod json;
mod report;
pub(crate) mod sarif;

use report::Report;

/// Check policies: what IAM would refuse, in its words, and what it stores and cannot mean.
///
/// Exit status: 0 clean, 1 findings of severity warning or worse, 2 bad input (unreadable, not JSON,
/// refused).
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Policy documents; `-` reads one from standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// What the policies are: identity, trust, resource, boundary, session, scp, rcp or vpce. Without
    /// it, each document's content tells.
    #[arg(long, value_name = "KIND")]
    kind: Option<PolicyKind>,

    /// How to print what is found.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The lines of the document, with what is meant underlined.
    Human,
    /// One object, for programs.
    Json,
    /// SARIF 2.1.0, for code review tools.
    Sarif,
}

/// Runs the command and prints what it finds.
///
/// # Errors
/// [`Failure`] if the output cannot be written. Files that cannot be read are told like other
/// findings, and the rest goes on.
pub fn run(args: &Args) -> Result<Outcome, Failure> {
    let reports: Vec<Report> =
        args.files.iter().map(|path| Report::of_file(path, args.kind)).collect();
    let stdout = io::stdout();
    let text = match args.format {
        Format::Human => human::render(&reports, wants_colour(&stdout)),
        Format::Json => json::render(&reports),
        Format::Sarif => sarif::render(&reports),
    };
    let mut out = stdout.lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(reports
        .iter()
        .map(Report::outcome)
        .max_by_key(|outcome| weight(*outcome))
        .unwrap_or(Outcome::Good))
}

/// Colours are for terminals, and for people who did not ask to do without (<https://no-color.org>).
pub(crate) fn wants_colour(stdout: &io::Stdout) -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    stdout.is_terminal() && !refused && !dumb
}

fn weight(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Good => 0,
        Outcome::Bad => 1,
        Outcome::BadInput => 2,
    }
}
