//! `rolecall env`: shell lines that point clients at a running server.

use std::io::{self, Write};

use serde::Deserialize;

use crate::Outcome;
use crate::account::{self, Account, ROOT};
use crate::control;
use crate::failure::Failure;
use crate::serve;

/// What a new administrator may do.
const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// Print what points the clients of AWS and Databricks, and Terraform, at the server: `eval "$(rolecall env)"`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// As this user, who is made an administrator if there is none of the name; else as root.
    #[arg(long = "as", value_name = "NAME")]
    user: Option<String>,

    /// The port of the server.
    #[arg(long, value_name = "PORT", default_value_t = 4566)]
    aws_port: u16,
}

/// An access key as the control API tells it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Key {
    access_key_id: String,
    secret_access_key: String,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] if no server answers or it refuses.
pub fn run(arguments: &Args) -> Result<Outcome, Failure> {
    let account = Account::open(arguments.aws_port)?;
    let key = match &arguments.user {
        Some(name) => key_of(&account, arguments.aws_port, name)?,
        None => Key { access_key_id: ROOT.to_owned(), secret_access_key: ROOT.to_owned() },
    };
    let text = serve::environment(
        &account.address(),
        &account.region,
        &key.access_key_id,
        &key.secret_access_key,
    );
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if let Some(workspace) = &account.workspace {
        out.write_all(serve::databricks_environment(workspace).as_bytes())?;
    }
    // What another login may have left behind.
    out.write_all(b"unset AWS_SESSION_TOKEN AWS_PROFILE\n")?;
    out.flush()?;
    Ok(Outcome::Good)
}

/// A key of the user: one that there is, or a new one.
fn key_of(account: &Account, port: u16, name: &str) -> Result<Key, Failure> {
    let user = [("UserName", name)];
    match account.iam("CreateUser", &user) {
        Ok(_) => {
            let policy = [("UserName", name), ("PolicyArn", ADMINISTRATOR)];
            account.iam("AttachUserPolicy", &policy)?;
            eprintln!("made the user `{name}`, an administrator");
        }
        Err(refused) if refused.is("EntityAlreadyExists") => {}
        Err(refused) => return Err(refused.into()),
    }
    let known = control::get(port, &format!("access-keys/{name}"))?;
    let known: Vec<Key> = serde_json::from_str(&known)
        .map_err(|error| Failure::Input(format!("the server answered something else: {error}")))?;
    if let Some(key) = known.into_iter().next() {
        return Ok(key);
    }
    let answer = account.iam("CreateAccessKey", &user)?;
    let text = |name| {
        account::first(&answer, name)
            .ok_or_else(|| Failure::Input(format!("the server answered no {name}")))
    };
    Ok(Key { access_key_id: text("AccessKeyId")?, secret_access_key: text("SecretAccessKey")? })
}
