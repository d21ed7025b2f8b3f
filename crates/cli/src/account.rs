//! A running server's AWS account, asked with ordinary signed calls of its root user.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use sigv4::{Dialect, Payload, Request, Signer, Timestamp};

use crate::control;
use crate::failure::Failure;

/// Access key and secret of the root user of a server on the loopback.
pub const ROOT: &str = "test";

/// The account, as the server's health tells it.
#[derive(Debug, Deserialize)]
pub struct Account {
    /// Its number.
    #[serde(rename = "account")]
    pub id: String,
    /// The region of the server.
    pub region: String,
    /// Where the first Databricks workspace is, if there is one.
    #[serde(default)]
    pub workspace: Option<String>,
    #[serde(skip)]
    port: u16,
}

/// Why a call did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// AWS's code and text.
    #[error("{action}: {code}: {message}")]
    Aws {
        /// The operation.
        action: String,
        /// Such as `EntityAlreadyExists`.
        code: String,
        /// The text.
        message: String,
    },
    /// No server, or none that understands.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Failure(failure) => failure,
            aws @ Refused::Aws { .. } => Self::Input(aws.to_string()),
        }
    }
}

impl Refused {
    /// Whether AWS refused with this code.
    #[must_use]
    pub fn is(&self, wanted: &str) -> bool {
        matches!(self, Self::Aws { code, .. } if code == wanted)
    }
}

impl Account {
    /// The account of the server on `port`.
    ///
    /// # Errors
    /// [`Failure`] if no server answers.
    pub fn open(port: u16) -> Result<Self, Failure> {
        let text = control::get(port, "health")?;
        let account: Self = serde_json::from_str(&text).map_err(|error| {
            Failure::Input(format!("what answers on port {port} is not rolecall: {error}"))
        })?;
        Ok(Self { port, ..account })
    }

    /// Where it answers.
    #[must_use]
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Calls an operation of IAM; the answer's XML.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Result<String, Refused> {
        let names = [("Action", action), ("Version", "2010-05-08")];
        let pairs: Vec<String> = names
            .iter()
            .chain(parameters)
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        let body = pairs.join("&");
        let (status, answer) = self.post(&body)?;
        if status < 300 {
            return Ok(answer);
        }
        Err(Refused::Aws {
            action: action.to_owned(),
            code: first(&answer, "Code").unwrap_or_else(|| status.to_string()),
            message: first(&answer, "Message").unwrap_or(answer),
        })
    }

    fn post(&self, body: &str) -> Result<(u16, String), Failure> {
        let broken = |error: &dyn std::fmt::Display| {
            Failure::Input(format!("the server on port {} did not answer: {error}", self.port))
        };
        let signer = Signer {
            access_key_id: ROOT,
            secret_access_key: ROOT,
            session_token: None,
            region: "us-east-1",
            service: "iam",
            dialect: Dialect::Standard,
        };
        let (address, content) = (self.address(), "application/x-www-form-urlencoded");
        let headers = [("host", address.as_bytes()), ("content-type", content.as_bytes())];
        let request = Request { method: "POST", path: "/", query: "", headers: &headers };
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let now = Timestamp::from_unix_seconds(i64::try_from(seconds).unwrap_or_default());
        let signed = signer
            .sign(&request, Payload::Bytes(body.as_bytes()), now)
            .map_err(|error| broken(&error))?;
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut post = agent.post(format!("http://{address}/")).header("content-type", content);
        for (name, value) in &signed {
            post = post.header(*name, value.as_str());
        }
        let mut answer = post.send(body.as_bytes()).map_err(|error| broken(&error))?;
        let text = answer.body_mut().read_to_string().map_err(|error| broken(&error))?;
        Ok((answer.status().as_u16(), text))
    }
}

/// The text of the first element called `name`.
#[must_use]
pub fn first(xml: &str, name: &str) -> Option<String> {
    all(xml, name).into_iter().next()
}

/// The texts of all elements called `name`, which have no elements in them.
#[must_use]
pub fn all(xml: &str, name: &str) -> Vec<String> {
    let (start, end) = (format!("<{name}>"), format!("</{name}>"));
    let texts = xml.split(&start).skip(1).filter_map(|rest| rest.split_once(&end));
    texts.map(|(text, _)| unescaped(text)).collect()
}

/// The five entities of XML.
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

/// As forms are written: everything but letters, digits and `-._~` as `%XX`.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_elements() {
        let xml = "<a><Code>x &amp;lt; &lt;y&gt;</Code><Code>z</Code></a>";
        assert_eq!(all(xml, "Code"), ["x &lt; <y>", "z"]);
        assert_eq!(first(xml, "Message"), None);
        assert_eq!(encoded("a b+é"), "a%20b%2B%C3%A9");
    }
}
