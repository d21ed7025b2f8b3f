//! What could take the first obstacle out of a request's way.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Change, edited};
use crate::caller::CallerKind;
use crate::catalog;
use crate::condition::Condition;
use crate::context::Values;
use crate::decision::{Decision, Gate, Place};
use crate::json;
use crate::key::known;
use crate::kind::PolicyKind;
use crate::operator::{Comparison, Operator};
use crate::policy::{ConditionElement, Effect, Policy, Statement};
use crate::policy_set::StatementRef;
use crate::principal::Naming;
use crate::request::Request;
use crate::span::{Span, Spanned};
use crate::surroundings::Surroundings;
use crate::template::{Syntax, Template};
use crate::trace::{GateTrace, Trace};

/// Keys that say who the caller and what the resource is: no request can choose them.
const FIXED_KEYS: [&str; 10] = [
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principaltype",
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:resourceaccount",
    "aws:username",
    "aws:userid",
    "aws:principalorgid",
    "aws:resourceorgid",
];

pub(super) fn of(
    request: &Request,
    around: &Surroundings,
    decision: &Decision,
    trace: &Trace,
) -> Vec<Change> {
    let finder = Finder { request, around, trace };
    let Some(reason) = decision.reason else { return Vec::new() };
    if decision.special.is_some() {
        return Vec::new();
    }
    match decision.by {
        Some(place) if reason.explicit => finder.against_deny(place),
        _ => finder.towards_allow(reason.gate),
    }
}

struct Finder<'a> {
    request: &'a Request,
    around: &'a Surroundings,
    trace: &'a Trace,
}

