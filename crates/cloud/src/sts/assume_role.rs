//! Assuming a role with AWS credentials.

use names::{AccountId, Entropy};
use serde::{Deserialize, Serialize};

use crate::caller::{Caller, SessionKind};
use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::operation::{Ask, Issue, Operation, Service};
use crate::sts::assumed_role::{self, AssumedRoleUser, NewSession, RoleArn, session_seconds};
use crate::sts::credentials::Credentials;
use crate::sts::mfa;
use crate::sts::session_policy::{self, PolicyDescriptor};
use crate::sts::session_tag::{self, SessionTags};
use crate::tag::Tag;

/// `[\w+=,.@:\/-]*`
const EXTERNAL_ID: Check = Check::Pattern("[\\w+=,.@:\\/-]*", |text| {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&byte))
});

/// `AssumeRole`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssumeRole {
    role_arn: String,
    role_session_name: String,
    #[serde(default)]
    policy_arns: Vec<PolicyDescriptor>,
    policy: Option<String>,
    duration_seconds: Option<u32>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    transitive_tag_keys: Vec<String>,
    external_id: Option<String>,
    serial_number: Option<String>,
    token_code: Option<String>,
    source_identity: Option<String>,
    #[serde(default)]
    provided_contexts: Vec<ProvidedContext>,
}

/// What an identity provider of IAM Identity Center asserts.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProvidedContext {
    #[expect(dead_code, reason = "contexts are refused, whatever they hold")]
    provider_arn: Option<String>,
    #[expect(dead_code, reason = "contexts are refused, whatever they hold")]
    context_assertion: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssumeRoleOutput {
    credentials: Credentials,
    assumed_role_user: AssumedRoleUser,
    #[serde(skip_serializing_if = "Option::is_none")]
    packed_policy_size: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<String>,
}

impl Operation for AssumeRole {
    const SERVICE: Service = Service::Sts;
    const NAME: &'static str = "AssumeRole";
    type Output = AssumeRoleOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        let seconds = self.duration_seconds.map(i64::from);
        assumed_role::check_form(
            &self.role_arn,
            &self.role_session_name,
            seconds,
            &mut constraints,
        );
        session_policy::check_form(self.policy.as_deref(), &self.policy_arns, &mut constraints);
        let lengths = [Check::MaxLength(1224), Check::MinLength(2)];
        constraints.optional("externalId", self.external_id.as_deref(), &[EXTERNAL_ID]);
        constraints.optional("externalId", self.external_id.as_deref(), &lengths);
        mfa::check_form(
            self.serial_number.as_deref(),
            self.token_code.as_deref(),
            &mut constraints,
        );
        if let Some(identity) = &self.source_identity {
            assumed_role::check_source_identity(&mut constraints, identity);
        }
        constraints.finish()?;
        session_tag::check(&self.tags, &self.transitive_tag_keys)?;
        if self.provided_contexts.is_empty() {
            return Ok(());
        }
        let text = "rolecall knows no context assertions: leave out `ProvidedContexts`";
        Err(Fault::new("InvalidParameterValue", text))
    }

    /// The trust policy must allow `sts:AssumeRole` and, for tags or a source identity, passed or
    /// inherited, `sts:TagSession` and `sts:SetSourceIdentity` as well (user guide, "pass session tags",
    /// "monitor and control actions taken with assumed roles"). All of them see the same keys: trust
    /// policies that AWS's guides show put them in one statement with a condition on the external id.
    fn second_factor(&self) -> Option<(&str, &str)> {
        self.serial_number.as_deref().zip(self.token_code.as_deref())
    }

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let role_arn = RoleArn::parse(&self.role_arn)?;
        refuse_root(ask.caller)?;
        let tags = session_tag::join(ask.caller, &self.tags, &self.transitive_tag_keys)?;
        let serial_number = self.serial_number.as_deref();
        let mfa = mfa::check(ask, serial_number, self.token_code.as_deref())?;
        let source_identity = self.source_identity(ask);
        let demand = |action| {
            let demand = role_arn
                .demand(ask, action)
                .with("sts:RoleSessionName", self.role_session_name.as_str())
                .with_some("sts:ExternalId", self.external_id.as_deref())
                .with_some("sts:SourceIdentity", source_identity);
            let demand = if mfa {
                demand
                    .with("aws:MultiFactorAuthPresent", "true")
                    .with("aws:MultiFactorAuthAge", "0")
            } else {
                demand
            };
            tags.describe(demand)
        };
        let mut demands = vec![demand("sts:AssumeRole")];
        if !tags.tags.is_empty() {
            demands.push(demand("sts:TagSession"));
        }
        if source_identity.is_some() {
            demands.push(demand("sts:SetSourceIdentity"));
        }
        self.check_source_identity(ask)?;
        Ok(demands)
    }

    fn other_account(&self) -> Option<AccountId> {
        RoleArn::parse(&self.role_arn).ok().map(|arn| arn.account)
    }
}

impl Issue for AssumeRole {
    fn issue(self, ask: &Ask<'_>, entropy: &mut dyn Entropy) -> Result<AssumeRoleOutput, Fault> {
        let role_arn = RoleArn::parse(&self.role_arn)?;
        let Some(role) = role_arn.find(ask) else {
            return Err(self.denial(ask, "sts:AssumeRole"));
        };
        let seconds = session_seconds(role, self.duration_seconds, ask.caller.session().is_some())?;
        let tags: SessionTags =
            session_tag::join(ask.caller, &self.tags, &self.transitive_tag_keys)?;
        let source_identity = self.source_identity(ask).map(str::to_owned);
        let policies = session_policy::accept(ask, role.account, self.policy, &self.policy_arns)?;
        let name = self.role_session_name;
        let context = Vec::new();
        let session = NewSession { role, name, seconds, policies, tags, source_identity, context };
        let issued = session.issue(ask, entropy)?;
        Ok(AssumeRoleOutput {
            credentials: issued.credentials,
            assumed_role_user: issued.user,
            packed_policy_size: issued.packed_policy_size,
            source_identity: issued.source_identity,
        })
    }
}

impl AssumeRole {
    /// The source identity of the new session: the caller's, which goes on for ever, or the one that is
    /// passed.
    fn source_identity<'a>(&'a self, ask: &Ask<'a>) -> Option<&'a str> {
        let inherited = ask.caller.session().and_then(|session| session.source_identity.as_deref());
        inherited.or(self.source_identity.as_deref())
    }

    /// A source identity cannot be changed once it is set (user guide). In which words STS says so is
    /// unverified.
    fn check_source_identity(&self, ask: &Ask<'_>) -> Result<(), Fault> {
        match &self.source_identity {
            Some(passed) if self.source_identity(ask) != Some(passed) => {
                Err(self.denial(ask, "sts:SetSourceIdentity"))
            }
            _ => Ok(()),
        }
    }

    fn denial(&self, ask: &Ask<'_>, action: &str) -> Fault {
        let text = format!(
            "User: {} is not authorized to perform: {action} on resource: {}",
            ask.caller.arn(),
            self.role_arn
        );
        Fault::new("AccessDenied", text)
    }
}

/// Root cannot assume roles, whatever they trust.
fn refuse_root(caller: &Caller) -> Result<(), Fault> {
    let root = match caller {
        Caller::Root(_) => true,
        Caller::Session(session) => session.kind == SessionKind::Root,
        _ => false,
    };
    if root {
        return Err(Fault::new("AccessDenied", "Roles may not be assumed by root accounts."));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
