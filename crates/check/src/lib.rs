//! The mistakes of the chain from role to cluster, found in code before anything is applied.
//!
//! [`run`] holds every rule of [`RULES`] against a graph of `source`. A rule is one file of `rules/`: what it looks
//! for, why that fails, an example that fails and one that does not, and the check itself. [`World`] is what rules
//! look at: roles, profiles and who uses them, by whatever language they were written in. Where a decision matters
//! rules ask the policy engine ([`World::ask`]), twice where something is unknown: as if every unknown were in
//! favour, and as if none were. Only what fails either way is an error.

mod answer;
mod chain;
mod document;
mod entity;
mod finding;
mod page;
mod resolve;
mod role;
mod rule;
mod rules;
mod suppression;
mod told;
mod trust;
mod usage;
mod world;

pub use finding::{Edit, Finding, Fix, Severity, Step};
pub use page::page;
pub use rule::{Language, Oracle, RULES, Rule, find};
pub use suppression::{Suppression, suppressions};
pub use world::{Extra, World};

use source::Graph;

/// Everything that the rules find in `graph`, in the order of files and lines.
#[must_use]
pub fn run(graph: &Graph, extra: &Extra) -> Vec<Finding> {
    let world = World::new(graph, extra);
    let mut found = Vec::new();
    for rule in RULES {
        (rule.check)(&world, &mut found);
    }
    found.retain(|finding| !world.is_of_account(finding.place));
    // What another rule tells about the same place, it tells better.
    let told: Vec<_> = found.iter().filter(|it| it.rule.id != "IP000").map(|it| it.place).collect();
    found.retain(|finding| finding.rule.id != "IP000" || !told.contains(&finding.place));
    found.sort_by(|one, other| {
        let key = |finding: &Finding| (finding.place.file, finding.place.start, finding.rule.id);
        key(one).cmp(&key(other)).then_with(|| one.message.cmp(&other.message))
    });
    found.dedup_by(|one, other| {
        one.rule.id == other.rule.id && one.place == other.place && one.message == other.message
    });
    let mut found = told::folded(found);
    if !world.account_is_known {
        found.iter_mut().for_each(told::without_account);
    }
    found
}
