//! Databricks' half as the Databricks SDK for Python sees it.
#![allow(missing_docs, reason = "a test")]

use clients::{Clients, Server};

#[test]
fn identities() {
    let Some(clients) = Clients::of("databricks-identities") else { return };
    clients.python(&Server::with_workspace(&["--ephemeral"]), "databricks/identities.py");
}

#[test]
fn a_profile_from_registration_to_launch() {
    let Some(clients) = Clients::of("databricks-launch") else { return };
    clients.python(&Server::with_workspace(&["--ephemeral"]), "databricks/launch.py");
}

#[test]
fn workspaces_with_a_policy_that_has_too_little() {
    let Some(clients) = Clients::of("databricks-deployments") else { return };
    let server = Server::with_workspace(&["--ephemeral"]);
    clients.python(&server, "databricks/deployments.py");
}

#[test]
fn commands_and_mounts() {
    let Some(clients) = Clients::of("databricks-commands") else { return };
    clients.python(&Server::with_workspace(&["--ephemeral"]), "databricks/commands.py");
}
