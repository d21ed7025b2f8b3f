//! Orders that references leave open, while changes of IAM are on their way: IP002.

use clients::Server;
use source::Resource;

use crate::ACCOUNT;
use crate::apply::Apply;
use crate::fixture::Fixture;

/// Seeds that are tried.
const SEEDS: u64 = 6;

/// How many of the seeds end in a refusal.
fn refusals(server: &Server, fixture: &Fixture) -> u64 {
    let graph = fixture.graph();
    let mut refused = 0;
    for seed in 1..=SEEDS {
        server.control("reset", "");
        server.control("propagation", &format!("{{\"mode\": \"seed:{seed}\"}}"));
        let mut apply = Apply::new(server, &graph, fixture);
        // A workspace follows its credentials at once, as it does in a whole configuration.
        apply.deploys_at_once = true;
        let applied = apply.run_by(|resource| order(resource, seed));
        refused += u64::from(applied.is_err());
    }
    refused
}

/// Among what nothing orders Terraform has no order of its own.
fn order(resource: &Resource, seed: u64) -> usize {
    let mixed = resource.address.bytes().fold(seed, |sum, byte| {
        sum.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(u64::from(byte))
    });
    usize::from((mixed >> 40).is_multiple_of(2))
}

#[test]
fn what_nothing_orders_is_refused_under_some_seed_and_what_waits_is_not() {
    let rule = check::find("IP002").unwrap();
    let server = Server::with_workspace(&["--ephemeral", "--account", ACCOUNT]);
    let failing = Fixture::example("IP002 fail", rule.failing);
    assert!(refusals(&server, &failing) > 0);
    let passing = Fixture::example("IP002 pass", rule.passing);
    assert_eq!(refusals(&server, &passing), 0);
}
