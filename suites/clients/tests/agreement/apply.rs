//! A graph of resources, applied in an order that its references allow.

use std::collections::BTreeMap;

use clients::Server;
use serde_json::{Value, json};
use source::{Action, Graph, Resource};
use template::{Node, Text, Value as Kind, write_json};

use crate::ACCOUNT;
use crate::cloud::{Aws, Refused};
use crate::databricks::{ACCOUNT_ID, Host};
use crate::fixture::Fixture;

/// What others refer to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Made {
    pub(crate) arn: String,
    pub(crate) id: String,
    pub(crate) name: String,
}

/// A graph on its way into a server.
pub(crate) struct Apply<'g> {
    pub(crate) server: &'g Server,
    pub(crate) graph: &'g Graph,
    pub(crate) aws: Aws,
    pub(crate) account: Host,
    pub(crate) made: BTreeMap<String, Made>,
    /// The workspace that workspace-level resources are made in.
    pub(crate) workspace: Option<Host>,
    /// Ids of credentials configurations, in their order.
    pub(crate) credentials: Vec<String>,
    pub(crate) instances: Vec<String>,
    /// Whether a workspace is deployed as soon as there are credentials.
    pub(crate) deploys_at_once: bool,
    /// How many resources have been made: the providers' made-up names differ by it.
    turn: usize,
    fixture: &'g Fixture,
}

impl<'g> Apply<'g> {
    pub(crate) fn new(server: &'g Server, graph: &'g Graph, fixture: &'g Fixture) -> Self {
        Self::in_account(server, graph, fixture, ACCOUNT)
    }

    pub(crate) fn in_account(
        server: &'g Server,
        graph: &'g Graph,
        fixture: &'g Fixture,
        account: &str,
    ) -> Self {
        Self {
            server,
            graph,
            aws: Aws::root(server, account),
            account: Host::account(server),
            made: BTreeMap::new(),
            workspace: None,
            credentials: Vec::new(),
            instances: Vec::new(),
            deploys_at_once: false,
            turn: 0,
            fixture,
        }
    }

    /// Whether all that is written is known or an attribute of something here: a plan leaves out documents around what is
    /// known only after apply.
    pub(crate) fn is_whole(&self) -> bool {
        let made = self.graph.resources.iter().filter(|it| !it.is_data);
        let mut resources = made.filter(|it| &*it.kind != "terraform_data");
        resources.all(|it| self.is_known(&it.body))
    }

    fn is_known(&self, node: &Node) -> bool {
        let known = |id| self.graph.origin_of(id).is_some();
        match &node.value {
            Kind::Hole(id) => known(*id),
            Kind::Text(text) => text.holes().all(known),
            Kind::List(nodes) => nodes.iter().all(|it| self.is_known(it)),
            Kind::Map(entries) => entries.values().all(|it| self.is_known(it)),
            _ => true,
        }
    }

    /// Applies all of it; of what nothing orders, what others may need comes first.
    pub(crate) fn run(&mut self) -> Result<(), Refused> {
        self.run_by(level)
    }

    /// The same in another order among what nothing orders.
    pub(crate) fn run_by(&mut self, rank: impl Fn(&Resource) -> usize) -> Result<(), Refused> {
        let graph = self.graph;
        for import in &graph.imports {
            self.import(import)?;
        }
        let is_taken_over = |it: &Resource| graph.imports.iter().any(|by| by.address == it.address);
        let made = graph.resources.iter().filter(|it| !it.is_data && !is_taken_over(it));
        let mut left: Vec<&Resource> = made.collect();
        left.sort_by_key(|resource| rank(resource));
        while !left.is_empty() {
            let waits = |one: &Resource| {
                left.iter()
                    .any(|it| it.block != one.block && graph.waits_for(&one.block, &it.block))
            };
            let at = left.iter().position(|it| !waits(it)).expect("no circle");
            let resource = left.remove(at);
            // What a plan makes anew before it destroys the old one is there already.
            let action = resource.change.as_ref().map(|change| change.action);
            for _ in 0..if action == Some(Action::CreateFirst) { 2 } else { 1 } {
                self.turn += 1;
                let made = self.make(resource)?;
                self.made.insert(resource.address.to_string(), made);
            }
        }
        Ok(())
    }

    /// A document, a name or anything else, with what the clouds have said by now filled in.
    pub(crate) fn text(&self, node: &Node) -> String {
        let text = node.as_text().unwrap_or_else(|| {
            let mut json = String::new();
            write_json(node, &mut json);
            Text::from_marked(json)
        });
        text.fill(|id| self.known(id)).into_owned()
    }

    fn known(&self, id: template::HoleId) -> String {
        let Some((resource, path)) = self.graph.origin_of(id) else {
            panic!("{}: {}", self.fixture.name, self.graph.holes.reason(id));
        };
        let path = path.rsplit('.').next().unwrap_or(path);
        if let Some(node) = resource.get(path).filter(|node| resource.is_data && !node.is_null())
            && node.as_hole() != Some(id)
        {
            return self.text(node);
        }
        if resource.is_data {
            return match path {
                "account_id" => ACCOUNT.to_owned(),
                "partition" => "aws".to_owned(),
                other => panic!("{}: {}.{other}", self.fixture.name, resource.address),
            };
        }
        let made = self.made.get(&*resource.address);
        let made = made.unwrap_or_else(|| panic!("{}: {}", self.fixture.name, resource.address));
        match path {
            "arn" | "Arn" | "instance_profile_arn" => made.arn.clone(),
            "name" | "bucket" => made.name.clone(),
            // Made by an account's admin, a credential has the account's id (Databricks knowledge base).
            "external_id" => ACCOUNT_ID.to_owned(),
            _ => made.id.clone(),
        }
    }

