//! An [`Explanation`] as a tree of lines that a person reads at a glance.

use super::{ConditionStory, ElementStory, Explanation, GateStory, StatementStory};
use crate::catalog;

/// How much is shown, and how.
#[derive(Debug, Clone, Copy, Default)]
pub struct TreeOptions {
    /// Also statements on other actions, which are counted otherwise.
    pub all: bool,
    /// With terminal colours.
    pub colour: bool,
}

/// The most values of a list that are shown.
const MAX_LISTED: usize = 4;

const GREEN: &str = "32";
const RED: &str = "31";
const DIM: &str = "2";
const BOLD: &str = "1";

pub(super) fn render(story: &Explanation, options: TreeOptions) -> String {
    let mut out = Tree { options, out: String::new() };
    for (index, gate) in story.gates.iter().enumerate() {
        out.gate(gate, index + 1 == story.gates.len());
    }
    if let Some(rule) = story.special_rule {
        out.line("", &format!("rule: {rule}"));
    }
    out.out
}

struct Tree {
    options: TreeOptions,
    out: String,
}

impl Tree {
    fn gate(&mut self, gate: &GateStory, last: bool) {
        let (branch, below) = branches(last);
        let mark = match (gate.says, gate.blocks) {
            ("allows", _) => self.mark(true),
            ("denies", _) | (_, true) => self.mark(false),
            _ => self.paint(DIM, "·"),
        };
        let level = gate.level.as_ref().map_or_else(String::new, |level| format!(" of {level}"));
        let name = full_name(gate.gate);
        // "policies allow", but "the boundary allows".
        let (does, ending) = if name.ends_with("policies") { ("do", "") } else { ("does", "s") };
        let says = match (gate.says, gate.blocks) {
            ("allows", _) => format!("allow{ending} it"),
            ("denies", _) => format!(
                "{}: the request stops here",
                if ending == "s" { "denies it" } else { "deny it" }
            ),
            (_, true) => format!("{does} not allow it: the request stops here"),
            _ => format!("{does} not allow it, and need not"),
        };
        let name = self.paint(BOLD, name);
        self.line(branch, &format!("{mark} {name}{level} {says}"));
        if gate.policies.is_empty() {
            self.line(&format!("{below}└─ "), "no policy");
        }
        for (index, policy) in gate.policies.iter().enumerate() {
            let (branch, deeper) = branches(index + 1 == gate.policies.len());
            self.line(&format!("{below}{branch}"), &policy.name);
            self.statements(&policy.statements, &format!("{below}{deeper}"));
        }
    }

    fn statements(&mut self, statements: &[StatementStory], indent: &str) {
        let (shown, hidden): (Vec<_>, Vec<_>) =
            statements.iter().partition(|statement| self.options.all || statement.action.matches);
        for (index, statement) in shown.iter().enumerate() {
            let last = index + 1 == shown.len() && hidden.is_empty();
            self.statement(statement, indent, last);
        }
        if !hidden.is_empty() {
            let count = hidden.len();
            let noun = if count == 1 { "statement" } else { "statements" };
            let text = self.paint(DIM, &format!("{count} {noun} on other actions"));
            self.line(&format!("{indent}└─ "), &text);
        }
    }

    fn statement(&mut self, statement: &StatementStory, indent: &str, last: bool) {
        let (branch, below) = branches(last);
        let name = statement.sid.as_ref().map_or_else(String::new, |sid| format!(" `{sid}`"));
        let place = self.paint(DIM, &format!("line {}", statement.line));
        let verdict = if statement.matches { "matches" } else { "does not match" };
        let mark = match (statement.matches, statement.effect) {
            (true, "Deny") => self.mark(false),
            (true, _) => self.mark(true),
            (false, _) => self.paint(DIM, "·"),
        };
        let text =
            format!("{mark} {} {}{name} {verdict}, {place}", statement.effect, statement.number);
        self.line(&format!("{indent}{branch}"), &text);
        let mut details: Vec<(bool, String)> = Vec::new();
        let elements =
            [statement.principal.as_ref(), Some(&statement.action), statement.resource.as_ref()];
        details.extend(elements.into_iter().flatten().map(element));
        details.extend(statement.conditions.iter().map(condition));
        for (index, (holds, text)) in details.iter().enumerate() {
            let (branch, _) = branches(index + 1 == details.len());
            let mark = self.mark(*holds);
            self.line(&format!("{indent}{below}{branch}"), &format!("{mark} {text}"));
        }
    }

    fn mark(&self, good: bool) -> String {
        if good { self.paint(GREEN, "✓") } else { self.paint(RED, "✗") }
    }

    fn paint(&self, colour: &str, text: &str) -> String {
        if self.options.colour {
            format!("\u{1b}[{colour}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    fn line(&mut self, indent: &str, text: &str) {
        self.out.push_str(indent);
        self.out.push_str(text);
        self.out.push('\n');
    }
}

fn branches(last: bool) -> (&'static str, &'static str) {
    if last { ("└─ ", "   ") } else { ("├─ ", "│  ") }
}

fn full_name(gate: &str) -> &'static str {
    match gate {
        "scp" => "service control policies",
        "rcp" => "resource control policies",
        "identity" => "identity policies",
        "boundary" => "permissions boundary",
        "session" => "session policies",
        "resource" => "resource policy",
        "trust" => "trust policy",
        _ => "VPC endpoint policy",
    }
}

fn element(element: &ElementStory) -> (bool, String) {
    let name = element.element;
    let text = match (&element.by, element.matches) {
        (Some(by), true) => format!("{name} {by}"),
        (Some(by), false) => format!("{name} leaves out {by}"),
        (None, _) => format!("{name} {}", list(&element.lists)),
    };
    (element.matches, text)
}

fn condition(condition: &ConditionStory) -> (bool, String) {
    let has = match condition.has.as_deref() {
        None => "the request does not supply it".to_owned(),
        Some([]) => "the request supplies it without a value".to_owned(),
        Some(values) => format!("the request has {}", list(values)),
    };
    let ConditionStory { operator, key, holds, wants, .. } = condition;
    let is_plain = !operator.contains(':') && operator != "Null";
    let needs = if is_plain && !holds && condition.has.is_some() && catalog::is_global_list(key) {
        ", a list, which needs ForAnyValue: or ForAllValues:"
    } else {
        ""
    };
    (*holds, format!("{operator} {key}: {}; {has}{needs}", list(wants)))
}

fn list(values: &[String]) -> String {
    let mut text =
        values.iter().take(MAX_LISTED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if values.len() > MAX_LISTED {
        text.push_str(&format!(" and {} more", values.len() - MAX_LISTED));
    }
    if values.is_empty() { "(nothing)".to_owned() } else { text }
}