impl Finder<'_> {
    /// Ways to keep a `Deny` from matching: another value in the request, an exemption, its end.
    fn against_deny(&self, place: Place) -> Vec<Change> {
        let Some(statement) = self.statement(place) else { return Vec::new() };
        let mut changes = Vec::new();
        for line in &statement.conditions {
            changes.extend(self.context_change(line, place, false));
        }
        let owner = self.statement_owner(place, statement);
        let shared = matches!(
            place.gate,
            Gate::ServiceControl | Gate::ResourceControl | Gate::Resource | Gate::Endpoint
        );
        if shared && let Some(change) = self.exemption(place, &owner) {
            changes.push(change);
        }
        if let Some(policy) = edited(self.around, place, |_| None) {
            changes.push(Change::Lift { place, owner, policy });
        }
        changes
    }

    /// Ways to make a gate allow: the missing value for a statement that would match, or a statement.
    fn towards_allow(&self, gate: Gate) -> Vec<Change> {
        let mut changes = Vec::new();
        let silent = self
            .trace
            .gates()
            .iter()
            .filter(|step| step.gate == gate && step.answer.effect != Some(Effect::Allow));
        for step in silent.clone() {
            changes.extend(self.near_misses(step));
        }
        let level = silent.clone().map(|step| step.level).next().unwrap_or(0);
        // AWS keeps RCPFullAWSAccess attached everywhere; an RCP that allows cannot be written.
        if gate != Gate::ResourceControl {
            changes.extend(self.grant(gate, level));
        }
        if gate == Gate::Identity
            && self.around.resource.is_some()
            && !self.request.crosses_accounts()
        {
            changes.extend(self.grant(Gate::Resource, 0));
        }
        changes
    }

    /// Allowing statements of a gate that fail on exactly one condition.
    fn near_misses(&self, gate: &GateTrace) -> Vec<Change> {
        let mut changes = Vec::new();
        for step in self.trace.statements(gate) {
            let place = Place { gate: gate.gate, level: gate.level, statement: step.place };
            let Some(statement) = self.statement(place) else { continue };
            let failing: Vec<usize> = self
                .trace
                .conditions(step)
                .iter()
                .enumerate()
                .filter(|(_, holds)| !**holds)
                .map(|(index, _)| index)
                .collect();
            let covers = step.action.covers && step.resource.covers && step.naming > Naming::None;
            if !covers || statement.effect.value != Effect::Allow {
                continue;
            }
            if let [only] = failing.as_slice()
                && let Some(line) = statement.conditions.get(*only)
            {
                changes.extend(self.context_change(line, place, true));
            }
        }
        changes
    }

    /// A value for the key of a condition that makes it hold or fail, found by trying.
    fn context_change(&self, line: &ConditionElement, place: Place, hold: bool) -> Option<Change> {
        let key = line.key.value.to_string();
        if FIXED_KEYS.contains(&key.to_lowercase().as_str()) {
            return None;
        }
        let variables = self.around.policy(place)?.policy.version().has_variables();
        let texts: Vec<&str> = line.values.iter().map(|value| &*value.value).collect();
        let effect = if hold { Effect::Allow } else { Effect::Deny };
        let condition = Condition::new(line.operator, &key, &texts, variables, effect);
        let settles = |request: &Request| condition.holds(request.context()) == hold;
        let syntax = Syntax { wildcards: true, variables };
        let expanded: Vec<String> = texts
            .iter()
            .map(|text| Template::new(text, syntax).expand(self.request.context()))
            .collect();
        let candidates = expanded.iter().flat_map(|text| near_values(line.operator, text));
        for candidate in candidates {
            let value = Values::one(candidate);
            if settles(&self.request.with(&key, value.clone())) {
                let wanted = format!("{} {}", line.operator_name.value, expanded.join(", "));
                let wanted = if hold { wanted } else { format!("denied by {wanted}") };
                return Some(Change::Supply { key, value, wanted });
            }
        }
        settles(&self.request.without(&key)).then_some(Change::Omit { key })
    }

    fn grant(&self, gate: Gate, level: u16) -> Option<Change> {
        let statement = self.grant_statement(gate)?;
        let text = format!("{{\"Version\":\"2012-10-17\",\"Statement\":[{statement}]}}");
        let policy = Policy::parse(text.as_bytes(), kind_of(gate)).ok()?;
        let owner = self.owner(gate, level);
        Some(Change::Grant { gate, level, owner, statement, policy: Arc::new(policy) })
    }

    fn grant_statement(&self, gate: Gate) -> Option<String> {
        let mut out = String::from("{\"Effect\":\"Allow\",");
        if matches!(gate, Gate::Resource | Gate::Trust) {
            out.push_str("\"Principal\":");
            out.push_str(&self.principal()?);
            out.push(',');
        } else if gate == Gate::Endpoint {
            out.push_str("\"Principal\":\"*\",");
        }
        out.push_str("\"Action\":");
        json::write_string(&mut out, self.request.action().as_str());
        if gate != Gate::Trust {
            out.push_str(",\"Resource\":");
            json::write_string(&mut out, &self.granted());
        }
        // A pass-role grant that does not say to which service is wider than the request needs.
        let service = self.request.context().get_named("iam:PassedToService");
        if self.request.action().folded() == "iam:passrole"
            && let Some(service) = service.and_then(|values| values.single())
        {
            out.push_str(",\"Condition\":{\"StringEquals\":{\"iam:PassedToService\":");
            json::write_string(&mut out, service);
            out.push_str("}}");
        }
        out.push('}');
        Some(out)
    }

    /// What a grant is for; for an object, all of its folder: objects come and go, and those that services write to
    /// try an access have names that nobody sees twice.
    fn granted(&self) -> String {
        let resource = self.request.resource().as_str();
        match self.object().and_then(|_| resource.rsplit_once('/')) {
            Some((folder, _)) => format!("{folder}/*"),
            None => as_written(self.request.action().as_str(), resource).into_owned(),
        }
    }

    /// The bucket's ARN, if the resource is one of its objects.
    fn object(&self) -> Option<&str> {
        let arn = self.request.resource().as_str();
        // Access points have a region and an account.
        let parts = self.request.resource().arn_parts()?;
        let is_in_bucket = parts.service == "s3" && parts.account.is_empty();
        arn.split_once('/').filter(|_| is_in_bucket).map(|(bucket, _)| bucket)
    }

    /// The caller as a `Principal`: a session by its role, as sessions come and go.
    fn principal(&self) -> Option<String> {
        let caller = self.request.caller();
        let (kind, name) = match caller.kind() {
            CallerKind::Anonymous => return Some("\"*\"".to_owned()),
            CallerKind::Service => ("Service", caller.name().into()),
            CallerKind::Federated => ("Federated", caller.name().into()),
            CallerKind::FederatedUser => ("AWS", caller.name().into()),
            _ => ("AWS", self.principal_arn()?),
        };
        let mut out = String::from("{");
        json::write_string(&mut out, kind);
        out.push(':');
        json::write_string(&mut out, &name);
        out.push('}');
        Some(out)
    }

    fn principal_arn(&self) -> Option<Cow<'_, str>> {
        let known = self.request.context().get(&known::PRINCIPAL_ARN);
        let known = known.and_then(Values::single).map(Cow::Borrowed);
        known.or_else(|| self.request.caller().principal_arn())
    }

    fn exemption(&self, place: Place, owner: &str) -> Option<Change> {
        let arn = self.principal_arn()?;
        let line = ConditionElement {
            operator_name: spanned("ArnNotEquals"),
            operator: Operator::parse("ArnNotEquals")?,
            key: spanned("aws:PrincipalArn"),
            values: vec![spanned(&arn)],
        };
        let mut condition = String::from("{\"ArnNotEquals\":{\"aws:PrincipalArn\":");
        json::write_string(&mut condition, &arn);
        condition.push_str("}}");
        let policy = edited(self.around, place, |mut statement| {
            statement.conditions.push(line);
            Some(statement)
        })?;
        Some(Change::Exempt { place, owner: owner.to_owned(), condition, policy })
    }

    fn statement(&self, place: Place) -> Option<&Statement> {
        let StatementRef { statement, .. } = place.statement;
        self.around.policy(place)?.policy.statements().get(usize::from(statement))
    }

    fn statement_owner(&self, place: Place, statement: &Statement) -> String {
        let number = place.statement.statement + 1;
        let name = match statement.sid() {
            Some(sid) => format!("statement `{sid}`"),
            None => format!("statement {number}"),
        };
        let policy =
            self.around.policy(place).map_or_else(String::new, |policy| policy.name.to_string());
        format!("{name} of {policy}, in {}", self.owner(place.gate, place.level))
    }

    /// On what a policy stands.
    fn owner(&self, gate: Gate, level: u16) -> String {
        let caller = self.principal_arn().unwrap_or_else(|| self.request.caller().name().into());
        // It is the bucket that has a policy, not the object.
        let resource = self.object().unwrap_or_else(|| self.request.resource().as_str());
        let level = self.around.levels(gate).get(usize::from(level));
        let level =
            level.map_or_else(|| "the organization".to_owned(), |level| level.name.to_string());
        match gate {
            Gate::Identity => format!("the policies of {caller}"),
            Gate::Boundary => format!("the permissions boundary of {caller}"),
            Gate::Session => "the session policy that the session was made with".to_owned(),
            Gate::Resource => format!("the policy of {resource}"),
            Gate::Trust => format!("the trust policy of {resource}"),
            Gate::Endpoint => "the policy of the VPC endpoint".to_owned(),
            Gate::ServiceControl => format!("the service control policies of {level}"),
            Gate::ResourceControl => format!("the resource control policies of {level}"),
        }
    }
}

