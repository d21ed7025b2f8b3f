//! The provider's program as Terraform starts it.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");
const SIGTERM: i32 = 15;

/// A folder for sockets, and a plugin that `script`, whose process it takes over, has started. It is ready.
fn started(name: &str, script: &str) -> (PathBuf, Child) {
    let folder = std::env::temp_dir().join(format!("rolecall-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{script} exec \"$0\"")]);
    command.arg(env!("CARGO_BIN_EXE_terraform-provider-databricks"));
    command.env(COOKIE.0, COOKIE.1).env("PLUGIN_UNIX_SOCKET_DIR", &folder);
    command.env_remove("PLUGIN_CLIENT_CERT").env_remove("PLUGIN_PROTOCOL_VERSIONS");
    let mut plugin = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(plugin.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("1|6|unix|"), "`{line}`");
    (folder, plugin)
}

fn send(plugin: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &plugin.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// A killed plugin leaves its folder, and one day another plugin has the same process id.
#[test]
fn the_folder_of_a_killed_plugin_is_not_in_the_way() {
    let leave = "mkdir \"$PLUGIN_UNIX_SOCKET_DIR/rolecall-provider-$$\" \
                 \"$PLUGIN_UNIX_SOCKET_DIR/rolecall-provider-$$-0\";";
    let (folder, mut plugin) = started("left", leave);
    plugin.kill().unwrap();
    plugin.wait().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}

/// Terraform, too, hears of Ctrl+C, and needs the plugin to finish what it has begun.
#[test]
fn ctrl_c_is_for_terraform() {
    let (folder, mut plugin) = started("interrupted", "");
    send(&plugin, "-INT");
    send(&plugin, "-TERM");
    assert_eq!(plugin.wait().unwrap().signal(), Some(SIGTERM));
    std::fs::remove_dir_all(folder).unwrap();
}
