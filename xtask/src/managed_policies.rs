//! `cargo xtask managed-policies`: renews the table behind `cloud::aws_managed`.
//!
//! Downloads the PyPI package `moto` (Apache-2.0), reads the managed policies of AWS that it carries as
//! data and writes `crates/cloud/data`: the same package always gives the same bytes. Afterwards
//! `cargo test -p cloud` says which facts moved.

mod encode;
mod policy;

use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::wheel::{self, read, write};
use policy::Policy;

/// The version in the repository, and what its wheel must hash to.
const PINNED_VERSION: &str = "5.2.1";
const PINNED_SHA256: &str = "19d2fbd6e613aa5b4e364c52cd5d3cea371643a0f4210689a703227bd2924c5c";

/// Writes `managed-policies.bin` and `ATTRIBUTION.md` from the package version asked for.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let version = match arguments {
        [] => PINNED_VERSION,
        [flag, version] if flag == "--version" => version.as_str(),
        _ => return Err("usage: cargo xtask managed-policies [--version VERSION]".to_owned()),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let sha256 = (version == PINNED_VERSION).then_some(PINNED_SHA256);
    let unpacked = wheel::unpack(&root.join("target/moto"), "moto", version, sha256)?;
    let licence = read(&unpacked.join(format!("moto-{version}.dist-info/licenses/LICENSE")))?;
    let policies = Policy::read_all(&read(&unpacked.join("moto/iam/aws_managed_policies.py"))?)?;

    let bytes = encode::file(version, &policies)?;
    let data = root.join("crates/cloud/data");
    fs::create_dir_all(&data).map_err(|error| format!("{}: {error}", data.display()))?;
    write(&data.join("managed-policies.bin"), &bytes)?;
    write(&data.join("ATTRIBUTION.md"), attribution(version, &policies, &licence)?.as_bytes())?;
    println!("moto {version}: {} policies, {} bytes", policies.len(), bytes.len());
    Ok(())
}

/// What the repository says about where the facts come from.
fn attribution(version: &str, policies: &[Policy], licence: &str) -> Outcome<String> {
    let copyright = licence.lines().map(str::trim).find(|line| line.starts_with("Copyright "));
    let copyright = copyright.ok_or("moto's licence has no line `Copyright …`")?;
    if !licence.contains("Apache License") {
        return Err("moto is no longer under the Apache License: read its licence".to_owned());
    }
    let newest = policies.iter().map(|policy| policy.updated.as_str()).max().unwrap_or_default();
    let day = newest.get(..10).unwrap_or(newest);
    Ok(format!(
        "# Where `managed-policies.bin` comes from\n\n\
         The facts are those of the package [`moto`](https://pypi.org/project/moto/), version \
         {version}: {} policies that AWS manages, the last of them changed on {day}.\n\
         It collects them from AWS (its file `moto/iam/aws_managed_policies.py`). \
         `cargo xtask managed-policies` puts the elements of each document in AWS's usual order, \
         packs them, and writes both this file and `managed-policies.bin`.\n\n\
         `moto` is published under the Apache License, Version 2.0, whose text is this repository's \
         `LICENSE-APACHE`:\n\n\
         ```text\n{copyright}\n```\n",
        policies.len()
    ))
}