    /// An argument of a resource. In plans what nobody wrote is an attribute of the resource's own.
    pub(crate) fn get(&self, resource: &Resource, path: &str) -> Option<String> {
        resource
            .get(path)
            .filter(|node| self.is_written(resource, node))
            .map(|node| self.text(node))
    }

    fn is_written(&self, resource: &Resource, node: &Node) -> bool {
        let origin = node.as_hole().and_then(|id| self.graph.origin_of(id));
        origin.is_none_or(|(of, _)| of.address != resource.address)
    }

    /// The name that is written, or one that the provider would make.
    pub(crate) fn name(&self, resource: &Resource) -> String {
        let names = ["name", "RoleName", "InstanceProfileName", "ManagedPolicyName", "bucket"];
        let written = names.iter().find_map(|name| self.get(resource, name));
        written.unwrap_or_else(|| match self.get(resource, "name_prefix") {
            Some(prefix) => format!("{prefix}{:04}", self.turn),
            None => resource.label().to_owned(),
        })
    }

    /// All arguments as JSON; blocks of which there is one are objects.
    pub(crate) fn body(&self, resource: &Resource) -> Value {
        let mut value = self.json(resource, &resource.body);
        for name in ["aws_attributes", "autoscale"] {
            if let Some(block) = value.get_mut(name)
                && let Some(first) = block.as_array().and_then(|blocks| blocks.first()).cloned()
            {
                *block = first;
            }
        }
        value
    }

    fn json(&self, resource: &Resource, node: &Node) -> Value {
        let is_empty = |node: &Node| matches!(&node.value, Kind::List(nodes) if nodes.is_empty());
        let is_said =
            |node: &Node| !node.is_null() && !is_empty(node) && self.is_written(resource, node);
        match &node.value {
            Kind::Map(entries) => {
                let said = entries.iter().filter(|(_, node)| is_said(node));
                let pair = |(key, node): (&Text, &Node)| {
                    (key.marked().to_owned(), self.json(resource, node))
                };
                Value::Object(said.map(pair).collect())
            }
            Kind::List(nodes) => {
                nodes.iter().filter(|it| is_said(it)).map(|it| self.json(resource, it)).collect()
            }
            Kind::Number(number) if number.fract() == 0.0 => json!(*number as i64),
            Kind::Bool(value) => json!(value),
            _ => json!(self.text(node)),
        }
    }

    /// The workspace of the code: one that is made with its credentials, or the first one.
    pub(crate) fn workspace(&mut self) -> Result<Host, Refused> {
        if let Some(host) = &self.workspace {
            return Ok(host.clone());
        }
        let host = match self.credentials.first().cloned() {
            Some(credentials) => self.deploy(&credentials)?,
            None => {
                // What the code does not hold is as it should be: its role may pass any other.
                let pass = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}]}"#;
                let form = [
                    ("RoleName", "databricks-cross-account"),
                    ("PolicyName", "pass"),
                    ("PolicyDocument", pass),
                ];
                self.aws.iam("PutRolePolicy", &form)?;
                Host::first(self.server)
            }
        };
        self.workspace = Some(host.clone());
        Ok(host)
    }

    /// The bucket that workspaces need, which Databricks may use.
    fn root_bucket(&self) -> Result<(), Refused> {
        self.aws.s3("PUT", "/root-of-the-code", "")?;
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::414351767826:root"},
            "Action": [
                "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject",
                "s3:ListBucket", "s3:GetBucketLocation",
            ],
            "Resource": ["arn:aws:s3:::root-of-the-code/*", "arn:aws:s3:::root-of-the-code"],
        }]});
        self.aws.s3_with("PUT", "/root-of-the-code", "policy=", &policy.to_string()).map(drop)
    }

    /// Makes a workspace with credentials.
    pub(crate) fn deploy(&self, credentials: &str) -> Result<Host, Refused> {
        let base = format!("/api/2.0/accounts/{ACCOUNT_ID}");
        self.root_bucket()?;
        let storage = json!({
            "storage_configuration_name": "root",
            "root_bucket_info": {"bucket_name": "root-of-the-code"},
        });
        let path = format!("{base}/storage-configurations");
        let storage = self.account.ask("POST", &path, &storage)?;
        let workspace = json!({
            "workspace_name": "of the code",
            "aws_region": "us-east-1",
            "credentials_id": credentials,
            "storage_configuration_id": storage["storage_configuration_id"],
        });
        let path = format!("{base}/workspaces");
        let made = self.account.ask("POST", &path, &workspace)?;
        let path = format!("{path}/{}", made["workspace_id"]);
        let shown = self.account.ask("GET", &path, &Value::Null)?;
        if shown["workspace_status"] != "RUNNING" {
            return Err(format!("workspace: {}", shown["workspace_status_message"]));
        }
        Ok(Host::at(shown["workspace_url"].as_str().unwrap()))
    }
}

/// What is IAM's comes before what is the account's, and that before a workspace's.
fn level(resource: &Resource) -> usize {
    match &*resource.kind {
        kind if kind.starts_with("aws_iam_") || kind.starts_with("AWS::IAM::") => 0,
        kind if !kind.starts_with("databricks_") || kind.starts_with("databricks_mws_") => 1,
        _ => 2,
    }
}
