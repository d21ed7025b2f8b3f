//! Random requests among random policies, from alphabets so small that things match.

use std::sync::Arc;

use iam::json::write_string;
use iam::operator::OPERATORS;
use iam::{
    Action, Context, Level, NamedPolicy, PolicyKind, PolicySet, Request, Resource, Surroundings,
    Values,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::alphabet::{
    ACTIONS, AWS_PRINCIPALS, CALLERS, KEYS, REQUEST_VALUES, REQUESTS, RESOURCES, VALUES,
};
use crate::support::{self, ACCOUNT, OTHER_ACCOUNT};

/// A request and the policies around it. `None` is a gate that is not there.
#[derive(Debug, Clone)]
pub(crate) struct World {
    caller: &'static str,
    action: &'static str,
    resource: &'static str,
    owner: Option<&'static str>,
    context: Vec<(&'static str, Vec<&'static str>)>,
    pub(crate) identity: Vec<Document>,
    pub(crate) resource_policy: Option<Vec<Document>>,
    pub(crate) boundary: Option<Vec<Document>>,
    pub(crate) session: Option<Vec<Document>>,
    pub(crate) endpoint: Option<Vec<Document>>,
    pub(crate) service_control: Vec<Vec<Document>>,
    pub(crate) resource_control: Vec<Vec<Document>>,
}

/// A policy document.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    version: Option<&'static str>,
    pub(crate) statements: Vec<Statement>,
}

/// A statement for a policy of any kind: what the kind does not know is left out when written.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    sid: Option<&'static str>,
    pub(crate) allows: bool,
    principal: Principal,
    actions: (bool, Vec<&'static str>),
    resources: (bool, Vec<&'static str>),
    conditions: Vec<(String, Vec<Line>)>,
}

/// A condition key and its values.
type Line = (&'static str, Vec<&'static str>);

/// `Principal` or `NotPrincipal`.
#[derive(Debug, Clone)]
struct Principal {
    negated: bool,
    /// `None` is `"*"`.
    entries: Option<Vec<(&'static str, Vec<&'static str>)>>,
}

fn pick<T: Clone + std::fmt::Debug + 'static>(
    from: &'static [T],
) -> impl Strategy<Value = T> + Clone {
    select(from)
}

/// Rarely true.
fn rarely() -> impl Strategy<Value = bool> + Clone {
    proptest::bool::weighted(0.2)
}

fn principal() -> impl Strategy<Value = Principal> {
    let aws = vec(pick(&AWS_PRINCIPALS), 0..4).prop_map(|values| ("AWS", values));
    let service = Just(("Service", vec!["ec2.amazonaws.com"]));
    let federated = Just(("Federated", vec!["accounts.google.com"]));
    let entries = prop_oneof![
        4 => aws.clone().prop_map(|aws| vec![aws]),
        1 => service.clone().prop_map(|service| vec![service]),
        1 => (aws, service, federated).prop_map(|(aws, service, federated)| vec![aws, service, federated]),
    ];
    (rarely(), option::weighted(0.7, entries))
        .prop_map(|(negated, entries)| Principal { negated, entries })
}

fn conditions() -> impl Strategy<Value = Vec<(String, Vec<Line>)>> {
    let operator = (
        pick(&["", "", "ForAllValues:", "ForAnyValue:"]),
        pick(&OPERATORS),
        pick(&["", "", "IfExists"]),
    )
        .prop_map(|(prefix, (name, ..), suffix)| format!("{prefix}{name}{suffix}"));
    let line = (pick(&KEYS), vec(pick(&VALUES), 0..4));
    prop_oneof![
        3 => Just(Vec::new()),
        2 => vec((operator, vec(line, 0..3)), 1..3),
    ]
}

pub(crate) fn statement() -> impl Strategy<Value = Statement> {
    (
        option::weighted(0.3, pick(&["", "One", "Zwö \"\\ \u{7f} \u{1F600}"])),
        proptest::bool::weighted(0.7),
        principal(),
        (rarely(), vec(pick(&ACTIONS), 0..4)),
        (rarely(), vec(pick(&RESOURCES), 0..11)),
        conditions(),
    )
        .prop_map(|(sid, allows, principal, actions, resources, conditions)| Statement {
            sid,
            allows,
            principal,
            actions,
            resources,
            conditions,
        })
}

