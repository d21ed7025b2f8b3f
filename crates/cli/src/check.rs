//! `rolecall check`: the mistakes of the chain, found in code before anything is applied.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use check::{Extra, Finding, Severity};
use clap::ValueEnum;
use source::{Graph, Notice, Options};
use template::{Node, Place};

use crate::Outcome;
use crate::failure::Failure;
use crate::validate::wants_colour;

mod concise;
mod config;
mod disk;
mod fix;
mod github;
mod human;
mod json;
mod junit;
mod sarif;

use config::Config;
use disk::Disk;

/// Find mistakes in Terraform, plans, CloudFormation and policy documents before anything is applied.
///
/// A folder is read with everything in it: every root module, every template, every plan and every policy document.
/// Exit status: 0 clean, 1 findings of severity warning or worse, 2 bad input.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folders and files.
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    /// How to print what is found.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,

    /// Look for these rules only.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    only: Vec<String>,

    /// Do not look for these rules.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<String>,

    /// Change the files where it is certain how, and report what is left.
    #[arg(long)]
    fix: bool,

    /// What the account holds already: the output of `aws iam get-account-authorization-details`.
    #[arg(long, value_name = "FILE")]
    account_snapshot: Option<PathBuf>,

    /// Service control policies of the organization.
    #[arg(long, value_name = "FILE")]
    scp: Vec<PathBuf>,

    /// The value of a variable or parameter.
    #[arg(long, value_name = "NAME=VALUE")]
    var: Vec<String>,

    /// A .tfvars file besides those that Terraform reads by itself.
    #[arg(long, value_name = "FILE")]
    var_file: Vec<PathBuf>,

    /// The least severity that makes the exit status 1.
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = FailOn::Warning)]
    fail_on: FailOn,

    /// The configuration file [default: .rolecall.yaml in the working folder, if there is one].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The lines of the files, what is meant underlined, why, and what to do.
    Human,
    /// One line a finding.
    Concise,
    /// One object, for programs.
    Json,
    /// SARIF 2.1.0, for code review tools.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// JUnit XML, for CI servers.
    Junit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Note,
}

/// One graph and what was found in it.
pub(crate) struct Report {
    pub(crate) graph: Graph,
    pub(crate) findings: Vec<Finding>,
    /// Findings that comments suppress.
    pub(crate) suppressed: usize,
}

/// Reads, checks, fixes if asked, and prints.
///
/// # Errors
/// [`Failure`] if a path does not exist, there is nothing to check, an option makes no sense, or the output cannot be
/// written. Files that
/// are broken are told like findings, and the rest goes on.
pub fn run(arguments: &Args) -> Result<Outcome, Failure> {
    let config = Config::load(arguments.config.as_deref())?;
    let settings = Settings::new(arguments, &config)?;
    let mut reports = settings.reports()?;
    if reports.is_empty() && config.exclude.is_empty() {
        let within = settings.paths.join("` and `");
        return Err(Failure::Input(format!(
            "there is nothing to check in `{within}`: no Terraform, no plan in JSON, no CloudFormation template and no \
             policy document; name the folder or file that has some"
        )));
    }
    let mut fixed = 0;
    if arguments.fix {
        fixed = fix::apply(&reports)?;
        if fixed > 0 {
            reports = settings.reports()?;
        }
    }
    let stdout = io::stdout();
    let text = match arguments.format {
        Format::Human => human::render(&reports, fixed, wants_colour(&stdout)),
        Format::Concise => concise::render(&reports),
        Format::Json => json::render(&reports),
        Format::Sarif => sarif::render(&reports),
        Format::Github => github::render(&reports),
        Format::Junit => junit::render(&reports),
    };
    let mut out = stdout.lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(outcome(&reports, arguments.fail_on))
}

fn outcome(reports: &[Report], fail_on: FailOn) -> Outcome {
    let least = match fail_on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
        FailOn::Note => Severity::Note,
    };
    if reports.iter().flat_map(|report| &report.graph.notices).any(|notice| notice.is_error) {
        return Outcome::BadInput;
    }
    let bad = reports.iter().flat_map(|report| &report.findings).any(|it| it.severity >= least);
    if bad { Outcome::Bad } else { Outcome::Good }
}

/// What to read and what to look for.
struct Settings {
    disk: Disk,
    paths: Vec<String>,
    options: Options,
    extra: Extra,
    snapshot: Option<(String, String)>,
    only: HashSet<&'static str>,
    ignore: HashSet<&'static str>,
}

