//! Writes per second at 1, 16 and 64 waiting writers on each engine, next to what the disk can do.
//!
//! `cargo bench -p store [-- memory sqlite postgres]`. Every writer has one write under way at any time and begins the next when it is
//! answered. The bound of a durable engine is writers ÷ the time of one flush.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code,
    reason = "a bench that cannot go on panics, and uses a part of what the tests share"
)]

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ground::Folder;
use rows::{ACCOUNT, User, audit_row, schema};
use store::{Options, Place, Store};

#[path = "../tests/ground.rs"]
mod ground;
#[path = "../tests/postgres_server.rs"]
mod postgres_server;
#[path = "../tests/rows.rs"]
mod rows;

/// How long each figure is measured.
const TIME: Duration = Duration::from_secs(2);
const WRITERS: [usize; 3] = [1, 16, 64];
/// Flushes that tell the disk's time.
const FLUSHES: usize = 200;
/// Rows of the large table.
const MANY_ROWS: usize = 100_000;

fn main() {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_wanted = |engine: &str| wanted.is_empty() || wanted.iter().any(|word| word == engine);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        if is_wanted("memory") {
            bench_memory().await;
        }
        if is_wanted("sqlite") {
            bench_sqlite().await;
        }
        if is_wanted("postgres")
            && let Some(server) = postgres_server::Server::start(true)
        {
            bench_postgres(&server).await;
        }
    });
}

async fn bench_memory() {
    let store = open(Place::Memory).await;
    measure_one_core(&store);
    measure_engine("memory", &store, None).await;
    println!("memory, {MANY_ROWS} rows more");
    fill(&store).await;
    measure_one_core(&store);
    measure_engine("memory", &store, None).await;
    measure_reads(&store);
}

async fn bench_sqlite() {
    let folder = Folder::new();
    let flush = measure_flush(&folder.0);
    let place = || Place::Folder(folder.0.join("data"));
    let took = timed(open(place())).await;
    println!("SQLite: an empty folder opened in {:.1} ms", ms(took));
    let took = timed(open(place())).await;
    println!("SQLite: and again in {:.1} ms", ms(took));
    let store = open(place()).await;
    measure_engine("SQLite", &store, Some(flush)).await;
    let took = timed(fill(&store)).await;
    println!("SQLite, {MANY_ROWS} rows more, 1,000 a write, in {:.2} s", took.as_secs_f64());
    measure_engine("SQLite", &store, Some(flush)).await;
    measure_audit(&store).await;
    let rows = store.snapshot().count::<User>(ACCOUNT);
    store.close().await;
    let took = timed(open(place())).await;
    println!("SQLite: {rows} rows loaded in {:.2} s", took.as_secs_f64());
}

async fn bench_postgres(server: &postgres_server::Server) {
    let folder = Folder::new();
    let flush = measure_flush(&folder.0);
    let store = open(Place::Postgres(server.url())).await;
    measure_engine("PostgreSQL", &store, Some(flush)).await;
    let replica = open(Place::Postgres(server.url())).await;
    measure_refresh(&replica).await;
}

async fn open(place: Place) -> Store {
    Store::open(place, schema(), Options::default()).await.expect("the store opens")
}

async fn measure_engine(name: &str, store: &Store, flush: Option<Duration>) {
    for writers in WRITERS {
        let before = store.metrics();
        let (writes, slowest) = measure_writes(store, writers).await;
        let after = store.metrics();
        let flushes = after.flushes - before.flushes;
        let of_bound = flush.map_or(String::new(), |flush| {
            let bound = writers as f64 / flush.as_secs_f64();
            let took = (after.flush_us - before.flush_us) as f64 / 1_000.0 / flushes as f64;
            format!(
                ", {:.0} % of {bound:.0}; {:.1} writes a flush, {took:.2} ms each",
                writes / bound * 100.0,
                writes * TIME.as_secs_f64() / flushes as f64
            )
        });
        println!(
            "{name:<11} {writers:>3} writers: {writes:>8.0} writes/s, p99 {:.2} ms{of_bound}",
            ms(slowest)
        );
    }
}

/// Writes on one thread, by the time that it had a core: what others do on the machine counts little.
fn measure_one_core(store: &Store) {
    const WRITES: u64 = 100_000;
    let store = store.clone();
    let work = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let started = on_core();
        runtime.block_on(async {
            for _ in 0..WRITES {
                insert_next(&store).await;
            }
        });
        let took = on_core().saturating_sub(started);
        let each = took.as_secs_f64() / WRITES as f64;
        println!("memory, one core: {:.0} writes/s, {:.2} µs each", 1.0 / each, each * 1_000_000.0);
    };
    std::thread::spawn(work).join().expect("no panic");
}

/// The time that this thread has had a core, where Linux tells, or the time of day.
fn on_core() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(
        || std::time::UNIX_EPOCH.elapsed().expect("a time after 1970"),
        Duration::from_nanos,
    )
}

