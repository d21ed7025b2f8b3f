//! Whether the launch of a real cluster would be refused as the probe of a registration was.
//!
//! Guardrails on tags and instance types can stop the probe alone: it carries none of the tags that clusters
//! carry, and values that no cluster has. So the launch that a cluster would lead to is decided on as well,
//! with what the statements in the way ask for, as far as whoever makes a cluster can choose it.

use std::collections::{BTreeMap, BTreeSet};

use cloud::authorize::Decided;
use iam::explain::{ConditionStory, StatementStory};
use iam::story::Story;
use serde_json::{Map, Value};

use crate::aws::Session;
use crate::cluster::catalogue;
use crate::cluster::launch::{Launch, tag_list};
use crate::cluster::spec::AwsAttributes;
use crate::operation::Act;
use crate::workspace::{Placement, WorkspaceRow};

/// Launches that are decided on: each one's denial tells what the next one tries.
const MAX_TRIED: usize = 24;
/// The tags of a cluster that nobody chooses.
const FIXED: [&str; 2] = ["Vendor", "ClusterId"];
/// What stands for any text.
const ANY: &str = "any";

/// A launch that is tried.
#[derive(Debug, Clone)]
struct Tried {
    node_type_id: String,
    tags: BTreeMap<String, String>,
}

/// What a launch was denied for, and what was tried so far.
#[derive(Debug, Default)]
struct Known {
    node_types: BTreeSet<String>,
    values: BTreeSet<(String, String)>,
}

/// What there is to tell of a refused probe, with an instance of `probe_type`: that a cluster's launch would be
/// allowed, or not either.
pub(super) fn told(
    act: &mut Act<'_, '_>,
    session: &Session,
    (workspace, placement): (&WorkspaceRow, &Placement),
    arn: &str,
    probe_type: &str,
) -> Option<String> {
    let mut tried = Tried { node_type_id: probe_type.to_owned(), tags: tags(act, workspace) };
    let usual = tried.tags.clone();
    let mut known = Known::default();
    known.node_types.insert(probe_type.to_owned());
    for count in 1..=MAX_TRIED {
        let Err(denied) = decide(act, session, (workspace, placement), arn, &tried) else {
            return Some(only_the_probe(&tried, &usual, probe_type));
        };
        let decided = denied?;
        let next = known.next(&tried, &decided);
        let Some(next) = next.filter(|_| count < MAX_TRIED) else {
            let request = &decided.request;
            return Some(format!(
                "it is no matter of the probe: the launch of a cluster was decided on as well ({count} of them, with \
                 what the policies ask of tags and instance types), and {} on {} is denied to it too",
                request.action().as_str(),
                request.resource().as_str()
            ));
        };
        tried = next;
    }
    None
}

/// The tags of a cluster that the caller would make.
fn tags(act: &Act<'_, '_>, workspace: &WorkspaceRow) -> BTreeMap<String, String> {
    let mut tags = workspace.custom_tags.clone();
    for (name, value) in [
        ("Vendor", "Databricks"),
        ("Creator", act.caller.name()),
        ("ClusterName", "etl"),
        ("ClusterId", "0101-000000-abcdefgh"),
    ] {
        tags.insert(name.to_owned(), value.to_owned());
    }
    tags
}

/// Whether EC2 would launch it; else what was denied, if something was.
fn decide(
    act: &mut Act<'_, '_>,
    session: &Session,
    (workspace, placement): (&WorkspaceRow, &Placement),
    arn: &str,
    tried: &Tried,
) -> Result<(), Option<Decided>> {
    let subnet = placement.subnets.first().ok_or(None)?;
    let tags: Map<String, Value> =
        tried.tags.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    let aws = AwsAttributes::default();
    let launch = Launch { workspace, subnet, aws: &aws, profile: Some(arn), tags: tag_list(&tags) };
    act.ec2_could(session, "RunInstances", launch.input(1, &tried.node_type_id, false))
}

impl Known {
    /// The next launch: as the last one, with something that the statements in its way speak of.
    fn next(&mut self, last: &Tried, denied: &Decided) -> Option<Tried> {
        let story = Story::tell(&denied.request, &denied.around)?;
        let gates = story.explanation.gates.iter().filter(|gate| gate.blocks);
        let policies = gates.flat_map(|gate| &gate.policies);
        let statements = policies.flat_map(|policy| &policy.statements).filter(|it| is_meant(it));
        let conditions: Vec<&ConditionStory> =
            statements.flat_map(|statement| &statement.conditions).collect();
        conditions.into_iter().find_map(|condition| self.changed(last, condition))
    }

    /// `last` as a condition may want it, if there is a way that was not tried.
    fn changed(&mut self, last: &Tried, condition: &ConditionStory) -> Option<Tried> {
        let key = condition.key.to_ascii_lowercase();
        if key == "ec2:instancetype" {
            let found = self.node_type(&condition.wants)?;
            return Some(Tried { node_type_id: found, ..last.clone() });
        }
        let names: Vec<String> = match key.strip_prefix("aws:requesttag/") {
            Some(_) => {
                condition.key.split_once('/').map(|(_, name)| name.to_owned()).into_iter().collect()
            }
            None if key == "aws:tagkeys" => condition.wants.clone(),
            None => return None,
        };
        let of_key = key == "aws:tagkeys" || matches!(condition.operator.as_str(), "Null" | "null");
        for name in names.into_iter().filter(|name| !FIXED.contains(&name.as_str())) {
            let wanted: &[String] = if of_key { &[] } else { &condition.wants };
            let values = wanted.iter().map(|value| value.replace(['*', '?'], "x"));
            for value in values.chain([ANY.to_owned()]) {
                if self.values.insert((name.clone(), value.clone())) {
                    let mut next = last.clone();
                    next.tags.insert(name, value);
                    return Some(next);
                }
            }
        }
        None
    }

    /// A node type that a pattern means, or else any, of those that were not tried.
    fn node_type(&mut self, patterns: &[String]) -> Option<String> {
        let all = || catalogue::node_types().iter().map(catalogue::NodeType::id);
        let is_meant = |name: &str| patterns.iter().any(|pattern| fits(pattern, name));
        let meant = all().filter(|name| is_meant(name));
        let other = all().filter(|name| !is_meant(name));
        let mut new = meant.chain(other).filter(|name| !self.node_types.contains(*name));
        let found = new.next()?.to_owned();
        self.node_types.insert(found.clone());
        Some(found)
    }
}

/// Whether a statement speaks of the request, whatever its conditions say.
fn is_meant(statement: &StatementStory) -> bool {
    statement.action.matches && statement.resource.as_ref().is_none_or(|resource| resource.matches)
}

/// Whether a name fits a pattern with at most one star, as patterns of instance types are.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        }
        None => pattern == name,
    }
}

fn only_the_probe(tried: &Tried, usual: &BTreeMap<String, String>, probe_type: &str) -> String {
    let mut with = Vec::new();
    if tried.node_type_id != probe_type {
        with.push(format!("the node type `{}`", tried.node_type_id));
    }
    for (name, value) in tried.tags.iter().filter(|(name, value)| usual.get(*name) != Some(*value))
    {
        with.push(match value.as_str() {
            ANY => format!("a tag `{name}`"),
            value => format!("the tag `{name}` = `{value}`"),
        });
    }
    let with = match with.split_last() {
        None => "its usual tags".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    };
    format!(
        "only the probe is denied: the launch of a cluster with {with} would be allowed (it was decided on as well). \
         Register the profile with `skip_validation`, or let the policy in the way spare what has the probe's tag \
         `ClusterId` = `fake-cluster-id`"
    )
}
