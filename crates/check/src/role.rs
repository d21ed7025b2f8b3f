//! Roles and instance profiles, by whatever language they were written in.

use iam::PolicyKind;
use source::{Dialect, Resource};
use template::{Node, Value};

use crate::document::Document;
use crate::world::World;

/// A role with its policies.
#[derive(Debug)]
pub(crate) struct Role<'g> {
    pub(crate) resource: &'g Resource,
    /// The name, or a word that stands for it.
    pub(crate) name: String,
    /// Whether the name is known.
    pub(crate) name_is_known: bool,
    pub(crate) path: String,
    pub(crate) arn: String,
    pub(crate) trust: Option<Document>,
    pub(crate) policies: Vec<Document>,
    /// Policies that it has and that are not seen, for people.
    pub(crate) unseen: Vec<String>,
    pub(crate) boundary: Option<Document>,
    pub(crate) has_boundary: bool,
}

/// An instance profile.
#[derive(Debug)]
pub(crate) struct Profile<'g> {
    pub(crate) resource: &'g Resource,
    pub(crate) name: String,
    pub(crate) name_is_known: bool,
    pub(crate) path: String,
    /// What it names as its roles.
    pub(crate) roles: Vec<Node>,
}

impl<'g> Role<'g> {
    pub(crate) fn new(world: &World<'g>, resource: &'g Resource) -> Self {
        let name = world.name_of(resource, &["name", "RoleName"]);
        let path = world.path_of(resource);
        let written = resource.get("name").or_else(|| resource.get("RoleName"));
        let arn = match resource.text("Arn") {
            Some(arn) if resource.dialect == Dialect::Account => arn.to_owned(),
            _ => format!("arn:{}:iam::{}:role{path}{name}", world.partition, world.account),
        };
        let document = |names: [&str; 2], kind| {
            let node = names.iter().find_map(|name| resource.get(name))?;
            Some(world.document(resource, node, kind))
        };
        let boundary = resource.get("permissions_boundary").or(resource.get("PermissionsBoundary"));
        Self {
            resource,
            name_is_known: written.and_then(Node::as_str).is_some(),
            name,
            path,
            arn,
            trust: document(["assume_role_policy", "AssumeRolePolicyDocument"], PolicyKind::Trust),
            policies: Vec::new(),
            unseen: Vec::new(),
            boundary: boundary.and_then(|node| world.managed(node, PolicyKind::Boundary)),
            has_boundary: boundary.is_some(),
        }
    }

    /// A session of it, as it asks for things.
    pub(crate) fn session_arn(&self) -> String {
        let account = self.arn.split(':').nth(4).unwrap_or_default();
        let partition = self.arn.split(':').nth(1).unwrap_or("aws");
        format!("arn:{partition}:sts::{account}:assumed-role/{}/session", self.name)
    }

    /// Whether it is made by this code, rather than seen in an account.
    pub(crate) fn is_of_code(&self) -> bool {
        self.resource.dialect != Dialect::Account
    }
}

impl<'g> Profile<'g> {
    pub(crate) fn new(world: &World<'g>, resource: &'g Resource) -> Self {
        let written = resource.get("name").or_else(|| resource.get("InstanceProfileName"));
        let roles = ["role", "roles", "Roles"].iter().filter_map(|name| resource.get(name));
        Self {
            resource,
            name: world.name_of(resource, &["name", "InstanceProfileName"]),
            name_is_known: written.and_then(Node::as_str).is_some(),
            path: world.path_of(resource),
            roles: roles.flat_map(|node| node.one_or_many().to_vec()).collect(),
        }
    }
}

impl<'g> World<'g> {
    /// Gives every role its policies: written in it, or attached from elsewhere.
    pub(crate) fn attach(&mut self) {
        let graph = self.graph;
        for at in 0..self.roles.len() {
            let Some(role) = self.roles.get(at) else { continue };
            let resource = role.resource;
            let mut found = Vec::new();
            for block in resource.blocks("inline_policy").iter().chain(resource.blocks("Policies"))
            {
                let node = block.get("policy").or_else(|| block.get("PolicyDocument"));
                if let Some(node) = node {
                    found.push(Ok(self.document(resource, node, PolicyKind::Identity)));
                }
            }
            let managed = ["managed_policy_arns", "ManagedPolicyArns"];
            for node in managed.iter().filter_map(|name| resource.get(name)) {
                // In a plan, what nobody has written is unknown and will be empty.
                if resource.dialect == Dialect::Plan && node.as_hole().is_some() {
                    continue;
                }
                found.extend(node.one_or_many().iter().map(|arn| self.managed_or_unseen(arn)));
            }
            self.give(at, found);
        }
        for resource in &graph.resources {
            if resource.is_data {
                continue;
            }
            self.attach_from(resource);
        }
    }

