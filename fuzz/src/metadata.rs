//! What must hold for any bytes as a request for instance metadata; the suite of `imds` runs it as well, on
//! a bounded number of requests.

use imds::instance::{Device, Interface, Profile};
use imds::request::Options;
use imds::{Asked, Instance, Item, Request, Tokens};
use names::Timestamp;

/// A request: a byte for its kind, then path, token and length of a token, a line each. It is refused, or
/// answered so that whatever is listed can be read; no token is good that was not made.
pub fn metadata(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else { return };
    let mut lines = rest.split(|byte| *byte == b'\n');
    let path = String::from_utf8_lossy(lines.next().unwrap_or_default());
    let request = Request {
        method: ["GET", "PUT", "HEAD", "POST"][usize::from(kind & 3)],
        path: &path,
        token: lines.next(),
        ttl: lines.next(),
        forwarded: kind & 4 != 0,
    };
    let options = Options { enabled: kind & 8 == 0, tokens_required: kind & 16 != 0 };
    match request.read(options) {
        Err(status) => assert!((400..=405).contains(&status.code())),
        Ok(Asked::Token(seconds)) => {
            assert!((1..=21_600).contains(&seconds) && request.method == "PUT");
            assert!(!request.forwarded && options.enabled);
        }
        Ok(Asked::Item { path, token }) => {
            assert!(token.is_some() || !options.tokens_required);
            let now = Timestamp::from_unix_seconds(1_700_000_000);
            if let Some(token) = token {
                assert!(Tokens::new(&[7; 32]).check(token, "i-1", now).is_err());
            }
            if let Some(path) = path {
                read(&path.iter().map(|part| &**part).collect::<Vec<_>>());
            }
        }
    }
}

fn read(path: &[&str]) {
    let find = |path: &[&str]| {
        let path: Vec<_> = path.iter().map(|part| (*part).into()).collect();
        Item::find(&instance(), &path)
    };
    let Some(Item::List(names)) = find(path) else { return };
    assert!(!names.is_empty());
    for name in names.lines() {
        // A key is listed by number and name, and found by its number.
        let name = name.split_once('=').map_or(name, |(number, _)| number);
        let below: Vec<&str> = path.iter().copied().chain([name.trim_end_matches('/')]).collect();
        let found = find(&below);
        assert!(found.is_some(), "{below:?} is listed");
        assert!(!name.ends_with('/') || matches!(found, Some(Item::List(_))), "{below:?}");
    }
}

fn instance() -> Instance {
    let interface = Interface { mac: "0a:00:00:00:00:01".to_owned(), ..Interface::default() };
    Instance {
        id: "i-1".to_owned(),
        interfaces: vec![interface],
        devices: vec![Device { name: "/dev/xvda".to_owned(), root: true }],
        key: Some(("mine".to_owned(), Some("ssh-rsa AAAA".to_owned()))),
        tags: Some(vec![("Name".to_owned(), "one".to_owned())]),
        has_user_data: true,
        profile: Some(Profile { role: Some("etl".to_owned()) }),
        ..Instance::default()
    }
}
