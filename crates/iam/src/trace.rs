//! What every statement had to say to a request, as plain data without text: a trace costs a few
//! nanoseconds a statement and is read, where needed, through [`crate::explain`].

use crate::decision::{Decision, Gate};
use crate::policy_set::{Answer, PolicySet, StatementRef};
use crate::principal::Naming;
use crate::request::Request;
use crate::statement::Coverage;

/// The steps of one decision. Reused from decision to decision, it stops allocating.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    pub(crate) gates: Vec<GateTrace>,
    pub(crate) statements: Vec<StatementTrace>,
    /// One for each line of a statement's `Condition`: whether it holds.
    pub(crate) conditions: Vec<bool>,
    pub(crate) decision: Option<Decision>,
}

/// One set of policies that was asked.
#[derive(Debug, Clone, Copy)]
pub struct GateTrace {
    /// The gate.
    pub gate: Gate,
    /// The level of the organization, for service and resource control policies.
    pub level: u16,
    /// What it said.
    pub answer: Answer,
    statements: (u32, u32),
}

/// One statement that was considered.
#[derive(Debug, Clone, Copy)]
pub struct StatementTrace {
    /// Which one.
    pub place: StatementRef,
    /// How it names the caller.
    pub naming: Naming,
    /// Whether its `Action` or `NotAction` covers the request.
    pub action: Coverage,
    /// Whether its `Resource` or `NotResource` does.
    pub resource: Coverage,
    /// Whether all of it matches.
    pub matches: bool,
    conditions: (u32, u32),
}

impl Trace {
    /// An empty trace.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The decision that the trace is of.
    #[must_use]
    pub fn decision(&self) -> Option<&Decision> {
        self.decision.as_ref()
    }

    /// The sets of policies in the order in which they were asked.
    #[must_use]
    pub fn gates(&self) -> &[GateTrace] {
        &self.gates
    }

    /// The statements of a gate, in their order.
    #[must_use]
    pub fn statements(&self, gate: &GateTrace) -> &[StatementTrace] {
        slice(&self.statements, gate.statements)
    }

    /// Whether each line of the statement's `Condition` holds, in the order of
    /// [`crate::policy::Statement::conditions`].
    #[must_use]
    pub fn conditions(&self, statement: &StatementTrace) -> &[bool] {
        slice(&self.conditions, statement.conditions)
    }

    pub(crate) fn clear(&mut self) {
        self.gates.clear();
        self.statements.clear();
        self.conditions.clear();
        self.decision = None;
    }

    /// Asks every statement of `set`, in order, and keeps what it says.
    pub(crate) fn ask(
        &mut self,
        gate: Gate,
        level: u16,
        set: &PolicySet,
        request: &Request,
        bounded: bool,
    ) -> Answer {
        let mut answer = Answer::SILENT;
        let first_statement = count(&self.statements);
        for (place, statement) in set.statements() {
            let first_condition = count(&self.conditions);
            let naming = statement.naming(request, bounded);
            let action = statement.actions.covers_action(request.action());
            let resource = statement.covers_resource(request);
            let mut matches = naming > Naming::None && action.covers && resource.covers;
            for condition in statement.conditions() {
                let holds = condition.holds(request.context());
                matches &= holds;
                self.conditions.push(holds);
            }
            if matches {
                answer.add(statement.effect, *place, naming);
            }
            let conditions = (first_condition, count(&self.conditions));
            let place = *place;
            self.statements.push(StatementTrace {
                place,
                naming,
                action,
                resource,
                matches,
                conditions,
            });
        }
        let statements = (first_statement, count(&self.statements));
        self.gates.push(GateTrace { gate, level, answer, statements });
        answer
    }
}

fn count<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}

fn slice<T>(list: &[T], (from, to): (u32, u32)) -> &[T] {
    list.get(from as usize..to as usize).unwrap_or_default()
}
