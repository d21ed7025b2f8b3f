//! A decision told to people and programs: every gate, policy, statement and condition, with the
//! values that were compared.

use serde::Serialize;

use crate::decision::{Decision, Gate, Special};
use crate::message;
use crate::policy::{
    ConditionElement, Effect, PatternElement, Policy, PrincipalElement, Statement,
};
use crate::policy_set::NamedPolicy;
use crate::principal::Naming;
use crate::request::Request;
use crate::statement::Coverage;
use crate::surroundings::Surroundings;
use crate::template::{Syntax, Template};
use crate::trace::{GateTrace, StatementTrace, Trace};

mod tree;

pub use tree::TreeOptions;

/// The whole story of a decision.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// `Allowed`, `ImplicitlyDenied` or `ExplicitlyDenied`.
    pub decision: &'static str,
    /// The gates that stand in the way.
    pub blocked_by: Vec<&'static str>,
    /// AWS's sentence, for denials.
    pub message: Option<String>,
    /// Who asked.
    pub principal: String,
    /// For which action.
    pub action: String,
    /// On what.
    pub resource: String,
    /// A rule beyond the policies that settled the matter.
    pub special_rule: Option<&'static str>,
    /// Every set of policies that was asked, in AWS's order.
    pub gates: Vec<GateStory>,
}

/// One set of policies.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GateStory {
    /// `identity`, `boundary`, …
    pub gate: &'static str,
    /// The root, organizational unit or account, for service and resource control policies.
    pub level: Option<String>,
    /// `allows`, `denies` or `does not allow`.
    pub says: &'static str,
    /// Whether the request fails here.
    pub blocks: bool,
    /// Its policies.
    pub policies: Vec<PolicyStory>,
}

/// One policy.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyStory {
    /// Its name or ARN.
    pub name: String,
    /// Its statements.
    pub statements: Vec<StatementStory>,
}

/// One statement.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatementStory {
    /// Its number in the policy, from 1.
    pub number: usize,
    /// Its `Sid`.
    pub sid: Option<String>,
    /// `Allow` or `Deny`.
    pub effect: &'static str,
    /// Line on which it starts, from 1.
    pub line: u32,
    /// Column at which it starts, from 1.
    pub column: u32,
    /// Whether all of it matches the request.
    pub matches: bool,
    /// The principal element, if it has one.
    pub principal: Option<ElementStory>,
    /// The action element.
    pub action: ElementStory,
    /// The resource element, if it has one.
    pub resource: Option<ElementStory>,
    /// The lines of its condition.
    pub conditions: Vec<ConditionStory>,
}

/// One element of a statement.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ElementStory {
    /// `Action`, `NotAction`, …
    pub element: &'static str,
    /// Whether it covers the request.
    pub matches: bool,
    /// The value that made the difference: the one that matches or, in a `Not…` element, exempts.
    pub by: Option<String>,
    /// What it lists.
    pub lists: Vec<String>,
}

/// One operator and key of a condition.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConditionStory {
    /// The operator, as written.
    pub operator: String,
    /// The key, as written.
    pub key: String,
    /// Whether it holds.
    pub holds: bool,
    /// The policy's values, policy variables replaced.
    pub wants: Vec<String>,
    /// The request's values; nothing if the request does not supply the key.
    pub has: Option<Vec<String>>,
}

impl Explanation {
    /// Tells what `trace` holds. Request and policies must be those that were traced.
    #[must_use]
    pub fn new(trace: &Trace, request: &Request, around: &Surroundings) -> Option<Self> {
        let decision = trace.decision()?;
        let teller = Teller { trace, request, around, decision };
        let mut gates: Vec<&GateTrace> = trace.gates().iter().collect();
        gates.sort_by_key(|gate| (gate.gate, gate.level));
        Some(Self {
            decision: decision.verdict.name(),
            blocked_by: decision.blocked_by.iter().map(Gate::name).collect(),
            message: message::denial(decision, request, around),
            principal: request.caller().name().to_owned(),
            action: request.action().as_str().to_owned(),
            resource: request.resource().as_str().to_owned(),
            special_rule: decision.special.map(special),
            gates: gates.into_iter().map(|gate| teller.gate(gate)).collect(),
        })
    }

    /// The story as a tree of lines.
    #[must_use]
    pub fn tree(&self, options: TreeOptions) -> String {
        tree::render(self, options)
    }
}

