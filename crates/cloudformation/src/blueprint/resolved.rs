//! Values that Systems Manager keeps: parameters of the type `AWS::SSM::Parameter::Value<…>`, and dynamic references
//! such as `{{resolve:ssm:/aws/service/…}}`. They are looked up when an operation is asked for, as whoever acts for the
//! stack, and stay what they were until the next one.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use cloud::{Act, Caller, Fault};
use ssm::parameter::get::{GetParameters, MAX_NAMES};
use template::{Attributes, Node, Syntax};

use crate::blueprint::evaluation::{Values, World};
use crate::blueprint::{invalid, not_modelled, parameter};
use crate::stack::begin::{self, Intent};
use crate::stack::work::Actor;
use crate::stack::{StackRow, pseudo};
use crate::stack_resource::{self, Existing};

/// What parameters stand for by their name, and dynamic references by what is in their braces: `ssm:/aws/service/…`.
pub type Resolved = BTreeMap<String, String>;

/// How a dynamic reference to a parameter begins.
pub const SSM: &str = "ssm:";
/// How any dynamic reference begins.
const DYNAMIC: &str = "{{resolve:";

/// Looks up everything that `intent` needs, as the role, or as whoever calls.
///
/// # Errors
/// `ValidationError` for what there is not or what may not be read.
pub fn resolve(
    act: &mut Act<'_, '_>,
    stack: &StackRow,
    intent: &mut Intent,
    role: Option<&str>,
) -> Result<(), Fault> {
    let role = role.or(stack.role_arn.as_deref());
    let of_ssm = |name: &String| {
        let declared = intent.blueprint.document.parameter(name);
        declared.is_some_and(|it| it.kind.starts_with(parameter::SSM))
    };
    let wanted: BTreeMap<String, String> =
        intent.parameters.clone().into_iter().filter(|(name, _)| of_ssm(name)).collect();
    let (found, missing) = fetch(act, role, wanted.values().cloned().collect())?;
    if !missing.is_empty() {
        return Err(invalid(format!(
            "Unable to fetch parameters [{}] from parameter store for this account.",
            missing.join(",")
        )));
    }
    for (name, key) in wanted {
        let Some(declared) = intent.blueprint.document.parameter(&name) else { continue };
        let Some(kind) = parameter::of_ssm(&declared.kind) else { continue };
        let value = found.get(&key).cloned().unwrap_or_default();
        parameter::check_existence(&name, kind, &value, &act.ask())?;
        intent.resolved.insert(name, value);
    }
    if !intent.blueprint.text.contains(DYNAMIC) {
        return Ok(());
    }
    let references = references(act, stack, intent);
    if let Some(other) = references.iter().find(|reference| !reference.starts_with(SSM)) {
        return Err(not_modelled(&format!("dynamic references such as `{DYNAMIC}{other}}}}}`")));
    }
    let name = |reference: &String| reference.trim_start_matches(SSM).to_owned();
    let (found, missing) = fetch(act, role, references.iter().map(name).collect())?;
    if !missing.is_empty() {
        let missing: Vec<String> = missing.iter().map(|name| format!("{SSM}{name}")).collect();
        return Err(invalid(format!("Parameters: [{}] cannot be found.", missing.join(", "))));
    }
    let found = found.into_iter().map(|(name, value)| (format!("{SSM}{name}"), value));
    intent.resolved.extend(found);
    Ok(())
}

/// The values of these parameters by name, and the names of those that there are not.
fn fetch(
    act: &mut Act<'_, '_>,
    role: Option<&str>,
    names: BTreeSet<String>,
) -> Result<(Resolved, Vec<String>), Fault> {
    let (mut found, mut missing) = (Resolved::new(), Vec::new());
    if names.is_empty() {
        return Ok((found, missing));
    }
    begin::check_role(act, role)?;
    let caller = Actor::new(act.caller, role)?.caller(&act.ask())?;
    let names: Vec<String> = names.into_iter().collect();
    for names in names.chunks(MAX_NAMES) {
        let answer = fetch_some(act, &caller, names.to_vec())?;
        found.extend(answer.parameters.into_iter().map(|one| (one.name, one.value)));
        missing.extend(answer.invalid_parameters);
    }
    Ok((found, missing))
}