    fn attach_from(&mut self, resource: &'g Resource) {
        let (targets, documents): (Vec<Node>, Vec<Result<Document, String>>) = match &*resource.kind
        {
            "aws_iam_role_policy" | "AWS::IAM::RolePolicy" => {
                let node = resource.get("policy").or_else(|| resource.get("PolicyDocument"));
                let Some(node) = node else { return };
                let document = self.document(resource, node, PolicyKind::Identity);
                let role = resource.get("role").or_else(|| resource.get("RoleName"));
                (role.into_iter().cloned().collect(), vec![Ok(document)])
            }
            "aws_iam_role_policy_attachment" => {
                let Some(arn) = resource.get("policy_arn") else { return };
                let role = resource.get("role").into_iter().cloned().collect();
                (role, vec![self.attached(resource, arn)])
            }
            "aws_iam_policy_attachment" => {
                let Some(arn) = resource.get("policy_arn") else { return };
                (resource.blocks("roles").to_vec(), vec![self.attached(resource, arn)])
            }
            "aws_iam_role_policy_attachments_exclusive" => {
                let role = resource.get("role_name").into_iter().cloned().collect();
                let arns = resource.blocks("policy_arns").iter();
                (role, arns.map(|arn| self.attached(resource, arn)).collect())
            }
            "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => {
                let Some(node) = resource.get("PolicyDocument") else { return };
                let document = self.document(resource, node, PolicyKind::Identity);
                (resource.blocks("Roles").to_vec(), vec![Ok(document)])
            }
            _ => return,
        };
        for target in &targets {
            if let Some(at) = self.role_index(target) {
                self.give(at, documents.clone());
            } else if target.as_hole().is_some_and(|id| self.graph.holes.as_attribute(id).is_none())
            {
                // It may be any of them.
                let unseen = format!("whatever `{}` attaches", resource.address);
                for role in &mut self.roles {
                    role.unseen.push(unseen.clone());
                }
            }
        }
    }

    fn attached(&self, by: &Resource, arn: &Node) -> Result<Document, String> {
        let found = self.managed_or_unseen(arn);
        found.map(|document| Document { block: by.block.to_string(), ..document })
    }

    fn give(&mut self, at: usize, found: Vec<Result<Document, String>>) {
        let Some(role) = self.roles.get_mut(at) else { return };
        for one in found {
            match one {
                Ok(document) => role.policies.push(document),
                Err(unseen) => role.unseen.push(unseen),
            }
        }
    }

    /// The managed policy that an ARN names, or what it is called if it is not seen.
    fn managed_or_unseen(&self, arn: &Node) -> Result<Document, String> {
        self.managed(arn, PolicyKind::Identity).ok_or_else(|| self.graph.show_node(arn))
    }

    /// The managed policy that an ARN names, if it is one of the code.
    pub(crate) fn managed(&self, arn: &Node, kind: PolicyKind) -> Option<Document> {
        let by_origin = self.graph.origin(arn).map(|(resource, _)| resource);
        let by_arn = || {
            let arn = arn.as_str()?;
            self.graph
                .resources
                .iter()
                .find(|it| it.text("Arn") == Some(arn) && &*it.kind == "AWS::IAM::ManagedPolicy")
        };
        let resource = by_origin.or_else(by_arn)?;
        if !matches!(&*resource.kind, "aws_iam_policy" | "AWS::IAM::ManagedPolicy")
            || resource.is_data
        {
            return None;
        }
        let node = resource.get("policy").or_else(|| resource.get("PolicyDocument"))?;
        if let Value::Null = node.value {
            return None;
        }
        Some(self.document(resource, node, kind))
    }
}
