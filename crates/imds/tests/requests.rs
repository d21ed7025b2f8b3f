//! Requests, and what becomes of them.
#![allow(clippy::unwrap_used, reason = "tests")]

use imds::request::{Options, VERSIONS};
use imds::{Asked, Request, Status};

const OPEN: Options = Options { enabled: true, tokens_required: false };
const STRICT: Options = Options { enabled: true, tokens_required: true };

fn get(path: &str) -> Request<'_> {
    Request { method: "GET", path, token: None, ttl: None, forwarded: false }
}

fn put(path: &'static str, ttl: &'static str) -> Request<'static> {
    let ttl = Some(ttl.as_bytes()).filter(|ttl| !ttl.is_empty());
    Request { method: "PUT", path, token: None, ttl, forwarded: false }
}

fn status(request: Request<'_>, options: Options) -> u16 {
    request.read(options).map_or_else(Status::code, |_| 200)
}

#[test]
fn tokens_are_asked_for_in_one_way_only() {
    let check = |path, ttl, expected| {
        let asked = put(path, ttl).read(STRICT).map_err(Status::code);
        let expected: Result<u32, u16> = expected;
        assert_eq!(asked, expected.map(Asked::Token), "{path} {ttl}");
    };
    check("/latest/api/token", "1", Ok(1));
    check("/latest/api/token", "21600", Ok(21_600));
    for ttl in ["", "0", "21601", "-1", "+1", "1.5", "six", " 60", "99999999999999999999"] {
        check("/latest/api/token", ttl, Err(400));
    }
    check("/2018-09-24/api/token", "60", Err(403));
    check("/latest/api/token/", "60", Err(403));
    check("/latest/meta-data", "60", Err(403));
    let forwarded = Request { forwarded: true, ..put("/latest/api/token", "60") };
    assert_eq!(status(forwarded, OPEN), 403);
}

#[test]
fn who_may_read() {
    let with_token = |method| Request { method, token: Some(b"x"), ..get("/latest/meta-data/") };
    for (request, options, expected) in [
        (get("/latest/meta-data/"), OPEN, 200),
        (get("/latest/meta-data/"), STRICT, 401),
        (with_token("GET"), STRICT, 200),
        (with_token("HEAD"), STRICT, 200),
        (with_token("POST"), STRICT, 405),
        (with_token("DELETE"), OPEN, 405),
        (with_token("OPTIONS"), OPEN, 405),
        (get("/latest/api/token"), OPEN, 405),
        (get("/"), OPEN, 200),
        (get(""), OPEN, 200),
        (get("/1999-01-01/meta-data"), OPEN, 404),
        (get("/latest/meta-data/%zz"), OPEN, 404),
        (get("/latest/meta-data/%ff"), OPEN, 404),
        (get("/latest/meta-data/%"), OPEN, 404),
    ] {
        assert_eq!(status(request, options), expected, "{request:?}");
    }
    let off = Options { enabled: false, tokens_required: false };
    assert_eq!(status(with_token("GET"), off), 403);
    assert_eq!(status(put("/latest/api/token", "60"), off), 403);
}

#[test]
fn paths_are_read_by_their_parts() {
    let parts = |path: &str| match get(path).read(OPEN).unwrap() {
        Asked::Item { path, .. } => path.map(|parts| parts.join("|")),
        Asked::Token(_) => None,
    };
    assert_eq!(parts("/"), None);
    assert_eq!(parts("/latest").as_deref(), Some(""));
    assert_eq!(parts("/latest/meta-data/iam/").as_deref(), Some("meta-data|iam"));
    assert_eq!(parts("//latest//meta-data//iam").as_deref(), Some("meta-data|iam"));
    assert_eq!(parts("/latest/a%20b/c%2Fd").as_deref(), Some("a b|c/d"));
    for version in VERSIONS {
        assert_eq!(parts(&format!("/{version}/user-data")).as_deref(), Some("user-data"));
    }
}

#[test]
fn paths_are_bounded() {
    let path = |length| format!("/latest/{}", "a".repeat(length - "/latest/".len()));
    assert_eq!(status(get(&path(imds::request::MAX_PATH_BYTES)), OPEN), 200);
    assert_eq!(status(get(&path(imds::request::MAX_PATH_BYTES + 1)), OPEN), 404);
}

#[test]
fn refusals_come_with_a_page() {
    let page = Status::NotFound.page();
    assert!(page.starts_with("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n<!DOCTYPE html"));
    assert!(page.contains("<title>404 - Not Found</title>"), "{page}");
}
