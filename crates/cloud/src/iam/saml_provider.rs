//! SAML providers, as records: nothing here assumes a role with an assertion of theirs. Texts as
//! recorded from AWS by LocalStack.

mod create;
mod metadata;
mod tags;
#[cfg(test)]
mod tests;
mod update;

use std::borrow::Cow;
use std::sync::Arc;

use names::{AccountId, ArnParts, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::name;
use crate::operation::Ask;
use crate::tag::Tag;

pub use create::{
    CreateOutput, CreateSAMLProvider, DeleteSAMLProvider, GetSAMLProvider, ListSAMLProviders,
    ProviderOutput, ProvidersOutput,
};
pub use tags::{ListSAMLProviderTags, TagSAMLProvider, UntagSAMLProvider};
pub use update::{UpdateOutput, UpdateSAMLProvider};

/// Providers of an account.
pub const MAX_PROVIDERS: usize = 100;
/// Private keys of a provider.
pub const MAX_PRIVATE_KEYS: usize = 2;

/// How assertions may come, in requests.
const ENCRYPTION_MODES: Check = Check::OneOf(&["Required", "Allowed"]);
/// How assertions may come if nobody said.
const DEFAULT_ENCRYPTION_MODE: &str = "Allowed";

/// A SAML provider.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SamlProviderRow {
    /// Its account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its unique id.
    pub uuid: String,
    /// When it was made.
    pub created: Timestamp,
    /// When its certificate ends.
    pub valid_until: Timestamp,
    /// Its metadata document.
    pub metadata: String,
    /// Whether assertions must be encrypted: `Required` or `Allowed`.
    pub encryption_mode: String,
    /// Its private keys. Since no assertion is read here, the keys themselves are not kept.
    pub private_keys: Vec<PrivateKey>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// What is known of a private key; also as IAM answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PrivateKey {
    /// Its id.
    pub key_id: String,
    /// When it was given.
    pub timestamp: Timestamp,
}

impl Row for SamlProviderRow {
    const TABLE: &'static str = "iam_saml_provider";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        name::key(&self.name).into()
    }
}

/// The provider with `arn`.
///
/// # Errors
/// `NoSuchEntity` with IAM's text.
pub fn find<'v>(view: &'v View, arn: &str) -> Result<&'v Arc<SamlProviderRow>, Fault> {
    let found = || {
        let (account, name) = account_and_name(arn)?;
        let row = view.get::<SamlProviderRow>(account.as_str(), &name::key(name))?;
        (row.arn == arn).then_some(row)
    };
    found().ok_or_else(|| Fault::new("NoSuchEntity", format!("Manifest not found for arn {arn}")))
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
    name::check_arn(&mut constraints, "sAMLProviderArn", arn);
    if ArnParts::split(arn).is_none() {
        constraints.refuse("Invalid ARN:  Could not be parsed!");
    }
    constraints.finish()?;
    match account_and_name(arn) {
        Some(_) => Ok(()),
        None => Err(Fault::new("InvalidInput", format!("ARN {arn} is not valid."))),
    }
}

fn account_and_name(arn: &str) -> Option<(AccountId, &str)> {
    let parts = ArnParts::split(arn).filter(|parts| parts.service == "iam")?;
    let name = parts.resource.strip_prefix("saml-provider/").filter(|name| !name.is_empty())?;
    Some((parts.account.parse().ok()?, name))
}
