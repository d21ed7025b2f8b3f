//! Databricks' half as the Databricks SDK for Python sees it.
#![allow(missing_docs, reason = "a test")]

use std::process::Command;

use clients::databricks::{ACCOUNT_ID, Host};
use clients::{Clients, Finished, Folder, Server};
use serde_json::Value;

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
fn guardrails_that_stop_the_probe_of_a_registration() {
    let Some(clients) = Clients::of("databricks-guardrails") else { return };
    clients.python(&Server::with_workspace(&["--ephemeral"]), "databricks/guardrails.py");
}

#[test]
fn what_unity_catalog_reaches() {
    let Some(clients) = Clients::of("databricks-unity") else { return };
    clients.python(&Server::with_workspace(&["--ephemeral"]), "databricks/unity.py");
}

#[test]
fn what_the_official_provider_asks_of_unity_catalog() {
    let Some(clients) = Clients::of("databricks-unity-provider") else { return };
    clients.python(&Server::with_workspace(&["--ephemeral"]), "databricks/unity_provider.py");
}

#[test]
fn a_server_starts_again_whoever_is_gone() {
    let folder = Folder::new();
    let data = folder.path().display().to_string();
    let server = Server::with_workspace(&["--data", &data]);
    let account = Host::account(&server);
    let scim = format!("/api/2.0/accounts/{ACCOUNT_ID}/scim/v2/ServicePrincipals");
    let listed = account.must("GET", &scim, &Value::Null);
    let id = listed["Resources"][0]["id"].as_str().unwrap_or_default();
    account.must("DELETE", &format!("{scim}/{id}"), &Value::Null);
    drop(server);
    let server = Server::with_workspace(&["--data", &data]);
    let me = "/api/2.0/preview/scim/v2/Me";
    let me = Host::first_workspace(&server).must("GET", me, &Value::Null);
    assert_eq!(me["userName"], "admin@example.com");
}

#[test]
fn a_first_workspace_that_cannot_be_deployed_is_an_error() {
    // There is no such region, and so no zone for its subnets.
    let mut command = Command::new(clients::binary());
    command.args(["serve", "--ephemeral", "--region", "mars-1"]);
    for port in ["--aws-port", "--console-port", "--account-port", "--workspace-port"] {
        command.args([port, "0"]);
    }
    let finished = Finished::run(&mut command);
    finished.has_status(2);
    finished.fails_with("the first Databricks workspace cannot be deployed in mars-1: ");
    finished.fails_with("start with `--empty`");
}

/// A state that was begun without a workspace stays without one, and says so.
#[test]
fn a_state_without_a_workspace_says_so() {
    let folder = Folder::new();
    let data = folder.path().display().to_string();
    let told = "There is no first Databricks workspace";
    let empty = Server::start(&["--data", &data]);
    assert!(!empty.greeting().contains(told), "{}", empty.greeting());
    drop(empty);
    let server = Server::with_workspace(&["--data", &data]);
    let greeting = server.greeting();
    assert!(greeting.contains(told) && !greeting.contains("DATABRICKS_HOST"), "{greeting}");
    // What it says to do does it.
    assert!(greeting.contains(&format!("curl -X POST {}/_rolecall/reset", server.aws())));
    server.control("reset", "");
    drop(server);
    let again = Server::with_workspace(&["--data", &data]);
    assert!(again.greeting().contains("DATABRICKS_HOST"), "{}", again.greeting());
}

#[test]
fn commands_and_mounts() {
    let Some(clients) = Clients::of("databricks-commands") else { return };
    clients.python(&Server::with_workspace(&["--ephemeral"]), "databricks/commands.py");
}

#[test]
fn a_bucket_of_another_account() {
    let Some(clients) = Clients::of("databricks-other-account") else { return };
    clients.python(&Server::with_workspace(&["--ephemeral"]), "databricks/other_account.py");
}

#[test]
fn what_the_clock_ends() {
    let Some(clients) = Clients::of("databricks-clock") else { return };
    clients.python(&Server::with_workspace(&["--ephemeral"]), "databricks/clock.py");
}

#[test]
fn private_access_and_endpoints() {
    let Some(clients) = Clients::of("databricks-private-link") else { return };
    clients.python(&Server::with_workspace(&["--ephemeral"]), "databricks/private_link.py");
}

#[test]
fn requests_of_the_official_terraform_provider() {
    let Some(clients) = Clients::of("databricks-replay") else { return };
    clients.python(&Server::with_workspace(&["--ephemeral"]), "databricks/replay.py");
}

#[test]
fn wrong_input_changes_nothing() {
    let Some(clients) = Clients::of("databricks-bad-input") else { return };
    clients.python(&Server::with_workspace(&["--ephemeral"]), "databricks/bad_input.py");
}
