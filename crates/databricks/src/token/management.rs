//! `/api/2.0/token-management/…`: admins and the tokens of all.

use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::identity::{self, Kind};
use crate::operation::{Act, Ask, Empty, Read, Write, milliseconds};
use crate::permit::Need;
use crate::token::TokenRow;
use crate::token::operations::{CreatedToken, check_lifetime, create};

/// A token as admins see it.
#[derive(Debug, Clone, Serialize)]
pub struct ManagedToken {
    token_id: String,
    owner_id: u64,
    created_by_id: u64,
    created_by_username: String,
    creation_time: i64,
    expiry_time: i64,
    comment: String,
}

impl ManagedToken {
    fn new(ask: &Ask<'_>, row: &TokenRow) -> Self {
        let creator = identity::principal(ask.view, &row.workspace, &row.creator);
        Self {
            token_id: row.id.clone(),
            owner_id: row.owner.parse().unwrap_or_default(),
            created_by_id: row.creator.parse().unwrap_or_default(),
            created_by_username: creator.map(|row| row.name.clone()).unwrap_or_default(),
            creation_time: milliseconds(row.created),
            expiry_time: row.expires.map_or(-1, milliseconds),
            comment: row.comment.clone(),
        }
    }
}

/// Lists everybody's tokens.
#[derive(Debug, Clone, Deserialize)]
pub struct ListManagedTokens {
    created_by_id: Option<u64>,
    created_by_username: Option<String>,
}

/// Tokens.
#[derive(Debug, Serialize)]
pub struct ManagedTokenList {
    token_infos: Vec<ManagedToken>,
}

operation! {
    ListManagedTokens, Get ["/api/2.0/token-management/tokens"] -> ManagedTokenList, Need::Admin
}

impl Read for ListManagedTokens {
    fn read(self, ask: &Ask<'_>) -> Result<ManagedTokenList, Fault> {
        let tokens = ask.view.range::<TokenRow>(&ask.host.partition(), ..);
        let shown = tokens.map(|row| ManagedToken::new(ask, row));
        let token_infos = shown
            .filter(|token| self.created_by_id.is_none_or(|id| token.created_by_id == id))
            .filter(|token| {
                self.created_by_username
                    .as_ref()
                    .is_none_or(|name| token.created_by_username == *name)
            })
            .collect();
        Ok(ManagedTokenList { token_infos })
    }
}

/// Shows a token.
#[derive(Debug, Clone, Deserialize)]
pub struct GetManagedToken {
    token_id: String,
}

/// A token.
#[derive(Debug, Serialize)]
pub struct OneManagedToken {
    token_info: ManagedToken,
}

operation! {
    GetManagedToken,
    Get ["/api/2.0/token-management/tokens/{token_id}"] -> OneManagedToken,
    Need::Admin
}

fn missing(id: &str) -> Fault {
    Fault::missing(format!("Token with id {id} does not exist"))
}

impl Read for GetManagedToken {
    fn read(self, ask: &Ask<'_>) -> Result<OneManagedToken, Fault> {
        let row = ask.view.get::<TokenRow>(&ask.host.partition(), &self.token_id);
        let row = row.ok_or_else(|| missing(&self.token_id))?;
        Ok(OneManagedToken { token_info: ManagedToken::new(ask, row) })
    }
}

/// Revokes a token.
#[derive(Debug, Clone, Deserialize)]
pub struct DeleteManagedToken {
    token_id: String,
}

operation! {
    DeleteManagedToken,
    Delete ["/api/2.0/token-management/tokens/{token_id}"] -> Empty,
    Need::Admin
}

impl Write for DeleteManagedToken {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Empty, Fault> {
        let workspace = act.host.partition();
        let gone = act.tx().delete::<TokenRow>(&workspace, &self.token_id)?;
        gone.map(|_| Empty {}).ok_or_else(|| missing(&self.token_id))
    }
}

/// Makes a token that stands for a service principal.
#[derive(Debug, Clone, Deserialize)]
pub struct CreateOboToken {
    application_id: String,
    lifetime_seconds: Option<i64>,
    #[serde(default)]
    comment: String,
}

operation! {
    CreateOboToken,
    Post ["/api/2.0/token-management/on-behalf-of/tokens"] -> CreatedToken,
    Need::Admin,
    |operation| check_lifetime(operation.lifetime_seconds)
}

impl Write for CreateOboToken {
    fn write(&self, act: &mut Act<'_, '_>) -> Result<CreatedToken, Fault> {
        let (workspace, name) = (act.host.partition(), &self.application_id);
        let known = identity::named(act.aws.tx, &workspace, Kind::ServicePrincipal, name);
        let Some(known) = known else {
            return Err(Fault::missing(format!("Service principal {name} does not exist.")));
        };
        let owner = known.id.clone();
        create(act, owner, self.lifetime_seconds, &self.comment)
    }
}
