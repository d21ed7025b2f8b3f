//! What an operation is.

use std::net::SocketAddr;

use names::{Entropy, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{Tx, View};

use crate::caller::Caller;
use crate::fault::Fault;
use crate::host::Host;
use crate::permit::Need;

/// How it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl Method {
    /// Its name in HTTP.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// An operation: its fields are its input (parts of the path, query and body alike), with the service's own
/// names.
pub trait Operation: DeserializeOwned + Clone + Send + Sync + 'static {
    /// Its name in logs and decisions, as the SDKs' classes and methods have it.
    const NAME: &'static str;
    /// How it is called.
    const METHOD: Method;
    /// Where it is called: `{name}` stands for one part of a path and becomes the field `name`. What begins
    /// with `/api/2.0/accounts/` belongs to the account's host, the rest to workspaces.
    const PATHS: &'static [&'static str];
    /// What it answers.
    type Output: Serialize + Send + 'static;

    /// Checks the input's form, before anybody is asked for permission.
    ///
    /// # Errors
    /// What Databricks says to malformed input.
    fn check(&self) -> Result<(), Fault> {
        Ok(())
    }

    /// Who may.
    ///
    /// # Errors
    /// What Databricks says where it cannot even tell, such as a missing cluster.
    fn need(&self, ask: &Ask<'_>) -> Result<Need, Fault>;
}

/// An operation that only reads.
pub trait Read: Operation {
    /// Answers from the state.
    ///
    /// # Errors
    /// Databricks' own.
    fn read(self, ask: &Ask<'_>) -> Result<Self::Output, Fault>;
}

/// An operation that changes state, here or in an AWS account. It may be run more than once on different
/// states, of which only the last counts.
pub trait Write: Operation {
    /// Changes the state and answers.
    ///
    /// # Errors
    /// Databricks' own; the state stays as it was.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Self::Output, Fault>;
}

/// What is known while an operation reads.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The state.
    pub view: &'a View,
    /// Who calls.
    pub caller: &'a Caller,
    /// The host that was called.
    pub host: &'a Host,
    /// The time.
    pub now: Timestamp,
}

/// What is known, and can be changed, while an operation writes.
pub struct Act<'a, 'tx> {
    /// The write as AWS's side sees it, which holds the state; its caller is Databricks' control plane.
    pub aws: cloud::Act<'a, 'tx>,
    /// Who calls.
    pub caller: &'a Caller,
    /// The host that was called.
    pub host: &'a Host,
    /// Where a workspace that this operation makes will be reached.
    pub next_address: Option<SocketAddr>,
}

impl<'tx> Act<'_, 'tx> {
    /// The same, to read.
    #[must_use]
    pub fn ask(&self) -> Ask<'_> {
        Ask { view: self.aws.tx, caller: self.caller, host: self.host, now: self.aws.now }
    }

    /// The state, to change it.
    pub fn tx(&mut self) -> &mut Tx<'tx> {
        self.aws.tx
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.aws.now
    }

    /// Random bytes.
    pub fn entropy(&mut self) -> &mut dyn Entropy {
        self.aws.entropy
    }
}

impl Ask<'_> {
    /// The time as Databricks writes it.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        milliseconds(self.now)
    }
}

/// A time as Databricks writes it.
#[must_use]
pub fn milliseconds(time: Timestamp) -> i64 {
    time.unix_seconds().saturating_mul(1000)
}

/// Says how an operation is called, for one whose need is the same whatever its input is.
///
/// ```ignore
/// operation! { ListTokens, Get ["/api/2.0/token/list"] -> TokenList, Need::Anyone }
/// ```
macro_rules! operation {
    ($operation:ident, $method:ident [$($path:expr),+ $(,)?] -> $output:ty, $need:expr) => {
        operation! { $operation, $method [$($path),+] -> $output, $need, |_| Ok(()) }
    };
    ($operation:ident, $method:ident [$($path:expr),+ $(,)?] -> $output:ty, $need:expr, $check:expr) => {
        impl crate::operation::Operation for $operation {
            const NAME: &'static str = stringify!($operation);
            const METHOD: crate::operation::Method = crate::operation::Method::$method;
            const PATHS: &'static [&'static str] = &[$($path),+];
            type Output = $output;

            fn check(&self) -> Result<(), crate::fault::Fault> {
                let check: fn(&Self) -> Result<(), crate::fault::Fault> = $check;
                check(self)
            }

            fn need(
                &self,
                _ask: &crate::operation::Ask<'_>,
            ) -> Result<crate::permit::Need, crate::fault::Fault> {
                Ok($need)
            }
        }
    };
}

/// Nothing to tell.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Empty {}
