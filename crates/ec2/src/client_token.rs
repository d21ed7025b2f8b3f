//! Client tokens: a second request with the token of a first one answers as that did, if it asks for the
//! same ("Ensuring idempotency in Amazon EC2 API requests", EC2 developer guide).

use std::borrow::Cow;

use cloud::{Act, Fault};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::Row;

use crate::regional;

#[cfg(test)]
mod tests;

/// The longest token, in characters (API reference).
pub const MAX_TOKEN: usize = 64;

/// A token that was used.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClientTokenRow {
    /// The account.
    account: AccountId,
    /// The region.
    region: String,
    /// The operation.
    operation: String,
    /// The token.
    token: String,
    /// What was asked for.
    fingerprint: Fingerprint,
    /// What it made.
    ids: Vec<String>,
    /// When.
    used: Timestamp,
}

impl Row for ClientTokenRow {
    const TABLE: &'static str = "ec2_client_token";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        key(&self.region, &self.operation, &self.token).into()
    }
}

fn key(region: &str, operation: &str, token: &str) -> String {
    format!("{region}/{operation}/{token}")
}

/// What tells one request's content from another's: FNV-1a of 64 bits over its JSON. It guards against
/// mistakes, not against attacks: a token is its account's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// Of a request's content.
    pub fn of<T: Serialize>(content: &T) -> Self {
        let text = serde_json::to_string(content).unwrap_or_default();
        Self(text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        }))
    }
}

/// Checks a token's length.
///
/// # Errors
/// `InvalidParameterValue` (unverified: its text).
pub fn check(token: Option<&str>) -> Result<(), Fault> {
    if token.is_none_or(|token| token.chars().count() <= MAX_TOKEN) {
        return Ok(());
    }
    let text = format!("Client token must be at most {MAX_TOKEN} characters in length");
    Err(Fault::new("InvalidParameterValue", text))
}

/// Makes a resource, unless the first request with this token did so; its id.
///
/// # Errors
/// `IdempotentParameterMismatch`, and those of `make`.
pub fn once(
    act: &mut Act<'_, '_>,
    operation: &str,
    token: Option<&str>,
    content: &impl Serialize,
    make: impl FnOnce(&mut Act<'_, '_>) -> Result<String, Fault>,
) -> Result<String, Fault> {
    let fingerprint = Fingerprint::of(content);
    let known = known(act, operation, token, &fingerprint)?;
    if let Some(id) = known.into_iter().flatten().next() {
        return Ok(id);
    }
    let id = make(act)?;
    remember(act, operation, token, fingerprint, vec![id.clone()])?;
    Ok(id)
}

/// What the first request with this token made.
///
/// # Errors
/// `IdempotentParameterMismatch` with EC2's text, if that asked for something else.
pub fn known(
    act: &Act<'_, '_>,
    operation: &str,
    token: Option<&str>,
    fingerprint: &Fingerprint,
) -> Result<Option<Vec<String>>, Fault> {
    let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(None) };
    let key = key(act.region, operation, token);
    match act.tx.get::<ClientTokenRow>(act.account().as_str(), &key) {
        None => Ok(None),
        Some(row) if row.fingerprint == *fingerprint => Ok(Some(row.ids.clone())),
        Some(_) => {
            let text = "Arguments on this idempotent request are inconsistent with arguments used in \
                        previous request(s).";
            Err(Fault::new("IdempotentParameterMismatch", text))
        }
    }
}

/// Remembers what a request with this token made.
///
/// # Errors
/// A limit of the store.
pub fn remember(
    act: &mut Act<'_, '_>,
    operation: &str,
    token: Option<&str>,
    fingerprint: Fingerprint,
    ids: Vec<String>,
) -> Result<(), Fault> {
    let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(()) };
    let row = ClientTokenRow {
        account: act.account(),
        region: act.region.to_owned(),
        operation: operation.to_owned(),
        token: token.to_owned(),
        fingerprint,
        ids,
        used: act.now,
    };
    regional::put(act, row)
}
