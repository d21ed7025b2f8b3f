//! The decision: AWS's policy evaluation logic over the answers of every gate.
//!
//! 1. Every gate is asked: what do its policies say to this request?
//! 2. A `Deny` anywhere is final.
//! 3. Organization levels, boundary, session and endpoint must allow, where they apply.
//! 4. The caller's policies and the resource's are joined by the [`Rule`] of the action; how closely
//!    a resource's policy names the caller decides what its grant can do without.
//!
//! The traced and the untraced way share everything but step 1.
//! Source: user guide, "policy evaluation logic", "cross-account policy evaluation logic",
//! "permissions boundaries".

use std::sync::LazyLock;

use crate::caller::CallerKind;
use crate::decision::{Decision, Gate, GateSet, Place, Reason, Special, Verdict};
use crate::policy::Effect;
use crate::policy_set::{Answer, PolicySet};
use crate::principal::Naming;
use crate::request::Request;
use crate::rule::{self, Rule};
use crate::surroundings::{Level, Surroundings};
use crate::trace::Trace;

/// Decides on `request`. Allocates nothing.
#[must_use]
pub fn evaluate(request: &Request, surroundings: &Surroundings) -> Decision {
    decide(request, surroundings, &mut |place: GatePlace, set: &PolicySet| {
        set.ask(request, place.bounded)
    })
}

/// Decides on `request` and writes into `trace` what every statement had to say. The decision is
/// always that of [`evaluate`].
pub fn evaluate_traced(
    request: &Request,
    surroundings: &Surroundings,
    trace: &mut Trace,
) -> Decision {
    trace.clear();
    let decision = decide(request, surroundings, &mut |place: GatePlace, set: &PolicySet| {
        trace.ask(place.gate, place.level, set, request, place.bounded)
    });
    trace.decision = Some(decision);
    decision
}

/// Which set of policies is asked.
#[derive(Clone, Copy)]
struct GatePlace {
    gate: Gate,
    level: u16,
    bounded: bool,
}

/// What a gate says.
#[derive(Clone, Copy)]
struct Said {
    gate: Gate,
    level: u16,
    answer: Answer,
}

/// What every gate says; `None` where there is no gate.
struct Answers {
    identity: Option<Said>,
    boundary: Option<Said>,
    session: Option<Said>,
    resource: Option<Said>,
    endpoint: Option<Said>,
    service_control: Option<Said>,
    resource_control: Option<Said>,
}

fn decide(
    request: &Request,
    surroundings: &Surroundings,
    ask: &mut dyn FnMut(GatePlace, &PolicySet) -> Answer,
) -> Decision {
    let answers = Answers::collect(request, surroundings, ask);
    match Rule::of(request) {
        Rule::NeedsNoPermission => {
            return Decision::allowed(None, Some(Special::NeedsNoPermission));
        }
        Rule::OwnedByAws => {
            let reason = Reason { gate: Gate::Resource, explicit: false };
            return Decision {
                verdict: Verdict::ImplicitlyDenied,
                blocked_by: GateSet::from_iter([Gate::Resource]),
                reason: Some(reason),
                by: None,
                special: Some(Special::OwnedByAws),
            };
        }
        Rule::Usual | Rule::ResourceDecides => {}
    }
    let denied = answers.all().find(|said| said.answer.effect == Some(Effect::Deny));
    let blocked_by = answers.blocked_by(request);
    match (denied, blocked_by.is_empty()) {
        (Some(said), _) => Decision {
            verdict: Verdict::ExplicitlyDenied,
            blocked_by,
            reason: Some(Reason { gate: said.gate, explicit: true }),
            by: said.place(),
            special: None,
        },
        (None, false) => Decision {
            verdict: Verdict::ImplicitlyDenied,
            blocked_by,
            reason: implicit_reason(blocked_by),
            by: None,
            special: None,
        },
        (None, true) => answers.allowed(request),
    }
}

