//! What `rolecall why` says: the same document, from the control API.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::world::World;

/// A call that AWS denied.
#[derive(Debug)]
pub(crate) struct Denied {
    /// Such as `ec2:RunInstances`.
    pub(crate) operation: String,
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) decision: String,
    /// The smallest change that would allow it.
    pub(crate) remedy: Vec<String>,
}

/// The denials of a request, wherever in the chain of its calls.
pub(crate) fn denied(world: &World, request_id: &str) -> Vec<Denied> {
    let told = world.get(&format!("/_rolecall/decisions/{request_id}")).json();
    let mut found = Vec::new();
    walk(&told, &mut |call| {
        if call["outcome"] == "denied" {
            found.push(read(call));
        }
    });
    found
}

fn walk<'v>(told: &'v Value, visit: &mut impl FnMut(&'v Value)) {
    for call in told["calls"].as_array().into_iter().flatten() {
        visit(call);
        walk(call, visit);
    }
}

fn read(call: &Value) -> Denied {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let story = &call["story"];
    let change = |change: &Value| match &change["json"] {
        Value::Null => text(&change["text"]),
        json => format!("{} {json}", text(&change["text"])),
    };
    let remedy = story["remedies"][0]["changes"].as_array().into_iter().flatten();
    Denied {
        operation: text(&call["operation"]),
        action: text(&story["action"]),
        resource: text(&story["resource"]),
        decision: text(&story["decision"]),

        remedy: remedy.map(change).collect(),
    }
}

/// Every action that a role was asked for so far.
pub(crate) fn actions_asked(world: &World) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for listed in world.get("/_rolecall/decisions").json().as_array().unwrap() {
        let id = listed["requestId"].as_str().unwrap();
        let told = world.get(&format!("/_rolecall/decisions/{id}")).json();
        walk(&told, &mut |call| {
            let met = call["met"].as_array().into_iter().flatten().map(|met| &met["action"]);
            let actions = met.chain([&call["story"]["action"]]);
            found.extend(actions.filter_map(Value::as_str).map(str::to_owned));
        });
    }
    found
}
