//! The binaries `rolecall` and `terraform-provider-databricks`, as new as their sources.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// The binary `rolecall` beside this test's executable; built first where it is missing or older than its
/// sources.
#[must_use]
pub fn path() -> PathBuf {
    of("rolecall", "rolecall")
}

/// The Terraform provider, likewise.
#[must_use]
pub fn provider() -> PathBuf {
    of("provider", "terraform-provider-databricks")
}

fn of(package: &str, name: &str) -> PathBuf {
    let this = std::env::current_exe().expect("the path of this program");
    // target/PROFILE/deps/TEST, or target/PROFILE/PROGRAM
    let folder = this.parent().expect("the folder of this program");
    let in_deps = folder.file_name().is_some_and(|name| name == "deps");
    let profile = if in_deps { folder.parent() } else { Some(folder) };
    let profile = profile.expect("the folder of the profile");
    let binary = profile.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !is_current(&binary) {
        build(profile, package, name);
    }
    binary
}

/// Cargo lists the sources of a binary beside it, in the form of a makefile.
fn is_current(binary: &Path) -> bool {
    let Ok(built) = changed(binary) else { return false };
    let Ok(sources) = std::fs::read_to_string(binary.with_extension("d")) else { return false };
    let Some((_, sources)) = sources.split_once(": ") else { return false };
    // A space in a path is escaped by a backslash.
    let sources = sources.trim().replace("\\ ", "\0");
    sources.split(' ').all(|source| {
        let source = source.replace('\0', " ");
        changed(Path::new(&source)).is_ok_and(|changed| changed <= built)
    })
}

fn changed(path: &Path) -> std::io::Result<SystemTime> {
    std::fs::metadata(path)?.modified()
}

fn build(profile: &Path, package: &str, name: &str) {
    let release = profile.file_name().is_some_and(|name| name == "release");
    let target = profile.parent().expect("the target folder");
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["build", "--quiet", "--package", package, "--bin", name]);
    command.args(release.then_some("--release"));
    command.arg("--target-dir").arg(target).current_dir(env!("CARGO_MANIFEST_DIR"));
    assert!(command.status().expect("cargo").success(), "the binary cannot be built");
}
