//! A process that writes is killed at any moment: what it was answered is there, and nothing half-made is.

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use store::{AuditFilter, Options, Place, Store};

use crate::crash_rows::{ACCOUNT, Item, Order, Total, schema};
use crate::ground::Folder;
use crate::postgres_server;

/// Deaths in the quick suite, and with `ROLECALL_FULL=1`.
const ROUNDS: u64 = 20;
const FULL_ROUNDS: u64 = 300;
/// The victim lives for up to this long after it began to write.
const LONGEST_LIFE_MS: u64 = 60;
/// Numbers that one life has for its writes.
const NUMBERS_PER_LIFE: u64 = 1_000_000;
/// Writers of the victim, as it says itself.
const WRITERS: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_loses_nothing_on_sqlite() {
    let folder = Folder::new();
    let path = folder.0.join("data");
    check_deaths(&path.display().to_string(), Place::Folder(path.clone())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_loses_nothing_on_postgres() {
    if let Some(server) = postgres_server::shared() {
        let url = server.new_schema();
        check_deaths(&url, Place::Postgres(url.clone())).await;
    }
}

async fn check_deaths(argument: &str, place: Place) {
    let full = env::var("ROLECALL_FULL").is_ok_and(|value| value == "1");
    let rounds = if full { FULL_ROUNDS } else { ROUNDS };
    let mut answered = BTreeSet::new();
    let mut highest_count = 0;
    for round in 0..rounds {
        // Spread over the whole range, in no order, and the same in each run.
        let life = Duration::from_micros(round * 7_919 % (LONGEST_LIFE_MS * 1_000));
        for (number, count) in live_and_die(argument, round * NUMBERS_PER_LIFE, life) {
            answered.insert(number);
            highest_count = highest_count.max(count);
        }
        let store = Store::open(place.clone(), schema(), Options::default()).await.unwrap();
        check_state(&store, &answered, highest_count).await;
    }
    assert!(answered.len() > usize::try_from(rounds).unwrap(), "{} writes", answered.len());
    println!("{rounds} deaths, {} writes answered", answered.len());
}

/// What a victim was answered before it was killed.
fn live_and_die(place: &str, first: u64, life: Duration) -> Vec<(u64, u64)> {
    let mut victim = Command::new(victim_path())
        .args([place, &first.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "open");
    let reader = thread::spawn(move || lines.map_while(Result::ok).collect::<Vec<String>>());
    thread::sleep(life);
    // SIGKILL.
    victim.kill().unwrap();
    victim.wait().unwrap();
    let answered = |line: &String| {
        let (number, count) = line.split_once(' ')?;
        Some((number.parse().ok()?, count.parse().ok()?))
    };
    reader.join().unwrap().iter().filter_map(answered).collect()
}

async fn check_state(store: &Store, answered: &BTreeSet<u64>, highest_count: u64) {
    let state = store.snapshot();
    let orders: BTreeSet<u64> =
        state.range::<Order>(ACCOUNT, ..).map(|order| order.id.parse().unwrap()).collect();
    let lost: Vec<_> = answered.difference(&orders).collect();
    assert!(lost.is_empty(), "answered and lost: {lost:?}");
    // All of a write is there or nothing of it.
    let count = state.get::<Total>(ACCOUNT, "orders").map_or(0, |total| total.count);
    assert_eq!(count, u64::try_from(orders.len()).unwrap());
    assert!(count >= highest_count);
    assert_eq!(state.version(ACCOUNT), count);
    for order in state.range::<Order>(ACCOUNT, ..) {
        let found = state.by_index::<Order>("item", &order.item).unwrap();
        assert_eq!(found.id, order.id);
    }
    let items: BTreeSet<u64> = state
        .range::<Item>(ACCOUNT, ..)
        .map(|item| item.id.strip_prefix("next ").unwrap().parse().unwrap())
        .collect();
    assert!(items.is_subset(&orders));
    let replaced = orders.iter().filter(|order| !orders.contains(&(*order + WRITERS as u64)));
    assert_eq!(items, replaced.copied().collect());
    // Its audit row, too: look for the newest ones.
    for number in orders.iter().rev().take(WRITERS) {
        let filter = AuditFilter { id: Some(number.to_string()), ..AuditFilter::default() };
        assert_eq!(store.find_audit(&filter).await.unwrap().len(), 1, "{number}");
    }
}

/// Cargo builds the examples with the tests, into a folder beside theirs.
fn victim_path() -> PathBuf {
    let tests = env::current_exe().unwrap();
    let path = tests.parent().unwrap().parent().unwrap().join("examples/write_until_killed");
    let path = path.with_extension(env::consts::EXE_EXTENSION);
    assert!(path.exists(), "{} is not built: `cargo build -p store --examples`", path.display());
    path
}
