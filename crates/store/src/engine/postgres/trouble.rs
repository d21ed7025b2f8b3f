//! Why something did not work, and whether it is worth another try.

use tokio_postgres::error::SqlState;

use super::connect::describe;
use crate::engine::CommitError;
use crate::error::StoreError;

/// Why a try did not succeed.
pub(super) enum Trouble {
    /// The connection broke or the server asked to come back: worth another try.
    Again(String),
    /// It will not get better by itself.
    Fatal(CommitError),
}

/// The connection is gone.
pub(super) fn lost() -> Trouble {
    Trouble::Again("the connection was lost".to_owned())
}

impl Trouble {
    pub(super) fn into_store(self) -> StoreError {
        match self {
            Self::Fatal(CommitError::Failed(error)) => error,
            Self::Again(why) => StoreError::Database(why),
            Self::Fatal(_) => StoreError::Database("it changed at the same time".to_owned()),
        }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Fatal(CommitError::Failed(error))
    }
}

impl From<tokio_postgres::Error> for Trouble {
    fn from(error: tokio_postgres::Error) -> Self {
        let why = describe(&error);
        let passes = [
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::QUERY_CANCELED,
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::TOO_MANY_CONNECTIONS,
            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        ];
        match error.code() {
            Some(code) if !passes.contains(code) => {
                Self::Fatal(CommitError::Failed(StoreError::Database(why)))
            }
            _ => Self::Again(why),
        }
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(describe(&error))
    }
}
