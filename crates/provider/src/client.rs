//! Databricks' REST APIs over HTTP: who calls, what is tried again, and what errors say.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding};
use serde_json::{Value as Json, json};
use ureq::tls::{RootCerts, TlsConfig};

use crate::aws;
use crate::config::{Config, Login};
use crate::diagnostic::Diagnostic;
use crate::stop;

/// How long an answer is waited for.
const TIMEOUT: Duration = Duration::from_secs(65);
/// How often a request is sent that the service is too busy for.
const MAX_ATTEMPTS: u32 = 8;
/// The longest pause between two attempts, in seconds.
const MAX_PAUSE_SECONDS: u64 = 10;
/// Bytes of an answer.
const MAX_ANSWER_BYTES: u64 = 64 << 20;
/// A token is renewed this long before it ends.
const RENEWAL: Duration = Duration::from_secs(60);
/// How the provider introduces itself.
const USER_AGENT: &str =
    concat!("terraform-provider-databricks/", env!("CARGO_PKG_VERSION"), " (rolecall)");

/// A client of one workspace, or of the account console.
pub struct Client {
    config: Config,
    agent: ureq::Agent,
    access: Mutex<Option<Access>>,
    discovered: OnceLock<Discovered>,
}

/// An OAuth access token.
struct Access {
    token: String,
    until: Instant,
}

/// What a host says of itself in `/.well-known/databricks-config`.
#[derive(Debug, Clone, Default)]
struct Discovered {
    is_account: bool,
    account_id: Option<String>,
    oidc: Option<String>,
}

/// What Databricks answers when it does not do what it is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// The HTTP status; 0 if there was no answer.
    pub status: u16,
    /// Databricks' code, such as `RESOURCE_DOES_NOT_EXIST`.
    pub code: String,
    /// Databricks' text.
    pub message: String,
}

impl ApiError {
    /// Whether it says that what was asked for does not exist.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.status == 404 || self.code == "RESOURCE_DOES_NOT_EXIST"
    }

    /// As a person is told, who wanted to do `what`, such as `create the cluster`.
    #[must_use]
    pub fn diagnostic(&self, what: &str) -> Diagnostic {
        let mut detail = self.message.clone();
        if !self.code.is_empty() {
            detail.push_str(&format!(" ({})", self.code));
        }
        Diagnostic::error(format!("Cannot {what}"), detail)
    }
}

