//! What must hold for any bytes at all. Each function is one fuzz target; the suite runs them as well,
//! on a bounded number of inputs (`fuzz_smoke.rs` in the tests of `iam`).

use std::sync::Arc;

use iam::condition::Condition;
use iam::context::{Context, Values};
use iam::json::{self, MAX_DOCUMENT_BYTES, Node, Value};
use iam::operator::{Comparison, Operator, Quantifier};
use iam::pattern::{ActionPattern, ArnPattern, ResourcePattern};
use iam::policy::{Effect, MAX_DIAGNOSTICS};
use iam::template::{Matched, Syntax, Template};
use iam::value::date::Instant;
use iam::{
    Action, Caller, Decision, Level, NamedPolicy, Policy, PolicyKind, PolicySet, Request, Resource,
    Surroundings, Trace, Verdict, evaluate as decide, evaluate_traced, message,
};
use names::{Arn, ArnParts};

/// A policy: a byte for its kind, then its text. It is refused with reasons that have a place, or
/// read so that it prints and reads again as the same policy.
pub fn policy(data: &[u8]) {
    let Some((first, text)) = data.split_first() else { return };
    let kind = PolicyKind::ALL[usize::from(*first) % PolicyKind::ALL.len()];
    let policy = match Policy::parse(text, kind) {
        Ok(policy) => policy,
        Err(found) => {
            assert!((1..=MAX_DIAGNOSTICS).contains(&found.len()));
            for diagnostic in found {
                let (start, end) = (diagnostic.span.start as usize, diagnostic.span.end as usize);
                assert!(start <= end && end <= text.len(), "{diagnostic:?}");
                let _ = diagnostic.one_line(&String::from_utf8_lossy(text));
            }
            return;
        }
    };
    assert_eq!(policy.text().as_bytes(), text);
    let printed = policy.to_json();
    if printed.len() > MAX_DOCUMENT_BYTES {
        return;
    }
    let again = Policy::parse(printed.as_bytes(), kind).expect("what we print we read");
    assert_eq!(again.to_json(), printed);
    assert_eq!(again.statements().len(), policy.statements().len());
    let set = |policy: Policy| PolicySet::new(vec![NamedPolicy::new("fuzz", policy)]);
    let (set, again) = (set(policy), set(again));
    for request in some_requests() {
        for bounded in [false, true] {
            assert_eq!(set.ask(&request, bounded), again.ask(&request, bounded));
        }
    }
}

fn some_requests() -> Vec<Request> {
    let callers =
        ["arn:aws:iam::111122223333:user/a", "arn:aws:sts::111122223333:assumed-role/r/s"];
    let mut requests = Vec::new();
    for caller in callers {
        for (action, resource) in [("s3:GetObject", "arn:aws:s3:::b/a"), ("ec2:DescribeVpcs", "*")]
        {
            let mut context = Context::new();
            context.set("aws:PrincipalTag/t", Values::one("a"));
            context.set("aws:TagKeys", Values::many(["a", "b"]));
            requests.push(Request::new(
                Caller::parse(caller).expect("a caller"),
                Action::parse(action).expect("an action"),
                Resource::parse(resource).expect("a resource"),
                context,
            ));
        }
    }
    requests
}

/// A request with the policies around it, a line each:
///
/// ```text
/// caller|action|resource|account that owns the resource
/// key=value;key=value;…
/// i{policy}      of the caller: i identity, b boundary, s session
/// r{policy}      of the resource: r resource, t trust
/// v{policy}      of the VPC endpoint
/// S{policy}      a level of SCPs; R{policy} one of RCPs
/// ```
///
/// What is no policy is left out. The decision is the same with a trace, a denial anywhere wins, and
/// AWS has something to say exactly if the request is denied.
pub fn evaluate(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.lines();
    let Some(request) = request(lines.next().unwrap_or_default(), lines.next().unwrap_or_default())
    else {
        return;
    };
    let around = surroundings(lines);
    let decision = decide(&request, &around);
    let mut trace = Trace::new();
    assert_eq!(evaluate_traced(&request, &around, &mut trace), decision);
    assert_eq!(decision.is_allowed(), decision.blocked_by.is_empty());
    let message = message::denial(&decision, &request, &around);
    assert_eq!(message.is_none(), decision.is_allowed());
    check_denials(&decision, &trace, &around);
}

fn request(who_what: &str, keys: &str) -> Option<Request> {
    let mut parts = who_what.split('|');
    let caller = match parts.next()? {
        "" => Caller::anonymous(),
        name => Caller::parse(name).ok()?,
    };
    let action = Action::parse(parts.next()?).ok()?;
    let resource = Resource::parse(parts.next()?).ok()?;
    let mut context = Context::new();
    for (key, value) in keys.split(';').filter_map(|pair| pair.split_once('=')) {
        let mut values: Vec<String> = context
            .get_named(key)
            .map_or_else(Vec::new, |values| values.iter().map(str::to_owned).collect());
        values.push(value.to_owned());
        context.set(key, Values::many(values));
    }
    let request = Request::new(caller, action, resource, context);
    match parts.next().and_then(|account| account.parse().ok()) {
        Some(account) => Some(request.in_account(account)),
        None => Some(request),
    }
}

