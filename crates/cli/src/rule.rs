//! `rolecall rule`: what a rule of `rolecall check` looks for, and why.

use std::io::{self, Write};

use check::RULES;

use crate::Outcome;
use crate::failure::Failure;

/// Print a rule's page, or the list of all rules.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The rule's id or name, such as IP001 or role-not-passable.
    #[arg(value_name = "RULE")]
    rule: Option<String>,
}

/// Prints the page.
///
/// # Errors
/// [`Failure`] if there is no such rule, or the output cannot be written.
pub fn run(arguments: &Args) -> Result<Outcome, Failure> {
    let mut out = io::stdout().lock();
    match &arguments.rule {
        Some(name) => {
            let rule = check::find(name).ok_or_else(|| unknown(name))?;
            out.write_all(check::page(rule).as_bytes())?;
        }
        None => {
            for rule in RULES {
                writeln!(
                    out,
                    "{}  {:<7}  {}: {}",
                    rule.id,
                    rule.severity.name(),
                    rule.name,
                    rule.summary
                )?;
            }
        }
    }
    out.flush()?;
    Ok(Outcome::Good)
}

pub(crate) fn unknown(name: &str) -> Failure {
    Failure::Input(format!("there is no rule `{name}`: `rolecall rule` lists them all"))
}
