//! Who calls, once the signature is verified.

use std::sync::Arc;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::iam::user::UserRow;
use crate::tag::Tag;

/// An authenticated caller.
#[derive(Debug, Clone)]
pub enum Caller {
    /// The root user of an account.
    Root(AccountId),
    /// An IAM user, with a long-term access key.
    User(Arc<UserRow>),
    /// Whoever holds temporary credentials.
    Session(Arc<Session>),
    /// Nobody: the request is not signed, as for `sts:AssumeRoleWithWebIdentity`.
    Anonymous {
        /// The account that the request is about.
        account: AccountId,
    },
}

/// What temporary credentials stand for. It travels sealed in the session token, so that whoever knows
/// the seal's key can check it and nothing needs to be stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    /// The access key of the session.
    pub access_key_id: String,
    /// The account.
    pub account: AccountId,
    /// Of what kind.
    pub kind: SessionKind,
    /// When it was made.
    pub issued: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// Session policies that were passed as documents; with `policy_arns` the session's limit.
    pub policies: Vec<String>,
    /// Session policies that were passed by ARN.
    pub policy_arns: Vec<String>,
    /// Session tags.
    pub tags: Vec<Tag>,
    /// The keys of those that go on when the session assumes a role.
    pub transitive_tag_keys: Vec<String>,
    /// The source identity, which no later session can change.
    pub source_identity: Option<String>,
    /// Whether it was made with multi-factor authentication.
    pub mfa: bool,
}

/// The kinds of session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum SessionKind {
    /// Made by `AssumeRole` and its like, or by an instance's metadata service.
    Role {
        /// The role's name.
        role_name: String,
        /// The role's unique id.
        role_id: String,
        /// The role's ARN, path included.
        role_arn: String,
        /// The session's name.
        session_name: String,
    },
    /// Made by `GetFederationToken`.
    FederatedUser {
        /// The name that was given.
        name: String,
        /// The user who made it; none if root did.
        user_name: Option<String>,
    },
    /// Made by `GetSessionToken` for a user.
    User {
        /// The user's name.
        user_name: String,
        /// The user's unique id.
        user_id: String,
    },
    /// Made by `GetSessionToken` for root.
    Root,
}

impl Caller {
    /// The account that the caller belongs to.
    #[must_use]
    pub fn account(&self) -> AccountId {
        match self {
            Self::Root(account) | Self::Anonymous { account } => *account,
            Self::User(user) => user.account,
            Self::Session(session) => session.account,
        }
    }

    /// The ARN that `GetCallerIdentity` and denials show.
    #[must_use]
    pub fn arn(&self) -> String {
        match self {
            Self::Root(account) => format!("arn:aws:iam::{account}:root"),
            Self::User(user) => user.arn.clone(),
            Self::Session(session) => session.arn(),
            Self::Anonymous { .. } => "anonymous".to_owned(),
        }
    }

    /// The value of `aws:userid`, which `GetCallerIdentity` calls `UserId`.
    #[must_use]
    pub fn user_id(&self) -> Option<String> {
        match self {
            Self::Root(account) => Some(account.to_string()),
            Self::User(user) => Some(user.id.clone()),
            Self::Session(session) => Some(session.user_id()),
            Self::Anonymous { .. } => None,
        }
    }

    /// The session, for temporary credentials.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        if let Self::Session(session) = self { Some(session) } else { None }
    }
}

impl Session {
    fn arn(&self) -> String {
        let account = self.account;
        match &self.kind {
            SessionKind::Role { role_name, session_name, .. } => {
                format!("arn:aws:sts::{account}:assumed-role/{role_name}/{session_name}")
            }
            SessionKind::FederatedUser { name, .. } => {
                format!("arn:aws:sts::{account}:federated-user/{name}")
            }
            SessionKind::User { user_name, .. } => {
                format!("arn:aws:iam::{account}:user/{user_name}")
            }
            SessionKind::Root => format!("arn:aws:iam::{account}:root"),
        }
    }

    fn user_id(&self) -> String {
        match &self.kind {
            SessionKind::Role { role_id, session_name, .. } => format!("{role_id}:{session_name}"),
            SessionKind::FederatedUser { name, .. } => format!("{}:{name}", self.account),
            SessionKind::User { user_id, .. } => user_id.clone(),
            SessionKind::Root => self.account.to_string(),
        }
    }
}
