//! Who asked, as CloudTrail tells it (user guide, "CloudTrail userIdentity element").

use std::borrow::Cow;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::authorize::Decided;
use crate::caller::{Caller, Session, SessionKind};

/// What the audit keeps of a caller beyond its ARN.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Identity<'a> {
    /// CloudTrail's `type`.
    #[serde(borrow)]
    pub kind: Cow<'a, str>,
    /// CloudTrail's `principalId`.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub id: Option<Cow<'a, str>>,
    /// The user's name, the service's, or the identity provider.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub name: Option<Cow<'a, str>>,
    /// The session, where there is one.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionContext<'a>>,
}

/// What is kept of a session.
#[derive(Debug, Serialize, Deserialize)]
pub struct SessionContext<'a> {
    issued: Timestamp,
    mfa: bool,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    issuer: Option<Issuer<'a>>,
}

/// The role or user whose session it is.
#[derive(Debug, Serialize, Deserialize)]
struct Issuer<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    arn: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
}

impl<'a> Identity<'a> {
    /// Of a caller; `decided` tells the identity provider of one who has no credentials.
    pub(super) fn of(caller: &'a Caller, decided: &'a [Decided]) -> Self {
        let new = |kind: &'static str, id: Option<Cow<'a, str>>, name: Option<&'a str>| Self {
            kind: kind.into(),
            id,
            name: name.map(Cow::from),
            session: None,
        };
        let id = caller.user_id().map(Cow::from);
        match caller {
            Caller::Root(_) => new("Root", id, None),
            Caller::User(user) => new("IAMUser", id, Some(&user.name)),
            Caller::Service { name, .. } => new("AWSService", None, Some(name)),
            Caller::Foreign(_) => new("AWSAccount", id, None),
            Caller::Anonymous { .. } => {
                let provider = decided.first().map(|decided| decided.request.caller().name());
                new("WebIdentityUser", None, provider)
            }
            Caller::Session(session) => Self::of_session(session, id),
        }
    }

    fn of_session(session: &'a Session, id: Option<Cow<'a, str>>) -> Self {
        let (kind, name, issuer) = match &session.kind {
            SessionKind::Root => ("Root", None, None),
            SessionKind::User { user_name, .. } => ("IAMUser", Some(user_name), None),
            SessionKind::Role { role_name, role_id, role_arn, .. } => {
                ("AssumedRole", None, Some(Issuer::new("Role", role_id, role_arn, role_name)))
            }
            SessionKind::FederatedUser { user_name, user_id, .. } => {
                let issuer = user_name.as_ref().zip(user_id.as_ref()).map(|(name, id)| Issuer {
                    arn: format!("arn:aws:iam::{}:user/{name}", session.account).into(),
                    ..Issuer::new("IAMUser", id, "", name)
                });
                ("FederatedUser", None, issuer)
            }
        };
        let context = SessionContext { issued: session.issued, mfa: session.mfa, issuer };
        let name = name.map(|name| name.as_str().into());
        Self { kind: kind.into(), id, name, session: Some(context) }
    }

    /// What `Username` of a looked-up event is.
    pub(super) fn user_name(&self, arn: &str) -> Option<String> {
        match &*self.kind {
            "Root" => Some("root".to_owned()),
            "AssumedRole" | "FederatedUser" => arn.rsplit('/').next().map(str::to_owned),
            _ => self.name.as_deref().map(str::to_owned),
        }
    }

    /// The `userIdentity` of an event.
    pub(super) fn shape(&self, arn: &str, account: &str, access_key: Option<&str>) -> Value {
        if self.kind == "AWSService" {
            return json!({"type": self.kind, "invokedBy": self.name});
        }
        let mut shape = Map::new();
        let mut set = |key: &str, value: Option<&str>| {
            if let Some(value) = value {
                shape.insert(key.to_owned(), value.into());
            }
        };
        set("type", Some(&self.kind));
        set("principalId", self.id.as_deref());
        match &*self.kind {
            "WebIdentityUser" => {
                set("identityProvider", self.name.as_deref());
                return shape.into();
            }
            "AWSAccount" => {
                set("accountId", Some(account));
                return shape.into();
            }
            _ => {}
        }
        set("arn", Some(arn));
        set("accountId", Some(account));
        // Root's key of this server is no key of AWS, but a client that shows it can be found by it.
        set("accessKeyId", access_key);
        set("userName", self.name.as_deref());
        if let Some(session) = &self.session {
            shape.insert("sessionContext".to_owned(), session.shape(account));
        }
        shape.into()
    }
}

impl<'a> Issuer<'a> {
    fn new(kind: &'static str, id: &'a str, arn: &'a str, name: &'a str) -> Self {
        Self { kind: kind.into(), id: id.into(), arn: arn.into(), name: name.into() }
    }
}

impl SessionContext<'_> {
    fn shape(&self, account: &str) -> Value {
        let attributes = json!({
            "creationDate": self.issued,
            // CloudTrail writes it as text.
            "mfaAuthenticated": if self.mfa { "true" } else { "false" },
        });
        match &self.issuer {
            None => json!({"attributes": attributes}),
            Some(issuer) => json!({
                "sessionIssuer": {
                    "type": issuer.kind,
                    "principalId": issuer.id,
                    "arn": issuer.arn,
                    "accountId": account,
                    "userName": issuer.name,
                },
                "attributes": attributes,
            }),
        }
    }
}

/// The account of an ARN.
pub(super) fn account_of(arn: &str) -> Option<AccountId> {
    names::ArnParts::split(arn)?.account.parse().ok()
}
