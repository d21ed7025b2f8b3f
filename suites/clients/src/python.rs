//! The Python environment: `aws`, boto3, the Databricks SDK.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::finished::Finished;
use crate::scenario::{self, Kind};
use crate::server::Server;

/// Says where the environment is, if not in `clients` of the target folder.
const ENVIRONMENT: &str = "ROLECALL_CLIENTS";

/// The clients of the Python environment.
#[derive(Debug)]
pub struct Clients {
    programs: PathBuf,
}

impl Clients {
    /// The clients, for a scenario of this name; `None` if they are not there, and then the scenario counts
    /// as not run.
    #[must_use]
    pub fn of(scenario: &str) -> Option<Self> {
        scenario::note(Kind::Client, scenario, Self::find())
    }

    fn find() -> Result<Self, String> {
        let programs = if cfg!(windows) { "Scripts" } else { "bin" };
        let from_environment = std::env::var_os(ENVIRONMENT).map(PathBuf::from);
        let test = std::env::current_exe().map_err(|error| error.to_string())?;
        let beside = test.ancestors().skip(1).map(|folder| folder.join("clients"));
        from_environment
            .into_iter()
            .chain(beside)
            .map(|folder| folder.join(programs))
            .find(|programs| programs.join("aws").exists())
            .map(|programs| Self { programs })
            .ok_or_else(|| "no Python environment: run `cargo xtask clients`".to_owned())
    }

    /// Runs a script of the folder `tests`, such as `iam/users.py`, which must succeed. The scripts can
    /// import `rolecall`, which is beside them.
    pub fn python(&self, server: &Server, script: &str) {
        let mut command = self.script(script);
        server.point(&mut command);
        Finished::run(&mut command).succeeds();
    }

    /// The command that runs a script, not yet pointed at a server.
    #[must_use]
    pub fn script(&self, script: &str) -> Command {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
        let mut command = Command::new(self.programs.join("python"));
        command.arg(tests.join(script));
        command.envs([("PYTHONPATH", &tests)]).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    /// What a URL answers, as text.
    #[must_use]
    pub fn fetch(&self, server: &Server, url: &str) -> String {
        let mut command = Command::new(self.programs.join("python"));
        let script = "import sys, urllib.request as r; sys.stdout.buffer.write(r.urlopen(sys.argv[1]).read())";
        command.args(["-c", script, url]);
        server.point(&mut command);
        Finished::run(&mut command).output()
    }

    /// Lets a command find `aws` and `python` of this environment first.
    pub fn add_to_path(&self, command: &mut Command) {
        let usual = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.programs.clone()).chain(std::env::split_paths(&usual));
        command.env("PATH", std::env::join_paths(folders).expect("folders without separators"));
    }

    /// Runs `aws` as the root user.
    pub fn aws(&self, server: &Server, arguments: &[&str]) -> Finished {
        self.aws_with(server, &[], arguments)
    }

    /// Runs `aws` with a changed environment, such as somebody's keys.
    pub fn aws_with(
        &self,
        server: &Server,
        environment: &[(&str, &str)],
        arguments: &[&str],
    ) -> Finished {
        let mut command = Command::new(self.programs.join("aws"));
        command.args(arguments);
        server.point(&mut command);
        command.envs(environment.iter().copied());
        Finished::run(&mut command)
    }
}
