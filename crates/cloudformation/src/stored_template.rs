//! The templates of stacks and change sets as they are kept: in parts, as a row holds less than a template may.

use std::borrow::Cow;

use names::AccountId;
use serde::{Deserialize, Serialize};
use store::{Row, RowError, Tx, View};

/// Bytes of a part.
const PART_BYTES: usize = 256 * 1024;

/// A part of a template.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TemplateRow {
    /// The stack's account.
    pub account: AccountId,
    /// The stack's or change set's id.
    pub owner: String,
    /// The how manieth template of it.
    pub number: u32,
    /// The how manieth part.
    pub part: u32,
    /// The text.
    pub text: String,
}

impl Row for TemplateRow {
    const TABLE: &'static str = "cloudformation_template";
    const VERSION: u32 = 1;

    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn key(&self) -> Cow<'_, str> {
        format!("{}/{:08}/{:04}", self.owner, self.number, self.part).into()
    }
}

/// Keeps a template.
///
/// # Errors
/// A [`RowError`].
pub fn keep(
    tx: &mut Tx<'_>,
    account: AccountId,
    owner: &str,
    number: u32,
    text: &str,
) -> Result<(), RowError> {
    let mut rest = text;
    for part in 0.. {
        let mut end = rest.len().min(PART_BYTES);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (own, next) = rest.split_at(end);
        let text = own.to_owned();
        tx.put(TemplateRow { account, owner: owner.to_owned(), number, part, text })?;
        if next.is_empty() {
            break;
        }
        rest = next;
    }
    Ok(())
}

/// The template with this number.
#[must_use]
pub fn find(view: &View, account: AccountId, owner: &str, number: u32) -> String {
    let (from, until) = (format!("{owner}/{number:08}/"), format!("{owner}/{number:08}0"));
    let parts = view.range::<TemplateRow>(account.as_str(), from.as_str()..until.as_str());
    parts.map(|part| part.text.as_str()).collect()
}

/// Forgets the templates of an owner, but for those with the numbers in `kept`.
///
/// # Errors
/// A [`RowError`].
pub fn forget(
    tx: &mut Tx<'_>,
    account: AccountId,
    owner: &str,
    kept: &[u32],
) -> Result<(), RowError> {
    let (from, until) = (format!("{owner}/"), format!("{owner}0"));
    let parts = tx.range::<TemplateRow>(account.as_str(), from.as_str()..until.as_str());
    let gone = parts.filter(|part| !kept.contains(&part.number));
    let keys: Vec<String> = gone.map(|part| part.key().into_owned()).collect();
    keys.iter().try_for_each(|key| tx.delete::<TemplateRow>(account.as_str(), key).map(drop))
}
