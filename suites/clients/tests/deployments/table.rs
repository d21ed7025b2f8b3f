//! The table: a row for each thing that a policy can lack.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::Value;

use crate::life::{self, Failure};
use crate::policy::{Kind, actions, statements, without_action, without_statement};
use crate::told::{self, Denied};
use crate::world::World;

/// What becomes of a deployment without each part of `policy`.
pub(crate) fn table(world: &World, policy: &Value) -> String {
    world.begin_again();
    world.allow(policy);
    let outcome = life::live(world);
    assert!(outcome.is_ok(), "with all of the policy: {outcome:?}");
    let asked = told::actions_asked(world);
    let mut out = String::new();
    let (used, unused): (BTreeSet<String>, BTreeSet<String>) =
        actions(policy).into_iter().partition(|action| asked.contains(action));
    // The other policies have a statement beside the one for the role of Spot Instances.
    if world.kind == Kind::Restricted {
        let mut sids: Vec<&str> =
            statements(policy).iter().map(|it| it["Sid"].as_str().unwrap()).collect();
        sids.sort_unstable();
        for sid in sids {
            row(world, &format!("statement {sid}"), &without_statement(policy, sid), &mut out);
        }
    }
    for action in used {
        row(world, &action, &without_action(policy, &action), &mut out);
    }
    let _ = writeln!(out, "Not asked for by any of this:");
    for action in unused {
        let _ = writeln!(out, "  {action}");
    }
    out
}

fn row(world: &World, name: &str, policy: &Value, out: &mut String) {
    world.begin_again();
    world.allow(policy);
    let _ = writeln!(out, "without {name}");
    match life::live(world) {
        Ok(()) => {
            let _ = writeln!(out, "  everything works all the same");
        }
        Err(failure) => {
            let denied = told::denied(world, &failure.request_id);
            write(world, &failure, &denied, out);
        }
    }
    out.push('\n');
}

fn write(world: &World, failure: &Failure, denied: &[Denied], out: &mut String) {
    let Failure { place, code, text, .. } = failure;
    let _ = writeln!(out, "  {place}: {code}\n    {}", plain(world, text));
    for call in denied {
        let Denied { operation, action, resource, decision, remedy, .. } = call;
        let what = if operation == action { String::new() } else { format!("{action} ") };
        let resource = plain(world, resource);
        let _ = writeln!(out, "  why: {operation}, {decision}: {what}on {resource}");
        for change in remedy {
            let _ = writeln!(out, "    mend: {}", plain(world, change));
        }
    }
}

/// Without what is another each time.
fn plain(world: &World, text: &str) -> String {
    let text = without_sealed(text);
    let text = text
        .replace(&world.vpc_id, "vpc-VPC")
        .replace(&world.group_id, "sg-GROUP")
        .replace(&world.subnet_ids[0], "subnet-ONE")
        .replace(&world.subnet_ids[1], "subnet-TWO");
    let is_of_id = |c: char| c.is_ascii_alphanumeric() || c == '-';
    text.split_inclusive(|c: char| !is_of_id(c))
        .map(|part| {
            let word = part.trim_end_matches(|c: char| !is_of_id(c));
            let id = word.rsplit_once('-').filter(|(_, digits)| {
                digits.len() >= 8 && digits.chars().all(|c| c.is_ascii_hexdigit())
            });
            match id {
                Some((kind, digits)) => {
                    part.replace(&format!("{kind}-{digits}"), &format!("{kind}-…"))
                }
                None => part.to_owned(),
            }
        })
        .collect()
}

/// Without EC2's encoded messages.
fn without_sealed(text: &str) -> String {
    const SEALED: &str = "Encoded authorization failure message: ";
    let mut parts = text.split(SEALED);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && !"-_=".contains(c));
        out.push_str(SEALED);
        out.push('…');
        out.push_str(part.get(end.unwrap_or(part.len())..).unwrap_or_default());
    }
    out
}