impl Settings {
    fn new(arguments: &Args, config: &Config) -> Result<Self, Failure> {
        let disk = Disk::new(config.exclude.clone());
        let mut paths = Vec::new();
        for path in &arguments.paths {
            if !path.exists() {
                let source = io::Error::from(io::ErrorKind::NotFound);
                return Err(Failure::Read { path: path.clone(), source });
            }
            paths.push(path.to_string_lossy().replace('\\', "/").trim_end_matches('/').to_owned());
        }
        let mut only = rules(arguments.only.iter().chain(&config.only))?;
        let ignore = rules(arguments.ignore.iter().chain(&config.ignore))?;
        if !arguments.only.is_empty() {
            only = rules(arguments.only.iter())?;
        }
        let snapshot = arguments.account_snapshot.as_ref().or(config.account_snapshot.as_ref());
        let snapshot = match snapshot {
            Some(path) => Some((path.display().to_string(), read(path)?)),
            None => None,
        };
        let scps = arguments.scp.iter().chain(&config.scps).map(|path| scp(path));
        Ok(Self {
            disk,
            paths,
            options: Options { variables: variables(arguments)?, ..Options::default() },
            extra: Extra { scps: scps.collect::<Result<_, _>>()? },
            snapshot,
            only,
            ignore,
        })
    }

    fn reports(&self) -> Result<Vec<Report>, Failure> {
        let mut reports = Vec::new();
        for path in &self.paths {
            for mut graph in source::read(&self.disk, path, &self.options) {
                if let Some((name, text)) = &self.snapshot {
                    source::account::read(&mut graph, name, text.clone());
                }
                reports.push(self.report(graph));
            }
        }
        Ok(reports)
    }

    fn report(&self, mut graph: Graph) -> Report {
        let mut findings = check::run(&graph, &self.extra);
        findings.retain(|finding| {
            let id = finding.rule.id;
            (self.only.is_empty() || self.only.contains(id)) && !self.ignore.contains(id)
        });
        let comments = check::suppressions(&graph);
        let before = findings.len();
        findings.retain(|finding| {
            let line = graph.sources.position(finding.place).line;
            !comments.iter().any(|comment| {
                comment.file == finding.place.file
                    && (comment.lines.0..=comment.lines.1).contains(&line)
                    && comment.rules.iter().any(|rule| rule == finding.rule.id)
                    && !comment.reason.is_empty()
            })
        });
        for comment in comments.iter().filter(|it| it.reason.is_empty() || it.rules.is_empty()) {
            let at = offset(graph.sources.text(comment.file), comment.line);
            let place = Place::new(comment.file, at.0, at.1);
            let mut notice = Notice::note(place, "this comment suppresses nothing");
            notice.help = Some("write `rolecall:ignore IP001 and the reason`".to_owned());
            graph.notices.push(notice);
        }
        let suppressed = before - findings.len();
        Report { graph, findings, suppressed }
    }
}

/// First and last byte of a line.
fn offset(text: &str, line: u32) -> (usize, usize) {
    let mut start = 0;
    for (at, content) in text.split('\n').enumerate() {
        if at + 1 == line as usize {
            return (start, start + content.len());
        }
        start += content.len() + 1;
    }
    (start.min(text.len()), text.len())
}

fn rules<'n>(names: impl Iterator<Item = &'n String>) -> Result<HashSet<&'static str>, Failure> {
    let id = |name: &String| Ok(check::find(name).ok_or_else(|| crate::rule::unknown(name))?.id);
    names.map(id).collect()
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|source| Failure::Read { path: path.to_owned(), source })
}

fn scp(path: &Path) -> Result<(String, Node), Failure> {
    let name = path.display().to_string();
    let tree = source::parse_json(&read(path)?, None, Place::default());
    let tree =
        tree.map_err(|flaw| Failure::Input(format!("`{name}` is not JSON: {}", flaw.message)))?;
    Ok((name, tree))
}

fn variables(arguments: &Args) -> Result<BTreeMap<String, Node>, Failure> {
    let mut variables = BTreeMap::new();
    for path in &arguments.var_file {
        let mut graph = Graph::default();
        let name = path.display().to_string();
        source::terraform::read_variables(&mut graph, &name, read(path)?, &mut variables);
        if let Some(notice) = graph.notices.first() {
            return Err(Failure::Input(format!("`{name}`: {}", notice.message)));
        }
    }
    for text in &arguments.var {
        let Some((name, value)) = text.split_once('=') else {
            return Err(Failure::Input(format!("`--var {text}` has no value: write NAME=VALUE")));
        };
        variables.insert(name.to_owned(), Node::text(value, Place::default()));
    }
    // Places of these are in files that no graph has.
    Ok(variables.into_iter().map(|(name, node)| (name, node.at(Place::default()))).collect())
}

/// The name of the file of a place, and where in it.
pub(crate) fn locate(graph: &Graph, place: Place) -> (&str, source::Lines) {
    (graph.sources.name(place.file), graph.sources.position(place))
}
