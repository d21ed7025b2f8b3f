//! IP000: what IAM would not store, or what cannot mean what it says.

use iam::accept::Malformed;
use iam::diagnostic::Severity as Weight;
use iam::{Policy, PolicyKind, accept, lint};
use template::{Place, Text};

use crate::document::Document;
use crate::finding::{Finding, Severity};
use crate::rule::{Oracle, Rule};
use crate::world::World;

pub(crate) static RULE: Rule = Rule {
    id: "IP000",
    name: "policy-document",
    summary: "a policy document that IAM refuses, or that cannot mean what it says",
    severity: Severity::Error,
    what: "Every policy document of the code, and every document given on its own, is read as IAM reads it. What IAM \
           would refuse is an error. What it stores and what can have no effect (an action that its service does not \
           have, a value that a condition cannot read) is a warning. The same is asked by `rolecall validate`.",
    why: "IAM checks the form of a document when it is stored, so the mistake shows in the middle of an apply. \
          What it does not check, such as the spelling of an action, shows only as a denial, much later.",
    error: "MalformedPolicyDocument: Syntax errors in policy.",
    failing: r#"
resource "aws_iam_policy" "read" {
  name = "read"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "allow", Action = "s3:GetObject", Resource = "*" }]
  })
}
"#,
    passing: r#"
resource "aws_iam_policy" "read" {
  name = "read"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::data/*" }]
  })
}
"#,
    references: &[
        "IAM user guide: IAM JSON policy reference",
        "IAM API reference: MalformedPolicyDocument",
    ],
    oracle: Oracle::ApplyRefused,
    unseen_in: &[],
    check,
};

/// Lints that other rules tell in words of their own, or that are a matter of taste in code.
const TOLD_ELSEWHERE: [&str; 6] = [
    "pass-role-on-any-role",
    "action-without-resource",
    "resource-without-action",
    "missing-version",
    "redundant-pattern",
    "open-trust",
];

fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    for document in world.documents() {
        of_document(world, &document, found);
    }
}

fn of_document(world: &World<'_>, document: &Document, found: &mut Vec<Finding>) {
    if document.tree.first_hole().is_some_and(|_| !is_resolved(world, &document.tree)) {
        return;
    }
    let kind = name_of(document.kind);
    if let Some(text) = document.tree.as_str() {
        found.extend(not_json(world, document, text, kind));
        return;
    }
    let written = world.written(document);
    if let Err(refused) = accepted(world, document, written.text.as_bytes()) {
        let place = written.place(refused.span.start, refused.span.end).unwrap_or(document.place);
        found.push(
            Finding::new(
                &RULE,
                Severity::Error,
                place,
                format!("IAM refuses this {kind}: {}", refused.message),
            )
            .advise(refused.hint.clone()),
        );
        return;
    }
    let Ok(policy) = Policy::parse(written.text.as_bytes(), document.kind) else { return };
    for finding in lint::check(&policy) {
        let counts = finding.severity == Weight::Error || finding.code == "unknown-action";
        if !counts || TOLD_ELSEWHERE.contains(&finding.code) {
            continue;
        }
        let place = written.place(finding.span.start, finding.span.end).unwrap_or(document.place);
        let mut told = Finding::new(&RULE, Severity::Warning, place, finding.message.clone());
        told = told.because(format!("`rolecall validate` calls this `{}`", finding.code));
        if let Some(help) = &finding.help {
            told = told.advise(help.clone());
        }
        found.push(told);
    }
}

/// Managed policies have to state the current version, others need not.
fn accepted(world: &World<'_>, document: &Document, text: &[u8]) -> Result<(), Malformed> {
    let owner = world.graph.resource(&document.name).map(|owner| &*owner.kind);
    match owner {
        Some("aws_iam_policy" | "AWS::IAM::ManagedPolicy") => accept::check_managed(text),
        _ => accept::check(text, document.kind),
    }
    .map(drop)
}

/// A text that is no JSON, with the place of the mistake if the text stands in the file as it is.
fn not_json(world: &World<'_>, document: &Document, text: &str, kind: &str) -> Option<Finding> {
    let refused = accepted(world, document, text.as_bytes()).err()?;
    let at = world.graph.sources.at(document.place).find(text.trim_end());
    let place = at.and_then(|at| u32::try_from(at).ok()).map(|at| {
        let start = document.place.start + at;
        let (from, to) = (start + refused.span.start, start + refused.span.end);
        Place { start: from, end: to.min(document.place.end), ..document.place }
    });
    let message = format!("IAM refuses this {kind}: {}", refused.message);
    let finding = Finding::new(&RULE, Severity::Error, place.unwrap_or(document.place), message);
    Some(finding.label(refused.hint))
}

fn is_resolved(world: &World<'_>, node: &template::Node) -> bool {
    use template::Value;
    match &node.value {
        Value::Hole(id) => world.resolve(*id).is_some(),
        Value::Text(text) => world.is_resolved(text),
        Value::List(nodes) => nodes.iter().all(|node| is_resolved(world, node)),
        Value::Map(entries) => entries.iter().all(|(key, node)| {
            let key: &Text = key;
            world.is_resolved(key) && is_resolved(world, node)
        }),
        _ => true,
    }
}

fn name_of(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Trust => "trust policy",
        PolicyKind::Resource => "resource policy",
        PolicyKind::ServiceControl => "service control policy",
        _ => "policy",
    }
}
