//! `rolecall simulate`: would AWS allow this request, and why?

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{ArgGroup, ValueEnum};
use iam::policy_set::{NamedPolicy, PolicySet};
use iam::story::Story;
use iam::{
    Action, Caller, Context, Level, Policy, PolicyKind, Request, Resource, Surroundings, Values,
    evaluate,
};
use names::AccountId;

use crate::failure::Failure;
use crate::{Outcome, batch};

/// Decide whether AWS would allow a request, given the policies around it.
#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("input").required(true).args(["principal", "batch"])))]
pub struct Args {
    /// Who asks: the ARN of a user, role, role session, federated user or account root, a service
    /// such as ec2.amazonaws.com, or `anonymous`.
    #[arg(long, value_name = "ARN", requires_all = ["action", "resource"])]
    principal: Option<String>,

    /// The action, such as s3:GetObject.
    #[arg(long, value_name = "SERVICE:NAME")]
    action: Option<String>,

    /// The ARN of the resource, or `*` for an action that knows no resources.
    #[arg(long, value_name = "ARN")]
    resource: Option<String>,

    /// The account that owns the resource, where its ARN does not tell (S3).
    #[arg(long, value_name = "ID")]
    resource_account: Option<String>,

    /// What the request supplies, by condition key; a key given twice has two values.
    #[arg(long, value_name = "KEY=VALUE", num_args = 1..)]
    context: Vec<String>,

    /// Policies of the caller and of its groups.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    identity: Vec<PathBuf>,

    /// The policy of the resource; for sts:AssumeRole the role's trust policy, for kms the key's.
    #[arg(long, value_name = "FILE")]
    resource_policy: Option<PathBuf>,

    /// The caller's permissions boundary.
    #[arg(long, value_name = "FILE")]
    boundary: Option<PathBuf>,

    /// The session policy that the caller's session was made with.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    session: Vec<PathBuf>,

    /// Service control policies of the caller's account. LEVEL=FILE puts a policy on a level of the
    /// organization, and every level must allow; `FullAWSAccess` instead of a file is AWS's own.
    #[arg(long, value_name = "[LEVEL=]FILE", num_args = 1..)]
    scp: Vec<String>,

    /// Resource control policies of the resource's account; AWS's RCPFullAWSAccess is always there.
    #[arg(long, value_name = "[LEVEL=]FILE", num_args = 1..)]
    rcp: Vec<String>,

    /// The policy of the VPC endpoint that the request comes through.
    #[arg(long, value_name = "FILE")]
    vpce: Option<PathBuf>,

    /// Show every statement, also those on other actions.
    #[arg(long)]
    all: bool,

    /// How to print the answer.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    /// Decide on many requests: one JSON object a line, `-` for standard input.
    #[arg(long, value_name = "FILE.jsonl", conflicts_with_all = ["action", "resource", "context"])]
    batch: Option<PathBuf>,

    /// With --batch: add the trace to every answer.
    #[arg(long, requires = "batch")]
    trace: bool,
}

/// Output formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A tree for people.
    Human,
    /// One JSON object.
    Json,
}

/// What every level has unless somebody detaches it, and what an RCP level always has.
const FULL_ACCESS: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
const RCP_FULL_ACCESS: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;

/// Runs the command.
///
/// # Errors
/// [`Failure`] for files that cannot be read and input that makes no sense.
pub fn run(arguments: &Args) -> Result<Outcome, Failure> {
    if let Some(path) = &arguments.batch {
        return batch::run(path, arguments.trace);
    }
    let request = request(arguments)?;
    let around = surroundings(arguments, &request)?;
    let decision = evaluate(&request, &around);
    let story = Story::tell(&request, &around)
        .ok_or_else(|| Failure::Input("the decision left no trace".to_owned()))?;
    let mut out = io::stdout().lock();
    match arguments.format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &story).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Human => {
            let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            write!(out, "{}", story.text(arguments.all, colour))?;
        }
    }
    out.flush()?;
    Ok(if decision.is_allowed() { Outcome::Good } else { Outcome::Bad })
}

fn request(arguments: &Args) -> Result<Request, Failure> {
    let input = |error: &dyn std::fmt::Display| Failure::Input(error.to_string());
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let caller = match text(&arguments.principal).as_str() {
        "anonymous" | "*" => Caller::anonymous(),
        other => Caller::parse(other).map_err(|error| input(&error))?,
    };
    let action = Action::parse(&text(&arguments.action)).map_err(|error| input(&error))?;
    let resource = Resource::parse(&text(&arguments.resource)).map_err(|error| input(&error))?;
    let mut context = context(&arguments.context)?;
    supply_time(&mut context);
    let request = Request::new(caller, action, resource, context);
    Ok(match &arguments.resource_account {
        Some(account) => {
            let account: AccountId = account.parse().map_err(|error| input(&error))?;
            request.in_account(account)
        }
        None => request,
    })
}

