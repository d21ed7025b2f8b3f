//! What an operation is.

use std::sync::Arc;

use names::{AccountId, Entropy, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{AuditFilter, AuditRow, Tx, View};

use crate::authorize::Facts;
use crate::caller::Caller;
use crate::calls::Made;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::object::{SeenObject, WantedObject};
use crate::policy_cache::PolicyCache;
use crate::propagation::{Sight, Standpoint};
use crate::secrets::Secrets;

/// The services that answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// Identity and Access Management.
    Iam,
    /// Security Token Service.
    Sts,
    /// Elastic Compute Cloud.
    Ec2,
    /// Simple Storage Service.
    S3,
    /// Organizations.
    Organizations,
    /// CloudTrail.
    CloudTrail,
    /// CloudFormation.
    CloudFormation,
    /// Lambda.
    Lambda,
    /// Systems Manager.
    Ssm,
}

impl Service {
    /// All services.
    pub const ALL: [Self; 9] = [
        Self::Iam,
        Self::Sts,
        Self::Ec2,
        Self::S3,
        Self::Organizations,
        Self::CloudTrail,
        Self::CloudFormation,
        Self::Lambda,
        Self::Ssm,
    ];

    /// The prefix of its actions, which is also its name in signatures.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Iam => "iam",
            Self::Sts => "sts",
            Self::Ec2 => "ec2",
            Self::S3 => "s3",
            Self::Organizations => "organizations",
            Self::CloudTrail => "cloudtrail",
            Self::CloudFormation => "cloudformation",
            Self::Lambda => "lambda",
            Self::Ssm => "ssm",
        }
    }
}

/// An operation: its fields are its input, with the service's own names.
pub trait Operation: DeserializeOwned + Clone + Send + Sync + 'static {
    /// The service.
    const SERVICE: Service;
    /// The operation's name in the service's API.
    const NAME: &'static str;
    /// What it answers.
    type Output: Serialize + Send + 'static;

    /// Checks the input's form, before anybody is asked for permission.
    ///
    /// # Errors
    /// What the service says to malformed input.
    fn check(&self) -> Result<(), Fault> {
        Ok(())
    }

    /// Everything that IAM must allow. An operation without demands can be called by whoever is
    /// authenticated.
    ///
    /// # Errors
    /// What the service says where it cannot even tell whom to ask, such as a missing role.
    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault>;

    /// The account that it reads beside the caller's own, as `AssumeRole` does for a role of another
    /// account: a server that shares its store makes that one current, too.
    fn other_account(&self) -> Option<AccountId> {
        None
    }

    /// The audit rows that it wants to see before it reads: a server fetches them, shows them to
    /// [`Operation::see_audit`], and asks again until there is nothing more that it wants.
    fn wanted_audit(&self, _: AccountId) -> Option<AuditFilter> {
        None
    }

    /// Takes the rows that it wanted, newest first.
    fn see_audit(&mut self, _: &[Arc<AuditRow>]) {}

    /// The object of S3 that it wants to have read as the caller before it runs; see [`crate::object`]. A server
    /// shows it to [`Operation::see_object`] and asks again until there is none. Until then
    /// [`Operation::check`] must not miss it.
    fn wanted_object(&self) -> Option<WantedObject> {
        None
    }

    /// Takes the object that it wanted, or what S3 said instead.
    fn see_object(&mut self, _: SeenObject) {}

    /// The serial number and code of a second factor that it was sent, so that a server lets the code count
    /// once.
    fn second_factor(&self) -> Option<(&str, &str)> {
        None
    }

    /// Whether it only asks if it would be done, as EC2's `DryRun`: then it is authorized and run, and what
    /// it did is taken back.
    fn is_dry_run(&self) -> bool {
        false
    }
}

/// An operation that only reads.
pub trait Read: Operation {
    /// Answers from the state.
    ///
    /// # Errors
    /// The service's own.
    fn read(self, ask: &Ask<'_>) -> Result<Self::Output, Fault>;
}

/// An operation that reads and hands out something new that is not stored, such as temporary
/// credentials: it needs random bytes but no commit.
pub trait Issue: Operation {
    /// Answers from the state and from random bytes.
    ///
    /// # Errors
    /// The service's own.
    fn issue(self, ask: &Ask<'_>, entropy: &mut dyn Entropy) -> Result<Self::Output, Fault>;
}

/// An operation that changes state. It may be run more than once on different states, of which only
/// the last counts.
pub trait Write: Operation {
    /// Changes the state and answers.
    ///
    /// # Errors
    /// The service's own; the state stays as it was.
    fn write(&self, act: &mut Act<'_, '_>) -> Result<Self::Output, Fault>;
}

/// What is known while an operation reads.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The state.
    pub view: &'a View,
    /// Who calls.
    pub caller: &'a Caller,
    /// The time.
    pub now: Timestamp,
    /// The region that was called.
    pub region: &'a str,
    /// What only this server knows.
    pub secrets: &'a Secrets,
    /// For which service, and the time to the millisecond.
    pub standpoint: Standpoint<'a>,
}

/// What is known, and can be changed, while an operation writes.
pub struct Act<'a, 'tx> {
    /// The state.
    pub tx: &'a mut Tx<'tx>,
    /// Who calls.
    pub caller: &'a Caller,
    /// The time.
    pub now: Timestamp,
    /// The region that was called.
    pub region: &'a str,
    /// What only this server knows.
    pub secrets: &'a Secrets,
    /// Random bytes, for ids and secrets.
    pub entropy: &'a mut dyn Entropy,
    /// What is known about the request beside its content.
    pub facts: &'a Facts,
    /// Compiled policies.
    pub policies: &'a PolicyCache,
    /// The calls that this one made as other callers: see [`crate::calls`].
    pub made: &'a mut Vec<Made>,
    /// For which service, and the time to the millisecond.
    pub standpoint: Standpoint<'a>,
}

impl<'a> Ask<'a> {
    /// IAM's rows as the service sees them that does this.
    #[must_use]
    pub fn sight(&self) -> Sight<'a> {
        self.standpoint.sight(self.view)
    }

    /// The account that the caller belongs to, whose resources it means unless it says otherwise.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.caller.account()
    }
}

impl Act<'_, '_> {
    /// As [`Ask::account`].
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.caller.account()
    }

    /// The same, to read.
    #[must_use]
    pub fn ask(&self) -> Ask<'_> {
        let Self { caller, now, region, secrets, standpoint, .. } = *self;
        Ask { view: self.tx, caller, now, region, secrets, standpoint }
    }
}