/// The gate that AWS names when several do not allow: the order of its flow chart (user guide,
/// "policy evaluation logic"); the place of VPC endpoint policies in it is unverified.
fn implicit_reason(blocked_by: GateSet) -> Option<Reason> {
    let order = [
        Gate::ResourceControl,
        Gate::ServiceControl,
        Gate::Trust,
        Gate::Identity,
        Gate::Boundary,
        Gate::Session,
        Gate::Resource,
        Gate::Endpoint,
    ];
    let gate = order.into_iter().find(|gate| blocked_by.contains(*gate))?;
    Some(Reason { gate, explicit: false })
}

impl Answers {
    fn collect(
        request: &Request,
        surroundings: &Surroundings,
        ask: &mut dyn FnMut(GatePlace, &PolicySet) -> Answer,
    ) -> Self {
        let caller = request.caller();
        let linked = request.is_service_linked();
        let principal = caller.has_identity();
        let boundary = surroundings.boundary.as_deref().filter(|_| principal && !linked);
        let bounded = boundary.is_some();
        let mut one = |gate: Gate, set: Option<&PolicySet>| {
            set.map(|set| {
                let answer = ask(GatePlace { gate, level: 0, bounded }, set);
                Said { gate, level: 0, answer }
            })
        };
        // Root has no policies of its own; a stray one says nothing.
        let identity = principal && caller.kind() != CallerKind::Root;
        let resource_gate =
            if rule::is_trust_decision(request) { Gate::Trust } else { Gate::Resource };
        let identity = one(Gate::Identity, identity.then_some(&*surroundings.identity));
        let boundary = one(Gate::Boundary, boundary);
        let session = surroundings.session.as_deref().or_else(|| missing_session(request));
        let session = one(Gate::Session, session.filter(|_| principal));
        let mut resource = one(resource_gate, surroundings.resource.as_deref());
        let endpoint = one(Gate::Endpoint, surroundings.endpoint.as_deref());
        if rule::root_overrides_bucket_policy(request)
            && let Some(said) = &mut resource
        {
            said.answer = Answer::SILENT;
        }
        let mut levels = |gate: Gate, levels: &[Level]| ask_levels(gate, levels, bounded, ask);
        let service_control = (principal && !linked)
            .then(|| levels(Gate::ServiceControl, &surroundings.service_control))
            .flatten();
        let governed = !linked
            && !surroundings.resource_control.is_empty()
            && rule::is_bound_by_rcps(request.action());
        let resource_control = governed
            .then(|| levels(Gate::ResourceControl, &surroundings.resource_control))
            .flatten();
        Self { identity, boundary, session, resource, endpoint, service_control, resource_control }
    }

    /// In the order in which the contract lists them; which one AWS names when several deny is not
    /// documented (unverified).
    fn all(&self) -> impl Iterator<Item = Said> {
        [
            self.service_control,
            self.resource_control,
            self.resource,
            self.identity,
            self.boundary,
            self.session,
            self.endpoint,
        ]
        .into_iter()
        .flatten()
    }

    /// Every gate that stands in the way.
    fn blocked_by(&self, request: &Request) -> GateSet {
        let denying = self.all().filter(|said| said.answer.effect == Some(Effect::Deny));
        let mut blocked: GateSet = denying.map(|said| said.gate).collect();
        let limits = [self.service_control, self.resource_control, self.endpoint];
        for said in limits.into_iter().flatten().filter(|said| !said.allows()) {
            blocked.insert(said.gate);
        }
        self.add_missing_grants(request, &mut blocked);
        blocked
    }

