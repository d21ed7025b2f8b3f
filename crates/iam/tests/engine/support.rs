//! One request with the policies around it, written down in a few lines.
//!
//! ```text
//! Ask::new(ANNA, "s3:GetObject", OBJECT)   who, what, on what
//!     .identity(ALLOW_ALL)                 a policy of hers
//!     .boundary(DENY_ALL)                  her permissions boundary
//!     .gives("ExplicitlyDenied by boundary");
//! ```
//!
//! A policy is written as its statements alone, or as a whole document where that matters.

use std::sync::Arc;

use iam::message;
use iam::{
    Action, Caller, Context, Decision, Level, NamedPolicy, Policy, PolicyKind, PolicySet, Request,
    Resource, Surroundings, Trace, Values, evaluate, evaluate_traced,
};

/// The account that most tests play in.
pub(crate) const ACCOUNT: &str = "111122223333";
/// Somebody else's account.
pub(crate) const OTHER_ACCOUNT: &str = "444455556666";

pub(crate) const ROOT: &str = "arn:aws:iam::111122223333:root";
pub(crate) const ANNA: &str = "arn:aws:iam::111122223333:user/anna";
/// The federated session that user `anna` made with `sts:GetFederationToken`.
pub(crate) const ANNA_FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/anna";
pub(crate) const ETL_ROLE: &str = "arn:aws:iam::111122223333:role/etl";
pub(crate) const ETL_SESSION: &str = "arn:aws:sts::111122223333:assumed-role/etl/i-0";
pub(crate) const OTHER_ROOT: &str = "arn:aws:iam::444455556666:root";
pub(crate) const OTHER_USER: &str = "arn:aws:iam::444455556666:user/oskar";
pub(crate) const OTHER_SESSION: &str = "arn:aws:sts::444455556666:assumed-role/ops/o-1";
/// Nobody: the request is not signed.
pub(crate) const ANONYMOUS: &str = "anonymous";

pub(crate) const BUCKET: &str = "arn:aws:s3:::data";
pub(crate) const OBJECT: &str = "arn:aws:s3:::data/2026/a.csv";

pub(crate) const ALLOW_ALL: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
pub(crate) const DENY_ALL: &str = r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#;
/// A policy that is there and says nothing about what the tests ask for.
pub(crate) const UNRELATED: &str =
    r#"{"Effect": "Allow", "Action": "glacier:ListVaults", "Resource": "*"}"#;
pub(crate) const ALLOW_EVERYONE: &str =
    r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#;
pub(crate) const DENY_EVERYONE: &str =
    r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}"#;

