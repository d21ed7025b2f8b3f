//! `rolecall role`: roles as the IAM console makes and deletes them, by ordinary calls.
//!
//! A role that trusts EC2 gets an instance profile of the same name with the role in it; deleting a role takes
//! its instance profile along only if the names match (IAM user guide, "Use instance profiles").

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::Outcome;
use crate::account::{Account, all};
use crate::failure::Failure;

/// Make and delete roles as the IAM console does.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Create(Create),
    Delete(Delete),
}

/// Make a role; one that trusts EC2 comes with an instance profile of the same name.
#[derive(Debug, clap::Args)]
struct Create {
    /// The name of the role.
    name: String,

    /// Who may assume it: `ec2`, `account:ID` or `service:NAME`.
    #[arg(long, value_name = "WHO")]
    trust: String,

    /// The external id that an account must say.
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,

    /// A policy document that becomes an inline policy, called as the file.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    policy: Vec<PathBuf>,

    /// The port of the server.
    #[arg(long, value_name = "PORT", default_value_t = 4566)]
    aws_port: u16,
}

/// Delete a role with its policies, and its instance profile if that has the same name.
#[derive(Debug, clap::Args)]
struct Delete {
    /// The name of the role.
    name: String,

    /// The port of the server.
    #[arg(long, value_name = "PORT", default_value_t = 4566)]
    aws_port: u16,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] if the input makes no sense, no server answers, or IAM refuses.
pub fn run(arguments: &Args) -> Result<Outcome, Failure> {
    match &arguments.command {
        Command::Create(create) => create.run(),
        Command::Delete(delete) => delete.run(),
    }
}

/// Who may assume the role.
#[derive(Debug, PartialEq, Eq)]
enum Trust {
    Account(String),
    Service(String),
}

impl Trust {
    fn parse(text: &str) -> Result<Self, Failure> {
        let is_account = |id: &str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
        match text.split_once(':') {
            None if text == "ec2" => Ok(Self::Service("ec2.amazonaws.com".to_owned())),
            Some(("account", id)) if is_account(id) => Ok(Self::Account(id.to_owned())),
            Some(("service", name)) if name.contains('.') => Ok(Self::Service(name.to_owned())),
            Some(("service", name)) if !name.is_empty() => {
                Ok(Self::Service(format!("{name}.amazonaws.com")))
            }
            _ => Err(Failure::Input(format!(
                "--trust `{text}` is nobody: write ec2, account:ID with 12 digits, or service:NAME such \
                 as service:lambda"
            ))),
        }
    }

    fn document(&self, external_id: Option<&str>) -> Value {
        let principal = match self {
            Self::Account(id) => json!({"AWS": format!("arn:aws:iam::{id}:root")}),
            Self::Service(name) => json!({"Service": name}),
        };
        let mut statement =
            json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"});
        if let (Some(id), Some(members)) = (external_id, statement.as_object_mut()) {
            let condition = json!({"StringEquals": {"sts:ExternalId": id}});
            members.insert("Condition".to_owned(), condition);
        }
        json!({"Version": "2012-10-17", "Statement": [statement]})
    }
}

impl Create {
    fn run(&self) -> Result<Outcome, Failure> {
        let trust = Trust::parse(&self.trust)?;
        if self.external_id.is_some() && !matches!(trust, Trust::Account(_)) {
            let text = "--external-id is for accounts: with --trust account:ID, or leave it away";
            return Err(Failure::Input(text.to_owned()));
        }
        let policies = self.policy.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
        let account = Account::open(self.aws_port)?;
        let name = self.name.as_str();
        let document = trust.document(self.external_id.as_deref()).to_string();
        let role = [("RoleName", name), ("AssumeRolePolicyDocument", &document)];
        account.iam("CreateRole", &role)?;
        println!("made the role `{name}`");
        for (policy, text) in &policies {
            let put = [("RoleName", name), ("PolicyName", policy), ("PolicyDocument", text)];
            account.iam("PutRolePolicy", &put).map_err(|refused| self.left(refused.into()))?;
            println!("put the policy `{policy}` into it");
        }
        if trust == Trust::Service("ec2.amazonaws.com".to_owned()) {
            self.make_profile(&account).map_err(|failure| self.left(failure))?;
            println!("made the instance profile `{name}` with the role in it");
        }
        Ok(Outcome::Good)
    }

    fn make_profile(&self, account: &Account) -> Result<(), Failure> {
        let profile = ("InstanceProfileName", self.name.as_str());
        account.iam("CreateInstanceProfile", &[profile])?;
        account.iam("AddRoleToInstanceProfile", &[profile, ("RoleName", &self.name)])?;
        Ok(())
    }

    /// A failure after the role was made.
    fn left(&self, failure: Failure) -> Failure {
        let name = &self.name;
        Failure::Input(format!(
            "{failure}\nthe role `{name}` was made before that: `rolecall role delete {name}` removes it"
        ))
    }
}

impl Delete {
    fn run(&self) -> Result<Outcome, Failure> {
        let account = Account::open(self.aws_port)?;
        let name = self.name.as_str();
        let role = ("RoleName", name);
        let profiles = account.iam("ListInstanceProfilesForRole", &[role])?;
        let profiles = all(&profiles, "InstanceProfileName");
        for policy in all(&account.iam("ListAttachedRolePolicies", &[role])?, "PolicyArn") {
            account.iam("DetachRolePolicy", &[role, ("PolicyArn", &policy)])?;
        }
        for policy in all(&account.iam("ListRolePolicies", &[role])?, "member") {
            account.iam("DeleteRolePolicy", &[role, ("PolicyName", &policy)])?;
        }
        for profile in &profiles {
            let profile_name = ("InstanceProfileName", profile.as_str());
            account.iam("RemoveRoleFromInstanceProfile", &[profile_name, role])?;
            if profile == name {
                account.iam("DeleteInstanceProfile", &[profile_name])?;
                println!("deleted the instance profile `{profile}`");
            } else {
                println!("took the role out of the instance profile `{profile}`, which stays");
            }
        }
        account.iam("DeleteRole", &[role])?;
        println!("deleted the role `{name}`");
        Ok(Outcome::Good)
    }
}

/// The name of a file without its ending, and its text.
fn read(path: &Path) -> Result<(String, String), Failure> {
    let text = fs::read_to_string(path)
        .map_err(|source| Failure::Read { path: path.to_owned(), source })?;
    let name = path.file_stem().and_then(|name| name.to_str()).ok_or_else(|| {
        Failure::Input(format!("`{}` has no name that a policy could have", path.display()))
    })?;
    Ok((name.to_owned(), text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_trusted() {
        let service = |name: &str| Trust::Service(name.to_owned());
        for (text, expected) in [
            ("ec2", service("ec2.amazonaws.com")),
            ("service:lambda", service("lambda.amazonaws.com")),
            ("service:x.example.com", service("x.example.com")),
            ("account:123456789012", Trust::Account("123456789012".to_owned())),
        ] {
            assert_eq!(Trust::parse(text).unwrap(), expected, "{text}");
        }
        for bad in ["", "lambda", "account:1", "account:12345678901x", "service:"] {
            assert!(Trust::parse(bad).is_err(), "{bad}");
        }
    }
}
