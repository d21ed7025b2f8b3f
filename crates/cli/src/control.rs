//! The control API of a running server, as commands ask it.

use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// The largest answer that is read, in bytes: an export of everything.
const MAX_ANSWER_BYTES: u64 = 1 << 30;

/// An instance as the control API shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Instance {
    /// `i-…`
    pub instance_id: String,
    /// Its account.
    pub account: String,
    /// Its region.
    pub region: String,
    /// Such as `running`.
    pub state: String,
    /// Such as `m5.large`.
    pub instance_type: String,
    /// Its first private address.
    pub private_ip: String,
    /// What it wears.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_profile_arn: Option<String>,
    /// Where its metadata is, if somebody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata_endpoint: Option<String>,
}

/// All instances.
///
/// # Errors
/// [`Failure`] if no server answers.
pub fn instances(port: u16) -> Result<Vec<Instance>, Failure> {
    read(&get(port, "instances")?)
}

/// One instance, with its metadata open.
///
/// # Errors
/// [`Failure`] if no server answers or it does not have the instance running.
pub fn instance(port: u16, id: &str) -> Result<Instance, Failure> {
    let known = |character: char| character.is_ascii_alphanumeric() || character == '-';
    if !id.starts_with("i-") || !id.chars().all(known) {
        let text = format!("`{id}` is not an instance id: `rolecall instances` lists them");
        return Err(Failure::Input(text));
    }
    read(&get(port, &format!("instances/{id}"))?)
}

/// What `/_rolecall/PATH` answers.
///
/// # Errors
/// [`Failure`] if no server answers, or it refuses.
pub fn get(port: u16, path: &str) -> Result<String, Failure> {
    answer(port, agent().get(url(port, path)).call())
}

/// What `/_rolecall/PATH` answers to a text.
///
/// # Errors
/// [`Failure`] if no server answers, or it refuses.
pub fn post(port: u16, path: &str, text: &str) -> Result<String, Failure> {
    answer(port, agent().post(url(port, path)).send(text))
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

fn url(port: u16, path: &str) -> String {
    format!("http://127.0.0.1:{port}/_rolecall/{path}")
}

fn answer(
    port: u16,
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<String, Failure> {
    let mut response = answer.map_err(|error| {
        Failure::Input(format!(
            "no server answers on port {port} ({error}): start one with `rolecall serve`, or name its \
             port with --aws-port"
        ))
    })?;
    let body = response.body_mut().with_config().limit(MAX_ANSWER_BYTES);
    let text = body.read_to_string().map_err(|error| Failure::Input(error.to_string()))?;
    if response.status().is_success() {
        Ok(text)
    } else {
        Err(Failure::Input(text.trim_end().to_owned()))
    }
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text)
        .map_err(|error| Failure::Input(format!("the server answered something else: {error}")))
}
