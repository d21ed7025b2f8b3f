//! Terraform with the real AWS provider, which is taken from a filesystem mirror.

use std::path::PathBuf;
use std::process::Command;

use crate::binary;
use crate::finished::Finished;
use crate::folder::Folder;
use crate::scenario::{self, Kind};
use crate::server::Server;

mod mirror;
mod state;

/// A configuration in a folder of its own.
#[derive(Debug)]
pub struct Terraform {
    folder: Folder,
    /// Whether the Databricks provider is there, too.
    databricks: bool,
}

/// What every configuration begins with. Terraform takes the endpoint from the environment.
const PROVIDER: &str = r#"
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  skip_requesting_account_id  = false
  skip_metadata_api_check     = true
  s3_use_path_style           = true
}
"#;

impl Terraform {
    /// An empty configuration of a scenario; `None` if Terraform or its provider is not there, and then the
    /// scenario counts as not run.
    #[must_use]
    pub fn of(scenario: &str) -> Option<Self> {
        let terraform = scenario::note(Kind::Terraform, scenario, Self::find())?;
        terraform.folder.write("provider.tf", PROVIDER);
        Some(terraform)
    }

    fn find() -> Result<Self, String> {
        let version = Command::new("terraform").arg("version").output();
        version.map_err(|_| "`terraform` is not installed".to_owned())?;
        let mirror = mirror::find().ok_or_else(|| {
            format!("no filesystem mirror with the AWS provider: set {} to one", mirror::VARIABLE)
        })?;
        let folder = Folder::new();
        folder.write("terraform.rc", &mirror::configuration(&mirror));
        Ok(Self { folder, databricks: false })
    }

    /// As [`Terraform::of`], with rolecall's own Databricks provider beside the AWS provider.
    #[must_use]
    pub fn with_databricks(scenario: &str, server: &Server) -> Option<Self> {
        let mut terraform = scenario::note(Kind::Terraform, scenario, Self::find())?;
        terraform.databricks = true;
        let mut install = Command::new(binary::path());
        install.args(["terraform", "install", "--write", "--folder"]);
        install.arg(terraform.path().join("mirror")).arg("--binary").arg(binary::provider());
        install.env("TF_CLI_CONFIG_FILE", terraform.path().join("terraform.rc"));
        server.point(&mut install);
        Finished::run(&mut install).succeeds();
        Some(terraform)
    }

    /// Writes a file of the configuration, such as `main.tf`.
    pub fn write(&self, name: &str, text: &str) {
        self.folder.write(name, text);
    }

    /// Makes the provider ready.
    pub fn init(&self, server: &Server) {
        self.run(server, &["init", "-input=false", "-no-color"]).succeeds();
    }

    /// Has Terraform check the configuration, without a cloud.
    pub fn validate(&self, server: &Server) {
        self.run(server, &["validate", "-no-color"]).succeeds();
    }

    /// Applies the configuration.
    pub fn apply(&self, server: &Server) {
        self.try_apply(server).succeeds();
    }

    /// Applies the configuration, or not.
    pub fn try_apply(&self, server: &Server) -> Finished {
        self.run(server, &["apply", "-auto-approve", "-input=false", "-no-color"])
    }

    /// Applies the configuration until a line starts with `until`, and is interrupted then as from a terminal.
    pub fn interrupted_apply(&self, server: &Server, until: &str) -> Finished {
        let mut command = self.command(&["apply", "-auto-approve", "-input=false", "-no-color"]);
        self.point(server, &mut command);
        Finished::interrupted(&mut command, until)
    }

    /// There must be nothing to do.
    pub fn plan_is_empty(&self, server: &Server) {
        self.plan(server).has_status(0);
    }

    /// There must be something to do.
    pub fn plan_is_not_empty(&self, server: &Server) {
        self.plan(server).has_status(2);
    }

    fn plan(&self, server: &Server) -> Finished {
        self.run(server, &["plan", "-detailed-exitcode", "-input=false", "-no-color"])
    }

    /// Takes everything that the configuration made into a state of its own. Nothing is changed by it.
    pub fn import_everything(&self, server: &Server) {
        let state = std::fs::read_to_string(self.path().join("terraform.tfstate"));
        let made = state::imports(&state.expect("the state"));
        let made: Vec<(&str, &str)> =
            made.iter().map(|(address, id)| (address.as_str(), id.as_str())).collect();
        let told = self.import_anew(server, &made);
        let nothing = "0 added, ";
        let whole = format!("{} imported, {nothing}", made.len());
        assert!(told.contains(&whole) && told.contains(" 0 destroyed"), "{whole}: {told}");
        let modifies = |line: &str| line.starts_with("databricks_") && line.contains("Modifying");
        assert!(!told.lines().any(modifies), "{told}");
    }

    /// Takes what exists into a state of its own: forgets the state first, then imports each resource. What
    /// Terraform said.
    pub fn import_anew(&self, server: &Server, resources: &[(&str, &str)]) -> String {
        for name in ["terraform.tfstate", "terraform.tfstate.backup"] {
            let _ = std::fs::remove_file(self.path().join(name));
        }
        let blocks: Vec<String> = resources
            .iter()
            .map(|(address, id)| format!("import {{\n  to = {address}\n  id = \"{id}\"\n}}\n"))
            .collect();
        self.write("import.tf", &blocks.concat());
        let told = self.try_apply(server).output();
        std::fs::remove_file(self.path().join("import.tf")).expect("the imports");
        told
    }

    /// Removes everything that the configuration made.
    pub fn destroy(&self, server: &Server) {
        self.run(server, &["destroy", "-auto-approve", "-input=false", "-no-color"]).succeeds();
    }

    /// Any other command.
    pub fn run(&self, server: &Server, arguments: &[&str]) -> Finished {
        let mut command = self.command(arguments);
        self.point(server, &mut command);
        Finished::run(&mut command)
    }

    fn point(&self, server: &Server, command: &mut Command) {
        server.point(command);
        if self.databricks {
            server.point_databricks(command);
        }
    }

    /// The command, not yet pointed at a server.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("terraform");
        command.args(arguments).current_dir(self.path());
        command.env("TF_CLI_CONFIG_FILE", self.path().join("terraform.rc"));
        command.env("TF_IN_AUTOMATION", "1").env("CHECKPOINT_DISABLE", "1");
        for name in ["TF_LOG", "TF_CLI_ARGS", "TF_WORKSPACE", "TF_DATA_DIR"] {
            command.env_remove(name);
        }
        command
    }

    /// Its folder.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}
