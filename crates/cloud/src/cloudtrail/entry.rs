//! What the audit keeps of a request beside who, what and when: the body of its row.
//!
//! It is written with every request, so it borrows what it can; what can be derived is derived when it is read.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::authorize::{Decided, Facts};
use crate::caller::Caller;
use crate::cloudtrail::identity::Identity;
use crate::fault::Fault;

/// Bytes of a text that comes from outside, such as a user agent; the rest is cut off.
pub const MAX_TEXT_BYTES: usize = 1024;
/// Demands of one request that are kept.
pub const MAX_DEMANDS: usize = 64;

/// The body of an audit row.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Entry<'a> {
    /// What was asked of IAM.
    #[serde(borrow)]
    pub demands: Vec<Demanded<'a>>,
    /// The code of the failure.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub error: Option<Cow<'a, str>>,
    /// Its text.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub message: Option<Cow<'a, str>>,
    /// Who it was, beyond the ARN.
    #[serde(borrow)]
    pub identity: Identity<'a>,
    /// The region that was called.
    #[serde(borrow)]
    pub region: Cow<'a, str>,
    /// From where.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub source_ip: Option<Cow<'a, str>>,
    /// With which program.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<Cow<'a, str>>,
    /// The access key that signed.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub access_key: Option<Cow<'a, str>>,
    /// The parameters as JSON text, without secrets: see [`crate::cloudtrail::parameters`].
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Cow<'a, str>>,
}

/// One demand, and how it was decided.
#[derive(Debug, Serialize, Deserialize)]
pub struct Demanded<'a> {
    /// The action.
    #[serde(borrow)]
    pub action: Cow<'a, str>,
    /// The resource.
    #[serde(borrow)]
    pub resource: Cow<'a, str>,
    /// The verdict.
    #[serde(borrow)]
    pub decision: Cow<'a, str>,
}

impl<'a> Entry<'a> {
    /// Of a request.
    #[must_use]
    pub fn new(
        caller: &'a Caller,
        facts: &'a Facts,
        region: &'a str,
        decided: &'a [Decided],
        fault: Option<&'a Fault>,
    ) -> Self {
        let demands = decided.iter().take(MAX_DEMANDS).map(|decided| Demanded {
            action: decided.request.action().as_str().into(),
            resource: decided.request.resource().as_str().into(),
            decision: decided.decision.verdict.name().into(),
        });
        let session_key = caller.session().map(|session| session.access_key_id.as_str());
        let access_key = session_key.or(facts.access_key_id.as_deref());
        Self {
            demands: demands.collect(),
            error: fault.map(|fault| fault.code.into()),
            message: fault.map(|fault| cut(&fault.message).into()),
            identity: Identity::of(caller, decided),
            region: region.into(),
            source_ip: facts.source_ip.as_deref().map(Cow::from),
            user_agent: facts.user_agent.as_deref().map(|agent| cut(agent).into()),
            access_key: access_key.map(|key| cut(key).into()),
            parameters: facts.parameters.as_deref().map(Cow::from),
        }
    }
}

fn cut(text: &str) -> &str {
    let end = text.floor_char_boundary(MAX_TEXT_BYTES);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_bounded() {
        assert_eq!(cut(&"a".repeat(MAX_TEXT_BYTES)).len(), MAX_TEXT_BYTES);
        assert_eq!(cut(&"a".repeat(MAX_TEXT_BYTES + 1)).len(), MAX_TEXT_BYTES);
        assert_eq!(cut(&"é".repeat(MAX_TEXT_BYTES)).len(), MAX_TEXT_BYTES);
    }
}
