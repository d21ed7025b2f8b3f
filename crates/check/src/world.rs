//! What rules look at.

use std::cell::Cell;
use std::collections::{BTreeMap, HashSet};

use iam::PolicyKind;
use source::{Dialect, Graph, Resource};
use template::{FileId, Node, Place, Value};

use crate::document::Document;
use crate::resolve::SOME_ACCOUNT;
use crate::role::{Profile, Role};
use crate::usage::Usage;

/// What is known beside the code.
#[derive(Debug, Clone, Default)]
pub struct Extra {
    /// Service control policies: name and tree.
    pub scps: Vec<(String, Node)>,
}

/// The code, seen as the chain that it makes.
pub struct World<'g> {
    pub(crate) graph: &'g Graph,
    pub(crate) roles: Vec<Role<'g>>,
    pub(crate) profiles: Vec<Profile<'g>>,
    pub(crate) usages: Vec<Usage<'g>>,
    pub(crate) scps: Vec<Document>,
    pub(crate) partition: &'static str,
    pub(crate) region: String,
    pub(crate) region_is_known: bool,
    pub(crate) account: String,
    pub(crate) account_is_known: bool,
    account_files: HashSet<FileId>,
    /// How many references are being followed.
    pub(crate) depth: Cell<usize>,
}

impl<'g> World<'g> {
    /// Puts the chain together.
    #[must_use]
    pub fn new(graph: &'g Graph, extra: &Extra) -> Self {
        let region = region(graph);
        let account = account(graph);
        let partition = match region.as_deref() {
            Some(region) if region.starts_with("us-gov-") => "aws-us-gov",
            Some(region) if region.starts_with("cn-") => "aws-cn",
            _ => "aws",
        };
        let of_account = graph.resources.iter().filter(|it| it.dialect == Dialect::Account);
        let mut world = Self {
            graph,
            roles: Vec::new(),
            profiles: Vec::new(),
            usages: Vec::new(),
            scps: extra.scps.iter().map(|(name, tree)| scp(name, tree)).collect(),
            partition,
            region_is_known: region.is_some(),
            region: region.unwrap_or_else(|| "us-east-1".to_owned()),
            account_is_known: account.is_some(),
            account: account.unwrap_or_else(|| SOME_ACCOUNT.to_owned()),
            account_files: of_account.map(|it| it.place.file).collect(),
            depth: Cell::new(0),
        };
        for resource in graph.resources.iter().filter(|resource| !resource.is_data) {
            match &*resource.kind {
                "aws_iam_role" | "AWS::IAM::Role" => {
                    let role = Role::new(&world, resource);
                    world.roles.push(role);
                }
                "aws_iam_instance_profile" | "AWS::IAM::InstanceProfile" => {
                    let profile = Profile::new(&world, resource);
                    world.profiles.push(profile);
                }
                _ => {}
            }
        }
        world.attach();
        world.usages = world.find_usages();
        world
    }

    /// Whether a place is in a snapshot of an account.
    pub(crate) fn is_of_account(&self, place: Place) -> bool {
        self.account_files.contains(&place.file)
    }

    /// Resources of a kind that are made.
    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &'g Resource> + use<'g> {
        self.graph.of_kind(kind)
    }

    /// Whether the code has any resource of a kind.
    pub(crate) fn has(&self, kind: &str) -> bool {
        self.of_kind(kind).next().is_some()
    }

    /// The cross-account roles that Databricks is told to use, with who tells it.
    pub(crate) fn cross_account(&self) -> Vec<(&Role<'g>, &'g Resource)> {
        let credentials = self.of_kind("databricks_mws_credentials");
        let told = credentials.filter_map(|it| Some((self.role_of(it.get("role_arn")?)?, it)));
        told.filter(|(role, credentials)| !self.delivers_logs(role, credentials)).collect()
    }

    /// Credentials for log delivery are of the same kind, and launch nothing: by what uses them, or by whom their role
    /// trusts.
    fn delivers_logs(&self, role: &Role<'_>, credentials: &Resource) -> bool {
        let mut deliveries = self.of_kind("databricks_mws_log_delivery");
        let used = deliveries.any(|delivery| {
            let named = delivery.get("credentials_id").and_then(|node| self.graph.origin(node));
            named.is_some_and(|(it, _)| it.address == credentials.address)
        });
        let principals = role.trust.as_ref().map(|trust| self.principals(trust));
        used || principals
            .is_some_and(|all| all.iter().any(|it| it.text.contains("SaasUsageDelivery")))
    }

