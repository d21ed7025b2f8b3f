//! Whatever is sent, there is a clear answer in AWS's form, memory stays bounded, and the server goes on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use clients::signed::{Answer, Connection, Key, iam, sign, sts};
use clients::{Clients, Server};

/// Memory that all of it may cost, in bytes.
const MAX_GROWTH_BYTES: u64 = 64 << 20;

fn root() -> Key {
    Key::root("000000000000")
}

fn ask(server: &Server, request: &[u8]) -> Answer {
    Connection::open(server.aws()).unwrap().send(request).unwrap()
}

fn check(server: &Server, request: &[u8], status: u16, code: &str) {
    let answer = ask(server, request);
    let told = String::from_utf8_lossy(request.get(..200.min(request.len())).unwrap()).into_owned();
    assert_eq!((answer.status, answer.element("Code")), (status, code), "{told}\n{}", answer.body);
    assert!(!answer.element("Message").is_empty(), "{}", answer.body);
}

fn is_well(server: &Server) {
    let answer = ask(server, &sign(&root(), "sts", &sts("GetCallerIdentity", &[])));
    assert_eq!(answer.status, 200, "{}", answer.body);
}

fn memory(server: &Server) -> u64 {
    let output = Command::new("ps").args(["-o", "rss=", "-p", &server.id().to_string()]).output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    text.trim().parse::<u64>().unwrap() * 1024
}