fn special(special: Special) -> &'static str {
    match special {
        Special::NeedsNoPermission => "the action needs no permission and cannot be denied",
        Special::RootUser => "the root user has full access to its own account",
        Special::OwnedByAws => "the resource belongs to AWS, and only AWS can change it",
    }
}

struct Teller<'a> {
    trace: &'a Trace,
    request: &'a Request,
    around: &'a Surroundings,
    decision: &'a Decision,
}

impl Teller<'_> {
    fn gate(&self, gate: &GateTrace) -> GateStory {
        let levels = self.around.levels(gate.gate);
        let level = levels.get(usize::from(gate.level)).map(|level| level.name.to_string());
        let says = match gate.answer.effect {
            Some(Effect::Allow) => "allows",
            Some(Effect::Deny) => "denies",
            None => "does not allow",
        };
        let set = self.around.set(gate.gate, gate.level);
        let policies = set.map_or(&[][..], |set| set.policies());
        GateStory {
            gate: gate.gate.name(),
            level,
            says,
            blocks: self.decision.blocked_by.contains(gate.gate)
                && gate.answer.effect != Some(Effect::Allow),
            policies: (0u16..)
                .zip(policies)
                .map(|(index, policy)| self.policy(gate, index, policy))
                .collect(),
        }
    }

    fn policy(&self, gate: &GateTrace, index: u16, named: &NamedPolicy) -> PolicyStory {
        let steps = self.trace.statements(gate).iter().filter(|step| step.place.policy == index);
        let statements = steps
            .filter_map(|step| {
                let statement = named.policy.statements().get(usize::from(step.place.statement))?;
                Some(self.statement(step, statement, &named.policy))
            })
            .collect();
        PolicyStory { name: named.name.to_string(), statements }
    }

    fn statement(
        &self,
        step: &StatementTrace,
        statement: &Statement,
        policy: &Policy,
    ) -> StatementStory {
        let position = policy.position(statement.span.start);
        let lines = statement.conditions.iter().zip(self.trace.conditions(step));
        StatementStory {
            number: usize::from(step.place.statement) + 1,
            sid: statement.sid().map(str::to_owned),
            effect: statement.effect.value.as_str(),
            line: position.line,
            column: position.column,
            matches: step.matches,
            principal: statement.principal.as_ref().map(|element| principal(element, step.naming)),
            action: patterns(&statement.action, ["Action", "NotAction"], step.action),
            resource: statement
                .resource
                .as_ref()
                .map(|element| patterns(element, ["Resource", "NotResource"], step.resource)),
            conditions: lines.map(|(line, holds)| self.condition(line, *holds, policy)).collect(),
        }
    }

    fn condition(&self, line: &ConditionElement, holds: bool, policy: &Policy) -> ConditionStory {
        let context = self.request.context();
        let syntax = Syntax { wildcards: true, variables: policy.version().has_variables() };
        let wants = line
            .values
            .iter()
            .map(|value| Template::new(&value.value, syntax).expand(context))
            .collect();
        let has = context.get_named(&line.key.value);
        ConditionStory {
            operator: line.operator_name.value.to_string(),
            key: line.key.value.to_string(),
            holds,
            wants,
            has: has.map(|values| values.iter().map(str::to_owned).collect()),
        }
    }
}

fn patterns(
    element: &PatternElement,
    names: [&'static str; 2],
    coverage: Coverage,
) -> ElementStory {
    let lists: Vec<String> = element.patterns.iter().map(|value| value.value.to_string()).collect();
    let [plain, negated] = names;
    ElementStory {
        element: if element.negated { negated } else { plain },
        matches: coverage.covers,
        by: coverage.by.and_then(|index| lists.get(usize::from(index)).cloned()),
        lists,
    }
}

fn principal(element: &PrincipalElement, naming: Naming) -> ElementStory {
    let mut lists: Vec<String> = element.everyone.iter().map(|_| "*".to_owned()).collect();
    for entry in &element.entries {
        lists.extend(
            entry.values.iter().map(|value| format!("{}: {}", entry.kind.value, value.value)),
        );
    }
    let by = match naming {
        Naming::None => None,
        Naming::Account => Some("the caller's account".to_owned()),
        Naming::Entity => Some("the role or user behind the session".to_owned()),
        Naming::Direct => Some("the caller itself".to_owned()),
    };
    ElementStory {
        element: if element.negated { "NotPrincipal" } else { "Principal" },
        matches: naming > Naming::None,
        by: by.filter(|_| !element.negated),
        lists,
    }
}
