//! `cargo xtask plans --mirror FOLDER [--only IP003]`: renews the plans among the fixtures of `check`.
//!
//! Takes the examples of the rules' pages that need nothing but the AWS provider, has the real Terraform plan them with
//! the real provider from a filesystem mirror, and keeps what `terraform show -json` says, without what changes from
//! run to run. No AWS account is asked: nothing in the examples exists yet.

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
    for (id, name, example) in examples(&root.join("docs/rules"))? {
        if only.is_some_and(|only| *only != id) || !needs_aws_only(&example) {
            continue;
        }
        let plan = plan(&work.join(format!("{id}-{name}")), &config_file, &example)?;
        let folder = root.join("crates/check/tests/fixtures").join(&id);
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        write(&folder.join(format!("{name}.plan.json")), &plan)?;
        println!("{id} {name}");
    }
    Ok(())
}

/// The examples of every page: rule, `fail` or `pass`, code.
fn examples(pages: &Path) -> Outcome<Vec<(String, &'static str, String)>> {
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
                found.push((id.clone(), name, code.to_owned()));
            }
        }
    }
    Ok(found)
}

/// Whether the AWS provider alone can plan it, and the plan shows what the rule looks at.
fn needs_aws_only(code: &str) -> bool {
    let others = ["databricks_", "time_sleep", "lifecycle"];
    !others.iter().any(|other| code.contains(other))
}

fn plan(folder: &Path, config: &Path, example: &str) -> Outcome<String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    write(&folder.join("main.tf"), &format!("{PROVIDER}{example}"))?;
    terraform(folder, config, &["init", "-no-color", "-input=false"])?;
    terraform(
        folder,
        config,
        &["plan", "-no-color", "-input=false", "-lock=false", "-out=plan.bin"],
    )?;
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