/// An unsigned request with a body as it is.
fn raw(content_type: &str, body: &str) -> Vec<u8> {
    format!(
        "POST / HTTP/1.1\r\nhost: iam.amazonaws.com\r\ncontent-type: {content_type}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

#[test]
fn malformed_requests_are_told_apart() {
    let server = Server::start(&["--ephemeral"]);
    const FORM: &str = "application/x-www-form-urlencoded";
    check(
        &server,
        &raw(FORM, "Action=GetRole&Version=2010-05-08"),
        403,
        "MissingAuthenticationToken",
    );
    check(&server, &sign(&root(), "iam", &iam("Frobnicate", &[])), 400, "InvalidAction");
    check(
        &server,
        &sign(&root(), "iam", &iam("UploadServerCertificate", &[])),
        501,
        "NotImplemented",
    );
    check(&server, &sign(&root(), "iam", &iam("GetRole", &[])), 400, "ValidationError");
    let twice = iam("GetRole", &[("RoleName", "a"), ("RoleName", "b")]);
    let answer = ask(&server, &sign(&root(), "iam", &twice));
    assert!((400..500).contains(&answer.status), "{}", answer.body);
    // A parameter that the operation does not have is ignored by IAM.
    let unknown = iam("GetRole", &[("RoleName", "none"), ("Colour", "blue")]);
    check(&server, &sign(&root(), "iam", &unknown), 404, "NoSuchEntity");
    for (content_type, body) in [
        ("application/json", "{\"Action\":\"GetRole\"}"),
        ("text/xml", "<GetRole/>"),
        ("multipart/form-data; boundary=x", "--x--"),
        (FORM, "%zz=%"),
        (FORM, "Action=%ff%fe&Version=2010-05-08"),
        (FORM, "&&&===&&&"),
        (FORM, ""),
    ] {
        let answer = ask(&server, &raw(content_type, body));
        assert!((400..500).contains(&answer.status), "{content_type} {body}: {}", answer.body);
        assert!(answer.body.contains("<Code>"), "{content_type} {body}: {}", answer.body);
    }
    is_well(&server);
}

#[test]
fn requests_that_no_client_sends() {
    let Some(clients) = Clients::of("bad input: requests that no client sends") else { return };
    let server = Server::start(&["--ephemeral"]);
    clients.python(&server, "raw/odd.py");
}

#[test]
fn a_body_of_any_size_costs_little() {
    let server = Server::start(&["--ephemeral"]);
    is_well(&server);
    let before = memory(&server);
    let many: String = (0..100_000).map(|number| format!("&P.{number}=x")).collect();
    let deep: String = "P".to_owned() + &".1".repeat(100_000) + "=x";
    for body in [many, format!("&{deep}"), format!("&X={}", "x".repeat(1 << 20))] {
        let body = format!("Action=GetRole&Version=2010-05-08{body}");
        let answer = ask(&server, &raw("application/x-www-form-urlencoded", &body));
        assert!((400..500).contains(&answer.status), "{}", answer.body);
    }
    check(&server, &raw("text/plain", &"x".repeat(3 << 20)), 413, "RequestEntityTooLarge");
    is_well(&server);
    assert!(memory(&server) < before + MAX_GROWTH_BYTES, "{before} to {}", memory(&server));
}

#[test]
fn entities_of_xml_are_not_expanded() {
    let server = Server::start(&["--ephemeral"]);
    is_well(&server);
    let before = memory(&server);
    let levels: String = (1..10)
        .map(|level| {
            let inner = format!("&e{};", level - 1).repeat(10);
            format!("<!ENTITY e{level} \"{inner}\">")
        })
        .collect();
    let padding = "x".repeat(1000);
    let bomb = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e0 \"{padding}\">{levels}]>\
         <md:EntityDescriptor entityID=\"&e9;\"><md:IDPSSODescriptor>&e9;</md:IDPSSODescriptor>\
         </md:EntityDescriptor>"
    );
    let form = iam("CreateSAMLProvider", &[("Name", "bomb"), ("SAMLMetadataDocument", &bomb)]);
    check(&server, &sign(&root(), "iam", &form), 400, "InvalidInput");
    is_well(&server);
    assert!(memory(&server) < before + MAX_GROWTH_BYTES, "{before} to {}", memory(&server));
}

#[test]
fn connections_that_say_nothing_cost_little_and_leave_room() {
    let server = Server::start(&["--ephemeral"]);
    is_well(&server);
    let before = memory(&server);
    let address = server.aws().trim_start_matches("http://").to_owned();
    let idle: Vec<TcpStream> = (0..400).map(|_| TcpStream::connect(&address).unwrap()).collect();
    let mut half: Vec<TcpStream> = (0..50).map(|_| TcpStream::connect(&address).unwrap()).collect();
    for stream in &mut half {
        // A form: of other requests nobody waits for the body.
        let form = "content-type: application/x-www-form-urlencoded\r\ncontent-length: 9\r\n\r\nA";
        let request = format!("POST / HTTP/1.1\r\nhost: localhost\r\n{form}");
        stream.write_all(request.as_bytes()).unwrap();
    }
    is_well(&server);
    // More than there is room for are told so, and those that are there stay.
    let more: Vec<TcpStream> = (0..100).map(|_| TcpStream::connect(&address).unwrap()).collect();
    let mut last = TcpStream::connect(&address).unwrap();
    last.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut told = String::new();
    last.read_to_string(&mut told).unwrap();
    assert!(told.contains("<Code>ServiceUnavailable</Code>"), "{told}");
    assert!(memory(&server) < before + MAX_GROWTH_BYTES, "{before} to {}", memory(&server));
    drop((idle, half, more));
    let well = std::iter::repeat_with(|| {
        let request = sign(&root(), "sts", &sts("GetCallerIdentity", &[]));
        Connection::open(&address).unwrap().send(&request).is_ok_and(|answer| answer.status == 200)
    });
    assert!(well.take(1000).any(|well| well));
}

#[test]
fn metrics_count_what_was_asked() {
    let server = Server::start(&["--ephemeral"]);
    is_well(&server);
    is_well(&server);
    check(
        &server,
        &sign(&root(), "iam", &iam("GetRole", &[("RoleName", "none")])),
        404,
        "NoSuchEntity",
    );
    let answer = ask(&server, b"GET /_rolecall/metrics HTTP/1.1\r\nhost: localhost\r\n\r\n");
    for line in [
        "rolecall_requests_total{service=\"sts\",operation=\"GetCallerIdentity\",outcome=\"ok\"} 2",
        "rolecall_requests_total{service=\"iam\",operation=\"GetRole\",outcome=\"failed\"} 1",
        "rolecall_request_seconds_count 3",
    ] {
        assert!(answer.body.lines().any(|found| found == line), "{line}\n{}", answer.body);
    }
    // A connection that was closed a moment ago may still be counted.
    let alone = std::iter::repeat_with(|| {
        let answer = ask(&server, b"GET /_rolecall/metrics HTTP/1.1\r\nhost: localhost\r\n\r\n");
        answer.body.lines().any(|found| found == "rolecall_connections 1")
    });
    assert!(alone.take(1000).any(|alone| alone));
}
