//! IAM and STS: reads, credentials and writes, in memory, on disk and in PostgreSQL, and an account with many roles.

use clients::signed::Key;

use crate::report::{Report, Row};
use crate::server::Server;
use crate::signed::{self, Requests};
use crate::{CONNECTIONS, Options, connection, fill, flush};

/// Roles of an account that has many.
pub(crate) const MANY_ROLES: usize = 100_000;

/// All of it, or what is quick.
pub(crate) fn run(options: &Options, report: &mut Report) {
    in_memory(options, report);
    if !options.quick {
        durable(options, report);
        many_roles(options, report);
        if let Some(url) = &options.postgres {
            on_postgres(options, url, report);
        }
    }
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
        if !options.wants(name) {
            continue;
        }
        for connections in CONNECTIONS {
            let measured = connection::run(server.address, connections, options.time, |number| {
                requests(&key, number)
            });
            report.add(Row::new(place, name, connections, measured, server.memory()));
        }
    }
    if !options.wants("CreateRole") {
        return;
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
        report.add(Row::new(place, "CreateRole", connections, measured, server.memory()).writes());
    }
}

fn in_memory(options: &Options, report: &mut Report) {
    report.start("empty", &Server::start(&options.binary, &["--ephemeral", "--empty"]));
    let server = Server::start(&options.binary, &["--ephemeral"]);
    report.start("in memory", &server);
    operations(&server, "in memory", options, 60_000.0, report);
}

fn durable(options: &Options, report: &mut Report) {
    let folder = flush::Folder::new();
    let flush = flush::measure(&folder) + options.slower;
    let server =
        Server::start_on_slower_disk(&options.binary, &["--data", folder.data()], options.slower);
    report.start("on disk", &server);
    report.flush(flush);
    operations(&server, "on disk", options, 20_000.0, report);
}

fn many_roles(options: &Options, report: &mut Report) {
    let folder = flush::Folder::new();
    fill::roles(folder.data(), MANY_ROLES);
    // A workspace would want a role of its own, and the account has a hundred times what it may have.
    let server = Server::start(&options.binary, &["--data", folder.data(), "--empty"]);
    let place = "100,000 roles";
    report.start(place, &server);
    let key = signed::prepare_user(server.address);
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
