//! `cargo xtask bench [PART] [--seconds N] [--quick] [--postgres URL]`: how fast the server answers, beside a
//! bare one in the same run. What is measured and how, and what the parts are, is in `suites/load`.

use std::process::Command;

use crate::Outcome;

pub(crate) fn run(arguments: &[String]) -> Outcome {
    cargo(&["build", "--release", "--package", "rolecall", "--package", "load"], &[])?;
    cargo(&["run", "--quiet", "--release", "--package", "load", "--"], arguments)
}

fn cargo(fixed: &[&str], arguments: &[String]) -> Outcome {
    let status = Command::new("cargo").args(fixed).args(arguments).status();
    let status = status.map_err(|error| format!("cannot run cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("failed: cargo {}", fixed.join(" "))) }
}
