//! The one place where permission is given.
//!
//! [`authorize`] asks the operation for its demands and has the engine decide on each. Only it makes an
//! [`Authorized`], so an operation cannot run unauthorized by oversight.

use std::sync::{Arc, OnceLock};

use iam::key::{Key, known};
use iam::{
    Action, Decision, PolicyKind, PolicySet, Request, Resource, Surroundings, Values, evaluate,
    message,
};
use names::{Entropy, Timestamp};

use crate::caller::{Caller, Session, SessionKind};
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::document::Document;
use crate::iam::name;
use crate::iam::role::RoleRow;
use crate::iam::user::UserRow;
use crate::operation::{Act, Ask, Issue, Operation, Read, Service, Write};
use crate::organizations::standing::Standing;
use crate::policy_cache::{self, PolicyCache};
use crate::secrets::Secrets;
use crate::sts::authorization_message::encode_authorization_message;
use crate::tag::Tag;

/// An operation that may run, with everything that was decided on the way.
#[derive(Debug)]
pub struct Authorized<O> {
    operation: O,
    decisions: Vec<Decided>,
}

/// One demand and what was decided on it. With request and policies at hand the decision can be traced
/// at any time: the engine answers the same to the same.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The request that IAM was asked about.
    pub request: Arc<Request>,
    /// The policies around it.
    pub around: Arc<Surroundings>,
    /// The answer.
    pub decision: Decision,
    /// As in [`Demand`].
    pub called: Option<String>,
}

/// Why an operation must not run.
#[derive(Debug)]
pub enum Refusal {
    /// IAM does not allow the last of these; the others it did.
    Denied(Vec<Decided>),
    /// It could not even be asked about.
    Fault(Fault),
}

impl Refusal {
    /// The refusal in the words of `service`, which for a denial are its code and AWS's sentence.
    #[must_use]
    pub fn fault(&self, service: Service, secrets: &Secrets) -> Fault {
        match self {
            Self::Fault(fault) => fault.clone(),
            Self::Denied(decided) => match decided.last() {
                Some(decided) => denial(service, decided, secrets),
                None => Fault::new("InternalFailure", "a denial without a decision"),
            },
        }
    }
}

/// A denial in the words of `service`. EC2 seals the reason into an encoded message (EC2 user guide,
/// "required permissions for Amazon EC2 API requests"), but not where something is only described
/// (hashicorp/terraform-provider-aws issue 4664, rebuy-de/aws-nuke issue 517).
#[must_use]
pub fn denial(service: Service, decided: &Decided, secrets: &Secrets) -> Fault {
    let sentence = message::denial(&decided.decision, &decided.request, &decided.around);
    let sentence = sentence.unwrap_or_default();
    match service {
        Service::Ec2 => {
            let mut text = format!("You are not authorized to perform this operation. {sentence}");
            if !decided.request.action().folded_name().starts_with("describe") {
                let encoded = encode_authorization_message(decided, &secrets.sealing_key);
                text.push_str(". Encoded authorization failure message: ");
                text.push_str(&encoded);
            }
            Fault::new("UnauthorizedOperation", text)
        }
        Service::S3 => Fault::new("AccessDenied", s3_sentence(&sentence, &decided.request)),
        Service::Organizations | Service::CloudTrail | Service::Lambda | Service::Ssm => {
            Fault::new("AccessDeniedException", sentence)
        }
        _ => Fault::new("AccessDenied", called_sentence(sentence, decided)),
    }
}

/// The sentence with what the operation says that the resource is called.
fn called_sentence(sentence: String, decided: &Decided) -> String {
    let Some(called) = &decided.called else { return sentence };
    let request = &decided.request;
    let usual = message::resource_name(request.action().as_str(), request.resource().as_str());
    let on = |name: &str| format!(" on resource: {name}");
    sentence.replacen(&on(&usual), &on(called), 1)
}

/// S3 quotes the resource, and says why to callers of the bucket's own account or organization alone (S3 user
/// guide, "Troubleshoot access denied (403 Forbidden) errors in Amazon S3").
fn s3_sentence(sentence: &str, request: &Request) -> String {
    let organization = |key| request.context().get_named(key).and_then(Values::single);
    let of_one_organization = organization("aws:PrincipalOrgID")
        .is_some_and(|own| organization("aws:ResourceOrgID") == Some(own));
    let is_signed = request.caller().kind() != iam::caller::CallerKind::Anonymous;
    if !is_signed || request.crosses_accounts() && !of_one_organization {
        return "Access Denied".to_owned();
    }
    let resource = request.resource().as_str();
    sentence.replacen(
        &format!(" on resource: {resource}"),
        &format!(" on resource: \"{resource}\""),
        1,
    )
}

