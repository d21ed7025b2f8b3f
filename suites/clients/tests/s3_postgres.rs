//! S3 on PostgreSQL: what a power cut leaves of it, and two servers of one database.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "../../../crates/store/tests/postgres_server.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests of the store")]
mod postgres_server;

use std::time::{Duration, Instant};

use clients::{Clients, Finished, Folder, Server};

/// Killed while it takes objects in, copies them and completes uploads: what was acknowledged is whole, and
/// nothing else can be seen.
#[test]
fn a_power_cut_during_writes() {
    let Some(clients) = Clients::of("s3 on PostgreSQL: a power cut during writes") else { return };
    let Some(postgres) = postgres_server::shared() else { return };
    let url = postgres.new_schema();
    let folder = Folder::new();
    let log = folder.path().join("acknowledged");
    let log_text = log.to_str().expect("a path that is text");
    for round in 0..3 {
        let server = Server::start(&["--database", &url]);
        let mut command = clients.script("s3/crash_write.py");
        server.point(&mut command);
        command.args([log_text, &round.to_string()]);
        let mut writer = command.spawn().expect("the writer starts");
        // It tells how many writes were acknowledged; the cut comes in the middle of more.
        let started = Instant::now();
        let enough = |text: &str| text.lines().count() >= 15 * (round + 1);
        while !std::fs::read_to_string(&log).is_ok_and(|text| enough(&text)) {
            assert!(started.elapsed().as_secs() < 60, "the writer does not come forward");
            std::thread::sleep(Duration::from_millis(2));
        }
        server.kill();
        let _ = writer.wait();
    }
    let server = Server::start(&["--database", &url]);
    let mut command = clients.script("s3/crash_check.py");
    server.point(&mut command);
    command.arg(log_text);
    Finished::run(&mut command).succeeds();
}

#[test]
fn two_servers_are_one() {
    let Some(clients) = Clients::of("s3 on PostgreSQL: two servers are one") else { return };
    let Some(postgres) = postgres_server::shared() else { return };
    let url = postgres.new_schema();
    let [one, other] = [(); 2].map(|()| Server::start(&["--database", &url]));
    let mut command = clients.script("s3/replicas.py");
    one.point(&mut command);
    command.args([one.aws(), other.aws()]);
    Finished::run(&mut command).succeeds();
}
