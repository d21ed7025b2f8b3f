//! The commands of `rolecall`: one file each. Exit status: 0 allowed or clean, 1 denied or findings,
//! 2 bad input or failure.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;

pub mod account;
pub mod batch;
pub mod check;
pub mod control;
pub mod env;
pub mod exec;
pub mod export;
pub mod failure;
pub mod import;
pub mod instances;
pub mod needs;
pub mod role;
pub mod rule;
pub mod serve;
pub mod simulate;
mod snippet;
pub mod terraform;
pub mod validate;
pub mod why;

/// Both clouds' side of Databricks on AWS, on one machine: IAM enforced, and every denial explained.
#[derive(Debug, Parser)]
#[command(name = "rolecall", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Args),
    Env(env::Args),
    Exec(exec::Args),
    Export(export::Args),
    Import(import::Args),
    Instances(instances::Args),
    Needs(needs::Args),
    Role(role::Args),
    Rule(rule::Args),
    Serve(serve::Args),
    Simulate(Box<simulate::Args>),
    Terraform(terraform::Args),
    Validate(validate::Args),
    Why(why::Args),
}

/// What a command has found, as an exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Allowed, or clean: 0.
    Good,
    /// Denied, or findings: 1.
    Bad,
    /// Bad input, told already: 2.
    BadInput,
}

/// Runs the command line `arguments`, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output and are a success.
            let status = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(status);
        }
    };
    let result = match cli.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Env(arguments) => env::run(&arguments),
        Command::Exec(arguments) => return exec_status(exec::run(&arguments)),
        Command::Export(arguments) => export::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Instances(arguments) => instances::run(&arguments),
        Command::Needs(arguments) => needs::run(&arguments),
        Command::Role(arguments) => role::run(&arguments),
        Command::Rule(arguments) => rule::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Terraform(arguments) => terraform::run(&arguments),
        Command::Validate(arguments) => validate::run(&arguments),
        Command::Why(arguments) => why::run(&arguments),
    };
    match result {
        Ok(Outcome::Good) => ExitCode::SUCCESS,
        Ok(Outcome::Bad) => ExitCode::from(1),
        Ok(Outcome::BadInput) => ExitCode::from(2),
        Err(failure) if failure.is_closed_pipe() => ExitCode::SUCCESS,
        Err(failure) => fail(&failure),
    }
}

/// The exit status of the program that was run, as far as the system has it.
fn exec_status(result: Result<i32, Failure>) -> ExitCode {
    match result {
        Ok(status) => ExitCode::from(u8::try_from(status).unwrap_or(2)),
        Err(failure) => fail(&failure),
    }
}

fn fail(failure: &Failure) -> ExitCode {
    eprintln!("error: {failure}");
    ExitCode::from(2)
}