/// A statement of a resource-based policy: `effect` for `principal` (JSON), on everything.
pub(crate) fn statement(effect: &str, principal: &str) -> String {
    format!(r#"{{"Effect": "{effect}", "Principal": {principal}, "Action": "*", "Resource": "*"}}"#)
}

/// A resource-based grant of everything to one AWS principal.
pub(crate) fn grant_to(arn: &str) -> String {
    statement("Allow", &format!(r#"{{"AWS": "{arn}"}}"#))
}

/// A request and the policies around it.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    caller: Caller,
    action: String,
    resource: String,
    resource_account: Option<String>,
    context: Vec<(String, Vec<String>)>,
    identity: Vec<Document>,
    resource_policy: Option<Vec<Document>>,
    trust: bool,
    boundary: Option<Vec<Document>>,
    session: Option<Vec<Document>>,
    endpoint: Option<Vec<Document>>,
    service_control: Vec<Vec<Document>>,
    resource_control: Vec<Vec<Document>>,
}

/// A policy's text and what it is called.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    name: String,
    text: String,
}

impl From<&str> for Document {
    fn from(text: &str) -> Self {
        Self { name: "inline".into(), text: text.into() }
    }
}

impl From<String> for Document {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<&String> for Document {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

/// Name and text.
impl From<(&str, &str)> for Document {
    fn from((name, text): (&str, &str)) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}

impl Document {
    fn parse(&self, kind: PolicyKind) -> NamedPolicy {
        NamedPolicy::new(&self.name, policy(&self.text, kind))
    }
}

/// The policy `text`; statements alone are put into a document of version 2012-10-17.
#[track_caller]
pub(crate) fn policy(text: &str, kind: PolicyKind) -> Policy {
    let whole = if text.contains("\"Statement\"") {
        text.to_owned()
    } else {
        format!(r#"{{"Version": "2012-10-17", "Statement": [{text}]}}"#)
    };
    Policy::parse(whole.as_bytes(), kind).unwrap_or_else(|found| {
        let found: Vec<String> = found.iter().map(|finding| finding.one_line(&whole)).collect();
        panic!("{kind} policy {whole}\n{}", found.join("\n"))
    })
}

/// `name` as a caller; `web:HOST-OR-ARN` is somebody with a token of that identity provider.
pub(crate) fn caller(name: &str) -> Caller {
    match name.strip_prefix("web:") {
        Some(provider) => Caller::federated(provider),
        None if name == ANONYMOUS => Caller::anonymous(),
        None => Caller::parse(name).unwrap(),
    }
}

impl Ask {
    pub(crate) fn new(who: &str, action: &str, resource: &str) -> Self {
        Self {
            caller: caller(who),
            action: action.into(),
            resource: resource.into(),
            resource_account: None,
            context: Vec::new(),
            identity: Vec::new(),
            resource_policy: None,
            trust: false,
            boundary: None,
            session: None,
            endpoint: None,
            service_control: Vec::new(),
            resource_control: Vec::new(),
        }
    }

    /// `sts:AssumeRole` on `role`, whose trust policy is `trust`.
    pub(crate) fn assume(who: &str, role: &str, trust: impl Into<Document>) -> Self {
        Self::new(who, "sts:AssumeRole", role).trust(trust)
    }

    /// The resource belongs to `account`, which its ARN does not say.
    pub(crate) fn owned_by(mut self, account: &str) -> Self {
        self.resource_account = Some(account.into());
        self
    }

    /// A condition key with one value.
    pub(crate) fn key(self, name: &str, value: &str) -> Self {
        self.keys(name, &[value])
    }

    /// A condition key with any number of values.
    pub(crate) fn keys(mut self, name: &str, values: &[&str]) -> Self {
        self.context.push((name.into(), values.iter().map(|value| (*value).into()).collect()));
        self
    }

    /// One more policy of the caller.
    pub(crate) fn identity(mut self, policy: impl Into<Document>) -> Self {
        self.identity.push(policy.into());
        self
    }

    /// The policy of the resource.
    pub(crate) fn resource_policy(mut self, policy: impl Into<Document>) -> Self {
        self.resource_policy = Some(vec![policy.into()]);
        self
    }

    /// The trust policy of the role that is the resource.
    pub(crate) fn trust(mut self, policy: impl Into<Document>) -> Self {
        self.trust = true;
        self.resource_policy(policy)
    }

    /// The caller's permissions boundary.
    pub(crate) fn boundary(mut self, policy: impl Into<Document>) -> Self {
        self.boundary = Some(vec![policy.into()]);
        self
    }

    /// The caller has a boundary whose policy was deleted.
    pub(crate) fn dangling_boundary(mut self) -> Self {
        self.boundary = Some(Vec::new());
        self
    }

    /// One more policy that was passed when the caller's session was made.
    pub(crate) fn session(mut self, policy: impl Into<Document>) -> Self {
        self.session.get_or_insert_default().push(policy.into());
        self
    }

    /// The policy of the VPC endpoint that the request comes through.
    pub(crate) fn endpoint(mut self, policy: impl Into<Document>) -> Self {
        self.endpoint = Some(vec![policy.into()]);
        self
    }

    /// One more level of SCPs, from the root of the caller's organization down.
    pub(crate) fn scps(mut self, policies: &[&str]) -> Self {
        self.service_control.push(policies.iter().map(|text| (*text).into()).collect());
        self
    }

    /// One more level of RCPs, from the root of the resource's organization down.
    pub(crate) fn rcps(mut self, policies: &[&str]) -> Self {
        self.resource_control.push(policies.iter().map(|text| (*text).into()).collect());
        self
    }

    /// As [`Self::scps`], with a name for the policy.
    pub(crate) fn scp_named(mut self, name: &str, policy: &str) -> Self {
        self.service_control.push(vec![(name, policy).into()]);
        self
    }

    /// As [`Self::rcps`], with a name for the policy.
    pub(crate) fn rcp_named(mut self, name: &str, policy: &str) -> Self {
        self.resource_control.push(vec![(name, policy).into()]);
        self
    }

    pub(crate) fn request(&self) -> Request {
        let mut context = Context::new();
        for (name, values) in &self.context {
            context.set(name, Values::many(values.iter().map(String::as_str)));
        }
        let request = Request::new(
            self.caller.clone(),
            Action::parse(&self.action).unwrap(),
            Resource::parse(&self.resource).unwrap(),
            context,
        );
        match &self.resource_account {
            Some(account) => request.in_account(account.parse().unwrap()),
            None => request,
        }
    }

    pub(crate) fn surroundings(&self) -> Surroundings {
        let set = |documents: &[Document], kind: PolicyKind| {
            let policies = documents.iter().map(|document| document.parse(kind)).collect();
            Arc::new(PolicySet::new(policies))
        };
        let gate = |documents: &Option<Vec<Document>>, kind: PolicyKind| {
            documents.as_ref().map(|documents| set(documents, kind))
        };
        let levels = |levels: &[Vec<Document>], kind: PolicyKind| {
            let level = |(number, documents): (usize, &Vec<Document>)| Level {
                name: format!("level-{number}").into(),
                policies: set(documents, kind),
            };
            levels.iter().enumerate().map(level).collect()
        };
        let resource = if self.trust { PolicyKind::Trust } else { PolicyKind::Resource };
        Surroundings {
            identity: set(&self.identity, PolicyKind::Identity),
            resource: gate(&self.resource_policy, resource),
            boundary: gate(&self.boundary, PolicyKind::Boundary),
            session: gate(&self.session, PolicyKind::Session),
            endpoint: gate(&self.endpoint, PolicyKind::Endpoint),
            service_control: levels(&self.service_control, PolicyKind::ServiceControl),
            resource_control: levels(&self.resource_control, PolicyKind::ResourceControl),
        }
    }

    /// The decision, which must be the same with and without a trace.
    #[track_caller]
    pub(crate) fn decide(&self) -> Decision {
        let (request, around) = (self.request(), self.surroundings());
        let decision = evaluate(&request, &around);
        let mut trace = Trace::new();
        assert_eq!(evaluate_traced(&request, &around, &mut trace), decision, "{self:#?}");
        decision
    }

    /// Whether the request is allowed.
    #[track_caller]
    pub(crate) fn is_allowed(&self) -> bool {
        self.decide().is_allowed()
    }

    /// `Allowed`, or the verdict and every gate in the way: `ImplicitlyDenied by identity, scp`.
    #[track_caller]
    pub(crate) fn outcome(&self) -> String {
        let decision = self.decide();
        let gates: Vec<&str> = decision.blocked_by.iter().map(iam::Gate::name).collect();
        match gates.as_slice() {
            [] => decision.verdict.name().to_owned(),
            gates => format!("{} by {}", decision.verdict.name(), gates.join(", ")),
        }
    }

    /// Checks the outcome.
    #[track_caller]
    pub(crate) fn gives(&self, expected: &str) {
        self.gives_for(expected, "");
    }

    /// Checks the outcome of one row of a table, which `row` describes.
    #[track_caller]
    pub(crate) fn gives_for(&self, expected: &str, row: &str) {
        assert_eq!(self.outcome(), expected, "{row}\n{self:#?}");
    }

    /// What AWS says to the caller; empty if the request is allowed.
    #[track_caller]
    pub(crate) fn message(&self) -> String {
        message::denial(&self.decide(), &self.request(), &self.surroundings()).unwrap_or_default()
    }
}

/// Checks a table: what a row shows (and where that is written), the request, the outcome.
#[track_caller]
pub(crate) fn check<'a>(rows: impl IntoIterator<Item = (&'a str, Ask, &'a str)>) {
    for (row, ask, expected) in rows {
        ask.gives_for(expected, row);
    }
}
