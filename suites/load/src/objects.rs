//! S3: small objects, large ones beside the disk itself, and a listing of many keys.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use clients::signed::{Key, Plain, put_to_signed_url, sign_plain};
use s3::intake::Md5Sum;

use crate::connection::Measured;
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
    if options.wants("listing") {
        listing(&server, options, report);
    }
    drop(server);
    let folder = flush::Folder::new();
    report.flush(flush::measure(&folder));
    let server = Server::start(&options.binary, &["--data", folder.data()]);
    if !options.quick {
        small(&server, "on disk", options, report);
    }
    if options.wants("64 MiB") {
        large(&server, &folder, options, report);
    }
}

fn make_bucket(server: &Server, name: &str) {
    let answer = signed::connect(server.address).send(&put(&format!("/{name}"), "")).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// A request whose body is signed, too.
fn request(method: &str, path: &str, query: &str, body: &str) -> Vec<u8> {
    let content = "application/octet-stream";
    let plain = Plain { service: "s3", method, path, query, content, body };
    sign_plain(&Key::root(signed::ACCOUNT), plain)
}

fn put(path: &str, body: &str) -> Vec<u8> {
    request("PUT", path, "", body)
}

fn get(path: &str) -> Vec<u8> {
    request("GET", path, "", "")
}

/// Puts and gets of small objects.
fn small(server: &Server, place: &str, options: &Options, report: &mut Report) {
    make_bucket(server, "small");
    let body = "x".repeat(SMALL_BYTES);
    let path = |number: usize, key: usize| format!("/small/{number}/{key}");
    let wanted = |name: &'static str| CONNECTIONS.into_iter().filter(move |_| options.wants(name));
    for connections in wanted("put 1 KiB") {
        let measured = connection::run(server.address, connections, options.time, |number| {
            Requests::again((0..KEYS).map(|key| put(&path(number, key), &body)).collect(), 1)
        });
        report.add(Row::new(place, "put 1 KiB", connections, measured, server.memory()).writes());
    }
    for connections in wanted("get 1 KiB") {
        let measured = connection::run(server.address, connections, options.time, |number| {
            Requests::again(vec![get(&path(number, 0))], 1)
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
        let ready: Vec<Vec<u8>> = own.map(|key| put(&format!("/many/key-{key:06}"), "")).collect();
        let most = ready.len();
        Requests::again(ready, 1).at_most(most)
    });
    let page = |first: usize| {
        request("GET", "/many", &format!("list-type=2&start-after=key-{first:06}"), "")
    };
    for connections in [1, 16] {
        let measured = connection::run(server.address, connections, options.time, |_| {
            Requests::again((0..keys).step_by(PAGE).map(page).collect(), 1)
        });
        report.add(Row::new("listing", "a page of 1000", connections, measured, server.memory()));
    }
    println!("{:13} of a bucket with {keys} keys", "");
}

/// Large objects, and what the disk does without a server.
fn large(server: &Server, folder: &flush::Folder, options: &Options, report: &mut Report) {
    make_bucket(server, "large");
    let body = "x".repeat(LARGE_BYTES);
    let (written, read) = raw(folder, body.as_bytes(), options.time);
    let memory = server.memory();
    let key = Key::root(signed::ACCOUNT);
    // Bytes that are signed are hashed once more.
    for (name, request) in [
        ("put 64 MiB", put("/large/object", &body)),
        ("put 64 MiB by URL", put_to_signed_url(&key, "/large/object", &body)),
    ] {
        let measured = connection::run(server.address, 1, options.time, |_| {
            Requests::again(vec![request.clone()], 1)
        });
        report.add(Row::new("on disk", name, 1, measured, server.memory()));
        report.throughput(LARGE_BYTES, written);
    }
    // Every object has one, and no second core can help with it.
    let hashed = rate(options.time, || {
        let mut sum = Md5Sum::default();
        sum.update(body.as_bytes());
        std::hint::black_box(&sum);
    });
    println!("{:36} {:.0} MB/s is what MD5 alone takes", "", hashed / 1e6);
    let measured = gets_from_disk(server, folder, options.time);
    report.add(Row::new("on disk", "get 64 MiB", 1, measured, server.memory()));
    report.throughput(LARGE_BYTES, read);
    let grown = server.memory().saturating_sub(memory) as f64 / 1e6;
    println!("{:36} {grown:.1} MB more memory than before", "");
}

/// Gets of the large object, which the system's cache does not hold.
fn gets_from_disk(server: &Server, folder: &flush::Folder, time: Duration) -> Measured {
    let (start, mut all) =
        (Instant::now(), Measured { time: Duration::ZERO, latencies: Vec::new() });
    while start.elapsed() < time {
        evict(Path::new(folder.data()));
        let once = connection::run(server.address, 1, Duration::from_secs(60), |_| {
            Requests::again(vec![get("/large/object")], 1).at_most(1)
        });
        all.time += once.time;
        all.latencies.extend(once.latencies);
    }
    all.latencies.sort_unstable();
    all
}

/// Bytes a second that are written with a flush for each file, and read from the disk.
fn raw(folder: &flush::Folder, body: &[u8], time: Duration) -> (f64, f64) {
    let path = folder.path().join("raw");
    let written = rate(time, || {
        let mut file = File::create(&path).unwrap();
        file.write_all(body).unwrap();
        file.sync_all().unwrap();
    });
    let mut buffer = Vec::with_capacity(body.len());
    let (start, mut spent, mut count) = (Instant::now(), Duration::ZERO, 0);
    while start.elapsed() < time {
        evict(&path);
        let begun = Instant::now();
        buffer.clear();
        File::open(&path).unwrap().read_to_end(&mut buffer).unwrap();
        spent += begun.elapsed();
        count += 1;
    }
    (written, f64::from(count) * LARGE_BYTES as f64 / spent.as_secs_f64())
}

/// Takes a file, or all files of a folder, out of the system's cache, where it can be asked to.
fn evict(path: &Path) {
    if path.is_dir() {
        let inside = std::fs::read_dir(path).unwrap();
        inside.for_each(|entry| evict(&entry.unwrap().path()));
        return;
    }
    #[cfg(target_os = "linux")]
    {
        let file = File::open(path).unwrap();
        let _ = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
    }
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