fn context(pairs: &[String]) -> Result<Context, Failure> {
    let mut values: Vec<(String, Vec<String>)> = Vec::new();
    for pair in pairs {
        let (key, value) = pair.split_once('=').ok_or_else(|| {
            Failure::Input(format!(
                "`{pair}` is not KEY=VALUE: write it as aws:SourceIp=203.0.113.7"
            ))
        })?;
        match values.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(key)) {
            Some((_, values)) => values.push(value.to_owned()),
            None => values.push((key.to_owned(), vec![value.to_owned()])),
        }
    }
    let mut context = Context::new();
    for (key, values) in values {
        context.set(&key, Values::many(values));
    }
    Ok(context)
}

/// AWS supplies the time with every request; a run of this command does so too.
fn supply_time(context: &mut Context) {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    context.set_default("aws:EpochTime", || Values::one(seconds.to_string()));
    context.set_default("aws:CurrentTime", || Values::one(seconds.to_string()));
}

fn surroundings(arguments: &Args, request: &Request) -> Result<Surroundings, Failure> {
    let trust = request.action().folded().starts_with("sts:assumerole");
    let resource_kind = if trust { PolicyKind::Trust } else { PolicyKind::Resource };
    let one =
        |path: &Option<PathBuf>, kind| path.as_ref().map(|path| set(&[path], kind)).transpose();
    let identity: Vec<&PathBuf> = arguments.identity.iter().collect();
    let session: Vec<&PathBuf> = arguments.session.iter().collect();
    let session = if session.is_empty() { None } else { Some(set(&session, PolicyKind::Session)?) };
    Ok(Surroundings {
        identity: set(&identity, PolicyKind::Identity)?,
        resource: one(&arguments.resource_policy, resource_kind)?,
        boundary: one(&arguments.boundary, PolicyKind::Boundary)?,
        session,
        endpoint: one(&arguments.vpce, PolicyKind::Endpoint)?,
        service_control: levels(&arguments.scp, PolicyKind::ServiceControl)?,
        resource_control: levels(&arguments.rcp, PolicyKind::ResourceControl)?,
    })
}

fn set(paths: &[&PathBuf], kind: PolicyKind) -> Result<Arc<PolicySet>, Failure> {
    let policies: Result<Vec<_>, _> = paths.iter().map(|path| read(path, kind)).collect();
    Ok(Arc::new(PolicySet::new(policies?)))
}

/// `[LEVEL=]FILE` arguments by level, in the order in which levels are first named.
fn levels(arguments: &[String], kind: PolicyKind) -> Result<Vec<Level>, Failure> {
    let mut levels: Vec<(String, Vec<NamedPolicy>)> = Vec::new();
    for argument in arguments {
        let (name, file) = match argument.split_once('=') {
            Some((name, file)) if !Path::new(argument).exists() => (name, file),
            _ => ("the account", argument.as_str()),
        };
        let policy = match file {
            "FullAWSAccess" => built_in("FullAWSAccess", FULL_ACCESS, kind)?,
            _ => read(Path::new(file), kind)?,
        };
        match levels.iter_mut().find(|(known, _)| known == name) {
            Some((_, policies)) => policies.push(policy),
            None => levels.push((name.to_owned(), vec![policy])),
        }
    }
    let mut built = Vec::new();
    for (name, mut policies) in levels {
        if kind == PolicyKind::ResourceControl {
            policies.push(built_in("RCPFullAWSAccess", RCP_FULL_ACCESS, kind)?);
        }
        built.push(Level { name: name.into(), policies: Arc::new(PolicySet::new(policies)) });
    }
    Ok(built)
}

fn built_in(name: &str, text: &str, kind: PolicyKind) -> Result<NamedPolicy, Failure> {
    let text = if kind == PolicyKind::ResourceControl { RCP_FULL_ACCESS } else { text };
    parse(name, text.as_bytes(), kind)
}

fn read(path: &Path, kind: PolicyKind) -> Result<NamedPolicy, Failure> {
    let bytes = fs::read(path).map_err(|source| Failure::Read { path: path.to_owned(), source })?;
    parse(&path.display().to_string(), &bytes, kind)
}

fn parse(name: &str, bytes: &[u8], kind: PolicyKind) -> Result<NamedPolicy, Failure> {
    match Policy::parse(bytes, kind) {
        Ok(policy) => Ok(NamedPolicy::new(name, policy)),
        Err(found) => {
            let text = String::from_utf8_lossy(bytes);
            let lines: Vec<String> =
                found.iter().map(|finding| format!("{name}:{}", finding.one_line(&text))).collect();
            let advice = format!("`rolecall validate {name}` shows the lines");
            Err(Failure::Input(format!(
                "not a policy of kind {kind}\n{}\n{advice}",
                lines.join("\n")
            )))
        }
    }
}
