//! Assuming a role with the token of an OpenID Connect provider.

use iam::Values;
use names::{AccountId, Entropy};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::constraint::{Check, Constraints};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::oidc_provider::{self, OidcProviderRow};
use crate::jwt::Token;
use crate::operation::{Ask, Issue, Operation, Service};
use crate::sts::assumed_role::{self, AssumedRoleUser, NewSession, RoleArn, session_seconds};
use crate::sts::credentials::Credentials;
use crate::sts::session_policy::{self, PolicyDescriptor};
use crate::sts::session_tag::{self, SessionTags};
use crate::tag::Tag;

/// The claim that holds session tags (user guide, "pass session tags").
const TAGS_CLAIM: &str = "https://aws.amazon.com/tags";
/// The claim that holds a source identity (user guide, "monitor and control actions taken with assumed
/// roles").
const SOURCE_IDENTITY_CLAIM: &str = "https://aws.amazon.com/source_identity";

/// `AssumeRoleWithWebIdentity`
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssumeRoleWithWebIdentity {
    role_arn: String,
    role_session_name: String,
    web_identity_token: String,
    provider_id: Option<String>,
    #[serde(default)]
    policy_arns: Vec<PolicyDescriptor>,
    policy: Option<String>,
    duration_seconds: Option<u32>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct WebIdentityOutput {
    credentials: Credentials,
    subject_from_web_identity_token: String,
    assumed_role_user: AssumedRoleUser,
    #[serde(skip_serializing_if = "Option::is_none")]
    packed_policy_size: Option<u32>,
    provider: String,
    audience: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<String>,
}

/// What a checked token says.
struct Identity<'a> {
    provider: &'a OidcProviderRow,
    token: Token<'a>,
    subject: String,
    /// The audience that the provider knows.
    audience: String,
    tags: SessionTags,
    source_identity: Option<String>,
}

impl Operation for AssumeRoleWithWebIdentity {
    const SERVICE: Service = Service::Sts;
    const NAME: &'static str = "AssumeRoleWithWebIdentity";
    type Output = WebIdentityOutput;

    fn check(&self) -> Result<(), Fault> {
        let mut constraints = Constraints::new();
        let seconds = self.duration_seconds.map(i64::from);
        let name = &self.role_session_name;
        assumed_role::check_form(&self.role_arn, name, seconds, &mut constraints);
        session_policy::check_form(self.policy.as_deref(), &self.policy_arns, &mut constraints);
        for check in [Check::MaxLength(20_000), Check::MinLength(4)] {
            constraints.hidden("webIdentityToken", &self.web_identity_token, check);
        }
        let lengths = [Check::MaxLength(2048), Check::MinLength(4)];
        constraints.optional("providerId", self.provider_id.as_deref(), &lengths);
        constraints.finish()?;
        if self.provider_id.is_none() {
            return Ok(());
        }
        let text = "rolecall knows OpenID Connect providers only: leave out `ProviderId`";
        Err(Fault::new("InvalidParameterValue", text))
    }

    /// The trust policy alone decides, and it sees the provider as caller.
    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        let role_arn = RoleArn::parse(&self.role_arn)?;
        let identity = self.identity(ask, role_arn.account)?;
        let demand = |action| identity.describe(role_arn.demand(ask, action), self);
        let mut demands = vec![demand("sts:AssumeRoleWithWebIdentity")];
        if !identity.tags.tags.is_empty() {
            demands.push(demand("sts:TagSession"));
        }
        if identity.source_identity.is_some() {
            demands.push(demand("sts:SetSourceIdentity"));
        }
        Ok(demands)
    }

    fn other_account(&self) -> Option<AccountId> {
        RoleArn::parse(&self.role_arn).ok().map(|arn| arn.account)
    }
}