fn fetch_some(
    act: &mut Act<'_, '_>,
    caller: &Caller,
    names: Vec<String>,
) -> Result<ssm::parameter::get::GetParametersOutput, Fault> {
    let facts = begin::facts();
    let mut via = Act {
        tx: &mut *act.tx,
        caller: act.caller,
        now: act.now,
        region: act.region,
        secrets: act.secrets,
        entropy: &mut *act.entropy,
        facts: &facts,
        policies: act.policies,
        made: &mut *act.made,
        standpoint: act.standpoint,
    };
    via.read_as(caller, GetParameters::of(names)).map_err(|fault| {
        if fault.code == "NotImplemented" {
            return fault;
        }
        // aws-samples/sample-OpenClaw-on-AWS-with-Bedrock issue 65
        invalid(format!(
            "{} (Service: AWSSimpleSystemsManagement; Status Code: 400; Error Code: {}; Request ID: {}; Proxy: null)",
            fault.message,
            fault.code,
            act.entropy.uuid()
        ))
    })
}

/// What the dynamic references of everything that is made have in their braces, as far as it is known.
fn references(act: &Act<'_, '_>, stack: &StackRow, intent: &Intent) -> BTreeSet<String> {
    let rows: Vec<_> = stack_resource::of_stack(act.tx, stack).collect();
    let existing = |id: &str| -> Option<&Existing> {
        rows.iter().find(|row| row.logical_id == id)?.now.as_ref()
    };
    let Intent { blueprint, parameters, resolved, .. } = intent;
    let world = World {
        existing: &existing,
        view: act.tx,
        account: stack.account,
        region: &stack.region,
        resolved,
    };
    let collecting = Collecting { world, found: RefCell::default() };
    let values = Values::new(blueprint, parameters, resolved, pseudo(stack));
    let _ = values.with(blueprint, &collecting, |evaluator| {
        for resource in &blueprint.document.resources {
            let condition = resource.condition.as_ref();
            let is_made = condition.is_none_or(|name| evaluator.condition(name) != Some(false));
            if let Some(properties) = resource.properties.as_ref().filter(|_| is_made) {
                evaluator.evaluate(properties);
            }
        }
        let outputs = blueprint.document.outputs.as_ref().map(Syntax::entries).unwrap_or_default();
        for output in outputs {
            if let Some(value) = output.value.get("Value") {
                evaluator.evaluate(value);
            }
        }
    });
    collecting.found.into_inner()
}

/// A world that notes which dynamic references are asked for.
struct Collecting<'c> {
    world: World<'c>,
    found: RefCell<BTreeSet<String>>,
}

impl Attributes for Collecting<'_> {
    fn reference(&self, id: &str) -> Option<Node> {
        self.world.reference(id)
    }

    fn attribute(&self, id: &str, name: &str) -> Option<Node> {
        self.world.attribute(id, name)
    }

    fn export(&self, name: &str) -> Option<Node> {
        self.world.export(name)
    }

    fn zones(&self, region: &str) -> Option<Vec<String>> {
        self.world.zones(region)
    }

    fn dynamic(&self, reference: &str) -> Option<String> {
        self.found.borrow_mut().insert(reference.to_owned());
        None
    }
}

/// Refuses a text with dynamic references that are not modelled.
///
/// # Errors
/// `NotImplemented`
pub fn check(text: &str) -> Result<(), Fault> {
    let references = text.split(DYNAMIC).skip(1).filter_map(|rest| rest.split_once("}}"));
    match references.map(|(reference, _)| reference).find(|it| !it.starts_with(SSM)) {
        Some(other) => {
            Err(not_modelled(&format!("dynamic references such as `{DYNAMIC}{other}}}}}`")))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]
mod tests;
