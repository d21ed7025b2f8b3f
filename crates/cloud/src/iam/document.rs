//! A policy document as it is stored: its text byte for byte, read once.

use std::sync::{Arc, OnceLock};

use iam::{NamedPolicy, Policy, PolicyKind, PolicySet};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::constraint::{Check, Constraints};
use crate::fault::Fault;

/// Characters of a document, white space included.
pub const MAX_DOCUMENT: usize = 131_072;

/// `[\u0009\u000A\u000D\u0020-\u00FF]+`
const DOCUMENT: Check = Check::Pattern("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+", is_document);

/// A policy document of a row.
#[derive(Debug, Clone)]
pub struct Document {
    text: Arc<str>,
    /// Shared by all clones, so that a policy is read and compiled once.
    set: Arc<OnceLock<Arc<PolicySet>>>,
}

impl Document {
    /// The document with `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: text.into(), set: Arc::default() }
    }

    /// The text as it was sent.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The document as a set of one policy called `name`. A document that cannot be read allows
    /// nothing; none such is ever stored.
    #[must_use]
    pub fn set(&self, name: &str, kind: PolicyKind) -> Arc<PolicySet> {
        let set = self.set.get_or_init(|| {
            let policy = Policy::parse(self.text.as_bytes(), kind).ok();
            let policies = policy.map(|policy| NamedPolicy::new(name, policy));
            Arc::new(PolicySet::new(policies.into_iter().collect()))
        });
        Arc::clone(set)
    }

    /// The document's policy, ready to join others in a set.
    #[must_use]
    pub fn policy(&self, name: &str, kind: PolicyKind) -> Option<NamedPolicy> {
        self.set(name, kind).policies().first().cloned()
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(&String::deserialize(deserializer)?))
    }
}

/// Checks a parameter that is a policy document, as the API model says.
pub fn check_parameter(constraints: &mut Constraints, parameter: &str, text: &str) {
    constraints.hidden(parameter, text, DOCUMENT);
    constraints.hidden(parameter, text, Check::MaxLength(MAX_DOCUMENT));
    constraints.hidden(parameter, text, Check::MinLength(1));
}

/// The document that IAM would store as a policy of `kind`. Its size is a matter of quota, which
/// [`counted_characters`] helps to check.
///
/// # Errors
/// `MalformedPolicyDocument` with IAM's text.
pub fn accept(text: &str, kind: PolicyKind) -> Result<Document, Fault> {
    read(text, kind).map(|_| Document::new(text))
}

/// The policy in a document that IAM would store as one of `kind`.
///
/// # Errors
/// `MalformedPolicyDocument` with IAM's text.
pub fn read(text: &str, kind: PolicyKind) -> Result<Policy, Fault> {
    iam::accept::check(text.as_bytes(), kind)
        .map_err(|malformed| Fault::new("MalformedPolicyDocument", malformed.message))
}

/// Characters of a document that count against its quota: all but white space (user guide, "IAM and
/// AWS STS quotas").
#[must_use]
pub fn counted_characters(text: &str) -> usize {
    text.chars().filter(|character| !character.is_ascii_whitespace()).count()
}

fn is_document(text: &str) -> bool {
    text.chars().all(|character| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{ff}'))
}