impl Issue for AssumeRoleWithWebIdentity {
    fn issue(self, ask: &Ask<'_>, entropy: &mut dyn Entropy) -> Result<WebIdentityOutput, Fault> {
        let role_arn = RoleArn::parse(&self.role_arn)?;
        let identity = self.identity(ask, role_arn.account)?;
        let Some(role) = role_arn.find(ask) else {
            let text = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
            return Err(Fault::new("AccessDenied", text));
        };
        let policy = self.policy.clone();
        let session = NewSession {
            role,
            name: self.role_session_name.clone(),
            seconds: session_seconds(role, self.duration_seconds, false)?,
            policies: session_policy::accept(ask, role.account, policy, &self.policy_arns)?,
            tags: identity.tags,
            source_identity: identity.source_identity,
            context: Vec::new(),
        };
        let issued = session.issue(ask, entropy)?;
        Ok(WebIdentityOutput {
            credentials: issued.credentials,
            subject_from_web_identity_token: identity.subject,
            assumed_role_user: issued.user,
            packed_policy_size: issued.packed_policy_size,
            provider: identity.provider.arn.clone(),
            audience: identity.audience,
            source_identity: issued.source_identity,
        })
    }
}

impl AssumeRoleWithWebIdentity {
    /// Checks the token: whose it is, who signed it, whom it is for, whether it is in time.
    fn identity<'a>(&'a self, ask: &Ask<'a>, account: AccountId) -> Result<Identity<'a>, Fault> {
        let token = Token::parse(&self.web_identity_token).ok_or_else(|| {
            // Unverified.
            invalid(
                "The ID Token provided is not a valid JWT. (You may see this error if you sent an \
                 Access Token)",
            )
        })?;
        let issuer = required(&token, "iss")?;
        let provider = oidc_provider::of_issuer(ask.sight(), account, issuer);
        let provider = provider.ok_or_else(|| {
            invalid(format!("No OpenIDConnect provider found in your account for {issuer}"))
        })?;
        check_signature(&token, provider)?;
        let subject = required(&token, "sub")?.to_owned();
        let audience = audience(&token, provider)?;
        check_time(&token, ask.now.unix_seconds())?;
        let tags = tags(&token)?;
        let source_identity = token.text(SOURCE_IDENTITY_CLAIM).map(str::to_owned);
        Ok(Identity { provider, token, subject, audience, tags, source_identity })
    }
}

impl Identity<'_> {
    /// The provider as caller, and what it claims as condition keys: those that AWS documents for every
    /// provider, and those that it lists for this one.
    fn describe(&self, demand: Demand, operation: &AssumeRoleWithWebIdentity) -> Demand {
        let mut demand = demand
            .with("sts:RoleSessionName", operation.role_session_name.as_str())
            .with_some("sts:SourceIdentity", self.source_identity.as_deref());
        demand.caller = Some(iam::Caller::federated(&self.provider.arn));
        for claim in self.token.claims().keys() {
            let key = format!("{}:{claim}", self.provider.url);
            let values = claim_values(&self.token, claim);
            if iam::catalog::condition_key(&key).is_some() && !values.is_empty() {
                demand.context.push((key, Values::many(values)));
            }
        }
        // `aud` is the application that the token is for, `oaud` whom it names beside (user guide, "keys
        // for OIDC federation").
        if self.token.text("azp").is_some() {
            let key = |claim: &str| format!("{}:{claim}", self.provider.url);
            demand.context.retain(|(known, _)| *known != key("aud"));
            demand.context.push((key("oaud"), Values::many(self.token.texts("aud"))));
            demand.context.push((key("aud"), Values::one(self.audience.as_str())));
        }
        self.tags.describe(demand)
    }
}

/// The text of a claim, or its texts; numbers and truth values as they are written.
fn claim_values(token: &Token<'_>, claim: &str) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    };
    match token.claims().get(claim) {
        Some(Value::Array(values)) => values.iter().filter_map(text).collect(),
        Some(value) => text(value).into_iter().collect(),
        None => Vec::new(),
    }
}

