//! `AWS::IAM::*`, and what its types share.

pub mod role;

use cloud::tag::Tag;
use serde::Deserialize;
use serde_json::{Value, json};

/// Characters of a role's name.
pub const MAX_ROLE_NAME: usize = 64;

/// A policy that is part of its role, user or group.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InlinePolicy {
    policy_name: String,
    policy_document: Value,
}

impl InlinePolicy {
    /// The input that embeds it in `name`, which `holder` calls itself by, such as `RoleName`.
    #[must_use]
    pub fn put(&self, holder: &str, name: &str) -> Value {
        json!({
            holder: name,
            "PolicyName": self.policy_name,
            "PolicyDocument": document(&self.policy_document),
        })
    }

    /// The input that takes it away.
    #[must_use]
    pub fn delete(&self, holder: &str, name: &str) -> Value {
        json!({holder: name, "PolicyName": self.policy_name})
    }
}

/// A document as text: it is written as an object or as JSON already.
#[must_use]
pub fn document(document: &Value) -> String {
    match document {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The policies that are new or changed, and those that are gone (`true`).
#[must_use]
pub fn inline_changes<'p>(
    old: &'p [InlinePolicy],
    new: &'p [InlinePolicy],
) -> Vec<(&'p InlinePolicy, bool)> {
    let changed = new.iter().filter(|policy| !old.contains(policy)).map(|policy| (policy, false));
    let named = |policy: &InlinePolicy| new.iter().any(|it| it.policy_name == policy.policy_name);
    let gone = old.iter().filter(|policy| !named(policy)).map(|policy| (policy, true));
    changed.chain(gone).collect()
}

/// What is new, and what is gone.
#[must_use]
pub fn difference<'a>(old: &'a [String], new: &'a [String]) -> (Vec<&'a String>, Vec<&'a String>) {
    let added = new.iter().filter(|it| !old.contains(it)).collect();
    (added, old.iter().filter(|it| !new.contains(it)).collect())
}

/// The changes of tags.
#[derive(Debug)]
pub struct TagChanges {
    /// Those that are new or have another value.
    pub set: Vec<Tag>,
    /// The keys of those that are gone.
    pub removed: Vec<String>,
}

/// The changes from `old` to `new`.
#[must_use]
pub fn tag_changes(old: &[Tag], new: &[Tag]) -> TagChanges {
    let gone = old.iter().filter(|tag| !new.iter().any(|it| it.key == tag.key));
    TagChanges {
        set: new.iter().filter(|tag| !old.contains(tag)).cloned().collect(),
        removed: gone.map(|tag| tag.key.clone()).collect(),
    }
}

/// The items of a list in an answer.
#[must_use]
pub fn items(answer: &Value, list: &str) -> Vec<Value> {
    answer.get(list).and_then(Value::as_array).cloned().unwrap_or_default()
}
