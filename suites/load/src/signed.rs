//! Signed requests, made before the clock runs.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{SystemTime, UNIX_EPOCH};

use sigv4::{Dialect, Payload, Request, Signer, Timestamp};

use crate::connection::Source;
use crate::fill;

/// Whoever calls may assume the roles.
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}]}"#;

/// What the user may do: each request is decided on by these.
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:CreateRole","iam:GetRole"],"Resource":"arn:aws:iam::*:role/*"},{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::000000000000:role/target"}]}"#;

/// Roles that are made in an account, of the 1,000 that it may have.
const ROLES_PER_ACCOUNT: usize = 990;

/// The account of all but the roles that are made.
const ACCOUNT: &str = "000000000000";

/// A user's access key.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    id: String,
    secret: String,
}

/// Requests one after the other; once or again and again.
#[derive(Debug)]
pub(crate) struct Requests {
    ready: Vec<Vec<u8>>,
    once: bool,
    next: usize,
}

impl Source for Requests {
    fn next(&mut self) -> Option<&[u8]> {
        let at = if self.once { self.next } else { self.next % self.ready.len() };
        self.next += 1;
        self.ready.get(at).map(Vec::as_slice)
    }
}

impl Requests {
    fn of(
        key: &Key,
        service: &str,
        forms: impl Iterator<Item = Vec<(&'static str, String)>>,
    ) -> Self {
        let ready = forms.map(|form| sign(key, service, &form)).collect();
        Self { ready, once: false, next: 0 }
    }

    pub(crate) fn caller_identity(key: &Key, _: usize) -> Self {
        Self::of(key, "sts", std::iter::once(sts("GetCallerIdentity")))
    }

    pub(crate) fn get_role(key: &Key, _: usize) -> Self {
        let form = [iam("GetRole"), vec![("RoleName", "target".to_owned())]].concat();
        Self::of(key, "iam", std::iter::once(form))
    }

    /// Roles that were filled in, all over the account.
    pub(crate) fn get_filled(key: &Key, connection: usize) -> Self {
        let forms = (0..64).map(move |at| {
            let number = (connection * 7919 + at * 1543) % crate::MANY_ROLES;
            [iam("GetRole"), vec![("RoleName", fill::name(number))]].concat()
        });
        Self::of(key, "iam", forms)
    }

    pub(crate) fn assume_role(key: &Key, connection: usize) -> Self {
        let role = "arn:aws:iam::000000000000:role/target".to_owned();
        let session = ("RoleSessionName", format!("connection-{connection}"));
        let form = [sts("AssumeRole"), vec![("RoleArn", role), session]].concat();
        Self::of(key, "sts", std::iter::once(form))
    }

    /// New roles, as the users of `keys`, each in its own account.
    pub(crate) fn create_roles(keys: &[Key]) -> Self {
        let roles = keys.iter().flat_map(|key| {
            let form = |number| new_role(&format!("role-{number}"));
            (0..ROLES_PER_ACCOUNT).map(move |number| sign(key, "iam", &form(number)))
        });
        Self { ready: roles.collect(), once: true, next: 0 }
    }
}

/// A user with its policy, and a role that it may assume.
pub(crate) fn prepare(server: SocketAddr) -> Key {
    let root = root(ACCOUNT);
    let key = user(server, &root);
    must(server, &root, "iam", &new_role("target"));
    key
}

/// Users of so many accounts that `roles` can be made, at least `connections` of them.
pub(crate) fn prepare_accounts(server: SocketAddr, roles: usize, connections: usize) -> Vec<Key> {
    let accounts = roles.div_ceil(ROLES_PER_ACCOUNT).next_multiple_of(connections);
    (1..=accounts).map(|number| user(server, &root(&format!("{number:012}")))).collect()
}

/// The root user of an account.
pub(crate) fn root(account: &str) -> Key {
    Key { id: account.to_owned(), secret: "test".to_owned() }
}

fn user(server: SocketAddr, root: &Key) -> Key {
    let user = ("UserName", "load".to_owned());
    must(server, root, "iam", &[iam("CreateUser"), vec![user.clone()]].concat());
    let made = must(server, root, "iam", &[iam("CreateAccessKey"), vec![user.clone()]].concat());
    let element = |name: &str| -> String {
        let (_, rest) = made.split_once(&format!("<{name}>")).unwrap();
        rest.split_once('<').unwrap().0.to_owned()
    };
    let key = Key { id: element("AccessKeyId"), secret: element("SecretAccessKey") };
    let policy =
        vec![user, ("PolicyName", "load".to_owned()), ("PolicyDocument", POLICY.to_owned())];
    must(server, root, "iam", &[iam("PutUserPolicy"), policy].concat());
    key
}

/// Empties the server.
pub(crate) fn reset(server: SocketAddr) {
    let request = format!(
        "POST /_rolecall/reset HTTP/1.1\r\nhost: {server}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    let answer = send(server, request.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
}

fn new_role(name: &str) -> Vec<(&'static str, String)> {
    let parameters =
        vec![("RoleName", name.to_owned()), ("AssumeRolePolicyDocument", TRUST.to_owned())];
    [iam("CreateRole"), parameters].concat()
}

pub(crate) fn iam(action: &str) -> Vec<(&'static str, String)> {
    vec![("Action", action.to_owned()), ("Version", "2010-05-08".to_owned())]
}

fn sts(action: &str) -> Vec<(&'static str, String)> {
    vec![("Action", action.to_owned()), ("Version", "2011-06-15".to_owned())]
}

/// Sends a form, which must be answered well.
pub(crate) fn must(
    server: SocketAddr,
    key: &Key,
    service: &str,
    form: &[(&'static str, String)],
) -> String {
    let answer = send(server, &sign(key, service, form));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer
}

/// Asks for a path without a signature.
pub(crate) fn get(server: SocketAddr, path: &str, method: &str, headers: &str) -> String {
    let request = format!("{method} {path} HTTP/1.1\r\nhost: {server}\r\n{headers}\r\n");
    let answer = send(server, request.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer
}

/// Sends a request on a connection of its own.
fn send(server: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    loop {
        let read = stream.read(&mut part).unwrap();
        answer.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&answer);
        if read == 0 || is_complete(&text) {
            return text.into_owned();
        }
    }
}

fn is_complete(answer: &str) -> bool {
    let Some((head, body)) = answer.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.and_then(|length| length.parse().ok()).is_some_and(|length: usize| body.len() >= length)
}

/// A signed form, as it is sent on a connection that stays open. Signatures hold for any host.
fn sign(key: &Key, service: &str, form: &[(&'static str, String)]) -> Vec<u8> {
    const HOST: &str = "127.0.0.1:4566";
    const CONTENT: &str = "application/x-www-form-urlencoded; charset=utf-8";
    let pairs: Vec<String> =
        form.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    let body = pairs.join("&");
    let signer = Signer {
        access_key_id: &key.id,
        secret_access_key: &key.secret,
        session_token: None,
        region: "us-east-1",
        service,
        dialect: Dialect::Standard,
    };
    let headers: [(&str, &[u8]); 2] =
        [("host", HOST.as_bytes()), ("content-type", CONTENT.as_bytes())];
    let request = Request { method: "POST", path: "/", query: "", headers: &headers };
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let now = Timestamp::from_unix_seconds(i64::try_from(seconds).unwrap());
    let added = signer.sign(&request, Payload::Bytes(body.as_bytes()), now).unwrap();
    let mut out = format!("POST / HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: {CONTENT}\r\n");
    for (name, value) in added.iter() {
        out.push_str(&format!("{name}: {}\r\n", value.as_str()));
    }
    out.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
    out.into_bytes()
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
