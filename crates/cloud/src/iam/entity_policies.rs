//! Every policy that speaks for a user, a group or a role.

use std::collections::BTreeMap;
use std::sync::Arc;

use iam::{Policy, PolicyKind};
use names::{AccountId, ArnParts};
use store::View;

use crate::aws_managed;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::iam::document::Document;
use crate::iam::{group, policy, role, user};
use crate::operation::Ask;

/// What can have policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntityKind {
    /// A user.
    User,
    /// A group.
    Group,
    /// A role.
    Role,
}

/// An entity, as its ARN names it.
#[derive(Debug, Clone, Copy)]
pub struct Entity<'a> {
    /// Its account.
    pub account: AccountId,
    /// What it is.
    pub kind: EntityKind,
    /// Its name.
    pub name: &'a str,
}

/// A policy of an entity.
#[derive(Debug, Clone)]
pub struct EntityPolicy {
    /// Who has it: a user's groups have some of the user's policies.
    pub holder: EntityKind,
    /// The holder's name.
    pub holder_name: String,
    /// The policy's name.
    pub name: String,
    /// The ARN of a managed policy.
    pub arn: Option<String>,
    /// What it says.
    pub policy: Arc<Policy>,
}

impl EntityKind {
    /// `user`, `group` or `role`.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
        }
    }
}

impl<'a> Entity<'a> {
    /// Reads the ARN of a user, group or role.
    #[must_use]
    pub fn parse(arn: &'a str) -> Option<Self> {
        let parts = ArnParts::split(arn).filter(|parts| parts.service == "iam")?;
        let (kind, rest) = parts.resource.split_once('/')?;
        let kinds = [EntityKind::User, EntityKind::Group, EntityKind::Role];
        let kind = kinds.into_iter().find(|known| known.noun() == kind)?;
        let name = rest.rsplit('/').next().filter(|name| !name.is_empty())?;
        Some(Self { account: parts.account.parse().ok()?, kind, name })
    }

    /// Its policies, and those of its groups.
    ///
    /// # Errors
    /// `NoSuchEntity`
    pub fn policies(&self, view: &View) -> Result<Vec<EntityPolicy>, Fault> {
        let mut found = Found { view, policies: Vec::new() };
        match self.kind {
            EntityKind::User => {
                let user = user::find(view, self.account, self.name)?;
                found.add(self.kind, &user.name, &user.inline, &user.attached);
                for group in &user.groups {
                    if let Ok(group) = group::find(view, self.account, group) {
                        found.add(EntityKind::Group, &group.name, &group.inline, &group.attached);
                    }
                }
            }
            EntityKind::Group => {
                let group = group::find(view, self.account, self.name)?;
                found.add(self.kind, &group.name, &group.inline, &group.attached);
            }
            EntityKind::Role => {
                let role = role::find(view, self.account, self.name)?;
                found.add(self.kind, &role.name, &role.inline, &role.attached);
            }
        }
        Ok(found.policies)
    }

    /// The ARN of its permissions boundary.
    #[must_use]
    pub fn boundary<'v>(&self, view: &'v View) -> Option<&'v str> {
        match self.kind {
            EntityKind::User => user::find(view, self.account, self.name).ok()?.boundary.as_deref(),
            EntityKind::Role => role::find(view, self.account, self.name).ok()?.boundary.as_deref(),
            EntityKind::Group => None,
        }
    }
}

/// A demand on an entity, with the tags that it can have.
#[must_use]
pub fn demand(ask: &Ask<'_>, action: &'static str, arn: &str) -> Demand {
    let demand = Demand::new(action, arn);
    let Some(Entity { account, kind, name }) = Entity::parse(arn) else { return demand };
    let tags = match kind {
        EntityKind::User => user::find(ask.view, account, name).ok().map(|user| &user.tags),
        EntityKind::Role => role::find(ask.view, account, name).ok().map(|role| &role.tags),
        EntityKind::Group => None,
    };
    demand.with_resource_tags(&["aws", "iam"], tags.map_or(&[][..], Vec::as_slice))
}

struct Found<'v> {
    view: &'v View,
    policies: Vec<EntityPolicy>,
}

impl Found<'_> {
    fn add(
        &mut self,
        holder: EntityKind,
        holder_name: &str,
        inline: &BTreeMap<String, Document>,
        attached: &[String],
    ) {
        let mut push = |name: &str, arn: Option<&String>, policy: Arc<Policy>| {
            let (holder_name, name) = (holder_name.to_owned(), name.to_owned());
            self.policies.push(EntityPolicy {
                holder,
                holder_name,
                name,
                arn: arn.cloned(),
                policy,
            });
        };
        for (name, document) in inline {
            if let Some(named) = document.policy(name, PolicyKind::Identity) {
                push(name, None, named.policy);
            }
        }
        for arn in attached {
            if let Some((name, policy)) = managed(self.view, arn) {
                push(&name, Some(arn), policy);
            }
        }
    }
}

/// Name and content of a managed policy.
#[must_use]
pub fn managed(view: &View, arn: &str) -> Option<(String, Arc<Policy>)> {
    if let Some(managed) = aws_managed::find(arn) {
        return Some((managed.name.to_owned(), managed.policy()));
    }
    let row = policy::find(view, arn).ok()?;
    let named = row.document()?.policy(&row.arn, PolicyKind::Identity)?;
    Some((row.name.clone(), named.policy))
}
