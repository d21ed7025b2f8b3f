//! `cargo xtask clients`: the Python environment of the suite `clients`, in the target folder; and the count
//! of that suite's scenarios.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;

/// What is installed.
const REQUIREMENTS: &str = "suites/clients/requirements.txt";

/// Where the suite finds the environment.
pub(crate) const ENVIRONMENT: &str = "ROLECALL_CLIENTS";

/// Where the suite lists its scenarios.
pub(crate) const SCENARIOS: &str = "ROLECALL_SCENARIOS";

/// The interpreters to try.
const PYTHONS: [&str; 2] = ["python3", "python"];

pub(crate) fn run(arguments: &[String]) -> Outcome {
    if !arguments.is_empty() {
        return Err("usage: cargo xtask clients".to_owned());
    }
    let environment = environment()?;
    println!("{}", environment.display());
    Ok(())
}

/// The environment, made anew if the requirements have changed since it was made.
pub(crate) fn environment() -> Outcome<PathBuf> {
    let folder = target().join("clients");
    let wanted = root().join(REQUIREMENTS);
    let wanted_text = std::fs::read_to_string(&wanted)
        .map_err(|error| format!("cannot read `{REQUIREMENTS}`: {error}"))?;
    let installed = folder.join("requirements.txt");
    if std::fs::read_to_string(&installed).is_ok_and(|text| text == wanted_text) {
        return Ok(folder);
    }
    println!("> installing {REQUIREMENTS} into {}", folder.display());
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .map_err(|error| format!("cannot remove `{}`: {error}", folder.display()))?;
    }
    let python = PYTHONS
        .into_iter()
        .find(|python| Command::new(python).arg("--version").output().is_ok())
        .ok_or("Python is not installed")?;
    quietly(Command::new(python).args(["-m", "venv"]).arg(&folder))?;
    let programs = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let mut pip = Command::new(programs.join("python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
    quietly(pip.arg(&wanted))?;
    // Last: an environment without this file is unfinished.
    std::fs::write(&installed, wanted_text)
        .map_err(|error| format!("cannot write `{}`: {error}", installed.display()))?;
    Ok(folder)
}

/// Runs a command whose output matters only if it fails.
fn quietly(command: &mut Command) -> Outcome {
    let line = format!("{command:?}");
    let output = command.output().map_err(|error| format!("cannot run {line}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("failed: {line}\n{}", String::from_utf8_lossy(&output.stderr)))
}

/// A new, empty list of scenarios.
pub(crate) fn new_list() -> Outcome<PathBuf> {
    let path = target().join("scenarios");
    let made = std::fs::create_dir_all(target()).and_then(|()| std::fs::write(&path, ""));
    made.map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
    Ok(path)
}

/// How many scenarios were run and not run, a line for each kind, and why not.
pub(crate) fn count(list: &Path) -> String {
    let text = std::fs::read_to_string(list).unwrap_or_default();
    let mut counts = BTreeMap::from([("Terraform", (0, 0)), ("client", (0, 0))]);
    let mut out = String::new();
    for line in text.lines() {
        let mut parts = line.splitn(3, '\t');
        let (Some(kind), Some(verdict), Some(told)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let (run, not_run) = counts.entry(kind).or_default();
        if verdict == "run" {
            *run += 1;
        } else {
            *not_run += 1;
            out.push_str(&format!("not run: {kind} scenario {told}\n"));
        }
    }
    for (kind, (run, not_run)) in counts {
        out.push_str(&format!("{kind} scenarios: {run} run, {not_run} not run\n"));
    }
    out
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_are_counted() {
        let list = std::env::temp_dir().join(format!("rolecall-scenarios-{}", std::process::id()));
        let text = "client\trun\tusers\nTerraform\tnot run\tetl: no provider\nclient\trun\troles\n";
        std::fs::write(&list, text).unwrap();
        let told = "not run: Terraform scenario etl: no provider\n\
                    Terraform scenarios: 0 run, 1 not run\n\
                    client scenarios: 2 run, 0 not run\n";
        assert_eq!(count(&list), told);
        std::fs::remove_file(&list).unwrap();
    }
}
