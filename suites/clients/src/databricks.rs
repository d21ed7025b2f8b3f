//! Databricks' hosts without an SDK: where the answer itself is what matters.

use serde_json::Value;

use crate::server::Server;
use crate::signed::{Answer, Connection};

/// The Databricks account of every server.
pub const ACCOUNT_ID: &str = "11111111-2222-4333-8444-555555555555";
/// The token of the first workspace's admin.
pub const ADMIN_TOKEN: &str = "dapi-rolecall-admin";
/// `rolecall-admin:rolecall-secret`, the account admin's client, as HTTP Basic has it.
const CLIENT: &str = "cm9sZWNhbGwtYWRtaW46cm9sZWNhbGwtc2VjcmV0";

/// A host, and who calls it.
#[derive(Debug, Clone)]
pub struct Host {
    address: String,
    token: String,
}

impl Host {
    /// The host at an address such as `http://127.0.0.1:4567`, called with a token.
    #[must_use]
    pub fn with_token(address: &str, token: &str) -> Self {
        let address = address.trim_start_matches("http://");
        Self { address: address.to_owned(), token: token.to_owned() }
    }

    /// The account's host, called by its admin.
    #[must_use]
    pub fn account(server: &Server) -> Self {
        Self::login(server.address("account"), &format!("/oidc/accounts/{ACCOUNT_ID}"))
    }

    /// A workspace's host, called by the account's admin.
    #[must_use]
    pub fn workspace(url: &str) -> Self {
        Self::login(url, "/oidc")
    }

    /// The first workspace's host, called by its admin.
    #[must_use]
    pub fn first_workspace(server: &Server) -> Self {
        Self::with_token(server.address("workspace"), ADMIN_TOKEN)
    }

    fn login(address: &str, root: &str) -> Self {
        let host = Self::with_token(address, "");
        let body = "grant_type=client_credentials&scope=all-apis";
        let head = format!(
            "authorization: Basic {CLIENT}\r\ncontent-type: application/x-www-form-urlencoded"
        );
        let answer = host.send(&host.raw("POST", &format!("{root}/v1/token"), &head, body));
        let token = answer.json()["access_token"].as_str().map(str::to_owned);
        let token = token.unwrap_or_else(|| panic!("no token: {}", answer.body));
        Self { token, ..host }
    }

    /// The same host, called with another token.
    #[must_use]
    pub fn as_holder_of(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// Asks with JSON; `Null` is no body.
    #[must_use]
    pub fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(&self.request(method, path, &body))
    }

    /// Asks with JSON; it must be answered well.
    pub fn must(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.ask(method, path, body);
        assert_eq!(answer.status, 200, "{method} {path} {body}: {}", answer.body);
        answer.json()
    }

    /// A request with any text as its body.
    #[must_use]
    pub fn request(&self, method: &str, path: &str, body: &str) -> Vec<u8> {
        let head =
            format!("authorization: Bearer {}\r\ncontent-type: application/json", self.token);
        self.raw(method, path, &head, body)
    }

    /// Sends a request on a connection of its own.
    #[must_use]
    pub fn send(&self, request: &[u8]) -> Answer {
        let connection = Connection::open(&self.address);
        connection.and_then(|mut connection| connection.send(request)).expect("an answer")
    }

    fn raw(&self, method: &str, path: &str, head: &str, body: &str) -> Vec<u8> {
        let (host, length) = (&self.address, body.len());
        format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\n{head}\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

impl Answer {
    /// The body as JSON; `Null` where there is none.
    #[must_use]
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}
