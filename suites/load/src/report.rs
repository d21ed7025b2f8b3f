//! What is printed: a line for each figure, and how each compares with the bare server.

use std::time::Duration;

use crate::connection::Measured;
use crate::server::Server;

/// One figure.
#[derive(Debug)]
pub(crate) struct Row {
    place: String,
    operation: &'static str,
    connections: usize,
    per_second: f64,
    p50: Duration,
    p99: Duration,
    memory: u64,
    /// Whether it waits for a flush, where the state is on disk.
    is_write: bool,
}

/// The figures so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
    flush: Option<Duration>,
}

impl Row {
    pub(crate) fn new(
        place: &str,
        operation: &'static str,
        connections: usize,
        measured: Measured,
        memory: u64,
    ) -> Self {
        let Measured { time, latencies } = measured;
        let at = |share: f64| -> Duration {
            let index = (latencies.len() as f64 * share) as usize;
            Duration::from_nanos(latencies[index.min(latencies.len() - 1)].into())
        };
        Self {
            place: place.to_owned(),
            operation,
            connections,
            per_second: latencies.len() as f64 / time.as_secs_f64(),
            p50: at(0.5),
            p99: at(0.99),
            memory,
            is_write: false,
        }
    }

    /// One that waits for a flush, where the state is on disk.
    pub(crate) fn writes(self) -> Self {
        Self { is_write: true, ..self }
    }
}

impl Report {
    /// Prints a figure and keeps it.
    pub(crate) fn add(&mut self, row: Row) {
        if self.rows.is_empty() {
            println!(
                "{:13} {:17} {:>4} {:>11} {:>7} {:>9} {:>9} {:>7}",
                "", "", "conn", "requests/s", "bare", "p50", "p99", "MB"
            );
        }
        let bare = self.rows.iter().find(|it| it.connections == row.connections);
        let share = bare.map_or(1.0, |bare| row.per_second / bare.per_second) * 100.0;
        println!(
            "{:13} {:17} {:>4} {:>11.0} {:>6.0}% {:>6.0} µs {:>6.0} µs {:>7.1}",
            row.place,
            row.operation,
            row.connections,
            row.per_second,
            share,
            micros(row.p50),
            micros(row.p99),
            row.memory as f64 / 1e6,
        );
        if row.place == "on disk"
            && row.is_write
            && let Some(flush) = self.flush
        {
            let most = row.connections as f64 / flush.as_secs_f64();
            println!("{:36} {:.0} % of connections ÷ flush", "", row.per_second / most * 100.0);
        }
        self.rows.push(row);
    }

    /// Prints how much a second the newest figure moved, of requests that move `bytes` each, beside what the disk
    /// does by itself.
    pub(crate) fn throughput(&self, bytes: usize, raw: f64) {
        let Some(row) = self.rows.last() else { return };
        let rate = row.per_second * bytes as f64;
        println!(
            "{:36} {:.0} MB/s, {:.0} % of the disk's {:.0}",
            "",
            rate / 1e6,
            rate / raw * 100.0,
            raw / 1e6
        );
    }

    /// Prints how long a server took to start, and what it weighs before anybody asks anything.
    pub(crate) fn start(&self, place: &str, server: &Server) {
        println!(
            "{place:13} ready after {:.1} ms, {:.1} MB idle",
            server.started.as_secs_f64() * 1e3,
            server.memory() as f64 / 1e6,
        );
    }

    /// Keeps what a flush costs, and prints it.
    pub(crate) fn flush(&mut self, flush: Duration) {
        println!("{:13} a flush takes {:.0} µs", "on disk", micros(flush));
        self.flush = Some(flush);
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
