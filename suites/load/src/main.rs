//! `cargo xtask bench [PART]`: signed, enforced and audited requests to `rolecall serve`, beside a bare axum server
//! that answers "hello", in the same run on the same machine.
//!
//! Everything shares the machine's cores: the servers, and this client. So the ratios count, not the numbers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark: what is not as it should be ends it"
)]

mod connection;
mod databricks;
mod fill;
mod flush;
mod hello;
mod iam;
mod instances;
mod objects;
mod report;
mod server;
mod signed;
mod stacks;
mod terraform;

use std::time::Duration;

use report::{Report, Row};
use server::Server;

/// How many connections there are at a time.
const CONNECTIONS: [usize; 3] = [1, 16, 64];

/// Measures something and reports it.
type Measure = fn(&Options, &mut Report);

/// What can be measured on its own: by its name, or with the rest of its half of the clouds.
const PARTS: [(&str, &str, Measure); 4] = [
    ("iam", "aws", iam::run),
    ("ec2", "aws", instances::run),
    ("s3", "aws", objects::run),
    ("databricks", "databricks", databricks::run),
];

/// What is measured.
#[derive(Debug)]
struct Options {
    /// For how long each figure is measured.
    time: Duration,
    /// The binary `rolecall`.
    binary: String,
    /// A PostgreSQL database to use, which is emptied.
    postgres: Option<String>,
    /// Of each part only what is quick: the embedded store in memory.
    quick: bool,
    /// The parts; none for all of them.
    parts: Vec<String>,
    /// By how much each flush of the server is delayed, as by a slower disk.
    slower: Duration,
    /// Of `iam` and `s3` only the rows with this in their name.
    only: Option<String>,
}

impl Options {
    /// Whether the row of this name is wanted.
    fn wants(&self, row: &str) -> bool {
        self.only.as_deref().is_none_or(|only| row.contains(only))
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "hello") {
        hello::serve();
        return;
    }
    if arguments.first().is_some_and(|first| first == "terraform") {
        terraform::run();
        return;
    }
    if let [first, rest @ ..] = arguments.as_slice()
        && first == "cloudformation"
    {
        stacks::run(&options(rest).binary);
        return;
    }
    let options = options(&arguments);
    let mut report = Report::default();
    let hello = Server::hello();
    for connections in CONNECTIONS {
        let measured = connection::run(hello.address, connections, options.time, hello::requests);
        report.add(Row::new("bare axum", "hello", connections, measured, hello.memory()));
    }
    drop(hello);
    for (name, half, run) in PARTS {
        let wanted = |part: &String| part == name || part == half;
        if options.parts.is_empty() || options.parts.iter().any(wanted) {
            run(&options, &mut report);
        }
    }
}

fn options(arguments: &[String]) -> Options {
    let mut options = Options {
        time: Duration::from_secs(3),
        binary: "target/release/rolecall".to_owned(),
        postgres: None,
        quick: false,
        parts: Vec::new(),
        slower: Duration::ZERO,
        only: None,
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("{argument} needs a value"));
        match argument.as_str() {
            "--seconds" => {
                let seconds = value().parse().expect("--seconds needs a number of seconds");
                options.time = Duration::from_secs_f64(seconds);
            }
            "--binary" => options.binary = value().clone(),
            "--postgres" => options.postgres = Some(value().clone()),
            "--flush-ms" => {
                let milliseconds: f64 = value().parse().expect("--flush-ms needs a number");
                options.slower = Duration::from_secs_f64(milliseconds / 1e3);
            }
            "--only" => options.only = Some(value().clone()),
            "--quick" => options.quick = true,
            part if PARTS.iter().any(|(name, half, _)| part == *name || part == *half) => {
                options.parts.push(part.to_owned());
            }
            other => panic!(
                "unknown `{other}`; there are --seconds N, --binary FILE, --postgres URL, --only ROW, --flush-ms N, --quick, aws, and {}",
                PARTS.map(|(name, ..)| name).join(", ")
            ),
        }
    }
    options
}
