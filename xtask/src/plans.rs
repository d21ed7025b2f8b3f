//! `cargo xtask plans --mirror FOLDER [--only IP003]`: renews the plans among the fixtures of `check`.
//!
//! Takes the examples of the rules' pages, or `fail.plan.tf` and `pass.plan.tf` beside the fixtures where a plan cannot
//! show what the example shows, and any other `….plan.tf` there; with a `….plan.tfstate` beside it for what is there
//! before. The real Terraform plans them with the real AWS provider from a filesystem mirror and
//! rolecall's Databricks provider (`cargo build -p rolecall -p provider` first), and what `terraform show -json` says is
//! kept without what changes from run to run. No cloud is asked: nothing in the examples exists yet.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::Outcome;

const USAGE: &str = "usage: cargo xtask plans --mirror FOLDER [--only RULE]";

/// Put before every example: the provider asks nobody.
const PROVIDER: &str = r#"
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
    databricks = {
      source = "rolecall/databricks"
    }
  }
}
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
"#;

/// Keys of a plan that differ from run to run, or that nobody reads.
const DROPPED: [&str; 5] = ["timestamp", "relevant_attributes", "applyable", "complete", "errored"];

pub(crate) fn run(arguments: &[String]) -> Outcome {
    let (mirror, only) = match arguments {
        [flag, mirror] if flag == "--mirror" => (mirror, None),
        [flag, mirror, second, only] if flag == "--mirror" && second == "--only" => {
            (mirror, Some(only))
        }
        _ => return Err(USAGE.to_owned()),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let work = root.join("target/plans");
    fs::create_dir_all(&work).map_err(|error| format!("{}: {error}", work.display()))?;
    let config = format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path = \"{mirror}\"\n  }}\n}}\n"
    );
    let config_file = work.join("cli.tfrc");
    write(&config_file, &config)?;
    install_databricks(&root, &work, &config_file)?;
    let fixtures = root.join("crates/check/tests/fixtures");
    let mut wanted = examples(&root.join("docs/rules"))?;
    wanted.retain(|(id, name, example)| {
        !fixtures.join(id).join(format!("{name}.plan.tf")).is_file() && shows_in_a_plan(example)
    });
    wanted.extend(of_their_own(&fixtures)?);
    for (id, name, example) in wanted {
        if only.is_some_and(|only| *only != id) {
            continue;
        }
        let folder = fixtures.join(&id);
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let state = folder.join(format!("{name}.plan.tfstate"));
        let state = fs::read_to_string(state).ok();
        let work = work.join(format!("{id}-{name}"));
        let plan = plan(&work, &config_file, &example, state.as_deref())?;
        write(&folder.join(format!("{name}.plan.json")), &plan)?;
        println!("{id} {name}");
    }
    Ok(())
}

/// Code beside the fixtures that plans are made of: rule, name, code.
fn of_their_own(fixtures: &Path) -> Outcome<Vec<(String, String, String)>> {
    let told = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let inner = |path: &Path| -> Outcome<Vec<PathBuf>> {
        let entries = fs::read_dir(path).map_err(|error| told(path, error))?;
        let mut paths: Vec<PathBuf> =
            entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        Ok(paths)
    };
    let mut found = Vec::new();
    for folder in inner(fixtures)? {
        let id = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        for path in inner(&folder)? {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if let Some(name) = name.strip_suffix(".plan.tf") {
                let text = fs::read_to_string(&path).map_err(|error| told(&path, error))?;
                found.push((id.clone(), name.to_owned(), text));
            }
        }
    }
    Ok(found)
}

/// The examples of every page: rule, `fail` or `pass`, code.
fn examples(pages: &Path) -> Outcome<Vec<(String, String, String)>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(pages).map_err(|error| format!("{}: {error}", pages.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        let id = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        let text =
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        for (heading, name) in [("## Fails\n", "fail"), ("## Passes\n", "pass")] {
            let block =
                text.split_once(heading).and_then(|(_, rest)| rest.split_once("```terraform\n"));
            if let Some((code, _)) = block.and_then(|(_, rest)| rest.split_once("```")) {
                found.push((id.clone(), name.to_owned(), code.to_owned()));
            }
        }
    }
    Ok(found)
}

/// Whether a plan shows what the rule looks at: it has no comments, and none of other providers' resources.
fn shows_in_a_plan(code: &str) -> bool {
    let others = ["time_sleep", "lifecycle"];
    let is_about_comments = code.contains("skip_validation      = true\n");
    !others.iter().any(|other| code.contains(other)) && !is_about_comments
}

/// Puts rolecall's Databricks provider into a mirror beside the other one.
fn install_databricks(root: &Path, work: &Path, config: &Path) -> Outcome {
    let binaries = root.join("target/debug");
    let installed = Command::new(binaries.join("rolecall"))
        .args(["terraform", "install", "--write", "--folder"])
        .arg(work.join("mirror"))
        .arg("--binary")
        .arg(binaries.join("terraform-provider-databricks"))
        .env("TF_CLI_CONFIG_FILE", config)
        .output()
        .map_err(|error| format!("cannot run `rolecall`, build it first: {error}"))?;
    if installed.status.success() {
        return Ok(());
    }
    Err(format!("`rolecall terraform install`: {}", String::from_utf8_lossy(&installed.stderr)))
}

fn plan(folder: &Path, config: &Path, example: &str, state: Option<&str>) -> Outcome<String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    write(&folder.join("main.tf"), &format!("{PROVIDER}{example}"))?;
    terraform(folder, config, &["init", "-no-color", "-input=false"])?;
    let mut arguments = vec!["plan", "-no-color", "-input=false", "-lock=false", "-out=plan.bin"];
    if let Some(state) = state {
        write(&folder.join("terraform.tfstate"), state)?;
        // What the state says is taken as it is: there is nobody to ask.
        arguments.push("-refresh=false");
    }
    terraform(folder, config, &arguments)?;
    let shown = terraform(folder, config, &["show", "-json", "plan.bin"])?;
    let mut plan: Value =
        serde_json::from_str(&shown).map_err(|error| format!("the plan: {error}"))?;
    if let Some(object) = plan.as_object_mut() {
        for key in DROPPED {
            object.remove(key);
        }
    }
    serde_json::to_string_pretty(&plan).map(|text| text + "\n").map_err(|error| error.to_string())
}

fn terraform(folder: &Path, config: &Path, arguments: &[&str]) -> Outcome<String> {
    let output = Command::new("terraform")
        .args(arguments)
        .current_dir(folder)
        .env("TF_CLI_CONFIG_FILE", config.canonicalize().unwrap_or_else(|_| config.to_owned()))
        .env("TF_VAR_databricks_account_id", "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9")
        .env("TF_VAR_aws_account_id", "123456789012")
        .env("DATABRICKS_HOST", "http://127.0.0.1:9")
        .env("DATABRICKS_TOKEN", "none")
        .env("CHECKPOINT_DISABLE", "1")
        .output()
        .map_err(|error| format!("cannot run `terraform`: {error}"))?;
    if !output.status.success() {
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("`terraform {}` in {}: {told}", arguments.join(" "), folder.display()));
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}

fn write(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
