//! The clock and propagation as the control API sets them, and what follows them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "support/server.rs"]
mod server;
#[path = "support/run.rs"]
mod support;

use server::{Key, Server, element, iam};
use support::{Folder, rolecall};

/// A trust policy for the account.
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}]}"#;
const ROLE: &str = "arn:aws:iam::000000000000:role/etl";

/// A number in the JSON of an answer.
fn number(json: &str, name: &str) -> i64 {
    let after = json.split_once(&format!("\"{name}\":")).expect("the field").1;
    let digits: String = after.chars().take_while(|it| it.is_ascii_digit() || *it == '-').collect();
    digits.parse().unwrap()
}

fn sts<'a>(action: &'a str, rest: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("Action", action), ("Version", "2011-06-15")][..], rest].concat()
}

fn create_user(server: &Server) -> (String, String) {
    let user = [("UserName", "anna")];
    assert_eq!(server.root("iam", &iam("CreateUser", &user)).0, 200);
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:*","Resource":"*"}]}"#;
    let put = [("UserName", "anna"), ("PolicyName", "own"), ("PolicyDocument", policy)];
    assert_eq!(server.root("iam", &iam("PutUserPolicy", &put)).0, 200);
    let (_, body) = server.root("iam", &iam("CreateAccessKey", &user));
    (element(&body, "AccessKeyId").to_owned(), element(&body, "SecretAccessKey").to_owned())
}

fn create_role(server: &Server) {
    let role = [("RoleName", "etl"), ("AssumeRolePolicyDocument", TRUST)];
    assert_eq!(server.root("iam", &iam("CreateRole", &role)).0, 200);
}

fn assume(server: &Server, key: (&str, &str)) -> server::Answer {
    let form = sts("AssumeRole", &[("RoleArn", ROLE), ("RoleSessionName", "now")]);
    server.call("sts", key, &form)
}

/// Whether temporary credentials in `answer` are good now.
fn is_good(server: &Server, answer: &str) -> bool {
    let key = Key {
        id: element(answer, "AccessKeyId"),
        secret: element(answer, "SecretAccessKey"),
        token: Some(element(answer, "SessionToken")),
    };
    let (status, body) = server.call_with("sts", &key, &sts("GetCallerIdentity", &[]));
    assert!(status == 200 || body.contains("ExpiredToken"), "{body}");
    status == 200
}