    /// Joins the caller's policies and the resource's.
    fn add_missing_grants(&self, request: &Request, blocked: &mut GateSet) {
        let trust = rule::is_trust_decision(request);
        let resource_gate = if trust { Gate::Trust } else { Gate::Resource };
        let naming = self
            .resource
            .filter(|said| said.allows())
            .map_or(Naming::None, |said| said.answer.naming);
        if !request.caller().has_identity() {
            if naming < Naming::Direct {
                blocked.insert(resource_gate);
            }
            return;
        }
        if rule::is_root_assuming(request) {
            blocked.insert(resource_gate);
        }
        let resource_decides = Rule::of(request) == Rule::ResourceDecides;
        if request.crosses_accounts() && !is_public_aws_resource(request) {
            if naming == Naming::None {
                blocked.insert(resource_gate);
            }
            return self.add_caller_side(request, true, blocked);
        }
        match naming {
            Naming::Direct | Naming::Entity if rule::both_sides_must_allow(request) => {
                self.add_caller_side(request, true, blocked);
            }
            Naming::Direct => {}
            Naming::Entity => self.add_caller_side(request, false, blocked),
            Naming::None if resource_decides => blocked.insert(resource_gate),
            Naming::None | Naming::Account => self.add_caller_side(request, true, blocked),
        }
    }

    /// Identity (where it `must_allow`), boundary and session.
    fn add_caller_side(&self, request: &Request, must_allow: bool, blocked: &mut GateSet) {
        let root = request.caller().kind() == CallerKind::Root;
        let granted = self.identity.is_some_and(|said| said.allows());
        if must_allow && !root && !granted {
            blocked.insert(Gate::Identity);
        }
        for said in [self.boundary, self.session].into_iter().flatten() {
            if !said.allows() {
                blocked.insert(said.gate);
            }
        }
    }

    fn allowed(&self, request: &Request) -> Decision {
        let granting = [self.identity, self.resource].into_iter().flatten();
        let by = granting.filter(|said| said.allows()).find_map(Said::place);
        let root = request.caller().kind() == CallerKind::Root && by.is_none();
        Decision::allowed(by, root.then_some(Special::RootUser))
    }
}

/// Without a session policy a role session has what its role has, and a federated user nothing that
/// no resource grants it (user guide, "policy evaluation logic", session policies): an empty gate.
fn missing_session(request: &Request) -> Option<&'static PolicySet> {
    static NOTHING: LazyLock<PolicySet> = LazyLock::new(PolicySet::default);
    (request.caller().kind() == CallerKind::FederatedUser).then(|| &*NOTHING)
}

/// Every level must allow; the first that denies, else the first that does not allow, speaks for all.
fn ask_levels(
    gate: Gate,
    levels: &[Level],
    bounded: bool,
    ask: &mut dyn FnMut(GatePlace, &PolicySet) -> Answer,
) -> Option<Said> {
    let mut result: Option<Said> = None;
    for (index, policies) in levels.iter().enumerate() {
        let level = u16::try_from(index).unwrap_or(u16::MAX);
        let answer = ask(GatePlace { gate, level, bounded }, &policies.policies);
        let said = Said { gate, level, answer };
        let outranks = match (result.map(|said| said.answer.effect), answer.effect) {
            (None, _) => true,
            (Some(Some(Effect::Deny)), _) => false,
            (Some(_), Some(Effect::Deny)) => true,
            (Some(Some(Effect::Allow)), None) => true,
            (Some(_), _) => false,
        };
        if outranks {
            result = Some(said);
        }
    }
    result
}

/// AWS's own managed policies and public parameters: everybody's policies may grant reading them.
fn is_public_aws_resource(request: &Request) -> bool {
    request.resource_account() == Some("aws")
}

impl Said {
    fn allows(&self) -> bool {
        self.answer.effect == Some(Effect::Allow)
    }

    fn place(self) -> Option<Place> {
        let statement = self.answer.by?;
        Some(Place { gate: self.gate, level: self.level, statement })
    }
}

impl Decision {
    fn allowed(by: Option<Place>, special: Option<Special>) -> Self {
        Self {
            verdict: Verdict::Allowed,
            blocked_by: GateSet::default(),
            reason: None,
            by,
            special,
        }
    }
}
