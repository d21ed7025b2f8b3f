//! Who calls, once the signature is verified.

use std::sync::Arc;

use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::iam::user::UserRow;
use crate::operation::Service;
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
    /// An AWS service on its own account, as EC2 when it fetches an instance's credentials.
    Service {
        /// Its principal, such as `ec2.amazonaws.com`.
        name: &'static str,
        /// The account that it works for.
        account: AccountId,
    },
    /// A principal of an account that this server does not hold, such as Databricks' own: what its
    /// policies say is its owner's business, and taken to allow everything.
    Foreign(Arc<ForeignPrincipal>),
}

/// A principal of somebody else's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignPrincipal {
    /// Its account.
    pub account: AccountId,
    /// Its ARN.
    pub arn: String,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// What temporary credentials stand for. It travels sealed in the session token, so that whoever knows
/// the seal's key can check it and nothing needs to be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Condition keys of every request of the session, beside those that follow from the rest: what EC2
    /// says of the instance that it delivered the credentials to.
    pub context: Vec<(String, String)>,
}

/// The kinds of session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
        /// The name of the user who made it; none if root did.
        user_name: Option<String>,
        /// The user's unique id.
        user_id: Option<String>,
    },
    /// Made by `GetSessionToken` for a user.
    User {
        /// The user's name.
        user_name: String,
        /// The user's unique id.
        user_id: String,
        /// The user's ARN, path included.
        user_arn: String,
    },
    /// Made by `GetSessionToken` for root.
    Root,
}

impl Caller {
    /// The account that the caller belongs to.
    #[must_use]
    pub fn account(&self) -> AccountId {
        match self {
            Self::Root(account) | Self::Anonymous { account } | Self::Service { account, .. } => {
                *account
            }
            Self::Foreign(principal) => principal.account,
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
            Self::Service { name, .. } => (*name).to_owned(),
            Self::Foreign(principal) => principal.arn.clone(),
        }
    }

    /// The value of `aws:userid`, which `GetCallerIdentity` calls `UserId`.
    #[must_use]
    pub fn user_id(&self) -> Option<String> {
        match self {
            Self::Root(account) => Some(account.to_string()),
            Self::User(user) => Some(user.id.clone()),
            Self::Session(session) => Some(session.user_id()),
            Self::Anonymous { .. } | Self::Service { .. } | Self::Foreign(_) => None,
        }
    }

    /// Refuses the operations that a session of this kind cannot call, whatever policies say (user
    /// guide, "compare AWS STS credentials").
    ///
    /// # Errors
    /// `AccessDenied` of STS, or IAM's answer that it does not know the token: what users report of
    /// `GetSessionToken` credentials, as in aws/aws-sdk-js issue 460.
    pub fn check_may_call(&self, service: Service, operation: &str) -> Result<(), Fault> {
        let Some(session) = self.session() else { return Ok(()) };
        let may = match (service, &session.kind) {
            (Service::Iam, SessionKind::User { .. } | SessionKind::Root) => session.mfa,
            (Service::Iam, SessionKind::FederatedUser { .. }) => false,
            (Service::Iam, SessionKind::Role { .. }) => true,
            (Service::Sts, _) if operation == "GetCallerIdentity" => true,
            (Service::Sts, SessionKind::User { .. } | SessionKind::Root) => {
                operation == "AssumeRole"
            }
            (Service::Sts, SessionKind::FederatedUser { .. }) => false,
            (Service::Sts, SessionKind::Role { .. }) => {
                !matches!(operation, "GetSessionToken" | "GetFederationToken")
            }
            _ => true,
        };
        match (may, service) {
            (true, _) => Ok(()),
            (false, Service::Iam) => {
                let text = "The security token included in the request is invalid";
                Err(Fault::new("InvalidClientTokenId", text))
            }
            // Reported for GetSessionToken and GetFederationToken (aws/aws-sdk-php issue 1876,
            // hashicorp/vault pull request 4108); for others unverified.
            (false, _) => {
                let text = format!("Cannot call {operation} with session credentials");
                Err(Fault::new("AccessDenied", text))
            }
        }
    }

    /// The session, for temporary credentials.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        if let Self::Session(session) = self { Some(session) } else { None }
    }
}

impl Session {
    /// A session of `seconds` from `issued` on, without policies and tags; its key comes when it is made.
    #[must_use]
    pub fn new(account: AccountId, kind: SessionKind, issued: Timestamp, seconds: u32) -> Self {
        Self {
            access_key_id: String::new(),
            account,
            kind,
            issued,
            expires: issued.plus_seconds(i64::from(seconds)),
            policies: Vec::new(),
            policy_arns: Vec::new(),
            tags: Vec::new(),
            transitive_tag_keys: Vec::new(),
            source_identity: None,
            mfa: false,
            context: Vec::new(),
        }
    }

    /// The tags that go on when the session assumes a role.
    pub fn transitive_tags(&self) -> impl Iterator<Item = &Tag> {
        let goes_on = |tag: &&Tag| {
            self.transitive_tag_keys.iter().any(|key| key.eq_ignore_ascii_case(&tag.key))
        };
        self.tags.iter().filter(goes_on)
    }

    fn arn(&self) -> String {
        let account = self.account;
        match &self.kind {
            SessionKind::Role { role_name, session_name, .. } => {
                format!("arn:aws:sts::{account}:assumed-role/{role_name}/{session_name}")
            }
            SessionKind::FederatedUser { name, .. } => {
                format!("arn:aws:sts::{account}:federated-user/{name}")
            }
            SessionKind::User { user_arn, .. } => user_arn.clone(),
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
