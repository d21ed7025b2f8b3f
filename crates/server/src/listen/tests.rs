//! Clients that are slow, many, or stop in the middle.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use axum::body::Body;

use super::*;
use crate::coverage::empty_server;
use crate::path;
use crate::shared::Shared;

/// A server on a thread of its own, until it is dropped.
struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    fn start(header: Duration, connections: usize) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (told, address) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let (runtime, shared) = empty_server();
            runtime.block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                told.send(listener.local_addr().unwrap()).unwrap();
                let connections = Arc::new(Semaphore::new(connections));
                let bounds = Bounds { header, connections };
                serve(listener, Form::Aws, bounds, stopped, move |request, source| {
                    let shared: Arc<Shared> = Arc::clone(&shared);
                    path::serve(request.map(Body::new), source, shared)
                })
                .await;
            });
        });
        Self { address: address.recv().unwrap(), stop, thread: Some(thread) }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Sends and reads until the server has nothing more to say.
    fn ask(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        rest(&mut stream)
    }

    /// It answers as if nothing had been.
    fn goes_on(&self) {
        let answer =
            self.ask("GET / HTTP/1.1\r\nhost: sts.amazonaws.com\r\nconnection: close\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.send(true).unwrap();
        self.thread.take().unwrap().join().unwrap();
    }
}

fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // What was sent after the server stopped to listen may reset the connection.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(60);

#[test]
fn a_head_that_does_not_end_is_hung_up_on() {
    let server = Server::start(SHORT, 8);
    let started = Instant::now();
    let answer = server.ask("POST / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-half");
    assert_eq!(answer, "");
    assert!(started.elapsed() < Duration::from_secs(10));
    // So is a client that connects and says nothing.
    assert_eq!(server.ask(""), "");
    server.goes_on();
}

#[test]
fn a_body_that_does_not_come_is_told_and_hung_up_on() {
    let server = Server::start(LONG, 8);
    let answer = server.ask(
        "POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: 100\r\n\r\nAction=GetCaller",
    );
    assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
    assert!(answer.contains("<Code>RequestTimeout</Code>"), "{answer}");
    server.goes_on();
}

#[test]
fn a_client_that_goes_away_in_the_middle_of_a_body_harms_nobody() {
    let server = Server::start(LONG, 8);
    let mut stream = server.connect();
    stream
        .write_all(b"POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100\r\n\r\nAction")
        .unwrap();
    drop(stream);
    server.goes_on();
}

#[test]
fn one_connection_too_many_is_told_so() {
    let server = Server::start(LONG, 2);
    let mut first = server.connect();
    let second = server.connect();
    // The server has them once it answers on one.
    first.write_all(b"GET / HTTP/1.1\r\nhost: sts.amazonaws.com\r\n\r\n").unwrap();
    assert_ne!(first.read(&mut [0; 16]).unwrap(), 0);
    let answer = rest(&mut server.connect());
    assert!(answer.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{answer}");
    assert!(answer.contains("<Code>ServiceUnavailable</Code>"), "{answer}");
    drop((first, second));
    // It takes a moment until it knows that they are gone.
    let answers = std::iter::repeat_with(|| {
        server.ask("GET / HTTP/1.1\r\nhost: sts.amazonaws.com\r\nconnection: close\r\n\r\n")
    });
    assert!(answers.take(1000).any(|answer| answer.starts_with("HTTP/1.1 4")));
}

#[test]
fn idle_connections_make_room() {
    let server = Server::start(SHORT, 2);
    let idle = [server.connect(), server.connect()];
    let answers = std::iter::repeat_with(|| {
        std::thread::sleep(SHORT);
        server.ask("GET / HTTP/1.1\r\nhost: sts.amazonaws.com\r\nconnection: close\r\n\r\n")
    });
    assert!(answers.take(50).any(|answer| answer.starts_with("HTTP/1.1 4")));
    drop(idle);
}

#[test]
fn a_server_that_stops_ends_idle_connections() {
    let server = Server::start(LONG, 8);
    let mut idle = server.connect();
    idle.write_all(b"GET / HTTP/1.1\r\nhost: sts.amazonaws.com\r\n\r\n").unwrap();
    assert_ne!(idle.read(&mut [0; 16]).unwrap(), 0);
    let started = Instant::now();
    drop(server);
    assert!(started.elapsed() < Duration::from_secs(STOP_SECONDS));
    rest(&mut idle);
}

#[test]
fn heads_and_bodies_are_bounded() {
    let server = Server::start(LONG, 8);
    // A little more may come in with the last read.
    let long = "x".repeat(4 * MAX_HEAD_BYTES);
    let answer = server.ask(&format!(
        "GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\nx-long: {long}\r\n\r\n"
    ));
    // What was sent after the server stopped to listen may cost the client its answer.
    assert!(answer.is_empty() || answer.contains("RequestHeaderSectionTooLarge"), "{answer}");
    let fields = |count: usize| -> String {
        (2..count).map(|number| format!("x-{number}: y\r\n")).collect()
    };
    let head = "host: sts.amazonaws.com\r\nconnection: close\r\n";
    for (start, status, form) in [
        ("GET /bucket/key", "400 Bad Request", "<Error><Code>RequestHeaderSectionTooLarge</Code>"),
        ("POST /", "431 Request Header Fields Too Large", "<Type>Sender</Type>"),
    ] {
        let most =
            server.ask(&format!("{start} HTTP/1.1\r\n{head}{}\r\n", fields(MAX_HEAD_FIELDS)));
        assert!(!most.contains("TooLarge"), "{most}");
        let more = fields(MAX_HEAD_FIELDS + 1);
        let answer = server.ask(&format!("{start} HTTP/1.1\r\n{head}{more}\r\n"));
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{answer}");
        assert!(
            answer.contains(form) && answer.contains("RequestHeaderSectionTooLarge"),
            "{answer}"
        );
    }
    let answer = server.ask("abcdefg\r\n\r\n");
    assert!(answer.contains("<Code>BadRequest</Code>"), "{answer}");
    let long = "x".repeat(MAX_HEAD_BYTES);
    let answer = server.ask(&format!("GET /{long} HTTP/1.1\r\n"));
    // Whichever is noticed first.
    let codes = ["<Code>RequestURITooLong</Code>", "<Code>RequestHeaderSectionTooLarge</Code>"];
    assert!(codes.iter().any(|code| answer.contains(code)), "{answer}");

    // A body that says that it is too large, and one that turns out to be.
    let head = "POST / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\
                content-type: application/x-www-form-urlencoded\r\n";
    let answer = server.ask(&format!("{head}content-length: 3000000\r\n\r\n"));
    assert!(answer.contains("<Code>RequestEntityTooLarge</Code>"), "{answer}");
    let mut stream = server.connect();
    stream.write_all(format!("{head}transfer-encoding: chunked\r\n\r\n").as_bytes()).unwrap();
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let sent = (0..1000).take_while(|_| stream.write_all(chunk.as_bytes()).is_ok()).count();
    assert!(sent < 1000, "an endless body was read");
    server.goes_on();
}
