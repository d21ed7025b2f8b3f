//! What an operation asks of IAM.

use iam::Values;
use names::AccountId;

use crate::iam::document::Document;
use crate::tag::Tag;

/// One thing that IAM must allow for an operation to run.
#[derive(Debug, Clone)]
pub struct Demand {
    /// The action, such as `iam:CreateRole`.
    pub action: &'static str,
    /// The ARN of the resource, or `*`.
    pub resource: String,
    /// The account that owns the resource, where its ARN does not tell.
    pub resource_account: Option<AccountId>,
    /// Condition keys that belong to this demand only.
    pub context: Vec<(String, Values)>,
    /// The policy of the resource: a role's trust policy, a bucket's policy.
    pub resource_policy: Option<Document>,
    /// Who asks, where that is not who calls: an identity provider, for an unsigned request.
    pub caller: Option<iam::Caller>,
    /// What a denial calls the resource, where that follows from more than action and resource.
    pub called: Option<String>,
}

impl Demand {
    /// `action` on `resource`.
    #[must_use]
    pub fn new(action: &'static str, resource: impl Into<String>) -> Self {
        Self {
            action,
            resource: resource.into(),
            resource_account: None,
            context: Vec::new(),
            resource_policy: None,
            caller: None,
            called: None,
        }
    }

    /// With one more condition key.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl AsRef<str>) -> Self {
        self.context.push((key.to_owned(), Values::one(value)));
        self
    }

    /// With one more condition key, if there is a value.
    #[must_use]
    pub fn with_some(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// With the tags that the resource has: `aws:ResourceTag/*` and the service's own spelling of it.
    #[must_use]
    pub fn with_resource_tags(mut self, prefixes: &[&str], tags: &[Tag]) -> Self {
        for prefix in prefixes {
            for tag in tags {
                let key = format!("{prefix}:ResourceTag/{}", tag.key);
                self.context.push((key, Values::one(tag.value.as_str())));
            }
        }
        self
    }

    /// With the tags that the request sets: `aws:RequestTag/*` and `aws:TagKeys`.
    #[must_use]
    pub fn with_request_tags(mut self, tags: &[Tag]) -> Self {
        for tag in tags {
            let key = format!("aws:RequestTag/{}", tag.key);
            self.context.push((key, Values::one(tag.value.as_str())));
        }
        self.with_tag_keys(tags.iter().map(|tag| tag.key.as_str()))
    }

    /// With the keys of the tags that the request speaks of: `aws:TagKeys`.
    #[must_use]
    pub fn with_tag_keys<'t>(mut self, keys: impl Iterator<Item = &'t str>) -> Self {
        let keys: Vec<&str> = keys.collect();
        if !keys.is_empty() {
            self.context.push(("aws:TagKeys".to_owned(), Values::many(keys)));
        }
        self
    }
}