impl Client {
    /// Of a configuration. Nothing is asked yet.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let agent = agent(TIMEOUT);
        Self { config, agent, access: Mutex::default(), discovered: OnceLock::new() }
    }

    /// Of a workspace, with this one's login.
    #[must_use]
    pub fn at(&self, host: String) -> Self {
        Self::new(Config { host, account_id: None, ..self.config.clone() })
    }

    /// Of nothing, for data sources that ask nobody.
    #[must_use]
    pub fn nowhere() -> Self {
        let login = Login::Token(String::new());
        Self::new(Config { host: String::new(), login, account_id: None, aws: None })
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.config.host
    }

    /// AWS, if the environment has a login there.
    #[must_use]
    pub fn aws(&self) -> Option<&aws::Environment> {
        self.config.aws.as_ref()
    }

    /// Whether the host is an account console, by its name or by what it says of itself.
    #[must_use]
    pub fn is_account(&self) -> bool {
        let name = &self.config.host;
        name.starts_with("https://accounts.")
            || name.starts_with("https://accounts-dod.")
            || self.discovered().is_account
    }

    /// The id of the Databricks account.
    ///
    /// # Errors
    /// It is not known.
    pub fn account_id(&self) -> Result<String, Diagnostic> {
        let known = self.config.account_id.clone();
        known.or_else(|| self.discovered().account_id.clone()).ok_or_else(|| {
            Diagnostic::error(
                "No account is given",
                "Account-level resources need `account_id` in the provider's block, or DATABRICKS_ACCOUNT_ID.",
            )
        })
    }

    /// Checks that the host is a workspace.
    ///
    /// # Errors
    /// It is an account console.
    pub fn require_workspace(&self, resource: &str) -> Result<(), Diagnostic> {
        if !self.is_account() {
            return Ok(());
        }
        Err(Diagnostic::error(
            format!("{resource} lives in a workspace"),
            format!(
                "`{}` is an account console. Use a provider block with the workspace's own `host`, and name it \
                 with `provider = databricks.…` in this block.",
                self.config.host
            ),
        ))
    }

    /// Checks that the host is an account console.
    ///
    /// # Errors
    /// It is a workspace.
    pub fn require_account(&self, resource: &str) -> Result<(), Diagnostic> {
        if self.is_account() {
            return Ok(());
        }
        Err(Diagnostic::error(
            format!("{resource} lives in the account"),
            format!(
                "`{}` is a workspace. Use a provider block with the account console's `host` \
                 (https://accounts.cloud.databricks.com) and `account_id`, and name it with `provider = \
                 databricks.…` in this block.",
                self.config.host
            ),
        ))
    }

    /// Asks with `GET`.
    ///
    /// # Errors
    /// [`ApiError`]
    pub fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Json, ApiError> {
        let query: Vec<String> =
            query.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let path =
            if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) };
        self.send("GET", &path, None)
    }

    /// Asks with `POST`.
    ///
    /// # Errors
    /// [`ApiError`]
    pub fn post(&self, path: &str, body: &Json) -> Result<Json, ApiError> {
        self.send("POST", path, Some(body))
    }

    /// Asks with any method.
    ///
    /// # Errors
    /// [`ApiError`]
    pub fn send(&self, method: &str, path: &str, body: Option<&Json>) -> Result<Json, ApiError> {
        let mut attempt = 1;
        loop {
            let outcome = self.send_once(method, path, body);
            let again = matches!(&outcome, Err(error) if is_transient(error, method));
            if !again || attempt == MAX_ATTEMPTS {
                return outcome;
            }
            let pause = Duration::from_secs(u64::from(attempt).min(MAX_PAUSE_SECONDS));
            if !stop::RUN.pause(pause) {
                return outcome;
            }
            attempt += 1;
        }
    }

    fn send_once(&self, method: &str, path: &str, body: Option<&Json>) -> Result<Json, ApiError> {
        let url = format!("{}{path}", self.config.host);
        let scim = path.contains("/scim/v2/");
        let request = http::Request::builder()
            .method(method)
            .uri(&url)
            .header("Authorization", format!("Bearer {}", self.token()?))
            .header("Accept", "application/json")
            .header(
                "Content-Type",
                if scim { "application/scim+json; charset=utf-8" } else { "application/json" },
            );
        let body = body.map(ToString::to_string).unwrap_or_default();
        let request = request.body(body).map_err(|error| no_answer(&url, &error))?;
        self.run(request, &url)
    }

    fn run(&self, request: http::Request<String>, url: &str) -> Result<Json, ApiError> {
        let mut response = self.agent.run(request).map_err(|error| no_answer(url, &error))?;
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_string();
        let body = body.map_err(|error| no_answer(url, &error))?;
        if status < 400 {
            if body.trim().is_empty() {
                return Ok(json!({}));
            }
            return serde_json::from_str(&body).map_err(|_| ApiError {
                status,
                code: String::new(),
                message: format!(
                    "`{url}` answers with something that is not JSON: is the host a Databricks workspace?"
                ),
            });
        }
        Err(read_error(status, &body))
    }

    /// The bearer token.
    fn token(&self) -> Result<String, ApiError> {
        let (id, secret) = match &self.config.login {
            Login::Token(token) => return Ok(token.clone()),
            Login::Client { id, secret } => (id, secret),
        };
        let mut access = self.access.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(access) = &*access
            && access.until > Instant::now()
        {
            return Ok(access.token.clone());
        }
        let fresh = self.fetch_token(id, secret)?;
        let token = fresh.token.clone();
        *access = Some(fresh);
        Ok(token)
    }

    fn fetch_token(&self, id: &str, secret: &str) -> Result<Access, ApiError> {
        let url = self.token_endpoint();
        let login =
            Base64::encode_string(format!("{}:{}", encoded(id), encoded(secret)).as_bytes());
        let request = http::Request::builder()
            .method("POST")
            .uri(&url)
            .header("Authorization", format!("Basic {login}"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials&scope=all-apis".to_owned())
            .map_err(|error| no_answer(&url, &error))?;
        let answer = self.run(request, &url)?;
        let token = answer.get("access_token").and_then(Json::as_str).ok_or_else(|| ApiError {
            status: 0,
            code: String::new(),
            message: format!("`{url}` answers without an access token"),
        })?;
        let seconds = answer.get("expires_in").and_then(Json::as_u64).unwrap_or(3600);
        let lifetime = Duration::from_secs(seconds).saturating_sub(RENEWAL);
        Ok(Access { token: token.to_owned(), until: Instant::now() + lifetime })
    }

    /// Where tokens are to be had: as the host says, or where Databricks' hosts have it.
    fn token_endpoint(&self) -> String {
        let host = &self.config.host;
        let discovered = self.discovered();
        let oidc = discovered.oidc.clone().map(|oidc| {
            let account = self.config.account_id.clone().or(discovered.account_id.clone());
            oidc.replace("{account_id}", &account.unwrap_or_default())
        });
        let oidc = oidc.unwrap_or_else(|| match &self.config.account_id {
            Some(account) if self.is_account() => format!("{host}/oidc/accounts/{account}"),
            _ => format!("{host}/oidc"),
        });
        let document = format!("{oidc}/.well-known/oauth-authorization-server");
        let told = self.get_openly(&document);
        let told = told.and_then(|told| Some(told.get("token_endpoint")?.as_str()?.to_owned()));
        told.unwrap_or_else(|| format!("{oidc}/v1/token"))
    }

    fn discovered(&self) -> &Discovered {
        self.discovered.get_or_init(|| {
            let url = format!("{}/.well-known/databricks-config", self.config.host);
            let Some(told) = self.get_openly(&url) else { return Discovered::default() };
            let text = |name: &str| told.get(name).and_then(Json::as_str).map(str::to_owned);
            let kind = text("host_type").unwrap_or_default();
            Discovered {
                is_account: kind.eq_ignore_ascii_case("account"),
                account_id: text("account_id"),
                oidc: text("oidc_endpoint"),
            }
        })
    }

    /// A document that needs no login; hosts need not have it.
    fn get_openly(&self, url: &str) -> Option<Json> {
        let request = http::Request::builder().method("GET").uri(url).body(String::new()).ok()?;
        self.run(request, url).ok()
    }
}

/// What sends requests: certificates are held against those that the operating system trusts, so that a
/// company's own are.
pub(crate) fn agent(timeout: Duration) -> ureq::Agent {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(provider)
        .build();
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(timeout))
        .user_agent(USER_AGENT)
        .tls_config(tls)
        .build()
        .into()
}

