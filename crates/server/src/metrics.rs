//! What is counted, for `/_rolecall/metrics` in the text form of Prometheus.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::listen::MAX_CONNECTIONS;
use crate::shared::Shared;
use crate::table::OPERATIONS;

/// Upper bounds of the histogram of times, in microseconds.
const BOUNDS_US: [u64; 10] = [50, 100, 250, 500, 1_000, 2_500, 10_000, 50_000, 250_000, 1_000_000];

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was done.
    Ok,
    /// IAM refused it.
    Denied,
    /// It was not known who calls.
    Unauthenticated,
    /// Anything else went wrong with it.
    Failed,
    /// This server failed.
    Internal,
}

impl Outcome {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Ok, "ok"),
        (Self::Denied, "denied"),
        (Self::Unauthenticated, "unauthenticated"),
        (Self::Failed, "failed"),
        (Self::Internal, "internal"),
    ];
}

/// Counts of one operation by outcome.
type Counts = [AtomicU64; Outcome::ALL.len()];

/// A service, as IAM's actions name it, and an operation.
type Name = (&'static str, &'static str);

/// What the operations of Databricks count under.
pub(crate) const DATABRICKS: &str = "databricks";

/// All that is counted. There are as many counters as operations, whatever clients ask for.
#[derive(Debug)]
pub(crate) struct Metrics {
    operations: Vec<(Name, Counts)>,
    places: HashMap<Name, usize, foldhash::fast::FixedState>,
    /// Requests for nothing that is in the table.
    others: Counts,
    /// Requests by time: as many as the bounds, and those beyond.
    times: [AtomicU64; BOUNDS_US.len() + 1],
    time_us: AtomicU64,
}

impl Default for Metrics {
    fn default() -> Self {
        let of_aws = OPERATIONS.iter().copied().flatten();
        let of_aws = of_aws.map(|entry| (entry.service.prefix(), entry.name));
        let of_databricks = databricks::table::OPERATIONS.iter();
        let of_databricks = of_databricks.map(|entry| (DATABRICKS, entry.name));
        let operations: Vec<(Name, Counts)> =
            of_aws.chain(of_databricks).map(|name| (name, Counts::default())).collect();
        let names = operations.iter().map(|(name, _)| *name);
        let places = names.enumerate().map(|(place, name)| (name, place)).collect();
        let (others, times) = (Counts::default(), <_>::default());
        Self { operations, places, others, times, time_us: AtomicU64::new(0) }
    }
}

impl Metrics {
    /// Counts a request; `operation` if it was for one of the table.
    pub(crate) fn count(&self, operation: Option<(&str, &str)>, outcome: Outcome, time: Duration) {
        let place = operation.and_then(|name| self.places.get(&name).copied());
        let counts = place.and_then(|place| self.operations.get(place)).map(|(_, counts)| counts);
        let counter = counts.unwrap_or(&self.others).get(outcome as usize);
        let us = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_US.iter().position(|bound| us <= *bound).unwrap_or(BOUNDS_US.len());
        for counter in [counter, self.times.get(bucket)].into_iter().flatten() {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        self.time_us.fetch_add(us, Ordering::Relaxed);
    }

    /// The text for Prometheus ("text-based format", version 0.0.4).
    pub(crate) fn text(&self, shared: &Shared) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_requests(&mut out).and_then(|()| write_gauges(&mut out, shared));
        out
    }

    fn write_requests(&self, out: &mut String) -> std::fmt::Result {
        head(out, "rolecall_requests_total", "counter", "Requests by operation and outcome.")?;
        let known = self
            .operations
            .iter()
            .map(|((service, operation), counts)| (*service, *operation, counts));
        for (service, operation, counts) in known.chain([("", "", &self.others)]) {
            for ((_, outcome), count) in Outcome::ALL.iter().zip(counts) {
                let count = count.load(Ordering::Relaxed);
                if count > 0 {
                    writeln!(
                        out,
                        "rolecall_requests_total{{service=\"{service}\",operation=\"{operation}\",\
                         outcome=\"{outcome}\"}} {count}"
                    )?;
                }
            }
        }
        let name = "rolecall_request_seconds";
        head(out, name, "histogram", "Time from a request's head to its answer.")?;
        let mut sum = 0;
        for (bound, count) in BOUNDS_US.iter().zip(&self.times) {
            sum += count.load(Ordering::Relaxed);
            writeln!(out, "{name}_bucket{{le=\"{}\"}} {sum}", seconds(*bound))?;
        }
        sum += self.times.last().map_or(0, |count| count.load(Ordering::Relaxed));
        writeln!(out, "{name}_bucket{{le=\"+Inf\"}} {sum}")?;
        writeln!(out, "{name}_sum {}", seconds(self.time_us.load(Ordering::Relaxed)))?;
        writeln!(out, "{name}_count {sum}")
    }
}