pub(crate) fn document() -> impl Strategy<Value = Document> {
    (
        pick(&[Some("2012-10-17"), Some("2012-10-17"), Some("2008-10-17"), None]),
        vec(statement(), 1..4),
    )
        .prop_map(|(version, statements)| Document { version, statements })
}

/// What lets everything pass, so that not every random world is denied.
fn open_document() -> Document {
    Document {
        version: Some("2012-10-17"),
        statements: vec![everything_for(true, Principal { negated: false, entries: None })],
    }
}

/// Statements that differ in whom they name, and in nothing else.
fn documents_about_principals() -> impl Strategy<Value = Vec<Document>> {
    let statement = (proptest::bool::weighted(0.9), principal());
    vec(statement.prop_map(|(allows, principal)| everything_for(allows, principal)), 1..5)
        .prop_map(|statements| vec![Document { version: Some("2012-10-17"), statements }])
}

fn everything_for(allows: bool, principal: Principal) -> Statement {
    Statement {
        sid: None,
        allows,
        principal,
        actions: (false, vec!["*"]),
        resources: (false, vec!["*"]),
        conditions: Vec::new(),
    }
}

pub(crate) fn documents() -> impl Strategy<Value = Vec<Document>> {
    prop_oneof![
        2 => vec(document(), 0..3),
        1 => documents_about_principals(),
        1 => Just(vec![open_document()]),
        1 => document().prop_map(|document| vec![open_document(), document]),
    ]
}

pub(crate) fn world() -> impl Strategy<Value = World> {
    let request = (
        pick(&CALLERS),
        pick(&REQUESTS),
        pick(&[None, Some(ACCOUNT), Some(OTHER_ACCOUNT)]),
        vec((pick(&KEYS), vec(pick(&REQUEST_VALUES), 0..3)), 0..4),
        pick(&[None, Some("AIDAEXAMPLE1ANNA00001"), Some("AROAEXAMPLE1ETL000001:i-0")]),
    );
    let gate = || option::weighted(0.35, documents());
    let levels = || prop_oneof![2 => Just(Vec::new()), 1 => vec(documents(), 0..3)];
    let gates = (
        documents(),
        option::weighted(0.7, documents()),
        gate(),
        gate(),
        option::weighted(0.15, documents()),
        levels(),
        levels(),
    );
    (request, gates).prop_map(|(request, gates)| {
        let (caller, (action, resource), owner, mut context, userid) = request;
        context.extend(userid.map(|id| ("aws:userid", vec![id])));
        let (identity, resource_policy, boundary, session, endpoint, scps, rcps) = gates;
        World {
            caller,
            action,
            resource,
            owner,
            context,
            identity,
            resource_policy,
            boundary,
            session,
            endpoint,
            service_control: scps,
            resource_control: rcps,
        }
    })
}

impl World {
    pub(crate) fn request(&self) -> Request {
        let mut context = Context::new();
        for (name, values) in &self.context {
            context.set(*name, Values::many(values.iter().copied()));
        }
        let caller = support::caller(self.caller);
        let action = Action::parse(self.action).unwrap();
        let request =
            Request::new(caller, action, Resource::parse(self.resource).unwrap(), context);
        match self.owner {
            Some(owner) if self.resource.starts_with("arn:aws:s3") => {
                request.in_account(owner.parse().unwrap())
            }
            _ => request,
        }
    }

    pub(crate) fn surroundings(&self) -> Surroundings {
        let gate = |gate: &Option<Vec<Document>>, kind| gate.as_ref().map(|all| set(all, kind));
        let levels = |levels: &[Vec<Document>], kind| {
            levels
                .iter()
                .map(|all| Level { name: "level".into(), policies: set(all, kind) })
                .collect()
        };
        Surroundings {
            identity: set(&self.identity, PolicyKind::Identity),
            resource: gate(&self.resource_policy, PolicyKind::Resource),
            boundary: gate(&self.boundary, PolicyKind::Boundary),
            session: gate(&self.session, PolicyKind::Session),
            endpoint: gate(&self.endpoint, PolicyKind::Endpoint),
            service_control: levels(&self.service_control, PolicyKind::ServiceControl),
            resource_control: levels(&self.resource_control, PolicyKind::ResourceControl),
        }
    }

