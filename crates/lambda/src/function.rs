//! Functions: the row, how one is found and shown; the operations are in the files below.

pub mod create;
pub mod delete;
pub mod read;
pub mod settings;
pub mod update;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use cloud::tag::Tag;
use cloud::{Ask, Demand, Fault};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::alias::Alias;
use crate::function::settings::Settings;
use crate::name::{LATEST, Named};
use crate::permission::Grant;

/// A function.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FunctionRow {
    /// Its account.
    pub account: AccountId,
    /// Its region.
    pub region: String,
    /// Its name.
    pub name: String,
    /// What can still be changed.
    pub latest: State,
    /// What was published, oldest first.
    pub versions: Vec<Published>,
    /// The number of the version that was published last, deleted or not: numbers are not used again.
    pub last_version: u64,
    /// Its aliases by name.
    pub aliases: BTreeMap<String, Alias>,
    /// Statements of its resource policies: each belongs to the function (`None`), a version or an alias.
    pub grants: Vec<Grant>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// Concurrent executions that are kept for it.
    #[serde(default)]
    pub reserved_concurrency: Option<i64>,
}

/// A state of a function: what it is set to and what it runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct State {
    /// What it is set to.
    pub settings: Settings,
    /// Bytes of its package.
    pub code_size: u64,
    /// The SHA-256 of its package, in base64.
    pub code_sha256: String,
    /// When it was changed.
    pub modified: Timestamp,
    /// Changes with every change.
    pub revision_id: String,
}

/// A published version.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Published {
    /// Its number.
    pub number: u64,
    /// What it is, for ever.
    pub state: State,
}

impl Row for FunctionRow {
    const TABLE: &'static str = "lambda_function";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        key(&self.region, &self.name).into()
    }
}

fn key(region: &str, name: &str) -> String {
    format!("{region}/{name}")
}

impl FunctionRow {
    /// Its ARN, without a version.
    #[must_use]
    pub fn arn(&self) -> String {
        arn(self.account, &self.region, &self.name)
    }

    /// The state that a qualifier names, and the version to show: `$LATEST`, a number, or an alias' version.
    #[must_use]
    pub fn state(&self, qualifier: Option<&str>) -> Option<(&State, String)> {
        let qualifier = match qualifier {
            None | Some(LATEST) => return Some((&self.latest, LATEST.to_owned())),
            Some(qualifier) => qualifier,
        };
        let version = match self.aliases.get(qualifier) {
            Some(alias) if alias.function_version == LATEST => {
                return Some((&self.latest, LATEST.to_owned()));
            }
            Some(alias) => &alias.function_version,
            None => qualifier,
        };
        let number: u64 = version.parse().ok()?;
        let published = self.versions.iter().find(|published| published.number == number)?;
        Some((&published.state, number.to_string()))
    }

    /// The number of a version that exists.
    ///
    /// # Errors
    /// `ResourceNotFoundException`
    pub fn check_version(&self, version: &str) -> Result<(), Fault> {
        let exists = version == LATEST
            || self.versions.iter().any(|published| published.number.to_string() == version);
        if exists { Ok(()) } else { Err(missing(&format!("{}:{version}", self.arn()))) }
    }
}

/// A function's ARN, without a version.
#[must_use]
pub fn arn(account: AccountId, region: &str, name: &str) -> String {
    format!("arn:aws:lambda:{region}:{account}:function:{name}")
}

/// The function that a request names.
///
/// # Errors
/// `ResourceNotFoundException`
pub fn find<'v>(
    view: &'v View,
    account: AccountId,
    region: &str,
    named: &Named,
) -> Result<&'v Arc<FunctionRow>, Fault> {
    let account = named.account.unwrap_or(account);
    let row = view.get::<FunctionRow>(account.as_str(), &key(region, &named.name));
    row.ok_or_else(|| {
        let arn = arn(account, region, &named.name);
        missing(&match &named.qualifier {
            Some(qualifier) => format!("{arn}:{qualifier}"),
            None => arn,
        })
    })
}

/// What Lambda says of a function, version or alias that does not exist.
#[must_use]
pub fn missing(arn: &str) -> Fault {
    Fault::new("ResourceNotFoundException", format!("Function not found: {arn}"))
}

/// A demand on a function, qualified or not, with its tags.
#[must_use]
pub fn demand(ask: &Ask<'_>, action: &'static str, named: &Named) -> Demand {
    let account = named.account.unwrap_or(ask.account());
    let mut resource = arn(account, ask.region, &named.name);
    if let Some(qualifier) = &named.qualifier {
        resource.push_str(&format!(":{qualifier}"));
    }
    let demand = Demand::new(action, resource);
    match find(ask.view, ask.account(), ask.region, named) {
        Ok(function) => demand.with_resource_tags(&["aws"], &function.tags),
        Err(_) => demand,
    }
}

/// A time as Lambda writes it.
#[must_use]
pub fn modified(time: Timestamp) -> String {
    let text = time.to_string();
    format!("{}.000+0000", text.trim_end_matches('Z'))
}

/// Refuses a change of a function that was changed since `revision_id` was read.
///
/// # Errors
/// `PreconditionFailedException`
pub fn check_revision(current: &str, wanted: Option<&str>) -> Result<(), Fault> {
    match wanted {
        Some(wanted) if wanted != current => {
            let text = "The Revision Id provided does not match the latest Revision Id. Call the \
                        GetFunction/GetAlias API to retrieve the latest Revision Id";
            Err(Fault::new("PreconditionFailedException", text))
        }
        _ => Ok(()),
    }
}
