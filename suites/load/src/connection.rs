//! The client: keep-alive connections, one request at a time on each.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Bytes that a connection takes in at once, at most about.
const RECEIVED_BYTES: usize = 64 << 10;

/// Requests, ready to be sent, one after the other.
pub(crate) trait Source: Send + 'static {
    /// The next one; `None` once there are no more.
    fn next(&mut self) -> Option<&[u8]>;

    /// How many requests each is, sent one behind the other.
    fn in_one(&self) -> usize {
        1
    }
}

/// What was measured.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) time: Duration,
    /// Of every request, in nanoseconds, sorted.
    pub(crate) latencies: Vec<u32>,
}

/// Lets `connections` send requests for `time`.
pub(crate) fn run<S: Source>(
    address: SocketAddr,
    connections: usize,
    time: Duration,
    mut source: impl FnMut(usize) -> S,
) -> Measured {
    // One thread is enough to keep the servers busy, and leaves them the rest of the machine.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let sources: Vec<S> = (0..connections).map(&mut source).collect();
    runtime.block_on(async {
        let start = Instant::now();
        let until = start + time;
        let tasks: Vec<_> = sources
            .into_iter()
            .map(|source| tokio::spawn(connect(address, source, until)))
            .collect();
        let mut latencies = Vec::new();
        for task in tasks {
            latencies.extend(task.await.unwrap());
        }
        let time = start.elapsed();
        latencies.sort_unstable();
        Measured { time, latencies }
    })
}

async fn connect(address: SocketAddr, mut source: impl Source, until: Instant) -> Vec<u32> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut latencies = Vec::with_capacity(1 << 16);
    let mut answer = Vec::new();
    loop {
        let sent = Instant::now();
        if sent >= until {
            return latencies;
        }
        let expected = source.in_one();
        let Some(request) = source.next() else { return latencies };
        stream.write_all(request).await.unwrap();
        answer.clear();
        for _ in 0..expected {
            read(&mut stream, &mut answer).await;
        }
        latencies.push(u32::try_from(sent.elapsed().as_nanos()).unwrap_or(u32::MAX));
    }
}

/// Reads one answer: its head, and as much of a body as the head says. What came behind it stays.
async fn read(stream: &mut TcpStream, answer: &mut Vec<u8>) {
    let end = loop {
        if let Some(head) = head_end(answer) {
            break head + body_length(&answer[..head]);
        }
        receive(stream, answer).await;
    };
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(answer));
    let mut left = end;
    // A large body is not gathered, as that would be measured, too.
    while answer.len() < left {
        left -= answer.len();
        answer.clear();
        receive(stream, answer).await;
    }
    answer.drain(..left);
}

async fn receive(stream: &mut TcpStream, answer: &mut Vec<u8>) {
    answer.reserve(RECEIVED_BYTES);
    let read = stream.read_buf(answer).await.unwrap();
    assert!(read > 0, "the server hung up: {}", String::from_utf8_lossy(answer));
}

fn head_end(answer: &[u8]) -> Option<usize> {
    answer.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

fn body_length(head: &[u8]) -> usize {
    let head = std::str::from_utf8(head).unwrap();
    let value = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then_some(value)
    });
    value.and_then(|value| value.trim().parse().ok()).expect("a content-length")
}
