//! What every way of assuming a role shares: the role, the session's form and length, the answer.

use std::sync::Arc;

use names::{AccountId, ArnParts, Entropy};
use serde::Serialize;

use crate::caller::{Session, SessionKind};
use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::role::{self, RoleRow};
use crate::operation::Ask;
use crate::sts::credentials::{self, Credentials};
use crate::sts::session_policy::{SessionPolicies, packed_percent};
use crate::sts::session_tag::SessionTags;

/// Seconds of a session that does not say how long.
pub const DEFAULT_SECONDS: u32 = 3600;
/// Seconds that a session lasts at least.
pub const MIN_SECONDS: u32 = 900;
/// Seconds that a session of any role lasts at most.
pub const MAX_SECONDS: u32 = 43_200;
/// Seconds of a session that another session makes.
pub const MAX_CHAINED_SECONDS: u32 = 3600;

/// Characters of a session's name.
const MAX_SESSION_NAME: usize = 64;
/// Characters of a source identity (API model of botocore 1.44; 64 until then).
const MAX_SOURCE_IDENTITY: usize = 256;
/// `[\w+=,.@-]*`
const SESSION_NAME: Check = Check::Pattern("[\\w+=,.@-]*", |text| {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte))
});

/// The ARN of a role to assume.
#[derive(Debug, Clone, Copy)]
pub struct RoleArn<'a> {
    text: &'a str,
    /// The role's account.
    pub account: AccountId,
    name: &'a str,
}

/// Who the new credentials are for.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssumedRoleUser {
    /// `AROA…:session`
    pub assumed_role_id: String,
    /// `arn:aws:sts::…:assumed-role/role/session`
    pub arn: String,
}

/// A session to be made.
#[derive(Debug)]
pub struct NewSession<'a> {
    /// The role.
    pub role: &'a RoleRow,
    /// Its name.
    pub name: String,
    /// How long it lasts.
    pub seconds: u32,
    /// What limits it.
    pub policies: SessionPolicies,
    /// Its tags.
    pub tags: SessionTags,
    /// Its source identity.
    pub source_identity: Option<String>,
    /// Condition keys of everything that it asks for.
    pub context: Vec<(String, String)>,
}

/// A session that was made.
#[derive(Debug)]
pub struct Issued {
    /// Its credentials.
    pub credentials: Credentials,
    /// Whom they are for.
    pub user: AssumedRoleUser,
    /// Percentage of the space for policies and tags that it takes.
    pub packed_policy_size: Option<u32>,
    /// Its source identity.
    pub source_identity: Option<String>,
}

/// Checks the parameters that say which role, under which name and how long.
pub fn check_form(
    role_arn: &str,
    session_name: &str,
    seconds: Option<i64>,
    constraints: &mut Constraints,
) {
    constraints.text("roleArn", role_arn, &[Check::MaxLength(2048), Check::MinLength(20)]);
    let name = [SESSION_NAME, Check::MaxLength(MAX_SESSION_NAME), Check::MinLength(2)];
    constraints.text("roleSessionName", session_name, &name);
    let range = [Check::AtLeast(i64::from(MIN_SECONDS)), Check::AtMost(i64::from(MAX_SECONDS))];
    constraints.number("durationSeconds", seconds, &range);
}

/// Checks the identity that a session says is behind it.
pub fn check_source_identity(constraints: &mut Constraints, identity: &str) {
    let most = Check::MaxLength(MAX_SOURCE_IDENTITY);
    constraints.text("sourceIdentity", identity, &[SESSION_NAME, most, Check::MinLength(2)]);
}

impl<'a> RoleArn<'a> {
    /// Reads an ARN. Whether it is a role's is not asked: STS answers ARNs of other things as it does
    /// roles that do not exist.
    ///
    /// # Errors
    /// `ValidationError` for a text that is no ARN of an account's IAM.
    pub fn parse(text: &'a str) -> Result<Self, Fault> {
        let invalid = || Fault::new("ValidationError", format!("{text} is invalid"));
        let parts = ArnParts::split(text).ok_or_else(invalid)?;
        let account = parts.account.parse().map_err(|_| invalid())?;
        let (_, name) = parts.resource.rsplit_once('/').ok_or_else(invalid)?;
        if parts.partition.is_empty() || parts.service != "iam" || name.is_empty() {
            return Err(invalid());
        }
        Ok(Self { text, account, name })
    }

    /// The role, if it exists under exactly this ARN.
    #[must_use]
    pub fn find<'v>(&self, ask: &Ask<'v>) -> Option<&'v Arc<RoleRow>> {
        let role = role::find_as(ask.sight(), self.account, self.name).ok()?;
        (role.arn == self.text).then_some(role)
    }

    /// Asks the role's trust policy for `action`. A role that does not exist trusts nobody, so that its
    /// refusal reads as any other.
    #[must_use]
    pub fn demand(&self, ask: &Ask<'_>, action: &'static str) -> Demand {
        let mut demand = Demand::new(action, self.text);
        if let Some(role) = self.find(ask) {
            demand = demand.with_resource_tags(&["aws", "iam"], &role.tags);
            demand.resource_policy = Some(role.trust.evaluated().clone());
        }
        demand
    }
}

/// How long a session lasts; `chained` says whether another session makes it.
///
/// # Errors
/// `ValidationError` with STS's texts; the one on the role's own limit is unverified.
pub fn session_seconds(role: &RoleRow, wanted: Option<u32>, chained: bool) -> Result<u32, Fault> {
    let seconds = wanted.unwrap_or(DEFAULT_SECONDS);
    let text = if chained && seconds > MAX_CHAINED_SECONDS {
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role \
         chaining."
    } else if seconds > role.max_session_seconds {
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    } else {
        return Ok(seconds);
    };
    Err(Fault::new("ValidationError", text))
}

impl NewSession<'_> {
    /// Makes the session.
    ///
    /// # Errors
    /// `PackedPolicyTooLarge`
    pub fn issue(self, ask: &Ask<'_>, entropy: &mut dyn Entropy) -> Result<Issued, Fault> {
        let packed_policy_size = packed_percent(&self.policies, &self.tags)?;
        let role = self.role;
        let user = AssumedRoleUser {
            assumed_role_id: format!("{}:{}", role.id, self.name),
            arn: format!("arn:aws:sts::{}:assumed-role/{}/{}", role.account, role.name, self.name),
        };
        let kind = SessionKind::Role {
            role_name: role.name.clone(),
            role_id: role.id.clone(),
            role_arn: role.arn.clone(),
            session_name: self.name,
        };
        let session = Session {
            policies: self.policies.documents,
            policy_arns: self.policies.arns,
            tags: self.tags.tags,
            transitive_tag_keys: self.tags.transitive_keys,
            source_identity: self.source_identity.clone(),
            context: self.context,
            ..Session::new(role.account, kind, ask.now, self.seconds)
        };
        let key = &ask.secrets.sealing_key;
        let credentials = credentials::make(session, key, ask.standpoint.ahead_seconds(), entropy)?;
        let source_identity = self.source_identity;
        Ok(Issued { credentials, user, packed_policy_size, source_identity })
    }
}
