//! A server of a test's own.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::binary;
use crate::finished::Finished;

/// The ports of `rolecall serve`, each of which the system chooses.
const PORTS: [&str; 4] = ["--aws-port", "--console-port", "--account-port", "--workspace-port"];

/// A running `rolecall serve` on free ports, killed when it is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    addresses: BTreeMap<String, String>,
    greeting: String,
}

impl Server {
    /// Starts one with further arguments, such as `--ephemeral`, and waits until it is ready. Its AWS account is
    /// as new: there is no Databricks workspace in it.
    #[must_use]
    pub fn start(arguments: &[&str]) -> Self {
        Self::launch(&[&["--empty"], arguments].concat())
    }

    /// As [`Server::start`], with the Databricks workspace that a first start makes.
    #[must_use]
    pub fn with_workspace(arguments: &[&str]) -> Self {
        Self::launch(arguments)
    }

    fn launch(arguments: &[&str]) -> Self {
        let mut command = Command::new(binary::path());
        command.args(["serve", "--log", "warn"]);
        for port in PORTS {
            command.args([port, "0"]);
        }
        command.args(arguments).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the server starts");
        let stdout = child.stdout.take().expect("its output");
        let mut addresses = BTreeMap::new();
        let mut greeting = String::new();
        let mut ready = false;
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if line.starts_with("Ready.") {
                ready = true;
                break;
            }
            greeting.push_str(&line);
            greeting.push('\n');
            // Such as `AWS      http://127.0.0.1:4566`.
            if let Some((name, address)) = line.split_once(" http://") {
                addresses.insert(name.trim().to_lowercase(), format!("http://{}", address.trim()));
            }
        }
        let server = Self { child, addresses, greeting };
        assert!(ready, "the server ended before it was ready");
        server
    }

    /// What it said when it was started.
    #[must_use]
    pub fn greeting(&self) -> &str {
        &self.greeting
    }

    /// The endpoint of all AWS services, such as `http://127.0.0.1:4566`.
    #[must_use]
    pub fn aws(&self) -> &str {
        self.address("aws")
    }

    /// The port of [`Server::aws`], for the binary's other commands.
    #[must_use]
    pub fn aws_port(&self) -> &str {
        self.aws().rsplit(':').next().unwrap_or_default()
    }

    /// The address of a listener by the name that the greeting gives it, in lower case: `console`.
    #[must_use]
    pub fn address(&self, name: &str) -> &str {
        let address = self.addresses.get(name);
        address.unwrap_or_else(|| panic!("no address of `{name}` in {:?}", self.addresses))
    }

    /// What points clients here, as the root user. Each listener is in `ROLECALL_NAME`, such as
    /// `ROLECALL_AWS` and `ROLECALL_CONSOLE`.
    pub fn point(&self, command: &mut Command) {
        for name in ["AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE"] {
            command.env_remove(name);
        }
        command.envs([
            ("AWS_ENDPOINT_URL", self.aws()),
            ("AWS_REGION", "us-east-1"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            // Nothing of the person who runs the tests.
            ("AWS_CONFIG_FILE", "/dev/null"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_PAGER", ""),
            ("NO_PROXY", "127.0.0.1,localhost"),
        ]);
        for (name, address) in &self.addresses {
            let name = name.to_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_");
            command.env(format!("ROLECALL_{name}"), address);
        }
    }

    /// Points Databricks' tools at the first workspace, as its admin.
    pub fn point_databricks(&self, command: &mut Command) {
        command.env("DATABRICKS_HOST", self.address("workspace"));
        command.env("DATABRICKS_TOKEN", "dapi-rolecall-admin");
    }

    /// Runs the binary's other commands, such as `why last`, pointed at this server.
    pub fn rolecall(&self, arguments: &[&str]) -> Finished {
        let mut command = Command::new(binary::path());
        command.args(arguments);
        self.point(&mut command);
        Finished::run(&mut command)
    }

    /// Posts JSON to the control API, such as to `clock/advance`; the answer's body.
    pub fn control(&self, path: &str, json: &str) -> String {
        let host = self.aws().trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).expect("the server listens");
        let request = format!(
            "POST /_rolecall/{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
             content-length: {}\r\n\r\n{json}",
            json.len()
        );
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 2"), "{path} {json}: {answer}");
        answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
    }

    /// The process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}