    /// Every gate that is there, an organization's levels one by one.
    pub(crate) fn gates(&mut self) -> Vec<&mut Vec<Document>> {
        let one =
            [&mut self.resource_policy, &mut self.boundary, &mut self.session, &mut self.endpoint];
        let levels = self.service_control.iter_mut().chain(&mut self.resource_control);
        std::iter::once(&mut self.identity).chain(one.into_iter().flatten()).chain(levels).collect()
    }

    /// Adds `statement` to one of the gates that are there; the number says to which.
    pub(crate) fn add(&mut self, statement: Statement, number: usize) {
        let mut gates = self.gates();
        let at = number % gates.len();
        let document = Document { version: Some("2012-10-17"), statements: vec![statement] };
        if let Some(gate) = gates.get_mut(at) {
            match gate.first_mut() {
                Some(first) if number.is_multiple_of(2) => {
                    first.statements.extend(document.statements)
                }
                _ => gate.push(document),
            }
        }
    }
}

fn set(documents: &[Document], kind: PolicyKind) -> Arc<PolicySet> {
    let named = |document: &Document| {
        NamedPolicy::new("random", support::policy(&document.to_json(kind), kind))
    };
    Arc::new(PolicySet::new(documents.iter().map(named).collect()))
}

impl Document {
    /// The document as JSON for a policy of `kind`.
    pub(crate) fn to_json(&self, kind: PolicyKind) -> String {
        let statements: Vec<String> =
            self.statements.iter().map(|statement| statement.to_json(kind)).collect();
        let version = self.version.map_or_else(String::new, |v| format!("\"Version\": \"{v}\", "));
        format!("{{{version}\"Statement\": [{}]}}", statements.join(", "))
    }
}

impl Statement {
    fn to_json(&self, kind: PolicyKind) -> String {
        let name = |negated: bool, element: &str| {
            format!("\"{}{element}\"", if negated { "Not" } else { "" })
        };
        let mut members =
            vec![format!("\"Effect\": \"{}\"", if self.allows { "Allow" } else { "Deny" })];
        members.extend(self.sid.map(|sid| format!("\"Sid\": {}", quoted(sid))));
        if kind.has_principal() {
            let element = name(self.principal.negated, "Principal");
            members.push(format!("{element}: {}", self.principal.to_json()));
        }
        let (negated, actions) = &self.actions;
        members.push(format!("{}: {}", name(*negated, "Action"), list(actions)));
        let (negated, resources) = &self.resources;
        members.push(format!("{}: {}", name(*negated, "Resource"), list(resources)));
        if !self.conditions.is_empty() {
            members.push(format!("\"Condition\": {}", self.conditions_json()));
        }
        format!("{{{}}}", members.join(", "))
    }

    /// No operator, and no key of an operator, twice.
    fn conditions_json(&self) -> String {
        let mut operators: Vec<(&str, String)> = Vec::new();
        for (operator, lines) in &self.conditions {
            let mut keys: Vec<(&str, String)> = Vec::new();
            for (key, values) in lines {
                if keys.iter().all(|(known, _)| known != key) {
                    keys.push((key, list(values)));
                }
            }
            if operators.iter().all(|(known, _)| known != operator) {
                operators.push((operator, object(&keys)));
            }
        }
        object(&operators)
    }
}

impl Principal {
    fn to_json(&self) -> String {
        match &self.entries {
            None => "\"*\"".into(),
            Some(entries) => {
                let entries: Vec<(&str, String)> =
                    entries.iter().map(|(kind, values)| (*kind, list(values))).collect();
                object(&entries)
            }
        }
    }
}

fn object(members: &[(&str, String)]) -> String {
    let members: Vec<String> =
        members.iter().map(|(key, value)| format!("{}: {value}", quoted(key))).collect();
    format!("{{{}}}", members.join(", "))
}

/// One value stands alone every now and then: here, if it is the only one.
fn list(values: &[&str]) -> String {
    if let [value] = values {
        return quoted(value);
    }
    let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    format!("[{}]", values.join(", "))
}

fn quoted(text: &str) -> String {
    let mut out = String::new();
    write_string(&mut out, text);
    out
}
