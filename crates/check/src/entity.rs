//! What a value names: a role or a profile, by name or by ARN.

use source::{Dialect, Resource};
use template::Node;

use crate::resolve::MAX_REFERENCES;
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
        self.role_through(node, MAX_REFERENCES)
    }

    fn role_through(&self, node: &Node, left: usize) -> Option<usize> {
        if let Some((resource, path)) = self.graph.origin(node) {
            if matches!(&*resource.kind, "aws_iam_role" | "AWS::IAM::Role") && !resource.is_data {
                return self
                    .roles
                    .iter()
                    .position(|role| role.resource.address == resource.address);
            }
            if &*resource.kind == "databricks_instance_profile" && path == "iam_role_arn" {
                return self.role_through(resource.get("iam_role_arn")?, left.checked_sub(1)?);
            }
        }
        let name = self.named(node, ":role")?;
        let named = self.roles.iter().enumerate().filter(|(_, role)| role.name == name);
        only(named.map(|(at, role)| (at, role.is_of_code())))
    }

    /// The role that a name or an ARN stands for.
    pub(crate) fn role_of(&self, node: &Node) -> Option<&Role<'g>> {
        self.roles.get(self.role_index(node)?)
    }

    /// The profile that a name, an ARN or a registration stands for.
    pub(crate) fn profile_of(&self, node: &Node) -> Option<&Profile<'g>> {
        self.profile_through(node, MAX_REFERENCES)
    }

    fn profile_through(&self, node: &Node, left: usize) -> Option<&Profile<'g>> {
        if let Some((resource, _)) = self.graph.origin(node) {
            if matches!(&*resource.kind, "aws_iam_instance_profile" | "AWS::IAM::InstanceProfile")
                && !resource.is_data
            {
                return self.profile_at(resource);
            }
            if &*resource.kind == "databricks_instance_profile" {
                let inner = resource.get("instance_profile_arn")?;
                return self.profile_through(inner, left.checked_sub(1)?);
            }
        }
        let name = self.named(node, ":instance-profile")?;
        let named = self.profiles.iter().filter(|profile| profile.name == name);
        only(named.map(|it| (it, it.resource.dialect != Dialect::Account)))
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

/// The only one of those with a name; what the code holds is meant before what an account has.
fn only<T>(named: impl Iterator<Item = (T, bool)>) -> Option<T> {
    let (own, of_account): (Vec<_>, Vec<_>) = named.partition(|(_, is_of_code)| *is_of_code);
    let mut all = if own.is_empty() { of_account } else { own };
    let (last, _) = all.pop()?;
    all.is_empty().then_some(last)
}
