//! `cargo xtask bench [PART] [--seconds N] [--only ROW] [--flush-ms N] [--quick] [--postgres URL]`: how fast the server
//! answers, beside a bare one in the same run; `terraform`: what of Terraform's time is rolecall's. `--flush-ms` stands for a
//! slower disk (on Linux). What is measured and how, and what the parts are, is in `suites/load`.

use std::process::Command;

use crate::Outcome;

pub(crate) fn run(arguments: &[String]) -> Outcome {
    let packages = ["--package", "rolecall", "--package", "provider", "--package", "load"];
    cargo(&[&["build", "--release"], &packages[..]].concat(), &[])?;
    cargo(&["run", "--quiet", "--release", "--package", "load", "--"], arguments)
}

fn cargo(fixed: &[&str], arguments: &[String]) -> Outcome {
    let status = Command::new("cargo").args(fixed).args(arguments).status();
    let status = status.map_err(|error| format!("cannot run cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("failed: cargo {}", fixed.join(" "))) }
}
