//! Every operation of the table, called unsigned, with an unknown key, without a policy, with an explicit
//! deny, without each single permission, and with exactly what it demands.
//!
//! The inputs are in `fixtures/SERVICE.json`; an operation without one fails here by name. What an operation
//! demands it says itself, so there is nothing else to write for a new operation. The form of the file is told
//! in [`fixture`].

mod fixture;
mod holes;
mod signature;
mod world;

use cloud::table::Entry;
use cloud::testing::check_demand;
use fixture::{Case, Fixtures};
use world::{Outcome, World};

use crate::table::OPERATIONS;

/// Operations that AWS lets anybody do who has credentials, whatever policies say, with where AWS says so.
const OPEN: [(&str, &str); 2] = [
    // API reference: "No permissions are required to perform this operation", an explicit deny or not.
    ("sts", "GetCallerIdentity"),
    // User guide, "Permissions for GetSessionToken": "You cannot use policies to control authentication
    // operations."
    ("sts", "GetSessionToken"),
];

/// The user who calls, without any policy at first.
const CALLER: &str = "coverage";

/// A server in memory, for other tests.
pub(crate) fn empty_server() -> (tokio::runtime::Runtime, std::sync::Arc<crate::shared::Shared>) {
    let world = World::empty();
    (world.runtime, world.shared)
}

fn entries() -> impl Iterator<Item = &'static Entry> {
    OPERATIONS.iter().copied().flatten()
}

fn is_open(entry: &Entry) -> bool {
    OPEN.contains(&(entry.service.prefix(), entry.name))
}

/// Holds every operation to `check`, but for those in the list of holes.
fn every_operation(check: impl Fn(&'static Entry, &Case) -> Result<(), String>) {
    let fixtures = Fixtures::load();
    let mut wrong = Vec::new();
    for entry in entries() {
        let name = format!("{}:{}", entry.service.prefix(), entry.name);
        let result = match fixtures.find(entry) {
            Some(case) => check(entry, case),
            None => Err(format!("has no input in fixtures/{}.json", entry.service.prefix())),
        };
        match result {
            Err(text) if !holes::LIST.contains(&name.as_str()) => {
                wrong.push(format!("{name} {text}"))
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{} operations:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn fixtures_are_of_operations_that_exist() {
    let fixtures = Fixtures::load();
    let known: Vec<String> =
        entries().map(|entry| format!("{}:{}", entry.service.prefix(), entry.name)).collect();
    let unknown: Vec<&String> = fixtures.names().filter(|name| !known.contains(name)).collect();
    assert!(unknown.is_empty(), "not in the table: {unknown:?}");
    for hole in holes::LIST {
        assert!(known.iter().any(|name| name == hole), "not in the table: {hole}");
    }
}

#[test]
fn nobody_calls_without_a_name() {
    every_operation(signature::check);
}

#[test]
fn nobody_calls_without_permission() {
    every_operation(|entry, case| {
        let world = World::new(case)?;
        let demands = world.demands(entry, case)?;
        if case.is_anonymous() {
            return check_anonymous(&world, entry, case);
        }
        if is_open(entry) {
            world.run(entry, &case.input).expect_reached(case, "without a policy")?;
            world.allow_but(&[], &["*"]);
            return world.run(entry, &case.input).expect_reached(case, "with everything denied");
        }
        if demands.is_empty() {
            return Err("demands nothing, and no documentation says that anybody may".to_owned());
        }
        world.run(entry, &case.input).expect_denied("without a policy")?;
        for left_out in 0..demands.len() {
            // The same action on the same resource may be demanded twice, such as for two tags.
            let rest = demands.iter().filter(|demand| **demand != demands[left_out]);
            let rest: Vec<_> = rest.cloned().collect();
            world.allow(&rest);
            let without = format!("without {:?}", demands[left_out]);
            world.run(entry, &case.input).expect_denied(&without)?;
        }
        for (action, _) in &demands {
            world.allow_but(&demands, &[action]);
            let outcome = world.run(entry, &case.input);
            outcome.expect_denied(&format!("with a deny of {action}"))?;
            outcome.expect_explicit(entry.service)?;
        }
        world.allow(&demands);
        world.run(entry, &case.input).expect_reached(case, &format!("with exactly {demands:?}"))
    });
}

/// Whoever has no credentials is let in by a role's trust policy alone.
fn check_anonymous(world: &World, entry: &Entry, case: &Case) -> Result<(), String> {
    for (what, input) in &case.refused {
        world.run(entry, input).expect_denied(what)?;
    }
    if case.refused.len() < 2 {
        return Err("needs inputs that are not allowed and that are denied".to_owned());
    }
    world.run(entry, &case.input).expect_reached(case, "as it is trusted")
}

#[test]
fn demands_are_what_aws_documents() {
    every_operation(|entry, case| {
        let world = World::new(case)?;
        for demand in world.full_demands(entry, case)? {
            let check = std::panic::AssertUnwindSafe(|| check_demand(&demand));
            std::panic::catch_unwind(check).map_err(|_| format!("demands {demand:?}"))?;
        }
        Ok(())
    });
}

/// That the checks can fail.
#[test]
fn a_hole_would_be_found() {
    let case = Case::default();
    assert!(Outcome::Done.expect_denied("without a policy").is_err());
    assert!(Outcome::Denied("because …".to_owned()).expect_reached(&case, "allowed").is_err());
    assert!(Outcome::Failed("NoSuchEntity".to_owned()).expect_denied("without a policy").is_err());
    assert!(Outcome::Failed("NoSuchEntity".to_owned()).expect_reached(&case, "allowed").is_err());
    assert!(Outcome::Done.expect_reached(&case, "allowed").is_ok());
}