/// What is known about the request beside its content: it becomes condition keys.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The caller's address: `aws:SourceIp`.
    pub source_ip: Option<String>,
    /// `aws:UserAgent`
    pub user_agent: Option<String>,
    /// `aws:Referer`
    pub referer: Option<String>,
    /// Keys of one service that follow from how the request was made, as `s3:authType`.
    pub context: Vec<(&'static str, String)>,
    /// The access key that signed, for the audit.
    pub access_key_id: Option<String>,
    /// The parameters without secrets, for the audit: see [`crate::cloudtrail::parameters`].
    pub parameters: Option<String>,
}

/// Asks for everything that `operation` demands.
///
/// # Errors
/// [`Refusal::Denied`] at the first demand that is not met.
pub fn authorize<O: Operation>(
    operation: O,
    ask: &Ask<'_>,
    facts: &Facts,
    cache: &PolicyCache,
) -> Result<Authorized<O>, Refusal> {
    ask.caller.check_may_call(O::SERVICE, O::NAME).map_err(Refusal::Fault)?;
    operation.check().map_err(Refusal::Fault)?;
    let demands = operation.demands(ask).map_err(Refusal::Fault)?;
    let own = Own::of(ask, cache);
    let mut decisions = Vec::with_capacity(demands.len());
    for demand in demands {
        let decided = decide_within(demand, ask, facts, &own, cache).map_err(Refusal::Fault)?;
        let allowed = decided.decision.is_allowed();
        decisions.push(decided);
        if !allowed {
            return Err(Refusal::Denied(decisions));
        }
    }
    Ok(Authorized { operation, decisions })
}

/// Decides on one demand of the caller, without running anything.
///
/// # Errors
/// `InternalFailure` for a demand that names no action or no resource.
pub fn decide(
    demand: Demand,
    ask: &Ask<'_>,
    facts: &Facts,
    cache: &PolicyCache,
) -> Result<Decided, Fault> {
    decide_within(demand, ask, facts, &Own::of(ask, cache), cache)
}

impl<O: Read> Authorized<O> {
    /// Runs the operation.
    ///
    /// # Errors
    /// The service's own.
    pub fn read(self, ask: &Ask<'_>) -> Result<O::Output, Fault> {
        self.operation.read(ask)
    }
}

impl<O: Issue> Authorized<O> {
    /// Runs the operation.
    ///
    /// # Errors
    /// The service's own.
    pub fn issue(self, ask: &Ask<'_>, entropy: &mut dyn Entropy) -> Result<O::Output, Fault> {
        self.operation.issue(ask, entropy)
    }
}

impl<O: Write> Authorized<O> {
    /// Runs the operation.
    ///
    /// # Errors
    /// The service's own.
    pub fn write(&self, act: &mut Act<'_, '_>) -> Result<O::Output, Fault> {
        self.operation.write(act)
    }
}

impl<O> Authorized<O> {
    /// What was decided, demand by demand: for the one who asks first.
    pub fn take_decisions(&mut self) -> Vec<Decided> {
        std::mem::take(&mut self.decisions)
    }
}

fn decide_within(
    demand: Demand,
    ask: &Ask<'_>,
    facts: &Facts,
    own: &Own,
    cache: &PolicyCache,
) -> Result<Decided, Fault> {
    let mut around = Arc::clone(&own.around);
    if let Some(policy) = &demand.resource_policy {
        let trust = demand.action.starts_with("sts:");
        let kind = if trust { PolicyKind::Trust } else { PolicyKind::Resource };
        Arc::make_mut(&mut around).resource = Some(policy.set(&demand.resource, kind));
    }
    let called = demand.called.clone();
    let request = request(demand, ask, facts, own)?;
    let request = guard_resource(request, &mut around, ask, own, cache);
    let decision = evaluate(&request, &around);
    Ok(Decided { request: Arc::new(request), around, decision, called })
}

/// Adds what the organization of the resource's account has to say. A resource that is in no account that
/// anybody named counts as the caller's.
fn guard_resource(
    request: Request,
    around: &mut Arc<Surroundings>,
    ask: &Ask<'_>,
    own: &Own,
    cache: &PolicyCache,
) -> Request {
    let owner = request.resource_account().map_or(Some(ask.account()), |name| name.parse().ok());
    let standing = match owner {
        Some(owner) if owner == ask.account() => own.standing.clone(),
        Some(owner) => cache.standings.of(ask.view, owner),
        None => None,
    };
    let Some(standing) = standing else { return request };
    if !standing.resource_control.is_empty() {
        Arc::make_mut(around).resource_control.clone_from(&standing.resource_control);
    }
    if request.resource_account().is_none() {
        return request;
    }
    request
        .with("aws:ResourceOrgID", Values::one(standing.organization.as_str()))
        .with("aws:ResourceOrgPaths", Values::many([standing.path.as_str()]))
}

