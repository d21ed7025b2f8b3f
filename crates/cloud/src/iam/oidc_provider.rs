//! OpenID Connect providers: who vouches for callers of `AssumeRoleWithWebIdentity`. Texts as recorded
//! from AWS by LocalStack.
//!
//! AWS fetches a provider's keys from its address. Here they are registered ([`register_keys`]): nothing
//! is fetched from anywhere.

mod create;
mod tags;
#[cfg(test)]
mod tests;
mod update;

use std::borrow::Cow;
use std::sync::Arc;

use names::{AccountId, ArnParts, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, Tx, View};

use crate::constraint::Constraints;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::name;
use crate::jwt::{self, Jwk};
use crate::operation::Ask;
use crate::propagation::Sight;
use crate::tag::Tag;

pub use create::{
    CreateOpenIDConnectProvider, CreateOutput, DeleteOpenIDConnectProvider,
    GetOpenIDConnectProvider, ListOpenIDConnectProviders, ProviderOutput, ProvidersOutput,
};
pub use tags::{
    ListOpenIDConnectProviderTags, TagOpenIDConnectProvider, UntagOpenIDConnectProvider,
};
pub use update::{
    AddClientIDToOpenIDConnectProvider, RemoveClientIDFromOpenIDConnectProvider,
    UpdateOpenIDConnectProviderThumbprint,
};

/// Providers of an account.
pub const MAX_PROVIDERS: usize = 100;
/// Client ids of a provider.
pub const MAX_CLIENT_IDS: usize = 100;
/// Thumbprints of a provider.
pub const MAX_THUMBPRINTS: usize = 5;

/// An OpenID Connect provider.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OidcProviderRow {
    /// Its account.
    pub account: AccountId,
    /// Its address, without `https://`: the issuer of its tokens.
    pub url: String,
    /// Its ARN.
    pub arn: String,
    /// When it was made.
    pub created: Timestamp,
    /// Whom its tokens may be for.
    pub client_ids: Vec<String>,
    /// The thumbprints of its certificates, which are not looked at.
    pub thumbprints: Vec<String>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// The keys that its tokens are checked with.
    pub keys: Vec<Jwk>,
}

impl Row for OidcProviderRow {
    const TABLE: &'static str = "iam_oidc_provider";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        self.url.as_str().into()
    }
}

/// Why keys cannot be registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// They are not what they should be.
    #[error(transparent)]
    Keys(#[from] jwt::KeysError),
    /// There is no such provider, or the store refuses.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// The provider with `arn`.
///
/// # Errors
/// `NoSuchEntity` with IAM's text.
pub fn find<'v>(view: &'v View, arn: &str) -> Result<&'v Arc<OidcProviderRow>, Fault> {
    let found = || {
        let (account, url) = account_and_url(arn)?;
        view.get::<OidcProviderRow>(account.as_str(), url).filter(|row| row.arn == arn)
    };
    found().ok_or_else(|| {
        let text = format!("OpenIDConnect Provider not found for arn {arn}");
        Fault::new("NoSuchEntity", text)
    })
}

/// The provider of an account that issues tokens as `issuer`.
#[must_use]
pub fn of_issuer<'v>(
    sight: Sight<'v>,
    account: AccountId,
    issuer: &str,
) -> Option<&'v Arc<OidcProviderRow>> {
    sight.get::<OidcProviderRow>(account.as_str(), issuer.strip_prefix("https://")?)
}

/// Sets the keys that the tokens of a provider are checked with, from a JSON web key set. No operation
/// of IAM does so: it stands for what AWS fetches from the provider.
///
/// # Errors
/// [`RegisterError`]
pub fn register_keys(tx: &mut Tx<'_>, arn: &str, key_set: &str) -> Result<(), RegisterError> {
    let keys = jwt::parse_keys(key_set)?;
    let row = OidcProviderRow { keys, ..OidcProviderRow::clone(find(tx, arn)?) };
    tx.update(row).map_err(Fault::from)?;
    Ok(())
}

/// A demand on a provider, with its tags.
#[must_use]
pub fn demand(ask: &Ask<'_>, action: &'static str, arn: &str) -> Demand {
    let demand = Demand::new(action, arn);
    match find(ask.view, arn) {
        Ok(row) => demand.with_resource_tags(&["aws"], &row.tags),
        Err(_) => demand,
    }
}

/// Checks the ARN of a provider.
///
/// # Errors
/// `ValidationError`; `InvalidInput` for the ARN of something else (unverified).
fn check_arn(mut constraints: Constraints, arn: &str) -> Result<(), Fault> {
    name::check_arn(&mut constraints, "openIDConnectProviderArn", arn);
    if ArnParts::split(arn).is_none() {
        constraints.refuse("Invalid ARN:  Could not be parsed!");
    }
    constraints.finish()?;
    match account_and_url(arn) {
        Some(_) => Ok(()),
        None => Err(Fault::new("InvalidInput", format!("ARN {arn} is not valid."))),
    }
}

fn account_and_url(arn: &str) -> Option<(AccountId, &str)> {
    let parts = ArnParts::split(arn).filter(|parts| parts.service == "iam")?;
    let url = parts.resource.strip_prefix("oidc-provider/").filter(|url| !url.is_empty())?;
    Some((parts.account.parse().ok()?, url))
}

/// The quota on client ids.
fn check_client_ids(client_ids: &[String]) -> Result<(), Fault> {
    if client_ids.len() <= MAX_CLIENT_IDS {
        return Ok(());
    }
    let text =
        format!("Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {MAX_CLIENT_IDS}");
    Err(Fault::new("LimitExceeded", text))
}

/// The quota on thumbprints.
fn check_thumbprints(thumbprints: &[String]) -> Result<(), Fault> {
    if thumbprints.len() <= MAX_THUMBPRINTS {
        return Ok(());
    }
    let text = format!("Thumbprint list must contain fewer than {MAX_THUMBPRINTS} entries.");
    Err(Fault::new("InvalidInput", text))
}
