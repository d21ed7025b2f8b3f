//! Questions to the engine about roles of the code.

use std::sync::Arc;

use iam::{
    Action, Caller, Context, Level, PolicyKind, PolicySet, Request, Resource, Surroundings, Values,
    evaluate,
};

use crate::document::{Document, Reading, Stated};
use crate::role::Role;
use crate::world::World;

/// What the engine says, whatever is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Allowed, even if every unknown is against it.
    Allowed,
    /// Refused, even if every unknown is in favour.
    Refused,
    /// It depends on what is unknown.
    Unknown,
}

/// Who asks.
#[derive(Debug, Clone)]
pub(crate) enum Who<'r> {
    /// A service, such as `ec2.amazonaws.com`.
    Service(&'r str),
    /// Somebody of another account, who may do there whatever is needed.
    Outsider(&'r str),
    /// A role of the code.
    Role(&'r Role<'r>),
}

/// A question.
pub(crate) struct Question<'q> {
    pub(crate) who: Who<'q>,
    pub(crate) action: &'q str,
    /// An ARN, or `*`.
    pub(crate) resource: String,
    /// Condition keys, in lower case, and their values.
    pub(crate) context: Vec<(&'q str, String)>,
    /// The policy of the resource: a trust policy, a key's policy.
    pub(crate) policy: Option<&'q Document>,
    /// Whether it is about any resource at all.
    pub(crate) any_resource: bool,
    /// The account that owns the resource, if that is not the caller's.
    pub(crate) owner: Option<&'static str>,
}

impl<'q> Question<'q> {
    /// A role asks for something.
    pub(crate) fn new(role: &'q Role<'q>, action: &'q str, resource: impl Into<String>) -> Self {
        Self {
            who: Who::Role(role),
            action,
            resource: resource.into(),
            context: Vec::new(),
            policy: None,
            any_resource: false,
            owner: None,
        }
    }

    /// Somebody wants to assume a role.
    pub(crate) fn assume(who: Who<'q>, role: &'q Role<'q>) -> Self {
        Self {
            who,
            action: "sts:AssumeRole",
            resource: role.arn.clone(),
            context: Vec::new(),
            policy: role.trust.as_ref(),
            any_resource: false,
            owner: None,
        }
    }

    /// The same with a condition key.
    pub(crate) fn with(mut self, key: &'q str, value: impl Into<String>) -> Self {
        self.context.push((key, value.into()));
        self
    }

    /// The same on any resource.
    pub(crate) fn on_any(mut self) -> Self {
        self.any_resource = true;
        self
    }

    /// The same for a resource of another account.
    pub(crate) fn in_account(mut self, owner: &'static str) -> Self {
        self.owner = Some(owner);
        self
    }

    /// The same for a resource with a policy of its own.
    pub(crate) fn held_by(mut self, policy: Option<&'q Document>) -> Self {
        self.policy = policy;
        self
    }
}

impl World<'_> {
    /// Asks the engine, as often as unknowns make it necessary.
    pub(crate) fn ask(&self, question: &Question<'_>) -> Answer {
        match self.decide(question, Reading::Hopeful) {
            None => return Answer::Unknown,
            Some(false) => return Answer::Refused,
            Some(true) => {}
        }
        match self.decide(question, Reading::Doubtful) {
            Some(true) => Answer::Allowed,
            _ => Answer::Unknown,
        }
    }

    /// `None` if the question cannot be put.
    fn decide(&self, question: &Question<'_>, reading: Reading) -> Option<bool> {
        let mut keys: Vec<&str> = question.context.iter().map(|(key, _)| *key).collect();
        keys.extend(["aws:principalarn", "aws:principalaccount", "aws:principaltype"]);
        let stated = Stated { keys: &keys, any_resource: question.any_resource };
        let mut context = Context::new();
        for (key, value) in &question.context {
            context.set(*key, Values::one(value.as_str()));
        }
        let mut around = Surroundings::default();
        let caller = match &question.who {
            Who::Service(name) => Caller::service(name),
            Who::Outsider(arn) => {
                let everything = Document::everything(PolicyKind::Identity);
                around.identity = Arc::new(self.compile(&[everything], Reading::Hopeful, &stated));
                Caller::parse(arn).ok()?
            }
            Who::Role(role) => {
                around.identity = self.identity_of(role, reading, &stated);
                around.boundary = self.boundary_of(role, reading, &stated);
                for (at, document) in self.scps.iter().enumerate() {
                    let policies = self.compile(std::slice::from_ref(document), reading, &stated);
                    around.service_control.push(Level {
                        name: format!("scp {at}").into(),
                        policies: Arc::new(policies),
                    });
                }
                context.set("aws:PrincipalArn", Values::one(role.arn.as_str()));
                Caller::parse(&role.session_arn()).ok()?
            }
        };
        if let Some(policy) = question.policy {
            let set = self.compile(std::slice::from_ref(policy), reading, &stated);
            around.resource = Some(Arc::new(set));
        }
        let resource = Resource::parse(&question.resource).ok()?;
        let request = Request::new(caller, Action::parse(question.action).ok()?, resource, context);
        let request = match question.owner {
            Some(owner) => request.in_account(owner.parse().ok()?),
            None => request,
        };
        Some(evaluate(&request, &around).is_allowed())
    }

    fn identity_of(
        &self,
        role: &Role<'_>,
        reading: Reading,
        stated: &Stated<'_>,
    ) -> Arc<PolicySet> {
        let mut documents = role.policies.clone();
        if reading == Reading::Hopeful && !role.unseen.is_empty() {
            documents.push(Document::everything(PolicyKind::Identity));
        }
        Arc::new(self.compile(&documents, reading, stated))
    }

    fn boundary_of(
        &self,
        role: &Role<'_>,
        reading: Reading,
        stated: &Stated<'_>,
    ) -> Option<Arc<PolicySet>> {
        match (&role.boundary, role.has_boundary) {
            (Some(document), _) => {
                Some(Arc::new(self.compile(std::slice::from_ref(document), reading, stated)))
            }
            // A boundary that is not seen: in favour it allows all, against it nothing.
            (None, true) if reading == Reading::Doubtful => Some(Arc::new(PolicySet::default())),
            _ => None,
        }
    }
}

impl Document {
    /// Allows everything.
    pub(crate) fn everything(kind: PolicyKind) -> Self {
        let place = template::Place::default();
        let text = format!(
            "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",{}\"Action\":\"*\",\"Resource\":\"*\"}}]}}",
            if kind.has_principal() { "\"Principal\":\"*\"," } else { "" }
        );
        let tree = source::parse_json(&text, None, place);
        Self {
            name: "whatever is not seen".to_owned(),
            tree: tree.unwrap_or_else(|_| template::Node::new(template::Value::Null, place)),
            place,
            block: String::new(),
            kind,
        }
    }
}
