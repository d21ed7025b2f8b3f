//! `cargo xtask ec2-catalogue`: renews the tables behind `ec2::catalogue`.
//!
//! Downloads the PyPI package `moto` (Apache-2.0), reads the instance types, the offerings of every zone
//! and the images that it carries as data and writes `crates/ec2/data`: the same package always gives the
//! same bytes. Afterwards `cargo test -p ec2` says which facts moved.

mod encode;
mod facts;

use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::wheel::{self, read, write};
use facts::Facts;

/// The version in the repository, and what its wheel must hash to.
const PINNED_VERSION: &str = "5.2.1";
const PINNED_SHA256: &str = "19d2fbd6e613aa5b4e364c52cd5d3cea371643a0f4210689a703227bd2924c5c";

/// Writes `catalogue.bin` and `ATTRIBUTION.md` from the package version asked for.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let version = match arguments {
        [] => PINNED_VERSION,
        [flag, version] if flag == "--version" => version.as_str(),
        _ => return Err("usage: cargo xtask ec2-catalogue [--version VERSION]".to_owned()),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let sha256 = (version == PINNED_VERSION).then_some(PINNED_SHA256);
    let unpacked = wheel::unpack(&root.join("target/moto"), "moto", version, sha256)?;
    let licence = read(&unpacked.join(format!("moto-{version}.dist-info/licenses/LICENSE")))?;
    let facts = Facts::read(&unpacked.join("moto/ec2/resources"))?;

    let bytes = encode::file(version, &facts)?;
    let data = root.join("crates/ec2/data");
    fs::create_dir_all(&data).map_err(|error| format!("{}: {error}", data.display()))?;
    write(&data.join("catalogue.bin"), &bytes)?;
    write(&data.join("ATTRIBUTION.md"), attribution(version, &facts, &licence)?.as_bytes())?;
    println!(
        "moto {version}: {} instance types, {} regions, {} bytes",
        facts.types.len(),
        facts.regions.len(),
        bytes.len()
    );
    Ok(())
}

/// What the repository says about where the facts come from.
fn attribution(version: &str, facts: &Facts, licence: &str) -> Outcome<String> {
    let copyright = licence.lines().map(str::trim).find(|line| line.starts_with("Copyright "));
    let copyright = copyright.ok_or("moto's licence has no line `Copyright …`")?;
    if !licence.contains("Apache License") {
        return Err("moto is no longer under the Apache License: read its licence".to_owned());
    }
    let images: usize = facts.regions.iter().map(|region| region.images.len()).sum();
    Ok(format!(
        "# Where `catalogue.bin` comes from\n\n\
         The facts are those of the package [`moto`](https://pypi.org/project/moto/), version \
         {version}: {} instance types, what is offered in the zones of {} regions, and {images} images \
         of Amazon's.\n\
         It collects them from AWS (its folder `moto/ec2/resources`). `cargo xtask ec2-catalogue` packs \
         them, and writes both this file and `catalogue.bin`.\n\n\
         `moto` is published under the Apache License, Version 2.0, whose text is this repository's \
         `LICENSE-APACHE`:\n\n\
         ```text\n{copyright}\n```\n",
        facts.types.len(),
        facts.regions.len(),
    ))
}