/// Inserts a row of about half a kilobyte with one index.
async fn insert_next(store: &Store) {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let name = format!("user-{:012}", NEXT.fetch_add(1, Ordering::Relaxed));
    let insert = move |tx: &mut store::Tx<'_>| {
        let mut user = User::new(ACCOUNT, &name, &name);
        user.note = "a policy, or whatever else makes rows long ".repeat(10);
        tx.insert(user)
    };
    store.write(ACCOUNT, insert).await.expect("a write");
}

/// Writes per second, and the 99th percentile of their times.
async fn measure_writes(store: &Store, writers: usize) -> (f64, Duration) {
    let stop = Arc::new(AtomicBool::new(false));
    let tasks: Vec<_> = (0..writers)
        .map(|_| {
            let (store, stop) = (store.clone(), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut times = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let started = Instant::now();
                    insert_next(&store).await;
                    times.push(started.elapsed());
                    // In memory a write never waits, and would never let another task run.
                    tokio::task::yield_now().await;
                }
                times
            })
        })
        .collect();
    let started = Instant::now();
    tokio::time::sleep(TIME).await;
    stop.store(true, Ordering::Relaxed);
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("a writer"));
    }
    let rate = times.len() as f64 / started.elapsed().as_secs_f64();
    times.sort();
    (rate, times[times.len() * 99 / 100])
}

async fn fill(store: &Store) {
    for chunk in 0..MANY_ROWS / 1_000 {
        let fill = move |tx: &mut store::Tx<'_>| {
            (0..1_000).try_for_each(|at| {
                let name =
                    format!("fill-{:08x}", (chunk * 1_000 + at).wrapping_mul(0x9E37_79B9) as u32);
                tx.insert(User::new(ACCOUNT, &name, &name))
            })
        };
        store.write(ACCOUNT, fill).await.expect("a write");
    }
}

fn measure_reads(store: &Store) {
    let state = store.snapshot();
    let names: Vec<String> =
        state.range::<User>(ACCOUNT, "fill"..).map(|user| user.name.clone()).collect();
    let started = Instant::now();
    let found = names
        .iter()
        .rev()
        .step_by(7)
        .filter(|name| store.snapshot().by_index::<User>("id", name).is_some());
    let found = found.count() as u32;
    println!(
        "a snapshot and a lookup by index: {:.0} ns",
        started.elapsed().as_nanos() as f64 / f64::from(found)
    );
}

/// How many audit rows of reads the database takes before any are dropped.
async fn measure_audit(store: &Store) {
    for rate in [20_000_u32, 60_000, 120_000] {
        let before = store.metrics();
        let started = Instant::now();
        let mut given = 0;
        while started.elapsed() < TIME {
            while f64::from(given) < started.elapsed().as_secs_f64() * f64::from(rate) {
                let mut row = audit_row(&format!("01JD{given:022}"), "allow");
                row.body = "{\"statements\":[]}".repeat(20);
                store.audit(row).expect("an audit row");
                given += 1;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let after = store.metrics();
        let busy = (after.flush_us - before.flush_us) as f64 / 1_000_000.0 / TIME.as_secs_f64();
        println!(
            "SQLite, {rate} audit rows/s of reads: {} dropped, committing {:.0} % of the time",
            after.audit_dropped - before.audit_dropped,
            busy * 100.0
        );
    }
}

/// How many requests a second can ask whether their account is current.
async fn measure_refresh(store: &Store) {
    for readers in WRITERS {
        let stop = Arc::new(AtomicBool::new(false));
        let tasks: Vec<_> = (0..readers)
            .map(|_| {
                let (store, stop) = (store.clone(), Arc::clone(&stop));
                tokio::spawn(async move {
                    let mut count = 0_u64;
                    while !stop.load(Ordering::Relaxed) {
                        store.refresh(ACCOUNT).await.expect("a refresh");
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        tokio::time::sleep(TIME).await;
        stop.store(true, Ordering::Relaxed);
        let mut count = 0;
        for task in tasks {
            count += task.await.expect("a reader");
        }
        println!(
            "PostgreSQL  {readers:>3} readers: {:>8.0} refreshes/s",
            count as f64 / TIME.as_secs_f64()
        );
    }
}

/// The mean time of one flush. Its middle would say little where flushes take 0.2 ms or 4.
fn measure_flush(folder: &Path) -> Duration {
    let path = folder.join("flush");
    let mut file = File::create(&path).expect("a file");
    let mut times: Vec<Duration> = (0..FLUSHES)
        .map(|_| {
            let started = Instant::now();
            file.write_all(&[7; 1024]).and_then(|()| file.sync_data()).expect("a flush");
            started.elapsed()
        })
        .collect();
    fs::remove_file(path).expect("its end");
    times.sort();
    let mean = times.iter().sum::<Duration>() / FLUSHES as u32;
    println!(
        "\nfdatasync of 1 KiB appended: {:.2} ms; from {:.2} over {:.2} to {:.2} (p10, p50, p90)",
        ms(mean),
        ms(times[FLUSHES / 10]),
        ms(times[FLUSHES / 2]),
        ms(times[FLUSHES * 9 / 10])
    );
    mean
}

async fn timed<T>(work: impl Future<Output = T>) -> Duration {
    let started = Instant::now();
    let done = work.await;
    let took = started.elapsed();
    drop(done);
    took
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
