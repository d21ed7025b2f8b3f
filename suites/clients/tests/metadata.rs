//! Instance metadata, asked by curl's likes and by boto3.
#![allow(clippy::unwrap_used, reason = "tests")]

use clients::{Clients, Server};

fn script(name: &str) {
    let Some(clients) = Clients::of(&format!("metadata: {name}")) else { return };
    let server = Server::start(&["--ephemeral"]);
    clients.python(&server, &format!("metadata/{name}.py"));
}

#[test]
fn what_an_instance_reads() {
    script("requests");
}

#[test]
fn boto3_follows_a_rotation() {
    script("refresh");
}

#[test]
fn races_with_iam() {
    script("races");
}
