//! Personal access tokens, and the secrets that service principals log in with. Only hashes are kept.

pub mod bearer;
pub mod management;
pub mod operations;
pub mod secret;

use names::{Entropy, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::View;

use crate::fault::Fault;
use crate::operation::Act;

/// What personal access tokens begin with.
pub const PREFIX: &str = "dapi";
/// Hexadecimal digits after that.
const TOKEN_DIGITS: usize = 32;
/// The most tokens of one user or service principal in a workspace ("up to 600 PATs", Databricks guide,
/// "Resource limits").
pub const MAX_TOKENS: usize = 600;
/// How long a token is good unless its maker says otherwise, in seconds ("730 days", Databricks guide,
/// "Monitor and revoke personal access tokens").
pub const MAX_LIFETIME_SECONDS: i64 = 730 * 24 * 60 * 60;

/// A personal access token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TokenRow {
    /// The workspace.
    pub workspace: String,
    /// Its id, which is the hash of its value.
    pub id: String,
    /// The user or service principal that it stands for, by id.
    pub owner: String,
    /// Who made it, by id.
    pub creator: String,
    /// What its maker says of it.
    pub comment: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Option<Timestamp>,
}

row!(TokenRow, "databricks_token", workspace, id);

/// The secret of a service principal.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SecretRow {
    /// The account.
    pub account_id: String,
    /// Its id: the service principal's and its own.
    pub key: String,
    /// Its own id.
    pub id: String,
    /// The service principal, by id.
    pub principal: String,
    /// The hash of its value.
    pub hash: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Option<Timestamp>,
}

row!(SecretRow, "databricks_oauth_secret", account_id, key);

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenError {
    /// There is no such token.
    Unknown,
    /// It is over.
    Expired,
}

/// The hash of a token or secret, which is random enough to need no salt.
#[must_use]
pub fn hash(value: &str) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(value.as_bytes()) {
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// A new token's value.
pub fn new_value(entropy: &mut dyn Entropy) -> String {
    format!("{PREFIX}{}", entropy.text(b"0123456789abcdef", TOKEN_DIGITS))
}

/// Whom the token `value` stands for in a workspace, by id.
///
/// # Errors
/// [`TokenError`]
pub fn owner(
    view: &View,
    workspace: &str,
    value: &str,
    now: Timestamp,
) -> Result<String, TokenError> {
    let row = view.get::<TokenRow>(workspace, &hash(value)).ok_or(TokenError::Unknown)?;
    match row.expires {
        Some(expires) if expires <= now => Err(TokenError::Expired),
        _ => Ok(row.owner.clone()),
    }
}

/// The tokens of a workspace that were made for `owner`.
pub fn of_owner<'v>(
    view: &'v View,
    workspace: &str,
    owner: &'v str,
) -> impl Iterator<Item = &'v TokenRow> {
    let tokens = view.range::<TokenRow>(workspace, ..);
    tokens.map(|token| &**token).filter(move |token| token.owner == owner)
}

/// Revokes every token and secret of `owner` at a level.
///
/// # Errors
/// A limit of the store.
pub fn forget_owner(act: &mut Act<'_, '_>, partition: &str, owner: &str) -> Result<(), Fault> {
    let tokens: Vec<String> =
        of_owner(act.aws.tx, partition, owner).map(|token| token.id.clone()).collect();
    for id in tokens {
        act.tx().delete::<TokenRow>(partition, &id)?;
    }
    let secrets: Vec<String> =
        secret::of(act.aws.tx, partition, owner).map(|secret| secret.key.clone()).collect();
    for key in secrets {
        act.tx().delete::<SecretRow>(partition, &key)?;
    }
    Ok(())
}