/// AWS fetches keys where here they are registered, so that a provider without keys reads as one that
/// does not answer (aws/aws-cli issue 7194). What STS says to a wrong signature is unverified.
fn check_signature(token: &Token<'_>, provider: &OidcProviderRow) -> Result<(), Fault> {
    token.verify(&provider.keys).map_err(|_| {
        invalid(
            "Couldn't retrieve verification key from your identity provider,  please reference \
             AssumeRoleWithWebIdentity documentation for requirements",
        )
    })
}

/// The application that the token is for, which the provider must know.
fn audience(token: &Token<'_>, provider: &OidcProviderRow) -> Result<String, Fault> {
    let wanted = match token.text("azp") {
        Some(party) => vec![party],
        None => token.texts("aud"),
    };
    if wanted.is_empty() {
        return Err(missing("aud"));
    }
    let known = wanted.iter().find(|audience| provider.client_ids.iter().any(|id| id == *audience));
    known.map(|audience| (*audience).to_owned()).ok_or_else(|| invalid("Incorrect token audience"))
}

/// The text on expired tokens is reported in aws/aws-sdk-java-v2 issue 5709; what STS says to a token
/// that is not valid yet, and that it must say when it was issued, is unverified.
fn check_time(token: &Token<'_>, now: i64) -> Result<(), Fault> {
    let expires = token.seconds("exp").ok_or_else(|| missing("exp"))?;
    token.seconds("iat").ok_or_else(|| missing("iat"))?;
    if now >= expires {
        let text = format!(
            "Token expired: current date/time {now} must be before the expiration date/time \
             {expires}"
        );
        return Err(Fault::new("ExpiredTokenException", text));
    }
    match token.seconds("nbf") {
        Some(start) if now < start => {
            let text = format!("Token is not valid before date/time {start}, which is after {now}");
            Err(Fault::new("IDPRejectedClaim", text))
        }
        _ => Ok(()),
    }
}

/// `{"principal_tags": {"team": ["red"]}, "transitive_tag_keys": ["team"]}`
fn tags(token: &Token<'_>) -> Result<SessionTags, Fault> {
    let Some(claim) = token.claims().get(TAGS_CLAIM) else { return Ok(SessionTags::default()) };
    let wrong = || Fault::new("IDPRejectedClaim", format!("The claim {TAGS_CLAIM} is malformed"));
    let one = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(values) => match values.as_slice() {
            [Value::String(text)] => Some(text.clone()),
            _ => None,
        },
        _ => None,
    };
    let pairs = claim.get("principal_tags").and_then(Value::as_object).ok_or_else(wrong)?;
    let tags = pairs.iter().map(|(key, value)| Some(Tag { key: key.clone(), value: one(value)? }));
    let tags = tags.collect::<Option<Vec<Tag>>>().ok_or_else(wrong)?;
    let keys = match claim.get("transitive_tag_keys") {
        None => Vec::new(),
        Some(Value::Array(keys)) => {
            let keys = keys.iter().map(|key| key.as_str().map(str::to_owned));
            keys.collect::<Option<Vec<_>>>().ok_or_else(wrong)?
        }
        Some(_) => return Err(wrong()),
    };
    session_tag::check(&tags, &keys)?;
    Ok(SessionTags { tags, transitive_keys: keys })
}

fn required<'t>(token: &'t Token<'_>, claim: &str) -> Result<&'t str, Fault> {
    token.text(claim).ok_or_else(|| missing(claim))
}

/// Reported in aws-actions/configure-aws-credentials issue 502 and aws/aws-sdk-ruby issue 2698.
fn missing(claim: &str) -> Fault {
    invalid(format!("Missing a required claim: {claim}"))
}

fn invalid(text: impl Into<String>) -> Fault {
    Fault::new("InvalidIdentityToken", text)
}

#[cfg(test)]
mod tests;