fn surroundings<'a>(lines: impl Iterator<Item = &'a str>) -> Surroundings {
    let mut around = Surroundings::default();
    for line in lines {
        let mut characters = line.chars();
        let kind = match characters.next() {
            Some('i') => PolicyKind::Identity,
            Some('r') => PolicyKind::Resource,
            Some('t') => PolicyKind::Trust,
            Some('b') => PolicyKind::Boundary,
            Some('s') => PolicyKind::Session,
            Some('v') => PolicyKind::Endpoint,
            Some('S') => PolicyKind::ServiceControl,
            Some('R') => PolicyKind::ResourceControl,
            _ => continue,
        };
        let Ok(policy) = Policy::parse(characters.as_str().as_bytes(), kind) else { continue };
        let set = Arc::new(PolicySet::new(vec![NamedPolicy::new("arn:fuzz", policy)]));
        let level = |set| Level { name: "level".into(), policies: set };
        match kind {
            PolicyKind::Identity => around.identity = set,
            PolicyKind::Resource | PolicyKind::Trust => around.resource = Some(set),
            PolicyKind::Boundary => around.boundary = Some(set),
            PolicyKind::Session => around.session = Some(set),
            PolicyKind::Endpoint => around.endpoint = Some(set),
            PolicyKind::ServiceControl => around.service_control.push(level(set)),
            PolicyKind::ResourceControl => around.resource_control.push(level(set)),
        }
    }
    around
}

fn check_denials(decision: &Decision, trace: &Trace, around: &Surroundings) {
    let mut denied = false;
    for gate in trace.gates() {
        let set = around.set(gate.gate, gate.level).expect("the gate that was asked");
        for said in trace.statements(gate).iter().filter(|said| said.matches) {
            let policy = &set.policy(said.place).expect("the policy that was asked").policy;
            let statement = &policy.statements()[usize::from(said.place.statement)];
            denied |= statement.effect.value == Effect::Deny;
        }
    }
    // Root's bucket policy is the one denial that may not count (see the laws of the engine's tests).
    let explicit = decision.verdict == Verdict::ExplicitlyDenied;
    assert!(denied || !explicit);
}

/// A condition: operator, a line; the policy's values, a line each with `p` before it; the request's,
/// with `r`. A negated operator holds where its positive form does not, but for addresses and ARNs that
/// are none, where neither holds; prefix and suffix change nothing for a key with one value.
pub fn condition(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.lines();
    let Some(operator) = Operator::parse(lines.next().unwrap_or_default()) else { return };
    let (mut policy, mut request) = (Vec::new(), Vec::new());
    for line in lines {
        policy.extend(line.strip_prefix('p'));
        request.extend(line.strip_prefix('r'));
    }
    let mut context = Context::new();
    context.set("k", Values::many(request.iter().copied()));
    context.set("aws:username", Values::one("a*"));
    for variables in [false, true] {
        let holds = |operator: Operator| {
            Condition::new(operator, "k", &policy, variables, Effect::Allow).holds(&context)
        };
        let _ = holds(operator);
        if request.len() != 1 || operator.comparison == Comparison::Null {
            continue;
        }
        let plain = Operator { quantifier: Quantifier::Single, if_exists: false, ..operator };
        let expected = holds(plain);
        let turned = holds(Operator { negated: !operator.negated, ..plain });
        let strict = matches!(operator.comparison, Comparison::IpAddress | Comparison::Arn);
        assert!(if strict { !(expected && turned) } else { expected != turned });
        assert_eq!(expected, holds(Operator { if_exists: true, ..plain }));
        for quantifier in [Quantifier::ForAllValues, Quantifier::ForAnyValue] {
            assert_eq!(expected, holds(Operator { quantifier, ..plain }));
        }
    }
}

