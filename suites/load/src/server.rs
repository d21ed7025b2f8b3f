//! The servers that are measured.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::flush;

/// A running server, killed at the end.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// The first Databricks workspace; none of a bare server.
    pub(crate) workspace: Option<SocketAddr>,
    /// From its start until it was ready to answer.
    pub(crate) started: Duration,
}

impl Server {
    /// `rolecall serve`, as quiet about requests as the other one.
    pub(crate) fn start(binary: &str, arguments: &[&str]) -> Self {
        Self::start_on_slower_disk(binary, arguments, Duration::ZERO)
    }

    /// The same, with each flush delayed, if by anything at all.
    pub(crate) fn start_on_slower_disk(binary: &str, arguments: &[&str], slower: Duration) -> Self {
        let mut command = Command::new(binary);
        if !slower.is_zero() {
            command.env("LD_PRELOAD", flush::slower());
            command.env("SLOW_FLUSH_US", slower.as_micros().to_string());
        }
        command.args(["serve", "--log", "warn"]);
        for port in ["--aws-port", "--console-port", "--account-port", "--workspace-port"] {
            command.args([port, "0"]);
        }
        command.args(arguments);
        Self::run(command)
    }

    /// The bare one.
    pub(crate) fn hello() -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("hello");
        Self::run(command)
    }

    fn run(mut command: Command) -> Self {
        let start = Instant::now();
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let (mut address, mut workspace) = (None, None);
        for line in BufReader::new(child.stdout.as_mut().unwrap()).lines().map_while(Result::ok) {
            for (name, found) in [("AWS ", &mut address), ("workspace ", &mut workspace)] {
                if let Some(rest) = line.strip_prefix(name) {
                    *found = rest.trim().strip_prefix("http://").and_then(|it| it.parse().ok());
                }
            }
            if line.starts_with("Ready.") {
                break;
            }
        }
        let started = start.elapsed();
        // What it prints later is read by nobody, and must not stop it.
        let mut stdout = child.stdout.take().unwrap();
        std::thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()));
        let address = address.expect("it says where it answers");
        Self { child, address, workspace, started }
    }

    /// Its resident memory in bytes, as the system tells it; 0 where it does not.
    pub(crate) fn memory(&self) -> u64 {
        let id = self.child.id().to_string();
        let output = Command::new("ps").args(["-o", "rss=", "-p", &id]).output();
        let kilobytes = output
            .ok()
            .and_then(|output| String::from_utf8_lossy(&output.stdout).trim().parse::<u64>().ok());
        kilobytes.unwrap_or(0) * 1024
    }

    /// How many sockets it holds, where the system tells.
    pub(crate) fn sockets(&self) -> Option<usize> {
        let files = std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).ok()?;
        let links = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
        Some(links.filter(|link| link.to_string_lossy().starts_with("socket:")).count())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
