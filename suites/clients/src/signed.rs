//! Signed requests without an SDK: where it matters what is sent when, and how much of it.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

use sigv4::{Dialect, Payload, Request, Signer, Timestamp};

/// An access key.
#[derive(Debug, Clone)]
pub struct Key {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// What comes with temporary ones.
    pub token: Option<String>,
}

/// What is signed and sent.
#[derive(Debug, Clone, Copy)]
pub struct Plain<'a> {
    /// Such as `s3`.
    pub service: &'a str,
    /// Such as `PUT`.
    pub method: &'a str,
    /// Encoded.
    pub path: &'a str,
    /// Encoded, without `?`.
    pub query: &'a str,
    /// `Content-Type`
    pub content: &'a str,
    /// What follows.
    pub body: &'a str,
}

/// The parameters of a request, with `Action` and `Version`.
pub type Form = Vec<(&'static str, String)>;

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its status line and headers.
    pub head: String,
    /// Its body.
    pub body: String,
}

/// A connection that stays open.
#[derive(Debug)]
pub struct Connection(TcpStream);

impl Key {
    /// The root user of an account, by its 12 digits.
    #[must_use]
    pub fn root(account: &str) -> Self {
        Self { id: account.to_owned(), secret: "test".to_owned(), token: None }
    }

    /// The key of an answer to `CreateAccessKey`.
    #[must_use]
    pub fn of(answer: &Answer) -> Self {
        let element = |name| answer.element(name).to_owned();
        Self { id: element("AccessKeyId"), secret: element("SecretAccessKey"), token: None }
    }

    /// The credentials of an answer to `AssumeRole`.
    #[must_use]
    pub fn of_session(answer: &Answer) -> Self {
        Self { token: Some(answer.element("SessionToken").to_owned()), ..Self::of(answer) }
    }
}

/// A form of IAM.
#[must_use]
pub fn iam(action: &str, parameters: &[(&'static str, &str)]) -> Form {
    form(action, "2010-05-08", parameters)
}

/// A form of STS.
#[must_use]
pub fn sts(action: &str, parameters: &[(&'static str, &str)]) -> Form {
    form(action, "2011-06-15", parameters)
}

/// A form of EC2.
#[must_use]
pub fn ec2(action: &str, parameters: &[(&'static str, &str)]) -> Form {
    form(action, "2016-11-15", parameters)
}

/// A form of CloudFormation.
#[must_use]
pub fn cloudformation(action: &str, parameters: &[(&'static str, &str)]) -> Form {
    form(action, "2010-05-15", parameters)
}

fn form(action: &str, version: &str, parameters: &[(&'static str, &str)]) -> Form {
    let fixed = [("Action", action), ("Version", version)];
    fixed.iter().chain(parameters).map(|(name, value)| (*name, (*value).to_owned())).collect()
}

/// A signed request for a connection that stays open.
#[must_use]
pub fn sign(key: &Key, service: &str, form: &[(&'static str, String)]) -> Vec<u8> {
    let pairs: Vec<String> =
        form.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    const CONTENT: &str = "application/x-www-form-urlencoded; charset=utf-8";
    let body = pairs.join("&");
    sign_plain(
        key,
        Plain { service, method: "POST", path: "/", query: "", content: CONTENT, body: &body },
    )
}

/// The server is known by any name of the loopback.
const HOST: &str = "127.0.0.1:4566";

/// The same of any request.
#[must_use]
pub fn sign_plain(key: &Key, plain: Plain<'_>) -> Vec<u8> {
    let Plain { service, method, path, query, content, body } = plain;
    let headers: [(&str, &[u8]); 2] =
        [("host", HOST.as_bytes()), ("content-type", content.as_bytes())];
    let request = Request { method, path, query, headers: &headers };
    let added =
        signer(key, service).sign(&request, Payload::Bytes(body.as_bytes()), now()).unwrap();
    let mut head = format!("content-type: {content}\r\n");
    for (name, value) in added.iter() {
        head.push_str(&format!("{name}: {}\r\n", value.as_str()));
    }
    written(method, path, query, &head, body)
}

/// A put to S3 by a URL that was signed for it, which leaves open what is put.
#[must_use]
pub fn put_to_signed_url(key: &Key, path: &str, body: &str) -> Vec<u8> {
    const EXPIRES_SECONDS: u32 = 3600;
    let headers: [(&str, &[u8]); 1] = [("host", HOST.as_bytes())];
    let request = Request { method: "PUT", path, query: "", headers: &headers };
    let signer = signer(key, "s3");
    let query = signer.presign(&request, Payload::Unsigned, now(), EXPIRES_SECONDS).unwrap();
    written("PUT", path, &query, "", body)
}

fn signer<'k>(key: &'k Key, service: &'k str) -> Signer<'k> {
    Signer {
        access_key_id: &key.id,
        secret_access_key: &key.secret,
        session_token: key.token.as_deref(),
        region: "us-east-1",
        service,
        dialect: if service == "s3" { Dialect::S3 } else { Dialect::Standard },
    }
}

fn now() -> Timestamp {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    Timestamp::from_unix_seconds(i64::try_from(seconds).unwrap())
}

/// A request as it is sent; `head` has further lines.
fn written(method: &str, path: &str, query: &str, head: &str, body: &str) -> Vec<u8> {
    let mark = if query.is_empty() { "" } else { "?" };
    let length = body.len();
    let head = format!(
        "{method} {path}{mark}{query} HTTP/1.1\r\nhost: {HOST}\r\n{head}content-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body.as_bytes()].concat()
}

/// Percent-encoded.
#[must_use]
pub fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

impl Connection {
    /// Connects to an address such as `127.0.0.1:4566`, with or without `http://`.
    ///
    /// # Errors
    /// The system's.
    pub fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address.trim_start_matches("http://"))?;
        stream.set_nodelay(true)?;
        Ok(Self(stream))
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    /// The system's; the end of the connection in the middle of an answer.
    pub fn send(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.0.write_all(request)?;
        let mut read = Vec::new();
        let mut part = [0; 4096];
        loop {
            if let Some(answer) = Answer::read(&read) {
                return Ok(answer);
            }
            match self.0.read(&mut part)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => read.extend(part.iter().take(count)),
            }
        }
    }

    /// Asks, signed; it must be answered well.
    pub fn must(&mut self, key: &Key, service: &str, form: &Form) -> Answer {
        let answer = self.send(&sign(key, service, form)).expect("an answer");
        assert_eq!(answer.status, 200, "{form:?}: {}", answer.body);
        answer
    }
}

impl Answer {
    /// The answer, once all of it is there.
    fn read(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n")?;
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then_some(value.trim())
        });
        let length: usize = length.and_then(|length| length.parse().ok()).unwrap_or(0);
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let head = head.to_owned();
        (body.len() >= length).then(|| Self { status, head, body: body.to_owned() })
    }

    /// A header's value; an empty text if there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let value = self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then_some(value.trim())
        });
        value.unwrap_or_default()
    }

    /// The texts of all elements of this name.
    pub fn elements(&self, name: &str) -> impl Iterator<Item = &str> {
        let start = format!("<{name}>");
        let parts: Vec<&str> = self.body.split(start.as_str()).skip(1).collect();
        parts.into_iter().map(|after| after.split('<').next().unwrap_or_default())
    }

    /// The text of the first element of this name.
    #[must_use]
    pub fn element(&self, name: &str) -> &str {
        let start = format!("<{name}>");
        let after = self.body.split_once(&start);
        let (_, after) = after.unwrap_or_else(|| panic!("no {name} in {}", self.body));
        after.split('<').next().unwrap_or_default()
    }
}