/// An ARN: it splits the same way whoever splits it, and as a pattern it matches itself.
pub fn arn(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let arn = text.parse::<Arn>().ok();
    assert_eq!(arn.as_ref().map(Arn::parts), ArnParts::split(text));
    if let Some(parts) = ArnParts::split(text) {
        let ArnParts { partition, service, region, account, resource } = parts;
        assert_eq!(format!("arn:{partition}:{service}:{region}:{account}:{resource}"), text);
        assert!(Resource::parse(text).is_ok());
    }
    if let Ok(caller) = Caller::parse(text) {
        let again = Caller::parse(caller.name()).expect("a caller's name names it");
        assert_eq!((again.kind(), again.account()), (caller.kind(), caller.account()));
    }
    let context = Context::new();
    let plain = !text.contains(['*', '?', '$']);
    for variables in [false, true] {
        let pattern = ArnPattern::in_condition(text, variables);
        let matched = pattern.map(|pattern| pattern.matches(text, &context));
        if plain {
            assert_eq!(matched == Some(Matched::Yes), arn.is_some());
        }
        for kind in PolicyKind::ALL {
            let _ = ResourcePattern::new(text, kind, variables).variables();
        }
    }
    let _ = ActionPattern::new(text);
}

/// Two dates, a line each: of three orders exactly one holds, and it is the same seen from the other
/// side.
pub fn date(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (one, other) = text.split_once('\n').unwrap_or((text, text));
    let parsed = [one, other].map(Instant::parse);
    for (date, text) in parsed.iter().zip([one, other]) {
        assert_eq!(*date, Instant::parse(&text.to_ascii_lowercase()));
    }
    let holds = |operator: &str, policy: &str, request: &str| {
        let mut context = Context::new();
        context.set("k", Values::one(request));
        let operator = Operator::parse(operator).expect("an operator");
        Condition::new(operator, "k", &[policy], true, Effect::Allow).holds(&context)
    };
    let orders = ["DateLessThan", "DateEquals", "DateGreaterThan"];
    let held = orders.iter().filter(|operator| holds(operator, one, other)).count();
    assert_eq!(held, usize::from(parsed.iter().all(Option::is_some)));
    assert_eq!(holds(orders[0], one, other), holds(orders[2], other, one));
    assert_eq!(holds(orders[1], one, other), holds(orders[1], other, one));
}

/// A pattern and a text, a line each: the fast match is the slow one.
pub fn wildcard(data: &[u8]) {
    const MAX_CHARACTERS: usize = 64;
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (pattern, text) = text.split_once('\n').unwrap_or((text, ""));
    let mut context = Context::new();
    context.set("a", Values::one("*"));
    for syntax in [Syntax::LITERAL, Syntax::WILDCARDS, Syntax { wildcards: true, variables: true }]
    {
        let template = Template::new(pattern, syntax);
        let matched = template.matches(text, &context);
        let _ = (template.matches_ignoring_case(text, &context), template.expand(&context));
        assert!(matched != Matched::NoValue || template.variables().next().is_some());
        if syntax == Syntax::LITERAL {
            assert_eq!(matched == Matched::Yes, pattern == text);
        }
        let short = pattern.chars().count().max(text.chars().count()) <= MAX_CHARACTERS;
        if syntax == Syntax::WILDCARDS && short {
            assert_eq!(matched == Matched::Yes, matches_slowly(pattern, text), "{pattern} {text}");
        }
    }
}

/// Row by row: whether the pattern so far matches the first n units of 16 bits.
fn matches_slowly(pattern: &str, text: &str) -> bool {
    const STAR: u16 = b'*' as u16;
    const QUESTION_MARK: u16 = b'?' as u16;
    let text: Vec<u16> = text.encode_utf16().collect();
    let mut row = vec![false; text.len() + 1];
    row[0] = true;
    for piece in pattern.encode_utf16() {
        let mut next = vec![false; text.len() + 1];
        next[0] = piece == STAR && row[0];
        for (at, unit) in text.iter().enumerate() {
            next[at + 1] = match piece {
                STAR => row[at + 1] || next[at],
                QUESTION_MARK => row[at],
                other => row[at] && other == *unit,
            };
        }
        row = next;
    }
    row[text.len()]
}

/// A JSON document: what is read has its parts in its whole and no key twice; what is refused is
/// refused at a place in the document.
pub fn json(data: &[u8]) {
    match json::parse(data) {
        Ok(root) => check_node(&root, data.len()),
        Err(error) => {
            assert!(error.span.start <= error.span.end && error.span.end as usize <= data.len());
            assert!(error.position.line >= 1 && error.position.column >= 1);
        }
    }
}

fn check_node(node: &Node, end: usize) {
    let span = node.span;
    assert!(span.start < span.end && span.end as usize <= end);
    match &node.value {
        Value::Array(nodes) => nodes.iter().for_each(|node| check_node(node, span.end as usize)),
        Value::Object(members) => {
            for (index, member) in members.iter().enumerate() {
                assert!(members[..index].iter().all(|other| other.key != member.key));
                check_node(&member.value, span.end as usize);
            }
        }
        Value::String(text) => {
            let mut written = String::new();
            json::write_string(&mut written, text);
            let again = json::parse(written.as_bytes()).expect("what we write we read");
            assert_eq!(again.as_str(), Some(&**text));
        }
        _ => {}
    }
}