fn request(demand: Demand, ask: &Ask<'_>, facts: &Facts, own: &Own) -> Result<Request, Fault> {
    let internal = |error: &dyn std::fmt::Display| Fault::new("InternalFailure", error.to_string());
    let caller = match demand.caller {
        Some(caller) => caller,
        None => engine_caller(ask.caller).map_err(|error| internal(&error))?,
    };
    let action = Action::parse(demand.action).map_err(|error| internal(&error))?;
    let resource = Resource::parse(&demand.resource).map_err(|error| internal(&error))?;
    let mut context = iam::Context::new();
    supply_request_keys(&mut context, ask, facts);
    supply_caller_keys(&mut context, ask);
    if let Some(standing) = own.standing.as_ref().filter(|_| caller.has_identity()) {
        context.set(known::PRINCIPAL_ORG_ID, Values::one(standing.organization.as_str()));
        context.set(known::PRINCIPAL_ORG_PATHS, Values::many([standing.path.as_str()]));
    }
    for (key, values) in demand.context {
        context.set(&key, values);
    }
    let request = Request::new(caller, action, resource, context);
    Ok(match demand.resource_account {
        Some(account) => request.in_account(account),
        None => request,
    })
}

fn engine_caller(caller: &Caller) -> Result<iam::Caller, iam::caller::CallerError> {
    match caller {
        Caller::Anonymous { .. } => Ok(iam::Caller::anonymous()),
        Caller::Service { name, .. } => Ok(iam::Caller::service(name)),
        other => iam::Caller::parse(&other.arn()),
    }
}

/// Keys of every request (user guide, "global condition context keys").
fn supply_request_keys(context: &mut iam::Context, ask: &Ask<'_>, facts: &Facts) {
    let mut set = |key: Key, value: &str| context.set(key, Values::one(value));
    set(known::CURRENT_TIME, &ask.now.to_string());
    set(known::EPOCH_TIME, &ask.now.unix_seconds().to_string());
    set(known::REQUESTED_REGION, ask.region);
    // The loopback stands for AWS's TLS endpoints: policies that demand TLS mean those.
    set(known::SECURE_TRANSPORT, "true");
    set(known::VIA_AWS_SERVICE, "false");
    if let Some(address) = &facts.source_ip {
        set(known::SOURCE_IP, address);
    }
    if let Some(agent) = &facts.user_agent {
        set(known::USER_AGENT, agent);
    }
    if let Some(referer) = &facts.referer {
        set(known::REFERER, referer);
    }
    for (key, value) in &facts.context {
        set(Key::new(key), value);
    }
}

fn supply_caller_keys(context: &mut iam::Context, ask: &Ask<'_>) {
    if let Some(id) = ask.caller.user_id() {
        context.set(known::USER_ID, Values::one(id));
    }
    match ask.caller {
        Caller::User(user) => return supply_tags(context, &user.tags),
        Caller::Foreign(principal) => return supply_tags(context, &principal.tags),
        _ => {}
    }
    let Some(session) = ask.caller.session() else { return };
    let mut set = |key: Key, value: &str| context.set(key, Values::one(value));
    set(known::TOKEN_ISSUE_TIME, &session.issued.to_string());
    set(known::MULTI_FACTOR_AUTH_PRESENT, if session.mfa { "true" } else { "false" });
    if session.mfa {
        set(known::MULTI_FACTOR_AUTH_AGE, &age(session.issued, ask.now));
    }
    if let Some(identity) = &session.source_identity {
        set(known::SOURCE_IDENTITY, identity);
    }
    for (key, value) in &session.context {
        set(Key::new(key), value);
    }
    match &session.kind {
        SessionKind::Role { role_arn, role_name, .. } => {
            set(known::PRINCIPAL_ARN, role_arn);
            if let Some(role) = role_row(ask, session, role_name) {
                supply_tags(context, &role.tags);
            }
        }
        SessionKind::User { user_name, user_id, .. } => {
            if let Some(user) = user_row(ask, session, user_name).filter(|user| user.id == *user_id)
            {
                supply_tags(context, &user.tags);
            }
        }
        SessionKind::FederatedUser { .. } | SessionKind::Root => {}
    }
    supply_tags(context, &session.tags);
}

fn supply_tags(context: &mut iam::Context, tags: &[Tag]) {
    for tag in tags {
        context.set(&format!("aws:PrincipalTag/{}", tag.key), Values::one(tag.value.as_str()));
    }
}

fn age(from: Timestamp, to: Timestamp) -> String {
    to.unix_seconds().saturating_sub(from.unix_seconds()).max(0).to_string()
}

