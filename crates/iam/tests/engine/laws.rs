//! What holds for every policy and every request, tried on random ones.

use std::collections::BTreeSet;

use iam::decision::Special;
use iam::policy::{Effect, Statement as Written};
use iam::policy_set::Answer;
use iam::principal::Naming;
use iam::{
    Decision, Gate, Policy, PolicyKind, PolicySet, Request, Surroundings, Trace, Verdict, evaluate,
    evaluate_traced,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::world::{World, document, documents, statement, world};

/// `PROPTEST_CASES` in the environment asks for more cases than proptest's usual 256.
fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

fn decide(world: &World) -> Decision {
    evaluate(&world.request(), &world.surroundings())
}

fn traced(request: &Request, around: &Surroundings) -> (Decision, Trace) {
    let mut trace = Trace::new();
    let decision = evaluate_traced(request, around, &mut trace);
    (decision, trace)
}

/// The effect of every statement that matches, with its gate, as the trace has it.
fn matching(trace: &Trace, around: &Surroundings) -> Vec<(Gate, Effect)> {
    let mut found = Vec::new();
    for gate in trace.gates() {
        let Some(set) = around.set(gate.gate, gate.level) else {
            // The gate that every federated user has, without a policy.
            assert!(trace.statements(gate).is_empty());
            continue;
        };
        for statement in trace.statements(gate).iter().filter(|statement| statement.matches) {
            found.push((gate.gate, effect(set, statement.place)));
        }
    }
    found
}

fn effect(set: &PolicySet, place: iam::policy_set::StatementRef) -> Effect {
    let policy = &set.policy(place).unwrap().policy;
    policy.statements()[usize::from(place.statement)].effect.value
}

/// Root of the bucket's account keeps its hands on the bucket policy, whatever that says.
fn is_roots_bucket_policy(request: &Request) -> bool {
    request.caller().name().ends_with(":root")
        && !request.crosses_accounts()
        && request.action().folded().ends_with("bucketpolicy")
}

proptest! {
    #![proptest_config(config())]

    /// With a trace and without, the whole decision is the same; and a trace that was used before
    /// decides as a new one.
    #[test]
    fn traced_and_untraced_agree(first in world(), second in world()) {
        let mut trace = Trace::new();
        for world in [first, second] {
            let (request, around) = (world.request(), world.surroundings());
            let decision = evaluate(&request, &around);
            prop_assert_eq!(evaluate_traced(&request, &around, &mut trace), decision);
            prop_assert_eq!(trace.decision(), Some(&decision));
        }
    }

    /// A request is explicitly denied if and only if a Deny statement of a gate that is asked
    /// matches. Two rules of AWS stand above all policies, and root's bucket policy above itself.
    #[test]
    fn deny_wins(world in world()) {
        let (request, around) = (world.request(), world.surroundings());
        let (decision, trace) = traced(&request, &around);
        let settled = matches!(
            decision.special,
            Some(Special::NeedsNoPermission | Special::OwnedByAws)
        );
        let denied = matching(&trace, &around).into_iter().any(|(gate, effect)| {
            effect == Effect::Deny && !(gate == Gate::Resource && is_roots_bucket_policy(&request))
        });
        let expected = denied && !settled;
        prop_assert_eq!(decision.verdict == Verdict::ExplicitlyDenied, expected);
    }

    /// What is allowed is allowed by a statement of the caller's or the resource's policies, or by a
    /// rule that has a name. What is denied has a reason and a gate in the way.
    #[test]
    fn every_decision_has_its_grounds(world in world()) {
        let (request, around) = (world.request(), world.surroundings());
        let (decision, trace) = traced(&request, &around);
        prop_assert_eq!(decision.is_allowed(), decision.blocked_by.is_empty());
        prop_assert_eq!(decision.is_allowed(), decision.reason.is_none());
        if let Some(reason) = decision.reason {
            prop_assert!(decision.blocked_by.contains(reason.gate));
            let explicit = decision.verdict == Verdict::ExplicitlyDenied;
            prop_assert_eq!(reason.explicit, explicit);
            prop_assert_eq!(decision.by.is_some(), explicit);
        } else {
            prop_assert!(decision.by.is_some() || decision.special.is_some());
        }
        if let Some(place) = decision.by {
            let set = around.set(place.gate, place.level).unwrap();
            let wanted = if decision.is_allowed() { Effect::Allow } else { Effect::Deny };
            prop_assert_eq!(effect(set, place.statement), wanted);
            let gate = trace.gates().iter().find(|gate| {
                gate.gate == place.gate && gate.level == place.level
            }).unwrap();
            let said = trace.statements(gate).iter().find(|said| said.place == place.statement);
            prop_assert!(said.unwrap().matches);
        }
    }

    /// One more Allow statement in a gate that is there never takes access away: whatever it says,
    /// also with NotPrincipal, NotAction and NotResource. (To add a *principal* to a NotPrincipal, or
    /// a gate where there was none, is something else.)
    #[test]
    fn one_more_allow_never_takes_away(world in world(), more in statement(), gate in 0usize..64) {
        let mut wider = world.clone();
        let mut more = more;
        more.allows = true;
        wider.add(more, gate);
        prop_assert!(!decide(&world).is_allowed() || decide(&wider).is_allowed(), "{wider:#?}");
    }

    /// One more Deny statement, wherever it stands, never gives access, and never makes an explicit
    /// denial an implicit one.
    #[test]
    fn one_more_deny_never_gives(world in world(), more in statement(), gate in 0usize..64) {
        let mut narrower = world.clone();
        let mut more = more;
        more.allows = false;
        narrower.add(more, gate);
        let (before, after) = (decide(&world), decide(&narrower));
        prop_assert!(before.is_allowed() || !after.is_allowed(), "{narrower:#?}");
        let explicit = |decision: Decision| decision.verdict == Verdict::ExplicitlyDenied;
        prop_assert!(!explicit(before) || explicit(after), "{narrower:#?}");
    }

    /// One more gate never gives access: a boundary, a session policy, an endpoint's policy, a level
    /// of SCPs or RCPs. A federated user is the exception with its session policy, without which it
    /// may do nothing. (A resource's policy is no such gate: it grants.)
    #[test]
    fn one_more_gate_never_gives(world in world(), policies in documents(), which in 0usize..5) {
        let mut narrower = world.clone();
        let gate = match which {
            0 => &mut narrower.boundary,
            1 if world.request().caller().name().contains(":federated-user/") => return Ok(()),
            1 => &mut narrower.session,
            2 => &mut narrower.endpoint,
            3 => {
                narrower.service_control.push(policies);
                prop_assert!(decide(&world).is_allowed() || !decide(&narrower).is_allowed());
                return Ok(());
            }
            _ => {
                narrower.resource_control.push(policies);
                prop_assert!(decide(&world).is_allowed() || !decide(&narrower).is_allowed());
                return Ok(());
            }
        };
        if gate.is_none() {
            *gate = Some(policies);
        }
        prop_assert!(decide(&world).is_allowed() || !decide(&narrower).is_allowed(), "{narrower:#?}");
    }

    /// The order of statements, of policies and of levels changes nothing but which statement is
    /// quoted.
    #[test]
    fn order_does_not_matter(world in world(), turn in 0usize..4) {
        let mut turned = world.clone();
        for gate in turned.gates() {
            for document in gate.iter_mut() {
                let by = turn % document.statements.len();
                document.statements.rotate_left(by);
                document.statements.reverse();
            }
            gate.reverse();
        }
        turned.service_control.reverse();
        turned.resource_control.reverse();
        let (before, after) = (decide(&world), decide(&turned));
        prop_assert_eq!(before.verdict, after.verdict);
        prop_assert_eq!(before.blocked_by, after.blocked_by);
        prop_assert_eq!(before.reason, after.reason);
        prop_assert_eq!(before.special, after.special);
    }

    /// The index of a policy set finds what a look at every statement finds.
    #[test]
    fn the_index_finds_what_a_scan_finds(world in world()) {
        let (request, around) = (world.request(), world.surroundings());
        let (_, trace) = traced(&request, &around);
        let caller = request.caller();
        let bounded =
            world.boundary.is_some() && caller.has_identity() && !caller.is_service_linked();
        for gate in trace.gates() {
            let Some(set) = around.set(gate.gate, gate.level) else { continue };
            prop_assert_eq!(set.ask(&request, bounded), scan(set, &trace, gate), "{:?}", gate.gate);
        }
    }

    /// Written out and read again, a policy says the same, element by element, and decides the same.
    #[test]
    fn print_then_parse_is_the_identity(document in document()) {
        for kind in PolicyKind::ALL {
            let text = document.to_json(kind);
            let policy = Policy::parse(text.as_bytes(), kind).unwrap();
            let printed = policy.to_json();
            let again = Policy::parse(printed.as_bytes(), kind).unwrap();
            prop_assert_eq!(policy.version(), again.version());
            prop_assert_eq!(policy.id(), again.id());
            let elements = |policy: &Policy| -> Vec<String> {
                policy.statements().iter().map(elements).collect()
            };
            prop_assert_eq!(elements(&policy), elements(&again));
            prop_assert!(policy.says_the_same(&again));
            prop_assert_eq!(again.to_json(), printed);
            prop_assert_eq!(policy.text(), text);
        }
    }

    /// Every statement and element is where its span says, and reads as what it is.
    #[test]
    fn spans_point_at_what_they_name(document in document()) {
        let text = document.to_json(PolicyKind::Resource);
        let policy = Policy::parse(text.as_bytes(), PolicyKind::Resource).unwrap();
        for statement in policy.statements() {
            let span = |span: iam::span::Span| span.of(&text);
            let whole = span(statement.span);
            let is_object = whole.starts_with('{') && whole.ends_with('}');
            prop_assert!(is_object, "{whole}");
            prop_assert_eq!(span(statement.effect.span), format!("\"{}\"", statement.effect.value.as_str()));
            for pattern in &statement.action.patterns {
                prop_assert_eq!(span(pattern.span), format!("\"{}\"", pattern.value));
            }
            for condition in &statement.conditions {
                prop_assert_eq!(span(condition.key.span), format!("\"{}\"", condition.key.value));
            }
        }
    }
}

/// What the statements that the trace says match add up to: any Deny, else the Allow that names the
/// caller most closely; the first of several.
fn scan(set: &PolicySet, trace: &Trace, gate: &iam::trace::GateTrace) -> Answer {
    let matching = || trace.statements(gate).iter().filter(|statement| statement.matches);
    if let Some(denial) = matching().find(|said| effect(set, said.place) == Effect::Deny) {
        return Answer {
            effect: Some(Effect::Deny),
            by: Some(denial.place),
            naming: denial.naming,
        };
    }
    let Some(naming) = matching().map(|said| said.naming).max() else {
        return Answer { effect: None, by: None, naming: Naming::None };
    };
    let first = matching().find(|said| said.naming == naming).map(|said| said.place);
    Answer { effect: Some(Effect::Allow), by: first, naming }
}

/// Everything that a statement says, without its places.
fn elements(statement: &Written) -> String {
    let values = |values: &[iam::span::Spanned<Box<str>>]| {
        format!("{:?}", values.iter().map(|value| &*value.value).collect::<Vec<_>>())
    };
    let mut out = format!(
        "{:?} {:?}\n{} {}\n",
        statement.sid.as_ref().map(|sid| &sid.value),
        statement.effect.value,
        statement.action.negated,
        values(&statement.action.patterns),
    );
    if let Some(principal) = &statement.principal {
        out += &format!("{} {}\n", principal.negated, principal.everyone.is_some());
        for entry in &principal.entries {
            out += &format!("{} {}\n", entry.kind.value, values(&entry.values));
        }
    }
    if let Some(resource) = &statement.resource {
        out += &format!("{} {}\n", resource.negated, values(&resource.patterns));
    }
    for line in &statement.conditions {
        let (operator, key) = (&line.operator_name.value, &line.key.value);
        out += &format!("{operator} {:?} {key} {}\n", line.operator, values(&line.values));
    }
    out
}

/// The laws say something only if the random worlds reach every outcome.
#[test]
fn the_random_worlds_reach_every_outcome() {
    let mut runner = TestRunner::deterministic();
    let strategy = world();
    let mut seen = BTreeSet::new();
    for _ in 0..2_000 {
        let world = strategy.new_tree(&mut runner).unwrap().current();
        let decision = decide(&world);
        seen.insert(match decision.reason {
            None => format!("Allowed {:?}", decision.special),
            Some(reason) => format!("{} {}", decision.verdict.name(), reason.gate.name()),
        });
    }
    let mut expected: BTreeSet<String> = ["None", "Some(NeedsNoPermission)", "Some(RootUser)"]
        .into_iter()
        .map(|special| format!("Allowed {special}"))
        .collect();
    for gate in Gate::ALL {
        expected.insert(format!("ImplicitlyDenied {}", gate.name()));
        expected.insert(format!("ExplicitlyDenied {}", gate.name()));
    }
    assert_eq!(seen, expected);
}
