//! Exports: outputs that other stacks of the account and region use.

pub mod list;

use std::borrow::Cow;
use std::sync::Arc;

use names::AccountId;
use serde::{Deserialize, Serialize};
use store::{Row, View};

use crate::stack::StackRow;

/// An export.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExportRow {
    /// Its account.
    pub account: AccountId,
    /// Its region.
    pub region: String,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The id of the stack that exports it.
    pub stack: String,
}

impl Row for ExportRow {
    const TABLE: &'static str = "cloudformation_export";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        key(&self.region, &self.name).into()
    }
}

/// The key of an export.
#[must_use]
pub fn key(region: &str, name: &str) -> String {
    format!("{region}/{name}")
}

/// The export called `name`.
#[must_use]
pub fn find<'v>(
    view: &'v View,
    account: AccountId,
    region: &str,
    name: &str,
) -> Option<&'v Arc<ExportRow>> {
    view.get::<ExportRow>(account.as_str(), &key(region, name))
}

/// The exports of a region, by name.
pub fn of_region<'v>(
    view: &'v View,
    account: AccountId,
    region: &str,
) -> impl Iterator<Item = &'v Arc<ExportRow>> {
    let region = region.to_owned();
    view.range::<ExportRow>(account.as_str(), ..).filter(move |export| export.region == region)
}

/// The stacks that use the export called `name`.
#[must_use]
pub fn importers<'v>(
    view: &'v View,
    account: AccountId,
    region: &str,
    name: &str,
) -> Vec<&'v Arc<StackRow>> {
    let uses = |stack: &&Arc<StackRow>| {
        let before = stack.work.as_ref().and_then(|work| work.before.as_ref());
        stack.region == region
            && stack.deleted.is_none()
            && (stack.spec.imports.iter().any(|it| it == name)
                || before.is_some_and(|spec| spec.imports.iter().any(|it| it == name)))
    };
    view.range::<StackRow>(account.as_str(), ..).filter(uses).collect()
}
