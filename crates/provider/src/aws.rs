//! The one thing that is asked of AWS: what an encoded authorization message says. Only with credentials that
//! the environment has, and only if they may; otherwise the message stays closed.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sigv4::{Dialect, Payload, Request, Signer, Timestamp};

use crate::client::{agent, encoded};
use crate::config::Surroundings;

/// How long the answer is waited for: it only makes an error clearer.
const TIMEOUT: Duration = Duration::from_secs(5);
const CONTENT_TYPE: &str = "application/x-www-form-urlencoded; charset=utf-8";

/// What the environment has of AWS.
#[derive(Clone, PartialEq, Eq)]
pub struct Environment {
    key: String,
    secret: String,
    token: Option<String>,
    region: String,
    endpoint: String,
}

impl Environment {
    /// Reads the variables that AWS's own tools read; `None` without an access key.
    #[must_use]
    pub fn read(around: &dyn Surroundings) -> Option<Self> {
        let variable = |name: &str| around.variable(name);
        let key = variable("AWS_ACCESS_KEY_ID")?;
        let secret = variable("AWS_SECRET_ACCESS_KEY")?;
        let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
        let region = region.unwrap_or_else(|| "us-east-1".to_owned());
        let endpoint = variable("AWS_ENDPOINT_URL_STS").or_else(|| variable("AWS_ENDPOINT_URL"));
        let endpoint = endpoint.unwrap_or_else(|| format!("https://sts.{region}.amazonaws.com"));
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        Some(Self { key, secret, token: variable("AWS_SESSION_TOKEN"), region, endpoint })
    }

    /// The decoded message, which is JSON.
    #[must_use]
    pub fn decode_authorization_message(&self, message: &str) -> Option<String> {
        let signer = Signer {
            access_key_id: &self.key,
            secret_access_key: &self.secret,
            session_token: self.token.as_deref(),
            region: &self.region,
            service: "sts",
            dialect: Dialect::Standard,
        };
        let answer = post(&self.endpoint, message, &signer)?;
        let (_, rest) = answer.split_once("<DecodedMessage>")?;
        let (decoded, _) = rest.split_once("</DecodedMessage>")?;
        Some(unescaped(decoded))
    }
}

/// Leaves out secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Environment").field("key", &self.key).finish_non_exhaustive()
    }
}

fn post(endpoint: &str, message: &str, signer: &Signer<'_>) -> Option<String> {
    let body = format!(
        "Action=DecodeAuthorizationMessage&Version=2011-06-15&EncodedMessage={}",
        encoded(message)
    );
    let host = endpoint.split_once("://")?.1;
    let headers: [(&str, &[u8]); 2] =
        [("host", host.as_bytes()), ("content-type", CONTENT_TYPE.as_bytes())];
    let request = Request { method: "POST", path: "/", query: "", headers: &headers };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    let now = Timestamp::from_unix_seconds(i64::try_from(now).ok()?);
    let added = signer.sign(&request, Payload::Bytes(body.as_bytes()), now).ok()?;
    let mut post = agent(TIMEOUT).post(format!("{endpoint}/")).header("content-type", CONTENT_TYPE);
    for (name, value) in added.iter() {
        post = post.header(*name, value.as_str());
    }
    let mut answer = post.send(body.as_bytes()).ok()?;
    answer.status().is_success().then(|| answer.body_mut().read_to_string().ok())?
}

/// XML's own entities.
fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&apos;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}
