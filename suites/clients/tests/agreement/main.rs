//! Agreement: what `rolecall check` says of the fixtures is what a server does.
//!
//! Every fixture of a rule, in whatever language, is applied by the calls that Terraform's providers and
//! CloudFormation make, in an order that its references allow; then what it is for is asked for: credentials on an
//! instance, a workspace, a warehouse, a probe of a location. A finding of severity error must end in the refusal
//! that its rule names, and code without one in none.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod actions;
mod apply;
mod catalog;
mod cloud;
mod databricks;
mod fixture;
mod iam;
mod purpose;
mod race;
mod resources;
mod scp;

use std::sync::Mutex;

use check::{Extra, Oracle, Severity};
use clients::Server;

use apply::Apply;
use fixture::Fixture;

/// The AWS account of the fixtures.
const ACCOUNT: &str = "123456789012";

/// As many as there are processors on the smallest machine that runs this.
const SERVERS: usize = 2;

/// What cannot be applied: plans that do not hold the documents that they would apply, and keys, which rolecall has no
/// service for.
const NOT_APPLIED: [&str; 4] =
    ["IP007 fail.plan.json", "IP007 pass.plan.json", "IP011 fail-kms.yaml", "IP011 pass-kms.yaml"];

/// What became of a fixture.
#[derive(Debug, Default)]
struct Outcome {
    /// What was refused while it was applied.
    apply: Option<String>,
    /// What was refused afterwards, by the rule that it is the oracle of.
    purpose: Vec<(&'static str, String)>,
}

#[test]
fn what_is_an_error_is_refused_and_what_is_clean_is_not() {
    let fixtures = Mutex::new(Fixture::all());
    let total = fixtures.lock().unwrap().len();
    let told = Mutex::new((String::new(), 0, 0, Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..SERVERS {
            scope.spawn(|| {
                let server = Server::with_workspace(&["--ephemeral", "--account", ACCOUNT]);
                loop {
                    let Some(fixture) = fixtures.lock().unwrap().pop() else { break };
                    let judged = judge(&server, &fixture);
                    let mut told = told.lock().unwrap();
                    let Some((wrong, is_error)) = judged else {
                        told.3.push(fixture.name);
                        continue;
                    };
                    told.0.push_str(&wrong);
                    *(if is_error { &mut told.1 } else { &mut told.2 }) += 1;
                }
            });
        }
    });
    let (wrong, errors, others, mut not_applied) = told.into_inner().unwrap();
    assert!(wrong.is_empty(), "{wrong}");
    println!(
        "{total} fixtures: {errors} with errors and {others} without agree, {} cannot be applied",
        not_applied.len()
    );
    assert_eq!(errors + others + not_applied.len(), total);
    assert!(errors >= 25 && others >= 55, "{errors} with errors, {others} without");
    not_applied.sort();
    assert_eq!(not_applied, NOT_APPLIED);
}

/// Applies a fixture; says what does not agree, and whether it has an error. `None` if it cannot be applied.
fn judge(server: &Server, fixture: &Fixture) -> Option<(String, bool)> {
    let graph = fixture.graph();
    let findings = check::run(&graph, &Extra::default());
    let errors: Vec<_> = findings.iter().filter(|it| it.severity == Severity::Error).collect();
    server.control("reset", "");
    let mut apply = Apply::new(server, &graph, fixture);
    if !apply.is_whole() || graph.of_kind("AWS::KMS::Key").next().is_some() {
        return None;
    }
    let mut outcome = Outcome { apply: apply.run().err(), purpose: Vec::new() };
    if outcome.apply.is_none() {
        outcome.purpose = apply.purposes();
    }
    let name = &fixture.name;
    let mut wrong = String::new();
    for error in &errors {
        let agrees = match error.rule.oracle {
            Oracle::ApplyRefused => outcome.apply.is_some(),
            Oracle::RequestRefused(_) => {
                outcome.purpose.iter().any(|(rule, _)| *rule == error.rule.id)
            }
            Oracle::ApplyRefusedWhilePropagating | Oracle::None(_) => false,
        };
        if !agrees {
            wrong.push_str(&format!("{name}: {}, and {outcome:?}\n", error.message));
        }
    }
    if errors.is_empty() && (outcome.apply.is_some() || !outcome.purpose.is_empty()) {
        wrong.push_str(&format!("{name}: no error, and {outcome:?}\n"));
    }
    Some((wrong, !errors.is_empty()))
}