    /// Every policy document of the code, once.
    pub(crate) fn documents(&self) -> Vec<Document> {
        let mut found = Vec::new();
        for resource in &self.graph.resources {
            if resource.is_data || resource.dialect == Dialect::Account {
                continue;
            }
            for (argument, kind) in arguments(&resource.kind) {
                if let Some(node) = resource.get(argument) {
                    found.push(self.document(resource, node, *kind));
                }
            }
            for (blocks, argument) in [("inline_policy", "policy"), ("Policies", "PolicyDocument")]
            {
                let nodes = resource.blocks(blocks).iter().filter_map(|block| block.get(argument));
                let documents =
                    nodes.map(|node| self.document(resource, node, PolicyKind::Identity));
                found.extend(documents);
            }
        }
        for document in &self.graph.documents {
            found.push(Document {
                name: self.graph.sources.name(document.file).to_owned(),
                tree: document.body.clone(),
                place: document.body.place,
                block: String::new(),
                kind: kind_of(&document.body),
            });
        }
        found
    }
}

/// Arguments of a resource that hold a policy document, and its kind.
fn arguments(kind: &str) -> &'static [(&'static str, PolicyKind)] {
    use PolicyKind::{Identity, Resource, ServiceControl, Trust};
    match kind {
        "aws_iam_role" => &[("assume_role_policy", Trust)],
        "aws_iam_policy"
        | "aws_iam_role_policy"
        | "aws_iam_user_policy"
        | "aws_iam_group_policy" => &[("policy", Identity)],
        "aws_s3_bucket_policy"
        | "aws_kms_key"
        | "aws_kms_key_policy"
        | "aws_sqs_queue_policy"
        | "aws_sns_topic_policy"
        | "aws_s3_bucket" => &[("policy", Resource)],
        "aws_organizations_policy" => &[("content", ServiceControl)],
        "AWS::IAM::Role" => &[("AssumeRolePolicyDocument", Trust)],
        "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" | "AWS::IAM::RolePolicy" => {
            &[("PolicyDocument", Identity)]
        }
        "AWS::S3::BucketPolicy" => &[("PolicyDocument", Resource)],
        "AWS::KMS::Key" => &[("KeyPolicy", Resource)],
        _ => &[],
    }
}

/// The kind of a document on its own: it names principals, and assumes roles, or does not.
fn kind_of(tree: &Node) -> PolicyKind {
    let statements = tree.get("Statement").map(Node::one_or_many).unwrap_or_default();
    let names = |it: &&Node| it.get("Principal").or_else(|| it.get("NotPrincipal")).is_some();
    let assumes = |it: &Node| {
        let actions = it.get("Action").map(Node::one_or_many).unwrap_or_default();
        let mut texts = actions.iter().filter_map(Node::as_str);
        texts.any(|action| action.to_ascii_lowercase().starts_with("sts:assumerole"))
    };
    let naming: Vec<&Node> = statements.iter().filter(names).collect();
    match (naming.is_empty(), naming.iter().any(|it| assumes(it))) {
        (true, _) => PolicyKind::Identity,
        (false, true) => PolicyKind::Trust,
        (false, false) => PolicyKind::Resource,
    }
}

/// Levels of an organization all have to allow. A file with nothing but denials stands beside AWS's own policy that
/// allows everything, as it does in every organization that uses deny lists.
fn scp(name: &str, tree: &Node) -> Document {
    let mut document = Document {
        name: name.to_owned(),
        tree: tree.clone(),
        place: tree.place,
        block: String::new(),
        kind: PolicyKind::ServiceControl,
    };
    let statements = tree.get("Statement").map(Node::one_or_many).unwrap_or_default();
    let allows = |it: &Node| it.get("Effect").and_then(Node::as_str) == Some("Allow");
    if !statements.iter().any(allows) {
        let full = Document::everything(PolicyKind::ServiceControl);
        let more =
            full.tree.get("Statement").map(|it| it.one_or_many().to_vec()).unwrap_or_default();
        let all: Vec<Node> = statements.iter().cloned().chain(more).collect();
        let mut entries: BTreeMap<_, _> =
            tree.entries().map(|(key, node)| (key.clone(), node.clone())).collect();
        entries.insert("Statement".into(), Node::list(all, tree.place));
        document.tree = Node { value: Value::Map(entries.into()), ..tree.clone() };
    }
    document
}

/// The region of the AWS provider, if there is one.
fn region(graph: &Graph) -> Option<String> {
    graph.providers.get("aws")?.get("region")?.as_str().map(str::to_owned)
}

/// The only account that the AWS provider may be used with.
fn account(graph: &Graph) -> Option<String> {
    match graph.providers.get("aws")?.get("allowed_account_ids")?.elements() {
        [only] => only.as_text()?.known().map(str::to_owned),
        _ => None,
    }
}
