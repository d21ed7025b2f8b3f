//! Guardrails, the second factor and the audit, asked by boto3: Organizations, CloudTrail, MFA.
#![allow(clippy::expect_used, reason = "tests")]

use clients::{Clients, Server};

fn script(name: &str) {
    let Some(clients) = Clients::of(&format!("guardrails: {name}")) else { return };
    let server = Server::start(&["--ephemeral"]);
    clients.python(&server, &format!("guardrails/{name}.py"));
}

#[test]
fn an_organization_and_its_policies() {
    script("organization");
}

#[test]
fn what_was_done_is_looked_up() {
    script("trail");
}

#[test]
fn a_code_counts_once() {
    script("second_factor");
}
