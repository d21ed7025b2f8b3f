//! What is being done to a stack. It is part of the stack's row, so that it goes on after a restart.

use std::sync::Arc;

use cloud::caller::{Session, SessionKind};
use cloud::iam::{name, role, user::UserRow};
use cloud::{Ask, Caller, Fault};
use names::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::stack::Spec;

/// Seconds of the session that a stack's role acts in; it is made anew for every step.
const ROLE_SESSION_SECONDS: u32 = 3600;
/// The name of that session, as CloudTrail shows it.
const ROLE_SESSION_NAME: &str = "AWSCloudFormation";

/// What is being done.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Work {
    /// How far it is.
    pub phase: Phase,
    /// Who acts.
    pub actor: Actor,
    /// The client request token, which its events show.
    pub token: Option<String>,
    /// What is done when a resource cannot be made.
    pub on_failure: OnFailure,
    /// Whether resources that were to be kept are deleted if their creation is rolled back.
    #[serde(default)]
    pub retain_except_on_create: bool,
    /// The resources that `DeleteStack` leaves.
    #[serde(default)]
    pub retained: Vec<String>,
    /// For an update: what the stack was, to go back to.
    pub before: Option<Box<Spec>>,
    /// When it began.
    pub began: Timestamp,
    /// Why it fails, where that is no resource's fault.
    pub failure: Option<String>,
}

/// The phases of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Resources are made, for a new stack.
    Create,
    /// What was made is deleted, as the creation failed.
    Rollback,
    /// Resources are made and changed.
    Update,
    /// What the update replaced or took away is deleted.
    Cleanup,
    /// Resources are changed back, as the update failed.
    UpdateRollback,
    /// What the failed update made is deleted.
    UpdateRollbackCleanup,
    /// Everything is deleted.
    Delete,
}

/// What is done when a stack cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OnFailure {
    /// What was made is deleted, and the stack stays.
    Rollback,
    /// Nothing.
    DoNothing,
    /// The stack is deleted.
    Delete,
}

/// Who acts for a stack: whoever called, or the stack's role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Actor {
    /// An account's root user.
    Root(AccountId),
    /// A user.
    User {
        /// The account.
        account: AccountId,
        /// Its name.
        name: String,
        /// Its unique id: one who is made anew is somebody else.
        id: String,
    },
    /// A session: what it may do, without what proves it.
    Session(Box<Session>),
    /// A role that CloudFormation assumes.
    Role {
        /// The account.
        account: AccountId,
        /// Its ARN.
        arn: String,
    },
}

impl Actor {
    /// The one that acts for a stack of `caller`'s.
    ///
    /// # Errors
    /// For callers that are no principals of an account here.
    pub fn new(caller: &Caller, role_arn: Option<&str>) -> Result<Self, Fault> {
        let account = caller.account();
        if let Some(arn) = role_arn {
            return Ok(Self::Role { account, arn: arn.to_owned() });
        }
        match caller {
            Caller::Root(account) => Ok(Self::Root(*account)),
            Caller::User(user) => {
                Ok(Self::User { account, name: user.name.clone(), id: user.id.clone() })
            }
            Caller::Session(session) => Ok(Self::Session(Box::new(Session::clone(session)))),
            Caller::Anonymous { .. } | Caller::Service { .. } | Caller::Foreign(_) => {
                let text = "only principals of an account that this server holds have stacks";
                Err(Fault::new("ValidationError", text))
            }
        }
    }

    /// It as a caller of now.
    ///
    /// # Errors
    /// If the user or role is no more.
    pub fn caller(&self, ask: &Ask<'_>) -> Result<Caller, Fault> {
        match self {
            Self::Root(account) => Ok(Caller::Root(*account)),
            Self::Session(session) => Ok(Caller::Session(Arc::new(Session::clone(session)))),
            Self::User { account, name, id } => {
                let user = ask.view.get::<UserRow>(account.as_str(), &name::key(name));
                let text = "The security token included in the request is invalid.";
                user.filter(|user| user.id == *id)
                    .map(|user| Caller::User(Arc::clone(user)))
                    .ok_or_else(|| Fault::new("InvalidClientTokenId", text))
            }
            Self::Role { account, arn } => {
                let name = arn.rsplit('/').next().unwrap_or_default();
                let role = role::find(ask.view, *account, name).map_err(|_| unassumable(arn))?;
                let kind = SessionKind::Role {
                    role_name: role.name.clone(),
                    role_id: role.id.clone(),
                    role_arn: role.arn.clone(),
                    session_name: ROLE_SESSION_NAME.to_owned(),
                };
                let session = Session::new(*account, kind, ask.now, ROLE_SESSION_SECONDS);
                Ok(Caller::Session(Arc::new(session)))
            }
        }
    }
}

/// What is said of a role that does not exist or does not trust CloudFormation.
#[must_use]
pub fn unassumable(arn: &str) -> Fault {
    Fault::new("ValidationError", format!("Role {arn} is invalid or cannot be assumed"))
}
