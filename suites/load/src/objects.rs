//! S3: small objects, large ones beside the disk itself, and a listing of many keys.

use std::fs::File;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

use clients::signed::{Key, Target, sign_s3};

use crate::report::{Report, Row};
use crate::server::Server;
use crate::signed::{self, Requests};
use crate::{CONNECTIONS, Options, connection, flush};

const SMALL_BYTES: usize = 1024;
const LARGE_BYTES: usize = 64 * 1024 * 1024;
/// Keys that each connection puts in turn.
const KEYS: usize = 64;
/// Keys of a bucket that has many, and as many where it must be quick.
const MANY_KEYS: (usize, usize) = (100_000, 5_000);
/// Keys of one answer of a listing.
const PAGE: usize = 1000;
/// Connections that fill a bucket.
const FILLING: usize = 16;

/// All of it, or what is quick.
pub(crate) fn run(options: &Options, report: &mut Report) {
    let server = Server::start(&options.binary, &["--ephemeral"]);
    report.start("in memory", &server);
    small(&server, "in memory", options, report);
    listing(&server, options, report);
    drop(server);
    let folder = flush::Folder::new();
    report.flush(flush::measure(&folder));
    let server = Server::start(&options.binary, &["--data", folder.data()]);
    if !options.quick {
        small(&server, "on disk", options, report);
    }
    large(&server, &folder, options, report);
}

fn make_bucket(server: &Server, name: &str) {
    let target = Target { method: "PUT", path: &format!("/{name}"), query: "" };
    let answer = signed::connect(server.address).send(&sign_s3(&root(), target, b"")).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
}

fn root() -> Key {
    Key::root(signed::ACCOUNT)
}

fn put(path: &str, body: &[u8]) -> Vec<u8> {
    sign_s3(&root(), Target { method: "PUT", path, query: "" }, body)
}

fn get(path: &str) -> Vec<u8> {
    sign_s3(&root(), Target { method: "GET", path, query: "" }, b"")
}

/// Puts and gets of small objects.
fn small(server: &Server, place: &str, options: &Options, report: &mut Report) {
    make_bucket(server, "small");
    let body = vec![b'x'; SMALL_BYTES];
    let path = |number: usize, key: usize| format!("/small/{number}/{key}");
    for connections in CONNECTIONS {
        let measured = connection::run(server.address, connections, options.time, |number| {
            Requests::ready((0..KEYS).map(|key| put(&path(number, key), &body)).collect())
        });
        report.add(Row::new(place, "put 1 KiB", connections, measured, server.memory()).writes());
    }
    for connections in CONNECTIONS {
        let measured = connection::run(server.address, connections, options.time, |number| {
            Requests::ready(vec![get(&path(number, 0))])
        });
        report.add(Row::new(place, "get 1 KiB", connections, measured, server.memory()));
    }
}

/// A page after the other of a bucket with many keys.
fn listing(server: &Server, options: &Options, report: &mut Report) {
    make_bucket(server, "many");
    let keys = if options.quick { MANY_KEYS.1 } else { MANY_KEYS.0 };
    let long_enough = Duration::from_secs(600);
    connection::run(server.address, FILLING, long_enough, |number| {
        let own = (number..keys).step_by(FILLING);
        let ready: Vec<Vec<u8>> = own.map(|key| put(&format!("/many/key-{key:06}"), b"")).collect();
        let most = ready.len();
        Requests::ready(ready).at_most(most)
    });
    let page = |first: usize| {
        let query = format!("list-type=2&start-after=key-{first:06}");
        sign_s3(&root(), Target { method: "GET", path: "/many", query: &query }, b"")
    };
    for connections in [1, 16] {
        let measured = connection::run(server.address, connections, options.time, |_| {
            Requests::ready((0..keys).step_by(PAGE).map(page).collect())
        });
        report.add(Row::new("listing", "a page of 1000", connections, measured, server.memory()));
    }
    println!("{:13} of a bucket with {keys} keys", "");
}

/// Large objects, and what the disk does without a server.
fn large(server: &Server, folder: &flush::Folder, options: &Options, report: &mut Report) {
    make_bucket(server, "large");
    let body: Vec<u8> = (0..LARGE_BYTES).map(|at| (at % 251) as u8).collect();
    let (written, read) = raw(folder, &body, options.time);
    let memory = server.memory();
    let request = put("/large/object", &body);
    let measured = connection::run(server.address, 1, options.time, |_| {
        Requests::ready(vec![request.clone()])
    });
    report.add(Row::new("on disk", "put 64 MiB", 1, measured, server.memory()));
    report.throughput(LARGE_BYTES, written);
    let measured = connection::run(server.address, 1, options.time, |_| {
        Requests::ready(vec![get("/large/object")])
    });
    report.add(Row::new("on disk", "get 64 MiB", 1, measured, server.memory()));
    report.throughput(LARGE_BYTES, read);
    let grown = server.memory().saturating_sub(memory) as f64 / 1e6;
    println!("{:36} {grown:.1} MB more memory than before", "");
}

/// Bytes a second that are written with a flush for each file, and read again: from the system's cache, as the
/// server reads them.
fn raw(folder: &flush::Folder, body: &[u8], time: Duration) -> (f64, f64) {
    let path = folder.path().join("raw");
    let written = rate(time, || {
        let mut file = File::create(&path).unwrap();
        file.write_all(body).unwrap();
        file.sync_all().unwrap();
    });
    let mut buffer = Vec::with_capacity(body.len());
    let read = rate(time, || {
        buffer.clear();
        File::open(&path).unwrap().read_to_end(&mut buffer).unwrap();
    });
    (written, read)
}

/// Bytes a second of something that moves a large object, again and again.
fn rate(time: Duration, mut once: impl FnMut()) -> f64 {
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < time {
        once();
        count += 1;
    }
    f64::from(count) * LARGE_BYTES as f64 / start.elapsed().as_secs_f64()
}
