//! A policy as the rules look at it: with what AWS's tables say of its actions and resources.

use std::collections::HashMap;
use std::rc::Rc;

use super::statement::StatementFacts;
use crate::catalog::{self, Action, Resource, Service};
use crate::context::Context;
use crate::json::{self, Node};
use crate::policy::Policy;
use crate::span::Span;
use crate::template::{Matched, Syntax, Template};

/// A policy and what the catalog knows of it.
pub(super) struct Subject<'p> {
    pub(super) policy: &'p Policy,
    pub(super) statements: Vec<StatementFacts<'p>>,
    root: Option<Node>,
}

/// What an action pattern names.
#[derive(Clone)]
pub(super) enum Named {
    /// `*`
    Everything,
    /// Actions of a service that the catalog does not have, or of several services.
    Unknown,
    /// Nothing: its service is known and has no such action. `pattern` says whether it has wildcards.
    Nothing { pattern: bool },
    /// These actions, at least one.
    Actions(Rc<[&'static Action]>),
}

/// What a resource pattern stands for.
#[derive(Clone)]
pub(super) enum Stands {
    /// Every resource.
    ForAll,
    /// Resources of a service that the catalog does not have, or of several services.
    Unknown,
    /// Nothing that the catalog knows, although it knows the service's resources.
    ForNoType,
    /// Resources of these types, at least one.
    For(Rc<[&'static Resource]>),
}

/// Answers of the catalog, each asked for once.
#[derive(Default)]
pub(super) struct Asked {
    actions: HashMap<Box<str>, Named>,
    resources: HashMap<Box<str>, Stands>,
    /// Whether the catalog knows resources with ARNs of the service.
    vendors: HashMap<Box<str>, bool>,
}

impl<'p> Subject<'p> {
    pub(super) fn new(policy: &'p Policy) -> Self {
        let mut asked = Asked::default();
        let statements = policy
            .statements()
            .iter()
            .map(|statement| StatementFacts::new(policy, statement, &mut asked))
            .collect();
        Self { policy, statements, root: json::parse(policy.text().as_bytes()).ok() }
    }

    /// An element of the document itself, such as `Version`.
    pub(super) fn element(&self, name: &str) -> Option<&Node> {
        self.root.as_ref()?.get(name)
    }

    /// The document's opening brace: where to point at for what it lacks.
    pub(super) fn opening(&self) -> Span {
        let start = self.root.as_ref().map_or(0, |root| root.span.start);
        Span { start, end: start.saturating_add(1) }
    }
}

impl Asked {
    pub(super) fn actions(&mut self, pattern: &str) -> Named {
        if let Some(known) = self.actions.get(pattern) {
            return known.clone();
        }
        let named = named(pattern);
        self.actions.insert(pattern.into(), named.clone());
        named
    }

    pub(super) fn resource(&mut self, pattern: &str) -> Stands {
        if let Some(known) = self.resources.get(pattern) {
            return known.clone();
        }
        let stands = self.stands(pattern);
        self.resources.insert(pattern.into(), stands.clone());
        stands
    }

    fn stands(&mut self, pattern: &str) -> Stands {
        if !pattern.is_empty() && pattern.bytes().all(|byte| byte == b'*') {
            return Stands::ForAll;
        }
        let vendor = pattern.split(':').nth(2).unwrap_or_default();
        if vendor.is_empty() || vendor.contains(['*', '?', '$']) || !self.knows(vendor) {
            return Stands::Unknown;
        }
        let types: Rc<[_]> = catalog::resource_types_for(pattern).into();
        if types.is_empty() { Stands::ForNoType } else { Stands::For(types) }
    }

    fn knows(&mut self, vendor: &str) -> bool {
        if let Some(known) = self.vendors.get(vendor) {
            return *known;
        }
        let known = !catalog::resource_types_for(&format!("arn:*:{vendor}")).is_empty();
        self.vendors.insert(vendor.into(), known);
        known
    }
}

fn named(pattern: &str) -> Named {
    if matches!(pattern, "*" | "*:*") {
        return Named::Everything;
    }
    let Some((prefix, name)) = pattern.split_once(':') else { return Named::Unknown };
    let Some(service) = catalog::service(prefix) else { return Named::Unknown };
    if name.contains(['*', '?']) {
        let actions = matching(service, name);
        if actions.is_empty() { Named::Nothing { pattern: true } } else { Named::Actions(actions) }
    } else {
        let action = catalog::action(pattern);
        action.map_or(Named::Nothing { pattern: false }, |action| Named::Actions(Rc::new([action])))
    }
}

/// The actions of a service whose names match a pattern, whatever the case.
fn matching(service: &'static Service, pattern: &str) -> Rc<[&'static Action]> {
    let template = Template::new(&pattern.to_ascii_lowercase(), Syntax::WILDCARDS);
    let nothing = Context::new();
    let mut name = String::new();
    let matches = |action: &&Action| {
        name.clear();
        name.push_str(action.name);
        name.make_ascii_lowercase();
        template.matches(&name, &nothing) == Matched::Yes
    };
    service.actions.iter().filter(matches).collect()
}
