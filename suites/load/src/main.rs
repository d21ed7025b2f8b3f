//! `cargo xtask bench`: signed, enforced and audited requests to `rolecall serve`, beside a bare axum server
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
mod report;
mod server;
mod signed;
mod stacks;

use std::time::Duration;

use clients::signed::Key;
use report::{Report, Row};
use server::Server;
use signed::Requests;

/// How many connections there are at a time.
const CONNECTIONS: [usize; 3] = [1, 16, 64];

/// Roles of an account that has many.
const MANY_ROLES: usize = 100_000;

/// What is measured.
#[derive(Debug)]
struct Options {
    /// For how long each figure is measured.
    time: Duration,
    /// The binary `rolecall`.
    binary: String,
    /// A PostgreSQL database to use, which is emptied.
    postgres: Option<String>,
    /// Only the first part: the embedded store in memory.
    quick: bool,
    /// Which half.
    half: Option<Half>,
}

/// A half of the clouds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Aws,
    Databricks,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "hello") {
        hello::serve();
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
    if options.half != Some(Half::Databricks) {
        aws(&options, &mut report);
    }
    if options.half != Some(Half::Aws) {
        databricks::all(&options, &mut report);
    }
}

fn aws(options: &Options, report: &mut Report) {
    in_memory(options, report);
    if !options.quick {
        durable(options, report);
        many_roles(options, report);
        if let Some(url) = &options.postgres {
            on_postgres(options, url, report);
        }
    }
}

fn options(arguments: &[String]) -> Options {
    let mut options = Options {
        time: Duration::from_secs(3),
        binary: "target/release/rolecall".to_owned(),
        postgres: None,
        quick: false,
        half: None,
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
            "--quick" => options.quick = true,
            "aws" => options.half = Some(Half::Aws),
            "databricks" => options.half = Some(Half::Databricks),
            other => panic!(
                "unknown option `{other}`; there are --seconds, --postgres, --quick, and the halves aws and databricks"
            ),
        }
    }
    options
}

/// All operations, at all numbers of connections. `most_writes` bounds how many roles a second are made ready.
fn operations(
    server: &Server,
    place: &str,
    options: &Options,
    most_writes: f64,
    report: &mut Report,
) {
    let key = signed::prepare(server.address);
    for (name, requests) in [
        ("GetCallerIdentity", Requests::caller_identity as fn(&Key, usize) -> Requests),
        ("GetRole", Requests::get_role),
        ("AssumeRole", Requests::assume_role),
    ] {
        for connections in CONNECTIONS {
            let measured = connection::run(server.address, connections, options.time, |number| {
                requests(&key, number)
            });
            report.add(Row::new(place, name, connections, measured, server.memory()));
        }
    }
    for connections in CONNECTIONS {
        signed::reset(server.address);
        // Not more than that comes through one connection.
        let roles = most_writes * options.time.as_secs_f64();
        let roles = if connections == 1 { roles / 3.0 } else { roles };
        let keys = signed::prepare_accounts(server.address, roles as usize, connections);
        let share = keys.len() / connections;
        let measured = connection::run(server.address, connections, options.time, |number| {
            Requests::create_roles(&keys[number * share..(number + 1) * share])
        });
        report.add(Row::new(place, "CreateRole", connections, measured, server.memory()));
    }
}

fn in_memory(options: &Options, report: &mut Report) {
    let server = Server::start(&options.binary, &["--ephemeral"]);
    report.start("in memory", &server);
    operations(&server, "in memory", options, 60_000.0, report);
}

fn durable(options: &Options, report: &mut Report) {
    let folder = flush::Folder::new();
    let flush = flush::measure(&folder);
    let server = Server::start(&options.binary, &["--data", folder.data()]);
    report.start("on disk", &server);
    report.flush(flush);
    operations(&server, "on disk", options, 20_000.0, report);
}

fn many_roles(options: &Options, report: &mut Report) {
    let folder = flush::Folder::new();
    fill::roles(folder.data(), MANY_ROLES);
    let server = Server::start(&options.binary, &["--data", folder.data()]);
    let place = "100,000 roles";
    report.start(place, &server);
    let key = signed::prepare(server.address);
    for connections in CONNECTIONS {
        let measured = connection::run(server.address, connections, options.time, |number| {
            Requests::get_filled(&key, number)
        });
        report.add(Row::new(place, "GetRole", connections, measured, server.memory()));
    }
}

fn on_postgres(options: &Options, url: &str, report: &mut Report) {
    let server = Server::start(&options.binary, &["--database", url]);
    report.start("PostgreSQL", &server);
    signed::reset(server.address);
    operations(&server, "PostgreSQL", options, 10_000.0, report);
}
