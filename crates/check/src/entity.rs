//! What a value names: a role or a profile, by name or by ARN.

use source::Resource;
use template::Node;

use crate::role::{Profile, Role};
use crate::world::World;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    RoleArn,
    RoleName,
    ProfileArn,
    ProfileName,
    PolicyArn,
    /// An ARN of something else.
    OtherArn,
    /// A known text that is no ARN: whatever name.
    Word,
}

impl Form {
    /// With its article.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::RoleArn => "the ARN of a role",
            Self::RoleName => "the name of a role",
            Self::ProfileArn => "the ARN of an instance profile",
            Self::ProfileName => "the name of an instance profile",
            Self::PolicyArn => "the ARN of a policy",
            Self::OtherArn => "the ARN of something else",
            Self::Word => "a name",
        }
    }
}

impl<'g> World<'g> {
    /// What a value is; `None` if that is not known.
    pub(crate) fn form(&self, node: &Node) -> Option<Form> {
        if let Some((resource, path)) = self.graph.origin(node) {
            match (&*resource.kind, path) {
                ("aws_iam_role", "arn") | ("AWS::IAM::Role", "Arn") => return Some(Form::RoleArn),
                ("aws_iam_role", "name" | "id") | ("AWS::IAM::Role", "Ref") => {
                    return Some(Form::RoleName);
                }
                ("aws_iam_instance_profile", "arn") | ("AWS::IAM::InstanceProfile", "Arn") => {
                    return Some(Form::ProfileArn);
                }
                ("aws_iam_instance_profile", "name" | "id")
                | ("AWS::IAM::InstanceProfile", "Ref") => {
                    return Some(Form::ProfileName);
                }
                ("aws_iam_policy", "arn") => return Some(Form::PolicyArn),
                ("databricks_instance_profile", "id" | "arn" | "instance_profile_arn") => {
                    return Some(Form::ProfileArn);
                }
                ("databricks_instance_profile", "iam_role_arn") => return Some(Form::RoleArn),
                _ => {}
            }
        }
        let text = node.as_text()?;
        let is_arn = text.marked().starts_with("arn:");
        let marked = text.marked();
        Some(match (is_arn, text.known()) {
            (true, _) if marked.contains(":instance-profile/") => Form::ProfileArn,
            (true, _) if marked.contains(":role/") => Form::RoleArn,
            (true, _) if marked.contains(":policy/") => Form::PolicyArn,
            (true, Some(_)) => Form::OtherArn,
            (false, Some(_)) => Form::Word,
            _ => return None,
        })
    }

    /// The place of a role that a name or an ARN stands for.
    pub(crate) fn role_index(&self, node: &Node) -> Option<usize> {
        if let Some((resource, path)) = self.graph.origin(node) {
            if matches!(&*resource.kind, "aws_iam_role" | "AWS::IAM::Role") && !resource.is_data {
                return self
                    .roles
                    .iter()
                    .position(|role| role.resource.address == resource.address);
            }
            if &*resource.kind == "databricks_instance_profile" && path == "iam_role_arn" {
                return self.role_index(resource.get("iam_role_arn")?);
            }
        }
        let name = self.named(node, ":role")?;
        let mut found = self.roles.iter().enumerate().filter(|(_, role)| role.name == name);
        let first = found.next()?;
        found.next().is_none().then_some(first.0)
    }

    /// The role that a name or an ARN stands for.
    pub(crate) fn role_of(&self, node: &Node) -> Option<&Role<'g>> {
        self.roles.get(self.role_index(node)?)
    }

    /// The profile that a name, an ARN or a registration stands for.
    pub(crate) fn profile_of(&self, node: &Node) -> Option<&Profile<'g>> {
        if let Some((resource, _)) = self.graph.origin(node) {
            if matches!(&*resource.kind, "aws_iam_instance_profile" | "AWS::IAM::InstanceProfile")
                && !resource.is_data
            {
                return self.profile_at(resource);
            }
            if &*resource.kind == "databricks_instance_profile" {
                let inner = resource.get("instance_profile_arn")?;
                let is_itself = inner.as_hole().is_some() && inner.as_hole() == node.as_hole();
                return if is_itself { None } else { self.profile_of(inner) };
            }
        }
        let name = self.named(node, ":instance-profile")?;
        let mut found = self.profiles.iter().filter(|profile| profile.name == name);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    pub(crate) fn profile_at(&self, resource: &Resource) -> Option<&Profile<'g>> {
        self.profiles.iter().find(|profile| profile.resource.address == resource.address)
    }

    /// The only role of a profile, as far as the code holds it.
    pub(crate) fn role_in(&self, profile: &Profile<'g>) -> Option<&Role<'g>> {
        match profile.roles.as_slice() {
            [only] => self.role_of(only),
            _ => None,
        }
    }

    /// The name in a name, or in an ARN of this kind.
    fn named(&self, node: &Node, kind: &str) -> Option<String> {
        let text = self.filled(&node.as_text()?);
        if !text.starts_with("arn:") {
            return Some(text);
        }
        let (_, rest) = text.split_once(kind)?;
        Some(rest.rsplit('/').next().unwrap_or_default().to_owned())
    }
}
