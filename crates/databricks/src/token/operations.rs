//! `/api/2.0/token/…`: the caller's own tokens.

use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::operation::{Act, Ask, Empty, Read, Write, milliseconds};
use crate::permit::Need;
use crate::token::{self, MAX_LIFETIME_SECONDS, MAX_TOKENS, TokenRow};

/// A token as lists show it.
#[derive(Debug, Clone, Serialize)]
pub struct TokenInfo {
    token_id: String,
    creation_time: i64,
    /// -1 for a token without an end.
    expiry_time: i64,
    comment: String,
}

impl TokenInfo {
    /// `row` as lists show it.
    #[must_use]
    pub fn new(row: &TokenRow) -> Self {
        Self {
            token_id: row.id.clone(),
            creation_time: milliseconds(row.created),
            expiry_time: row.expires.map_or(-1, milliseconds),
            comment: row.comment.clone(),
        }
    }
}

/// Makes a token of the caller's.
#[derive(Debug, Clone, Deserialize)]
pub struct CreateToken {
    lifetime_seconds: Option<i64>,
    #[serde(default)]
    comment: String,
}

/// The token, which is told once.
#[derive(Serialize)]
pub struct CreatedToken {
    token_value: String,
    token_info: TokenInfo,
}

operation! {
    CreateToken, Post ["/api/2.0/token/create"] -> CreatedToken, Need::Anyone,
    |operation| check_lifetime(operation.lifetime_seconds)
}

/// A lifetime is positive and not too long; the texts are unverified.
pub(super) fn check_lifetime(seconds: Option<i64>) -> Result<(), Fault> {
    match seconds {
        Some(seconds) if seconds < -1 || seconds == 0 => {
            Err(Fault::invalid("lifetime_seconds must be a positive number."))
        }
        Some(seconds) if seconds > MAX_LIFETIME_SECONDS => {
            let text = format!("lifetime_seconds must be at most {MAX_LIFETIME_SECONDS}.");
            Err(Fault::invalid(text))
        }
        _ => Ok(()),
    }
}

impl Write for CreateToken {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreatedToken, Fault> {
        let owner = act.caller.identity.id.clone();
        create(act, owner, self.lifetime_seconds, &self.comment)
    }
}

/// Makes a token that stands for `owner`.
pub(super) fn create(
    act: &mut Act<'_, '_>,
    owner: String,
    lifetime_seconds: Option<i64>,
    comment: &str,
) -> Result<CreatedToken, Fault> {
    let workspace = act.host.partition();
    if token::of_owner(act.aws.tx, &workspace, &owner).count() >= MAX_TOKENS {
        let text = format!("The maximum number of tokens ({MAX_TOKENS}) has been reached.");
        return Err(Fault::new("QUOTA_EXCEEDED", text));
    }
    let value = token::new_value(act.entropy());
    let lifetime = lifetime_seconds.filter(|seconds| *seconds > 0);
    let row = TokenRow {
        workspace,
        id: token::hash(&value),
        owner,
        creator: act.caller.identity.id.clone(),
        comment: comment.to_owned(),
        created: act.now(),
        expires: Some(act.now().plus_seconds(lifetime.unwrap_or(MAX_LIFETIME_SECONDS))),
    };
    let token_info = TokenInfo::new(&row);
    act.tx().insert(row)?;
    Ok(CreatedToken { token_value: value, token_info })
}

/// Lists the caller's tokens.
#[derive(Debug, Clone, Deserialize)]
pub struct ListTokens {}

/// Tokens.
#[derive(Debug, Serialize)]
pub struct TokenList {
    token_infos: Vec<TokenInfo>,
}

operation! { ListTokens, Get ["/api/2.0/token/list"] -> TokenList, Need::Anyone }

impl Read for ListTokens {
    fn read(self, ask: &Ask<'_>) -> Result<TokenList, Fault> {
        let (workspace, owner) = (ask.host.partition(), &ask.caller.identity.id);
        let tokens = token::of_owner(ask.view, &workspace, owner);
        Ok(TokenList { token_infos: tokens.map(TokenInfo::new).collect() })
    }
}

/// Revokes a token of the caller's.
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteToken {
    token_id: String,
}

operation! { DeleteToken, Post ["/api/2.0/token/delete"] -> Empty, Need::Anyone }

impl Write for DeleteToken {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let workspace = act.host.partition();
        let row = act.aws.tx.get::<TokenRow>(&workspace, &self.token_id);
        if row.is_none_or(|row| row.owner != act.caller.identity.id) {
            return Err(Fault::missing(format!("Token with id {} does not exist", self.token_id)));
        }
        act.tx().delete::<TokenRow>(&workspace, &self.token_id)?;
        Ok(Empty {})
    }
}