/// Leaves out secrets.
impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("host", &self.config.host).finish_non_exhaustive()
    }
}

/// Whether the same request may succeed a little later. One that may have been carried out already is sent
/// again only if that does no harm.
fn is_transient(error: &ApiError, method: &str) -> bool {
    matches!(error.status, 429 | 503) || error.status == 0 && method == "GET"
}

fn no_answer(url: &str, error: &dyn fmt::Display) -> ApiError {
    ApiError {
        status: 0,
        code: String::new(),
        message: format!("no answer from `{url}`: {error}. Is `host` right, and does it run?"),
    }
}

/// Reads the several shapes in which Databricks' services say no.
fn read_error(status: u16, body: &str) -> ApiError {
    let json: Json = serde_json::from_str(body).unwrap_or_default();
    let text = |name: &str| match json.get(name) {
        Some(Json::String(text)) => Some(text.clone()),
        Some(Json::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let scim = text("detail").map(|detail| match text("scimType") {
        Some(kind) => format!("{kind} {detail}"),
        None => detail,
    });
    let message = text("message").or(scim).or_else(|| text("error_description"));
    let message = message.or_else(|| text("error")).unwrap_or_else(|| {
        let line = body.trim().lines().next().unwrap_or_default();
        if line.is_empty() || line.starts_with('<') {
            format!("the answer has status {status} and no text")
        } else {
            line.to_owned()
        }
    });
    ApiError { status, code: text("error_code").unwrap_or_default(), message }
}

/// Percent-encoded, for a query string or a form.
#[must_use]
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_in_all_their_shapes() {
        for (body, code, message) in [
            (r#"{"error_code":"DRY_RUN_FAILED","message":"no"}"#, "DRY_RUN_FAILED", "no"),
            (r#"{"error_code":404,"message":"no"}"#, "404", "no"),
            (r#"{"error":"no context"}"#, "", "no context"),
            (r#"{"detail":"Group not found","status":"404"}"#, "", "Group not found"),
            (r#"{"detail":"bad","scimType":"invalidFilter"}"#, "", "invalidFilter bad"),
            (r#"{"error":"invalid_client","error_description":"who?"}"#, "", "who?"),
            ("NOT_FOUND: nothing", "", "NOT_FOUND: nothing"),
            ("<html>", "", "the answer has status 400 and no text"),
            ("", "", "the answer has status 400 and no text"),
        ] {
            let error = read_error(400, body);
            assert_eq!((error.code.as_str(), error.message.as_str()), (code, message), "{body}");
        }
    }
}
