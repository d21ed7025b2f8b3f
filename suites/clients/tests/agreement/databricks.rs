//! Calls of Databricks.

use std::io::{Read, Write};
use std::net::TcpStream;

use clients::Server;
use serde_json::{Value, json};

use crate::cloud::Refused;

/// The account of a server.
pub(crate) const ACCOUNT_ID: &str = "11111111-2222-4333-8444-555555555555";

/// The login of the account's admin: `rolecall-admin:rolecall-secret`.
const BASIC: &str = "Basic cm9sZWNhbGwtYWRtaW46cm9sZWNhbGwtc2VjcmV0";

/// A host of Databricks, and who asks it.
#[derive(Debug, Clone)]
pub(crate) struct Host {
    address: String,
    authorization: String,
}

impl Host {
    /// The account's.
    pub(crate) fn account(server: &Server) -> Self {
        Self::log_in(server.address("account"), &format!("/oidc/accounts/{ACCOUNT_ID}/v1/token"))
    }

    /// The first workspace's.
    pub(crate) fn first(server: &Server) -> Self {
        let address = server.address("workspace").to_owned();
        Self { address, authorization: "Bearer dapi-rolecall-admin".to_owned() }
    }

    /// Any other workspace's.
    pub(crate) fn at(address: &str) -> Self {
        Self::log_in(address, "/oidc/v1/token")
    }

    fn log_in(address: &str, path: &str) -> Self {
        let form = "grant_type=client_credentials&scope=all-apis";
        let kind = "application/x-www-form-urlencoded";
        let (_, answer) = send(address, "POST", path, BASIC, kind, form);
        let token = answer["access_token"].as_str().expect("a token");
        Self { address: address.to_owned(), authorization: format!("Bearer {token}") }
    }

    pub(crate) fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, Refused> {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let kind = "application/json";
        let (status, answer) = send(&self.address, method, path, &self.authorization, kind, &text);
        if status < 300 { Ok(answer) } else { Err(format!("{method} {path}: {answer}")) }
    }
}

fn send(
    address: &str,
    method: &str,
    path: &str,
    authorization: &str,
    kind: &str,
    body: &str,
) -> (u16, Value) {
    let host = address.trim_start_matches("http://");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: {authorization}\r\n\
         content-type: {kind}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(host).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or_else(|_| json!(body)))
}