/// What is the same for all demands of a request.
struct Own {
    around: Arc<Surroundings>,
    /// Where the caller's account stands in its organization.
    standing: Option<Arc<Standing>>,
}

impl Own {
    fn of(ask: &Ask<'_>, cache: &PolicyCache) -> Self {
        let mut around = surroundings(ask, cache);
        let standing = cache.standings.of(ask.view, ask.account());
        let is_principal =
            matches!(ask.caller, Caller::Root(_) | Caller::User(_) | Caller::Session(_));
        if let Some(standing) = standing.as_ref().filter(|_| is_principal) {
            around.service_control.clone_from(&standing.service_control);
        }
        Self { around: Arc::new(around), standing }
    }
}

/// The caller's own policies, boundary and session. A caller whose user or role is gone, or was made
/// anew under the same name, has none.
fn surroundings(ask: &Ask<'_>, cache: &PolicyCache) -> Surroundings {
    match ask.caller {
        Caller::Root(_) | Caller::Anonymous { .. } | Caller::Service { .. } => {
            Surroundings::default()
        }
        Caller::Foreign(_) => Surroundings::of(everything()),
        Caller::User(user) => of_user(ask, user, cache),
        Caller::Session(session) => of_session(ask, session, cache),
    }
}

fn of_user(ask: &Ask<'_>, user: &Arc<UserRow>, cache: &PolicyCache) -> Surroundings {
    let boundary = user.boundary.as_ref();
    Surroundings {
        boundary: boundary.map(|arn| policy_cache::managed_set(ask.sight(), arn)),
        ..Surroundings::of(cache.of_user(ask.sight(), user))
    }
}

fn of_role(ask: &Ask<'_>, role: &Arc<RoleRow>, cache: &PolicyCache) -> Surroundings {
    let boundary = role.boundary.as_ref();
    Surroundings {
        boundary: boundary.map(|arn| policy_cache::managed_set(ask.sight(), arn)),
        ..Surroundings::of(cache.of_role(ask.sight(), role))
    }
}

fn of_session(ask: &Ask<'_>, session: &Session, cache: &PolicyCache) -> Surroundings {
    let of_user = |name: &str, id: Option<&String>| {
        let user = user_row(ask, session, name).filter(|user| Some(&user.id) == id);
        user.map(|user| of_user(ask, user, cache))
    };
    let around = match &session.kind {
        SessionKind::Root => None,
        SessionKind::Role { role_name, role_id, .. } => {
            let role = role_row(ask, session, role_name).filter(|role| role.id == *role_id);
            role.map(|role| of_role(ask, role, cache))
        }
        SessionKind::User { user_name, user_id, .. } => of_user(user_name, Some(user_id)),
        SessionKind::FederatedUser { user_name: None, .. } => Some(Surroundings::of(everything())),
        SessionKind::FederatedUser { user_name: Some(user_name), user_id, .. } => {
            of_user(user_name, user_id.as_ref())
        }
    };
    let mut around = around.unwrap_or_default();
    if !session.policies.is_empty() || !session.policy_arns.is_empty() {
        around.session = Some(session_set(ask, session));
    } else if matches!(session.kind, SessionKind::FederatedUser { .. }) {
        // It may do nothing but what is passed.
        around.session = Some(Arc::default());
    }
    around
}

/// What root has, to be limited by the session policy of a federated user whom root made.
fn everything() -> Arc<PolicySet> {
    static EVERYTHING: OnceLock<Arc<PolicySet>> = OnceLock::new();
    let document = || {
        Document::new(
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        )
    };
    Arc::clone(EVERYTHING.get_or_init(|| document().set("root", PolicyKind::Identity)))
}

fn user_row<'a>(ask: &Ask<'a>, session: &Session, user_name: &str) -> Option<&'a Arc<UserRow>> {
    ask.sight().get::<UserRow>(session.account.as_str(), &name::key(user_name))
}

fn role_row<'a>(ask: &Ask<'a>, session: &Session, role_name: &str) -> Option<&'a Arc<RoleRow>> {
    ask.sight().get::<RoleRow>(session.account.as_str(), &name::key(role_name))
}

fn session_set(ask: &Ask<'_>, session: &Session) -> Arc<PolicySet> {
    let mut policies = Vec::new();
    for text in &session.policies {
        let policy = iam::Policy::parse(text.as_bytes(), PolicyKind::Session).ok();
        policies.extend(policy.map(|policy| iam::NamedPolicy::new("session policy", policy)));
    }
    for arn in &session.policy_arns {
        policies.extend(policy_cache::managed_set(ask.sight(), arn).policies().iter().cloned());
    }
    Arc::new(PolicySet::new(policies))
}
