//! The binary `rolecall`, as new as its sources.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// The binary beside this test's executable; built first where it is missing or older than its sources.
#[must_use]
pub fn path() -> PathBuf {
    let test = std::env::current_exe().expect("the path of the test");
    // target/PROFILE/deps/TEST
    let profile = test.ancestors().nth(2).expect("the folder of the profile");
    let binary = profile.join(format!("rolecall{}", std::env::consts::EXE_SUFFIX));
    if !is_current(&binary) {
        build(profile);
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

fn build(profile: &Path) {
    let release = profile.file_name().is_some_and(|name| name == "release");
    let target = profile.parent().expect("the target folder");
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["build", "--quiet", "--package", "rolecall", "--bin", "rolecall"]);
    command.args(release.then_some("--release"));
    command.arg("--target-dir").arg(target).current_dir(env!("CARGO_MANIFEST_DIR"));
    assert!(command.status().expect("cargo").success(), "the binary cannot be built");
}