fn seconds(us: u64) -> String {
    let (whole, rest) = (us / 1_000_000, us % 1_000_000);
    if rest == 0 {
        return whole.to_string();
    }
    format!("{whole}.{rest:06}").trim_end_matches('0').to_owned()
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) -> std::fmt::Result {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}")
}

fn write_gauges(out: &mut String, shared: &Shared) -> std::fmt::Result {
    let free = shared.bounds.connections.available_permits();
    let store = shared.store.metrics();
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let rows: [(&str, &str, &str, u64); 11] = [
        (
            "rolecall_connections",
            "gauge",
            "Open connections.",
            count(MAX_CONNECTIONS.saturating_sub(free)),
        ),
        ("rolecall_store_writes_total", "counter", "Writes that were executed.", store.writes),
        ("rolecall_store_flushes_total", "counter", "Commits to the database.", store.flushes),
        (
            "rolecall_store_reruns_total",
            "counter",
            "Writes executed again because a replica was first.",
            store.reruns,
        ),
        (
            "rolecall_store_reloads_total",
            "counter",
            "Accounts brought forward because a replica changed them.",
            store.reloads,
        ),
        (
            "rolecall_store_failures_total",
            "counter",
            "Writes that the database did not keep.",
            store.failures,
        ),
        (
            "rolecall_store_waiting_writes",
            "gauge",
            "Writes that wait for their flush.",
            count(store.waiting_writes),
        ),
        ("rolecall_audit_rows_total", "counter", "Audit rows.", store.audit_rows),
        (
            "rolecall_audit_dropped_total",
            "counter",
            "Audit rows that did not reach the database.",
            store.audit_dropped,
        ),
        (
            "rolecall_audit_waiting",
            "gauge",
            "Audit rows that wait for the database.",
            count(store.waiting_audit_rows),
        ),
        (
            "rolecall_decisions_kept",
            "gauge",
            "Requests whose decisions can be told.",
            count(shared.decisions.len()),
        ),
    ];
    for (name, kind, help, value) in rows {
        head(out, name, kind, help)?;
        writeln!(out, "{name} {value}")?;
    }
    let name = "rolecall_store_flush_seconds_total";
    head(out, name, "counter", "Time that commits took together.")?;
    writeln!(out, "{name} {}", seconds(store.flush_us))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_seconds() {
        for (us, text) in [(0, "0"), (50, "0.00005"), (1_000_000, "1"), (2_500_000, "2.5")] {
            assert_eq!(seconds(us), text);
        }
    }

    #[test]
    fn requests_are_counted_by_operation_and_outcome() {
        let metrics = Metrics::default();
        let time = Duration::from_micros;
        metrics.count(Some(("iam", "GetRole")), Outcome::Ok, time(50));
        metrics.count(Some(("iam", "GetRole")), Outcome::Ok, time(51));
        metrics.count(Some(("iam", "GetRole")), Outcome::Denied, time(3_000_000));
        metrics.count(Some(("iam", "no such \"operation\"")), Outcome::Failed, time(1));
        metrics.count(None, Outcome::Failed, time(1));
        let mut text = String::new();
        metrics.write_requests(&mut text).unwrap();
        for line in [
            "rolecall_requests_total{service=\"iam\",operation=\"GetRole\",outcome=\"ok\"} 2",
            "rolecall_requests_total{service=\"iam\",operation=\"GetRole\",outcome=\"denied\"} 1",
            "rolecall_requests_total{service=\"\",operation=\"\",outcome=\"failed\"} 2",
            "rolecall_request_seconds_bucket{le=\"0.00005\"} 3",
            "rolecall_request_seconds_bucket{le=\"0.0001\"} 4",
            "rolecall_request_seconds_bucket{le=\"1\"} 4",
            "rolecall_request_seconds_bucket{le=\"+Inf\"} 5",
            "rolecall_request_seconds_sum 3.000103",
            "rolecall_request_seconds_count 5",
        ] {
            assert!(text.lines().any(|written| written == line), "{line}\n{text}");
        }
        assert!(!text.contains("no such"), "{text}");
    }
}