/// The resource of a request as people write it into a policy: where AWS documents only `*` it is that, whatever IAM
/// asks its lists on; and a path, as IAM asks on too, is everything below it.
#[must_use]
pub fn as_written<'r>(action: &str, resource: &'r str) -> Cow<'r, str> {
    if catalog::action(action).is_some_and(|action| action.is_wildcard_only()) {
        return "*".into();
    }
    if resource.starts_with("arn:aws:iam:") && resource.ends_with('/') {
        return format!("{resource}*").into();
    }
    resource.into()
}

fn kind_of(gate: Gate) -> PolicyKind {
    match gate {
        Gate::ServiceControl => PolicyKind::ServiceControl,
        Gate::ResourceControl => PolicyKind::ResourceControl,
        Gate::Identity => PolicyKind::Identity,
        Gate::Boundary => PolicyKind::Boundary,
        Gate::Session => PolicyKind::Session,
        Gate::Resource => PolicyKind::Resource,
        Gate::Trust => PolicyKind::Trust,
        Gate::Endpoint => PolicyKind::Endpoint,
    }
}

/// Values close to what a policy states, of which one satisfies the operator or its negation.
fn near_values(operator: Operator, text: &str) -> Vec<String> {
    let plain = text.replace('*', "").replace('?', "x");
    let mut values = match operator.comparison {
        Comparison::Null => vec!["any-value".to_owned()],
        Comparison::Bool => vec!["true".to_owned(), "false".to_owned()],
        Comparison::IpAddress => vec![text.split('/').next().unwrap_or(text).to_owned()],
        Comparison::Numeric(_) => numeric_neighbours(text),
        Comparison::Date(_) => {
            vec![text.to_owned(), "1970-01-02".to_owned(), "9999-12-31".to_owned()]
        }
        _ => vec![text.to_owned(), plain],
    };
    values.dedup();
    values
}

fn numeric_neighbours(text: &str) -> Vec<String> {
    let mut values = vec![text.to_owned()];
    if let Ok(number) = text.parse::<i64>() {
        values.extend([number.saturating_sub(1).to_string(), number.saturating_add(1).to_string()]);
    }
    values
}

fn spanned(text: &str) -> Spanned<Box<str>> {
    Spanned { value: text.into(), span: Span::default() }
}
