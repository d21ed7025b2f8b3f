//! What a template makes with certain parameters: which resources, in which order.

use std::collections::{BTreeMap, BTreeSet};

use cloud::Fault;
use template::{Attributes, Kind as SyntaxKind, Syntax};

use crate::blueprint::evaluation::Values;
use crate::blueprint::{Blueprint, format_error, invalid, not_modelled};
use crate::stack_resource::Retention;

/// A resource that is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// Its logical id.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// The resources that it waits for.
    pub needs: BTreeSet<String>,
    /// What becomes of it when it leaves the stack.
    pub deletion: Retention,
    /// What becomes of it when it is replaced.
    pub replacement: Retention,
}

/// What is made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// The resources.
    pub resources: Vec<Planned>,
    /// The exports of other stacks that are used.
    pub imports: BTreeSet<String>,
}

/// What `blueprint` makes.
///
/// # Errors
/// `ValidationError` for what is wrong with these values: cycles, references to resources that are not made.
pub fn plan(
    blueprint: &Blueprint,
    values: &Values,
    attributes: &dyn Attributes,
) -> Result<Plan, Fault> {
    let document = &blueprint.document;
    let (outcome, _) = values.with(blueprint, attributes, |evaluator| -> Result<Plan, Fault> {
        let mut plan = Plan::default();
        for resource in &document.resources {
            let condition = resource.condition.as_ref();
            if condition.is_some_and(|name| evaluator.condition(name) == Some(false)) {
                continue;
            }
            evaluator.take_references();
            if let Some(properties) = &resource.properties {
                evaluator.evaluate(properties);
            }
            let mut needs = evaluator.take_references();
            needs.extend(resource.depends_on.iter().map(ToString::to_string));
            plan.resources.push(Planned {
                id: resource.id.to_string(),
                kind: resource.kind.to_string(),
                needs,
                deletion: retention(&resource.id, &resource.body, "DeletionPolicy")?,
                replacement: retention(&resource.id, &resource.body, "UpdateReplacePolicy")?,
            });
        }
        // Outputs refer to resources that are made, too.
        let mut of_outputs = BTreeSet::new();
        for output in document.outputs.as_ref().map(Syntax::entries).unwrap_or_default() {
            let condition = output.value.get("Condition").and_then(Syntax::as_str);
            if condition.is_some_and(|name| evaluator.condition(name) == Some(false)) {
                continue;
            }
            evaluator.take_references();
            for part in ["Value", "Export"].iter().filter_map(|name| output.value.get(name)) {
                evaluator.evaluate(part);
            }
            of_outputs.extend(evaluator.take_references());
        }
        check_made(&plan, &of_outputs)?;
        Ok(plan)
    });
    let mut plan = outcome?;
    let (imports, _) = values.with(blueprint, attributes, |evaluator| {
        let mut found = BTreeSet::new();
        let resources = document
            .resources
            .iter()
            .filter(|resource| plan.resources.iter().any(|planned| *planned.id == *resource.id));
        let pieces = resources.filter_map(|resource| resource.properties.as_ref());
        for piece in pieces.chain(document.outputs.as_ref()) {
            imports(piece, &mut |argument| {
                let name = evaluator.evaluate(argument);
                found.extend(name.as_str().map(str::to_owned));
            });
        }
        found
    });
    plan.imports = imports;
    check_cycles(&plan)?;
    Ok(plan)
}

/// The policy of a resource's body.
///
/// # Errors
/// `ValidationError`; `NotImplemented` for snapshots.
pub fn retention(id: &str, body: &Syntax, policy: &str) -> Result<Retention, Fault> {
    let Some(given) = body.get(policy) else { return Ok(Retention::Delete) };
    match given.as_str() {
        Some("Delete") => Ok(Retention::Delete),
        Some("Retain") => Ok(Retention::Retain),
        Some("RetainExceptOnCreate") if policy == "DeletionPolicy" => {
            Ok(Retention::RetainExceptOnCreate)
        }
        Some("Snapshot") => Err(not_modelled(&format!("the {policy} `Snapshot`"))),
        Some(other) => {
            Err(format_error(&format!("Unrecognized {policy} {other} for resource {id}")))
        }
        None => Err(format_error(&format!("Every {policy} member must be a string."))),
    }
}

/// A resource whose condition does not hold cannot be referred to.
fn check_made(plan: &Plan, of_outputs: &BTreeSet<String>) -> Result<(), Fault> {
    let is_made = |id: &String| plan.resources.iter().any(|planned| planned.id == *id);
    let missing = |needs: &mut dyn Iterator<Item = &String>| {
        let missing: BTreeSet<&str> = needs.filter(|id| !is_made(id)).map(String::as_str).collect();
        missing.into_iter().collect::<Vec<_>>().join(", ")
    };
    let blocks = [
        ("Resources", missing(&mut plan.resources.iter().flat_map(|planned| &planned.needs))),
        ("Outputs", missing(&mut of_outputs.iter())),
    ];
    for (block, missing) in blocks {
        if !missing.is_empty() {
            return Err(format_error(&format!(
                "Unresolved resource dependencies [{missing}] in the {block} block of the template"
            )));
        }
    }
    Ok(())
}

fn check_cycles(plan: &Plan) -> Result<(), Fault> {
    let mut left: BTreeMap<&str, &BTreeSet<String>> =
        plan.resources.iter().map(|planned| (planned.id.as_str(), &planned.needs)).collect();
    loop {
        let ready: Vec<&str> = left
            .iter()
            .filter(|(_, needs)| !needs.iter().any(|id| left.contains_key(id.as_str())))
            .map(|(id, _)| *id)
            .collect();
        if ready.is_empty() {
            break;
        }
        for id in ready {
            left.remove(id);
        }
    }
    if left.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = left.into_keys().collect();
    Err(invalid(format!("Circular dependency between resources: [{}]", ids.join(", "))))
}

/// The arguments of all `Fn::ImportValue` in a piece.
fn imports(syntax: &Syntax, found: &mut dyn FnMut(&Syntax)) {
    match &syntax.kind {
        SyntaxKind::List(elements) => elements.iter().for_each(|it| imports(it, found)),
        SyntaxKind::Map(entries) => entries.iter().for_each(|it| imports(&it.value, found)),
        SyntaxKind::Call(name, argument) if &**name == "Fn::ImportValue" => found(argument),
        SyntaxKind::Call(_, argument) => imports(argument, found),
        _ => {}
    }
}