#[test]
fn credentials_end_when_the_clock_is_advanced() {
    let server = Server::start(&["--ephemeral"]);
    let (id, secret) = create_user(&server);
    create_role(&server);
    let (_, before) = assume(&server, (&id, &secret));
    assert!(is_good(&server, &before));
    let (status, shown) = server.post("/_rolecall/clock/advance", r#"{"seconds": 3590}"#);
    assert_eq!(status, 200, "{shown}");
    assert!((3_590_000..3_600_000).contains(&number(&shown, "ahead_ms")), "{shown}");
    assert!(is_good(&server, &before));
    server.post("/_rolecall/clock/advance", r#"{"seconds": 11}"#);
    assert!(!is_good(&server, &before));
    // New ones tell their end by the client's clock, not by the clouds'.
    let (_, after) = assume(&server, (&id, &secret));
    assert!(is_good(&server, &after));
    let end = |answer: &str| element(answer, "Expiration").to_owned();
    assert!(end(&after) >= end(&before));
    let (_, shown) = server.post("/_rolecall/clock/freeze", "");
    assert!(shown.contains(r#""frozen":true"#), "{shown}");
    let now = number(&shown, "now_ms");
    assert_eq!(number(&server.get("/_rolecall/clock").1, "now_ms"), now);
    let (_, shown) = server.post("/_rolecall/clock/resume", "");
    assert!((now..now + 5000).contains(&number(&shown, "now_ms")), "{shown}");
    let year_2099 = r#"{"time": "2099-01-01T00:00:00Z"}"#;
    assert!(server.post("/_rolecall/clock/set", year_2099).1.contains("2099-01-01T00:00:0"));
    assert!(!is_good(&server, &after));
}

#[test]
fn a_clock_is_not_set_to_nonsense() {
    let server = Server::start(&["--ephemeral"]);
    let before = number(&server.get("/_rolecall/clock").1, "ahead_ms");
    for (path, json) in [
        ("advance", ""),
        ("advance", "{}"),
        ("advance", r#"{"seconds": -1}"#),
        ("advance", r#"{"seconds": 1e300}"#),
        ("advance", r#"{"seconds": 1, "minutes": 2}"#),
        ("set", r#"{"time": "2020-01-01T00:00:00Z"}"#),
        ("set", r#"{"time": "tomorrow"}"#),
    ] {
        let (status, text) = server.post(&format!("/_rolecall/clock/{path}"), json);
        assert_eq!(status, 400, "{path} {json}: {text}");
    }
    assert_eq!(server.post("/_rolecall/clock/rewind", "").0, 404);
    let after = number(&server.get("/_rolecall/clock").1, "ahead_ms");
    assert!((after - before).abs() < 100, "{before} {after}");
}

#[test]
fn a_server_that_is_started_again_goes_on_in_its_time() {
    let folder = Folder::with(&[]);
    let data = ["--data", folder.path().to_str().unwrap()];
    let server = Server::start(&data);
    server.post("/_rolecall/clock/advance", r#"{"seconds": 86400}"#);
    let now = number(&server.post("/_rolecall/clock/freeze", "").1, "now_ms");
    server.post("/_rolecall/propagation", r#"{"mode": "seed:7"}"#);
    assert_eq!(server.stop(), 0);
    let server = Server::start(&data);
    assert_eq!(number(&server.get("/_rolecall/clock").1, "now_ms"), now);
    assert_eq!(server.get("/_rolecall/propagation").1, r#"{"mode":"seed:7"}"#);
    // Everything that has a time begins anew with the rows.
    assert_eq!(server.post("/_rolecall/reset", "").0, 204);
    assert!(number(&server.get("/_rolecall/clock").1, "ahead_ms").abs() < 5000);
    assert_eq!(server.get("/_rolecall/propagation").1, r#"{"mode":"off"}"#);
}

#[test]
fn a_race_is_told_from_a_typo() {
    let server = Server::start(&["--ephemeral", "--propagation", "fixed:600"]);
    let port = server.address.rsplit(':').next().unwrap().to_owned();
    let (id, secret) = create_user(&server);
    // A key that nobody but IAM has heard of.
    let (status, body) = assume(&server, (&id, &secret));
    assert_eq!((status, element(&body, "Code")), (403, "InvalidClientTokenId"));
    let why = rolecall(&Folder::with(&[]), &["why", "--aws-port", &port]);
    assert!(why.stdout.contains(&format!("the access key `{id}` exists since")), "{}", why.stdout);
    server.post("/_rolecall/clock/advance", r#"{"seconds": 600}"#);
    server.post("/_rolecall/clock/freeze", "");
    create_role(&server);
    server.post("/_rolecall/clock/advance", r#"{"seconds": 0.8}"#);
    let (status, body) = assume(&server, (&id, &secret));
    assert_eq!((status, element(&body, "Code")), (403, "AccessDenied"));
    assert!(!body.contains("race"), "{body}");
    let why = rolecall(&Folder::with(&[]), &["why", "--aws-port", &port]);
    let hint = "the role `etl` exists since 0.8 s, STS sees it at 600 s: a race, not a typo";
    assert!(why.stdout.contains(hint), "{}", why.stdout);
    // Turned off, everybody sees everything.
    assert_eq!(server.post("/_rolecall/propagation", r#"{"mode": "off"}"#).0, 200);
    assert_eq!(assume(&server, (&id, &secret)).0, 200);
    assert_eq!(server.post("/_rolecall/propagation", r#"{"mode": "slow"}"#).0, 400);
    let refused = rolecall(&Folder::with(&[]), &["serve", "--propagation", "fixed:-1"]);
    assert_eq!(refused.status, 2);
    assert!(refused.stderr.contains("write off, fixed:SECONDS"), "{}", refused.stderr);
}

#[test]
fn web_pages_cannot_set_the_clock() {
    let server = Server::start(&["--ephemeral"]);
    let url = format!("http://{}/_rolecall/clock/freeze", server.address);
    let post = server::agent().post(url).header("origin", "https://evil.example");
    assert_eq!(server::answer(post.send_empty()).0, 403);
}
