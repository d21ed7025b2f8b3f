//! `rolecall terraform install`: puts rolecall's Databricks provider where Terraform finds it.

mod cli_config;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::failure::Failure;
use crate::serve::data_folder;

/// The provider's binary, as cargo calls it.
const BINARY: &str = "terraform-provider-databricks";
/// Where Terraform looks for a provider with this source address in a mirror.
const SOURCE: &str = "registry.terraform.io/rolecall/databricks";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Work with Terraform.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Install(InstallArgs),
}

/// Put the provider `rolecall/databricks` into a mirror, and print the lines that tell Terraform of it.
#[derive(Debug, clap::Args)]
struct InstallArgs {
    /// Merge the lines into Terraform's CLI configuration instead.
    #[arg(long)]
    write: bool,

    /// The folder of the mirror [default: in the platform's folder for application data].
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,

    /// The provider's binary [default: the one beside this program].
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] if the provider is not there, or something cannot be written.
pub fn run(arguments: &Args) -> Result<Outcome, Failure> {
    match &arguments.command {
        Command::Install(arguments) => install(arguments),
    }
}

fn install(arguments: &InstallArgs) -> Result<Outcome, Failure> {
    let binary = match &arguments.binary {
        Some(binary) => binary.clone(),
        None => beside_this()?,
    };
    let folder = match &arguments.folder {
        Some(folder) => std::path::absolute(folder)?,
        None => data_folder()?.join("terraform"),
    };
    let (installed, replaced) = copy(&binary, &folder)?;
    let mut out = io::stdout().lock();
    writeln!(out, "installed {}", installed.display())?;
    if replaced {
        writeln!(
            out,
            "in place of another build: where that one was used, delete `.terraform.lock.hcl`, which holds its \
             checksum, and run `terraform init` again"
        )?;
    }
    if arguments.write {
        let file = cli_config::file()?;
        let changed = cli_config::merge_into(&file, &folder)?;
        let done = if changed { "merged into" } else { "already in" };
        writeln!(out, "{done} {}", file.display())?;
    } else {
        writeln!(
            out,
            "\nAdd this to Terraform's CLI configuration (~/.terraformrc), or let `--write` do it:\n"
        )?;
        write!(out, "{}", cli_config::block(&folder))?;
    }
    writeln!(
        out,
        "\nA configuration finds it by\n\n\
         terraform {{\n  required_providers {{\n    databricks = {{\n      source = \"rolecall/databricks\"\n    }}\n  }}\n}}"
    )?;
    out.flush()?;
    Ok(Outcome::Good)
}

fn beside_this() -> Result<PathBuf, Failure> {
    let this = std::env::current_exe()?;
    let binary = this.with_file_name(BINARY);
    if binary.is_file() {
        return Ok(binary);
    }
    Err(Failure::Input(format!(
        "`{}` does not exist: build it with `cargo build --release -p provider`, or name it with --binary",
        binary.display()
    )))
}

/// Copies the binary to its place in the mirror, and tells whether it takes the place of another build, whose checksum
/// lock files hold. A copy that is in use is replaced, not written over.
fn copy(binary: &Path, folder: &Path) -> Result<(PathBuf, bool), Failure> {
    let place = folder.join(SOURCE).join(VERSION).join(platform());
    let target = place.join(format!("{BINARY}_v{VERSION}"));
    let told = |error: io::Error| {
        Failure::Input(format!(
            "cannot copy `{}` to `{}`: {error}",
            binary.display(),
            target.display()
        ))
    };
    std::fs::create_dir_all(&place).map_err(told)?;
    let new = target.with_extension("new");
    std::fs::copy(binary, &new).map_err(told)?;
    let before = std::fs::read(&target).ok();
    let replaced = before.is_some_and(|before| std::fs::read(&new).is_ok_and(|new| new != before));
    std::fs::rename(&new, &target).map_err(told)?;
    Ok((target, replaced))
}

/// The platform as Terraform names it, such as `linux_amd64`.
fn platform() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{system}_{architecture}")
}
